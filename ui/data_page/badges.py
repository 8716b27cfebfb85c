"""Problems by column, for the badges of the list and the notes of the inspector.

The session tells thousands of like problems as one; the badges need each of them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.background import Task, run_in_thread
from workbench.data.checks import column_problems
from workbench.data.spec import DataSpec
from workbench.data.table import Table
from workbench.errors import Place
from workbench.graph.problems import Problem

_EVERYWHERE = Place("field", "columns")

ByColumn = dict[str, list[Problem]]


class Badges(QObject):
    """Problems by column.

    Attributes:
        found: Column name → its problems.
        changed: Emitted when they are others.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: ByColumn = {}
        self._told: ByColumn = {}
        self._task: Task | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is being looked at."""
        return self._task is None

    def show(self, problems: list[Problem], spec: DataSpec, table: Table | None) -> None:
        """Take the problems of the session.

        Args:
            problems: All problems of the project.
            spec: The data document.
            table: Its table.
        """
        if self._task is not None:
            self._task.drop()
            self._task = None
        self._told = {}
        for problem in problems:
            if problem.place.kind == "column":
                self._told.setdefault(problem.place.id, []).append(problem)
        self._set(self._told)
        told_as_one = any(p.place == _EVERYWHERE and p.details for p in problems)
        if told_as_one and table is not None:
            self._task = run_in_thread(column_problems, spec, table)
            self._task.done.connect(self._looked)
            self._task.failed.connect(self._not_looked)

    @Slot(object)
    def _looked(self, found: Any) -> None:
        self._task = None
        merged = {name: list(some) for name, some in found.items()}
        for name, some in self._told.items():
            known = merged.setdefault(name, [])
            known += [problem for problem in some if problem not in known]
        self._set(merged)

    @Slot(object)
    def _not_looked(self, _error: Any) -> None:
        self._task = None  # a file that cannot be read any more is told by the session

    def _set(self, found: ByColumn) -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()
