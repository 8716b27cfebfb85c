"""Shows a figure: fitted to the room there is, or with every column and a scroll bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from ui.explain.figure import LINE, Figure, Frame
from ui.theme import active_theme, color
from ui.widgets import identify
from ui.widgets.labels import as_tip

WIDEST = 1600.0


class FigureView(QAbstractScrollArea):
    """A figure on the screen.

    Args:
        name: Object name.
        parent: Parent widget.

    Attributes:
        arranged: Emitted after the figure was fitted to another size.
    """

    arranged = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, "Picture")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self._figure: Figure | None = None
        self._expanded = False
        self._frame: Frame | None = None
        self._hovered = -1
        active_theme().changed.connect(self._repaint)

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    def show_figure(self, figure: Figure | None) -> None:
        """Show a figure, or nothing."""
        self._figure = figure
        self._hovered = -1
        self.setAccessibleDescription(figure.title if figure else "")
        self._arrange()

    @property
    def expanded(self) -> bool:
        """Whether every column is shown."""
        return self._expanded

    def set_expanded(self, expanded: bool) -> None:
        """Show every column, or as many as fit."""
        self._expanded = expanded
        self.verticalScrollBar().setValue(0)
        self._arrange()

    def fits(self) -> bool:
        """Tell whether every column fits without scrolling."""
        if self._figure is None:
            return True
        return self._figure.columns_for(self._room().height()) >= self._figure.columns

    def picture_size(self) -> QSizeF:
        """Return the size of the whole figure as it is shown."""
        return self._frame.size if self._frame else QSizeF()

    # ---- arranging -----------------------------------------------------------------------

    def _room(self) -> QSizeF:
        size = QSizeF(self.maximumViewportSize())
        return QSizeF(min(size.width(), WIDEST), size.height())

    def _arrange(self) -> None:
        room = self._room()
        self._frame = None
        bar = self.verticalScrollBar()
        if self._figure is None or room.width() < 120 or room.height() < 120:
            bar.setRange(0, 0)
            self.viewport().update()
            return
        columns = self._figure.columns if self._expanded else self._figure.columns_for(
            room.height()
        )  # fmt: skip
        self._figure.prepare(columns)
        height = max(room.height(), self._figure.height_of(columns))
        over = round(height - room.height())
        bar.setRange(0, max(0, over))
        bar.setPageStep(round(room.height()))
        bar.setSingleStep(round(LINE))
        width = room.width() - (bar.sizeHint().width() if over > 0 else 0)
        self._frame = self._figure.frame(QSizeF(width, height), self.devicePixelRatioF())
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the figure to the new size."""
        super().resizeEvent(event)
        self._arrange()
        self.arranged.emit()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    # ---- painting and hovering -----------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the part that is seen."""
        painter = QPainter(self.viewport())
        try:
            painter.fillRect(event.rect(), color("surface"))
            if self._figure is not None and self._frame is not None:
                shift = self.verticalScrollBar().value()
                painter.translate(0, -shift)
                seen = QRectF(self.viewport().rect()).translated(0, shift)
                self._figure.paint(painter, self._frame, seen, hovered=self._hovered)
        finally:
            painter.end()  # Qt aborts when an error leaves a painter at work

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew: figures are painted where they are seen."""
        del dx, dy
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the line under the pointer."""
        self._hover(self._line_at(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show what a line stands for; forget it when the pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._line_at(QPointF(event.pos()))
            if self._figure is not None and at >= 0:
                QToolTip.showText(event.globalPos(), as_tip(self._figure.tip(at)), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with Home and End too."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)

    def _line_at(self, point: QPointF) -> int:
        if self._frame is None:
            return -1
        return self._frame.line_at(point.y() + self.verticalScrollBar().value())

    def _hover(self, at: int) -> None:
        if at != self._hovered:
            self._hovered = at
            self.viewport().update()
