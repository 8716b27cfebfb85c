"""Gives layers the weights that were imported with a network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import h5py
import numpy as np
import numpy.typing as npt

from workbench.build.weights_file import check_weights_file
from workbench.errors import GraphError, WorkbenchError
from workbench.graph.expand import expand
from workbench.graph.model import Graph
from workbench.graph.starting_weights import (
    PLACE,
    StartingWeights,
    group_of,
    origins,
    weights_of,
)
from workbench.plain import PlainDict
from workbench.wording import listing, plural

Arrays: TypeAlias = list[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a network begins with.

    Attributes:
        origin: Names of the imported files.
        taken: Names of layers with imported weights.
        fresh: Names of layers with weights that nothing fitting was imported for.
    """

    origin: str
    taken: tuple[str, ...]
    fresh: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return it in a sentence or two."""
        count = len(self.taken) + len(self.fresh)
        text = f"Begins with the weights of {self.origin}: {len(self.taken):,} of "
        text += plural(count, "layer")
        if not self.fresh:
            return text
        return f"{text}; fresh: {listing(list(self.fresh))}"

    def to_plain(self) -> PlainDict:
        """Return it as plain data."""
        return {
            "origin": self.origin, "taken": len(self.taken), "fresh": list(self.fresh),
            "words": self.words,
        }  # fmt: skip


def starting_arrays(graph: Graph, project: Path) -> dict[str, Arrays]:
    """Read the imported weights of a network.

    Args:
        graph: An outermost network.
        project: The project's folder.

    Returns:
        Name of a layer in the expanded network → its arrays.

    Raises:
        GraphError: A file is missing, damaged, or holds something else.
    """
    records = weights_of(graph)
    if not records:
        return {}
    wanted: dict[str, tuple[StartingWeights, dict[str, list[str]]]] = {}
    for node in expand(graph).graph:
        found = group_of(records, node.id) if not node.shared_with else None
        if found is not None:
            record, group = found
            _, names = wanted.setdefault(record.id, (record, {}))
            names.setdefault(group, []).append(node.name)
    arrays: dict[str, Arrays] = {}
    for record, names in wanted.values():
        read = read_groups(record, project)
        for group, layers in names.items():
            arrays |= {name: read[group] for name in layers if group in read}
    return arrays


def read_groups(record: StartingWeights, project: Path) -> dict[str, Arrays]:
    """Read a file of starting weights, after a look at what it holds.

    Raises:
        GraphError: It is missing, damaged, or holds something else than finite numbers.
    """
    path = record.path(project)
    try:
        if not path.is_file():
            raise _unusable(record, path, "the file is not there any more")
        if f"{_digest(path)}.h5" != record.file:
            raise _unusable(record, path, "the file is damaged: its content is another one")
        check_weights_file(path, path.stat().st_size // 2)  # arrays are never packed
        with h5py.File(path, "r", locking=False) as file:
            groups = {
                name: [np.asarray(file[name][str(at)]) for at in range(len(file[name]))]
                for name in file
            }
    except GraphError:
        raise
    except WorkbenchError as error:
        raise _unusable(record, path, error.message.partition(": ")[2].rstrip(".")) from error
    except Exception as error:  # h5py raises a family of unrelated types
        raise _unusable(record, path, "the file is damaged") from error
    if not all(np.isfinite(a).all() for some in groups.values() for a in some):
        raise _unusable(record, path, "it holds values that are not finite")
    return groups


def put_into(layer: Any, arrays: Arrays) -> bool:
    """Give a layer weights, if they fit in number and shape; return whether they did."""
    weights = layer.weights
    if len(weights) != len(arrays) or not arrays:
        return False
    if any(tuple(w.shape) != a.shape for w, a in zip(weights, arrays, strict=True)):
        return False
    for weight, array in zip(weights, arrays, strict=True):
        weight.assign(array)
    for part in layer._flatten_layers():
        if hasattr(part, "finalize_state"):  # Normalization calculates with copies of them
            part.finalize_state()
    return True


def begin_with(model: Any, graph: Graph, project: Path) -> Beginning:
    """Give a model the imported weights of its network; layers that nothing fits stay fresh.

    Args:
        model: The Keras model that `build_model` made of the network.
        graph: The network.
        project: The project's folder.

    Raises:
        GraphError: A file of weights is missing or damaged.
    """
    arrays: Mapping[str, Arrays] = starting_arrays(graph, project)
    taken: list[str] = []
    fresh: list[str] = []
    for layer in model.layers:
        if layer.weights:
            fits = put_into(layer, arrays.get(layer.name, []))
            (taken if fits else fresh).append(str(layer.name))
    return Beginning(origins(graph), tuple(taken), tuple(fresh))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unusable(record: StartingWeights, path: Path, reason: str) -> GraphError:
    return GraphError(
        f"The imported weights of {record.origin or 'this network'} cannot be used: {reason}.",
        remedy="Import the file again, or begin with fresh weights (Train page, Begin with).",
        place=PLACE,
        details=str(path),
    )
