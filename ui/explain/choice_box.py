"""The selector of the explainer: each with its time; those that do not fit with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.explain.words import about
from ui.theme import color, font
from ui.widgets import identify
from ui.widgets.labels import as_tip
from workbench.explain.choices import Choice

Index = QModelIndex | QPersistentModelIndex
_CHOICE = Qt.ItemDataRole.UserRole + 1
_WIDTH = 520


class ChoiceBox(QComboBox):
    """Explainers with time and worth.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "explain.explainer", "Explainer")
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_TwoLines(self))
        self.view().setMinimumWidth(_WIDTH)
        self.setMaxVisibleItems(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        self._shown: list[Choice] = []

    @property
    def name(self) -> str:
        """Name of the chosen explainer."""
        choice = self.currentData(_CHOICE)
        return choice.name if isinstance(choice, Choice) else "auto"

    def choice(self, name: str) -> Choice | None:
        """Return what is offered under a name."""
        return next((choice for choice in self._shown if choice.name == name), None)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show other choices or times; the chosen one stays unless it is blocked now."""
        choices = list(choices)
        if choices == self._shown:
            return
        name, self._shown = self.name, choices
        blocked = self.blockSignals(True)
        if len(choices) != self._items.rowCount():
            self._items.clear()
            for _ in choices:
                self._items.appendRow(QStandardItem())
        for at, choice in enumerate(choices):
            item = self._items.item(at)
            item.setText(choice.title)
            item.setData(choice, _CHOICE)
            item.setEnabled(not choice.reason_blocked)
            lines = [choice.title, choice.reason_blocked or choice.exactness,
                     about(choice.seconds)]  # fmt: skip
            item.setToolTip(as_tip("\n".join(filter(None, lines))))
            item.setData(". ".join(filter(None, lines)), Qt.ItemDataRole.AccessibleTextRole)
        chosen = next((i for i, c in enumerate(choices)
                       if c.name == name and not c.reason_blocked), 0)  # fmt: skip
        self.setCurrentIndex(chosen)
        self.blockSignals(blocked)
        self.setToolTip(as_tip(str(self._items.item(chosen).toolTip())) if choices else "")
        if self.name != name:
            self.currentIndexChanged.emit(chosen)

    def select(self, name: str) -> None:
        """Choose an explainer by name."""
        for at, choice in enumerate(self._shown):
            if choice.name == name:
                self.setCurrentIndex(at)


class _TwoLines(QStyledItemDelegate):
    """Title and time; below them, quieter, what it is worth or what blocks it."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room that title and explanation take."""
        choice = index.data(_CHOICE)
        if not isinstance(choice, Choice):
            return QSize(_WIDTH, 28)
        metrics = QFontMetrics(font("secondary"))
        room = QRect(0, 0, _WIDTH - 40, 1000)
        text = choice.reason_blocked or choice.exactness
        flags = int(Qt.TextFlag.TextWordWrap)
        return QSize(_WIDTH, 34 + metrics.boundingRect(room, flags, text).height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint an entry of the list."""
        choice = index.data(_CHOICE)
        if not isinstance(choice, Choice):
            super().paint(painter, option, index)
            return
        painter.save()
        lit = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        enabled = not choice.reason_blocked
        area = option.rect
        if enabled and option.state & lit:
            painter.fillRect(area, color("hover"))
        inner = area.adjusted(12, 6, -12, -6)
        painter.setFont(font())
        time = about(choice.seconds)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.setPen(color("text_secondary"))
        painter.drawText(inner, int(right), time)
        painter.setPen(color("text" if enabled else "text_disabled"))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft), choice.title)
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        below = inner.adjusted(0, 20, 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), choice.reason_blocked
                         or choice.exactness)  # fmt: skip
        painter.restore()
