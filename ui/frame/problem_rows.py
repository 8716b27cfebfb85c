"""Rows of the list of problems: what is wrong, buttons that repair it, the layers it is about."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.frame.why import advice_buttons, open_why
from ui.widgets import Button, Symbol, Text, as_tip
from workbench.errors import Place
from workbench.graph.advice import Group
from workbench.graph.problems import Fix, Problem

MOST: Final = 200
"""Rows that are shown; a person repairs the first ones first."""
_ROLE: Final = {"error": "error", "warning": "warning", "info": "accent"}
_INDENT: Final = 24


class ProblemRow(QFrame):
    """One problem, or the same advice about several layers. Double click or Enter goes to it.

    Args:
        problem: The problem, or a group of the same advice.
        number: Its place in the list, for the object name; "3.1" for a layer of a group.
        indent: How far it stands in (px).
        parent: Parent widget.
    """

    chosen = Signal(object)
    fix_chosen = Signal(object)
    unfolded = Signal()

    def __init__(
        self,
        problem: Problem | Group,
        number: int | str,
        indent: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.group = problem if isinstance(problem, Group) else Group(problem)
        self.problem = problem = self.group.problem
        self._name = f"problem.{number}"
        self.setObjectName(self._name)
        self.setProperty("row", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{problem.severity}: {problem.message}")
        line = QHBoxLayout(self)
        line.setContentsMargins(12 + indent, 4, 12, 4)
        line.setSpacing(8)
        symbol = Symbol(problem.severity, _ROLE[problem.severity], 16)
        line.addWidget(symbol, 0, Qt.AlignmentFlag.AlignVCenter)
        message = Text(problem.message, wrap=True)
        message.setMinimumWidth(120)
        line.addWidget(message, 1)
        for button in self._buttons():
            line.addWidget(button)
        if problem.details:
            self.setToolTip(as_tip(problem.details))

    def _buttons(self) -> list[Button]:
        made = []
        for place, fix in enumerate(self.problem.fixes[:3]):
            button = Button(fix.label, name=f"{self._name}.fix.{place}")
            button.clicked.connect(partial(self._fix, fix))
            made.append(button)
        made += advice_buttons(self.group, self.fix_chosen.emit, self._name)
        if self.group.members:
            words = f"Show {len(self.group.members)} layers"
            made.append(Button(words, self.unfolded.emit, kind="link", name=f"{self._name}.layers"))
        elif self.problem.place != Place("project"):
            go = Button("Go to", self._go, kind="link", name=f"{self._name}.go")
            go.setAccessibleName(f"Go to: {self.problem.message}")
            made.append(go)
        return made

    def _fix(self, fix: Fix, *_checked: bool) -> None:
        self.fix_chosen.emit(fix)

    def _go(self) -> None:
        """Go to the problem; a group unfolds."""
        if self.group.members:
            self.unfolded.emit()
        else:
            self.chosen.emit(self.problem)

    def event(self, event: QEvent) -> bool:
        """Keep F1 from the window where there is a reason to show."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_F1
            and self.problem.why
        ):
            event.accept()
            return True
        return super().event(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Go to the problem."""
        self._go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the problem with Enter; F1 tells why an advice matters."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        elif event.key() == Qt.Key.Key_F1 and open_why(self.problem, self):
            event.accept()
        else:
            super().keyPressEvent(event)


class GroupRows(QWidget):
    """The row of a group, and under it the rows of its layers once they are asked for.

    Args:
        group: The same advice about several layers.
        number: Its place in the list.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the `Problem` to go to.
        fix_chosen: Emitted with the `Fix` to apply.
        folded: Emitted with the advice's code and whether its layers are shown now.
    """

    chosen = Signal(object)
    fix_chosen = Signal(object)
    folded = Signal(str, bool)

    def __init__(self, group: Group, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group, self._number = group, number
        self._layers: QWidget | None = None
        self.head = ProblemRow(group, number)
        self.head.fix_chosen.connect(self.fix_chosen)
        self.head.unfolded.connect(self._turn)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.head)

    @Slot()
    def _turn(self) -> None:
        shown = self._layers is None or self._layers.isHidden()
        self.unfold(shown=shown)
        self.folded.emit(self._group.problem.code, shown)

    def unfold(self, *, shown: bool = True) -> None:
        """Show or hide the layers."""
        if self._layers is None and shown:
            self._layers = self._make()
            self._layout.addWidget(self._layers)
        if self._layers is not None:
            self._layers.setVisible(shown)
        button = self.head.findChild(Button, f"problem.{self._number}.layers")
        if button is not None:
            layers = f"{len(self._group.members)} layers"
            button.setText(f"Hide {layers}" if shown else f"Show {layers}")

    def _make(self) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, problem in enumerate(self._group.members[:MOST]):
            row = ProblemRow(problem, f"{self._number}.{place}", _INDENT)
            row.chosen.connect(self.chosen)
            row.fix_chosen.connect(self.fix_chosen)
            layout.addWidget(row)
        more = len(self._group.members) - MOST
        if more > 0:
            tail = Text(f"And {more} more.", "secondary")
            tail.setContentsMargins(12 + _INDENT, 8, 12, 0)
            layout.addWidget(tail)
        return box
