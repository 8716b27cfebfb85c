"""Changes: the one way to edit a document.

The window, undo and redo, autosave, crash recovery, paste, scripts and tests all speak Changes.
Each knows how to make itself and returns its inverse; each survives the journal (`to_plain`).
"""

# ruff: noqa: D102 - what label, apply_to and to_plain mean is said once, on Change.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

from workbench.errors import GraphError, Place
from workbench.graph.change_base import READERS, UNSET, Change, Unset
from workbench.graph.index import usable_name
from workbench.graph.model import Edge, Graph, Node
from workbench.plain import Plain, PlainDict

__all__ = [
    "UNSET", "AddNode", "Batch", "Change", "Connect", "Disconnect", "MoveNodes", "RemoveNode",
    "RenameNode", "SetField", "SetParam", "SetTrainable", "Unset", "apply_all",
    "change_from_plain", "graph_part",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddNode(Change):
    """Add a node without edges.

    Attributes:
        node: The node.
        before: Id of the node that it stands before in the node order; "" puts it last.
    """

    node: Node
    before: str = ""
    kind: ClassVar[str] = "add_node"

    @property
    def label(self) -> str:
        return f"Add {self.node.layer}"

    def apply_to(self, graph: Graph) -> Change:
        if self.node.id in graph:
            raise GraphError("This layer is in the network already.", place=_at(self.node.id))
        graph.put_node(self.node, self.before)
        return RemoveNode(self.node.id)

    def to_plain(self) -> PlainDict:
        plain: PlainDict = {"kind": self.kind, "node": self.node.to_plain()}
        if self.before:
            plain["before"] = self.before
        return plain


@dataclass(frozen=True, slots=True)
class RemoveNode(Change):
    """Remove a node together with its edges."""

    node_id: str
    kind: ClassVar[str] = "remove_node"

    @property
    def label(self) -> str:
        return "Delete layer"

    def apply_to(self, graph: Graph) -> Change:
        node = graph.node(self.node_id)
        if any(sharer != self.node_id for sharer in graph.sharers(self.node_id)):
            raise GraphError(
                f"{node.name} lends its weights to another layer.",
                remedy="Delete the layers that share it first.",
                place=_at(self.node_id),
            )
        before = graph.after(self.node_id)
        edges = dict.fromkeys((*graph.incoming(self.node_id), *graph.outgoing(self.node_id)))
        for edge in edges:
            graph.drop_edge(edge)
        graph.drop_node(self.node_id)
        return Batch((AddNode(node, before), *(Connect(edge) for edge in edges)), "Restore layer")

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "node_id": self.node_id}


@dataclass(frozen=True, slots=True)
class Connect(Change):
    """Add an edge between two existing nodes."""

    edge: Edge
    kind: ClassVar[str] = "connect"

    @property
    def label(self) -> str:
        return "Connect"

    def apply_to(self, graph: Graph) -> Change:
        for end in (self.edge.source, self.edge.target):
            graph.node(end.node)
        if self.edge in graph.edges:
            raise GraphError("These ports are connected already.", place=_at(self.edge.target.node))
        if any(
            e.index == self.edge.index
            for e in graph.incoming(self.edge.target.node, self.edge.target.port)
        ):
            raise GraphError(
                "This input has a connection already.",
                remedy="Delete it first.",
                place=_at(self.edge.target.node),
            )
        graph.put_edge(self.edge)
        return Disconnect(self.edge)

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "edge": self.edge.to_plain()}


@dataclass(frozen=True, slots=True)
class Disconnect(Change):
    """Remove an edge."""

    edge: Edge
    kind: ClassVar[str] = "disconnect"

    @property
    def label(self) -> str:
        return "Delete connection"

    def apply_to(self, graph: Graph) -> Change:
        if self.edge not in graph.edges:
            raise GraphError("This connection does not exist.", place=_at(self.edge.target.node))
        graph.drop_edge(self.edge)
        return Connect(self.edge)

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "edge": self.edge.to_plain()}


@dataclass(frozen=True, slots=True)
class SetParam(Change):
    """Set a parameter of a node; `UNSET` puts it back to its default."""

    node_id: str
    name: str
    value: Plain | Unset
    kind: ClassVar[str] = "set_param"

    @property
    def label(self) -> str:
        return f"Change {self.name}"

    def apply_to(self, graph: Graph) -> Change:
        node = graph.node(self.node_id)
        before: Plain | Unset = node.params.get(self.name, UNSET)
        params = dict(node.params)
        if isinstance(self.value, Unset):
            params.pop(self.name, None)
        else:
            params[self.name] = self.value
        graph.put_node(replace(node, params=params))
        return SetParam(self.node_id, self.name, before)

    def to_plain(self) -> PlainDict:
        plain: PlainDict = {"kind": self.kind, "node_id": self.node_id, "name": self.name}
        if not isinstance(self.value, Unset):
            plain["value"] = self.value
        return plain


@dataclass(frozen=True, slots=True)
class SetTrainable(Change):
    """Freeze or unfreeze a node's weights."""

    node_id: str
    trainable: bool
    kind: ClassVar[str] = "set_trainable"

    @property
    def label(self) -> str:
        return "Unfreeze" if self.trainable else "Freeze"

    def apply_to(self, graph: Graph) -> Change:
        node = graph.node(self.node_id)
        graph.put_node(replace(node, trainable=self.trainable))
        return SetTrainable(self.node_id, node.trainable)

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "node_id": self.node_id, "trainable": self.trainable}


@dataclass(frozen=True, slots=True)
class RenameNode(Change):
    """Give a node another name.

    Attributes:
        node_id: The node.
        name: The new name.
        checked: Refuse a name that is taken or unusable; False in inverses, which must restore
            what was there even where a file had brought a bad name.
    """

    node_id: str
    name: str
    checked: bool = True
    kind: ClassVar[str] = "rename_node"

    @property
    def label(self) -> str:
        return "Rename"

    def apply_to(self, graph: Graph) -> Change:
        node = graph.node(self.node_id)
        if not self.checked:
            graph.put_node(replace(node, name=self.name))
            return RenameNode(self.node_id, node.name, checked=False)
        name = self.name.strip()
        if not usable_name(name):
            raise GraphError(
                "This name cannot be used.",
                expected="at least one character and no slash",
                received=repr(self.name),
                place=_at(self.node_id),
            )
        if name != node.name and graph.name_taken(name):
            raise GraphError(
                f"Another layer is called {name}.",
                remedy="Choose a name that is not taken.",
                place=_at(self.node_id),
            )
        graph.put_node(replace(node, name=name))
        return RenameNode(self.node_id, node.name, checked=False)

    def to_plain(self) -> PlainDict:
        plain: PlainDict = {"kind": self.kind, "node_id": self.node_id, "name": self.name}
        return plain if self.checked else {**plain, "checked": False}


@dataclass(frozen=True, slots=True)
class MoveNodes(Change):
    """Move nodes to new positions (node id → centre in scene units)."""

    positions: Mapping[str, tuple[float, float]]
    kind: ClassVar[str] = "move_nodes"

    @property
    def label(self) -> str:
        return "Move"

    def apply_to(self, graph: Graph) -> Change:
        before = {node_id: graph.node(node_id).position for node_id in self.positions}
        for node_id, (x, y) in self.positions.items():
            graph.put_node(replace(graph.node(node_id), position=(float(x), float(y))))
        return MoveNodes(before)

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "positions": {k: list(p) for k, p in self.positions.items()}}


@dataclass(frozen=True, slots=True)
class SetField(Change):
    """Set a value in the data or the recipe document.

    Attributes:
        document: `"data"` or `"recipe"`.
        path: Keys from the document's root, for example `("split", "seed")` or
            `("columns", "age", "role")`; an empty path replaces the whole document.
        value: The new plain value.
        text: What the undo menu calls it; made from the path when empty.
    """

    document: str
    path: tuple[str, ...]
    value: Plain
    text: str = ""
    kind: ClassVar[str] = "set_field"

    @property
    def label(self) -> str:
        return self.text or f"Change {' '.join(self.path).replace('_', ' ') or self.document}"

    def to_plain(self) -> PlainDict:
        return {
            "kind": self.kind,
            "document": self.document,
            "path": list(self.path),
            "value": self.value,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Batch(Change):
    """Several changes that are one step for the person; made whole or not at all."""

    changes: tuple[Change, ...]
    text: str
    kind: ClassVar[str] = "batch"

    @property
    def label(self) -> str:
        return self.text

    def apply_to(self, graph: Graph) -> Change:
        return apply_all(self, graph.apply)

    def to_plain(self) -> PlainDict:
        return {
            "kind": self.kind,
            "text": self.text,
            "changes": [change.to_plain() for change in self.changes],
        }


def apply_all(batch: Batch, apply: Any) -> Batch:
    """Make the changes of a batch in order; on an error undo those made, then raise it.

    Args:
        batch: The batch.
        apply: Function that makes one change and returns its inverse.

    Returns:
        The batch of inverses, last first.
    """
    inverses: list[Change] = []
    try:
        for change in batch.changes:
            inverses.append(apply(change))  # noqa: PERF401 - those made are needed on an error
    except Exception:
        for inverse in reversed(inverses):
            apply(inverse)
        raise
    return Batch(tuple(reversed(inverses)), batch.text)


def graph_part(change: Change) -> Change | None:
    """Return the part of a change that edits the network, or None when nothing does."""
    if isinstance(change, SetField):
        return None
    if not isinstance(change, Batch):
        return change
    parts = [part for inner in change.changes if (part := graph_part(inner)) is not None]
    return Batch(tuple(parts), change.text) if parts else None


def _at(node_id: str) -> Place:
    return Place("node", node_id)


def change_from_plain(plain: Any) -> Change:
    """Read a change written by `to_plain`.

    Raises:
        GraphError: The data does not describe a change.
    """
    try:
        return READERS[plain["kind"]](plain)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise GraphError(
            "A recorded change cannot be read.",
            received=f"{type(error).__name__}: {error}",
        ) from error


def _positions(plain: Any) -> dict[str, tuple[float, float]]:
    return {str(k): (float(p[0]), float(p[1])) for k, p in plain["positions"].items()}


READERS |= {
    AddNode.kind: lambda p: AddNode(Node.from_plain(p["node"]), str(p.get("before", ""))),
    RemoveNode.kind: lambda p: RemoveNode(str(p["node_id"])),
    Connect.kind: lambda p: Connect(Edge.from_plain(p["edge"])),
    Disconnect.kind: lambda p: Disconnect(Edge.from_plain(p["edge"])),
    SetParam.kind: lambda p: SetParam(
        str(p["node_id"]), str(p["name"]), cast(Plain, p["value"]) if "value" in p else UNSET
    ),
    SetTrainable.kind: lambda p: SetTrainable(str(p["node_id"]), bool(p["trainable"])),
    RenameNode.kind: lambda p: RenameNode(
        str(p["node_id"]), str(p["name"]), bool(p.get("checked", True))
    ),
    MoveNodes.kind: lambda p: MoveNodes(_positions(p)),
    SetField.kind: lambda p: SetField(
        str(p["document"]), tuple(map(str, p["path"])), p["value"], str(p.get("text", ""))
    ),
    Batch.kind: lambda p: Batch(
        tuple(change_from_plain(c) for c in p["changes"]), str(p.get("text", ""))
    ),
}
