"""Lays the page out: notices above; file, columns and split at the left; table; inspector."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ui.data_page.columns_panel import ColumnsPanel
from ui.data_page.empty import EmptyData
from ui.data_page.file_card import FileCard
from ui.data_page.footer import TableFooter
from ui.data_page.inspector import Inspector
from ui.data_page.split_box import SplitBox
from ui.data_page.table_view import TablePane
from ui.widgets import ErrorBanner, LayoutMemory, Line, SidePanel, StatusProgress


class DataArea(QWidget):
    """The parts of the Data page.

    Args:
        memory: Where widths of panels are remembered.
        parent: Parent widget.

    Attributes:
        file_card: The file and how it is read.
        columns: The list of columns.
        split_box: How rows are divided.
        pane: The table.
        footer: Strip below the table.
        inspector: The selected column.
        banner: What went wrong.
        progress: What is being read.
        empty: Shown while there is no data.
        inspector_panel: The right side.
    """

    def __init__(self, memory: LayoutMemory | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file_card = FileCard()
        self.columns = ColumnsPanel()
        self.split_box = SplitBox()
        self.pane = TablePane()
        self.footer = TableFooter()
        self.inspector = Inspector()
        self.banner = ErrorBanner(name="data.banner")
        self.progress = StatusProgress("data.progress")
        self.empty = EmptyData()
        self.inspector_panel = SidePanel(
            "Column", "right", name="data.inspector_panel", memory=memory, width=320,
            minimum=272, scroll=True,
        )  # fmt: skip
        self.inspector_panel.content.addWidget(self.inspector)
        self._full = QWidget()
        line = QHBoxLayout(self._full)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._left(memory))
        line.addLayout(self._middle(), 1)
        line.addWidget(self.inspector_panel)
        shown = QWidget()
        self._stack = QStackedLayout(shown)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._above = self._notices()
        layout.addWidget(self._above)
        layout.addWidget(shown, 1)
        self.fit_notices()

    def show_full(self, full: bool) -> None:
        """Show the table and its panels, or the invitation to open one."""
        self._stack.setCurrentWidget(self._full if full else self.empty)

    def fit_notices(self) -> None:
        """Give the notices room around them while there are some, and none otherwise."""
        shown = not (self.banner.isHidden() and self.progress.isHidden())
        layout = self._above.layout()
        if layout is not None:
            layout.setContentsMargins(16, 8 if shown else 0, 16, 8 if shown else 0)

    def _left(self, memory: LayoutMemory | None) -> SidePanel:
        panel = SidePanel(
            "Data", "left", name="data.columns_panel", memory=memory, width=280, minimum=232
        )
        above, below = QVBoxLayout(), QVBoxLayout()
        above.setContentsMargins(16, 0, 8, 0)
        above.addWidget(self.file_card)
        below.setContentsMargins(16, 4, 16, 8)
        below.addWidget(self.split_box)
        content = panel.content
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(4)
        content.addLayout(above)
        content.addWidget(Line())
        content.addWidget(self.columns, 1)
        content.addWidget(Line())
        content.addLayout(below)
        return panel

    def _middle(self) -> QVBoxLayout:
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.pane, 1)
        middle.addWidget(Line())
        middle.addWidget(self.footer)
        return middle

    def _notices(self) -> QWidget:
        holder = QWidget()
        notices = QVBoxLayout(holder)
        notices.setSpacing(8)
        notices.addWidget(self.banner)
        notices.addWidget(self.progress)
        return holder
