"""The cards of problems in the properties: what stays the same is left alone, in order."""

import pytest
from PySide6.QtWidgets import QApplication

from ui.design.inspector.problem_list import ProblemList
from ui.widgets import Button
from workbench.errors import Place
from workbench.graph import Fix, Problem, SetParam


def problem(number, text="Too high"):
    fix = Fix("Repair", SetParam(f"n{number}", "rate", 0.5))
    return Problem(
        f"code{number}", "error", f"{text} {number}", Place("node", f"n{number}"), (fix,)
    )


@pytest.fixture
def shown(qtbot):
    made = ProblemList(most=4)
    qtbot.addWidget(made)
    made.show_problems([problem(n) for n in range(4)])
    made.show()
    qtbot.waitExposed(made)
    return made


def messages(shown):
    cards = [shown._layout.itemAt(at).widget() for at in range(shown._layout.count() - 1)]
    return [card.accessibleName() for card in cards]


def cards(shown):
    return [shown._layout.itemAt(at).widget() for at in range(shown._layout.count() - 1)]


def test_cards_before_the_first_difference_stay(shown):
    before = cards(shown)
    shown.show_problems([problem(0), problem(1), problem(2, "Far too high"), problem(3)])
    assert cards(shown)[:2] == before[:2]
    assert messages(shown) == ["Too high 0", "Too high 1", "Far too high 2", "Too high 3"]


def test_cards_come_and_go_with_their_problems(shown):
    shown.show_problems([problem(1), problem(3)])
    assert messages(shown) == ["Too high 1", "Too high 3"]
    shown.show_problems([problem(n) for n in range(6)])
    assert messages(shown) == [f"Too high {n}" for n in range(4)]
    assert shown._more.text() == "2 more in the list of problems."
    shown.show_problems([])
    assert messages(shown) == []
    assert not shown.isVisible()


def test_the_keyboard_stays_at_the_place_of_a_repair_that_was_used(shown, qtbot):
    shown.activateWindow()
    shown.setFocus()
    button = cards(shown)[1].findChild(Button)
    button.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is button)
    shown.show_problems([problem(0), problem(2), problem(3)])
    focused = QApplication.focusWidget()
    assert cards(shown)[1].isAncestorOf(focused)
