"""Edits of the data document that the page's parts ask for, each one step to undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal

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
        """Give columns another role."""
        if self.session is not None and names:
            spec, table = self.session.document.data, self.session.table
            self.apply(set_role(spec, names, cast(Role, role), table))

    def set_kind(self, names: Sequence[str], kind: str) -> None:
        """Give columns another type."""
        if self.session is not None and names:
            self.apply(set_kind(self.session.document.data, names, cast(ColumnKind, kind)))

    def set_choice(self, names: Sequence[str], field: str, value: str) -> None:
        """Choose how missing values, scale or categories of columns are treated."""
        if self.session is not None and names:
            self.apply(set_choice(self.session.document.data, names, field, value))

    def set_split(self, field: str, value: Any) -> None:
        """Change how the rows are divided."""
        if self.session is None or getattr(self.session.document.data.split, field) == value:
            return
        titles = {"validation": "validation rows", "test": "test rows", "seed": "split seed",
                  "stratify": "class shares"}  # fmt: skip
        self.apply(SetField("data", ("split", field), value, f"Change {titles[field]}"))
