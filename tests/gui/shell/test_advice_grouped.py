"""The same advice about many layers in the list of problems and in the inspector."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.design.inspector.problem_list import ProblemList as CardList
from ui.frame.problem_list import ProblemList
from ui.frame.problem_rows import MOST
from ui.widgets import Button
from workbench.errors import Place
from workbench.graph import SetParam
from workbench.graph.advice import RULES
from workbench.graph.changes import Batch
from workbench.graph.problems import Fix, Problem

LEFT = Qt.MouseButton.LeftButton
RULE = RULES["useless_bias"]


def advice(number):
    return Problem(RULE.code, "info", f"The bias of conv_{number} is taken away.",
                   Place("node", f"n{number}"),
                   (Fix("Turn the bias off", SetParam(f"n{number}", "use_bias", False)),), "",
                   RULE.why)  # fmt: skip


WRONG = Problem("bad", "error", "Wrong.", Place("node", "n1"))


@pytest.fixture
def shown(qtbot):
    made = ProblemList()
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show_problems([WRONG, *(advice(n) for n in range(53))])
    made.show()
    qtbot.waitExposed(made)
    return made


def button(shown, name):
    return shown.findChild(Button, name)


def test_one_row_with_a_count_and_one_repair(shown, qtbot):
    assert [row.problem.code for row in shown.rows()] == ["bad", "useless_bias"]
    words = shown.rows()[1].problem.message
    assert words.startswith("Bias before BatchNormalization: 53 layers. The bias of conv_0")
    fix = button(shown, "problem.1.fix.0")
    assert fix.text() == "Fix all (53)"
    with qtbot.waitSignal(shown.fix_chosen) as chosen:
        qtbot.mouseClick(fix, LEFT)
    change = chosen.args[0].change
    assert isinstance(change, Batch) and len(change.changes) == 53
    assert change.label == "Turn the bias off"


def test_its_layers_unfold_and_stay_unfolded(shown, qtbot):
    qtbot.mouseClick(button(shown, "problem.1.layers"), LEFT)
    assert len(shown.rows()) == 2 + 53
    assert button(shown, "problem.1.layers").text() == "Hide 53 layers"
    qtbot.waitUntil(lambda: button(shown, "problem.1.7.go").height() > 15)  # laid out
    with qtbot.waitSignal(shown.problem_chosen) as chosen:
        qtbot.mouseClick(button(shown, "problem.1.7.go"), LEFT)
    assert chosen.args[0].place.id == "n7"
    with qtbot.waitSignal(shown.fix_chosen) as chosen:
        qtbot.mouseClick(button(shown, "problem.1.7.fix.0"), LEFT)
    assert chosen.args[0].change.node_id == "n7"
    shown.show_problems([WRONG, *(advice(n) for n in range(50))])
    assert len([row for row in shown.rows() if row.isVisible()]) == 2 + 50
    qtbot.mouseClick(button(shown, "problem.1.layers"), LEFT)
    assert len([row for row in shown.rows() if row.isVisible()]) == 2


def test_by_key_and_all_put_aside(shown, qtbot):
    row = shown.rows()[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert len(shown.rows()) == 2 + 53
    ignore = button(shown, "problem.1.ignore")
    assert ignore.text() == "Ignore all"
    with qtbot.waitSignal(shown.fix_chosen) as chosen:
        qtbot.mouseClick(ignore, LEFT)
    assert len(chosen.args[0].change.changes) == 53


def test_thousands_are_one_row_and_unfold_to_a_bounded_number(shown, qtbot):
    shown.show_problems([advice(n) for n in range(3000)])
    assert len(shown.rows()) == 1
    qtbot.mouseClick(button(shown, "problem.0.layers"), LEFT)
    assert len(shown.rows()) == 1 + MOST


def test_the_inspector_shows_one_card(qtbot):
    cards = CardList()
    qtbot.addWidget(cards)
    cards.show_problems([advice(n) for n in range(53)])
    cards.show()
    fixes = [
        b.text() for b in cards.findChildren(Button) if b.objectName().startswith("design.fix")
    ]
    assert fixes == ["Fix all (53)"]
