"""Edits of the data document as Changes: what the data page and the repairs of problems apply.

A setting that makes no sense for a column (a scaling of categories) is left as it is, so that
changing the type and back loses nothing; a treatment of missing values that the new type lacks
becomes its default.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from workbench.data.choices import default_missing, effective_missing
from workbench.data.infer import as_feature, as_target
from workbench.data.spec import ColumnKind, ColumnSpec, DataSpec, Role
from workbench.data.table import Table
from workbench.graph.changes import Batch, Change, SetField

_FIELDS = ("role", "kind", "missing", "scaling", "encoding")
_MOST_SINGLE = 50
"""More settings than this are made as one: each change of a document reads it anew."""


def set_column(name: str, **values: str) -> Change:
    """Return a change of settings of one column, for example `role="ignore"`."""
    changes = tuple(SetField("data", ("columns", name, key), v) for key, v in values.items())
    return changes[0] if len(changes) == 1 else Batch(changes, f"Change {name}")


def set_columns(columns: Sequence[ColumnSpec], text: str = "Read columns") -> Change:
    """Return a change that replaces all columns."""
    return SetField(
        "data", ("columns",), DataSpec(columns=tuple(columns)).to_plain()["columns"], text
    )


def edit_columns(spec: DataSpec, new: Mapping[str, ColumnSpec], text: str) -> Change:
    """Return a change from the columns as they are to new ones of the same names.

    Args:
        spec: The data document as it is.
        new: Columns by name; those that are left out stay.
        text: What the undo menu calls it.
    """
    changes = [
        SetField("data", ("columns", old.name, field), getattr(new[old.name], field))
        for old in spec.columns
        if old.name in new
        for field in _FIELDS
        if getattr(new[old.name], field) != getattr(old, field)
    ]
    if len(changes) > _MOST_SINGLE:
        return set_columns([new.get(old.name, old) for old in spec.columns], text)
    return Batch(tuple(changes), text)


def set_role(spec: DataSpec, names: Iterable[str], role: Role, table: Table | None) -> Change:
    """Return a change of the role of columns; the target before becomes a feature.

    Args:
        spec: The data document as it is.
        names: The columns; only the first can be the target.
        role: The new role.
        table: Its table, to see what task a target asks for; None leaves its kind.
    """
    wanted = list(names)
    if role == "target":
        return make_target(spec, wanted[0], table)
    among = set(wanted)
    chosen = {column.name: column for column in spec.columns if column.name in among}
    new = {
        name: as_feature(column) if role == "feature" else replace(column, role="ignore")
        for name, column in chosen.items()
    }
    verb = "Ignore" if role == "ignore" else "Use"
    return edit_columns(spec, new, f"{verb} {_listed(wanted)}")


def make_target(spec: DataSpec, name: str, table: Table | None) -> Change:
    """Return a change that makes a column the only target; the one before becomes a feature."""
    new: dict[str, ColumnSpec] = {}
    for column in spec.columns:
        if column.name == name:
            as_it_is = replace(column, role="target", missing="drop_row")
            new[name] = as_target(column, table) if table is not None else as_it_is
        elif column.role == "target":
            new[column.name] = as_feature(column)
    return edit_columns(spec, new, f"Use {name} as target")


def set_kind(spec: DataSpec, names: Iterable[str], kind: ColumnKind) -> Change:
    """Return a change of the type of columns."""
    wanted = list(names)
    among = set(wanted)
    new = {}
    for column in spec.columns:
        if column.name in among:
            changed = replace(column, kind=kind)
            fits = changed.missing == effective_missing(changed)
            new[column.name] = (
                changed if fits else replace(changed, missing=default_missing(kind, column.role))
            )
    return edit_columns(spec, new, f"Change type of {_listed(wanted)}")


def set_choice(spec: DataSpec, names: Iterable[str], field: str, value: str) -> Change:
    """Return a change of another setting of columns: `"missing"`, `"scaling"`, `"encoding"`."""
    wanted = set(names)
    change: Any = {field: value}
    new = {c.name: replace(c, **change) for c in spec.columns if c.name in wanted}
    return edit_columns(spec, new, f"Change {field} of {_listed(sorted(wanted))}")


def in_one_change(spec: DataSpec, changes: Sequence[Change], text: str) -> Change:
    """Return many settings of single columns as one change.

    Args:
        spec: The data document as it is.
        changes: `SetField`s of single columns, or batches of such.
        text: What the undo menu calls it.
    """
    columns = cast(dict[str, dict[str, Any]], spec.to_plain()["columns"])
    for change in _flat(changes):
        _, name, field = change.path
        columns[name][field] = change.value
    return SetField("data", ("columns",), columns, text)


def _flat(changes: Iterable[Change]) -> Iterator[SetField]:
    for change in changes:
        if isinstance(change, Batch):
            yield from _flat(change.changes)
        elif isinstance(change, SetField):
            yield change


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} columns"
