"""Where the names of ports are written: outside the body, in rows that do not run together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ui.design.canvas.figures import NodeFigure, Side
from ui.design.canvas.lettering import text_width

_ROWS = 6


class PortName(NamedTuple):
    """The name of a port, and where it stands.

    Attributes:
        left: Left end, scene units.
        middle: Middle of the line.
        width: Width of the text.
        title: The text.
    """

    left: float
    middle: float
    width: float
    title: str


def names_of(figure: NodeFigure, *, everything: bool = False) -> Iterator[PortName]:
    """Return the names that a node shows at its ports.

    Args:
        figure: The node.
        everything: Also of ports that are named only while one points at the node.
    """
    sides: tuple[Side, Side] = ("input", "output")
    for side in sides:
        slots = figure.labels(side, all_ports=everything)
        yield from names_at(figure, side, [slot.port for slot in slots])


def names_at(figure: NodeFigure, side: Side, ports: Iterable[str]) -> Iterator[PortName]:
    """Return where the names of some ports of one side of a node stand."""
    away = -1.0 if side == "input" else 1.0
    end_of_row = [-1e9] * _ROWS
    for port in ports:
        slot = figure.slot(side, port)
        if slot is None:
            continue
        spot, width = figure.port_point(side, port), text_width(slot.title, "label")
        if figure.across:  # one under the other anyway: above the edge of each
            left = spot.x() + (7 if side == "output" else -7 - width)
            yield PortName(left, spot.y() - 8, width, slot.title)
            continue
        left = spot.x() + 7
        row = next((i for i, end in enumerate(end_of_row) if left > end + 6), _ROWS - 1)
        end_of_row[row] = left + width
        yield PortName(left, spot.y() + away * (12 + 15 * row), width, slot.title)
