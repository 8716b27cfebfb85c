"""A loose grid: which figures lie in which part of the scene, and their far-away shapes in bulk.

Each figure belongs to one cell (that of its centre); a cell knows the box around all it holds, so
that an edge is stored once however long it is. A cell keeps the rectangles and lines that stand
for its figures when they are only pixels high, so that far-away painting is a few bulk calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QRectF

from ui.design.canvas.figures import EdgeFigure, NodeFigure

CELL: Final = 2048.0
_CROWDED: Final = 600
"""Number of figures of a cell from which those are looked for that others hide."""
_NEAR: Final = 4.0

FigureT = TypeVar("FigureT", NodeFigure, EdgeFigure)
KeyT = TypeVar("KeyT")


class Cell(Generic[KeyT, FigureT]):
    """The figures of one part of the scene.

    Attributes:
        figures: By key, in the order in which they came.
        bulk: Whatever the painter made of them; None when it must be made anew.
    """

    __slots__ = ("_bounds", "_top", "bulk", "figures")

    def __init__(self) -> None:
        self.figures: dict[KeyT, FigureT] = {}
        self.bulk: object | None = None
        self._bounds: QRectF | None = None
        self._top: list[FigureT] | None = None

    def top(self) -> Iterable[FigureT]:
        """Return the figures without those that lie wholly under later ones, lowest first."""
        if len(self.figures) < _CROWDED:
            return self.figures.values()
        if self._top is None:
            self._top = uncovered(list(self.figures.values()))
        return self._top

    def bounds(self) -> QRectF:
        """Return the box around all figures."""
        if self._bounds is None:
            self._bounds = QRectF()
            for figure in self.figures.values():
                self._bounds = self._bounds.united(box_of(figure))
        return self._bounds

    def touch(self) -> None:
        """Forget what was made of the figures."""
        self.bulk = None
        self._bounds = self._top = None


class Index(Generic[KeyT, FigureT]):
    """Figures by key and by place."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], Cell[KeyT, FigureT]] = {}
        self._where: dict[KeyT, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, key: object) -> bool:
        return key in self._where

    def clear(self) -> None:
        """Forget everything."""
        self._cells.clear()
        self._where.clear()

    def put(self, key: KeyT, figure: FigureT) -> None:
        """Add or replace a figure."""
        place = _place(box_of(figure))
        before = self._where.get(key)
        if before is not None and before != place:
            self.drop(key)
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = Cell()
        cell.figures[key] = figure
        cell.touch()
        self._where[key] = place

    def drop(self, key: KeyT) -> None:
        """Remove a figure; nothing happens when it is not there."""
        place = self._where.pop(key, None)
        if place is None:
            return
        cell = self._cells[place]
        del cell.figures[key]
        cell.touch()
        if not cell.figures:
            del self._cells[place]

    def cells(self, area: QRectF | None = None) -> Iterator[Cell[KeyT, FigureT]]:
        """Return the cells that may show something in an area; all for None."""
        for cell in self._cells.values():
            if area is None or cell.bounds().intersects(area):
                yield cell

    def inside(self, area: QRectF, *, top: bool = False) -> Iterator[FigureT]:
        """Return the figures whose box meets an area.

        Args:
            area: The area, scene units.
            top: Leave out those that later ones hide.
        """
        for cell in self.cells(area):
            figures = cell.top() if top else cell.figures.values()
            if area.contains(cell.bounds()):
                yield from figures
            else:
                for figure in figures:
                    if box_of(figure).intersects(area):
                        yield figure

    def bounds(self) -> QRectF:
        """Return the box around everything."""
        box = QRectF()
        for cell in self._cells.values():
            box = box.united(cell.bounds())
        return box


def box_of(figure: NodeFigure | EdgeFigure) -> QRectF:
    """Return the box of a figure."""
    return figure.rect if isinstance(figure, NodeFigure) else figure.bounds


def uncovered(figures: Sequence[FigureT]) -> list[FigureT]:
    """Return figures without those that lie wholly under later ones, in their order.

    Compared are only figures at about the same place: thousands that lie on one heap (copies that
    nobody has arranged yet) would take seconds to paint, and only the topmost can be seen.
    """
    found: list[FigureT] = []
    heaps: dict[object, list[QRectF]] = {}
    for figure in reversed(figures):
        box = box_of(figure)
        heap = heaps.setdefault(_heap(figure), [])
        if any(above.contains(box) for above in heap):
            continue
        heap.append(box)
        found.append(figure)
    found.reverse()
    return found


def _heap(figure: NodeFigure | EdgeFigure) -> object:
    """Return what figures have in common of which one may hide the other."""
    if isinstance(figure, NodeFigure):
        centre = figure.rect.center()
        return int(centre.x() // _NEAR), int(centre.y() // _NEAR)
    start, end = figure.start, figure.end
    return round(start.x()), round(start.y()), round(end.x()), round(end.y())


def _place(box: QRectF) -> tuple[int, int]:
    centre = box.center()
    return int(centre.x() // CELL), int(centre.y() // CELL)
