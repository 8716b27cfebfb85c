"""The drawer's Code tab: live code of the open network, selection, copy, save, errors in words."""

import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextDocument

from ui.frame.code_text import changing
from ui.frame.code_view import CodeView
from workbench.errors import ProjectError
from workbench.export import Code, model_code
from workbench.graph import SetParam
from workbench.graph.changes import Disconnect


@pytest.fixture
def view(session, qtbot):
    """The tab with a project, shown and up to date with its data."""
    made = CodeView()
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.set_session(session)
    made.show()
    qtbot.waitUntil(lambda: session.signature is not None, timeout=10_000)
    qtbot.waitUntil(lambda: "build_model" in made.editor.toPlainText())
    yield made
    made.set_session(None)


def test_an_edit_changes_the_code(view, session, qtbot):
    catalog = session.services.catalog
    assert "units=32" in view.editor.toPlainText()
    with qtbot.waitSignal(view.shown):
        session.apply(SetParam("n_hidden_1", "units", 77))
    text = view.editor.toPlainText()
    assert "units=77" in text
    assert text == model_code(session.document.graph, catalog, session.signature).text
    with qtbot.waitSignal(view.shown):
        session.undo()
    assert "units=77" not in view.editor.toPlainText()


def test_a_hidden_tab_writes_nothing(view, session, qtbot):
    view.hide()
    with qtbot.assertNotEmitted(view.shown, wait=400):
        session.apply(SetParam("n_hidden_1", "units", 5))
    with qtbot.waitSignal(view.shown):
        view.show()
    assert "units=5," in view.editor.toPlainText()


def test_a_network_that_is_not_whole_says_why(view, session, qtbot):
    edge = session.document.graph.incoming("n_output")[0]
    with qtbot.waitSignal(view.shown):
        session.apply(Disconnect(edge))
    assert view.reason.text().startswith("No code yet: output needs a connection")
    assert view.editor.toPlainText() == ""
    assert not view.copy_button.isEnabled()
    assert not view.save_button.isEnabled()


def test_a_large_network_is_written_in_another_thread(view, session, qtbot, monkeypatch):
    monkeypatch.setattr("ui.frame.code_view._LARGE", 2)
    with qtbot.waitSignal(view.shown, timeout=10_000):
        session.apply(SetParam("n_hidden_1", "units", 9))
    assert "units=9," in view.editor.toPlainText()


def test_copy_and_save(view, qtbot, tmp_path):
    with qtbot.waitSignal(view.said):
        qtbot.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == view.code.text
    with qtbot.waitSignal(view.said):
        view.save(tmp_path / "net.py")
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == view.code.text
    with qtbot.waitSignal(view.failed) as failed:
        view.save(tmp_path / "nowhere" / "net.py")
    assert isinstance(failed.args[0], ProjectError)


def test_selected_layers_are_marked_in_the_window(project_window, qtbot):
    window, session = project_window, project_window.session
    window.show_page("design")
    qtbot.waitUntil(lambda: session.signature is not None, timeout=10_000)
    window.drawer.open_tab("code")
    code = window.drawer.code
    qtbot.waitUntil(lambda: "build_model" in code.editor.toPlainText())
    assert window.drawer.tab == "code"
    page = window.pages.page("design")
    page.selection.select(["n_hidden_2"])
    (mark,) = code.editor.extraSelections()
    assert mark.cursor.block().text().strip().startswith("hidden_2 = layers.Dense(")
    page.selection.clear()
    assert code.editor.extraSelections() == []
    qtbot.keyClick(
        window,
        Qt.Key.Key_K,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: not window.drawer.opened)


def lines_of(editor):
    return editor.document().toPlainText().split("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a\nb\n"),
        ("a\nb\n", ""),
        ("a\nb\nc\n", "a\nx\ny\nc\n"),
        ("a\nb\nb\n", "a\nb\n"),
        ("a\nb\n", "a\nb\nb\n"),
        ("x\nx\nx\n", "x\nx\nx\n"),
        ("a\n", "b\n"),
        ("".join(f"{n}\n" for n in range(100)), "".join(f"{n * 3 % 50}\n" for n in range(90))),
    ],
)
def test_only_lines_that_differ_are_changed(qapp, before, after):
    document = QTextDocument(before)
    list(changing(document, after))
    assert document.toPlainText() == after


def test_the_cursor_stays_in_its_line_when_lines_above_are_added(view, session):
    number = next(n for n, line in enumerate(lines_of(view.editor)) if "n_output" in line
                  or "output" in line)  # fmt: skip
    words = lines_of(view.editor)[number]
    cursor = QTextCursor(view.editor.document().findBlockByNumber(number))
    view.editor.setTextCursor(cursor)
    view._show(Code("# one more\n# and one\n" + view.code.text, {}))
    assert view.editor.textCursor().block().text() == words
    assert view.editor.textCursor().blockNumber() == number + 2


def test_the_window_goes_on_while_very_long_code_is_shown(view, qtbot):
    """Longest wait between two events while 20,000 lines come in: far below the whole."""
    lines = {f"n{number}": (number + 1, number + 1) for number in range(20_000)}
    text = "".join(f'dense_{n} = layers.Dense(units=8, name="dense_{n}")(x)\n' for n in lines)
    gaps, beat, last = [], QTimer(), time.perf_counter()

    def tick():
        nonlocal last
        now = time.perf_counter()
        gaps.append(now - last)
        last = now

    beat.timeout.connect(tick)
    beat.start(0)
    begun = last
    with qtbot.waitSignal(view.shown, timeout=60_000):
        view._show(Code(text, lines))
        assert time.perf_counter() - begun < 0.2
    whole = time.perf_counter() - begun
    assert view.editor.document().blockCount() == 20_001
    assert max(gaps) < max(0.2, whole / 4)
    view.mark(["n3"])
    assert [mark.cursor.blockNumber() for mark in view.editor.extraSelections()] == [3]
