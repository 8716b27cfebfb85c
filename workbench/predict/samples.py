"""One row of a project's table, encoded as the network takes it, and as the person knows it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.data.encoder import Encoder
from workbench.data.signature import layout_of
from workbench.data.source import open_table
from workbench.data.spec import DataSpec
from workbench.data.split import Split
from workbench.data.table import Table
from workbench.errors import DataError, Place
from workbench.graph.preview import Sample

_MOST_COLUMNS = 2000


@dataclass(frozen=True, slots=True)
class Rows:
    """A table that is open, divided, with a fitted encoder.

    Attributes:
        table: The table.
        row_ids: Usable table rows, ascending int64.
        split: Positions (into `row_ids`) of each part.
        encoder: From raw rows to inputs.
        serial: A number that no other rows have.
    """

    table: Table
    row_ids: npt.NDArray[np.int64]
    split: Split
    encoder: Encoder
    serial: int = field(default_factory=itertools.count(1).__next__)

    def choose(self, part: str, index: int, row: int | None) -> Sample:
        """Return a row of a part.

        Args:
            part: `"train"`, `"validation"`, `"test"` or `"all"`.
            index: Its place in the part; one beyond an end is at the other end.
            row: The table row instead; then the part is all rows.

        Raises:
            DataError: The part is empty, or the row cannot be used.
        """
        if row is not None:
            part, index = "all", self._position(row)
        positions = self.split.part(part)
        if not len(positions):
            raise DataError(
                f"There are no rows for {part}.",
                remedy="Choose another part, or change the division on the data page.",
                place=Place("field", "split"),
            )
        index %= len(positions)
        position = int(positions[index])
        chosen = int(self.row_ids[position])
        raw = self.raw([chosen])
        values = self.encoder.raw_values(raw)[0]
        pairs = zip(self.encoder.columns[:_MOST_COLUMNS], values, strict=False)
        target = ("", "")
        if self.encoder.target is not None:
            name = self.encoder.target.name
            target = (name, _words(raw[name][0].as_py()))
        return Sample(
            chosen, index, len(positions), part, self._member(position),
            tuple((name, _words(value)) for name, value in pairs), target,
        )  # fmt: skip

    def encoded(self, rows: list[int]) -> dict[str, npt.NDArray[np.generic]]:
        """Return the network's inputs for table rows."""
        return self.encoder.transform(self.raw(rows))

    def some(self, count: int) -> list[int]:
        """Return table rows spread evenly over the training part."""
        positions = self.split.train if len(self.split.train) else self.split.part("all")
        places = np.unique(np.linspace(0, len(positions) - 1, count).round().astype(np.int64))
        return [int(self.row_ids[p]) for p in positions[places]]

    def raw(self, rows: list[int]) -> dict[str, pa.ChunkedArray]:
        """Return the raw columns of table rows, the target with them."""
        names = list(self.encoder.columns)
        if self.encoder.target is not None:
            names.append(self.encoder.target.name)
        indices = pa.array(np.asarray(rows, np.int64))
        return {name: self.table.column(name).take(indices) for name in names}

    def _position(self, row: int) -> int:
        place = int(np.searchsorted(self.row_ids, row))
        if place >= len(self.row_ids) or self.row_ids[place] != row:
            raise DataError(
                f"Row {row} cannot be used: it is not in the table, or a missing value drops it.",
                expected=f"rows from 0 to {self.table.rows - 1}",
                remedy="Choose another row.",
            )
        return place

    def _member(self, position: int) -> str:
        for name in ("train", "validation", "test"):
            part = self.split.part(name)
            place = int(np.searchsorted(part, position))
            if place < len(part) and part[place] == position:
                return name
        return ""


class Samples:
    """Opens tables and fits encoders; the last one is kept."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._encoder: Encoder | None = None
        self._rows: Rows | None = None

    def rows(self, data: DataSpec, base: Path, encoder: Encoder | None) -> Rows:
        """Return the rows of a data document.

        Args:
            data: The data document.
            base: The project folder.
            encoder: That of a run; None fits one on the training rows.

        Raises:
            DataError: The data cannot be used.
        """
        table = open_table(data.source, base)
        key = (json.dumps(data.to_plain(), sort_keys=True), str(base), table)
        if self._rows is None or key != self._key or encoder is not self._encoder:
            layout = layout_of(data, table)
            split = layout.split(data, table)
            fitted = encoder or Encoder.fit(
                table, data, layout.row_ids[split.train], usable=len(layout.row_ids)
            )
            self._rows = Rows(table, layout.row_ids, split, fitted)
            self._key, self._encoder = key, encoder
        return self._rows


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 200 else text[:199] + "…"
