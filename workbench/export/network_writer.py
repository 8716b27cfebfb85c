"""The function `build_model()` of a whole network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from workbench.catalog import Catalog
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
)
from workbench.export.writer import Writer
from workbench.graph.check_target import source_of
from workbench.graph.expand import Expanded
from workbench.graph.index import usable_name
from workbench.graph.model import INPUT_LAYER, Endpoint, Graph, Node
from workbench.graph.order import output_nodes
from workbench.graph.ports import output_ports

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

DEEP: Final = 100
"""Networks of more layers may be deeper than Python's usual limit of nested calls."""


class NetworkWriter(Writer):
    """Writes `build_model()`.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers.
        functions: Layer key of a block → the function that was written for it.
    """

    def __init__(
        self,
        graph: Graph,
        catalog: Catalog,
        signature: DataSignature | None,
        functions: Mapping[str, str],
    ) -> None:
        super().__init__(graph, catalog, functions)
        self._signature = signature
        self._inputs: dict[str, str] = {}

    def function(
        self, model_name: str, expanded: Expanded
    ) -> tuple[list[str], dict[str, tuple[int, int]]]:
        """Return all lines and the lines of each node.

        Args:
            model_name: Name of the Keras model.
            expanded: What the network becomes without its blocks.
        """
        order = self._order()
        layers = len(expanded.graph)
        outputs = output_ends(self._graph, self._catalog, expanded)
        if not outputs:
            raise GraphError("The network has no input.", place=Place("graph"))
        self._lines += ["def build_model():", '    """Return the network with fresh weights."""']
        if layers > DEEP:
            self._lines.append("    # Keras walks back through the layers, call by call.")
            self._add("", Atom(f"sys.setrecursionlimit({1000 + 8 * layers})"))
        for node_id in order:
            node = self._graph.node(node_id)
            if node.layer != INPUT_LAYER:
                self._write(node)
                continue
            first = len(self._lines) + 1
            self._input(node)
            self._spans[node_id] = (first, len(self._lines))
        self._add("return ", self._model(outputs, model_name))
        return self._lines, self._spans

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

    # ---- model -----------------------------------------------------------------------------

    def _model(self, outputs: list[Endpoint], name: str) -> Expression:
        results: list[Expression] = [Atom(self._tensors[end.node, end.port]) for end in outputs]
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


def output_ends(graph: Graph, catalog: Catalog, expanded: Expanded) -> list[Endpoint]:
    """Return the ports that the outputs of a network come from, in the order of the model's.

    Outputs that lie inside a block and lead to none of its ports are left out.
    """
    ends: list[Endpoint] = []
    for at in output_nodes(expanded.graph):
        if at in graph:
            ports = output_ports(graph, catalog, graph.node(at))
            ends.append(Endpoint(at, ports[0].id if ports else "output"))
            continue
        use = at.partition("/")[0].partition("#")[0]
        if use not in graph or use not in expanded.scopes:
            continue
        for port in expanded.scopes[use].exits:
            source = expanded.source(use, port)
            if source is not None and source.node == at:
                ends.append(Endpoint(use, port))
                break
    return ends


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list | tuple) and all(
        entry is None or (isinstance(entry, int) and not isinstance(entry, bool)) for entry in shape
    )
