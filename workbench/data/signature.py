"""What a network sees of the data, known before training and without encoding anything.

It must stay cheap: the window asks for it after every change of the data document. Only columns
whose layout depends on their values are read (categories, the target, columns whose missing values
drop rows), and what was derived from a column is kept with the table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.data.choices import effective_missing
from workbench.data.columns import CategoryEncodingFitted, fit_column, yes_no_texts
from workbench.data.encoder import make_signature, used_columns
from workbench.data.source import open_table
from workbench.data.spec import DataSignature, DataSpec, Task
from workbench.data.split import Rows, Split, part_sizes, split_rows
from workbench.data.table import Table
from workbench.data.target import target_layout
from workbench.data.values import column_codes, column_numbers
from workbench.errors import DataError, Place


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows are usable and what the target is, before anything is divided or fitted.

    Attributes:
        row_ids: Table rows that are usable, ascending int64 array.
        task: What the target asks for; None without a target.
        classes: Class labels in code order.
    """

    row_ids: Rows
    task: Task | None
    classes: tuple[str, ...]

    def split(self, spec: DataSpec, table: Table) -> Split:
        """Divide the usable rows; the positions are into `row_ids`."""
        labels = None
        if spec.target is not None and self.classes and spec.split.stratify:
            labels = column_codes(table, spec.target.name).codes[self.row_ids]
        return split_rows(spec.split, self.row_ids, labels)


def signature_of(spec: DataSpec, base: Path) -> DataSignature:
    """Return the signature of a data document; equal to `Encoder.signature` after fitting.

    Args:
        spec: The data document.
        base: Folder that a relative path starts from: the project folder.

    Raises:
        DataError: The data cannot be used; the same error that `prepare` raises.
    """
    return signature_from(spec, open_table(spec.source, base))


def signature_from(spec: DataSpec, table: Table) -> DataSignature:
    """Return the signature of a data document whose table is open; kept with the table.

    Raises:
        DataError: See `signature_of`.
    """
    plain = spec.to_plain()
    key = json.dumps([plain["columns"], plain["split"]])
    return table.derived(("signature", key), lambda: _signature(spec, table))


def _signature(spec: DataSpec, table: Table) -> DataSignature:
    layout = layout_of(spec, table)
    categorical = [column for column in spec.features if column.kind == "categorical"]
    width = len(spec.features) - len(categorical)
    embedded: dict[str, int] = {}
    if categorical:  # only then does the division matter: categories are those that train
        rows = layout.row_ids[layout.split(spec, table).train]
        for column in categorical:
            fitted = fit_column(column, table, rows)
            assert isinstance(fitted, CategoryEncodingFitted)
            width += fitted.width
            if column.encoding == "embedding":
                embedded[column.name] = fitted.cardinality
    return make_signature(width, embedded, layout.task, layout.classes, len(layout.row_ids))


def layout_of(spec: DataSpec, table: Table) -> Layout:
    """Return usable rows, task and classes.

    Raises:
        DataError: A column of the document is not in the table, there is no feature, no usable
            row or none left for training, or the target cannot be used.
    """
    for column in used_columns(spec):
        table.index(column.name)
        if column.kind == "boolean" and column.role == "feature":
            yes_no_texts(column.name, column_codes(table, column.name).texts)
    if not spec.features:
        raise DataError(
            "No column is a feature.",
            expected="at least one column that the network sees",
            remedy="Set the role of a column to feature on the data page.",
            place=Place("field", "columns"),
        )
    task: Task | None = None
    classes: tuple[str, ...] = ()
    if spec.target is not None:
        task, classes = target_layout(spec.target, table)
    row_ids = usable_rows(spec, table)
    if not len(row_ids):
        raise DataError(
            "Every row has a missing value somewhere and is dropped.",
            expected="rows without missing values in the columns that drop rows",
            remedy="Treat missing values in another way, or ignore columns that are mostly empty.",
            place=Place("field", "columns"),
        )
    part_sizes(spec.split, len(row_ids))
    return Layout(row_ids, task, classes)


def usable_rows(spec: DataSpec, table: Table) -> Rows:
    """Return the table rows that no missing value drops, ascending int64 array."""
    mask: npt.NDArray[np.bool_] = np.ones(table.rows, bool)
    for column in used_columns(spec):
        if effective_missing(column) != "drop_row":
            continue
        if column.kind == "numeric":
            mask &= ~np.isnan(column_numbers(table, column.name))
        else:
            mask &= column_codes(table, column.name).codes >= 0
    return np.flatnonzero(mask).astype(np.int64)
