"""Node, Endpoint and Edge: the values that a network is made of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.plain import Plain, PlainDict

INPUT_LAYER = "InputLayer"
"""Catalog key of the input node."""


def new_node_id() -> str:
    """Return a fresh node id; a value that survives save, copy and undo."""
    return "n" + secrets.token_hex(5)


@dataclass(frozen=True, slots=True)
class Node:
    """One layer (or one more application of a layer) in the graph.

    Attributes:
        id: Unique in the graph, never shown.
        layer: Catalog key, for example `"Dense"`.
        name: Name of the Keras layer, unique in the graph, shown and editable.
        params: Parameters that differ from the layer's defaults (plain data).
        position: Centre on the canvas in scene units, `(x, y)`; y grows downwards.
        shared_with: Id of the node whose layer (and weights) this node applies once more,
            or "" for a layer of its own. `layer` and `params` are then those of that node.
        trainable: False when the layer's weights are frozen.
    """

    id: str
    layer: str
    name: str
    params: Mapping[str, Plain] = field(default_factory=dict)
    position: tuple[float, float] = (0.0, 0.0)
    shared_with: str = ""
    trainable: bool = True

    def to_plain(self) -> PlainDict:
        """Return the node as plain data; fields at their defaults are left out."""
        plain: PlainDict = {
            "id": self.id,
            "layer": self.layer,
            "name": self.name,
            "params": dict(self.params),
            "position": list(self.position),
        }
        if self.shared_with:
            plain["shared_with"] = self.shared_with
        if not self.trainable:
            plain["trainable"] = False
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> Node:
        """Read a node written by `to_plain`."""
        x, y = plain.get("position", (0.0, 0.0))
        return cls(
            id=str(plain["id"]),
            layer=str(plain["layer"]),
            name=str(plain["name"]),
            params=dict(plain.get("params", {})),
            position=(float(x), float(y)),
            shared_with=str(plain.get("shared_with", "")),
            trainable=bool(plain.get("trainable", True)),
        )


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """A port of a node."""

    node: str
    port: str


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A tensor that flows from an output port to an input port.

    Attributes:
        source: Output port it comes from.
        target: Input port it goes to.
        index: Place among the edges of a variadic target port, from 0; 0 for ordinary ports.
            Gaps are allowed, order is what counts.
    """

    source: Endpoint
    target: Endpoint
    index: int = 0

    def __hash__(self) -> int:
        """Return a hash at half the cost of the usual one, which calls those of both ends."""
        source, target = self.source, self.target
        return hash((source.node, source.port, target.node, target.port, self.index))

    def to_plain(self) -> PlainDict:
        """Return the edge as plain data."""
        plain: PlainDict = {
            "source": [self.source.node, self.source.port],
            "target": [self.target.node, self.target.port],
        }
        if self.index:
            plain["index"] = self.index
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> Edge:
        """Read an edge written by `to_plain`."""
        source, target = plain["source"], plain["target"]
        return cls(
            Endpoint(str(source[0]), str(source[1])),
            Endpoint(str(target[0]), str(target[1])),
            int(plain.get("index", 0)),
        )
