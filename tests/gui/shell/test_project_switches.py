"""Many projects in a row: nothing of the closed ones stays, heard or held."""

import gc
import threading
import weakref
from collections import Counter

import psutil
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from ui.jobs.garbage import leave_out_what_lasts, look_again_at_what_lasts
from ui.jobs.handle import JobHandle
from ui.session import ProjectSession
from workbench.graph import SetField
from workbench.project import create_from_template

EPOCHS = SetField("recipe", ("epochs",), 7)


def open_project(window, folder, qtbot):
    with qtbot.waitSignal(window.flow.session_changed, timeout=10_000):
        window.flow.open(folder)


def settle():
    """Do what the event loop does later: destroy what was given up."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def objects(*roots):
    return Counter(type(child).__name__ for root in roots for child in root.findChildren(QObject))


@pytest.mark.slow
def test_thirty_projects_in_a_row_leave_nothing(main_window, services, folders, qtbot):
    window, gone = main_window, []

    def turn(number):
        open_project(window, folders[number % 2], qtbot)
        gone.append(weakref.ref(window.session.document))
        for page in ("data", "design", "train"):
            window.show_page(page)
        for tab in ("code", "analyze", "problems"):
            window.drawer.open_tab(tab)
        window.show_page("design")
        page = window.pages.page("design")
        page.preview.switch(True)
        qtbot.waitUntil(page.is_settled, timeout=10_000)
        window.session.apply(EPOCHS)
        assert window.flow.save()

    for number in range(6):
        turn(number)
        if not number:
            leave_out_what_lasts()  # as after the window's start with a project
    settle()
    before, memory = objects(window, services.engines), psutil.Process().memory_info().rss
    for number in range(6, 30):
        turn(number)
    settle()
    look_again_at_what_lasts()
    more = objects(window, services.engines)
    more.subtract(before)
    assert not {name: count for name, count in more.items() if count > 3}
    assert (psutil.Process().memory_info().rss - memory) / 1e6 < 25
    gc.collect()
    assert [number for number, document in enumerate(gone) if document() is not None] == [29]


def test_a_project_that_was_open_at_the_start_is_freed(main_window, folders, qtbot):
    open_project(main_window, folders[0], qtbot)
    document = weakref.ref(main_window.session.document)
    leave_out_what_lasts()
    open_project(main_window, folders[1], qtbot)
    qtbot.waitUntil(lambda: document() is None, timeout=5000)


def test_questions_that_go_on_when_a_project_is_closed_leave_nothing(
    services, folders, fake_engine, qtbot
):
    go, asked = threading.Event(), threading.Event()

    def infer(spec, emit, control):
        asked.set()
        go.wait(10)
        return {"nodes": {}, "problems": [], "revision": spec["revision"]}

    fake_engine.answers["infer"] = infer
    fake_engine.answers["predict"] = lambda spec, emit, control: go.wait(10) and {}
    fake_engine.answers["train"] = fake_engine.answers["predict"]
    signals = type(JobHandle("none")._signals)
    session = ProjectSession(create_from_template("wine", folders[0].parent / "Three"), services)
    qtbot.waitUntil(asked.is_set)
    session.start_job("predict", {}, "Predicting")
    session._training.start()
    assert services.engines.findChildren(signals)
    session.close(discard=True)
    session.deleteLater()
    settle()
    go.set()
    qtbot.waitUntil(lambda: not services.engines.findChildren(signals), timeout=5000)


def test_a_closed_project_tells_no_problems(services, document, qtbot):
    session = ProjectSession(document, services)
    qtbot.waitUntil(lambda: session.checked, timeout=10_000)
    told = []
    session.problems_changed.connect(told.append)
    session.apply(SetField("recipe", ("batch_size",), 0))
    session.close()
    qtbot.wait(20)
    assert told == []


def test_a_job_is_shown_once_after_save_as(main_window, folders, fake_engine, qtbot, monkeypatch):
    window = main_window
    go = threading.Event()
    fake_engine.answers["predict"] = lambda spec, emit, control: go.wait(10) and {}
    open_project(window, folders[0], qtbot)
    target = folders[0].parent / "Elsewhere"
    monkeypatch.setattr("ui.frame.project_flow.ask_new_folder", lambda *_: target)
    assert window.flow.save_as()
    window.session.start_job("predict", {}, "Predicting")
    assert len(window.status._jobs) == 1
    go.set()
    qtbot.waitUntil(lambda: not window.status._jobs, timeout=5000)


def test_what_was_restored_is_not_told_again_after_save_as(
    main_window, tmp_path, qtbot, monkeypatch
):
    window = main_window
    document = create_from_template("wine", tmp_path / "Wine")
    document.apply(EPOCHS)
    document.close()
    open_project(window, tmp_path / "Wine", qtbot)
    assert window.notices.project.isVisible()
    monkeypatch.setattr("ui.frame.project_flow.ask_new_folder", lambda *_: tmp_path / "Copy")
    assert window.flow.save_as()
    assert not window.notices.project.isVisible()


def test_dialogs_are_gone_once_they_are_closed(main_window):
    window = main_window
    before = len(window.findChildren(QDialog))
    for show in (window.open_help, window.open_shortcuts, window.open_settings, window.open_about):
        show()
        opened = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
        assert len(opened) == 1
        opened[0].reject()
        settle()
    assert len(window.findChildren(QDialog)) == before


def test_the_palette_closes_when_what_had_the_focus_is_gone(main_window, qtbot):
    window, done = main_window, []
    window.services.actions.triggered.connect(done.append)
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    window.open_palette()
    field.deleteLater()
    settle()
    qtbot.keyClicks(window.palette_popup.field, "About Keras")
    qtbot.keyClick(window.palette_popup.field, Qt.Key.Key_Return)
    assert not window.palette_popup.isVisible()
    assert done == ["help.about"]


def test_a_file_that_found_no_project_waits_for_none(
    main_window, folders, fake_engine, qtbot, monkeypatch
):
    window = main_window
    taken = folders[0].parent / "in the way"
    taken.write_text("no folder")
    monkeypatch.setattr("ui.frame.project_flow.documents_folder", lambda: taken)
    with qtbot.waitSignal(window.flow.failed):
        window.flow.networks.start(folders[0].parent / "network.keras")
    open_project(window, folders[0], qtbot)
    assert window.flow.networks._job is None
    assert not fake_engine.specs("import_file")


def test_a_page_that_fails_with_a_project_leaves_it_to_the_others(
    main_window, folders, qtbot, monkeypatch
):
    window = main_window
    open_project(window, folders[0], qtbot)
    train = window.pages.page("train")

    def broken(session):
        raise ZeroDivisionError("in the page")

    monkeypatch.setattr(train, "set_session", broken)
    window.pages.page("data")
    open_project(window, folders[1], qtbot)
    assert window.notices.error.isVisible()
    assert all(page.session is window.session for page in window.pages.made_pages()
               if page is not train and page.page_id != "welcome")  # fmt: skip
    window.session.apply(EPOCHS)
    assert "● unsaved" in window.windowTitle()
    assert window.flow.save()


def test_the_open_project_is_known_by_any_of_its_names(main_window, folders, qtbot):
    window, folder = main_window, folders[0]
    open_project(window, folder, qtbot)
    session = window.session
    for name in (folder / "project.json", folder / ".." / folder.name, folder):
        window.show_page("welcome")
        with qtbot.waitSignal(window.flow.created):
            window.flow.open(name)
        assert not window.flow.busy
        assert window.session is session
        assert window.pages.current_id == "design"
    assert not window.notices.error.isVisible()
