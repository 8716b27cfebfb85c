"""A grid of figures with their names, two to a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.widgets import ElidedText, Text

_TIPS = {
    "Different": "Number of different values",
    "Spread": "Standard deviation",
    "25 %": "A quarter of the values is at most this",
    "75 %": "Three quarters of the values are at most this",
}


class Figures(QWidget):
    """Names and values; the labels are kept and filled anew.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[tuple[Text, ElidedText]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)

    def show_figures(self, figures: Sequence[tuple[str, str]]) -> None:
        """Show other figures.

        Args:
            figures: Name and value of each.
        """
        while len(self._labels) < len(figures):
            self._add()
        for place, (name, value) in enumerate(self._labels):
            used = place < len(figures)
            name.setVisible(used)
            value.setVisible(used)
            words, shown = figures[place] if used else ("", "")
            name.setText(words)
            name.setToolTip(_TIPS.get(words, ""))
            value.setText(shown)
            value.setObjectName(f"data.figure.{words.lower().replace(' ', '_')}")
            value.setAccessibleName(f"{words}: {shown}")

    def value(self, name: str) -> str:
        """Return the value of a figure; "" when it is not shown."""
        return next((v.text() for n, v in self._labels if n.text() == name), "")

    def _add(self) -> None:
        line, side = divmod(len(self._labels), 2)
        name, value = Text("", "secondary"), ElidedText("")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(name, line, 2 * side)
        self._grid.addWidget(value, line, 2 * side + 1)
        self._labels.append((name, value))
