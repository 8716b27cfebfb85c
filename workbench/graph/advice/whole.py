"""Advice about the network as a whole."""

from __future__ import annotations

from typing import Final

from workbench.errors import Place
from workbench.graph.problems import Problem
from workbench.graph.reasons import ELSEWHERE
from workbench.wording import count

_PER_ROW: Final = 20


def size_advice(parameters: int, rows: int) -> list[Problem]:
    """Return the advice about a network with far more weights than rows.

    Args:
        parameters: Number of weights that training changes.
        rows: Usable rows of the data; 0 when not known.
    """
    if not rows or parameters <= _PER_ROW * rows:
        return []
    text = (
        f"The network has {count(parameters)} trainable weights for {count(rows)} rows: "
        f"{count(parameters // rows)} for each."
    )
    code = "more_weights_than_rows"
    return [Problem(code, "info", text, Place("graph"), (), "", ELSEWHERE[code].why)]
