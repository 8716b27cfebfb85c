"""The find bar over the canvas: finds layers, counts them, goes from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout

from ui.design.canvas.ink import Level
from ui.design.scopes.paths import inference_in
from ui.widgets import IconButton, SearchField, Text, identify
from workbench.graph.finding import Place, find
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.design.scopes import Scopes
    from ui.session import ProjectSession
    from workbench.graph.inference import Inference

_PAUSE: Final = 120
"""Milliseconds without a key before a large network is searched."""
_WIDTH: Final = 460
_EXAMPLES: Final = "Name, type, filters=64, relu, 26x26"


class FindBar(QFrame):
    """Finds layers of the network and of the blocks in it.

    Args:
        canvas: The canvas that it lies on.
        scopes: Goes into the block in which something was found.
    """

    def __init__(self, canvas: Canvas, scopes: Scopes) -> None:
        super().__init__(canvas)
        self._canvas, self._scopes = canvas, scopes
        self._session: ProjectSession | None = None
        self._found: list[Place] = []
        self._at = -1
        self._lit: dict[str, None] = {}
        identify(self, "palettePopup", "Find layers")
        self.field = SearchField(_EXAMPLES, name="design.find.text")
        self.field.setAccessibleName("Find layers by name, type, parameter or shape")
        self.field.installEventFilter(self)
        self.count = Text("", "secondary", name="design.find.count")
        self.count.setMinimumWidth(88)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 6, 8, 6)
        line.setSpacing(4)
        line.addWidget(self.field, 1)
        line.addWidget(self.count)
        line.addWidget(IconButton("chevron_up", "Previous (Shift+Enter)", self.previous, size=16,
                                  name="design.find.previous"))  # fmt: skip
        line.addWidget(IconButton("chevron_down", "Next (Enter)", self.next, size=16,
                                  name="design.find.next"))  # fmt: skip
        line.addWidget(IconButton("check", "Select all that were found here (Alt+Enter)",
                                  self.select_all, size=16,
                                  name="design.find.select_all"))  # fmt: skip
        line.addWidget(IconButton("close", "Close (Esc)", self.close_bar, size=16,
                                  name="design.find.close"))  # fmt: skip
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self.search)
        self.field.textChanged.connect(self._typed)
        canvas.picture.changed.connect(self._edited)
        canvas.moved.connect(self._place)
        canvas.frame.above.append(self._paint)
        self.hide()

    def set_session(self, session: ProjectSession | None) -> None:
        """Search another project."""
        self._session = session
        self.close_bar()

    @property
    def found(self) -> list[Place]:
        """What was found, in the order of the document."""
        return self._found

    def open_bar(self) -> None:
        """Show the bar with what was looked for last, ready to be typed over."""
        self._place()
        self.show()
        self.raise_()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search()

    @Slot()
    def close_bar(self) -> None:
        """Go away; the network is shown as always, what was found last stays selected."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self.hide()
        self._later.stop()
        self._found, self._lit, self._at = [], {}, -1
        if had_focus:
            self._canvas.setFocus()
        self._canvas.update()

    # ---- finding ---------------------------------------------------------------------------

    @Slot()
    def _typed(self) -> None:
        self._at = -1
        self._later.start()

    @Slot()
    def _edited(self) -> None:
        if self.isVisible() and self.field.text():
            self._later.start()

    @Slot()
    def search(self) -> None:
        """Find what the field says, now."""
        self._later.stop()
        session = self._session
        if session is None or self.isHidden():
            return
        before = self._found[self._at] if 0 <= self._at < len(self._found) else None
        root = session.document.graph
        catalog, inference = session.services.catalog, session.inference

        def shapes(path: tuple[str, ...]) -> Inference:
            return inference_in(inference, root, path)

        self._found = find(root, catalog, self.field.text(), shapes)
        self._at = self._found.index(before) if before in self._found else -1
        here = self._canvas.editor.scope
        self._lit = dict.fromkeys(p.node_id for p in self._found if p.path == here)
        self._say()
        self._canvas.update()

    def _say(self) -> None:
        total = len(self._found)
        if not self.field.text().strip():
            words = ""
        elif not total:
            words = "Nothing found"
        elif self._at >= 0:
            words = f"{self._at + 1:,} of {total:,}"
        else:
            words = plural(total, "layer")
        self.count.setText(words)
        self.setAccessibleDescription(words)

    @Slot()
    def next(self) -> None:
        """Go to the next one that was found."""
        self._go(1)

    @Slot()
    def previous(self) -> None:
        """Go to the one before."""
        self._go(-1)

    @Slot()
    def select_all(self) -> None:
        """Select all that were found in the network shown, or else in the first that has some.

        What lies in another block cannot be selected with them; the bar then stays and says so.
        """
        if self._later.isActive():
            self.search()
        if not self._found:
            return
        path = self._canvas.editor.scope if self._lit else self._found[0].path
        here = [place.node_id for place in self._found if place.path == path]
        self._scopes.go(path, here)
        self._canvas.selection.select(here)
        self._canvas.navigation.reveal(here)
        if len(here) == len(self._found):
            self.close_bar()
            return
        self._lit, self._at = dict.fromkeys(here), -1
        self.count.setText(f"{len(here):,} of {len(self._found):,} here")
        self._canvas.update()

    def _go(self, step: int) -> None:
        if self._later.isActive():
            self.search()
        if not self._found:
            return
        if self._at < 0:
            self._at = 0 if step > 0 else len(self._found) - 1
        else:
            self._at = (self._at + step) % len(self._found)
        place = self._found[self._at]
        self._scopes.go(place.path, [place.node_id])
        self._canvas.selection.select([place.node_id])
        self._canvas.navigation.reveal([place.node_id])
        self._lit = dict.fromkeys(p.node_id for p in self._found if p.path == place.path)
        self._say()
        self._canvas.update()

    # ---- on the canvas ---------------------------------------------------------------------

    @Slot()
    def _place(self) -> None:
        free = self._canvas.free_rect().toRect()
        width = min(_WIDTH, free.width() - 24)
        self.setGeometry(free.right() - width - 11, 12, width, self.sizeHint().height())

    def _paint(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, ratio: float
    ) -> None:
        """Dim what was not found: a veil over everything, then what was found once more."""
        if self.isHidden() or not self.field.text().strip():
            return
        frame, picture = self._canvas.frame, self._canvas.picture
        veil = QColor(frame.ink.canvas)
        veil.setAlphaF(0.78)
        painter.fillRect(area, veil)
        if not self._lit:
            return
        if level == Level.DOTS:
            rects = (picture.nodes[i].rect for i in self._lit if i in picture.nodes)
            painter.setPen(frame.ink.strong_pen(scale, frame.ink.accent, 2))
            painter.setBrush(frame.ink.accent)
            painter.drawRects([rect for rect in rects if rect.intersects(area)])
            return
        shown = [figure for figure in picture.node_index.inside(area) if figure.id in self._lit]
        frame.paint_nodes(painter, shown, level, ratio)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Shift+Enter go on, Alt+Enter selects all, Escape closes."""
        if watched is not self.field or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if event.type() == QEvent.Type.ShortcutOverride and key == Qt.Key.Key_Escape:
            event.accept()  # Escape closes the bar and leaves what was looked for
            return True
        if event.type() == QEvent.Type.KeyPress:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
                keys = event.modifiers()
                if keys & Qt.KeyboardModifier.AltModifier:
                    self.select_all()
                elif keys & Qt.KeyboardModifier.ShiftModifier:
                    self.previous()
                else:
                    self.next()
                return True
            if key == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)
