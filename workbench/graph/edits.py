"""What a person does to a network, as Changes: add, insert, delete, copy, paste.

Every function only reads the graph; the caller applies the change it returns. A gesture of the
window, a command of the palette and a test all use the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workbench.catalog import Catalog, LayerSpec
from workbench.catalog.schema import APPLICATIONS, OPERATIONS
from workbench.errors import GraphError
from workbench.graph.changes import (
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    RemoveNode,
    SetTrainable,
)
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node, new_node_id
from workbench.graph.ports import connect, input_ports, output_ports
from workbench.graph.specs import spec_of, title_of
from workbench.plain import Plain


def name_stem(key: str) -> str:
    """Return the name a layer of this kind starts with: "Conv2D" → "conv2d".

    Follows the names Keras gives by itself, except that an input is called "input".
    """
    if key == INPUT_LAYER:
        return "input"
    key = key.removeprefix(OPERATIONS).removeprefix(APPLICATIONS)
    key = re.sub(r"[^\w]+", "_", key).strip("_") or "layer"
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", key))
    return re.sub(r"_(\d+)_?d", r"\1d", spaced.lower())


def new_node(
    graph: Graph,
    catalog: Catalog,
    key: str,
    position: tuple[float, float],
    params: Mapping[str, Plain] | None = None,
) -> Node:
    """Return a node that is not in the graph yet, with a free name.

    Args:
        graph: The network it will join.
        catalog: Where the layer is described.
        key: Catalog key of the layer.
        position: Centre on the canvas in scene units.
        params: Parameters; those that are missing get the catalog's suggestion, if it has one.

    Raises:
        GraphError: The catalog has no such layer.
    """
    spec = _spec(graph, catalog, key)
    given = dict(params or {})
    filled = {
        p.name: p.suggestion
        for p in spec.params
        if p.suggestion is not None and p.name not in given
    }
    return Node(
        id=new_node_id(),
        layer=key,
        name=graph.free_name(name_stem(title_of(graph, key))),
        params={**filled, **given},
        position=position,
    )


def _spec(graph: Graph, catalog: Catalog, key: str) -> LayerSpec:
    spec = spec_of(graph, catalog, key)
    if spec is None or spec.role != "layer":
        raise GraphError(f"There is no layer called {key}.", remedy="Choose one from the palette.")
    return spec


def add_layer(
    graph: Graph,
    catalog: Catalog,
    key: str,
    position: tuple[float, float],
    params: Mapping[str, Plain] | None = None,
) -> tuple[AddNode, str]:
    """Return the change that adds a layer, and the new node's id; see `new_node`."""
    node = new_node(graph, catalog, key, position, params)
    return AddNode(node), node.id


def add_after(
    graph: Graph,
    catalog: Catalog,
    key: str,
    source: Endpoint,
    position: tuple[float, float],
    params: Mapping[str, Plain] | None = None,
) -> tuple[Batch, str]:
    """Return the change that adds a layer fed by an output port, and the new node's id.

    All its required inputs are fed alike, so that attention starts as self-attention.

    Raises:
        GraphError: The layer has no input, or the catalog has no such layer.
    """
    node = new_node(graph, catalog, key, position, params)
    changes = (AddNode(node), *_feed(graph, catalog, node, source))
    return Batch(changes, f"Add {key}"), node.id


def add_before(
    graph: Graph,
    catalog: Catalog,
    key: str,
    target: Endpoint,
    position: tuple[float, float],
    params: Mapping[str, Plain] | None = None,
) -> tuple[Batch, str]:
    """Return the change that adds a layer feeding an input port, and the new node's id.

    Raises:
        GraphError: The catalog has no such layer.
    """
    node = new_node(graph, catalog, key, position, params)
    source = Endpoint(node.id, _first_output(graph, catalog, node))
    trial = graph.copy()
    trial.apply(AddNode(node))
    joined = connect(trial, catalog, source, target)
    return Batch((AddNode(node), joined), f"Add {key}"), node.id


def insert_on_edge(
    graph: Graph,
    catalog: Catalog,
    key: str,
    edge: Edge,
    position: tuple[float, float] | None = None,
    params: Mapping[str, Plain] | None = None,
) -> tuple[Batch, str]:
    """Return the change that puts a new layer into a connection, and the new node's id.

    Args:
        graph: The network.
        catalog: Where the layer is described.
        key: Catalog key of the layer.
        edge: The connection it is put into.
        position: Centre of the new node; half way when None.
        params: Parameters that differ from the defaults.

    Raises:
        GraphError: The layer has no input (an Input), or there is no such layer.
    """
    (x1, y1), (x2, y2) = (graph.node(e.node).position for e in (edge.source, edge.target))
    node = new_node(graph, catalog, key, position or ((x1 + x2) / 2, (y1 + y2) / 2), params)
    return _insert(graph, catalog, node, edge, [AddNode(node)]), node.id


def insert_existing(graph: Graph, catalog: Catalog, node_id: str, edge: Edge) -> Batch:
    """Return the change that puts an unconnected node that is there into a connection.

    Raises:
        GraphError: The node has no input.
    """
    return _insert(graph, catalog, graph.node(node_id), edge, [])


def _insert(graph: Graph, catalog: Catalog, node: Node, edge: Edge, first: list[Change]) -> Batch:
    exit_ = Endpoint(node.id, _first_output(graph, catalog, node))
    changes = (
        *first,
        Disconnect(edge),
        *_feed(graph, catalog, node, edge.source),
        Connect(Edge(exit_, edge.target, edge.index)),
    )
    return Batch(changes, f"Insert {node.layer}")


def _first_input(graph: Graph, catalog: Catalog, node: Node) -> str:
    ports = input_ports(graph, catalog, node)
    if not ports:
        raise GraphError(f"{node.layer} has no input, so that nothing can lead to it.")
    return ports[0].id


def _feed(graph: Graph, catalog: Catalog, node: Node, source: Endpoint) -> list[Connect]:
    """Lead a source into the first input of a new node and into all others that it needs."""
    first = _first_input(graph, catalog, node)
    ports = [p for p in input_ports(graph, catalog, node) if p.id == first or p.required]
    return [Connect(Edge(source, Endpoint(node.id, port.id))) for port in ports]


def _first_output(graph: Graph, catalog: Catalog, node: Node) -> str:
    ports = output_ports(graph, catalog, node)
    if not ports:
        raise GraphError(f"{node.layer} has no output.")
    return ports[0].id


def share(graph: Graph, node_id: str, position: tuple[float, float]) -> tuple[AddNode, str]:
    """Return the change that applies a layer once more, with the same weights.

    Returns:
        The change and the id of the new node, which is not connected yet.

    Raises:
        GraphError: An input cannot be shared.
    """
    owner = graph.owner(graph.node(node_id))
    if owner.layer == INPUT_LAYER:
        raise GraphError("An input has no weights to share.")
    node = Node(
        id=new_node_id(),
        layer=owner.layer,
        name=graph.free_name(f"{owner.name}_shared"),
        position=position,
        shared_with=owner.id,
        trainable=owner.trainable,
    )
    return AddNode(node), node.id


def freeze(graph: Graph, node_ids: Iterable[str], *, trainable: bool = False) -> Change:
    """Return the change that freezes layers, or lets them be trained again.

    All nodes that apply the same layer change with it: there is one set of weights.

    Args:
        graph: The network.
        node_ids: The nodes.
        trainable: True to train them again.
    """
    family: dict[str, None] = {}
    for node_id in node_ids:
        if node_id in graph:
            owner = graph.owner(graph.node(node_id)).id
            family |= dict.fromkeys((owner, *graph.sharers(owner)))
    changes = tuple(SetTrainable(node_id, trainable) for node_id in family)
    return (
        changes[0] if len(changes) == 1 else Batch(changes, "Unfreeze" if trainable else "Freeze")
    )


def delete(
    graph: Graph, node_ids: Iterable[str], edges: Iterable[Edge] = (), *, bridge: bool = False
) -> Batch:
    """Return the change that deletes nodes and connections.

    Nodes that share a deleted node's layer are deleted with it.

    Args:
        graph: The network.
        node_ids: Nodes to delete, with their edges.
        edges: Further edges to delete.
        bridge: Join what led into a deleted node of one input and one output with what it led
            to (several deleted nodes in a row are bridged together).
    """
    chosen = [node_id for node_id in dict.fromkeys(node_ids) if node_id in graph]
    doomed = _with_sharers(graph, chosen)
    changes: list[Change] = []
    bridges = _bridges(graph, doomed) if bridge else []
    changes += [
        Disconnect(edge)
        for edge in dict.fromkeys(edges)
        if edge in graph.edges and edge.source.node not in doomed and edge.target.node not in doomed
    ]
    changes += [RemoveNode(node_id) for node_id in doomed]
    changes += [Connect(edge) for edge in bridges]
    what = "layer" if len(doomed) == 1 else "layers" if doomed else "connection"
    return Batch(tuple(changes), f"Delete {what}")


def _with_sharers(graph: Graph, chosen: list[str]) -> dict[str, None]:
    """Return nodes behind all that share their layers.

    Those may be shared in turn: a damaged file can say so, and must be put right.
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = chosen[::-1]
    while waiting:
        node_id = waiting[-1]
        if node_id in seen:
            found[waiting.pop()] = None
            continue
        seen.add(node_id)
        waiting += [sharer for sharer in graph.sharers(node_id) if sharer not in seen]
    return found


def _bridges(graph: Graph, doomed: Mapping[str, None]) -> list[Edge]:
    """Return the edges that replace deleted nodes of which one input and one output is used."""
    made = []
    for node_id in doomed:
        for edge in graph.outgoing(node_id):
            if edge.target.node in doomed:
                continue
            source: Endpoint | None = edge.source
            seen: set[str] = set()  # deleted nodes may feed each other in a circle
            while source is not None and source.node in doomed and source.node not in seen:
                seen.add(source.node)
                incoming = graph.incoming(source.node)
                used = {leaving.source.port for leaving in graph.leaving(source.node)}
                source = incoming[0].source if len(incoming) == len(used) == 1 else None
            if source is not None and source.node not in doomed:
                made.append(Edge(source, edge.target, edge.index))
    return made
