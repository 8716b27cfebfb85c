"""Keys mean what has the focus: copying code copies code, deleting there deletes no layer."""

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(project_window, qtbot):
    """The window on its Design page with one layer selected."""
    project_window.show_page("design")
    page = project_window.pages.page("design")
    qtbot.waitUntil(lambda: page.is_settled() and page.canvas.isVisible())
    page.selection.select(["n_hidden_1"])
    page.inspector.refresh()
    qtbot.waitUntil(project_window.services.actions.qaction("design.delete").isEnabled)
    QGuiApplication.clipboard().setText("before")
    return project_window


def code_of(window, qtbot):
    window.drawer.open_tab("code")
    editor = window.drawer.code.editor
    qtbot.waitUntil(lambda: "build_model" in editor.toPlainText())
    editor.setFocus()
    return editor


@pytest.mark.parametrize("beside", [False, True], ids=["in the drawer", "beside the page"])
def test_the_code_is_selected_and_copied_by_key(window, qtbot, beside):
    window.drawer.put_code_beside(beside)
    if beside:
        editor = window.drawer.code.editor
        qtbot.waitUntil(lambda: "build_model" in editor.toPlainText())
        editor.setFocus()
    else:
        editor = code_of(window, qtbot)
    qtbot.keyClick(editor, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(editor, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == editor.toPlainText()


def test_the_table_of_layers_is_copied_by_key(window, qtbot):
    window.drawer.open_tab("analyze")
    table = window.drawer.analyze.table.layers
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().startswith("Name,Type,")


@pytest.mark.parametrize("where", ["code", "log", "analyze", "inspector"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_deleting_elsewhere_leaves_the_layers(window, qtbot, where, key):
    page = window.pages.page("design")
    if where == "inspector":
        boxes = page.inspector.node.findChildren(QComboBox)
        focus = next(box for box in boxes if box.isVisible())
    else:
        window.drawer.open_tab(where)
        focus = {"code": window.drawer.code.editor, "log": window.drawer.log,
                 "analyze": window.drawer.analyze.table.layers}[where]  # fmt: skip
    focus.setFocus()
    assert QApplication.focusWidget() is focus
    before = dict(page.editor.graph.nodes)
    qtbot.keyClick(focus, key)
    assert dict(page.editor.graph.nodes) == before
    page.canvas.setFocus()
    qtbot.keyClick(page.canvas, key)
    assert "n_hidden_1" not in page.editor.graph


def test_a_letter_elsewhere_does_not_move_the_canvas(window, qtbot):
    page, editor = window.pages.page("design"), code_of(window, qtbot)
    page.canvas.camera.zoom_to(0.5, page.canvas.free_rect().center())
    qtbot.keyClick(editor, Qt.Key.Key_F)
    assert page.canvas.camera.scale == 0.5


def test_the_log_stays_where_one_reads_it(window, qtbot):
    window.drawer.open_tab("log")
    log, bar = window.drawer.log, window.drawer.log.verticalScrollBar()
    logger = logging.getLogger("ui.test")
    for number in range(60):
        logger.warning("Line %d", number)
    qtbot.waitUntil(lambda: bar.maximum() > 10 and bar.value() == bar.maximum())
    log.setFocus()
    bar.setValue(3)
    logger.warning("One more")
    assert bar.value() == 3
    qtbot.keyClick(log, Qt.Key.Key_A, CONTROL)
    logger.warning("Another one")
    qtbot.keyClick(log, Qt.Key.Key_C, CONTROL)
    assert "Line 59" in QGuiApplication.clipboard().text()
