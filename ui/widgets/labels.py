"""Text: labels by role that never read mark-up, and lines between things."""

from __future__ import annotations

import html
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtGui import Qt as QtText
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

TextRole = Literal["body", "secondary", "heading", "title", "error", "warning", "ok"]


class Text(QLabel):
    """A label that shows its text as it is, whatever a file put into it.

    Args:
        text: Plain text.
        role: Size and colour.
        wrap: Whether long text goes on in the next line.
        name: Object name.
        parent: Parent widget.
    """

    def __init__(
        self,
        text: str = "",
        role: TextRole = "body",
        *,
        wrap: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        self.setText(text)
        if name:
            self.setObjectName(name)

    def set_role(self, role: TextRole) -> None:
        """Change size and colour."""
        self.setProperty("role", role)
        restyle(self)


class ElidedText(Text):
    """One line that ends in "…" when there is no room; the tooltip holds the whole."""

    def __init__(
        self,
        text: str = "",
        role: TextRole = "body",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, name=name, parent=parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return a width that the text may be squeezed to."""
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as tooltip when it does not fit."""
        super().resizeEvent(event)
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        self.setToolTip("" if fits else as_tip(self.text()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, shortened where there is no room."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)


class Line(QFrame):
    """A hairline between things."""

    def __init__(
        self,
        direction: Literal["horizontal", "vertical"] = "horizontal",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("line", direction)
        if direction == "horizontal":
            self.setFixedHeight(1)
        else:
            self.setFixedWidth(1)


def restyle(widget: QWidget) -> None:
    """Read the style sheet anew after a property that it looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def as_tip(text: str) -> str:
    """Return a text so that a tooltip shows it as it is, whatever a file put into it."""
    if not QtText.mightBeRichText(text):
        return text
    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>'
