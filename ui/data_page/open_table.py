"""The table to show, as soon as it is open: ten million rows are there before they are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.background import Task, run_in_thread
from workbench.data.source import open_table
from workbench.data.spec import SourceSpec
from workbench.data.table import Table

if TYPE_CHECKING:
    from ui.session import ProjectSession


class OpenTable(QObject):
    """Follows the source of a project. The session follows it too, but checks everything first.

    Attributes:
        table: The table, or None.
        changed: Emitted when it is another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self._session: ProjectSession | None = None
        self._source = SourceSpec()
        self._task: Task | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is being opened."""
        return self._task is None

    def follow(self, session: ProjectSession | None) -> None:
        """Follow another project, or none."""
        if self._session is not None:
            self._session.table_changed.disconnect(self._session_has)
        self._drop()
        self._session, self._source = session, SourceSpec()
        self._show(session.table if session is not None else None)
        if session is not None:
            session.table_changed.connect(self._session_has)
            if session.table is None:
                self.look()
            else:
                self._source = session.document.data.source

    def look(self) -> None:
        """Open the file when the document names another one, or reads it in another way."""
        if self._session is None:
            return
        source = self._session.document.data.source
        if source == self._source:
            return
        self._drop()
        self._source = source
        if source.path:
            self._task = run_in_thread(open_table, source, self._session.document.folder)
            self._task.done.connect(self._opened)
            self._task.failed.connect(self._not_opened)
        else:
            self._show(None)

    @Slot(object)
    def _opened(self, table: Any) -> None:
        self._task = None
        self._show(table)

    @Slot(object)
    def _not_opened(self, _error: Any) -> None:
        self._task = None  # the session meets the same error and tells it
        self._show(None)

    @Slot(object)
    def _session_has(self, table: Any) -> None:
        # While the next file is being opened, the session still speaks of the one before.
        if self._task is None and self._session is not None:
            self._show(table)

    def _show(self, table: Table | None) -> None:
        if table is not self.table:
            self.table = table
            self.changed.emit()

    def _drop(self) -> None:
        if self._task is not None:
            self._task.drop()
            self._task = None
