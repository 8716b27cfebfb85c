"""The Code tab follows the canvas and leads back to it; File › Export writes three levels."""

import ast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from ui.frame.export_dialog import ExportDialog
from workbench.graph.blocking import group

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(project_window, qtbot):
    project_window.show_page("design")
    project_window.drawer.open_tab("code")
    code = project_window.drawer.code
    qtbot.waitUntil(lambda: "build_model" in code.editor.toPlainText(), timeout=10_000)
    return project_window


def line_of(code, node_id):
    return code.code.lines[node_id][0] - 1


def click_line(code, number):
    editor = code.editor
    cursor = QTextCursor(editor.document().findBlockByNumber(number))
    bar = editor.verticalScrollBar()
    bar.setValue(max(number - 2, 0))
    QTest.qWait(0)
    at = editor.cursorRect(cursor).center()
    QTest.mouseClick(editor.viewport(), LEFT, pos=at)


def test_a_click_on_a_line_selects_the_layer_and_back(window):
    code, page = window.drawer.code, window.pages.page("design")
    click_line(code, line_of(code, "n_output"))
    assert page.selection.nodes == ("n_output",)
    page.canvas.setFocus()
    page.selection.select(["n_hidden_1"])
    marked = {s.cursor.blockNumber() for s in code.editor.extraSelections()}
    first, last = code.code.lines["n_hidden_1"]
    assert marked == set(range(first - 1, last))
    assert code.editor.textCursor().blockNumber() in marked


def test_marked_lines_select_all_their_layers(window):
    code, page = window.drawer.code, window.pages.page("design")
    click_line(code, line_of(code, "n_hidden_1"))
    rows = line_of(code, "n_output") - line_of(code, "n_hidden_1")
    for _ in range(rows):
        QTest.keyClick(code.editor, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert {"n_hidden_1", "n_output"} <= set(page.selection.nodes)


def test_a_line_without_a_layer_leaves_the_selection(window):
    page = window.pages.page("design")
    page.selection.select(["n_hidden_1"])
    click_line(window.drawer.code, 0)
    assert page.selection.nodes == ("n_hidden_1",)


def test_a_line_inside_a_block_opens_it(window, qtbot):
    code, page = window.drawer.code, window.pages.page("design")
    change, use = group(window.session.document.graph, ["n_hidden_1"], "Stem")
    with qtbot.waitSignal(code.shown, timeout=5000):
        window.session.apply(change)
    key = next(k for k in code.code.lines if k.endswith("/n_hidden_1"))
    click_line(code, line_of(code, key))
    assert page.editor.scope == (use,)
    assert page.selection.nodes == ("n_hidden_1",)
    page.canvas.setFocus()
    page.selection.clear()
    page.selection.select(["n_hidden_1"])
    assert code.link.selected_keys() == (key,)


def test_the_code_stands_beside_the_page_and_still_follows(window, qtbot):
    code, page = window.drawer.code, window.pages.page("design")
    trigger = window.services.actions.trigger
    trigger("view.code_beside")
    qtbot.waitUntil(lambda: code.isVisible() and not window.drawer.opened)
    left, right = (w.mapTo(window, w.rect().topLeft()).x() for w in (page, code))
    assert right >= left + page.width()
    assert code.width() >= 280 and page.width() > 500
    click_line(code, line_of(code, "n_output"))
    assert page.selection.nodes == ("n_output",)
    assert window.services.layout.recall("code.beside", False) is True
    trigger("view.code_beside")
    qtbot.waitUntil(lambda: window.drawer.opened and code.isVisible())
    assert window.drawer.isAncestorOf(code)


def test_the_code_beside_a_narrow_page_takes_a_useful_share_and_folds_the_properties(window, qtbot):
    code, page = window.drawer.code, window.pages.page("design")
    window.resize(1280, 760)
    trigger = window.services.actions.trigger
    folded = page.inspector_panel.collapsed
    trigger("view.code_beside")
    qtbot.waitUntil(lambda: page.inspector_panel.collapsed)
    assert not folded
    assert code.width() >= 450
    assert page.width() >= 640
    assert code.wrap_button.isChecked()
    QTest.mouseClick(code.wrap_button, LEFT)
    assert code.editor.lineWrapMode() == code.editor.LineWrapMode.NoWrap
    page.preview.switch(True)
    qtbot.waitUntil(lambda: page.preview.bar.height() == 100)
    assert page.preview.bar.weights.width() >= 80
    QTest.mouseClick(code.place_button, LEFT)
    qtbot.waitUntil(lambda: not page.inspector_panel.collapsed)
    assert window.drawer.isAncestorOf(code)
    qtbot.waitUntil(lambda: page.preview.bar.height() == 66)
    page.preview.switch(False)


# ---- export ------------------------------------------------------------------------------------


@pytest.fixture
def dialog(window, qtbot):
    qtbot.waitUntil(lambda: window.session.signature is not None, timeout=10_000)
    window.services.actions.trigger("file.export")
    return window.findChild(ExportDialog)


def test_the_network_is_exported(dialog, window, tmp_path, qtbot):
    target = tmp_path / "net.py"
    dialog.write("model", target)
    qtbot.waitUntil(lambda: dialog.written.text() == f"Saved: {target}")
    assert "def build_model" in target.read_text()
    assert dialog.save_button.isEnabled() and not dialog.progress.isVisible()


def test_the_complete_training_is_exported(dialog, tmp_path, qtbot):
    QTest.mouseClick(dialog.choices["script"], LEFT)
    assert dialog.level == "script"
    dialog.write("script", tmp_path / "train.py")
    qtbot.waitUntil(lambda: bool(dialog.written.text()), timeout=20_000)
    text = (tmp_path / "train.py").read_text()
    ast.parse(text)
    assert "def build_model" in text and ".fit(" in text


def test_weights_without_a_run_say_what_to_do(dialog, tmp_path, qtbot):
    dialog.write("weights", tmp_path / "trained")
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.written.text() == "" and dialog.save_button.isEnabled()
    assert not (tmp_path / "trained").exists()


def test_a_folder_that_is_not_there_is_an_error_in_place(dialog, tmp_path, qtbot):
    dialog.write("model", tmp_path / "gone" / "net.py")
    qtbot.waitUntil(dialog.banner.isVisible)
