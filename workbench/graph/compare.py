"""Compares two networks: what was added, removed, changed and rewired, and blocks likewise.

Which layers are the same ones is found in `workbench.graph.matching`. Everything that differs can
also be had as Changes, and one by one from `workbench.graph.taking_over`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

from workbench.graph.blocks import Block
from workbench.graph.changes import (
    UNSET,
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    MoveNodes,
    RemoveNode,
    RenameNode,
    SetParam,
    SetTrainable,
)
from workbench.graph.matching import Blocks, Check, match, pair_blocks
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.notes import Note
from workbench.graph.record_changes import DropRecord, PutRecord
from workbench.graph.records import Record
from workbench.plain import Plain

Kind = Literal["added", "removed", "changed"]
_PLACES: Final = ("arrangement",)
"""Kinds of records that say how networks are drawn, not what they are."""
MISSING: Final = "—"
"""Shown for a value that is not set."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that differs between two matched layers.

    Attributes:
        name: `"name"`, `"trainable"`, `"shared_with"`, or a parameter.
        before: Its value in the first network; `MISSING` where it is not set.
        after: Its value in the second.
    """

    name: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A block, note or own layer that differs.

    Attributes:
        kind: What happened to it.
        of: Kind of the record.
        id: Its id in the second network; in the first where only that has it.
        name: What it is called.
        inside: How the networks of a block differ.
        old_id: Its id in the first network; "" where only the second has it.
    """

    kind: Kind
    of: str
    id: str
    name: str
    inside: Comparison | None = None
    old_id: str = ""


@dataclass(frozen=True)
class Comparison:
    """How two networks differ.

    Attributes:
        before: The first network.
        after: The second.
        partner: Id in `after` → id of the same layer in `before`.
        fields: Id in `after` → what differs, for matched layers that differ.
        rewired: Ids in `after` of matched layers that other layers lead into now.
        added_edges: Connections of `after` that `before` lacks.
        removed_edges: Connections of `before` that `after` lacks.
        records: Blocks and the like that differ.
        grouped: Id in `before` of a removed layer → id of the block of `after` it is in now.
        ungrouped: Id in `after` of an added layer → id of the block of `before` it came out of.
        blocks: Blocks that are the same in both documents.
    """

    before: Graph
    after: Graph
    partner: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, tuple[FieldChange, ...]] = field(default_factory=dict)
    rewired: tuple[str, ...] = ()
    added_edges: tuple[Edge, ...] = ()
    removed_edges: tuple[Edge, ...] = ()
    records: tuple[RecordChange, ...] = ()
    grouped: Mapping[str, str] = field(default_factory=dict)
    ungrouped: Mapping[str, str] = field(default_factory=dict)
    blocks: Blocks = field(default_factory=Blocks)

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Ids in `after` of layers that `before` lacks."""
        return tuple(node.id for node in self.after if node.id not in self.partner)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """Ids in `before` of layers that `after` lacks."""
        matched = set(self.partner.values())
        return tuple(node.id for node in self.before if node.id not in matched)

    @property
    def same(self) -> bool:
        """Whether nothing differs that makes another network; places do not."""
        return not (
            self.added or self.removed or self.fields or self.added_edges
            or self.removed_edges or self.records
        )  # fmt: skip

    @cached_property
    def followed(self) -> dict[str, str]:
        """Id in `before` → id of the same layer in `after`."""
        return {old: new for new, old in self.partner.items()}


def compare(before: Graph, after: Graph, check: Check = lambda: None) -> Comparison:
    """Compare two networks.

    Args:
        before: The first, taken as the older one.
        after: The second.
        check: Called now and then; what it raises ends the work.
    """
    blocks = pair_blocks(before, after, check)
    found = _compare(before, after, blocks, check)
    records = tuple(_records(before, after, blocks, check))
    return replace(
        found,
        records=records,
        grouped=_taken_into(before, found.removed, after, "added", records),
        ungrouped=_taken_into(after, found.added, before, "removed", records),
    )


def without_names(found: Comparison) -> Comparison:
    """Return a comparison for which it does not count what layers are called."""
    fields = {
        at: kept
        for at, entries in found.fields.items()
        if (kept := tuple(entry for entry in entries if entry.name != "name"))
    }
    records = []
    for entry in found.records:
        inside = without_names(entry.inside) if entry.inside is not None else None
        if entry.inside is None or inside is None or not inside.same or entry.inside.same:
            records.append(replace(entry, inside=inside))
    return replace(found, fields=fields, records=tuple(records))


def _compare(before: Graph, after: Graph, blocks: Blocks, check: Check) -> Comparison:
    partner = match(before, after, blocks, check)
    followed = {old: new for new, old in partner.items()}
    fields = {
        new: found
        for new, old in partner.items()
        if (found := tuple(_fields(before.node(old), after.node(new), followed)))
    }
    check()
    moved = {edge: _moved(before, edge, followed, blocks) for edge in before.edges}
    kept = {there for there in moved.values() if there is not None and there in after.edges}
    added = tuple(edge for edge in after.edges if edge not in kept)
    removed = tuple(edge for edge, there in moved.items() if there not in kept)
    touched = [edge.target.node for edge in added]
    touched += [followed.get(edge.target.node, "") for edge in removed]
    rewired = tuple(at for at in dict.fromkeys(touched) if at in partner)
    return Comparison(before, after, partner, fields, rewired, added, removed, blocks=blocks)


def _moved(before: Graph, edge: Edge, followed: Mapping[str, str], blocks: Blocks) -> Edge | None:
    """Return a connection of the first network as it would be in the second."""
    source, target = followed.get(edge.source.node), followed.get(edge.target.node)
    if source is None or target is None:
        return None
    if blocks.ports:
        out = blocks.port(before.node(edge.source.node).layer, edge.source.port)
        into = blocks.port(before.node(edge.target.node).layer, edge.target.port)
        return Edge(Endpoint(source, out), Endpoint(target, into), edge.index)
    if source == edge.source.node and target == edge.target.node:
        return edge
    return Edge(replace(edge.source, node=source), replace(edge.target, node=target), edge.index)


def _fields(old: Node, new: Node, followed: Mapping[str, str]) -> Iterator[FieldChange]:
    if old is new:
        return
    if old.name != new.name:
        yield FieldChange("name", old.name, new.name)
    for name in dict.fromkeys((*old.params, *new.params)):
        first, second = old.params.get(name, MISSING), new.params.get(name, MISSING)
        if first != second or type(first) is not type(second):
            yield FieldChange(name, first, second)
    if old.trainable != new.trainable:
        yield FieldChange("trainable", old.trainable, new.trainable)
    if followed.get(old.shared_with, "") != new.shared_with:
        yield FieldChange("shared_with", old.shared_with, new.shared_with)


def _records(before: Graph, after: Graph, blocks: Blocks, check: Check) -> Iterator[RecordChange]:
    first = {(record.kind, record.id): record for record in before.records}
    second = {(record.kind, record.id): record for record in after.records}
    partner = {(Block.kind, new): (Block.kind, old) for new, old in blocks.partner.items()}
    for key, new in second.items():
        check()
        old = first.pop(partner.get(key, key), None)
        if old == new or new.kind in _PLACES or _only_moved(old, new):
            continue
        if old is None:
            yield RecordChange("added", new.kind, new.id, _called(new))
            continue
        inside = None
        if isinstance(old, Block) and isinstance(new, Block):
            inside = _compare(old.graph, new.graph, blocks, check)
            if inside.same and _head(old) == _head(new):
                continue  # only places, or the ids of another document
        yield RecordChange("changed", new.kind, new.id, _called(new), inside, old.id)
    for gone in first.values():
        if gone.kind in _PLACES:
            continue
        yield RecordChange("removed", gone.kind, gone.id, _called(gone), None, gone.id)


def _only_moved(old: Record | None, new: Record) -> bool:
    """Tell whether nothing but the place of a note differs."""
    return isinstance(old, Note) and isinstance(new, Note) and replace(old, rect=new.rect) == new


def _head(block: Block) -> tuple[object, ...]:
    return (block.name, block.params, block.help)


def _called(record: Record) -> str:
    words = (
        getattr(record, "name", "") or getattr(record, "text", "") or getattr(record, "code", "")
    )
    return str(words).strip().partition("\n")[0] or record.kind


def _taken_into(
    graph: Graph, node_ids: tuple[str, ...], other: Graph, kind: Kind,
    records: tuple[RecordChange, ...],
) -> dict[str, str]:  # fmt: skip
    """Return which layers that only one network has are in a block that only the other one has."""
    places: dict[tuple[str, str], str] = {}
    for entry in records:
        block = other.records.get(entry.of, entry.id)
        if entry.kind == kind and isinstance(block, Block):
            for node in block.graph:
                places.setdefault((node.layer, node.id), block.id)
                places.setdefault((node.layer, node.name), block.id)
    found = {}
    for node_id in node_ids if places else ():
        node = graph.node(node_id)
        block_id = places.get((node.layer, node.id)) or places.get((node.layer, node.name))
        if block_id is not None:
            found[node_id] = block_id
    return found


def as_change(found: Comparison) -> Batch:
    """Return the change that makes the first network into the second.

    The result equals the second, ids included; only the order of the layers may differ.
    """
    made = [*_record_changes(found), *_node_changes(found)]
    return Batch(tuple(made), "Take over the other network")


def _record_changes(found: Comparison) -> Iterator[Change]:
    """Put what is new before uses of it appear; what is gone is dropped at the end."""
    for record in found.after.records:
        if found.before.records.get(record.kind, record.id) != record:
            yield PutRecord(record)


def _node_changes(found: Comparison) -> Iterator[Change]:
    before, after = found.before, found.after
    remade = _remade(found)
    kept = [at for at in found.partner if at not in remade]
    gone = dict.fromkeys((*found.removed, *(found.partner[at] for at in remade)))
    staying = {
        edge
        for edge in before.edges
        if edge.source.node not in gone and edge.target.node not in gone
    }
    for edge in before.edges:
        if edge in staying and edge not in after.edges:
            yield Disconnect(edge)
    yield from _removals(before, gone)
    for at in kept:
        yield from _settings(found.fields.get(at, ()), at)
    stays = set(kept)
    fresh = [node for node in after if node.id not in stays]
    for node in sorted(fresh, key=lambda node: bool(node.shared_with)):
        yield AddNode(node)
    places = {
        at: after.node(at).position
        for at in kept
        if before.node(at).position != after.node(at).position
    }
    if places:
        yield MoveNodes(places)
    for edge in after.edges:
        if edge not in staying:
            yield Connect(edge)
    for record in before.records:
        if after.records.get(record.kind, record.id) is None:
            yield DropRecord(record.kind, record.id)


def _remade(found: Comparison) -> dict[str, None]:
    """Return the ids in the second network of matched layers that must be made anew.

    Those with another id; those that begin or end to share weights; and those that share the
    weights of a layer that goes.
    """
    changed = [
        new
        for new, old in found.partner.items()
        if new != old
        or found.before.node(old).layer != found.after.node(new).layer
        or any(f.name == "shared_with" for f in found.fields.get(new, ()))
    ]
    gone = {*found.removed, *(found.partner[new] for new in changed)}
    sharers = [
        new for new, old in found.partner.items() if found.before.node(old).shared_with in gone
    ]
    return dict.fromkeys((*changed, *sharers))


def _removals(graph: Graph, gone: Mapping[str, None]) -> Iterator[Change]:
    """Remove those that share weights before those that lend them."""
    for lends in (False, True):
        for node_id in gone:
            if graph.is_shared(node_id) is lends:
                yield RemoveNode(node_id)


def _settings(fields: tuple[FieldChange, ...], at: str) -> Iterator[Change]:
    for entry in fields:
        if entry.name == "name":
            yield RenameNode(at, str(entry.after), checked=False)
        elif entry.name == "trainable":
            yield SetTrainable(at, bool(entry.after))
        else:
            value = UNSET if entry.after is MISSING else entry.after
            yield SetParam(at, entry.name, value)


__all__ = [
    "MISSING", "Comparison", "FieldChange", "RecordChange", "as_change", "compare",
    "without_names",
]  # fmt: skip
