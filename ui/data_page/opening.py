"""Reads a file (in a thread) and says what change opens it in a project. No Qt.

Every way in ends in one change, so that one undo takes it back.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from workbench.data.encoder import make_signature
from workbench.data.infer import infer_columns, merge_columns
from workbench.data.sniff import sniff
from workbench.data.source import open_table, path_for_document
from workbench.data.spec import ColumnSpec, DataSignature, DataSpec, SourceSpec
from workbench.data.table import Table
from workbench.data.target import target_layout
from workbench.errors import DataError, WorkbenchError
from workbench.graph.changes import AddNode, Batch, Change, Connect, SetField
from workbench.graph.model import Graph
from workbench.project.storage import write_error

SUFFIXES = (".csv", ".tsv", ".txt", ".data", ".gz", ".parquet", ".pq")
"""Endings of files that look like tables; others are tried all the same when dropped."""

_LARGE = 1_000_000
"""A table of more rows is shown before all of it has been looked at."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a file is opened into.

    Attributes:
        folder: The project folder.
        spec: The data document as it is.
        empty_graph: Whether there is no layer yet: then a small network comes along.
    """

    folder: Path
    spec: DataSpec
    empty_graph: bool


class NotReadableError(DataError):
    """A file that could be guessed but not read: another way of reading it may do.

    Attributes:
        source: The guess.
    """

    def __init__(self, error: WorkbenchError, source: SourceSpec) -> None:
        super().__init__(
            error.message, expected=error.expected, received=error.received, remedy=error.remedy,
            place=error.place, details=error.details,
        )  # fmt: skip
        self.source = source


def open_file(path: Path, situation: Situation) -> Change:
    """Return the change that opens a file: guess how to read it and what its columns mean.

    Args:
        path: The file.
        situation: What it is opened into.

    Raises:
        NotReadableError: It is a text file but no table as guessed.
        DataError: It cannot be a table.
    """
    source = replace(sniff(path), path=path_for_document(path, situation.folder))
    try:
        table = open_table(source, situation.folder)
        columns = infer_columns(table)
    except DataError as error:
        raise NotReadableError(error, source) from error
    spec = replace(situation.spec, source=source, columns=columns)
    changes = source_changes(source, columns)
    if situation.empty_graph:
        changes += starter_changes(spec, situation.folder)
    return Batch(tuple(changes), f"Open {path.name}")


def read_again(source: SourceSpec, situation: Situation) -> Change:
    """Return the change that reads the file in another way, or another file as the same table.

    Columns that are still there keep what was chosen for them.

    Raises:
        DataError: The file cannot be read that way.
    """
    table = open_table(source, situation.folder)
    columns = merge_columns(situation.spec.columns, table)
    changes = source_changes(source, columns)
    if situation.empty_graph:
        spec = replace(situation.spec, source=source, columns=columns)
        changes += starter_changes(spec, situation.folder)
    return Batch(tuple(changes), "Change how the file is read")


def open_anyway(source: SourceSpec) -> Change:
    """Return the change that takes a file which cannot be read yet, to choose how to read it."""
    name = Path(source.path).name
    return Batch(tuple(source_changes(source, ())), f"Open {name}")


def use_template(name: str, situation: Situation) -> Change:
    """Copy the table of a template into the project and return the change that uses it.

    Raises:
        ProjectError: There is no such template, or the project folder cannot be written.
    """
    from workbench.project.files import PROJECT_FILE
    from workbench.project.folder import read_plain
    from workbench.project.templates import find_template

    template = find_template(name)
    plain: Any = read_plain(template.folder / PROJECT_FILE)
    spec = DataSpec.from_plain(plain["data"])
    original = template.folder / spec.source.path
    target = _free_name(situation.folder / f"{template.name}{original.suffix}", original)
    try:
        shutil.copyfile(original, target)
    except OSError as error:
        raise write_error("The table was not copied", target, error) from error
    data = replace(spec, source=replace(spec.source, path=target.name)).to_plain()
    changes: list[Change] = [SetField("data", (), data)]
    if situation.empty_graph:
        changes += graph_changes(Graph.from_plain(plain["graph"]))
        changes.append(SetField("recipe", (), plain["recipe"]))
    return Batch(tuple(changes), f"Use {template.title}")


def source_changes(source: SourceSpec, columns: Sequence[ColumnSpec]) -> list[Change]:
    """Return the changes of the data document that a newly read table needs."""
    plain = DataSpec(columns=tuple(columns)).to_plain()["columns"]
    return [SetField("data", ("source",), asdict(source)), SetField("data", ("columns",), plain)]


def starter_changes(spec: DataSpec, folder: Path) -> list[Change]:
    """Return the changes that add a small network that fits the table."""
    from workbench.project.starter import starter_network

    try:
        signature = _signature(spec, open_table(spec.source, folder))
    except DataError:  # the page says what is wrong; a network can follow later
        return []
    return graph_changes(starter_network(signature))


def _signature(spec: DataSpec, table: Table) -> DataSignature:
    """Return what the network sees; of a large table only what can be known at once."""
    from workbench.data.signature import signature_from

    if table.rows <= _LARGE or spec.target is None:
        return signature_from(spec, table)
    task, classes = target_layout(spec.target, table)
    return make_signature(len(spec.features), {}, task, classes, table.rows)


def graph_changes(graph: Graph) -> list[Change]:
    """Return the changes that add all layers and connections of a network."""
    return [*(AddNode(node) for node in graph), *(Connect(edge) for edge in graph.edges)]


def _free_name(path: Path, original: Path) -> Path:
    number = 1
    candidate = path
    while candidate.exists() and candidate.read_bytes() != original.read_bytes():
        number += 1
        candidate = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return candidate
