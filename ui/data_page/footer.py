"""The strip below the table: which rows are in view, and a field to go to a row."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.widgets import NumberField, Text, identify

_HEIGHT = 36


class TableFooter(QFrame):
    """Where one is in the table.

    Args:
        parent: Parent widget.

    Attributes:
        row_wanted: Emitted with the row to go to.
    """

    row_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.footer", "Rows in view")
        self.setFixedHeight(_HEIGHT)
        self._where = Text("", "secondary", name="data.rows_in_view")
        self._go = NumberField(
            None, minimum=0, whole=True, optional=True, name="data.go_to_row",
            accessible="Go to row",
        )  # fmt: skip
        self._go.setFixedWidth(112)
        self._go.setPlaceholderText("Go to row")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 12, 2)
        line.setSpacing(8)
        line.addWidget(self._where)
        line.addStretch(1)
        line.addWidget(self._go, 0, Qt.AlignmentFlag.AlignVCenter)
        self._go.value_changed.connect(self._wanted)

    def show_rows(self, first: int, last: int, total: int) -> None:
        """Show which rows are in view.

        Args:
            first: First row in view.
            last: Last row in view.
            total: Rows of the table.
        """
        self._go.setEnabled(total > 0)
        self._go.set_range(0, max(total - 1, 0))
        if not total:
            self._where.setText("")
        elif first == 0 and last >= total - 1:
            self._where.setText("1 row" if total == 1 else f"All {total:,} rows")
        else:
            self._where.setText(f"Rows {first:,} – {last:,} of {total:,}")

    def focus_go(self) -> None:
        """Put the keyboard into the field."""
        self._go.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._go.selectAll()

    @Slot(object)
    def _wanted(self, row: int | None) -> None:
        if row is not None:
            self.row_wanted.emit(row)
            self._go.set_value(None)
