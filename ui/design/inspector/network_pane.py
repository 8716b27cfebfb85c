"""The whole network, while nothing is selected: its size, what it is fed, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.design.blocks.counting import layers_in
from ui.design.inspector.facts import Facts
from ui.design.inspector.problem_list import ProblemList
from ui.widgets import Button, Section, Text, as_tip
from workbench.graph import Graph, Problem
from workbench.graph.inference import Inference
from workbench.wording import bytes_, count, listing, plural

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_UNKNOWN = "—"


class NetworkPane(QWidget):
    """Totals, data and problems of the network.

    Attributes:
        data_wanted: Emitted when the person wants to choose data.
        problems: The list of problems, for its signals.
    """

    data_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = Text("Network", "heading")
        self._facts = Facts("design.network.facts")
        self._shown: list[tuple[str, str]] = []
        self._memory: list[tuple[str, str]] = []
        self._data = Facts("design.network.data")
        self._no_data = Text("", "secondary", wrap=True)
        self._choose = Button("Choose data", self._choose_data, name="design.network.choose_data")
        self._data_section = Section("Data", foldable=False)
        self._data_section.content.addWidget(self._data)
        self._data_section.content.addWidget(self._no_data)
        self._data_section.content.addWidget(self._choose)
        self.problems = ProblemList(with_place=True)
        self._hint = Text(
            "Select a layer to see its properties. Type on the canvas to add one.",
            "secondary",
            wrap=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._facts)
        layout.addWidget(self.problems)
        layout.addWidget(self._data_section)
        layout.addWidget(self._hint)
        layout.addStretch(1)

    def show_network(self, graph: Graph, inference: Inference) -> None:
        """Show the totals; "—" while an error exists."""
        self._shown = totals(graph, inference)
        self._facts.show_facts([*self._shown, *self._memory])

    def show_memory(self, words: str, parts: str) -> None:
        """Show what a training would take of memory; "" while that is not known.

        Args:
            words: The estimate against what there is.
            parts: What it is made of, a line each.
        """
        self._memory = [("To train", words)] if words else []
        self._facts.setToolTip(as_tip(parts) if parts else "")
        self._facts.show_facts([*self._shown, *self._memory])

    def show_data(self, signature: DataSignature | None, target: str, *, reading: bool) -> None:
        """Show what the table offers to the network.

        Args:
            signature: Inputs and target, or None.
            target: Name of the target column, or "".
            reading: Whether the table is still being read.
        """
        known = signature is not None and bool(signature.inputs)
        self._data.setVisible(known)
        self._no_data.setVisible(not known)
        self._choose.setVisible(not known and not reading)
        if signature is None or not known:
            self._no_data.setText(
                "Reading the table …"
                if reading
                else "No table has been chosen, or it has no usable columns."
            )
            return
        facts = [(entry.name, _input_words(entry.shape, entry.cardinality))
                 for entry in signature.inputs[:8]]  # fmt: skip
        if len(signature.inputs) > 8:
            facts.append(("", f"{len(signature.inputs) - 8} more"))
        facts.append(("Target", _target_words(signature, target)))
        facts.append(("Rows", count(signature.rows)))
        self._data.show_facts(facts)

    def show_problems(self, problems: list[Problem]) -> None:
        """Show all that is wrong."""
        self.problems.show_problems(problems)

    def _choose_data(self) -> None:
        self.data_wanted.emit()


def totals(graph: Graph, inference: Inference) -> list[tuple[str, str]]:
    """Return the network's size as names and values."""
    parameters, trainable = inference.parameters, inference.trainable
    weights = inference.weight_bytes
    known = bool(inference.nodes) or not len(graph)
    shown = parameters is not None and known
    facts = [
        ("Layers", count(layers_in(graph))),
        ("Parameters", count(parameters or 0) if shown else _UNKNOWN),
    ]
    if shown and trainable != parameters:
        facts.append(("Trainable", count(trainable or 0)))
    facts.append(("Weights", bytes_(weights or 0) if shown else _UNKNOWN))
    macs = inference.macs if shown else None
    facts.append(("Multiply-adds", _UNKNOWN if macs is None else f"{count(macs)} a row"))
    return facts


def _input_words(shape: tuple[int, ...], cardinality: int) -> str:
    if cardinality:
        return f"{plural(cardinality, 'code')} to embed"
    if len(shape) == 1:
        return plural(shape[0], "number")
    return " × ".join(str(n) for n in shape)


def _target_words(signature: DataSignature, target: str) -> str:
    if signature.task is None:
        return "none chosen"
    if signature.task == "regression":
        return f"{target}, a number"
    classes = listing(list(signature.classes), 3)
    return f"{target}: {plural(len(signature.classes), 'class', 'classes')} ({classes})"
