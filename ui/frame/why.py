"""The "Why?" and "Ignore" of an advice: its section of the help, and putting it aside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.frame.own_code_links import own_code_buttons
from ui.widgets import Button
from workbench.graph.advice import Group, advice_title
from workbench.graph.ignoring import can_be_ignored
from workbench.graph.problems import Fix, Problem


def open_why(problem: Problem, parent: QWidget) -> bool:
    """Open the help at the section of an advice.

    Returns:
        False when the problem has no section.
    """
    title = advice_title(problem.code) if problem.why else ""
    if not title:
        return False
    from ui.frame.help import HelpDialog

    HelpDialog("advice", parent.window(), title).open()
    return True


def advice_buttons(group: Group, fix: Callable[[Fix], object], name: str) -> list[Button]:
    """Return the links that an advice has beside its repairs; none for other problems.

    Args:
        group: The problem, or the same advice about several layers.
        fix: Applies a repair.
        name: Start of the object names.
    """
    problem = group.problem
    if not problem.why:
        return own_code_buttons(problem, name)
    why = Button("Why?", kind="link", name=f"{name}.why")
    why.setAccessibleName(f"Why? {problem.message}")
    why.setToolTip(problem.why)
    why.clicked.connect(lambda: open_why(problem, why))
    if not can_be_ignored(problem):
        return [why]
    layers = len(group.members)
    aside = Button("Ignore all" if layers else "Ignore", kind="link", name=f"{name}.ignore")
    where = "for this layer" if problem.place.kind == "node" else "in this project"
    where = f"for these {layers} layers" if layers else where
    aside.setAccessibleName(f"Ignore: {problem.message}")
    aside.setToolTip(f"Do not show this advice again {where}. Undo brings it back.")
    aside.clicked.connect(lambda: fix(Fix("Ignore", group.ignoring)))
    return [why, aside]
