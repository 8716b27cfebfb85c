"""Advice in the list of problems: why, ignoring, showing again, undo – with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.design.inspector.problem_list import ProblemList as CardList
from ui.frame.help import HelpDialog
from ui.frame.problem_list import ProblemRow
from ui.widgets import Button
from workbench.errors import Place
from workbench.graph.advice import RULES
from workbench.graph.changes import SetField
from workbench.graph.ignoring import ignored
from workbench.graph.problems import Problem

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def advised(project_window, qtbot):
    """A window whose project has one piece of advice, with the list open."""
    window, session = project_window, project_window.session
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    column = next(c.name for c in session.document.data.features if c.kind == "numeric")
    session.apply(SetField("data", ("columns", column, "scaling"), "none"))
    qtbot.waitUntil(lambda: [p.code for p in session.problems] == ["unscaled_inputs"])
    qtbot.mouseClick(window.status.problems, LEFT)
    qtbot.waitUntil(window.drawer.isVisible)
    return window


def row_of(window) -> ProblemRow:
    (row,) = window.drawer.problems.rows()
    return row


def help_dialog() -> HelpDialog | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, HelpDialog)
                 and w.isVisible()), None)  # fmt: skip


def section(dialog: HelpDialog) -> str:
    return dialog.view.textCursor().block().text()


def test_why_opens_the_help_at_its_section(advised, qtbot):
    qtbot.mouseClick(row_of(advised).findChild(Button, "problem.0.why"), LEFT)
    qtbot.waitUntil(lambda: help_dialog() is not None)
    dialog = help_dialog()
    assert dialog.contents.currentItem().text() == "Advice"
    assert section(dialog) == "Columns that are not scaled"
    assert dialog.view.cursorRect().top() < dialog.view.viewport().height()
    dialog.close()


def test_f1_on_a_row_opens_the_same(advised, qtbot):
    row = row_of(advised)
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: help_dialog() is not None)
    dialog = help_dialog()
    assert section(dialog) == "Columns that are not scaled"
    dialog.close()


def test_ignoring_is_kept_undone_and_taken_back(advised, qtbot):
    session = advised.session
    qtbot.mouseClick(row_of(advised).findChild(Button, "problem.0.ignore"), LEFT)
    qtbot.waitUntil(lambda: session.problems == [])
    assert [i.code for i in ignored(session.document.graph)] == ["unscaled_inputs"]
    session.undo()
    qtbot.waitUntil(lambda: len(session.problems) == 1)
    session.redo()
    qtbot.waitUntil(lambda: session.problems == [])
    again = advised.drawer.problems.findChild(Button, "problem.show_again")
    qtbot.waitUntil(again.isVisible)
    qtbot.mouseClick(again, LEFT)
    qtbot.waitUntil(lambda: len(session.problems) == 1)
    assert ignored(session.document.graph) == []
    session.document.save()


def test_the_inspector_offers_the_same(qtbot):
    rule = RULES["no_nonlinearity"]
    problem = Problem(rule.code, "warning", "dense has no activation function.",
                      Place("node", "n1"), (), "", rule.why)  # fmt: skip
    cards = CardList()
    qtbot.addWidget(cards)
    cards.show_problems([problem])
    cards.show()
    with qtbot.waitSignal(cards.fix_chosen) as chosen:
        qtbot.mouseClick(cards.findChild(Button, "design.problem.0.ignore"), LEFT)
    assert chosen.args[0].change.record.at == "n1"
    qtbot.mouseClick(cards.findChild(Button, "design.problem.0.why"), LEFT)
    qtbot.waitUntil(lambda: help_dialog() is not None)
    assert section(help_dialog()) == rule.title
    help_dialog().close()


def test_errors_have_neither(qtbot):
    row = ProblemRow(Problem("bad", "error", "Wrong.", Place("graph")), 0)
    qtbot.addWidget(row)
    assert row.findChild(Button, "problem.0.why") is None
    assert row.findChild(Button, "problem.0.ignore") is None
