"""Writes the layers of one network as lines of Python; subclasses say what stands around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.build.layers import call_arguments
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.catalog.validate import check_params
from workbench.errors import GraphError, Place
from workbench.export.expressions import (
    Atom,
    Call,
    Expression,
    Group,
    Item,
    Text,
    arguments,
    literal,
    quoted,
    written,
)
from workbench.export.layer_calls import call_settings, constructor
from workbench.export.names import VariableNames
from workbench.export.operation_calls import operation_call
from workbench.graph.blocks import REPEAT, is_block
from workbench.graph.expand import is_repeated
from workbench.graph.formulas import resolve
from workbench.graph.index import usable_name
from workbench.graph.model import Graph, Node
from workbench.graph.order import topological_order
from workbench.graph.own_layers import catalog_with_own, class_name, own_keys
from workbench.graph.ports import input_ports, node_params, output_ports
from workbench.graph.specs import spec_of
from workbench.plain import Plain

_INDENT = 4


class Writer:
    """Writes layers and uses of blocks, each after what leads into it.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        functions: Layer key of a block → the function that was written for it.

    Attributes:
        values: Values of the parameters that formulas name, to check layers with.
        named: Keys of the operations that the code gives a name, see `clashing_operations`.
    """

    values: Mapping[str, Plain]
    named: frozenset[str]

    def __init__(self, graph: Graph, catalog: Catalog, functions: Mapping[str, str]) -> None:
        self.values = {}
        self.named = frozenset()
        self._graph, self._functions = graph, functions
        self._catalog = catalog_with_own(graph.records, catalog)
        self._names = VariableNames()
        self._names.reserve(functions.values())
        self._names.reserve(
            class_name(key) for node in graph for key in own_keys(node.layer, node.params)
        )
        self._lines: list[str] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self._tensors: dict[tuple[str, str], str] = {}
        self._layers: dict[str, str] = {}

    def layer_name(self, name: str, copy: str = "") -> Expression:
        """Return how the name of a layer is written.

        Args:
            name: The layer, or the use of a block.
            copy: Variable that holds the number of a copy, which the name ends with.
        """
        return joined_name("", name, copy) if copy else Text(name)

    def _add(self, prefix: str, expression: Expression, indent: int = _INDENT) -> None:
        self._lines += written(prefix, expression, "", indent)

    def _write(self, node: Node) -> None:
        """Write one layer or use, and note where it stands."""
        first = len(self._lines) + 1
        if is_block(node.layer):
            self._use(node)
        else:
            self._apply(node)
        self._spans[node.id] = (first, len(self._lines))

    def _order(self) -> list[str]:
        if not len(self._graph):
            raise GraphError("There are no layers yet.", place=Place("graph"))
        order = topological_order(self._graph)
        if len(order) < len(self._graph):
            raise GraphError("The network has a cycle.", place=Place("graph"))
        taken: set[str] = set()
        for node in self._graph:
            if self._graph.owner(node) is not node:
                continue
            if not usable_name(node.name) or node.name in taken:
                raise GraphError(
                    f"The name {node.name!r} is taken twice or cannot be used.",
                    place=Place("node", node.id),
                )
            taken.add(node.name)
        return order

    # ---- layers ----------------------------------------------------------------------------

    def _apply(self, node: Node) -> None:
        spec = spec_of(self._graph, self._catalog, node.layer)
        if spec is None:
            raise GraphError(
                f"There is no layer called {node.layer}.", place=Place("node", node.id)
            )
        if spec.is_operation:
            self._operation(node, spec)
            return
        owner = self._graph.owner(node)
        call = self._call_group(node, spec)
        if owner.id in self._layers:
            self._assign(node, Call(self._layers[owner.id], (call,)))
            return
        head, settings = constructor(
            self._catalog, spec, owner.params, self.layer_name(owner.name), self.values
        )
        if not self._graph.is_shared(owner.id) and owner.trainable:
            self._assign(node, Call(head, (settings, call)))
            return
        layer = self._names.take(f"{owner.name}_layer", "layer")
        self._layers[owner.id] = layer
        self._add(f"{layer} = ", Call(head, (settings,)))
        self._assign(node, Call(layer, (call,)))
        if not owner.trainable:  # not sooner: the first call makes the layers inside
            self._add("", Atom(f"{layer}.trainable = False"))

    def _operation(self, node: Node, spec: LayerSpec) -> None:
        """Write the call of a function of `keras.ops`."""
        params = node_params(self._graph, node, spec)
        checked = {key: resolve(value, self.values) for key, value in params.items()}
        for reason in check_params(spec, checked, self._catalog).values():
            raise GraphError(f"{node.name}: {reason}", place=Place("node", node.id))
        ports = input_ports(self._graph, self._catalog, node)
        made = operation_call(spec, ports, self._connected(node, ports), params)
        variables = self._variables(node)
        targets = ", ".join(variables)
        self._add(
            f"({targets},) = " if spec.gives_list and len(variables) == 1 else f"{targets} = ", made
        )
        if spec.key in self.named:
            self._name_operation(node, variables[0])

    def _name_operation(self, node: Node, variable: str) -> None:
        """Write the line that names an operation: functions of `keras.ops` take no name."""
        entering = [self._tensors[e.source.node, e.source.port]
                    for e in self._graph.incoming(node.id)]  # fmt: skip
        step = Call("keras.Function", (arguments([
            Group("[", "]", [Item(Atom(v)) for v in dict.fromkeys(entering)]), Atom(variable)
        ]),))  # fmt: skip
        self._lines.append(f"{' ' * _INDENT}# Keras might call it what a layer is called.")
        self._add(f"{step.flat()}.operations[-1].name = ", self.layer_name(node.name))

    def _use(self, node: Node) -> None:
        """Write a use of a block as a call of its function; in a loop where it is repeated."""
        spec = spec_of(self._graph, self._catalog, node.layer)
        if spec is None or node.layer not in self._functions:
            raise GraphError("A block is not there.", place=Place("node", node.id))
        settings: dict[str, Expression] = {
            param.name: literal(node.params[param.name])
            for param in spec.params
            if param.name in node.params
            and param.name != REPEAT
            and node.params[param.name] != param.default
        }
        head = self._functions[node.layer]
        given: list[Expression] = [Atom(self._entering(node, port.id)) for port in spec.inputs]
        if not is_repeated(node):
            name = {"name": self.layer_name(node.name)}
            self._assign(node, Call(head, (arguments(given, {**settings, **name}),)))
            return
        variables = self._variables(node)
        target = ", ".join(variables) + " = "
        self._add(target, Atom(", ".join(expression.flat() for expression in given)))
        copy = self._names.take("copy")
        times = node.params[REPEAT]
        end = str(times + 1) if isinstance(times, int) else f"{literal(times).flat()} + 1"
        self._lines.append(f"    for {copy} in range(1, {end}):")
        name = {"name": self.layer_name(node.name, copy)}
        again = arguments([Atom(variable) for variable in variables], {**settings, **name})
        self._add(target, Call(head, (again,)), 2 * _INDENT)

    def _entering(self, node: Node, port: str) -> str:
        edges = self._graph.incoming(node.id, port)
        tensor = self._tensors.get((edges[0].source.node, edges[0].source.port)) if edges else None
        if tensor is None:
            raise GraphError(
                f"{node.name} has an input that nothing leads to.",
                place=Place("port", node.id, port),
            )
        return tensor

    def _variables(self, node: Node) -> list[str]:
        """Return a variable for each output of a node."""
        ports = output_ports(self._graph, self._catalog, node)
        stem = node.name
        variables = [self._names.take(stem)]
        variables += [self._names.take(f"{stem}_{port.title or port.id}") for port in ports[1:]]
        for port, variable in zip(ports, variables, strict=False):
            self._tensors[node.id, port.id] = variable
        return variables

    def _assign(self, node: Node, made: Call) -> None:
        variables = self._variables(node)
        if len(variables) > 1 and node.layer == "RNN":
            # The states of stacked cells come nested.
            made = Call("keras.tree.flatten", (arguments([made]),))
            variables.append("*_")
        self._add(", ".join(variables) + " = ", made)

    def _connected(self, node: Node, ports: Sequence[PortSpec]) -> dict[str, list[Any]]:
        """Return the variables that lead into each port, in order."""
        connected: dict[str, list[Any]] = {}
        for edge in self._graph.incoming(node.id):
            tensor = self._tensors.get((edge.source.node, edge.source.port))
            if tensor is None:
                raise GraphError(
                    f"A connection into {node.name} starts at an output that does not exist.",
                    place=Place("node", node.id),
                )
            connected.setdefault(edge.target.port, []).append(tensor)
        for port in ports:
            if port.required and len(connected.get(port.id, ())) < (
                port.minimum if port.variadic else 1
            ):
                raise GraphError(
                    f"{node.name} needs a connection at {port.title or port.id}.",
                    place=Place("port", node.id, port.id),
                )
        return connected

    def _call_group(self, node: Node, spec: LayerSpec) -> Group:
        ports = input_ports(self._graph, self._catalog, node)
        connected = self._connected(node, ports)
        params = node_params(self._graph, node, spec)
        positional, keywords = call_arguments(spec, ports, connected, {})
        settings = {name: _tensor(value) for name, value in keywords.items()}
        settings.update(call_settings(spec, params))
        if positional and ports[0].argument == "query":
            return arguments((), {"query": _tensor(positional[0]), **settings})
        return arguments([_tensor(value) for value in positional], settings)


def joined_name(variable: str, name: str, copy: str) -> Expression:
    """Return a name that variables stand before and after: `f"{name}_conv_{copy}"`."""
    before, after = (f"{{{variable}}}_" if variable else ""), (f"_{{{copy}}}" if copy else "")
    if name.isascii() and name.replace("_", "").isalnum():
        return Atom(f'f"{before}{name}{after}"')
    parts = [f"{variable} + " if variable else "", quoted(f"{'_' if variable else ''}{name}")]
    return Atom("".join([*parts, f' + f"{after}"' if copy else ""]))


def _tensor(value: Any) -> Expression:
    """Return variable names as they stand in a call."""
    if isinstance(value, list):
        return Group("[", "]", [Item(_tensor(entry)) for entry in value])
    return Atom("None" if value is None else value)
