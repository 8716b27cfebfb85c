"""From a data document to arrays: what training, prediction and explanation start with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.data.columns import CategoryEncodingFitted, NumberEncoding
from workbench.data.encoder import Encoder
from workbench.data.limits import memory_for_data
from workbench.data.signature import layout_of, signature_from, signature_of
from workbench.data.source import open_table
from workbench.data.spec import MAIN_INPUT, DataSpec
from workbench.data.split import Rows, Split
from workbench.data.table import Table
from workbench.data.values import column_codes, column_numbers
from workbench.errors import DataError, Place
from workbench.jobs import Emit, ignore
from workbench.wording import bytes_

__all__ = ["Part", "Prepared", "prepare", "prepare_table", "signature_from", "signature_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one part, ready for a network.

    Attributes:
        inputs: Input name → array, rows first.
        target: Encoded target; None without a target column.
        row_ids: The table rows, int64 array.
    """

    inputs: dict[str, npt.NDArray[np.generic]]
    target: npt.NDArray[np.generic] | None
    row_ids: Rows


@dataclass(frozen=True, slots=True)
class Prepared:
    """All usable rows, encoded, with their division.

    Attributes:
        table: The table.
        split: Positions (into the arrays below) of each part.
        encoder: Fitted on the training part.
        inputs: Input name → array of all usable rows.
        target: Encoded target of all usable rows; None without a target column.
        row_ids: The table row of each usable row, int64 array.
    """

    table: Table
    split: Split
    encoder: Encoder
    inputs: dict[str, npt.NDArray[np.generic]]
    target: npt.NDArray[np.generic] | None
    row_ids: Rows

    def part(self, name: str) -> Part:
        """Return a part: `"train"`, `"validation"`, `"test"` or `"all"`.

        Raises:
            DataError: There is no such part.
        """
        return self.take(self.split.part(name))

    def take(self, positions: npt.NDArray[np.integer]) -> Part:
        """Return the rows at these positions."""
        return Part(
            {name: values[positions] for name, values in self.inputs.items()},
            None if self.target is None else self.target[positions],
            self.row_ids[positions],
        )

    def positions_of(self, row_ids: Sequence[int] | Rows) -> Rows:
        """Return the positions of table rows.

        Raises:
            DataError: A row is not in the table or is not usable.
        """
        wanted = np.asarray(row_ids, np.int64)
        found = np.minimum(np.searchsorted(self.row_ids, wanted), len(self.row_ids) - 1)
        absent = wanted[self.row_ids[found] != wanted]
        if len(absent):
            raise DataError(
                f"Row {int(absent[0])} cannot be used: it is not in the table, or a missing "
                "value drops it.",
                expected=f"rows from 0 to {self.table.rows - 1}",
            )
        return found.astype(np.int64)

    def raw_columns(self, row_ids: Sequence[int] | Rows) -> dict[str, pa.ChunkedArray]:
        """Return the raw feature columns (and the target) of some table rows."""
        names = list(self.encoder.columns)
        if self.encoder.target:
            names.append(self.encoder.target.name)
        indices = pa.array(np.asarray(row_ids, np.int64))
        return {name: self.table.column(name).take(indices) for name in names}

    def raw_values(self, row_ids: Sequence[int] | Rows) -> list[list[Any]]:
        """Return the raw feature values of some table rows, in the order of `encoder.columns`."""
        return self.encoder.raw_values(self.raw_columns(row_ids))


def prepare(spec: DataSpec, base: Path, emit: Emit = ignore) -> Prepared:
    """Read, divide, fit and encode.

    Args:
        spec: The data document.
        base: Folder that a relative path starts from: the project folder.
        emit: Told the phases and the progress through the columns.

    Raises:
        DataError: The data cannot be used; says why and what to do.
    """
    emit({"event": "phase", "text": "Reading data"})
    return prepare_table(spec, open_table(spec.source, base), emit)


def prepare_table(spec: DataSpec, table: Table, emit: Emit = ignore) -> Prepared:
    """Divide, fit and encode a table that is open.

    Raises:
        DataError: See `prepare`.
    """
    emit({"event": "phase", "text": "Preparing data"})
    layout = layout_of(spec, table)
    split = layout.split(spec, table)
    encoder = Encoder.fit(table, spec, layout.row_ids[split.train], usable=len(layout.row_ids))
    _refuse_large(encoder, len(layout.row_ids))
    inputs = _encode(encoder, table, layout.row_ids, emit)
    target = None
    if encoder.target is not None:
        name = encoder.target.name
        target = encoder.encode_target(
            column_numbers(table, name)[layout.row_ids]
            if encoder.target.task == "regression"
            else column_codes(table, name).take(layout.row_ids)
        )
    return Prepared(table, split, encoder, inputs, target, layout.row_ids)


def _encode(
    encoder: Encoder, table: Table, row_ids: Rows, emit: Emit
) -> dict[str, npt.NDArray[np.generic]]:
    """Encode column by column, so that only one raw column is expanded at a time."""
    inputs: dict[str, npt.NDArray[np.generic]] = {}
    main = np.zeros((len(row_ids), encoder.width), np.float32)
    total = len(encoder.features)
    groups = encoder.groups
    if encoder.width:
        inputs[MAIN_INPUT] = main
    for done, (encoding, group) in enumerate(zip(encoder.features, groups, strict=True)):
        if done % 100 == 0:
            emit({"event": "progress", "done": done, "total": total, "seconds_left": None})
        if isinstance(encoding, CategoryEncodingFitted) and encoding.encoding == "embedding":
            inputs[group.input] = encoding.embedded(
                column_codes(table, encoding.name).take(row_ids)
            )
            continue
        values: Any
        if isinstance(encoding, NumberEncoding):
            values = column_numbers(table, encoding.name)[row_ids]
        else:
            values = column_codes(table, encoding.name).take(row_ids)
        encoding.write(values, main[:, group.start : group.stop])
    return inputs


def _refuse_large(encoder: Encoder, rows: int) -> None:
    embedded = sum(group.input != MAIN_INPUT for group in encoder.groups)
    size = rows * 4 * (encoder.width + embedded)
    allowed = memory_for_data()
    if size > allowed:
        raise DataError(
            "The encoded table does not fit into memory.",
            expected=f"at most {bytes_(allowed)} on this machine now",
            received=f"{bytes_(size)} ({rows:,} rows × {encoder.width:,} inputs)",
            remedy="Ignore columns, use embeddings for columns with many categories, "
            "or take fewer rows.",
            place=Place("field", "columns"),
        )
