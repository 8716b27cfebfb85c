"""Short facts, name and value, one a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.widgets import Text


class Facts(QWidget):
    """Two columns of text; the lines are made once and used again.

    Args:
        name: Object name.
        label_width: Width of the names, px.
    """

    def __init__(self, name: str, label_width: int = 112) -> None:
        super().__init__()
        self.setObjectName(name)
        self._label_width = label_width
        self._lines: list[tuple[Text, Text]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these names and values."""
        while len(self._lines) < len(facts):
            self._add_line()
        for number, (name, value) in enumerate(self._lines):
            shown = number < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[number][0])
                value.setText(facts[number][1])
                value.setAccessibleName(": ".join(facts[number]))

    def values(self) -> dict[str, str]:
        """Return what is shown, name → value."""
        return {n.text(): v.text() for n, v in self._lines if v.isVisibleTo(self)}

    def _add_line(self) -> None:
        name, value = Text("", "secondary"), Text("", wrap=True)
        name.setFixedWidth(self._label_width)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = len(self._lines)
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignBaseline)
        self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignBaseline)
        self._lines.append((name, value))
