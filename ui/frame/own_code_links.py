"""The links of a problem with an own layer: see its line, read and trust it, try it again."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.widgets import Button
from workbench.graph.own_problems import ENDED, OWN_CODES, UNTRUSTED, line_in
from workbench.graph.problems import Problem

_NAME: Final = "own_code_links"


class OwnCodeLinks(QObject):
    """Carries what a link asks for to whoever knows the files; lists of problems know none.

    Attributes:
        line_wanted: Emitted with the `Problem` whose line is to be shown, and the window.
        trust_wanted: Emitted with the window, where the project's files are to be asked about.
        retry_wanted: Emitted with the window, where left out layers are to be tried again.
    """

    line_wanted = Signal(object, object)
    trust_wanted = Signal(object)
    retry_wanted = Signal(object)


def own_code_links() -> OwnCodeLinks:
    """Return the one object of this application that carries the links' wishes."""
    app = QCoreApplication.instance()
    found = app.findChild(OwnCodeLinks, _NAME) if app is not None else None
    if found is None:
        found = OwnCodeLinks(app)
        found.setObjectName(_NAME)
    return found


def own_code_buttons(problem: Problem, name: str) -> list[Button]:
    """Return the links of a problem with an own layer; none for other problems.

    Args:
        problem: The problem.
        name: Start of the object names.
    """
    if problem.code not in OWN_CODES:
        return []
    if problem.code == UNTRUSTED:
        trust = Button("Review and trust…", kind="link", name=f"{name}.trust")
        trust.setToolTip("Shows the Python files of this project and asks whether they may run")
        trust.clicked.connect(partial(_ask_trust, trust))
        return [trust]
    made: list[Button] = []
    if line_in(problem.message)[1]:
        line = Button("Open at this line", kind="link", name=f"{name}.line")
        line.setAccessibleName(f"Open at this line: {problem.message}")
        line.clicked.connect(partial(_ask_line, line, problem))
        made.append(line)
    if problem.code == ENDED:
        again = Button("Try again", kind="link", name=f"{name}.again")
        again.setToolTip("Restarts the engine that computes shapes and runs the layer again")
        again.clicked.connect(partial(_ask_retry, again))
        made.append(again)
    return made


def _ask_trust(widget: QWidget, *_checked: bool) -> None:
    own_code_links().trust_wanted.emit(widget.window())


def _ask_line(widget: QWidget, problem: Problem, *_checked: bool) -> None:
    own_code_links().line_wanted.emit(problem, widget.window())


def _ask_retry(widget: QWidget, *_checked: bool) -> None:
    own_code_links().retry_wanted.emit(widget.window())
