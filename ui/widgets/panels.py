"""Panels: the collapsible side panel that remembers its width, and the section inside it."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import TARGET, font, set_icon
from ui.widgets.buttons import IconButton, identify
from ui.widgets.floating import FloatingPanel
from ui.widgets.labels import ElidedText


class LayoutMemory(Protocol):
    """Where panels remember how wide and how open they were."""

    def recall(self, key: str, default: Any) -> Any:
        """Return what was remembered under a key."""

    def remember(self, key: str, value: Any) -> None:
        """Remember a plain value under a key."""

    def flush(self) -> None:
        """Write what was remembered now."""


class SidePanel(QFrame):
    """A panel at the side of a page: titled, resizable, folds to a strip, undocks, remembered.

    Undocked, its content is in a window of its own and the panel at the side is a strip.

    Args:
        title: What it holds.
        edge: The side of the page on which it stands; the hairline is on the other side.
        name: Object name of its content's owner ("design.palette"); key of the memory too.
        memory: Where width and state are remembered (`services.layout`), or None.
        width: Width at first, px.
        minimum: Smallest width, px.
        scroll: Whether the content scrolls as a whole.
        parent: Parent widget.

    Attributes:
        collapsed_changed: Emitted when it was folded or unfolded.
        content: Layout that takes the content.
    """

    collapsed_changed = Signal(bool)

    def __init__(
        self,
        title: str,
        edge: Literal["left", "right"] = "left",
        *,
        name: str = "",
        memory: LayoutMemory | None = None,
        width: int = 256,
        minimum: int = 176,
        scroll: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        self.setProperty("edge", edge)
        self.setAccessibleName(title)
        self._edge, self._memory, self._key = edge, memory, f"panel.{name}"
        self._minimum = minimum
        self._width = (
            int(memory.recall(f"{self._key}.width", width)) if memory is not None else width
        )
        self._drag: tuple[float, int] | None = None
        self._collapsed = False
        self._window: FloatingPanel | None = None
        self._floats = False

        self._title = ElidedText(title, "body")
        self._title.setFont(font(bold=True))
        self._fold = IconButton(
            f"chevron_{edge}", f"Fold {title.lower()} away", self.toggle, size=16,
            name=f"{name}.fold" if name else "",
        )  # fmt: skip
        self.header = QHBoxLayout()
        self.header.setContentsMargins(16, 8, 8, 8)
        self.header.setSpacing(4)
        self._undock = IconButton(
            "undock", f"Show {title.lower()} in a window of its own", self.undock, size=16,
            name=f"{name}.undock" if name else "",
        )  # fmt: skip
        self.header.addWidget(self._title, 1)
        self.header.addWidget(self._undock)
        self.header.addWidget(self._fold)

        self._body = QWidget()
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(16, 0, 16, 16)
        self.content.setSpacing(8)
        shown: QWidget = self._body
        if scroll:
            area = QScrollArea()
            area.setAccessibleName(title)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the focus
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(self._body)
            shown = area
        self._shown = shown
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.header)
        layout.addWidget(shown, 1)

        self._grip = QWidget(self)
        self._grip.setCursor(Qt.CursorShape.SplitHCursor)
        self._grip.installEventFilter(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._set_width(self._width)
        self._undock_later = QTimer(self)
        self._undock_later.setSingleShot(True)
        self._undock_later.setInterval(0)
        self._undock_later.timeout.connect(self.undock)
        self._floated = memory is not None and bool(memory.recall(f"{self._key}.floating", False))
        if memory is not None and not self._floated:
            self.set_collapsed(bool(memory.recall(f"{self._key}.collapsed", False)))

    @property
    def collapsed(self) -> bool:
        """Whether only the strip is shown."""
        return self._collapsed

    @property
    def floating(self) -> bool:
        """Whether its content is in a window of its own."""
        return self._floats

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self.setAccessibleName(title)

    @Slot()
    def undock(self) -> None:
        """Move the content into a window of its own; the panel stays as a strip."""
        if self._floats:
            return
        place = self._last_place() or QRect(self.mapToGlobal(QPoint(24, 48)), self._shown.size())
        self.set_collapsed(True)
        self._floats = True
        if self._window is None:
            self._window = FloatingPanel(self._title.text(), self.window())
            self._window.closed.connect(self.dock)
        self._window.setWindowTitle(self._title.text())
        self._window.hold(self._shown)
        self._window.place(place)
        self._window.show()
        self._remember_floating()

    @Slot()
    def dock(self) -> None:
        """Take the content back from its window."""
        if not self._floats or self._window is None:
            return
        self._remember_place()
        self._floats = False
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(self._shown, 1)
        self._window.hide()
        self.set_collapsed(False)
        self._remember_floating()

    def _remember_floating(self) -> None:
        if self._memory is not None:
            self._memory.remember(f"{self._key}.floating", self._floats)

    def _last_place(self) -> QRect | None:
        """Return where the content's window was last, screen coordinates in px."""
        place = self._memory.recall(f"{self._key}.window", []) if self._memory is not None else []
        if len(place) != 4 or not all(isinstance(number, int) for number in place):
            return None
        return QRect(*place)

    def _remember_place(self) -> None:
        if self._memory is not None and self._window is not None:
            at = self._window.geometry()
            self._memory.remember(f"{self._key}.window", [at.x(), at.y(), at.width(), at.height()])

    def showEvent(self, event: QShowEvent) -> None:
        """Show the content's window with the page, also the one of the last session."""
        super().showEvent(event)
        if self._floats and self._window is not None:
            self._window.show()
        elif self._floated:
            self._undock_later.start()
        self._floated = False

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the content's window with the page."""
        super().hideEvent(event)
        if self._floats and self._window is not None:
            self._remember_place()
            self._window.hide()

    def toggle(self) -> None:
        """Fold or unfold the panel; an undocked one is docked."""
        self.set_collapsed(not self._collapsed)

    def set_collapsed(self, collapsed: bool) -> None:
        """Fold the panel to a strip, or unfold it."""
        if self._floats and not collapsed:
            self.dock()
            return
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        self._undock.setVisible(not collapsed)
        self._title.setVisible(not collapsed)
        self._shown.setVisible(not collapsed)
        self._grip.setVisible(not collapsed)
        self.header.setContentsMargins(*((4, 8, 4, 8) if collapsed else (16, 8, 8, 8)))
        other = "right" if self._edge == "left" else "left"
        set_icon(self._fold, f"chevron_{other if collapsed else self._edge}")
        words = "Unfold" if collapsed else "Fold"
        tail = "" if collapsed else " away"
        text = f"{words} {self._title.text().lower()}{tail}"
        self._fold.setToolTip(text)
        self._fold.setAccessibleName(text)
        self.setFixedWidth(38 if collapsed else self._width)
        if self._memory is not None:
            self._memory.remember(f"{self._key}.collapsed", collapsed)
        self.collapsed_changed.emit(collapsed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Undock by a double click on the title."""
        if not self._collapsed and event.position().y() < self._shown.y():
            self.undock()
        else:
            super().mouseDoubleClickEvent(event)

    def resizeEvent(self, event: Any) -> None:
        """Keep the grip at the inner edge."""
        super().resizeEvent(event)
        x = self.width() - 5 if self._edge == "left" else 0
        self._grip.setGeometry(x, 0, 5, self.height())
        self._grip.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Resize the panel by dragging its inner edge."""
        if watched is not self._grip or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        x = event.globalPosition().x()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._drag = (x, self.width())
            return True
        if event.type() == QEvent.Type.MouseMove and self._drag is not None:
            moved = x - self._drag[0]
            self._set_width(self._drag[1] + round(moved if self._edge == "left" else -moved))
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._drag is not None:
            self._drag = None
            if self._memory is not None:
                self._memory.remember(f"{self._key}.width", self._width)
            return True
        return super().eventFilter(watched, event)

    def _set_width(self, width: int) -> None:
        self._width = max(self._minimum, min(width, 640))
        self.setFixedWidth(self._width)


class Section(QWidget):
    """A titled group that folds; the title says what is in it.

    Args:
        title: Name of the group.
        opened: Whether it is open at first.
        foldable: Whether it folds at all.
        name: Object name.
        parent: Parent widget.

    Attributes:
        content: Layout that takes the content.
        toggled: Emitted when it was opened or folded by the person.
    """

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        *,
        opened: bool = True,
        foldable: bool = True,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, name, title)
        self._toggle = QPushButton()
        self._toggle.setObjectName("sectionToggle")
        self._toggle.setText(title)
        self._toggle.setAccessibleName(title)
        self._toggle.setFont(font(bold=True))
        self._toggle.setIconSize(QSize(16, 16))
        self._toggle.setMinimumHeight(TARGET)
        self._toggle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if foldable:
            self._toggle.clicked.connect(self._clicked)
        else:
            self._toggle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(4)
        self.header.addWidget(self._toggle, 1)
        self._body = QWidget()
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(0, 0, 0, 8)
        self.content.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self.header)
        layout.addWidget(self._body)
        self._opened = not opened
        self._foldable = foldable
        self.set_opened(opened)

    @property
    def opened(self) -> bool:
        """Whether the content is shown."""
        return self._opened

    def set_opened(self, opened: bool) -> None:
        """Open or fold the section."""
        if opened == self._opened:
            return
        self._opened = opened
        self._body.setVisible(opened)
        if self._foldable:
            set_icon(self._toggle, "chevron_down" if opened else "chevron_right", "text_secondary")

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._toggle.setText(title)
        self._toggle.setAccessibleName(title)

    @Slot()
    def _clicked(self) -> None:
        self.set_opened(not self._opened)
        self.toggled.emit(self._opened)
