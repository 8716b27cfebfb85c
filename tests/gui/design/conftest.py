"""The Design page with a small network, driven by mouse and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from ui.design import DesignPage
from ui.frame.page_host import PageFrame
from ui.session import ProjectSession
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.project import create_project
from workbench.project.documents import Documents

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def chain(*entries: tuple[str, str, dict[str, Any]]) -> Graph:
    """Return layers one under the other, each fed by the one above: (id, layer, params)."""
    graph, above = Graph(), ""
    for row, (node_id, layer, params) in enumerate(entries):
        graph.apply(AddNode(Node(node_id, layer, node_id, params, (0.0, 128.0 * row))))
        if above:
            graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(node_id, "input"))))
        above = node_id
    return graph


def small_graph() -> Graph:
    """Return input → hidden → out, and apart from them a Dropout called loose."""
    graph = chain(
        ("features", "InputLayer", {}),
        ("hidden", "Dense", {"units": 16, "activation": "relu"}),
        ("out", "Dense", {"units": 1, "activation": "sigmoid"}),
    )
    graph.apply(AddNode(Node("loose", "Dropout", "loose", {"rate": 0.5}, (320.0, 128.0))))
    return graph


def shapes(**nodes: tuple[int, ...]) -> Inference:
    """Return an inference with these output shapes."""
    return Inference(
        {name: NodeInfo({"output": TensorInfo((None, *shape))}) for name, shape in nodes.items()}
    )


@dataclass
class Desk:
    """The page and hands to use it with."""

    page: DesignPage
    session: ProjectSession
    window: QMainWindow

    @property
    def canvas(self):
        return self.page.canvas

    @property
    def graph(self) -> Graph:
        return self.session.document.graph

    @property
    def selected(self) -> set[str]:
        return set(self.page.selection.nodes)

    def node_named(self, name: str) -> Node:
        return next(node for node in self.graph if node.name == name)

    def only_new(self, before: set[str]) -> Node:
        """Return the one node that was not there before."""
        (new,) = set(self.graph.nodes) - before
        return self.graph.node(new)

    def edges(self) -> set[tuple[str, str]]:
        """Return the connections as pairs of node names."""
        names = {node.id: node.name for node in self.graph}
        return {(names[e.source.node], names[e.target.node]) for e in self.graph.edges}

    # ---- places --------------------------------------------------------------------------

    def at(self, node_id: str) -> QPoint:
        """Return the pixel in the middle of a node."""
        return self.canvas.node_rect(node_id).center()

    def title(self, node_id: str) -> QPoint:
        box = self.canvas.node_rect(node_id)
        return QPoint(box.center().x(), box.top() + round(18 * self.canvas.camera.scale))

    def port(self, node_id: str, side: str, port: str) -> QPoint:
        point = self.canvas.picture.nodes[node_id].port_point(side, port)
        return self.canvas.camera.to_view(point).toPoint()

    def middle(self, source: str, target: str) -> QPoint:
        """Return the pixel half way along the edge between two nodes."""
        figure = next(
            f
            for e, f in self.canvas.picture.edges.items()
            if (e.source.node, e.target.node) == (source, target)
        )
        return self.canvas.camera.to_view(figure.path.pointAtPercent(0.5)).toPoint()

    def empty(self, x: float = -280.0, y: float = 64.0) -> QPoint:
        """Return a pixel where there is nothing."""
        return self.canvas.camera.to_view(QPointF(x, y)).toPoint()

    # ---- hands ---------------------------------------------------------------------------

    def click(self, at: QPoint, keys=NO_KEYS) -> None:
        QTest.mouseClick(self.canvas, LEFT, keys, at)

    def press(self, at: QPoint, keys=NO_KEYS) -> None:
        QTest.mousePress(self.canvas, LEFT, keys, at)

    def move(self, at: QPoint) -> None:
        QTest.mouseMove(self.canvas, at)

    def release(self, at: QPoint, keys=NO_KEYS) -> None:
        QTest.mouseRelease(self.canvas, LEFT, keys, at)

    def drag(self, start: QPoint, end: QPoint, keys=NO_KEYS) -> None:
        """Press, move in steps, release."""
        self.press(start, keys)
        for step in range(1, 6):
            self.move(start + (end - start) * (step / 5))
        self.release(end, keys)

    def key(self, key, keys=NO_KEYS) -> None:
        """Press a key on the canvas, after the events of now are done (actions follow them)."""
        QTest.qWait(0)
        QTest.keyClick(self.canvas, key, keys)

    def type(self, text: str) -> None:
        """Type into whatever has the focus, as a person does."""
        for letter in text:
            QTest.keyClick(self.window.focusWidget(), letter)

    def find(self, kind, name: str):
        """Return a visible widget of the page by object name."""
        return next(w for w in self.window.findChildren(kind, name) if w.isVisible())


@pytest.fixture
def graph() -> Graph:
    """The network that `desk` opens; test modules replace it."""
    return small_graph()


@pytest.fixture
def desk(services, graph, tmp_path, qtbot):
    """The page in a window of its own, at 100 %, with the network in view."""
    document = create_project(tmp_path / "Small", "Small", Documents(graph=graph.copy()))
    session = ProjectSession(document, services)
    page = DesignPage(services)
    window = QMainWindow()
    services.actions.add(page.actions_table(), window)
    window.setCentralWidget(PageFrame(page))
    services.actions.set_scope("design")
    qtbot.addWidget(window)
    window.resize(1500, 860)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    page.set_session(session)
    page.page_shown()
    page.canvas.navigation.zoom_to(1.0)
    qtbot.waitUntil(lambda: session.settled)
    yield Desk(page, session, window)
    page.set_session(None)
    session.close(discard=True)
