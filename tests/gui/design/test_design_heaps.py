"""Thousands of layers at one place: only the topmost are painted, and it looks the same."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from ui.design.canvas import index
from ui.design.canvas.camera import Camera
from ui.design.canvas.frame import Frame
from ui.design.canvas.hover import Hover
from ui.design.canvas.picture import Picture
from ui.design.selection import Selection
from workbench.catalog import load_catalog
from workbench.graph import Connect, Edge, Endpoint, Graph, Node
from workbench.graph.changes import AddNode


def heap(layers=700):
    graph = Graph()
    for at in range(layers):
        graph.apply(AddNode(Node(f"n{at}", "Dense", f"d{at:03}", {"units": 8}, (0.0, 0.0))))
        if at:
            ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
            graph.apply(Connect(Edge(*ends)))
    return graph


def painted(picture):
    frame = Frame(picture, Selection(), Hover(picture))
    camera = Camera()
    camera.fit(picture.bounds().adjusted(-40, -40, 40, 40), QRectF(0, 0, 400, 300))
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    frame.paint(painter, camera, QSize(400, 300), 1.0)
    painter.end()
    return image


def test_a_heap_is_painted_as_its_topmost_layers(qapp, monkeypatch):
    picture = Picture(load_catalog())
    picture.show_graph(heap())
    everywhere = picture.bounds()
    top = [figure.id for figure in picture.node_index.inside(everywhere, top=True)]
    assert top[-1] == "n699"
    assert len(top) < 10
    fast = painted(picture)
    monkeypatch.setattr(index, "_CROWDED", 10**6)
    plain = Picture(load_catalog())
    plain.show_graph(heap())
    assert len(list(plain.node_index.inside(everywhere, top=True))) == 700
    whole = painted(plain)
    body = fast.rect().adjusted(120, 130, -120, -130)  # edges that lie on each other grow darker
    assert fast.copy(body) == whole.copy(body)
