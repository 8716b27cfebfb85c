"""Which ports a node has, which connections are possible, and how one is made."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.errors import GraphError, Place
from workbench.graph.changes import Batch, Change, Connect, Disconnect
from workbench.graph.inference import Inference, describe_shape
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.order import downstream
from workbench.graph.specs import spec_of
from workbench.plain import Plain


def node_params(graph: Graph, node: Node, spec: LayerSpec) -> Mapping[str, Plain]:
    """Return the parameters that differ from the defaults, sharing taken into account.

    A node that shares another's layer has that node's constructor parameters and its own call
    arguments.
    """
    owner = graph.owner(node)
    if owner is node:
        return node.params
    calls = {p.name for p in spec.params if p.call}
    return {
        **{name: value for name, value in owner.params.items() if name not in calls},
        **{name: value for name, value in node.params.items() if name in calls},
    }


def port_exists(port: PortSpec, spec: LayerSpec, params: Mapping[str, Plain]) -> bool:
    """Tell whether a port exists with these parameters; see `PortSpec.when`."""
    return all(_holds(term, spec, params) for term in port.when.split(",")) if port.when else True


def _holds(term: str, spec: LayerSpec, params: Mapping[str, Plain]) -> bool:
    if ">" in term:
        return _pieces(term, spec, params)
    path, _, wanted = term.partition("=")
    name, _, inner = path.partition(".")
    declared = spec.param(name)
    value = params.get(name, declared.default if declared else None)
    if inner:
        settings = value.get("params") if isinstance(value, Mapping) else None
        value = settings.get(inner) if isinstance(settings, Mapping) else None
    elif isinstance(value, Mapping):
        value = value.get("layer", "a formula")
    if not wanted:
        return bool(value)
    return ("null" if value is None else str(value)) in wanted.split("|")


def _pieces(term: str, spec: LayerSpec, params: Mapping[str, Plain]) -> bool:
    """Tell whether a number, or the number of pieces that a list cuts into, is above another."""
    name, _, wanted = term.partition(">")
    declared = spec.param(name)
    value = params.get(name, declared.default if declared else None)
    if isinstance(value, (list, tuple)):
        return len(value) + 1 > int(wanted)
    return isinstance(value, int) and value > int(wanted)


def input_ports(graph: Graph, catalog: Catalog, node: Node) -> tuple[PortSpec, ...]:
    """Return the input ports that a node has with its present parameters."""
    spec = spec_of(graph, catalog, node.layer)
    if spec is None:
        return ()
    params = node_params(graph, node, spec)
    return tuple(port for port in spec.inputs if port_exists(port, spec, params))


def output_ports(graph: Graph, catalog: Catalog, node: Node) -> tuple[PortSpec, ...]:
    """Return the output ports that a node has with its present parameters."""
    spec = spec_of(graph, catalog, node.layer)
    if spec is None:
        return ()
    params = node_params(graph, node, spec)
    return tuple(port for port in spec.outputs if port_exists(port, spec, params))


def why_not(
    graph: Graph,
    catalog: Catalog,
    source: Endpoint,
    target: Endpoint,
    shapes: Inference | None = None,
) -> str | None:
    """Return the reason a connection is impossible, or None when it can be made.

    Args:
        graph: The network.
        catalog: Where the ports are described.
        source: An output port.
        target: An input port; an occupied ordinary port is no reason (its edge is replaced).
        shapes: What is known about the tensors, to refuse those with too few axes.
    """
    if source.node not in graph or target.node not in graph:
        return "One of the layers is not in the network any more."
    if source.node == target.node:
        return "A layer cannot feed itself."
    giver, taker = graph.node(source.node), graph.node(target.node)
    if all(port.id != source.port for port in output_ports(graph, catalog, giver)):
        return f"{giver.name} has no output of this kind."
    port = _port(input_ports(graph, catalog, taker), target.port)
    if port is None:
        return f"{taker.name} has no input of this kind."
    present = graph.incoming(target.node, target.port)
    if not port.variadic and any(edge.source == source for edge in present):
        return "These ports are connected already."
    if port.variadic and port.maximum and len(present) >= port.maximum:
        return f"{taker.name} takes {port.maximum} inputs at most."
    if source.node in downstream(graph, [target.node]):
        return f"This would make a cycle: {giver.name} depends on {taker.name}."
    tensor = shapes.tensor(source.node, source.port) if shapes else None
    if tensor is not None and port.rank > len(tensor.shape):
        return (
            f"{taker.layer} needs {_axes(port.rank)}, but {giver.name} gives "
            f"{describe_shape(tensor)}."
        )
    return None


def _axes(rank: int) -> str:
    names = {3: "steps × features", 4: "height × width × channels"}
    return names.get(rank, "depth × height × width × channels" if rank == 5 else f"{rank - 1} axes")


def _port(ports: tuple[PortSpec, ...], port_id: str) -> PortSpec | None:
    return next((port for port in ports if port.id == port_id), None)


def connect(graph: Graph, catalog: Catalog, source: Endpoint, target: Endpoint) -> Change:
    """Return the change that connects two ports.

    An edge into an ordinary port that is occupied is replaced; a variadic port takes one more.

    Raises:
        GraphError: The connection is impossible; the message is that of `why_not`.
    """
    reason = why_not(graph, catalog, source, target)
    if reason is not None:
        raise GraphError(reason, place=Place("port", target.node, target.port))
    port = _port(input_ports(graph, catalog, graph.node(target.node)), target.port)
    if port is not None and port.variadic:
        return Connect(Edge(source, target, graph.next_index(target)))
    present = graph.incoming(target.node, target.port)
    made = Connect(Edge(source, target))
    if not present:
        return made
    return Batch((*(Disconnect(edge) for edge in present), made), "Connect")


def first_free_input(graph: Graph, catalog: Catalog, node: Node) -> PortSpec | None:
    """Return the port a new connection goes to when the person names none, or None.

    The first required port without an edge, else a variadic one with room, else the first.
    """
    ports = input_ports(graph, catalog, node)
    for port in ports:
        if port.required and not graph.incoming(node.id, port.id):
            return port
    for port in ports:
        room = not port.maximum or len(graph.incoming(node.id, port.id)) < port.maximum
        if port.variadic and room:
            return port
    return ports[0] if ports else None
