"""The list of problems while they come and go: quick, and where the person was in it."""

import time

import pytest

from ui.frame.problem_list import ProblemList
from ui.frame.problem_rows import MOST
from workbench.errors import Place
from workbench.graph.problems import Problem


def wrong(count, first=0):
    return [Problem(f"p{n}", "warning", f"Number {n} is odd.", Place("node", f"n{n}"))
            for n in range(first, first + count)]  # fmt: skip


@pytest.fixture
def shown(qtbot):
    made = ProblemList()
    qtbot.addWidget(made)
    made.resize(900, 240)
    made.show_problems(wrong(150))
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    qtbot.waitUntil(made.isActiveWindow)
    assert len(made.rows()) == 150
    qtbot.waitUntil(lambda: made.verticalScrollBar().maximum() > 1000)
    return made


def test_many_rows_do_not_hold_the_window_up(shown):
    whole = time.perf_counter()
    assert len(shown.rows()) == 150
    shown.show_problems(wrong(300, 1))
    assert len(shown.rows()) == MOST
    whole = time.perf_counter() - whole
    begun = time.perf_counter()
    shown.show_problems(wrong(300, 2))
    assert time.perf_counter() - begun < max(0.05, whole / 3)
    assert len(shown.rows()) == MOST
    numbers = [row.problem.message for row in shown.rows()]
    assert numbers == [f"Number {n} is odd." for n in range(2, 2 + MOST)]


def test_the_list_stays_scrolled_where_it_was(shown, qtbot):
    shown.verticalScrollBar().setValue(600)
    shown.show_problems(wrong(149))
    assert shown.verticalScrollBar().value() == 0
    qtbot.waitUntil(lambda: shown.verticalScrollBar().value() == 600)
    assert len(shown.rows()) == 149


@pytest.mark.parametrize("at", [3, 40])
def test_the_keyboard_stays_in_the_list_when_a_problem_is_gone(shown, qtbot, at):
    shown.rows()[at].setFocus()
    shown.show_problems([p for p in wrong(150) if p.code != f"p{at}"])
    row = shown.rows()[at]
    assert row.hasFocus()
    assert row.problem.code == f"p{at + 1}"
