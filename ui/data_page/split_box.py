"""How the rows are divided: fractions, seed, class shares, and how many rows come of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import active_theme, color, font
from ui.widgets import FormRow, NumberField, Section, Text, identify
from workbench.data.spec import DataSignature, SplitSpec
from workbench.data.split import part_sizes
from workbench.errors import DataError
from workbench.wording import count

_PARTS: Final = (("Training", "plot_1"), ("Validation", "plot_5"), ("Test", "plot_3"))
_LABEL: Final = 96


class SplitBar(QWidget):
    """A bar in three parts with their row counts below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.split_bar", "Rows per part")
        self._sizes: tuple[int, int, int] = (0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        active_theme().changed.connect(self.update)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Rows of training, validation and test part."""
        return self._sizes

    def show_sizes(self, sizes: tuple[int, int, int]) -> None:
        """Show other sizes."""
        self._sizes = sizes
        words = (f"{name} {rows:,}" for (name, _), rows in zip(_PARTS, sizes, strict=True))
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of bar and words."""
        return QSize(160, 44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar and the words."""
        total = sum(self._sizes)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("secondary"))
        third = self.width() / 3
        left = 0.0
        for place, ((name, role), rows) in enumerate(zip(_PARTS, self._sizes, strict=True)):
            width = self.width() * rows / total if total else 0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(role))
            if width:
                painter.drawRect(QRectF(left, 2, max(width - 1, 1), 6))
            left += width
            painter.drawEllipse(QRectF(place * third, 17, 6, 6))
            words = QRectF(place * third + 10, 10, third - 10, 17)
            painter.setPen(color("text_secondary"))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), name)
            painter.setPen(color("text"))
            words.moveTop(26)
            shown = count(rows) if total else "–"
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), shown)


class SplitBox(Section):
    """The settings of the division.

    Args:
        opened: Whether it is open at first.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the field ("validation", "test", "seed", "stratify") and its value.
        bar: Shows the parts.
    """

    chosen = Signal(str, object)

    def __init__(self, *, opened: bool = True, parent: QWidget | None = None) -> None:
        super().__init__("Split", opened=opened, name="data.split", parent=parent)
        self.bar = SplitBar()
        self._split = SplitSpec()
        self._signature: DataSignature | None = None
        self._fields = {
            "validation": NumberField(
                15, minimum=0, maximum=90, step=5, name="data.validation",
                accessible="Validation, percent of all rows",
            ),
            "test": NumberField(
                15, minimum=0, maximum=90, step=5, name="data.test",
                accessible="Test, percent of all rows",
            ),
            "seed": NumberField(
                0, minimum=0, maximum=2**32 - 1, whole=True, name="data.seed",
                accessible="Seed of the division",
            ),
        }  # fmt: skip
        self._stratify = QCheckBox("Same class shares in every part")
        identify(self._stratify, "data.stratify", "Same class shares in every part")
        self._rows = {
            "validation": _row("Validation", self._fields["validation"], "%",
                               "Rows that watch training and decide when it ends"),
            "test": _row("Test", self._fields["test"], "%",
                         "Rows that are kept for the very end"),
            "seed": _row("Seed", self._fields["seed"], "",
                         "Another seed divides the rows in another way"),
        }  # fmt: skip
        self._problem = Text("", "error", wrap=True, name="data.split_problem")
        self._problem.hide()
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.bar)
        for row in self._rows.values():
            column.addWidget(row)
        column.addWidget(self._stratify)
        column.addWidget(self._problem)
        self.content.addLayout(column)
        self._fields["validation"].value_changed.connect(self._validation_typed)
        self._fields["test"].value_changed.connect(self._test_typed)
        self._fields["seed"].value_changed.connect(self._seed_typed)
        for name, field in self._fields.items():
            field.problem_changed.connect(self._rows[name].set_problem)
        self._stratify.clicked.connect(self._stratify_clicked)

    def show_split(self, split: SplitSpec, signature: DataSignature | None) -> None:
        """Show a division.

        Args:
            split: The settings.
            signature: What the network sees: usable rows, task. None while that is unknown.
        """
        self._split, self._signature = split, signature
        for name, value in (("validation", 100 * split.validation), ("test", 100 * split.test),
                            ("seed", split.seed)):  # fmt: skip
            field = self._fields[name]
            if field.value is None or abs(field.value - value) > 1e-9:
                field.set_value(round(value, 10))
        classes = signature is None or signature.task in (None, "binary", "multiclass")
        self._stratify.setVisible(classes)
        self._stratify.setChecked(split.stratify)
        self._show_sizes()

    def focus_field(self, name: str) -> None:
        """Put the keyboard into a field."""
        self.set_opened(True)
        field = self._fields.get(name, self._fields["validation"])
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _show_sizes(self) -> None:
        rows = self._signature.rows if self._signature else 0
        self._problem.hide()
        sizes = (0, 0, 0)
        if rows:
            try:
                sizes = part_sizes(self._split, rows)
            except DataError as error:
                self._problem.setText(error.message)
                self._problem.show()
        self.bar.show_sizes(sizes)
        self.set_title("Split" if not rows else f"Split of {count(rows)} rows")

    @Slot(object)
    def _validation_typed(self, value: float) -> None:
        self._share("validation", value)

    @Slot(object)
    def _test_typed(self, value: float) -> None:
        self._share("test", value)

    @Slot(object)
    def _seed_typed(self, value: float) -> None:
        self.chosen.emit("seed", int(value))

    @Slot(bool)
    def _stratify_clicked(self, value: bool) -> None:
        self.chosen.emit("stratify", value)

    def _share(self, name: str, percent: float) -> None:
        other = self._fields["test" if name == "validation" else "validation"].value or 0
        share = round(percent / 100, 10)
        if percent + other >= 100:
            self._rows[name].set_problem("Nothing would be left for training.")
            self._fields[name].set_value(round(100 * getattr(self._split, name), 10))
            return
        self.chosen.emit(name, share)


def _row(label: str, field: NumberField, unit: str, help: str) -> FormRow:
    field.setFixedWidth(96)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    holder = QWidget()
    holder.setAccessibleName(label)
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    line.addWidget(field)
    line.addWidget(Text(unit, "secondary"))
    line.addStretch(1)
    row = FormRow(label, holder, help=help, label_width=_LABEL)
    field.setToolTip(help)
    return row
