"""The network of a graph as a Python function, `build_model()`, that a person can read and run.

It makes the same layers in the same order as `workbench.build.model.build_model`, so that both
have the same weights in the same places. Needs no Keras: the window writes it while one draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.build.layers import call_arguments
from workbench.catalog import Catalog, LayerSpec
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
from workbench.graph.check_target import source_of
from workbench.graph.index import usable_name
from workbench.graph.model import INPUT_LAYER, Graph, Node
from workbench.graph.order import output_nodes, topological_order
from workbench.graph.ports import input_ports, node_params, output_ports

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_INDENT = 4
_DEEP = 100
"""Networks of more layers may be deeper than Python's usual limit of nested calls."""


@dataclass(frozen=True, slots=True)
class Code:
    """Python code, and where in it each node of the graph stands.

    Attributes:
        text: The code, ending with a line break.
        lines: Node id → first and last line, counted from 1.
    """

    text: str
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def model_code(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None = None,
    *,
    title: str = "A Keras network, written by Keras Workbench.",
    model_name: str = "network",
) -> Code:
    """Return a module with the function `build_model()`.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers, for inputs that take their shape from it.
        title: First line of the module's docstring; written by the program, not by a document.
        model_name: Name of the Keras model.

    Returns:
        The code; equal graphs give equal code. Lines have at most 88 columns, apart from names
        that are longer themselves.

    Raises:
        GraphError: The network is not whole: there is a cycle, something is not connected, a
            parameter is not legal, or a shape is not known.
    """
    body, lines = function_code(graph, catalog, signature, model_name=model_name)
    head = [f'"""{title}"""', "", *_imports(graph)]
    head += ["", ""]
    moved = {key: (first + len(head), last + len(head)) for key, (first, last) in lines.items()}
    return Code("\n".join([*head, *body]) + "\n", moved)


def _imports(graph: Graph) -> list[str]:
    head = ["import sys", ""] if len(graph) > _DEEP else []
    head.append("import keras")
    if any(node.layer != INPUT_LAYER for node in graph):
        head.append("from keras import layers")
    return head


def function_code(
    graph: Graph, catalog: Catalog, signature: DataSignature | None, *, model_name: str = "network"
) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """Return the lines of the function alone, and the lines of each node, counted from 1.

    Raises:
        GraphError: See `model_code`.
    """
    return _Writer(graph, catalog, signature).function(model_name)


class _Writer:
    """Writes one function."""

    def __init__(self, graph: Graph, catalog: Catalog, signature: DataSignature | None) -> None:
        self._graph, self._catalog, self._signature = graph, catalog, signature
        self._names = VariableNames()
        self._lines: list[str] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self._tensors: dict[tuple[str, str], str] = {}
        self._layers: dict[str, str] = {}
        self._inputs: dict[str, str] = {}

    def function(self, model_name: str) -> tuple[list[str], dict[str, tuple[int, int]]]:
        """Return all lines and the lines of each node."""
        order = self._order()
        outputs = output_nodes(self._graph)
        self._lines += ["def build_model():", '    """Return the network with fresh weights."""']
        if len(self._graph) > _DEEP:
            self._lines.append("    # Keras walks back through the layers, call by call.")
            self._add("", Atom(f"sys.setrecursionlimit({1000 + 8 * len(self._graph)})"))
        for node_id in order:
            node = self._graph.node(node_id)
            first = len(self._lines) + 1
            if node.layer == INPUT_LAYER:
                self._input(node)
            else:
                self._apply(node)
            self._spans[node_id] = (first, len(self._lines))
        self._add("return ", self._model(outputs, model_name))
        return self._lines, self._spans

    def _add(self, prefix: str, expression: Expression) -> None:
        self._lines += written(prefix, expression, "", _INDENT)

    def _order(self) -> list[str]:
        if not len(self._graph):
            raise GraphError("There are no layers yet.", place=Place("graph"))
        order = topological_order(self._graph)
        if len(order) < len(self._graph):
            raise GraphError("The network has a cycle.", place=Place("graph"))
        if not output_nodes(self._graph):
            raise GraphError("The network has no input.", place=Place("graph"))
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

    # ---- inputs ----------------------------------------------------------------------------

    def _input(self, node: Node) -> None:
        source = source_of(node)
        if source in self._inputs:
            raise GraphError(f"Two inputs read {source}.", place=Place("node", node.id))
        offered = self._signature.input(source) if self._signature else None
        shape: Any = node.params.get("shape")
        if shape is None and offered is not None:
            shape = list(offered.shape)
        dtype = node.params.get("dtype") or (offered.dtype if offered else None) or "float32"
        if not _is_shape(shape) or not isinstance(dtype, str):
            raise GraphError(
                f"The shape of {node.name} is not known.",
                remedy="Give the input a shape, or choose data.",
                place=Place("node", node.id),
            )
        settings: dict[str, Expression] = {"shape": literal(shape, tuples=True)}
        if dtype != "float32":
            settings["dtype"] = Text(dtype)
        settings["name"] = Text(self._input_name(node, source))
        variable = self._names.take(node.name, "inputs")
        self._add(f"{variable} = ", Call("keras.Input", (arguments((), settings),)))
        self._inputs[source] = self._tensors[node.id, "output"] = variable

    def _input_name(self, node: Node, source: str) -> str:
        """Return the source as name where several inputs are told apart by it, if it is free."""
        several = sum(other.layer == INPUT_LAYER for other in self._graph) > 1
        taken = any(other.name == source for other in self._graph if other is not node)
        return source if several and usable_name(source) and not taken else node.name

    # ---- layers ----------------------------------------------------------------------------

    def _apply(self, node: Node) -> None:
        spec = self._catalog.get(node.layer)
        if spec is None:
            raise GraphError(
                f"There is no layer called {node.layer}.", place=Place("node", node.id)
            )
        owner = self._graph.owner(node)
        call = self._call_group(node, spec)
        if owner.id in self._layers:
            made = Call(self._layers[owner.id], (call,))
        else:
            head, settings = constructor(self._catalog, spec, owner.params, owner.name)
            if self._graph.is_shared(owner.id) or not owner.trainable:
                layer = self._names.take(f"{owner.name}_layer", "layer")
                self._layers[owner.id] = layer
                self._add(f"{layer} = ", Call(head, (settings,)))
                if not owner.trainable:
                    self._add("", Atom(f"{layer}.trainable = False"))
                made = Call(layer, (call,))
            else:
                made = Call(head, (settings, call))
        self._assign(node, made)

    def _assign(self, node: Node, made: Call) -> None:
        ports = output_ports(self._graph, self._catalog, node)
        stem = node.name
        variables = [self._names.take(stem)]
        variables += [self._names.take(f"{stem}_{port.id}") for port in ports[1:]]
        for port, variable in zip(ports, variables, strict=True):
            self._tensors[node.id, port.id] = variable
        if len(variables) > 1 and node.layer == "RNN":
            # The states of stacked cells come nested.
            made = Call("keras.tree.flatten", (arguments([made]),))
            variables.append("*_")
        self._add(", ".join(variables) + " = ", made)

    def _call_group(self, node: Node, spec: LayerSpec) -> Group:
        ports = input_ports(self._graph, self._catalog, node)
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
        params = node_params(self._graph, node, spec)
        positional, keywords = call_arguments(spec, ports, connected, {})
        settings = {name: _tensor(value) for name, value in keywords.items()}
        settings.update(call_settings(spec, params))
        if positional and ports[0].argument == "query":
            return arguments((), {"query": _tensor(positional[0]), **settings})
        return arguments([_tensor(value) for value in positional], settings)

    # ---- model -----------------------------------------------------------------------------

    def _model(self, outputs: list[str], name: str) -> Expression:
        results: list[Expression] = []
        for node_id in outputs:
            port = output_ports(self._graph, self._catalog, self._graph.node(node_id))[0]
            results.append(Atom(self._tensors[node_id, port.id]))
        inputs: Expression = Atom(next(iter(self._inputs.values())))
        if len(self._inputs) > 1:
            entries = [Item(Atom(v), quoted(source) + ": ") for source, v in self._inputs.items()]
            inputs = Group("{", "}", entries)
        several = Group("[", "]", [Item(result) for result in results])
        return Call(
            "keras.Model",
            (
                arguments(
                    (),
                    {
                        "inputs": inputs,
                        "outputs": several if len(results) > 1 else results[0],
                        "name": Text(name),
                    },
                ),
            ),
        )


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list | tuple) and all(
        entry is None or (isinstance(entry, int) and not isinstance(entry, bool)) for entry in shape
    )


def _tensor(value: Any) -> Expression:
    """Return variable names as they stand in a call."""
    if isinstance(value, list):
        return Group("[", "]", [Item(_tensor(entry)) for entry in value])
    return Atom("None" if value is None else value)
