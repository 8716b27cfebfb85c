"""The recipe form: how the network is trained, every setting with a default that works.

The form holds no state: it shows the documents and turns every edit into a `SetField`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.train.form_fields import Choice, Number, Option, Several, Switch
from ui.train.optimizer_form import OptimizerParams
from ui.widgets import FormRow, Section, Text
from workbench.data.spec import DataSignature, DataSpec
from workbench.engine.environment import installed_backends
from workbench.errors import RecipeError, WorkbenchError
from workbench.graph.changes import Batch, Change, SetField
from workbench.graph.model import Graph
from workbench.graph.problems import Problem
from workbench.graph.starting_weights import origins
from workbench.plain import Plain
from workbench.recipe.presets import (
    BACKENDS,
    OPTIMIZERS,
    PRECISIONS,
    losses_for,
    metric,
    metrics_for,
    monitors,
    optimizer,
    resolve,
)
from workbench.recipe.spec import AUTO, RecipeSpec

_LABEL: Final = 100
_SAME_GESTURE: Final = 1.0
"""Edits of one setting that follow each other faster (s) are one undo step."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A field and what it stands for."""

    document: str
    path: tuple[str, ...]
    row: FormRow
    show: Callable[[Any], None]
    scale: float = 1.0

    @property
    def key(self) -> str:
        return ".".join(self.path)


class RecipeForm(QWidget):
    """The form.

    Args:
        parent: Parent widget.

    Attributes:
        edited: Emitted with (change, merge key) for the session.
        learning_rate_edited: Emitted with a new learning rate, which acts on a running training.
    """

    edited = Signal(object, str)
    learning_rate_edited = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe, self._data = RecipeSpec(), DataSpec()
        self._bound: list[_Bound] = []
        self._last: tuple[str, float, int] = ("", 0.0, 0)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._note = Text("", "secondary", wrap=True, name="train.form.note")
        self._note.hide()
        self._layout.addWidget(self._note)
        self._make_length()
        self._make_optimizer()
        self._make_measures()
        self._make_machine()
        self._layout.addStretch(1)

    # ---- what it shows -------------------------------------------------------------------

    def show_documents(
        self, recipe: RecipeSpec, data: DataSpec, signature: DataSignature | None, graph: Graph
    ) -> None:
        """Show the documents as they are now."""
        self._recipe, self._data = recipe, data
        self._offer(recipe, signature, graph)
        for bound in self._bound:
            document = recipe if bound.document == "recipe" else data
            value: Any = document
            for step in bound.path:
                value = getattr(value, step)
            bound.show(value * bound.scale if bound.scale != 1.0 else value)
        self._params.show_params(optimizer(recipe.optimizer.name), recipe.optimizer.params)
        stopping = recipe.early_stopping.enabled
        self._row("early_stopping.patience").setEnabled(stopping)
        self._row("early_stopping.monitor").setEnabled(stopping)
        classes = signature is None or signature.task != "regression"
        self._row("class_weight").setVisible(classes)
        whose = origins(graph)
        self._begin.show_options([
            ("imported", "Imported weights", f"Those of {whose}, for every layer that they fit"),
            ("fresh", "Fresh weights", "Those that the initializers of the layers give"),
        ])  # fmt: skip
        self._begin.show_value(recipe.begin_with)
        self._row("begin_with").setVisible(bool(whose))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show at each setting what is wrong with it."""
        reasons: dict[str, str] = {}
        for problem in problems:
            if problem.place.kind == "field" and problem.severity != "info":
                key = problem.place.id.removeprefix("recipe.").removeprefix("data.")
                reasons.setdefault(key, problem.message)
        for bound in self._bound:
            field = bound.row.field
            typed = field.reason() if isinstance(field, Number) else ""
            bound.row.set_problem(typed or reasons.get(bound.key, ""))
        self._params.show_problems(reasons)

    def show_running(self, running: bool) -> None:
        """Say what an edit means while a training goes on."""
        self._note.setText(
            "Training goes on with the settings it began with. The learning rate acts at once; "
            "everything else counts for the next run."
        )
        self._note.setVisible(running)

    def show_devices(self, devices: Sequence[str]) -> None:
        """Offer the devices that the engine reported."""
        titles = {"cpu": "CPU", "gpu": "GPU"}
        names = dict.fromkeys(["cpu", *_normal_devices(devices)])
        options: list[Option] = [(AUTO, "Automatic", "The fastest device there is")]
        options += [(name, titles.get(name, name.upper().replace(":", " ")), "") for name in names]
        self._device.show_options(options)

    def row(self, key: str) -> FormRow:
        """Return the row of a setting, `"optimizer.learning_rate"`."""
        return self._row(key)

    def open_section_of(self, key: str) -> bool:
        """Open the section with a setting and put the focus there; False when there is none."""
        if key.startswith("optimizer.params."):
            row = self._params.row(key.rsplit(".", 1)[1])
        else:
            row = next((b.row for b in self._bound if b.key == key), None)
        if row is None:
            return False
        parent = row.parentWidget()
        while parent is not None and parent is not self:
            if isinstance(parent, Section):
                parent.set_opened(True)
            parent = parent.parentWidget()
        row.field.setFocus()
        return True

    # ---- sections ------------------------------------------------------------------------

    def _section(self, title: str, name: str, *, opened: bool = True) -> Section:
        section = Section(title, opened=opened, name=f"train.section.{name}")
        self._layout.addWidget(section)
        return section

    def _make_length(self) -> None:
        section = self._section("Training", "length")
        self._begin = Choice("train.begin_with", "Begin with")
        self._bind(section, "Begin with", self._begin, ("begin_with",),
                   help="Weights before the first step")  # fmt: skip
        self._number(section, "Epochs", ("epochs",), minimum=1, whole=True, step=10,
                     help="Passes over the training rows, at most")  # fmt: skip
        self._number(section, "Batch size", ("batch_size",), minimum=1, whole=True, step=16,
                     help="Rows per step: small is more exact, large is faster")  # fmt: skip
        self._number(section, "Validation, %", ("split", "validation"), document="data",
                     scale=100.0, minimum=0, maximum=90, step=5,
                     help="Share of all rows that is not trained on but watched")  # fmt: skip
        switch = Switch("On", "train.early_stopping.enabled")
        self._bind(section, "Early stopping", switch, ("early_stopping", "enabled"),
                   help="Ends the training by itself and keeps the best epoch")  # fmt: skip
        self._number(section, "Patience", ("early_stopping", "patience"), minimum=1, whole=True,
                     step=1, help="Epochs without improvement before it ends")  # fmt: skip
        self._monitor = Choice("train.early_stopping.monitor", "Watched value")
        self._bind(section, "Watched value", self._monitor, ("early_stopping", "monitor"),
                   help="The value that decides which epoch is best")  # fmt: skip

    def _make_optimizer(self) -> None:
        section = self._section("Optimizer", "optimizer")
        choice = Choice("train.optimizer.name", "Optimizer")
        choice.show_options([(o.name, o.title, o.help) for o in OPTIMIZERS])
        self._bind(section, "Optimizer", choice, ("optimizer", "name"), edit=self._change_optimizer)
        self._number(section, "Learning rate", ("optimizer", "learning_rate"), step=0,
                     minimum=0, help="Size of a step. Up and Down change it tenfold",
                     edit=self._change_rate)  # fmt: skip
        self._params = OptimizerParams()
        self._params.edited.connect(self._change_params)
        section.content.addWidget(self._params)

    def _make_measures(self) -> None:
        section = self._section("Loss and metrics", "measures")
        self._loss = Choice("train.loss", "Loss")
        self._bind(section, "Loss", self._loss, ("loss",), help="What training makes small")
        self._metrics = Several("train.metrics", "Metrics")
        self._bind(section, "Metrics", self._metrics, ("metrics",),
                   help="What is followed beside the loss")  # fmt: skip
        weights = Choice("train.class_weight", "Class weights")
        weights.show_options([
            ("none", "None", "Every row counts the same"),
            ("balanced", "Balanced", "Rows of rare classes count more"),
        ])  # fmt: skip
        self._bind(section, "Class weights", weights, ("class_weight",))

    def _make_machine(self) -> None:
        section = self._section("Seed and machine", "machine", opened=False)
        self._number(section, "Seed", ("seed",), minimum=0, maximum=2**31 - 1, whole=True, step=1,
                     help="Same settings, same seed, same machine: same weights")  # fmt: skip
        backend = Choice("train.backend", "Backend")
        installed = [(name, BACKENDS[name], "") for name in installed_backends()]
        backend.show_options([(AUTO, "Automatic", "The first one installed"), *installed])
        self._bind(section, "Backend", backend, ("backend",))
        self._device = Choice("train.device", "Device")
        self.show_devices(())
        self._bind(section, "Device", self._device, ("device",))
        precision = Choice("train.precision", "Precision")
        precision.show_options([(name, title, "") for name, title in PRECISIONS.items()])
        self._bind(section, "Precision", precision, ("precision",))

    # ---- fields --------------------------------------------------------------------------

    def _number(
        self, section: Section, label: str, path: tuple[str, ...], *, document: str = "recipe",
        scale: float = 1.0, help: str = "", edit: Callable[[Any], None] | None = None,
        **limits: Any,
    ) -> None:  # fmt: skip
        field = Number(name=f"train.{'.'.join(path)}", **limits)
        self._bind(section, label, field, path, document=document, scale=scale, help=help,
                   edit=edit)  # fmt: skip

    def _bind(
        self, section: Section, label: str, field: Any, path: tuple[str, ...], *,
        document: str = "recipe", scale: float = 1.0, help: str = "",
        edit: Callable[[Any], None] | None = None,
    ) -> None:  # fmt: skip
        row = FormRow(label, field, help=help, label_width=_LABEL)
        bound = _Bound(document, path, row, field.show_value, scale)
        self._bound.append(bound)
        section.content.addWidget(row)
        field.value_changed.connect(edit or (lambda value: self._change(bound, value)))
        if isinstance(field, Number):
            field.problem_changed.connect(row.set_problem)

    def _row(self, key: str) -> FormRow:
        return next(bound.row for bound in self._bound if bound.key == key)

    def _offer(self, recipe: RecipeSpec, signature: DataSignature | None, graph: Graph) -> None:
        task = signature.task if signature is not None else None
        try:
            resolved = resolve(recipe_automatic(recipe), signature, graph) if signature else None
        except WorkbenchError:
            resolved = None
        losses = losses_for(task)
        usual = next((x.title for x in losses if resolved and x.name == resolved.loss), "")
        self._loss.show_options([
            (AUTO, automatic(usual), "Chosen from the target"),
            *((loss.name, loss.title, loss.help) for loss in losses),
        ])  # fmt: skip
        titles = [m.title for n in (resolved.metrics if resolved else ()) if (m := metric(n))]
        self._metrics.show_options(
            AUTO,
            automatic(", ".join(titles)),
            [(m.name, m.title, m.help) for m in metrics_for(task)],
        )
        followed = _followed(recipe, signature, graph)
        options: list[Option] = [(AUTO, automatic("validation loss"), "")]
        options += [(name, _monitor_title(name), "") for name in monitors(followed)]
        self._monitor.show_options(options)

    # ---- edits ---------------------------------------------------------------------------

    def _change(self, bound: _Bound, value: Any) -> None:
        if bound.scale != 1.0:
            value = round(value / bound.scale, 6)
        plain: Plain = list(value) if isinstance(value, tuple) else value
        text = f"Change {bound.row.label.text().lower().removesuffix(', %')}"
        self._emit(SetField(bound.document, bound.path, plain, text), bound.key)

    @Slot(object)
    def _change_rate(self, value: Any) -> None:
        rate = float(value)
        self._emit(
            SetField("recipe", ("optimizer", "learning_rate"), rate, "Change learning rate"),
            "optimizer.learning_rate",
        )
        if rate > 0:
            self.learning_rate_edited.emit(rate)

    @Slot(object)
    def _change_optimizer(self, name: Any) -> None:
        """Another optimizer: what it does not know goes; a rate left at its default follows."""
        before, after = optimizer(self._recipe.optimizer.name), optimizer(str(name))
        changes: list[Change] = [SetField("recipe", ("optimizer", "name"), str(name))]
        params = self._recipe.optimizer.params
        kept = {k: v for k, v in params.items() if after is not None and after.param(k)}
        if kept != params:
            changes.append(SetField("recipe", ("optimizer", "params"), kept))
        untouched = before and self._recipe.optimizer.learning_rate == before.learning_rate
        if after and untouched and after.learning_rate != self._recipe.optimizer.learning_rate:
            changes.append(SetField("recipe", ("optimizer", "learning_rate"), after.learning_rate))
        self._emit(Batch(tuple(changes), "Change optimizer"), "")

    @Slot(str, object)
    def _change_params(self, name: str, params: Any) -> None:
        self._emit(
            SetField("recipe", ("optimizer", "params"), params, f"Change {name.lower()}"),
            f"optimizer.params.{name}",
        )

    def _emit(self, change: Change, key: str) -> None:
        before, at, number = self._last
        now = time.monotonic()
        if not key or key != before or now - at > _SAME_GESTURE:
            number += 1
        self._last = (key, now, number)
        self.edited.emit(change, f"recipe form {key} {number}" if key else "")


def automatic(choice: str) -> str:
    """Return how the program's own choice is called: "Automatic (accuracy)"."""
    if not choice:
        return "Automatic"
    return f"Automatic ({choice if choice[:2].isupper() else choice[0].lower() + choice[1:]})"


def recipe_automatic(recipe: RecipeSpec) -> RecipeSpec:
    """Return a recipe whose loss, metrics and watched value are the program's choice."""
    plain = {**recipe.to_plain(), "loss": AUTO, "metrics": [AUTO]}
    plain["early_stopping"] = {"monitor": AUTO}
    return RecipeSpec.from_plain(plain)


def _followed(recipe: RecipeSpec, signature: DataSignature | None, graph: Graph) -> tuple[str, ...]:
    if signature is None:
        return ()
    try:
        return resolve(recipe, signature, graph).metrics
    except RecipeError:
        return ()


def _monitor_title(name: str) -> str:
    base = name.removeprefix("val_")
    found = metric(base)
    title = found.title if found else "Loss"
    if not name.startswith("val_"):
        return f"Training {title if title[:2].isupper() else title.lower()}"
    return f"Validation {title if title[:2].isupper() else title.lower()}"


def _normal_devices(devices: Sequence[str]) -> list[str]:
    """Return device names as the recipe writes them: "CPU:0" is "cpu", one GPU "gpu"."""
    names = [device.lower() for device in devices]
    graphics = [n for n in names if n.startswith("gpu")]
    return ["gpu"] if len(graphics) == 1 else graphics
