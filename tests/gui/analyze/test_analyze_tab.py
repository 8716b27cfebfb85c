"""The drawer's Analyze tab: rows, totals, order, filter, selection both ways, copies, speed."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from ui.analyze import AnalyzeView
from workbench.graph import SetParam
from workbench.graph.analysis import COLUMNS
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

AT = {column.id: number for number, column in enumerate(COLUMNS)}


@pytest.fixture(autouse=True)
def pages_on_demand(request, monkeypatch):
    monkeypatch.setattr("ui.frame.page_host.PageHost.eager", False)


def inference_of(graph):
    """What an engine would say, with numbers that are easy to tell apart."""
    nodes = {}
    for number, node in enumerate(graph):
        units = node.params.get("units", 30)
        nodes[node.id] = NodeInfo(
            {"output": TensorInfo((None, units))}, 10 * units, 10 * units, 40 * units,
            macs=units * (number + 1), axes={"output": ("batch", "feature")},
            kept_bytes=4 * units,
        )  # fmt: skip
    return Inference(nodes)


def tell(session, inference):
    session.inference = inference
    session.inference_changed.emit(inference)


@pytest.fixture
def view(session, qtbot):
    made = AnalyzeView()
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.set_session(session)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    tell(session, inference_of(session.document.graph))
    made.refresh()
    yield made
    made.set_session(None)


def column(view, name):
    model = view.model
    return [model.data(model.index(n, AT[name])) for n in range(model.rowCount())]


def click_heading(view, name, qtbot):
    header = view.table.layers.horizontalHeader()
    x = header.sectionViewportPosition(AT[name]) + 20
    spot = header.viewport().rect().center()
    spot.setX(x)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_rows_and_totals(view, session):
    names = [node.name for node in session.document.graph]
    assert sorted(column(view, "name")) == sorted(names)
    assert "feature 30" in column(view, "output")
    total = sum(info.trainable for info in session.inference.nodes.values())
    assert view.table.totals_model.texts[AT["trainable"]] == f"{total:,}"
    assert "of memory to train at" in view.memory.toolTip() or view.memory.text()


def test_the_memory_of_a_training_is_read_in_full_in_a_small_window(view, qtbot):
    view.resize(1366 - 113, 320)
    qtbot.waitUntil(lambda: view.memory.width() > 900)
    text = view.memory.text()
    assert text.startswith("About ") and " of memory to train at 32 rows a batch; it fits, " in text
    assert view.memory.fontMetrics().horizontalAdvance(text) <= view.memory.width()
    assert view.memory.geometry().bottom() <= view.height()
    assert view.memory.geometry().top() >= view.table.geometry().bottom()


def test_an_error_leaves_no_totals(view, session, qtbot):
    from workbench.errors import Place
    from workbench.graph import Problem

    wrong = Problem("bad", "error", "Wrong here.", Place("node", "n_output"))
    found = inference_of(session.document.graph)
    tell(session, Inference(found.nodes, (wrong,)))
    with qtbot.waitSignal(view.shown):
        view.refresh()
    assert view.table.totals_model.texts[AT["macs"]] == "—"
    assert view.table.totals_model.texts[AT["weights"]] == "—"
    assert column(view, "problems")[-1] == "1"
    assert view.memory.text() == ""


def test_headings_sort_by_number_and_go_back(view, qtbot):
    before = column(view, "name")
    click_heading(view, "macs", qtbot)
    numbers = [view.model.row(at).keys[AT["macs"]] for at in view.model.places]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) > 1
    assert view.order.currentText() == "Multiply-adds"
    click_heading(view, "macs", qtbot)
    numbers = [view.model.row(at).keys[AT["macs"]] for at in view.model.places]
    assert numbers == sorted(numbers)
    click_heading(view, "macs", qtbot)
    assert column(view, "name") == before
    assert view.order.currentText() == "Order of computation"


def test_the_keyboard_filters_and_sorts(view, qtbot):
    view.filter.setFocus()
    qtbot.keyClicks(view.filter, "dense")
    shown = column(view, "type")
    assert shown and set(shown) == {"Dense"}
    qtbot.keyClick(view.filter, Qt.Key.Key_Escape)
    view.order.setFocus()
    qtbot.keyClick(view.order, Qt.Key.Key_Down)
    assert view.model.column == 0
    assert column(view, "name") == sorted(column(view, "name"))


def test_an_edit_brings_new_numbers(view, session, qtbot):
    session.apply(SetParam("n_hidden_1", "units", 77))
    tell(session, inference_of(session.document.graph))
    view.refresh()
    assert "feature 77" in column(view, "output")


def test_copies(view, qtbot, tmp_path):
    with qtbot.waitSignal(view.said):
        qtbot.mouseClick(view.csv_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0].startswith("Name,Type,Output")
    assert text.splitlines()[-1].startswith("In all")
    table = view.table.layers
    table.setFocus()
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseClick(view.markdown_button, Qt.MouseButton.LeftButton)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4
    view.save(tmp_path / "layers.md")
    assert (tmp_path / "layers.md").read_text(encoding="utf-8").startswith("| Name |")


def test_linked_with_the_canvas_both_ways(project_window, qtbot):
    window, session = project_window, project_window.session
    window.show_page("design")
    page = window.pages.page("design")
    qtbot.keyClick(
        window,
        Qt.Key.Key_A,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: window.drawer.opened and window.drawer.tab == "analyze")
    view = window.drawer.analyze
    qtbot.waitUntil(lambda: view.model.rowCount() == len(session.document.graph))
    page.selection.select(["n_hidden_2", "n_output"])
    assert set(view.table.layers.selected()) == {"n_hidden_2", "n_output"}
    table = view.table.layers
    row = view.model.number_of("n_hidden_1")
    assert table.viewport().height() > 100
    table.scrollToTop()
    spot = table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert page.selection.nodes == ("n_hidden_1",)
    following = table.visualRect(view.model.index(row + 1, 1)).center()
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, following
    )
    assert len(page.selection.nodes) == 2
    window.show_page("data")
    spot = table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: window.pages.current_id == "design")
    assert page.selection.nodes == ("n_hidden_1",)
    table.setFocus()
    window.show_page("data")
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.current_id == "design")


def test_layers_in_blocks_can_be_left_out(view, session, qtbot):
    found = inference_of(session.document.graph)
    inside = {"n_hidden_1/inner": next(iter(found.nodes.values()))}
    tell(session, Inference(found.nodes, inside=inside))
    view.refresh()
    assert view.inner.isVisible() and view.model.rowCount() == len(found.nodes) + 1
    assert view.model.number_of("n_hidden_1/inner") == view.model.number_of("n_hidden_1") + 1
    view.inner.setFocus()
    qtbot.keyClick(view.inner, Qt.Key.Key_Space)
    assert view.model.rowCount() == len(found.nodes)


def test_ten_thousand_layers(view, session, qtbot):
    from workbench.graph import Edge, Endpoint, Graph, Node

    graph = Graph()
    for number in range(10_000):
        graph.put_node(Node(f"n{number}", "Dense", f"dense_{number}", {"units": 1 + number % 90}))
        if number:
            source, target = Endpoint(f"n{number - 1}", "output"), Endpoint(f"n{number}", "input")
            graph.put_edge(Edge(source, target))
    found = inference_of(graph)
    model, table = view.model, view.table.layers
    model.show_network(graph, found, 32)
    begun = time.perf_counter()
    model.show_network(graph, inference_of(graph), 32)  # an edit
    table.viewport().repaint()
    edit = time.perf_counter() - begun
    begun = time.perf_counter()
    model.arrange(AT["macs"], descending=True)
    table.viewport().repaint()
    sort = time.perf_counter() - begun
    begun = time.perf_counter()
    table.select([f"n{number}" for number in range(0, 10_000, 1)])
    chosen = time.perf_counter() - begun
    assert len(table.selected()) == 10_000
    print(f"edit {edit * 1000:.0f} ms, sort {sort * 1000:.0f} ms, select all {chosen * 1000:.0f}")
    assert edit < 0.5 and sort < 1.5 and chosen < 0.5
