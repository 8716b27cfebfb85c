"""Comparing networks in the window: choosing, list, filter, marks, Escape – with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.gui.design.conftest import chain
from ui.compare.choosing import SourceDialog
from ui.compare.union import GONE, unite
from ui.compare.window import ComparisonWindow
from ui.widgets import Button
from workbench.catalog import load_catalog
from workbench.graph import Edge, Endpoint, SetParam
from workbench.graph.compare import compare
from workbench.graph.edits import delete, insert_on_edge
from workbench.runs.spec import RunSpec

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def pages_on_demand(monkeypatch):
    monkeypatch.setattr("ui.frame.page_host.PageHost.eager", False)


def networks():
    """A network; and one with a layer more, one less, one changed."""
    before = chain(
        ("features", "InputLayer", {"shape": [8]}),
        ("hidden", "Dense", {"units": 16, "activation": "relu"}),
        ("drop", "Dropout", {"rate": 0.5}),
        ("out", "Dense", {"units": 1, "activation": "sigmoid"}),
    )
    after = before.copy()
    after.apply(SetParam("hidden", "units", 32))
    after.apply(delete(after, ["drop"], bridge=True))
    edge = Edge(Endpoint("features", "output"), Endpoint("hidden", "input"))
    after.apply(insert_on_edge(after, load_catalog(), "BatchNormalization", edge)[0])
    return before, after


@pytest.fixture
def shown(services, qtbot):
    before, after = networks()
    window = ComparisonWindow(compare(before, after), "first", "second", services)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def cells(window, column=1):
    return [window.shown.index(row, column).data() for row in range(window.shown.rowCount())]


def test_the_list_names_every_difference(shown):
    rows = {(cells(shown, 0)[n], cells(shown)[n], cells(shown, 3)[n]) for n in range(4)}
    assert rows == {
        ("Added", "batch_normalization", ""),
        ("Removed", "drop", ""),
        ("Changed", "hidden",
         "units: 16 → 32; fed by features → batch_normalization"),
        ("Rewired", "out", "fed by drop → hidden"),
    }  # fmt: skip


def test_filter_by_words_and_by_kind(shown, qtbot):
    qtbot.keyClicks(shown.search, "units")
    assert cells(shown) == ["hidden"]
    shown.search.clear()
    qtbot.keyClick(shown.kind, Qt.Key.Key_Down)
    assert shown.kind.currentText() == "Added"
    assert cells(shown) == ["batch_normalization"]
    qtbot.keyClick(shown.kind, Qt.Key.Key_Down)
    assert cells(shown) == ["drop"]


def test_double_click_and_enter_show_the_layer(shown, qtbot):
    canvas = shown.canvas
    canvas.navigation.zoom_to(1.0)
    row = cells(shown).index("drop")
    index = shown.shown.index(row, 1)
    place = shown.table.visualRect(index).center()
    qtbot.mouseClick(shown.table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(shown.table.viewport(), LEFT, pos=place)
    assert canvas.selection.single == f"{GONE}drop"
    middle = canvas.node_rect(f"{GONE}drop").center()
    assert (middle - canvas.rect().center()).manhattanLength() < 8
    shown.table.setCurrentIndex(shown.shown.index(cells(shown).index("out"), 0))
    qtbot.keyClick(shown.table, Qt.Key.Key_Return)
    assert canvas.selection.single == "out"


def test_the_picture_holds_both_networks_and_marks_in_their_places(shown):
    union = shown._union
    assert union.marks["out"] == "rewired" and union.marks["hidden"] == "changed"
    assert set(union.graph.nodes) >= {"features", "hidden", "out", f"{GONE}drop"}
    boxes = [figure.rect for figure in shown.canvas.picture.nodes.values()]
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])
    assert shown.marks.size() == shown.canvas.size()
    plain = shown.canvas.grab().toImage()
    shown.marks.hide()
    assert shown.canvas.grab().toImage() != plain


def test_the_picture_cannot_be_edited(shown, qtbot):
    canvas = shown.canvas
    before = shown._union.graph.copy()
    canvas.setFocus()
    center = canvas.node_rect("hidden").center()
    QTest.mousePress(canvas, LEFT, pos=center)
    QTest.mouseMove(canvas, center * 0.5)
    QTest.mouseRelease(canvas, LEFT, pos=center * 0.5)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_A):
        QTest.keyClick(canvas, key)
    assert shown._union.graph == before
    assert canvas.picture.nodes["hidden"].node.position == before.node("hidden").position


def test_escape_and_close_end_it(shown, qtbot):
    qtbot.keyClick(shown.canvas, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    shown.show()
    qtbot.mouseClick(shown.findChild(Button, "compare.close"), LEFT)
    assert not shown.isVisible()


def test_the_same_network_says_so(services, qtbot):
    before, _ = networks()
    window = ComparisonWindow(compare(before, before.copy()), "a", "b", services)
    qtbot.addWidget(window)
    assert window.model.rowCount() == 0
    assert unite(compare(before, before)).marks == {}


def find(window, kind):
    return next((w for w in window.findChildren(kind) if w.isVisible()), None)


def test_unsaved_edits_against_the_saved_version(project_window, qtbot):
    window, session = project_window, project_window.session
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    session.document.save()
    node = next(n for n in session.document.graph if n.layer == "Dense")
    session.apply(SetParam(node.id, "units", 77))
    window.show_page("design")
    window.services.actions.trigger("compare.with")
    qtbot.waitUntil(lambda: find(window, SourceDialog) is not None)
    dialog = find(window, SourceDialog)
    assert "Saved version" in dialog.list.item(0).text()
    qtbot.mouseClick(dialog.go, LEFT)
    qtbot.waitUntil(lambda: find(window, ComparisonWindow) is not None)
    shown = find(window, ComparisonWindow)
    (row,) = shown.model.rows
    assert row.node == node.id and row.text.endswith("→ 77")
    shown.table.setCurrentIndex(shown.shown.index(0, 0))
    assert shown.show_in_design.isEnabled()
    shown.close()


def test_a_damaged_project_is_an_error_in_words(project_window, qtbot, tmp_path):
    from ui.compare.actions import open_comparison
    from ui.compare.sources import other_project, present

    errors = []
    project_window.services.error_raised.connect(errors.append)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "project.json").write_text("{")
    source = other_project(tmp_path / "bad")
    assert open_comparison(project_window, source, present(project_window.session), True) is None
    assert len(errors) == 1 and errors[0].message


def test_two_runs_from_the_table_of_runs(project_window, qtbot):
    window, session = project_window, project_window.session
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    node = next(n for n in session.document.graph if n.layer == "Dense")
    for number, units in enumerate((8, 24)):
        session.apply(SetParam(node.id, "units", units))
        document = session.document
        spec = RunSpec(f"r{number}", str(document.folder), document.graph, document.data,
                       document.recipe)  # fmt: skip
        session.store.create(spec, f"Run {number}")
    session.runs_changed.emit()
    window.show_page("train")
    table = window.pages.page("train").view.table
    qtbot.waitUntil(lambda: table.model().rowCount() == 2)
    for row, keys in ((0, Qt.KeyboardModifier.NoModifier), (1, Qt.KeyboardModifier.ShiftModifier)):
        place = table.visualRect(table.model().index(row, 1)).center()
        qtbot.mouseClick(table.viewport(), LEFT, keys, place)
    assert len(table.selected()) == 2
    table.customContextMenuRequested.emit(place)
    menu = find(table, QMenu)
    entry = next(a for a in menu.actions() if a.objectName() == "train.compare")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())
    qtbot.waitUntil(lambda: find(window, ComparisonWindow) is not None)
    shown = find(window, ComparisonWindow)
    assert shown.windowTitle() == "Run 0 → Run 1"
    (row,) = shown.model.rows
    assert "units: 8 → 24" in row.text
    assert not shown.show_in_design.isVisible()
    shown.close()
