"""Whatever goes wrong is shown in the window, which stays."""

import sys

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from ui.application import ErrorRelay
from ui.frame.dialogs import ErrorDialog
from ui.frame.drawer import Drawer
from ui.frame.problem_list import ProblemRow
from ui.widgets import Button, ErrorBanner
from workbench.errors import DataError, Place
from workbench.graph import Fix, Problem, SetField


@pytest.fixture
def relay(main_window, monkeypatch):
    made = ErrorRelay()
    made.raised.connect(main_window.show_error)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    return made


def test_an_uncaught_error_shows_a_dialog_with_details_to_copy(main_window, relay, qtbot):
    try:
        raise ZeroDivisionError("in a slot")
    except ZeroDivisionError as error:
        relay._hook(type(error), error, error.__traceback__)
    dialog = main_window.findChild(ErrorDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.message.text() == "Something unexpected went wrong in the program."
    qtbot.mouseClick(dialog.toggle, Qt.MouseButton.LeftButton)
    assert dialog.details.isVisible()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError" in copied
    assert "test_errors_shown.py" in copied
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: main_window.findChild(ErrorDialog) is None)
    assert main_window.isVisible()


def test_errors_of_threads_reach_the_window(main_window, relay, qtbot):
    import threading

    hook = threading.excepthook
    relay.install()
    try:
        thread = threading.Thread(target=[].pop)
        thread.start()
        thread.join()
    finally:
        threading.excepthook = hook
    qtbot.waitUntil(lambda: main_window.findChild(ErrorDialog) is not None)
    main_window.findChild(ErrorDialog).close()


def test_a_second_error_does_not_pile_up_dialogs(main_window, relay):
    for _ in range(3):
        main_window.show_error(RuntimeError("again"))
    assert len(main_window.findChildren(ErrorDialog)) == 1
    main_window.findChild(ErrorDialog).close()


def test_an_explained_error_is_a_notice_that_can_be_dismissed(main_window, qtbot):
    error = DataError("The file cannot be read.", expected="a table", received="a picture",
                      remedy="Choose another file.", details="line 3")  # fmt: skip
    main_window.services.show_error(error)
    banner = main_window.notices.error
    assert banner.isVisible()
    assert banner.message == "The file cannot be read."
    assert main_window.findChild(ErrorDialog) is None
    copy = next(b for b in banner.findChildren(Button) if b.text() == "Copy")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "The file cannot be read.", "Expected: a table.", "Received: a picture.",
        "Choose another file.", "line 3",
    ]  # fmt: skip
    qtbot.mouseClick(banner._close, Qt.MouseButton.LeftButton)
    assert not main_window.notices.isVisible()


def test_text_from_a_file_is_never_read_as_mark_up(qtbot):
    banner = ErrorBanner()
    qtbot.addWidget(banner)
    banner.show_error(DataError("<b>bold</b>", received="<img src=x>"))
    assert banner._message.textFormat() == Qt.TextFormat.PlainText
    assert banner._remedy.textFormat() == Qt.TextFormat.PlainText


@pytest.fixture
def drawer(services, qtbot):
    made = Drawer(services.layout)
    qtbot.addWidget(made)
    made.resize(900, 200)
    yield made
    made.log.close_log()


FIX = Fix("Use 10 epochs", SetField("recipe", ("epochs",), 10))
PROBLEM = Problem("bad", "error", "Epochs are out of range.", Place("field", "epochs"), (FIX,))


def test_a_double_click_goes_to_the_problem_and_a_button_repairs_it(drawer, qtbot):
    drawer.open_tab("problems")
    drawer.show_problems([PROBLEM])
    (row,) = drawer.problems.rows()
    qtbot.waitUntil(row.isVisible)
    with qtbot.waitSignal(drawer.problem_chosen) as chosen:
        qtbot.mouseDClick(row, Qt.MouseButton.LeftButton)
    assert chosen.args == [PROBLEM]
    button = row.findChild(Button, "problem.0.fix.0")
    with qtbot.waitSignal(drawer.fix_chosen) as fixed:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert fixed.args == [FIX]


def test_a_fix_repairs_the_document_and_the_count_follows(project_window, qtbot):
    window, session = project_window, project_window.session
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    session.apply(SetField("recipe", ("epochs",), -3))
    qtbot.waitUntil(lambda: session.has_errors)
    assert window.status.problems.text() == "1 problem"
    qtbot.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.drawer.isVisible)
    row = window.drawer.findChild(ProblemRow)
    qtbot.mouseClick(row.findChild(Button, "problem.0.fix.0"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not session.has_errors)
    assert session.document.recipe.epochs > 0
    assert window.status.problems.text() == "No problems"


def test_the_log_shows_what_was_logged(drawer, qtbot):
    import logging

    drawer.open_tab("log")
    logging.getLogger("ui.test").warning("Something to know")
    qtbot.waitUntil(lambda: "Something to know" in drawer.log.toPlainText())


def test_progress_is_shown_and_can_be_cancelled(project_window, fake_engine, qtbot):
    def work(spec, emit, control):
        emit({"event": "progress", "done": 3, "total": 10, "seconds_left": 70.0})
        control.cancelled.wait(10)
        return {}

    fake_engine.answers["explain"] = work
    window = project_window
    job = window.session.start_job("explain", {}, "Explaining")
    progress = window.status.progress
    qtbot.waitUntil(lambda: progress._bar.value() == 300)
    assert progress.isVisible()
    assert progress._left.text() == "1 min 10 s left"
    cancel = progress.findChild(QToolButton, "status.progress.cancel")
    QTimer.singleShot(0, lambda: qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton))
    qtbot.waitUntil(lambda: not job.running)
    qtbot.waitUntil(lambda: not progress.isVisible())
