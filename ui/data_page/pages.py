"""Reads pages of cells in a thread and keeps them: the table scrolls and never waits.

Only what is in view is read, only one read is on its way, and what was wished for meanwhile is
read next: dragging through ten million rows reads where the drag rests, not everything it passes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.data_page.cells import cell_texts
from ui.jobs.background import Task, run_in_thread
from ui.services import as_workbench_error
from workbench.data.table import Table

ROWS: Final = 200
"""Rows of a page."""
_KEPT: Final = 2400
_SETTLE_MS: Final = 12

Texts = list[str | None]


class Pages(QObject):
    """Cells of one table, page by page and column by column.

    Attributes:
        arrived: Emitted when cells have been read that may be in view.
        failed: Emitted with the `WorkbenchError` of a read.
    """

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._kept: OrderedDict[tuple[int, int], Texts] = OrderedDict()
        self._wish: tuple[int, int, range] | None = None
        self._task: Task | None = None
        self._asked: tuple[int, list[int]] = (0, [])
        self._broken = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLE_MS)
        self._soon.timeout.connect(self._read)

    def set_table(self, table: Table | None) -> None:
        """Read another table; what was kept is forgotten."""
        if self._task is not None:
            self._task.drop()
            self._task = None
        self._table, self._wish, self._broken = table, None, False
        self._soon.stop()
        self._kept.clear()

    @property
    def settled(self) -> bool:
        """Whether all that is in view has been read."""
        return self._task is None and not self._soon.isActive()

    def text(self, row: int, column: int) -> tuple[bool, str | None]:
        """Return whether a cell has been read, and its text (None when missing)."""
        texts = self._kept.get((row // ROWS, column))
        if texts is None:
            return False, None
        at = row % ROWS
        return True, texts[at] if at < len(texts) else None

    def want(self, first: int, last: int, columns: range) -> None:
        """Tell what is in view.

        Args:
            first: First row.
            last: Last row.
            columns: Positions of the columns.
        """
        self._wish = first, last, columns
        if self._task is None and not self._soon.isActive() and self._missing():
            self._soon.start()

    def _missing(self) -> tuple[int, list[int]] | None:
        """Return the first page in view that lacks columns, and those columns."""
        if self._table is None or self._wish is None or self._broken:
            return None
        first, last, columns = self._wish
        for page in range(first // ROWS, last // ROWS + 1):
            lacking = [c for c in columns if (page, c) not in self._kept]
            if lacking:
                return page, lacking
        return None

    @Slot()
    def _read(self) -> None:
        missing = self._missing()
        if missing is None or self._task is not None:
            return
        assert self._table is not None
        page, columns = self._asked = missing
        names = [self._table.columns[c] for c in columns]
        task = run_in_thread(cell_texts, self._table, page * ROWS, (page + 1) * ROWS, names)
        task.done.connect(self._read_done)
        task.failed.connect(self._read_failed)
        self._task = task

    @Slot(object)
    def _read_done(self, texts: Any) -> None:
        self._task = None
        page, columns = self._asked
        for column, one in zip(columns, texts, strict=True):
            self._kept[page, column] = one
        while len(self._kept) > max(_KEPT, 4 * len(columns)):
            self._kept.popitem(last=False)
        if self._missing():
            self._soon.start()
        self.arrived.emit()

    @Slot(object)
    def _read_failed(self, error: Any) -> None:
        self._task = None
        self._broken = True
        self.failed.emit(as_workbench_error(error))
