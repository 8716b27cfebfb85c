"""Checks of single nodes: known layer, legal parameters, usable name, connected ports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.catalog.validate import check_params
from workbench.errors import Place
from workbench.graph.changes import UNSET, RemoveNode, RenameNode, SetParam
from workbench.graph.edits import delete, name_stem
from workbench.graph.formulas import as_read, has_formula
from workbench.graph.index import usable_name
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.own_layers import catalog_with_own
from workbench.graph.ports import connect, node_params, port_exists, why_not
from workbench.graph.problems import Fix, Problem
from workbench.graph.specs import spec_of
from workbench.wording import plural

_MOST_CONNECT_FIXES = 20


class NodeChecks:
    """Checks nodes one by one and remembers what it found, as long as a node stays the same.

    Args:
        catalog: Where the layers are described.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._seen: dict[str, tuple[Node, Node, tuple[Problem, ...]]] = {}
        self._ports: dict[str, _Ports | None] = {}

    def check(self, graph: Graph) -> list[Problem]:
        """Return the problems of all nodes apart from their connections, in node order."""
        found: list[Problem] = []
        seen: dict[str, tuple[Node, Node, tuple[Problem, ...]]] = {}
        for node in graph:
            owner = graph.owner(node)
            known = self._seen.get(node.id)
            if known is None or known[0] is not node or known[1] is not owner:
                known = (node, owner, tuple(_own_problems(graph, self._catalog, node)))
            seen[node.id] = known
            found += known[2]
        self._seen = seen
        return [*found, *_name_problems(graph)] if graph.has_name_faults else found

    def connections(self, graph: Graph, skip: Mapping[str, object]) -> list[Problem]:
        """Return the problems of edges and ports.

        Args:
            graph: The network.
            skip: Ids of nodes whose missing connections another problem tells already.
        """
        found: list[Problem] = []
        unconnected = 0
        for node_id in graph.memo(f"worth a look {id(self._catalog)}", self._worth_a_look):
            node = graph.nodes[node_id]
            ports = self._ports_of(graph, node.layer)
            if ports is None:
                continue
            counts = _edges_per_port(graph, node_id)
            if ports.conditional or not ports.fits(counts, graph.leaving(node.id)):
                found += _stray_edges(graph, ports.spec, node)
            if node.id in skip or ports.filled(counts):
                continue
            present = _present(graph, node, ports)
            for problem in _port_problems(node, present, counts):
                offer = problem.code == "unconnected_port" and unconnected < _MOST_CONNECT_FIXES
                unconnected += offer
                found.append(_with_connect_fix(graph, self._catalog, problem) if offer else problem)
        return found

    def _worth_a_look(self, graph: Graph) -> list[str]:
        """Return the nodes whose ports are not plainly in order, whatever their parameters."""
        return [node.id for node in graph if not self._plainly_in_order(graph, node)]

    def _plainly_in_order(self, graph: Graph, node: Node) -> bool:
        ports = self._ports_of(graph, node.layer)
        if ports is None or ports.conditional:
            return ports is None
        counts = _edges_per_port(graph, node.id)
        return ports.filled(counts) and ports.fits(counts, graph.leaving(node.id))

    def _ports_of(self, graph: Graph, key: str) -> _Ports | None:
        if key not in self._catalog:  # a layer of the document, whose ports may change
            spec = spec_of(graph, self._catalog, key)
            return _Ports.of(spec) if spec else None
        if key not in self._ports:
            spec = self._catalog.get(key)
            self._ports[key] = _Ports.of(spec) if spec else None
        return self._ports[key]


def _edges_per_port(graph: Graph, node_id: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for edge in graph.entering(node_id):
        counts[edge.target.port] = counts.get(edge.target.port, 0) + 1
    return counts


@dataclass(frozen=True)
class _Ports:
    """What a layer's ports ask for, in a form that is quick to compare with.

    Attributes:
        spec: The layer.
        conditional: Some ports exist with some parameters only.
        inputs: Ids of the input ports.
        outputs: Ids of the output ports.
        simple: The only required port where nothing else needs counting, else "".
    """

    spec: LayerSpec
    conditional: bool
    inputs: frozenset[str]
    outputs: frozenset[str]
    simple: str

    @classmethod
    def of(cls, spec: LayerSpec) -> _Ports:
        required = [port for port in spec.inputs if port.required]
        plain = len(required) == 1 and not any(
            port.variadic or port.argument == "initial_state" for port in spec.inputs
        )
        return cls(
            spec,
            any(port.when for port in (*spec.inputs, *spec.outputs)),
            frozenset(port.id for port in spec.inputs),
            frozenset(port.id for port in spec.outputs),
            required[0].id if plain else "",
        )

    def fits(self, counts: Mapping[str, int], leaving: Iterable[Edge]) -> bool:
        return self.inputs.issuperset(counts) and all(
            edge.source.port in self.outputs for edge in leaving
        )

    def filled(self, counts: Mapping[str, int]) -> bool:
        return not self.inputs or (self.simple in counts and max(counts.values()) == 1)


def _own_problems(graph: Graph, catalog: Catalog, node: Node) -> list[Problem]:
    spec = spec_of(graph, catalog, node.layer)
    place = Place("node", node.id)
    if spec is None or spec.role != "layer":
        return [
            Problem(
                "unknown_layer",
                "error",
                f"{node.name}: this program knows no layer called {node.layer}.",
                place,
                (Fix(f"Delete {node.name}", delete(graph, [node.id], bridge=True)),),
            )
        ]
    if node.shared_with:
        owner = graph.owner(node)
        if owner is node or owner.layer != node.layer or owner.shared_with:
            return [
                Problem(
                    "missing_owner",
                    "error",
                    f"{node.name} shares a layer that is not there.",
                    place,
                    (Fix(f"Delete {node.name}", RemoveNode(node.id)),),
                )
            ]
    return [
        _param_problem(node, spec, name, reason)
        for name, reason in check_params(
            spec, node_params(graph, node, spec), catalog_with_own(graph.records, catalog)
        ).items()
        if not node.shared_with or _is_call(spec, name)
    ]


def _is_call(spec: LayerSpec, name: str) -> bool:
    param = spec.param(name)
    return param is not None and param.call


def _param_problem(node: Node, spec: LayerSpec, name: str, reason: str) -> Problem:
    param = spec.param(name)
    fixes: tuple[Fix, ...] = ()
    if param is None:
        fixes = (Fix(f"Remove {name}", SetParam(node.id, name, UNSET)),)
    elif not param.required:
        fixes = (Fix(f"Use the default for {name}", SetParam(node.id, name, UNSET)),)
    elif param.suggestion is not None:
        shown = param.suggestion if isinstance(param.suggestion, (int, float, str)) else ""
        label = f"Set {name} to {shown}" if shown != "" else f"Use the usual {name}"
        fixes = (Fix(label, SetParam(node.id, name, param.suggestion)),)
    value = node.params.get(name)
    if has_formula(value):
        reason = (
            f"{name} follows a parameter of a block ({as_read(value)}), and this layer stands in "
            "none; give it a value."
        )
    missing = param is not None and param.required and name not in node.params
    return Problem(
        "unknown_param" if param is None else "missing_param" if missing else "bad_param",
        "error",
        f"{node.name}: {reason}",
        Place("param", node.id, name),
        fixes,
    )


def _name_problems(graph: Graph) -> list[Problem]:
    found = []
    taken: set[str] = set()
    for node in graph:
        bad = not usable_name(node.name)
        if bad or node.name in taken:
            free = graph.free_name(name_stem(node.layer) if bad else node.name)
            text = (
                f"{node.name!r} cannot be the name of a layer: it is empty or has a slash."
                if bad
                else f"Two layers are called {node.name}."
            )
            fix = Fix(f"Rename to {free}", RenameNode(node.id, free))
            code = "bad_name" if bad else "duplicate_name"
            found.append(Problem(code, "error", text, Place("node", node.id), (fix,)))
        taken.add(node.name)
    return found


def _present(graph: Graph, node: Node, ports: _Ports) -> list[PortSpec]:
    """Return the input ports that the node has with its present parameters."""
    if not ports.conditional:
        return list(ports.spec.inputs)
    params = node_params(graph, node, ports.spec)
    return [port for port in ports.spec.inputs if port_exists(port, ports.spec, params)]


def _port_problems(node: Node, ports: list[PortSpec], counts: Mapping[str, int]) -> list[Problem]:
    only = sum(port.required for port in ports) == 1
    found = [
        problem
        for port in ports
        if (problem := _port_problem(node, port, counts.get(port.id, 0), only)) is not None
    ]
    return [*found, *_incomplete_lists(node, ports, counts)]


def _port_problem(node: Node, port: PortSpec, edges: int, only: bool) -> Problem | None:
    place = Place("port", node.id, port.id)
    if port.required and not edges:
        text = (
            f"Nothing leads into {node.name}."
            if only
            else f"Nothing leads into the {port.title.lower() or port.id} of {node.name}."
        )
        return Problem("unconnected_port", "error", text, place)
    if port.variadic and edges and edges < port.minimum:
        text = f"{node.name} joins {port.minimum} inputs at least; it has {edges}."
        return Problem("too_few_inputs", "error", text, place)
    most = port.maximum if port.variadic else 1
    if most and edges > most:
        text = f"{node.name} takes {plural(most, 'connection')} here; it has {edges}."
        return Problem("too_many_inputs", "error", text, place)
    return None


def _incomplete_lists(
    node: Node, present: list[PortSpec], counts: Mapping[str, int]
) -> list[Problem]:
    """Find lists of initial states of which only a part is connected."""
    groups: dict[str, list[PortSpec]] = {}
    for port in present:
        if port.argument == "initial_state" and not port.variadic:
            groups.setdefault(port.argument, []).append(port)
    found = []
    for ports in groups.values():
        open_ports = [port for port in ports if not counts.get(port.id)]
        if open_ports and len(open_ports) < len(ports):
            port = open_ports[0]
            text = f"{node.name} needs its {port.title.lower()} too, or no initial state at all."
            found.append(
                Problem("incomplete_state", "error", text, Place("port", node.id, port.id))
            )
    return found


def _stray_edges(graph: Graph, spec: LayerSpec, node: Node) -> list[Problem]:
    """Find edges at ports that the node does not have (any more)."""
    params = node_params(graph, node, spec)
    inputs = {p.id for p in spec.inputs if port_exists(p, spec, params)}
    outputs = {p.id for p in spec.outputs if port_exists(p, spec, params)}
    wrong = [e for e in graph.incoming(node.id) if e.target.port not in inputs]
    wrong += [e for e in graph.outgoing(node.id) if e.source.port not in outputs]
    if not wrong:
        return []
    fix = Fix("Delete the connection", delete(graph, [], wrong))
    port = wrong[0].target.port if wrong[0].target.node == node.id else wrong[0].source.port
    return [
        Problem(
            "missing_port",
            "error",
            f"A connection ends at {port.replace('_', ' ')} of {node.name}, which is not there "
            "with its present settings.",
            Place("port", node.id, port),
            (fix,),
        )
    ]


def _with_connect_fix(graph: Graph, catalog: Catalog, problem: Problem) -> Problem:
    """Offer what feeds another port of the node, else the nearest layer that leads nowhere."""
    target = Endpoint(problem.place.id, problem.place.part)
    beside = graph.incoming(target.node)
    source = beside[0].source if beside else target
    if beside and why_not(graph, catalog, source, target) is None:
        fix = Fix(
            f"Connect {graph.node(source.node).name}", connect(graph, catalog, source, target)
        )
        return replace(problem, fixes=(fix,))
    x, y = graph.node(target.node).position
    ends = [node for node in graph if not graph.feeds(node.id) and node.id != target.node]
    ends.sort(key=lambda n: (n.position[1] > y, abs(n.position[1] - y) + abs(n.position[0] - x)))
    for node in ends[:5]:
        spec = spec_of(graph, catalog, node.layer)
        if spec is None or not spec.outputs or not _fed(graph, node):
            continue
        source = Endpoint(node.id, spec.outputs[0].id)
        if why_not(graph, catalog, source, target) is None:
            fix = Fix(f"Connect {node.name}", connect(graph, catalog, source, target))
            return Problem(problem.code, problem.severity, problem.message, problem.place, (fix,))
    return problem


def _fed(graph: Graph, node: Node) -> bool:
    return node.layer == "InputLayer" or bool(graph.incoming(node.id))
