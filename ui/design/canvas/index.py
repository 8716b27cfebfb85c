"""A loose grid: which figures lie in which part of the scene, and their far-away shapes in bulk.

Each figure belongs to one cell (that of its centre); a cell knows the box around all it holds, so
that an edge is stored once however long it is. A cell keeps the rectangles and lines that stand
for its figures when they are only pixels high, so that far-away painting is a few bulk calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QRectF

from ui.design.canvas.figures import EdgeFigure, NodeFigure

CELL: Final = 2048.0

FigureT = TypeVar("FigureT", NodeFigure, EdgeFigure)
KeyT = TypeVar("KeyT")


class Cell(Generic[KeyT, FigureT]):
    """The figures of one part of the scene.

    Attributes:
        figures: By key, in the order in which they came.
        bulk: Whatever the painter made of them; None when it must be made anew.
    """

    def __init__(self) -> None:
        self.figures: dict[KeyT, FigureT] = {}
        self.bulk: object | None = None
        self._bounds: QRectF | None = None

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
        self._bounds = None


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

    def inside(self, area: QRectF) -> Iterator[FigureT]:
        """Return the figures whose box meets an area."""
        for cell in self.cells(area):
            if area.contains(cell.bounds()):
                yield from cell.figures.values()
            else:
                for figure in cell.figures.values():
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


def _place(box: QRectF) -> tuple[int, int]:
    centre = box.center()
    return int(centre.x() // CELL), int(centre.y() // CELL)
