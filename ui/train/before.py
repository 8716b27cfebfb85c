"""The content of the Train page before the first run: what will happen, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.analyze.memory import free_memory, memory_parts, memory_words, needed_memory
from ui.widgets import Button, Symbol, Text, as_tip
from workbench.graph.problems import Problem
from workbench.graph.starting_weights import origins
from workbench.wording import count, plural

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature, DataSpec
    from workbench.graph.inference import Inference
    from workbench.graph.model import Graph
    from workbench.recipe.spec import RecipeSpec


class BeforeFirstRun(QWidget):
    """Facts about data, network and training, and the one button that starts it.

    Attributes:
        start_requested: Emitted when the person wants to train.
        problems_requested: Emitted when the person wants to see what prevents training.
    """

    start_requested = Signal()
    problems_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.before")
        self.setAccessibleName("Before the first training")
        card = QFrame()
        card.setProperty("surface", "card")
        card.setMaximumWidth(560)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(16)
        self._title = Text("", "title", wrap=True, name="train.before.title")
        inside.addWidget(self._title)
        self._facts = [Fact("table"), Fact("design"), Fact("train")]
        for fact in self._facts:
            inside.addWidget(fact)
        self._start = Button("Train", self.start_requested.emit, icon="play",
                             name="train.before.start")  # fmt: skip
        self._problems = Button("Show what is missing", self.problems_requested.emit,
                                name="train.before.problems")  # fmt: skip
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._start)
        line.addWidget(self._problems)
        line.addStretch(1)
        inside.addLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 8)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(3)

    def show_facts(
        self,
        data: DataSpec,
        signature: DataSignature | None,
        graph: Graph,
        inference: Inference,
        recipe: RecipeSpec,
        problems: Sequence[Problem],
    ) -> None:
        """Show what a training would work with."""
        errors = [p for p in problems if p.severity == "error"]
        self._title.setText("Not ready to train yet" if errors else "Ready to train")
        self._facts[0].show_text(data_facts(data, signature), split_facts(data, signature))
        needed = needed_memory(inference, recipe, signature)
        words, too_much = memory_words(needed, recipe, free_memory())
        self._facts[1].show_text(network_facts(graph, inference)[0], words)
        self._facts[1].show_icon("warning" if too_much else "design",
                                 "warning" if too_much else "accent")  # fmt: skip
        self._facts[1].setToolTip(as_tip(memory_parts(needed)) if needed else "")
        what, how = _missing(errors) if errors else plan(recipe, data, signature)
        whose = origins(graph) if recipe.begin_with == "imported" and not errors else ""
        how = f"Begins with the weights of {whose}. {how}" if whose else how
        self._facts[2].show_text(what, how)
        self._facts[2].show_icon("error" if errors else "train", "error" if errors else "accent")
        self._start.setVisible(not errors)
        self._problems.setVisible(bool(errors))


class Fact(QWidget):
    """An icon, a fact, and a second line."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._symbol = Symbol(icon, "accent", 20)
        self._text = Text("", wrap=True)
        self._second = Text("", "secondary", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._text)
        words.addWidget(self._second)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)

    def show_text(self, text: str, second: str) -> None:
        """Show another fact."""
        self._text.setText(text)
        self._second.setText(second)
        self._second.setVisible(bool(second))

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        self._symbol.show_icon(name, role)

    @property
    def text(self) -> str:
        """The fact."""
        return self._text.text()


def data_facts(data: DataSpec, signature: DataSignature | None) -> str:
    """Return the data in a line: "569 rows · 30 features · 2 classes"."""
    if signature is None:
        return "No data to learn from yet"
    parts = [plural(signature.rows, "row"), plural(len(data.features), "feature")]
    if signature.classes:
        parts.append(plural(len(signature.classes), "class", "classes"))
    elif data.target is not None:
        parts.append(f"predicts {data.target.name}")
    return " · ".join(parts)


def split_facts(data: DataSpec, signature: DataSignature | None) -> str:
    """Return how the rows are divided, in words."""
    if signature is None:
        return "Choose a table and a target column on the Data page."
    split = data.split
    train = 1.0 - split.validation - split.test
    parts = [f"{100 * train:.0f} % to train"]
    if split.validation:
        parts.append(f"{100 * split.validation:.0f} % to watch")
    if split.test:
        parts.append(f"{100 * split.test:.0f} % to test at the end")
    return ", ".join(parts)


def network_facts(graph: Graph, inference: Inference) -> tuple[str, str]:
    """Return the network in two lines."""
    if not len(graph):
        return "No network yet", "Draw one on the Design page."
    layers = plural(sum(1 for node in graph if node.layer != "InputLayer"), "layer")
    if inference.parameters is None or not inference.nodes:
        return layers, ""
    return f"{layers} · {count(inference.parameters)} parameters", ""


def plan(recipe: RecipeSpec, data: DataSpec, signature: DataSignature | None) -> tuple[str, str]:
    """Return what a training will do, in two lines."""
    epochs = f"Up to {plural(recipe.epochs, 'epoch')}"
    if signature is not None and recipe.batch_size > 0:
        rows = signature.rows * (1.0 - data.split.validation - data.split.test)
        steps = max(1, -(-round(rows) // recipe.batch_size))
        epochs += f" of {plural(steps, 'step')}, {recipe.batch_size} rows each"
    stopping = recipe.early_stopping
    second = (
        f"Ends by itself after {plural(stopping.patience, 'epoch')} without improvement and keeps "
        "the best one."
        if stopping.enabled
        else "Keeps the best epoch."
    )
    return epochs, second


def _missing(errors: Sequence[Problem]) -> tuple[str, str]:
    more = len(errors) - 1
    return errors[0].message, f"and {plural(more, 'more problem')}" if more else ""
