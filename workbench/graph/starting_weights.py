"""Starting weights: arrays from an imported file that a network begins with, as a record.

The arrays lie in `weights/<SHA-256>.h5` in the project folder: HDF5, a group per layer, arrays
numbered in the order of Keras's `layer.weights`. The record says which layer begins with which
group, so that layers may get other ids without the file being written again.

A file stays in the folder when no record names it any more: undo may bring the record back, and a
run names the file by what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final

from workbench.errors import Place
from workbench.graph.changes import Change
from workbench.graph.model import Graph, new_node_id
from workbench.graph.problems import Fix, Problem
from workbench.graph.record_changes import DropRecord, PutRecord
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import PlainDict

FOLDER: Final = "weights"
"""The folder in a project's folder that holds the files."""
IMPORTED: Final = "imported"
"""Stands for the id of a run where the weights of one can be chosen."""
PLACE: Final = Place("field", "begin_with")
"""The setting that leaves them aside."""
_FILE: Final = re.compile(r"[0-9a-f]{64}\.h5")


@dataclass(frozen=True, slots=True)
class StartingWeights:
    """Weights that layers of a network begin with.

    Attributes:
        id: Unique in the document, never shown.
        file: Name of the file in `weights/`; "" when the record was not readable.
        origin: Name of the file that they were imported from.
        layers: Id of a layer in the expanded network (`use/node`) → group in the file.
    """

    id: str
    file: str
    origin: str
    layers: Mapping[str, str] = field(default_factory=dict)
    kind: ClassVar[str] = "weights"

    def to_plain(self) -> PlainDict:
        """Return the record as plain data."""
        return {
            "id": self.id, "file": self.file, "origin": self.origin, "layers": dict(self.layers),
        }  # fmt: skip

    def bound(self, records: Records) -> Record:
        """Return the record itself: it holds nothing that could be shared."""
        del records
        return self

    def renamed(self, rename: Callable[[str], str]) -> StartingWeights:
        """Return the record for layers that got other ids.

        Args:
            rename: Gives the new id of a layer in the expanded network.
        """
        return replace(self, layers={rename(at): group for at, group in self.layers.items()})

    def path(self, project: Path) -> Path:
        """Return where the file lies in a project's folder."""
        return project / FOLDER / (self.file or "unknown")


def is_weights_file(name: str) -> bool:
    """Tell whether a text is the name of a file of starting weights, and no path elsewhere."""
    return _FILE.fullmatch(name) is not None


def read_weights(plain: Any, records: Records | None = None) -> StartingWeights:
    """Read a record written by `StartingWeights.to_plain`.

    What cannot be read is left out: the checks name a record without a file.
    """
    del records
    found = plain if isinstance(plain, Mapping) else {}
    file, layers = str(found.get("file", "")), found.get("layers")
    return StartingWeights(
        str(found.get("id", "")),
        file if is_weights_file(file) else "",
        str(found.get("origin", ""))[:200],
        {str(at): str(group) for at, group in layers.items()}
        if isinstance(layers, Mapping)
        else {},
    )


register_kind(StartingWeights.kind, "weights", read_weights)


def new_weights(file: str, origin: str, layers: Mapping[str, str]) -> StartingWeights:
    """Return a record of weights that were imported just now.

    Args:
        file: Name of the file in `weights/`.
        origin: Name of the imported file.
        layers: Id of a layer in the expanded network → group in the file.
    """
    return StartingWeights("w" + new_node_id(), file, origin, dict(layers))


def weights_found(found: Mapping[str, Any]) -> StartingWeights | None:
    """Return a record for what the job `import_file` returned, None where it kept no weights."""
    kept = found.get("weights")
    return new_weights(kept["file"], kept["origin"], kept["layers"]) if kept else None


def weights_of(graph: Graph) -> list[StartingWeights]:
    """Return the starting weights of a network in the order of importing."""
    found = graph.records.of(StartingWeights.kind).values()
    return [record for record in found if isinstance(record, StartingWeights)]


def origins(graph: Graph) -> str:
    """Return the names of the files that starting weights came from; "" without any."""
    return ", ".join(dict.fromkeys(r.origin for r in weights_of(graph)))


def put_weights(weights: StartingWeights | None) -> list[Change]:
    """Return the changes that add a record; none for None."""
    return [PutRecord(weights, "Import weights")] if weights is not None else []


def drop_weights(graph: Graph) -> list[Change]:
    """Return the changes that remove all starting weights."""
    return [DropRecord(r.kind, r.id, "Forget imported weights") for r in weights_of(graph)]


def group_of(records: list[StartingWeights], at: str) -> tuple[StartingWeights, str] | None:
    """Return the record and the group that a layer begins with, or None.

    Layers that were put into a block since begin with them too: what stands before the id that
    was imported is passed over.

    Args:
        records: What `weights_of` returned.
        at: Id of a layer in the expanded network.
    """
    rest = at
    while rest:
        for record in reversed(records):
            if rest in record.layers:
                return record, record.layers[rest]
        rest = rest.partition("/")[2]
    return None


def ungrouped_weights(records: Records, use: str, ids: Mapping[str, str]) -> list[Change]:
    """Return the changes by which layers keep their weights that leave a block.

    Args:
        records: Records of the document.
        use: Id of the use of the block.
        ids: Id of a layer in the block → its id where the use was.
    """
    changes: list[Change] = []
    for record in records.of(StartingWeights.kind).values():
        if not isinstance(record, StartingWeights):
            continue
        added = {}
        for at, group in record.layers.items():
            parts = at.split("/")
            if use in parts[:-1]:
                place = parts.index(use)
                before, inside = parts[:place], parts[place + 1 :]
            else:  # it came into the block after it was imported
                before, inside = [], parts
            if inside[0] in ids:
                added["/".join([*before, ids[inside[0]], *inside[1:]])] = group
        if added:
            layers = {**record.layers, **added}
            changes.append(PutRecord(replace(record, layers=layers), "Keep imported weights"))
    return changes


def weights_problems(graph: Graph, project: Path) -> list[Problem]:
    """Return what is wrong with the files of starting weights, without reading them."""
    problems = []
    for record in weights_of(graph):
        try:
            there = bool(record.file) and record.path(project).stat().st_size > 0
        except OSError:
            there = False
        if not there:
            fix = Fix("Forget them", DropRecord(record.kind, record.id, "Forget imported weights"))
            problems.append(
                Problem(
                    "weights_missing",
                    "warning",
                    f"The imported weights of {record.origin or 'this network'} are not in the "
                    "project folder any more. Import the file again, train from fresh weights, "
                    "or forget them.",
                    PLACE,
                    (fix,),
                )
            )
    return problems
