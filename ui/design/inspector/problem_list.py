"""Problems with their repairs: one click applies a fix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.frame.why import advice_buttons
from ui.widgets import Button, Symbol, Text
from workbench.graph import Fix, Problem
from workbench.graph.advice import Group, grouped

_ROLES = {"error": "error", "warning": "warning", "info": "accent"}


class ProblemList(QWidget):
    """Shows problems, worst first.

    Args:
        with_place: Whether a problem offers to go where it is.
        most: How many are shown at most; the drawer shows all.

    Attributes:
        fix_chosen: Emitted with the `Fix` whose button was pressed.
        place_chosen: Emitted with the `Place` that the person wants to see.
        left: Emitted when the keyboard has nothing left to do here.
    """

    fix_chosen = Signal(object)
    place_chosen = Signal(object)
    left = Signal()

    def __init__(self, *, with_place: bool = False, most: int = 6) -> None:
        super().__init__()
        self._with_place, self._most = with_place, most
        self._shown: tuple[Problem, ...] | None = None
        self._cards: list[tuple[Group, QWidget]] = []
        self._more = Text("", "secondary", wrap=True)
        self._more.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self._more)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these; nothing when there are none."""
        shown = tuple(problems)
        if shown == self._shown:
            return
        self._shown = shown
        groups = grouped(shown)
        self._show_cards(groups[: self._most])
        left = sum(max(1, len(group.members)) for group in groups[self._most :])
        self._more.setText(f"{left} more in the list of problems." if left else "")
        self._more.setVisible(left > 0)
        self.setVisible(bool(shown))

    def _show_cards(self, groups: Sequence[Group]) -> None:
        """Make the cards from the first that differs on: most edits leave most as they were.

        Those behind it are made anew too, so that Tab goes through them in their order.
        """
        same = 0
        while same < min(len(groups), len(self._cards)) and self._cards[same][0] == groups[same]:
            same += 1
        old, self._cards = self._cards[same:], self._cards[:same]
        for number, group in enumerate(groups[same:], same):
            card = self._card(group, number)
            self._layout.insertWidget(number, card)
            self._cards.append((group, card))
        held = next((at for at, (_, card) in enumerate(old, same) if _has_focus(card)), None)
        if held is not None and self._cards:  # the keyboard stays where it was
            _, card = self._cards[min(held, len(self._cards) - 1)]
            button = card.findChild(Button)
            if button is not None:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif held is not None:
            self.left.emit()
        for _, card in old:
            self._drop(card)

    def _drop(self, card: QWidget) -> None:
        self._layout.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _card(self, group: Group, number: int) -> QWidget:
        problem = group.problem
        card = QFrame()
        card.setObjectName("errorBanner")
        tone = problem.severity
        card.setProperty("tone", tone)
        card.setAccessibleName(problem.message)
        icon = "info" if tone == "info" else tone
        words = Text(problem.message, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Symbol(icon, _ROLES[tone], 16), 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(words, 1)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        for at, fix in enumerate(problem.fixes):
            layout.addWidget(self._fix_button(fix, f"design.fix.{number}.{at}"))
        extras = advice_buttons(group, self.fix_chosen.emit, f"design.problem.{number}")
        if extras:
            row = QHBoxLayout()
            row.setSpacing(8)
            for extra in extras:
                row.addWidget(extra)
            row.addStretch(1)
            layout.addLayout(row)
        if self._with_place and problem.place.kind in ("node", "port", "param"):
            go = Button("Show the layer", partial(self.place_chosen.emit, problem.place),
                        kind="link", name=f"design.show.{number}")  # fmt: skip
            layout.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        for button in card.findChildren(Button):  # a click must not lead on to the next repair
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return card

    def _fix_button(self, fix: Fix, name: str) -> Button:
        button = Button(fix.label, name=name)
        button.clicked.connect(lambda: self._choose(fix, button))
        return button

    def _choose(self, fix: Fix, button: Button) -> None:
        if not button.hasFocus():  # the mouse: what is typed into a field counts first
            self.left.emit()
        self.fix_chosen.emit(fix)


def _has_focus(card: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and card.isAncestorOf(focused)
