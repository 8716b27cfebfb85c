"""The ground of a canvas that stands still is kept as a picture that looks the same."""

import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QPainter

from ui.design.canvas.camera import Camera
from ui.design.canvas.frame import Frame
from ui.design.canvas.hover import Hover
from ui.design.canvas.picture import Picture
from ui.design.selection import Selection
from workbench.catalog import load_catalog

SIZE = QSize(320, 200)


@pytest.fixture
def frame(qapp):
    del qapp
    picture = Picture(load_catalog())
    made = Frame(picture, Selection(), Hover(picture))
    made.kept_alive = picture
    return made


def painted(frame, camera, ratio=1.0):
    image = QImage(SIZE * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    frame.paint(painter, camera, SIZE, ratio)
    painter.end()
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("scale", [1.0, 0.6, 0.07])
def test_a_still_ground_looks_like_one_painted_anew(frame, scale, ratio):
    camera = Camera()
    camera.scale, camera.offset = scale, QPointF(13, 7)
    first = painted(frame, camera, ratio)
    assert painted(frame, camera, ratio) == first
    assert painted(frame, camera, ratio) == first
    camera.offset = QPointF(20, 7)
    moved = painted(frame, camera, ratio)
    assert moved != first
    assert painted(frame, camera, ratio) == moved
