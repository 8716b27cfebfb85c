"""Opening a network of thousands of layers: progress, Cancel, and the window that goes on."""

import threading
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from ui.frame.opening_view import OpeningView
from workbench.graph import Connect, Edge, Endpoint, Graph, Node
from workbench.graph.changes import AddNode
from workbench.project import create_project, open_project
from workbench.project.documents import Documents

LAYERS = 4000


def chain(layers):
    """Return a chain of dense layers, in columns of a hundred."""
    graph = Graph()
    for at in range(layers):
        kind, params = ("Dense", {"units": 8}) if at else ("InputLayer", {"shape": [8]})
        place = (at // 100 * 320.0, at % 100 * 120.0)
        graph.apply(AddNode(Node(f"n{at}", kind, f"layer_{at}", params, place)))
        if at:
            ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
            graph.apply(Connect(Edge(*ends)))
    return graph


@pytest.fixture
def large(tmp_path):
    folder = tmp_path / "Large"
    create_project(folder, "Large", Documents(graph=chain(LAYERS))).close()
    return folder


def test_the_figures_are_there_when_the_project_is(project_window, large, qtbot):
    window = project_window
    page = window.pages.page("design")
    window.show_page("design")
    shares = []
    window.flow.opening.connect(lambda opening: opening.progressed.connect(shares.append))
    with qtbot.waitSignal(window.flow.session_changed, timeout=20_000):
        window.flow.open(large)
    assert len(page.picture.nodes) == LAYERS
    assert len(page.picture.edges) == LAYERS - 1
    assert not page.picture.pending
    assert shares == sorted(shares)
    assert page.canvas.navigation.shown().intersects(page.picture.bounds())


def test_cancel_leaves_the_open_project(project_window, large, qtbot):
    window, before = project_window, project_window.session
    shown = dict(window.pages.page("design").picture.nodes)
    window.show_page("design")
    window.flow.open(large)
    cancel = window.findChild(QToolButton, "status.progress.cancel")
    qtbot.waitUntil(cancel.isVisible)
    asked = time.monotonic()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.flow.busy)
    assert time.monotonic() - asked < 1.0
    assert window.session is before
    assert window.pages.page("design").picture.nodes == shown
    assert not window.notices.error.isVisible()
    document = open_project(large)
    assert not document.read_only
    document.close()


def test_the_view_over_the_pages_cancels_too(project_window, large, qtbot):
    window, before = project_window, project_window.session
    window.show_page("design")
    window.flow.open(large)
    view = window.findChild(QPushButton, "opening.cancel")
    window.flow._opening._slices.progressed.connect(lambda _share: time.sleep(0.02))
    qtbot.waitUntil(view.isVisible, timeout=10_000)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.flow.busy)
    assert window.session is before
    assert not view.isVisible()


def test_large_edits_are_drawn_between_events(project_window, large, qtbot):
    window = project_window
    window.show_page("design")
    page = window.pages.page("design")
    with qtbot.waitSignal(window.flow.session_changed, timeout=20_000):
        window.flow.open(large)
    picture, graph = page.picture, window.session.document.graph
    qtbot.waitUntil(page.canvas.isVisible)
    places = {i: f.rect.center().x() for i, f in picture.nodes.items()}
    page.selection.select(picture.nodes)
    window.services.actions.refresh()
    window.services.actions.qaction("design.delete").trigger()
    assert not picture.nodes
    qtbot.waitUntil(lambda: not picture.pending)
    assert not picture.edges
    window.undo()
    assert picture.pending
    qtbot.waitUntil(lambda: not picture.pending, timeout=10_000)
    assert list(picture.nodes) == list(graph.nodes)
    assert set(picture.edges) == set(graph.edges)
    assert {i: f.rect.center().x() for i, f in picture.nodes.items()} == places
    window.flow.save()


def test_closing_the_window_cancels_what_is_being_opened(project_window, large, qtbot):
    window, opened = project_window, []
    window.show_page("design")
    window.flow.session_changed.connect(opened.append)
    window.flow.open(large)
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert opened == [None]
    open_project(large).close()


@pytest.mark.parametrize("cancelled", [False, True], ids=["opened", "cancelled"])
def test_the_keyboard_comes_back_from_the_view_over_the_pages(
    project_window, tmp_path, qtbot, cancelled
):
    window = project_window
    create_project(tmp_path / "Next", "Next", Documents(graph=chain(50))).close()
    window.show_page("design")
    canvas = window.pages.page("design").canvas
    qtbot.waitUntil(canvas.hasFocus)
    view = window.findChild(OpeningView)
    view._later.setInterval(0)
    go = threading.Event()
    prepare = window.flow.prepare

    def slowly(document):
        while not go.is_set():
            yield 0.0
        yield from prepare(document)

    window.flow.prepare = slowly
    window.flow.open(tmp_path / "Next")
    qtbot.waitUntil(view.button.hasFocus)
    if cancelled:
        view.cancel()
    go.set()
    qtbot.waitUntil(lambda: not window.flow.busy)
    assert (window.session.document.name == "Next") != cancelled
    assert canvas.hasFocus()
