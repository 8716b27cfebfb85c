"""The person's own layers: a Python file's text and what was found in it, kept in the document.

The descriptions stand beside the text, so that a project shows its nodes without running anything.
Whether the text may be run is no part of the document: see `workbench.trust`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from workbench.catalog import Catalog
from workbench.catalog.schema import LayerSpec, ParamKind
from workbench.errors import GraphError
from workbench.graph.model import Graph, Node
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import PlainDict

_PREFIX: Final = "own:"
PARAM_KINDS: Final[frozenset[ParamKind]] = frozenset(
    {"int", "float", "bool", "str", "choice", "int_tuple", "float_tuple", "json"}
)
"""Kinds of parameters that own layers have."""
MOST_TEXT: Final = 1_000_000
"""Characters of the longest file that is taken."""


@dataclass(frozen=True, slots=True)
class OwnLayers:
    """A Python file with layers.

    Attributes:
        id: Unique in the document, never shown.
        name: Name of the file.
        text: Its text.
        specs: The layers in it, with the keys that nodes have.
        path: Where the file was, to read it again; may be gone, or on another computer.
    """

    id: str
    name: str
    text: str
    specs: tuple[LayerSpec, ...] = ()
    path: str = ""
    kind: ClassVar[str] = "layer"

    def to_plain(self) -> PlainDict:
        """Return the record as plain data."""
        plain: PlainDict = {
            "id": self.id,
            "name": self.name,
            "text": self.text,
            "specs": [spec.to_plain() for spec in self.specs],
        }
        if self.path:
            plain["path"] = self.path
        return plain

    def bound(self, _records: Records) -> Record:
        """Return the record itself: it refers to nothing."""
        return self


def read_own_layers(plain: Any, _records: Records) -> OwnLayers:
    """Read a record written by `OwnLayers.to_plain`.

    Raises:
        GraphError: A description is not one that `described` makes.
    """
    try:
        found = OwnLayers(
            id=str(plain["id"]),
            name=" ".join(str(plain["name"]).split())[:200],
            text=str(plain["text"])[:MOST_TEXT],
            specs=tuple(LayerSpec.from_plain(spec) for spec in plain.get("specs", ())),
            path=str(plain.get("path", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GraphError("The description of a file with own layers is damaged.") from error
    for spec in found.specs:
        _check(spec, found.id)
    return found


register_kind(OwnLayers.kind, "layers", read_own_layers)


def described(
    name: str, text: str, specs: Iterable[Any], *, path: str = "", record_id: str = ""
) -> OwnLayers:
    """Return the record of a file.

    Args:
        name: Name of the file.
        text: Its text.
        specs: Plain descriptions, as the job `describe_layers` gives them: the keys are the
            names of the classes.
        path: Where the file is.
        record_id: Id of the record it replaces; a new one when empty.

    Raises:
        GraphError: A description cannot be used.
    """
    record_id = record_id or "f" + secrets.token_hex(5)
    read = [LayerSpec.from_plain(plain) for plain in specs]
    keyed = tuple(replace(spec, key=f"{_PREFIX}{record_id}.{spec.key}") for spec in read)
    for spec in keyed:
        _check(spec, record_id)
    return OwnLayers(record_id, name, text, keyed, path)


def _check(spec: LayerSpec, record_id: str) -> None:
    """Refuse what could not come from a signature: the names are written into code."""
    head = f"{_PREFIX}{record_id}."
    ports = [*spec.inputs, *spec.outputs]
    names = [spec.key.removeprefix(head), *(param.name for param in spec.params)]
    names += [port.id for port in ports] + [port.argument for port in ports if port.argument]
    sound = (
        spec.key.startswith(head)
        and spec.family == "custom"
        and spec.role in ("layer", "cell")
        and all(name.isidentifier() for name in names)
        and all(param.kind in PARAM_KINDS for param in spec.params)
    )
    if not sound:
        raise GraphError(f"The description of the own layer {spec.key} is damaged.")


def is_own(layer: str) -> bool:
    """Tell whether a layer key means an own layer."""
    return layer.startswith(_PREFIX)


def own_keys(layer: str, params: Any) -> list[str]:
    """Return the keys of own layers in a node: its own, and those of layers inside it."""
    found = [layer] if is_own(layer) else []
    if isinstance(params, Mapping):
        inner = params.get("layer")
        if isinstance(inner, str) and is_own(inner):
            found.append(inner)
        parts: Iterable[Any] = params.values()
    else:
        parts = params if isinstance(params, (list, tuple)) else ()
    for part in parts:
        found += own_keys("", part)
    return found


def class_name(layer: str) -> str:
    """Return the name of the class that the key of an own layer means."""
    return layer.rpartition(".")[2]


def own_layers_of(records: Records, layer: str) -> OwnLayers | None:
    """Return the file that a layer key means, or None."""
    if not layer.startswith(_PREFIX):
        return None
    found = records.get(OwnLayers.kind, layer.removeprefix(_PREFIX).rpartition(".")[0])
    return found if isinstance(found, OwnLayers) else None


def own_files(records: Records) -> list[OwnLayers]:
    """Return all files in the order of adding."""
    return [r for r in records.of(OwnLayers.kind).values() if isinstance(r, OwnLayers)]


def own_spec(records: Records, layer: str) -> LayerSpec | None:
    """Return the description of an own layer, or None."""
    if not layer.startswith(_PREFIX):
        return None
    return records.memo("own layers", lambda: _by_key(records)).get(layer)


def catalog_with_own(records: Records, catalog: Catalog) -> Catalog:
    """Return the catalog with the own layers of a document, for what stands inside other layers.

    Args:
        records: Records of the document.
        catalog: The layers that come with the program; returned itself where there are no others.
    """
    if not records.of(OwnLayers.kind):
        return catalog

    def extended() -> Catalog:
        own = list(_by_key(records).values())
        cells = tuple(spec.key for spec in own if spec.role == "cell")
        rnn = catalog.get("RNN") if cells else None
        takers = [] if rnn is None else [_with_cells(rnn, cells)]
        return catalog.with_layers([*own, *takers])

    return records.memo(("own catalog", catalog), extended)


def _with_cells(spec: LayerSpec, cells: tuple[str, ...]) -> LayerSpec:
    params = tuple(
        replace(param, choices=param.choices + cells) if param.name == "cell" else param
        for param in spec.params
    )
    return replace(spec, params=params)


def _by_key(records: Records) -> Mapping[str, LayerSpec]:
    return {spec.key: spec for file in own_files(records) for spec in file.specs}


def used_files(records: Records, nodes: Iterable[Node]) -> list[OwnLayers]:
    """Return the files whose layers some nodes use, in the order of adding."""
    if not own_files(records):
        return []
    keys = {key for node in nodes for key in own_keys(node.layer, node.params)}
    found = [own_layers_of(records, key) for key in keys]
    used = {file.id for file in found if file is not None}
    return [file for file in own_files(records) if file.id in used]


def uses_of(graph: Graph, record_id: str) -> int:
    """Return how many nodes of one network use a file's layers."""
    head = f"{_PREFIX}{record_id}."
    return sum(
        1 for node in graph if any(k.startswith(head) for k in own_keys(node.layer, node.params))
    )
