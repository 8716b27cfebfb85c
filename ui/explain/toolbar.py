"""What is explained and how: run, class, scale, explainer, background."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ui.explain.choice_box import ChoiceBox
from ui.explain.result_panel import PREDICTED
from ui.explain.words import SPACE_TIPS, SPACE_TITLES
from ui.widgets import Text, identify
from ui.widgets.labels import as_tip
from workbench.explain.background import DEFAULT_SIZE, SIZES
from workbench.explain.results import Space

if TYPE_CHECKING:
    from workbench.runs.store import RunRecord


class Toolbar(QObject):
    """The selectors of the page's toolbar.

    Args:
        parent: Parent object.

    Attributes:
        run_changed: Emitted with the id of the chosen run.
        view_changed: Emitted when another class is to be shown: nothing is computed anew.
        manner_changed: Emitted when scale, explainer or background changed.
    """

    run_changed = Signal(str)
    view_changed = Signal()
    manner_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = _box("explain.run", "Run", 14)
        self.output = _box("explain.class", "Class", 9)
        self.space = _box("explain.space", "Scale", 8)
        self.explainer = ChoiceBox()
        self.background = _box("explain.background", "Background", 3)
        spaces: tuple[Space, ...] = ("logit", "probability")
        for space in spaces:
            self.space.addItem(SPACE_TITLES[space], space)
            self.space.setItemData(
                self.space.count() - 1, SPACE_TIPS[space], Qt.ItemDataRole.ToolTipRole
            )
        self.space.setToolTip(f"{SPACE_TIPS['logit']}\n{SPACE_TIPS['probability']}")
        for size in SIZES:
            self.background.addItem(f"{size}", size)
        self.background.setCurrentIndex(SIZES.index(DEFAULT_SIZE))
        self.background.setToolTip(
            "Training rows that stand for not knowing a column. More are closer to all training "
            "rows and take longer."
        )
        self.output.setToolTip("Class whose score is explained")
        self._groups: dict[str, QWidget] = {
            "run": _labelled("Run", self.run),
            "class": _labelled("Class", self.output),
            "space": _labelled("Scale", self.space),
            "explainer": _labelled("Method", self.explainer),
            "background": _labelled("Background", self.background),
        }
        self.run.currentIndexChanged.connect(self._run_chosen)
        self.output.currentIndexChanged.connect(self.view_changed)
        for box in (self.space, self.explainer, self.background):
            box.currentIndexChanged.connect(self.manner_changed)

    def widgets(self) -> list[QWidget]:
        """Return the widgets for the toolbar."""
        return list(self._groups.values())

    def set_shown(self, shown: bool, classify: bool) -> None:
        """Show the selectors that make sense.

        Args:
            shown: Whether there is a run to explain.
            classify: Whether it classifies; class and scale are for that only.
        """
        for name, group in self._groups.items():
            group.setVisible(shown and (classify or name not in ("class", "space")))

    # ---- runs ----------------------------------------------------------------------------

    @property
    def run_id(self) -> str:
        """Id of the chosen run, or ""."""
        return str(self.run.currentData() or "")

    def show_runs(self, records: list[RunRecord], chosen: str) -> None:
        """List the runs that can predict; emits nothing.

        Args:
            records: The runs, newest first.
            chosen: Id of the run to choose; the newest when it is not there.
        """
        blocked = self.run.blockSignals(True)
        self.run.clear()
        for record in records:
            self.run.addItem(run_title(record), record.run_id)
            self.run.setItemData(
                self.run.count() - 1, as_tip(run_tip(record)), Qt.ItemDataRole.ToolTipRole
            )
        at = max(0, self.run.findData(chosen)) if records else -1
        self.run.setCurrentIndex(at)
        self.run.setToolTip(as_tip(run_tip(records[at])) if records else "")
        self.run.blockSignals(blocked)

    # ---- classes -------------------------------------------------------------------------

    @property
    def output_code(self) -> int:
        """Code of the chosen class; `PREDICTED` for each row's own; 0 for regression."""
        code = self.output.currentData()
        return 0 if code is None else int(code)

    def show_classes(self, classes: tuple[str, ...]) -> None:
        """Offer the classes; none for regression. The chosen one stays if it is there."""
        kept = self.output.currentText()
        blocked = self.output.blockSignals(True)
        self.output.clear()
        if classes:
            self.output.addItem("Predicted class", PREDICTED)
        for code, label in enumerate(classes):
            self.output.addItem(label, code)
        first = 2 if len(classes) == 2 else 0
        again = self.output.findText(kept)
        self.output.setCurrentIndex(again if kept and again >= 0 else first)
        self.output.blockSignals(blocked)

    # ---- manner --------------------------------------------------------------------------

    @property
    def space_name(self) -> str:
        """`"logit"` or `"probability"`."""
        return str(self.space.currentData())

    @property
    def background_size(self) -> int:
        """Rows of the background."""
        return int(self.background.currentData())

    @Slot(int)
    def _run_chosen(self, _at: int) -> None:
        self.run_changed.emit(self.run_id)


def run_title(record: RunRecord) -> str:
    """Return what a run is called: its name, or when it began while it has none."""
    if record.name != record.run_id:
        return record.name
    return time.strftime("%d %b, %H:%M", time.localtime(record.created)).lstrip("0")


def run_tip(record: RunRecord) -> str:
    """Return what is known of a run, one line each."""
    lines = [run_title(record)]
    test: Any = record.result.get("test")
    if isinstance(test, dict):
        lines += [
            f"{name.replace('_', ' ')} on test rows: {float(value):.4g}"
            for name, value in test.items()
            if isinstance(value, int | float)
        ]
    return "\n".join(lines)


def _box(name: str, accessible: str, characters: int) -> QComboBox:
    box = QComboBox()
    identify(box, name, accessible)
    box.setMinimumContentsLength(characters)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _labelled(text: str, box: QComboBox) -> QWidget:
    group = QWidget()
    line = QHBoxLayout(group)
    line.setContentsMargins(0, 0, 8, 0)
    line.setSpacing(6)
    label = Text(text, "secondary")
    label.setBuddy(box)
    line.addWidget(label)
    line.addWidget(box)
    return group
