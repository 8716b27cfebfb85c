"""The window of two networks: list, filter, ghosts, blocks, Escape – with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.gui.design.conftest import chain
from ui.compare.window import ComparisonWindow
from ui.widgets import Button
from workbench.catalog import load_catalog
from workbench.graph import Edge, Endpoint, InBlock, SetParam
from workbench.graph.blocking import group
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


def opened(qtbot, services, before, after):
    window = ComparisonWindow(compare(before, after), "first", "second", services)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def shown(services, qtbot):
    return opened(qtbot, services, *networks())


def lines(panel):
    """Return the lines of the list, indented."""
    model, found = panel.model, []

    def walk(parent, depth):
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            found.append("  " * depth + index.data())
            walk(index, depth + 1)

    walk(panel.tree.rootIndex(), 0)
    return found


def test_the_list_names_every_difference(shown):
    assert lines(shown.panel) == [
        "Added (1)", "  batch_normalization – BatchNormalization",
        "Removed (1)", "  drop – Dropout",
        "Changed (1)", "  hidden – Dense", "    units: 16 → 32",
        "Rewired (2)",
        "  hidden – Dense", "    fed by: features → batch_normalization",
        "  out – Dense", "    fed by: drop → hidden",
    ]  # fmt: skip
    assert shown.panel.count.text() == "5 differences"


def test_filter_by_words(shown, qtbot):
    qtbot.keyClicks(shown.panel.search, "units")
    assert lines(shown.panel) == ["Changed (1)", "  hidden – Dense", "    units: 16 → 32"]
    shown.panel.search.clear()
    qtbot.keyClicks(shown.panel.search, "nowhere")
    assert shown.panel.nothing.text() == "Nothing fits the filter."


def test_next_goes_from_one_to_the_next_and_round(shown, qtbot):
    went = []
    shown.panel.chosen.connect(lambda row: went.append((row.mark, row.name)))
    for _ in range(6):
        qtbot.mouseClick(shown.panel.next_button, LEFT)
    assert went == [
        ("added", "batch_normalization"), ("removed", "drop"), ("changed", "hidden"),
        ("rewired", "hidden"), ("rewired", "out"), ("added", "batch_normalization"),
    ]  # fmt: skip
    qtbot.mouseClick(shown.panel.previous_button, LEFT)
    assert shown.canvas.selection.single == "out"


def test_click_and_arrow_keys_show_the_layer_and_its_ghost(shown, qtbot):
    panel, canvas = shown.panel, shown.canvas
    canvas.navigation.zoom_to(1.0)
    row = next(r for r in panel.model.rows if r.mark == "removed")
    index = panel.model.index_of(row.key)
    qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=panel.tree.visualRect(index).center())
    assert shown.overlay.chosen == "drop" and not canvas.selection
    figure = shown.overlay.ghosts.nodes["drop"]
    middle = canvas.camera.to_view(figure.rect.center()).toPoint()
    assert (middle - canvas.rect().center()).manhattanLength() < 8
    for _ in range(2):
        qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    assert canvas.selection.single == "hidden" and not shown.overlay.chosen


def test_a_click_on_the_canvas_chooses_the_line(shown, qtbot):
    qtbot.mouseClick(shown.canvas, LEFT, pos=shown.canvas.node_rect("out").center())
    row = shown.panel.current()
    assert (row.mark, row.node) == ("rewired", "out")


def test_ghosts_stand_where_nothing_else_does_and_marks_are_painted(shown):
    boxes = [figure.rect for figure in shown.picture.nodes.values()]
    ghost = shown.overlay.ghosts.nodes["drop"]
    assert not any(ghost.rect.intersects(box) for box in boxes)
    gone = {(e.source.node, e.target.node) for e in shown.overlay.ghosts.edges}
    assert gone == {("features", "hidden"), ("hidden", "drop"), ("drop", "out")}
    assert shown.picture.bounds().contains(ghost.rect)
    with_marks = shown.canvas.grab().toImage()
    shown.overlay.show(None)
    assert shown.canvas.grab().toImage() != with_marks
    assert not shown.canvas.frame.above and not shown.canvas.frame.below


def test_the_picture_cannot_be_edited(shown, qtbot):
    canvas = shown.canvas
    before = shown.picture.graph.copy()
    canvas.setFocus()
    center = canvas.node_rect("hidden").center()
    QTest.mousePress(canvas, LEFT, pos=center)
    QTest.mouseMove(canvas, center * 0.5)
    QTest.mouseRelease(canvas, LEFT, pos=center * 0.5)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_A):
        QTest.keyClick(canvas, key)
    assert shown.picture.graph == before
    assert canvas.picture.nodes["hidden"].node.position == before.node("hidden").position


def test_escape_and_close_end_it(shown, qtbot):
    qtbot.keyClick(shown.canvas, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    shown.show()
    qtbot.keyClick(shown.panel.tree, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    shown.show()
    qtbot.mouseClick(shown.findChild(Button, "compare.done"), LEFT)
    assert not shown.isVisible()


def test_the_same_network_says_so(services, qtbot):
    before, _ = networks()
    window = opened(qtbot, services, before, before.copy())
    assert window.panel.nothing.text().startswith("No differences.")
    assert window.panel.nothing.isVisible() and not window.panel.next_button.isEnabled()


def test_what_differs_inside_a_block_is_shown_there(services, qtbot):
    before, _ = networks()
    before.apply(group(before, ["hidden", "drop"], "part")[0])
    block = next(iter(before.records.of("block")))
    after = before.copy()
    after.apply(InBlock(block, SetParam("hidden", "units", 3)))
    window = opened(qtbot, services, before, after)
    assert lines(window.panel)[1:] == ["  hidden – Dense, in block part", "    units: 16 → 3"]
    assert not window.where.isVisible()
    qtbot.mouseClick(window.panel.next_button, LEFT)
    assert window.where.text() == "Inside the block part" and window.where.isVisible()
    assert window.canvas.selection.single == "hidden"
    qtbot.mouseClick(window.back, LEFT)
    assert not window.where.isVisible() and "out" in window.picture.nodes


def find(window, kind):
    return next((w for w in window.findChildren(kind) if w.isVisible()), None)


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
    (row,) = shown.panel.model.rows
    assert "units: 8 → 24" in row.text
    assert not shown.panel.take.isVisible()
    shown.close()
