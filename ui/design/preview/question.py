"""What a preview depends on, and what is known about a node."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from workbench.graph.preview import NodePreview


@dataclass(frozen=True, slots=True)
class Question:
    """What every answer depends on.

    Attributes:
        part: Part that the row is chosen from.
        index: Place of the row in the part.
        row: Table row, from 0, instead of part and index; None for those.
        run_id: Run whose weights are used; "" for fresh ones.
        weights: Whether the weights of every node are wanted too.
    """

    part: str = "all"
    index: int = 0
    row: int | None = None
    run_id: str = ""
    weights: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a node.

    Attributes:
        found: The engine's answer.
        turn: The state of network, row and weights that it is about.
        first: First channel of the maps in it.
        serial: A number that no other answer has.
    """

    found: NodePreview
    turn: int
    first: int = 0
    serial: int = field(default_factory=itertools.count(1).__next__)

    @property
    def bytes(self) -> int:
        """Memory of its arrays."""
        return sum(output.values.nbytes for output in self.found.outputs.values())
