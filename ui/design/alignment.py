"""Alignment while moving: what the moved nodes snap to, and the lines that show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF

from ui.design.canvas.geometry import snap


@dataclass(frozen=True, slots=True)
class Aligned:
    """Where to put what is moved.

    Attributes:
        delta: The move, in scene units.
        guides: Lines that show what it is aligned with.
    """

    delta: QPointF
    guides: tuple[QLineF, ...] = ()


def align(
    moving: QRectF, anchor: QPointF, wanted: QPointF, others: Sequence[QRectF], reach: float
) -> Aligned:
    """Return the move nearest to the wanted one that is on the grid or in line with others.

    Args:
        moving: Box around what is moved, where it was.
        anchor: Centre of the node under the pointer, where it was; it is what lands on the grid.
        wanted: Where the pointer wants to move it, as a difference.
        others: Boxes of the nodes that stay, those in view.
        reach: How near an alignment must be to take hold, scene units.
    """
    delta = QPointF(
        snap(anchor.x() + wanted.x()) - anchor.x(), snap(anchor.y() + wanted.y()) - anchor.y()
    )
    free = moving.translated(wanted)
    by_x = _nearest_shift(
        (free.center().x(), free.left(), free.right()),
        ((r.center().x(), r.left(), r.right()) for r in others), reach,
    )  # fmt: skip
    by_y = _nearest_shift(
        (free.center().y(), free.top(), free.bottom()),
        ((r.center().y(), r.top(), r.bottom()) for r in others), reach,
    )  # fmt: skip
    if by_x is not None:
        delta.setX(wanted.x() + by_x)
    if by_y is not None:
        delta.setY(wanted.y() + by_y)
    if by_x is None and by_y is None:
        return Aligned(delta)
    return Aligned(delta, _guides(moving.translated(delta), others, by_x, by_y))


def _nearest_shift(
    lines: tuple[float, float, float],
    others: Iterable[tuple[float, float, float]],
    reach: float,
) -> float | None:
    """Return the smallest shift that puts centre on centre or side on side, if within reach."""
    best: float | None = None
    for other in others:
        for mine, theirs in zip(lines, other, strict=True):
            shift = theirs - mine
            if abs(shift) <= reach and (best is None or abs(shift) < abs(best)):
                best = shift
    return best


def _guides(
    moved: QRectF, others: Sequence[QRectF], by_x: float | None, by_y: float | None
) -> tuple[QLineF, ...]:
    lines = []
    if by_x is not None:
        for mine in (moved.center().x(), moved.left(), moved.right()):
            fits = [
                r
                for r in others
                if min(abs(mine - v) for v in (r.center().x(), r.left(), r.right())) < 0.5
            ]
            if fits:
                top = min(moved.top(), *(r.top() for r in fits))
                bottom = max(moved.bottom(), *(r.bottom() for r in fits))
                lines.append(QLineF(mine, top, mine, bottom))
                break
    if by_y is not None:
        for mine in (moved.center().y(), moved.top(), moved.bottom()):
            fits = [
                r
                for r in others
                if min(abs(mine - v) for v in (r.center().y(), r.top(), r.bottom())) < 0.5
            ]
            if fits:
                left = min(moved.left(), *(r.left() for r in fits))
                right = max(moved.right(), *(r.right() for r in fits))
                lines.append(QLineF(left, mine, right, mine))
                break
    return tuple(lines)
