"""Takes differences over one by one: what the first network has, put into the second.

Every function only reads; the caller applies the change. What has no clear meaning on its own is
refused with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.catalog import Catalog
from workbench.errors import GraphError, Place
from workbench.graph.blocks import Block, block_of, layer_of
from workbench.graph.changes import (
    UNSET,
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    RemoveNode,
    RenameNode,
    SetParam,
    SetTrainable,
)
from workbench.graph.compare import MISSING, Comparison, as_change, compare
from workbench.graph.differences import Difference
from workbench.graph.edits import delete
from workbench.graph.elements import Edge, Endpoint, Node, new_node_id
from workbench.graph.matching import Blocks
from workbench.graph.model import Graph
from workbench.graph.own_layers import OwnLayers
from workbench.graph.ports import input_ports
from workbench.graph.record_changes import DropRecord, InBlock, PutRecord


def take_over(
    found: Comparison,
    row: Difference,
    catalog: Catalog,
    field: str = "",
    place: tuple[float, float] | None = None,
) -> Change:
    """Return the change that takes one difference back to what the first network has.

    Args:
        found: The comparison of two whole documents; the change is for the second.
        row: One of its differences.
        catalog: Where ports are described.
        field: Only this of what differs of a changed layer; all when empty.
        place: Centre of a layer that comes back; where it was when None.

    Raises:
        GraphError: It has no clear meaning on its own; the message says what to do first.
    """
    if row.record:
        return Batch(tuple(_record(found, row)), f"Take over {row.name}")
    inner, root = found, found
    if row.block:
        inner = next(r.inside for r in found.records if r.id == row.block and r.inside is not None)
    if row.mark == "changed":
        made = _settings(inner, row, field)
    elif row.mark == "rewired":
        made = _wires(inner, row, root.blocks)
    elif row.mark == "added":
        made = _without(inner, row.node, root.blocks)
    else:
        made = _back(inner, root, row.old, catalog, place)
    change = Batch(tuple(made), f"Take over {row.name}")
    return InBlock(row.block, change) if row.block else change


def take_over_all(found: Comparison) -> Batch:
    """Return the change that makes the second network into the first."""
    whole = as_change(compare(found.after, found.before))
    return Batch(whole.changes, "Take over the other network")


# ---- settings and connections ----------------------------------------------------------------


def _settings(found: Comparison, row: Difference, field: str) -> Iterator[Change]:
    fields = [f for f in found.fields.get(row.node, ()) if field in ("", f.name)]
    if any(entry.name == "shared_with" for entry in fields):
        yield from _sharing(found, row)
        fields = [entry for entry in fields if entry.name == "name"]
    for entry in fields:
        if entry.name == "name":
            name = str(entry.before)
            if found.after.name_taken(name):
                raise GraphError(
                    f"Another layer of this network is called {name} already.",
                    remedy=f"Take over or rename that layer first, then {row.name}.",
                    place=Place("node", row.node),
                )
            yield RenameNode(row.node, name)
        elif entry.name == "trainable":
            yield SetTrainable(row.node, bool(entry.before))
        else:
            value = UNSET if entry.before is MISSING else entry.before
            yield SetParam(row.node, entry.name, value)


def _sharing(found: Comparison, row: Difference) -> Iterator[Change]:
    """Make a layer anew, with the weights of another one or of its own as in the first network."""
    after, old = found.after, found.before.node(row.old)
    owner = found.followed.get(old.shared_with, "")
    if old.shared_with and not owner:
        lender = found.before.owner(old).name
        raise GraphError(
            f"{row.name} used the weights of {lender}, which is not in this network.",
            remedy=f"Take over {lender} first.",
            place=Place("node", row.node),
        )
    if after.is_shared(row.node):
        borrower = after.node(after.sharers(row.node)[0]).name
        raise GraphError(
            f"{borrower} uses the weights of {row.name}.",
            remedy=f"Take over {borrower} first.",
            place=Place("node", row.node),
        )
    node = after.node(row.node)
    made = replace(node, params=old.params, shared_with=owner, trainable=old.trainable)
    edges = dict.fromkeys((*after.incoming(row.node), *after.outgoing(row.node)))
    yield RemoveNode(row.node)
    yield AddNode(made, after.after(row.node))
    yield from (Connect(edge) for edge in edges)


def _there(found: Comparison, edge: Edge, blocks: Blocks, also: dict[str, str]) -> Edge | None:
    """Return a connection of the first network in the second; None where an end is missing.

    Args:
        found: The comparison.
        edge: The connection.
        blocks: The ports of blocks that are the same.
        also: Further ids of the first network → ids of the second.
    """
    source = also.get(edge.source.node) or found.followed.get(edge.source.node)
    target = also.get(edge.target.node) or found.followed.get(edge.target.node)
    if source is None or target is None:
        return None
    first = found.before
    out = blocks.port(first.node(edge.source.node).layer, edge.source.port)
    into = blocks.port(first.node(edge.target.node).layer, edge.target.port)
    return Edge(Endpoint(source, out), Endpoint(target, into), edge.index)


def _wires(found: Comparison, row: Difference, blocks: Blocks) -> Iterator[Change]:
    wanted: list[Edge] = []
    for edge in found.before.incoming(row.old):
        there = _there(found, edge, blocks, {})
        if there is None:
            missing = found.before.node(edge.source.node).name
            raise GraphError(
                f"{row.name} was fed by {missing}, which is not in this network.",
                remedy=f"Take over {missing} first.",
                place=Place("node", row.node),
            )
        wanted.append(there)
    present = found.after.incoming(row.node)
    yield from (Disconnect(edge) for edge in present if edge not in wanted)
    yield from (Connect(edge) for edge in wanted if edge not in present)


# ---- layers ------------------------------------------------------------------------------------


def _without(found: Comparison, node_id: str, blocks: Blocks) -> Iterator[Change]:
    """Delete a layer, and connect what the first network connects in its place."""
    after = found.after
    removal = delete(after, [node_id])
    gone = {node_id, *after.sharers(node_id)}
    yield from removal.changes
    fed = {edge.target.node for at in gone for edge in after.outgoing(at)} - gone
    taken = {
        (edge.target, edge.index)
        for at in fed
        for edge in after.incoming(at)
        if edge.source.node not in gone
    }
    for edge in found.removed_edges:
        there = _there(found, edge, blocks, {})
        if there is None or {there.source.node, there.target.node} & gone:
            continue
        if there.target.node in fed and (there.target, there.index) not in taken:
            taken.add((there.target, there.index))
            yield Connect(there)


def _back(
    found: Comparison, root: Comparison, old: str, catalog: Catalog,
    place: tuple[float, float] | None,
) -> Iterator[Change]:  # fmt: skip
    """Add a layer of the first network, with the connections whose other ends are there."""
    after, node = found.after, found.before.node(old)
    owner = found.followed.get(node.shared_with, "")
    if node.shared_with and not owner:
        lender = found.before.owner(node).name
        raise GraphError(
            f"{node.name} uses the weights of {lender}, which is not in this network.",
            remedy=f"Take over {lender} first.",
        )
    layer = _layer_there(root, node)
    yield from _needed(root, node.layer, layer)
    made = Node(
        old if old not in after else new_node_id(), layer, after.free_name(node.name),
        node.params, place or node.position, owner, node.trainable,
    )  # fmt: skip
    yield AddNode(made)
    also = {old: made.id}
    near = {
        at for edge in found.before.incoming(old) if (at := found.followed.get(edge.source.node))
    }
    dropped: set[Edge] = set()
    ends: set[tuple[Endpoint, int]] = set()
    edges = dict.fromkeys((*found.before.incoming(old), *found.before.outgoing(old)))
    for edge in edges:
        there = _there(found, edge, root.blocks, also)
        if there is None:
            continue
        rival = _rival(after, there)
        if rival is not None and rival not in dropped:
            if rival.source.node in near or not _variadic(after, catalog, there.target):
                dropped.add(rival)
                yield Disconnect(rival)
            else:
                there = replace(there, index=after.next_index(there.target))
        if (there.target, there.index) not in ends:
            ends.add((there.target, there.index))
            yield Connect(there)


def _rival(graph: Graph, wanted: Edge) -> Edge | None:
    """Return the connection that stands where another is wanted."""
    if wanted.target.node not in graph:
        return None
    there = graph.incoming(wanted.target.node, wanted.target.port)
    return next((edge for edge in there if edge.index == wanted.index), None)


def _variadic(graph: Graph, catalog: Catalog, end: Endpoint) -> bool:
    ports = input_ports(graph, catalog, graph.node(end.node))
    return any(port.id == end.port and port.variadic for port in ports)


def _layer_there(root: Comparison, node: Node) -> str:
    """Return the key of a layer of the first document in the second."""
    block = block_of(root.before.records, node.layer)
    if block is None:
        return node.layer
    same = {old: new for new, old in root.blocks.partner.items()}
    return layer_of(same.get(block.id, block.id))


def _needed(root: Comparison, layer: str, there: str) -> Iterator[Change]:
    """Bring the definitions that a layer needs and that the second document lacks."""
    first, second = root.before.records, root.after.records
    for record in first.of(OwnLayers.kind).values():
        if isinstance(record, OwnLayers) and any(spec.key == layer for spec in record.specs):
            if second.get(OwnLayers.kind, record.id) is None:
                yield PutRecord(record)
            return
    block = block_of(first, layer)
    if block is None or block_of(second, there) is not None:
        return
    for node in block.graph:
        yield from _needed(root, node.layer, node.layer)
    yield PutRecord(block)


# ---- records -----------------------------------------------------------------------------------


def _record(found: Comparison, row: Difference) -> Iterator[Change]:
    old = found.before.records.get(row.record, row.old)
    new = found.after.records.get(row.record, row.node)
    if old is None:
        users = _users(found.after, row)
        if users:
            raise GraphError(
                f"{row.name} is used by {users[0]}.",
                remedy="Take over the layers that use it first.",
            )
        yield DropRecord(row.record, row.node)
    elif isinstance(old, Block) and isinstance(new, Block):
        yield PutRecord(replace(new, name=old.name, params=old.params, help=old.help))
    else:
        yield PutRecord(old)


def _users(graph: Graph, row: Difference) -> list[str]:
    record = graph.records.get(row.record, row.node)
    if isinstance(record, Block):
        keys = {layer_of(record.id)}
    elif isinstance(record, OwnLayers):
        keys = {spec.key for spec in record.specs}
    else:
        return []
    inner = [b.graph for b in graph.records.of(Block.kind).values() if isinstance(b, Block)]
    return [node.name for network in (graph, *inner) for node in network if node.layer in keys]


__all__ = ["take_over", "take_over_all"]
