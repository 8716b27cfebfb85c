"""Edits of the data document that the page's parts ask for, each one step to undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.background import Task, run_in_thread
from ui.services import as_workbench_error
from workbench.data.edits import set_choice, set_kind, set_role
from workbench.data.spec import ColumnKind, Role
from workbench.errors import WorkbenchError
from workbench.graph.changes import Batch, Change, SetField

if TYPE_CHECKING:
    from ui.session import ProjectSession


class DataEditor(QObject):
    """Applies edits to the open project.

    Attributes:
        session: The open project, or None.
        refused: Emitted with the `WorkbenchError` of an edit that does not fit.
    """

    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session: ProjectSession | None = None
        self._task: Task | None = None

    def apply(self, change: Change, merge: str = "") -> bool:
        """Make a change; an empty one is no step.

        Returns:
            Whether it was made.
        """
        if self.session is None or (isinstance(change, Batch) and not change.changes):
            return False
        try:
            self.session.apply(change, merge)
        except WorkbenchError as error:
            self.refused.emit(error)
            return False
        return True

    def set_role(self, names: Sequence[str], role: str) -> None:
        """Give columns another role.

        A target's values say whether it is a number or a class; they are read in a thread.
        """
        if self.session is None or not names:
            return
        work = (self.session.document.data, names, cast(Role, role), self.session.table)
        if role != "target":
            self.apply(set_role(*work))
            return
        self.drop()
        self._task = run_in_thread(set_role, *work)
        self._task.done.connect(self._worked_out)
        self._task.failed.connect(self._not_worked_out)

    def drop(self) -> None:
        """Forget an edit that is still being worked out."""
        if self._task is not None:
            self._task.drop()
            self._task = None

    @property
    def settled(self) -> bool:
        """Whether no edit is being worked out."""
        return self._task is None

    def set_kind(self, names: Sequence[str], kind: str) -> None:
        """Give columns another type."""
        if self.session is not None and names:
            self.apply(set_kind(self.session.document.data, names, cast(ColumnKind, kind)))

    def set_choice(self, names: Sequence[str], field: str, value: str) -> None:
        """Choose how missing values, scale or categories of columns are treated."""
        if self.session is not None and names:
            self.apply(set_choice(self.session.document.data, names, field, value))

    @Slot(object)
    def _worked_out(self, change: Any) -> None:
        self._task = None
        self.apply(change)

    @Slot(object)
    def _not_worked_out(self, error: Any) -> None:
        self._task = None
        self.refused.emit(as_workbench_error(error))

    def set_split(self, field: str, value: Any) -> None:
        """Change how the rows are divided."""
        if self.session is None or getattr(self.session.document.data.split, field) == value:
            return
        titles = {"validation": "validation rows", "test": "test rows", "seed": "split seed",
                  "stratify": "class shares"}  # fmt: skip
        self.apply(SetField("data", ("split", field), value, f"Change {titles[field]}"))
