"""Opening, editing, saving and closing by keys; recovery; what is asked before work is lost."""

import json
import threading
from contextlib import closing

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from ui.frame.dialogs import Question
from workbench.graph import SetField
from workbench.project import create_from_template, open_project
from workbench.runs.store import RunStore

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
EPOCHS = SetField("recipe", ("epochs",), 7)


def answer(name, said=None):
    """Click a button of the question that comes up next."""

    def click():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, Question):
            QTimer.singleShot(20, click)
            return
        if said is not None:
            said.append(dialog.accessibleName())
        button = dialog.findChild(QPushButton, f"question.{name}")
        button.click()

    QTimer.singleShot(20, click)


def test_edit_undo_redo_and_save_by_keys(project_window, qtbot):
    window, session = project_window, project_window.session
    before = session.document.recipe.epochs
    session.apply(EPOCHS)
    assert "● unsaved" in window.windowTitle()
    qtbot.waitUntil(window.services.actions.qaction("file.save").isEnabled)
    assert window.services.actions.qaction("edit.undo").text() == "Undo change epochs"
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert session.document.recipe.epochs == before
    qtbot.waitUntil(window.services.actions.qaction("edit.redo").isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert session.document.recipe.epochs == 7
    qtbot.waitUntil(window.services.actions.qaction("file.save").isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    assert not session.document.dirty
    assert "unsaved" not in window.windowTitle()
    plain = json.loads((session.document.folder / "project.json").read_text())
    assert plain["recipe"]["epochs"] == 7


def test_closing_with_unsaved_changes_asks_and_can_save(project_window):
    window = project_window
    folder = window.session.document.folder
    window.session.apply(EPOCHS)
    said = []
    answer("save", said)
    assert window.flow.close()
    assert said == ["Save the changes to “Breast cancer”?"]
    assert window.session is None
    assert window.pages.current_id == "welcome"
    document = open_project(folder)
    assert document.recipe.epochs == 7
    assert document.recovered == 0
    document.close()


def test_closing_can_be_called_off(project_window):
    window = project_window
    window.session.apply(EPOCHS)
    answer("cancel")
    assert not window.close()
    assert window.isVisible()
    assert window.session.document.recipe.epochs == 7


def test_changes_that_are_given_up_are_gone(project_window):
    window = project_window
    folder = window.session.document.folder
    before = window.session.document.recipe.epochs
    window.session.apply(EPOCHS)
    answer("discard")
    assert window.flow.close()
    document = open_project(folder)
    assert document.recipe.epochs == before
    assert document.recovered == 0
    document.close()


def test_changes_of_a_crashed_session_are_restored_and_told(main_window, tmp_path, qtbot):
    document = create_from_template("wine", tmp_path / "Wine")
    document.apply(EPOCHS)
    document.apply(SetField("recipe", ("batch_size",), 8))
    document.close()
    window = main_window
    with qtbot.waitSignal(window.flow.session_changed):
        window.flow.open(tmp_path / "Wine")
    assert window.session.document.recipe.epochs == 7
    banner = window.notices.project
    assert banner.isVisible()
    assert banner.message == "2 changes of the last session were restored."
    button = banner.findChild(QPushButton, "notice.save")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not window.session.document.dirty
    assert not banner.isVisible()


def test_closing_while_training_asks_first(project_window, fake_engine, qtbot):
    window, session = project_window, project_window.session
    fake_engine.answers["train"] = lambda spec, emit, control: control.cancelled.wait(10) or {}
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    assert session.start_training()
    said = []
    answer("cancel", said)
    assert not window.close()
    assert said == ["A training is going on."]
    assert session.training
    answer("close")
    assert window.close()
    assert window.session is None


def test_a_training_with_a_checkpoint_can_be_left_for_later(project_window, fake_engine, qtbot):
    window, session = project_window, project_window.session
    going_on = threading.Event()

    def train(spec, emit, control):
        emit({"event": "phase", "text": "Reading data"})
        going_on.set()
        control.cancelled.wait(10)
        return {}

    fake_engine.answers["train"] = train
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    assert session.start_training()
    qtbot.waitUntil(going_on.is_set, timeout=5000)
    folder = session.document.folder
    qtbot.waitUntil(lambda: len(session.store.runs()) == 1, timeout=5000)
    (run_id,) = [run.run_id for run in session.store.runs()]
    run = folder / "runs" / run_id
    run.mkdir(parents=True)
    (run / "checkpoint.h5").write_bytes(b"")
    answer("leave")
    assert window.close()
    with closing(RunStore(folder)) as store:
        qtbot.waitUntil(lambda: store.run(run_id).state.is_finished, timeout=5000)
        assert store.run(run_id).can_go_on
    assert (run / "checkpoint.h5").is_file()


def test_a_window_that_is_closed_while_a_project_is_read_closes_afterwards(
    main_window, document, qtbot
):
    document.close()
    main_window.flow.open(document.folder)
    assert main_window.flow.busy
    assert not main_window.close()
    qtbot.waitUntil(lambda: not main_window.isVisible())
    assert main_window.session is None


def test_a_folder_without_a_project_is_refused_and_the_open_one_stays(project_window, tmp_path,
                                                                      qtbot):  # fmt: skip
    window = project_window
    before = window.session
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(window.flow.failed):
        window.flow.open(tmp_path / "empty")
    assert window.session is before
    assert window.notices.error.isVisible()
    assert window.notices.error.message == "There is no project in this folder."


def test_a_damaged_project_gives_one_message(main_window, tmp_path, qtbot):
    create_from_template("wine", tmp_path / "Wine").close()
    (tmp_path / "Wine" / "project.json").write_text('{"format": 1, "graph": [')
    window = main_window
    with qtbot.waitSignal(window.flow.failed):
        window.flow.open(tmp_path / "Wine")
    assert window.session is None
    assert window.notices.error.isVisible()
    assert window.pages.current_id == "welcome"


def test_save_as_goes_on_in_the_new_folder(project_window, tmp_path, qtbot, monkeypatch):
    window = project_window
    target = tmp_path / "copy"
    monkeypatch.setattr("ui.frame.project_flow.ask_new_folder", lambda parent, start: target)
    window.session.apply(EPOCHS)
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL | SHIFT)
    assert window.session.document.folder == target
    assert not window.session.document.dirty
    assert json.loads((target / "project.json").read_text())["recipe"]["epochs"] == 7
    assert window.services.settings.recent[0] == str(target)


def test_a_long_copy_shows_its_progress_and_can_be_cancelled(
    project_window, tmp_path, qtbot, monkeypatch
):
    window, target, before = project_window, tmp_path / "copy", project_window.session
    monkeypatch.setattr("ui.frame.project_flow.ask_new_folder", lambda parent, start: target)
    old, go_on = before.document.folder, threading.Event()

    def slowly(copying):
        copying._done, copying._total = 1, 2
        while not copying.cancelled:
            go_on.wait(0.01)
        copying._go_on()

    monkeypatch.setattr("workbench.project.copying.Copying.run", slowly)
    seen = []

    def cancel():
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog.objectName() != "copying":
            QTimer.singleShot(20, cancel)
            return
        seen.append(threading.current_thread() is threading.main_thread())
        qtbot.mouseClick(dialog.findChild(QPushButton, "copying.cancel"), Qt.MouseButton.LeftButton)

    QTimer.singleShot(20, cancel)
    failed = []
    window.flow.failed.connect(failed.append)
    assert not window.flow.save_as()
    assert seen == [True] and failed == []
    assert window.session is before and before.document.folder == old
    assert not list(target.iterdir())


def drop(window, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, mime,
                            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, mime,
                       Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dropEvent(event)


def test_a_dropped_folder_is_opened(main_window, document, qtbot):
    document.close()
    with qtbot.waitSignal(main_window.flow.session_changed):
        drop(main_window, document.folder)
    assert main_window.session.document.name == "Breast cancer"


def test_a_dropped_table_begins_a_project_with_a_network_that_fits(main_window, tmp_path, qtbot):
    rows = [f"{i},{i * 2.5},{('red', 'green', 'blue')[i % 3]}" for i in range(60)]
    table = tmp_path / "fruit_colours.csv"
    table.write_text("weight,size,colour\n" + "\n".join(rows))
    with qtbot.waitSignal(main_window.flow.created):
        drop(main_window, table)
    session = main_window.session
    assert session.document.name == "Fruit colours"
    assert main_window.pages.current_id == "data"
    qtbot.waitUntil(lambda: session.signature is not None)
    assert session.signature.task == "multiclass"
    output = list(session.document.graph)[-1]
    assert output.params == {"units": 3, "activation": "softmax"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 50], ids=["empty", "binary"])
def test_a_dropped_file_that_is_no_table_is_refused_in_words(main_window, tmp_path, qtbot, content):
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    with qtbot.waitSignal(main_window.flow.failed):
        drop(main_window, path)
    assert main_window.session is None
    assert main_window.notices.error.isVisible()
    assert main_window.notices.error.message


def test_the_layout_is_remembered(main_window, services, qtbot):
    from ui.main_window import MainWindow

    main_window.resize(980, 656)  # the screen of these tests is 800 px high
    assert main_window.close()
    again = MainWindow(services)
    qtbot.addWidget(again, before_close_func=lambda w: w.drawer.log.close_log())
    again.start(engines=False)
    qtbot.waitUntil(lambda: again.height() == 656)


def test_pages_are_reached_by_keys(project_window, qtbot):
    window = project_window
    for key, page in ((Qt.Key.Key_2, "data"), (Qt.Key.Key_3, "design"), (Qt.Key.Key_4, "train"),
                      (Qt.Key.Key_5, "explain"), (Qt.Key.Key_1, "welcome")):  # fmt: skip
        qtbot.keyClick(window, key, CONTROL)
        assert window.pages.current_id == page
