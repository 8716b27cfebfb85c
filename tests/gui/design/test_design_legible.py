"""No letter is written on the canvas that is too small to be read, at any scale."""

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from ui.design.canvas.camera import Camera
from ui.design.canvas.frame import Frame
from ui.design.canvas.hover import Hover
from ui.design.canvas.ink import LEGIBLE
from ui.design.canvas.lettering import Lettering, canvas_font
from ui.design.canvas.picture import Picture
from ui.design.selection import Selection
from workbench.catalog import load_catalog
from workbench.graph import AddNode, Graph, Node
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

LONG = "a_very_long_name_of_a_layer_that_does_not_fit_into_its_box_at_all"


@pytest.fixture
def frame(qapp):
    graph = Graph()
    kinds = ("Dense", "GlobalAveragePooling2D", "MultiHeadAttention", "BatchNormalization")
    for at, kind in enumerate(kinds):
        graph.apply(AddNode(Node(f"n{at}", kind, f"{LONG}_{at}", {}, (0.0, 120.0 * at))))
    picture = Picture(load_catalog())
    picture.show_graph(graph)
    shape = TensorInfo((None, 26, 26, 32))
    picture.set_inference(Inference({i: NodeInfo({"output": shape}, 99) for i in graph.nodes}))
    return Frame(picture, Selection(), Hover(picture)), picture


@pytest.mark.parametrize("scale", [0.05, 0.19, 0.2, 0.23, 0.24, 0.3, 0.36, 0.37, 0.41, 0.42, 0.5,
                                   0.69, 0.7, 0.74, 0.75, 1.0, 2.0])  # fmt: skip
def test_what_is_written_can_be_read_and_stays_in_its_box(frame, scale, monkeypatch):
    painted, picture = frame
    written = []

    def draw(self, painter, x, middle, text, use):
        written.append((use, text, painter.worldTransform().m11(), painter.font().pixelSize()))

    monkeypatch.setattr(Lettering, "draw", draw)
    camera, room = Camera(), QRectF(0, 0, 1200, 900)
    camera.zoom_to(scale, room.center())
    camera.center_on(picture.bounds().center(), room)
    image = QImage(1200, 900, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painted.paint(painter, camera, QSize(1200, 900), 1.0)
    painter.end()
    assert all(size * at >= LEGIBLE for _, _, at, size in written)
    assert all(size == canvas_font(use).pixelSize() for use, _, _, size in written)
    assert bool(written) == (scale >= 0.24)
    assert not any(LONG in text for _, text, _, _ in written)
    names = [text for use, text, _, _ in written if use in ("name", "near_name")]
    assert bool(names) == (scale >= 0.42)
    assert all("…" in text for text in names)
