"""Blocks in the whole window with a real engine: shapes inside follow, problems lead inside."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.backend


def field(window, name: str) -> QLineEdit:
    return next(w for w in window.findChildren(QLineEdit, name) if w.isVisible())


def enter(line: QLineEdit, text: str) -> None:
    """Replace the text of a field by typing, and press Enter."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_shapes_repeat_problems_and_undo_with_keras(project_window, qtbot):
    window = project_window
    window.show_page("design")
    page, session = window.pages.page("design"), window.session
    canvas, graph = page.canvas, session.document.graph
    ids = {node.name: node.id for node in graph}

    def figure(node_id: str):
        return canvas.picture.nodes[node_id]

    def settle(check) -> None:
        qtbot.waitUntil(lambda: session.settled and check(), timeout=60_000)

    settle(lambda: figure(ids["hidden_1"]).shape == "32")
    before = graph.copy()
    total = session.inference.parameters
    page.selection.select([ids["hidden_1"], ids["dropout_1"]])
    QTest.qWait(0)
    QTest.keyClick(canvas, Qt.Key.Key_G, CTRL)
    QTest.keyClicks(canvas.name_field, "stage")
    QTest.keyClick(canvas.name_field, Qt.Key.Key_Return)
    (use,) = page.selection.nodes
    settle(lambda: figure(use).shape == "32")
    assert session.inference.parameters == total
    assert figure(use).count == "992"

    box = canvas.node_rect(use)
    QTest.mouseDClick(canvas, LEFT, pos=box.center() + QPoint(0, box.height() // 4))
    assert page.editor.scope == (use,)
    settle(lambda: figure(ids["hidden_1"]).shape == "32")
    page.selection.select([ids["hidden_1"]])
    QTest.qWait(0)
    enter(field(window, "design.param.units"), "30")
    settle(lambda: figure(ids["hidden_1"]).shape == "30")
    assert figure(ids["hidden_1"]).count == "930"

    page.scopes.up()
    page.inspector.refresh()
    enter(field(window, "design.param.repeat"), "3")
    settle(lambda: figure(use).count == "2,790")
    assert figure(use).title == "stage × 3"

    page.scopes.open(use)
    page.selection.select([ids["hidden_1"]])
    QTest.qWait(0)
    enter(field(window, "design.param.units"), "-1")
    page.scopes.up()
    settle(lambda: not session.has_errors)
    page.scopes.open(use)
    canvas.setFocus()
    (edge,) = page.editor.graph.incoming(ids["hidden_1"])
    page.selection.select((), [edge])
    QTest.qWait(0)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    page.scopes.up()
    settle(lambda: session.has_errors)
    inner = next(p for p in session.problems if "/" in p.place.id)
    assert "stage" in inner.message
    window.drawer.open_tab("problems")
    row = next(r for r in window.drawer.problems.rows() if r.problem == inner)
    QTest.mouseDClick(row, LEFT, pos=QPoint(8, 8))
    assert page.editor.scope == (use,)
    assert set(page.selection.nodes) == {ids["hidden_1"]}

    while session.document.can_undo:
        session.undo()
    assert page.editor.scope == ()
    assert graph == before
    settle(lambda: figure(ids["hidden_1"]).shape == "32")
