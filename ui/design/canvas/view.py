"""The canvas widget: takes events, hands them to gestures, paints frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ui.design.canvas.bubble import paint_bubble
from ui.design.canvas.camera import Camera
from ui.design.canvas.drop_events import DropEvents
from ui.design.canvas.frame import Frame
from ui.design.canvas.geometry import PORT_REACH
from ui.design.canvas.hits import node_at
from ui.design.canvas.hover import Hover
from ui.design.canvas.navigation import Navigation
from ui.design.canvas.paint_nodes import TEXT_LEFT, TITLE_ROW
from ui.design.canvas.picture import Picture
from ui.design.canvas.rename import NameField
from ui.design.canvas.tooltips import tooltip
from ui.design.canvas.waiting import paint_waiting
from ui.design.gestures.base import Gesture, QuickAddRequest
from ui.design.gestures.press import gesture_for_press
from ui.theme import active_theme
from ui.widgets import identify

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.design.editor import Editor
    from workbench.graph.inference import Inference


class Canvas(DropEvents):
    """Shows the network and lets a person edit it with the mouse and the keyboard.

    Args:
        editor: Makes the changes.
        parent: Parent widget.

    Attributes:
        quick_add_requested: Emitted with a `QuickAddRequest`.
        menu_requested: Emitted with the global position of a wish for the context menu.
        opened: Emitted with the id of a node that was double-clicked beside its title.
        moved: Emitted after the camera moved.
        left: Emitted when the person wants out of the block that is shown.
    """

    quick_add_requested = Signal(object)
    menu_requested = Signal(QPoint)
    opened = Signal(str)
    moved = Signal()
    left = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "design.canvas", "Network")
        self.editor = editor
        self.picture: Picture = editor.picture
        self.selection = editor.selection
        self.camera = Camera()
        self.hover = Hover(self.picture)
        self.frame = Frame(self.picture, self.selection, self.hover)
        self.navigation = Navigation(self)
        self.inference: Inference | None = None
        self.covered = 0
        self._gesture: Gesture | None = None
        self.name_field = NameField(self)
        self.name_field.renamed.connect(self.editor.rename)
        self.name_field.closed.connect(self.setFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.picture.changed.connect(self._picture_changed)
        self.picture.drawn.connect(self.navigation.follow_drawing)
        self.selection.changed.connect(self.update)
        active_theme().changed.connect(self._retheme)

    def stage(self) -> Canvas:
        """Return what gestures and drops act on."""
        return self

    # ---- what gestures ask (see gestures.base.Stage) -------------------------------------

    def reach(self) -> float:
        """Return how near to a port or an edge the pointer must be, scene units."""
        return PORT_REACH / max(self.camera.scale, 0.25)

    def shown_area(self) -> QRectF:
        """Return the part of the scene that is in view."""
        return self.camera.rect_to_scene(QRectF(self.rect()))

    def pixel_ratio(self) -> float:
        """Return device pixels per px."""
        return self.devicePixelRatioF()

    def request_quick_add(self, request: QuickAddRequest) -> None:
        """Ask for the quick-add popup."""
        self.quick_add_requested.emit(request)

    def view_moved(self) -> None:
        """Paint and tell that the camera has moved."""
        self.update()
        self.moved.emit()

    # ---- view -----------------------------------------------------------------------------

    def free_rect(self) -> QRectF:
        """Return the part of the widget that no overlay covers, px."""
        return QRectF(self.rect().adjusted(0, 0, -self.covered, 0))

    def set_covered(self, width: int) -> None:
        """Tell how many pixels at the right an overlay covers."""
        self.covered = width

    def pointer_scene(self) -> QPointF:
        """Return the scene point under the pointer, or the middle of the view."""
        at = self.pointer if self.pointer is not None else self.free_rect().center()
        return self.camera.to_scene(at)

    @property
    def pointer_inside(self) -> bool:
        """Whether the pointer is over the canvas."""
        return self.pointer is not None

    def node_rect(self, node_id: str) -> QRect:
        """Return where a node is on the widget, px."""
        return self.camera.rect_to_view(self.picture.nodes[node_id].rect).toRect()

    def rename_in_place(
        self, node_id: str, namer: Callable[[str], bool] | None = None, name: str = ""
    ) -> None:
        """Open the field for a node's name over its title.

        Args:
            node_id: The node.
            namer: Takes the name in place of the editor, for what is more than a node's name.
            name: What the field holds at first; the node's name when empty.
        """
        figure = self.picture.nodes.get(node_id)
        if figure is None:
            return
        self.editor.namer = namer
        self.camera.reveal(figure.rect, self.free_rect())
        rect = figure.rect
        title = QRectF(rect.left() + TEXT_LEFT, rect.top(), rect.width() - TEXT_LEFT, 2 * TITLE_ROW)
        self.name_field.open(node_id, name or figure.node.name, self.camera.rect_to_view(title))
        self.view_moved()

    # ---- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint one frame."""
        painter = QPainter(self)
        active = self.drop or self._gesture
        on_top = active.paint if active is not None else None
        self.frame.paint(painter, self.camera, self.size(), self.devicePixelRatioF(), on_top)
        if active is not None and active.hint and self.pointer is not None:
            paint_bubble(
                painter, self.frame.ink, active.hint, self.pointer,
                self.free_rect().size().toSize(), self.devicePixelRatioF(),
                refused=active.refused,
            )  # fmt: skip
        if self.ring and self.hasFocus():
            painter.setPen(self.frame.ink.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self.picture.pending and not self.picture.nodes:
            paint_waiting(painter, self.frame.ink, self.picture, self.free_rect())
        painter.end()

    @Slot()
    def _picture_changed(self) -> None:
        self.hover.leave()
        self.update()

    @Slot()
    def _retheme(self) -> None:
        self.frame.retheme()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell those who follow the view."""
        super().resizeEvent(event)
        self.moved.emit()

    # ---- mouse ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pointer = event.position()
        if event.button() == Qt.MouseButton.RightButton:
            self.cancel_gesture()  # the menu takes the mouse: no release would end it
            self._select_for_menu(event.position())
            return
        self.cancel_gesture()
        self._gesture = gesture_for_press(
            self, event.position(), event.button(), event.modifiers(), space=self.space_held
        )
        self.show_cursor()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or look what is under the pointer."""
        self.pointer = event.position()
        if self._gesture is not None:
            self._gesture.move(event.position(), event.modifiers())
            self.show_cursor()
            self.update()
        elif self.hover.look(self.camera.to_scene(event.position()), self.reach()):
            self.show_cursor()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        if event.button() == Qt.MouseButton.RightButton:
            return
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.move(event.position(), event.modifiers())
            gesture.release(event.position(), event.modifiers())
        self.hover.look(self.camera.to_scene(event.position()), self.reach())
        self.show_cursor()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename on a title, open a node elsewhere, quick-add on empty space."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.cancel_gesture()
        point = self.camera.to_scene(event.position())
        figure = node_at(self.picture, point)
        if figure is None:
            if self.hover.edge is None and self.hover.port is None:
                self.request_quick_add(QuickAddRequest(point))
            return
        if point.y() < figure.rect.top() + 2 * TITLE_ROW:
            self.rename_in_place(figure.id)
        else:
            self.opened.emit(figure.id)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        super().leaveEvent(event)
        self.pointer = None
        if self.hover.leave():
            self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu; by keyboard at the current node."""
        at, current = event.globalPos(), self.selection.current
        if event.reason() == QContextMenuEvent.Reason.Keyboard and current in self.picture.nodes:
            at = self.mapToGlobal(self.node_rect(current).center())
        self.menu_requested.emit(at)

    def _select_for_menu(self, at: QPointF) -> None:
        self.hover.look(self.camera.to_scene(at), self.reach())
        if self.hover.node and self.hover.node not in self.selection:
            self.selection.select([self.hover.node])
        elif self.hover.edge is not None and self.hover.edge not in self.selection:
            self.selection.select((), [self.hover.edge])
        elif not self.hover.node and self.hover.edge is None:
            self.selection.clear()

    def cancel_gesture(self) -> bool:
        """Give up the gesture that goes on; returns whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
            self.show_cursor()
            self.update()
        return gesture is not None

    @property
    def gesture(self) -> Gesture | None:
        """The gesture that goes on, or None."""
        return self._gesture

    def show_cursor(self) -> None:
        """Show the pointer that fits what a press would do."""
        if self._gesture is not None:
            shape = self._gesture.cursor
        elif self.space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif self.hover.port is not None:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or pan."""
        self.navigation.wheel(event)

    def event(self, event: QEvent) -> bool:
        """Tooltips, pinches, and keys that the window's shortcuts must leave to the canvas."""
        if not hasattr(self, "keyboard"):  # while it is made, and while Python ends
            return super().event(event)
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = "" if self._gesture else tooltip(self.picture, self.hover)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        if self.navigation.native(event):
            return True
        if self.keyboard is not None and self.keyboard.claims(event):
            event.accept()
            return True
        return super().event(event)
