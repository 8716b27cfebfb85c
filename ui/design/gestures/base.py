"""What all gestures have in common, and what they may ask of the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QRectF

    from ui.design.canvas.camera import Camera
    from ui.design.canvas.frame import Frame
    from ui.design.canvas.hover import Hover
    from ui.design.canvas.picture import Picture
    from ui.design.editor import Editor
    from ui.design.selection import Selection
    from workbench.graph import Endpoint
    from workbench.graph.inference import Inference
    from workbench.plain import Plain

DRAG_DISTANCE = 4.0
"""Pixels that the pointer must move before a press is a drag."""

Keys = Qt.KeyboardModifier


@dataclass(frozen=True, slots=True)
class QuickAddRequest:
    """A wish to add a layer by typing.

    Attributes:
        at: Scene point it was asked for at; None when it was asked for by key.
        text: What has been typed already.
        source: Output port that the layer is to follow, or None.
        target: Input port that the layer is to feed, or None.
        params: Parameters of the layer that was chosen, where they were suggested.
    """

    at: QPointF | None = None
    text: str = ""
    source: Endpoint | None = None
    target: Endpoint | None = None
    params: Mapping[str, Plain] | None = None


class Stage(Protocol):
    """The canvas as gestures see it."""

    camera: Camera
    picture: Picture
    selection: Selection
    editor: Editor
    hover: Hover
    frame: Frame
    inference: Inference | None

    def update(self) -> None:
        """Paint soon."""

    def reach(self) -> float:
        """Return how near to a port or an edge the pointer must be, scene units."""

    def shown_area(self) -> QRectF:
        """Return the part of the scene that is in view."""

    def pixel_ratio(self) -> float:
        """Return device pixels per px."""

    def request_quick_add(self, request: QuickAddRequest) -> None:
        """Ask for the quick-add popup."""

    def view_moved(self) -> None:
        """Tell that the camera has moved."""


class Gesture:
    """One gesture; made when the button goes down, ended by release or cancel.

    Args:
        stage: The canvas.
        at: Where it begins, px.
        keys: Modifier keys held down.

    Attributes:
        cursor: Shape of the pointer meanwhile.
        hint: A few words shown beside the pointer, or "".
        refused: Whether the hint says why something is not possible.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, stage: Stage, at: QPointF, keys: Keys) -> None:
        self.stage = stage
        self.start = at
        self.keys = keys
        self.hint = ""
        self.refused = False

    def move(self, at: QPointF, keys: Keys, /) -> None:
        """The pointer is at another pixel now."""

    def release(self, at: QPointF, keys: Keys, /) -> None:
        """The button was released: make the change."""

    def cancel(self) -> None:
        """Escape was pressed: leave everything as it was."""

    def paint(self, painter: QPainter) -> None:
        """Paint what it shows, in scene units."""

    def _scene(self, at: QPointF) -> QPointF:
        return self.stage.camera.to_scene(at)

    def _is_drag(self, at: QPointF) -> bool:
        away = at - self.start
        return abs(away.x()) + abs(away.y()) >= DRAG_DISTANCE
