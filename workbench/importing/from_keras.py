"""A Keras model as a graph: layers, operations, shared layers, models inside models as blocks."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workbench.catalog import Catalog, LayerSpec
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.schema import APPLICATIONS
from workbench.errors import GraphError
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of, new_block_id
from workbench.graph.layout import layout
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node, new_node_id
from workbench.graph.ports import input_ports, output_ports
from workbench.importing.layer_params import layer_after, layer_params
from workbench.importing.operations import (
    operation_arguments,
    operation_params,
    operation_spec,
)
from workbench.importing.unbuilt import is_unbuilt_row, row
from workbench.plain import Plain

_IGNORED: Final = frozenset({"training", "mask"})


@dataclass
class Imported:
    """A graph made of a Keras model.

    Attributes:
        graph: The graph, arranged.
        layers: Id of a node in the expanded graph (`use/node`) → the Keras layer it came from.
        lost: What could not be taken over, a sentence each.
        inside: Python's id of a model inside → what the ids of its layers begin with where it
            was met first.
    """

    graph: Graph
    layers: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    inside: dict[int, str] = field(default_factory=dict)


def graph_from_model(model: Any, catalog: Catalog) -> Imported:
    """Return a Keras model as a graph.

    Models inside the model become blocks; a layer or model that is applied several times shares
    its weights. A layer that the catalog does not know stands in the graph by its class name,
    where the checks name it as a problem.

    Args:
        model: A built Functional or Sequential model.
        catalog: The layers that can stand in a graph.

    Raises:
        GraphError: The model has no graph of layers: it is a class of its own, or not built.
    """
    if is_unbuilt_row(model):
        alone, layers, lost = row(model, catalog)
        alone.apply(layout(alone))
        return Imported(alone, layers, lost)
    graph = Graph()
    imported = Imported(graph)
    _Import(catalog, imported, graph, functional(model), "").run()
    graph.apply(layout(graph))
    for block in list(graph.records.of(Block.kind).values()):
        if isinstance(block, Block):
            block.graph.apply(layout(block.graph))
    return imported


def functional(model: Any) -> Any:
    """Return the Functional model that a model is.

    Raises:
        GraphError: It has no graph of layers.
    """
    from keras.src.models.functional import Functional

    if isinstance(model, Functional):
        return model
    inner = getattr(model, "_functional", None)
    if isinstance(inner, Functional):
        return inner
    raise GraphError(
        f"{type(model).__name__} has no graph of layers that could be drawn.",
        expected="a Functional model, or a Sequential one that knows its input",
        remedy="Give a Sequential model an Input; rewrite a subclassed model as a Functional one.",
    )


class _Import:
    """Reads one model into one graph."""

    def __init__(
        self, catalog: Catalog, imported: Imported, graph: Graph, model: Any, prefix: str,
        shared: dict[int, Block] | None = None, homes: dict[int, str] | None = None,
    ) -> None:  # fmt: skip
        self._catalog, self._imported, self._graph = catalog, imported, graph
        self._model, self._prefix = model, prefix
        self._blocks: dict[int, Block] = shared if shared is not None else {}
        self._homes: dict[int, str] = homes if homes is not None else {}
        self._first: dict[int, str] = {}
        self._ends: dict[int, Endpoint] = {}

    def run(self) -> None:
        """Read every step of the model, each after what leads into it."""
        keys = _keys(getattr(self._model, "_inputs_struct", None))
        for tensor in self._model.inputs:
            layer = tensor._keras_history.operation
            source = keys.get(id(tensor), layer.name) if len(self._model.inputs) > 1 else ""
            self._input(layer, tensor, str(source))
        for depth in sorted(self._model._nodes_by_depth, reverse=True):
            for step in self._model._nodes_by_depth[depth]:
                operation = step.operation
                if type(operation).__name__ == INPUT_LAYER:
                    continue
                if hasattr(operation, "_nodes_by_depth") or hasattr(operation, "_functional"):
                    self._use(operation, step)
                else:
                    self._step(operation, step)
        if self._prefix:
            for tensor in self._model.outputs:
                self._output(tensor)
        else:
            self._keep_outputs([self._ends[id(tensor)] for tensor in self._model.outputs])
            self._tell_output_names()

    # ---- borders ---------------------------------------------------------------------------

    def _input(self, layer: Any, tensor: Any, source: str) -> None:
        node_id = new_node_id()
        if layer.batch_shape[0] is not None:
            self._imported.lost.append(f"{layer.name}: its fixed number of rows is not taken over.")
        if getattr(layer, "sparse", False) or getattr(layer, "ragged", False):
            self._imported.lost.append(f"{layer.name}: sparse and ragged inputs become dense.")
        if self._prefix:
            node = Node(node_id, BLOCK_INPUT, self._name(layer.name))
        else:
            params: dict[str, Plain] = {"shape": list(layer.batch_shape[1:])}
            if str(layer.dtype) != "float32":
                params["dtype"] = str(layer.dtype)
            if source:
                params["source"] = source
            node = Node(node_id, INPUT_LAYER, self._name(layer.name), params)
        self._graph.put_node(node)
        self._ends[id(tensor)] = Endpoint(node_id, "output")

    def _output(self, tensor: Any) -> None:
        node = Node(new_node_id(), BLOCK_OUTPUT, self._name("output"))
        self._graph.put_node(node)
        self._graph.put_edge(Edge(self._ends[id(tensor)], Endpoint(node.id, "input")))

    def _keep_outputs(self, wanted: list[Endpoint]) -> None:
        """Let the network end where the model does, in the same order.

        The outputs of a network are the layers that lead nowhere, in node order. Where the
        model's are others (one is used further on as well), steps that change nothing are added.
        """
        natural = [
            Endpoint(node.id, output_ports(self._graph, self._catalog, node)[0].id)
            for node in self._graph
            if not self._graph.feeds(node.id) and output_ports(self._graph, self._catalog, node)
        ]
        if natural == wanted or len(natural) == len(wanted) == 1:
            return
        if set(natural) == set(wanted) and len(natural) == len(wanted):
            self._put_last([end.node for end in wanted])
            return
        for end in wanted:
            node = Node(new_node_id(), "Identity", self._name("output"))
            self._graph.put_node(node)
            self._graph.put_edge(Edge(end, Endpoint(node.id, "input")))

    def _tell_output_names(self) -> None:
        """Tell which keys of a mapping of outputs are no names of layers here."""
        keys = _keys(getattr(self._model, "_outputs_struct", None))
        for tensor in self._model.outputs:
            key = keys.get(id(tensor))
            name = self._graph.node(self._ends[id(tensor)].node).name
            if key is not None and key != name:
                self._imported.lost.append(f"The output {key} is called {name} here.")

    def _put_last(self, ends: list[str]) -> None:
        """Put layers that lead nowhere at the end of the document, in this order."""
        for node_id in ends:
            node, edges = self._graph.node(node_id), self._graph.incoming(node_id)
            for edge in edges:
                self._graph.drop_edge(edge)
            self._graph.drop_node(node_id)
            self._graph.put_node(node)
            for edge in edges:
                self._graph.put_edge(edge)

    def _tell_home(self, thing: Any) -> None:
        """Note which network a layer is met in; one that is met in two is not shared here."""
        home = self._homes.setdefault(id(thing), self._prefix)
        if home != self._prefix:
            self._imported.lost.append(
                f"{thing.name}: it is applied in two models; here the weights are not shared."
            )

    # ---- steps -----------------------------------------------------------------------------

    def _step(self, operation: Any, step: Any) -> None:
        """Read one call of a layer or an operation."""
        import keras

        is_layer = isinstance(operation, keras.Layer)
        spec = self._spec(operation)
        first = self._first.get(id(operation)) if is_layer else None
        params: dict[str, Plain] = {}
        lost: list[str] = []
        if is_layer:
            given = _call_arguments(operation, step.arguments)
            if spec is not None and first is None:
                params, lost = layer_params(self._catalog, spec, operation)
            params |= self._call_params(spec, given)
        else:
            given = operation_arguments(operation, step.arguments)
            if spec is not None:
                params, lost = operation_params(spec, given)
        node = Node(
            new_node_id(),
            spec.key if spec is not None else type(operation).__name__,
            self._name(operation.name),
            params,
            shared_with=first or "",
            trainable=bool(getattr(operation, "trainable", True)),
        )
        self._graph.put_node(node)
        if is_layer and first is None:
            self._first[id(operation)] = node.id
            self._tell_home(operation)
            self._imported.layers[self._prefix + node.id] = operation
        where = f"{node.name} ({type(operation).__name__})"
        if spec is None:
            module = type(operation).__module__
            self._imported.lost.append(f"{where}: this program has no such layer ({module}).")
        self._imported.lost += [f"{where}: {name} is not taken over." for name in lost]
        self._connect(node, spec, given)
        self._leave(self._activated(node, spec, operation), step)

    def _activated(self, node: Node, spec: LayerSpec | None, layer: Any) -> Node:
        """Put a layer that is the activation of another one after it; return the last of both."""
        activation = layer_after(self._catalog, spec, layer) if spec is not None else None
        after = self._catalog.get(type(activation).__name__)
        if activation is None or after is None:
            return node
        kind = after.key
        first = self._first.get(id(activation), "")
        params, lost = ({}, []) if first else layer_params(self._catalog, after, activation)
        added = Node(new_node_id(), kind, self._name(activation.name), params, shared_with=first)
        if not first:
            self._first[id(activation)] = added.id
            self._imported.layers[self._prefix + added.id] = activation
        self._graph.put_node(added)
        source = output_ports(self._graph, self._catalog, node)[0].id
        target = input_ports(self._graph, self._catalog, added)[0].id
        self._graph.put_edge(Edge(Endpoint(node.id, source), Endpoint(added.id, target)))
        self._imported.lost += [
            f"{added.name} ({kind}): {name} is not taken over." for name in lost
        ]
        return added

    def _spec(self, operation: Any) -> LayerSpec | None:
        import keras

        kind = type(operation)
        if APPLICATION_LAYERS.get(kind.__name__) == kind.__module__:
            return self._catalog.get(APPLICATIONS + kind.__name__)
        if getattr(keras.layers, kind.__name__, None) is kind:
            return self._catalog.get(kind.__name__)
        return operation_spec(self._catalog, operation)

    def _call_params(self, spec: LayerSpec | None, given: Mapping[str, Any]) -> dict[str, Plain]:
        if spec is None:
            return {}
        return {
            param.name: given[param.name]
            for param in spec.params
            if param.call
            and isinstance(given.get(param.name), (bool, int, float, str))
            and given[param.name] != param.default
            and not (param.name == "training" and given[param.name] is False)
        }

    def _connect(self, node: Node, spec: LayerSpec | None, given: Mapping[str, Any]) -> None:
        """Connect the tensors among the arguments with the node's ports."""
        import keras

        ports = input_ports(self._graph, self._catalog, node)
        if spec is None:
            tensors = [
                t for t in keras.tree.flatten(list(given.values()))
                if isinstance(t, keras.KerasTensor)
            ]  # fmt: skip
            for index, tensor in enumerate(tensors):
                self._edge(tensor, Endpoint(node.id, "input"), index)
            return
        names = list(given)
        for place, name in enumerate(names):
            tensors = [
                t for t in keras.tree.flatten(given[name]) if isinstance(t, keras.KerasTensor)
            ]
            mine = [p for p in ports if (p.argument or p.id) == name]
            if place == 0 and not mine:
                mine = [p for p in ports if not p.argument]
            if not tensors or not mine:
                if tensors and name not in _IGNORED:
                    self._imported.lost.append(f"{node.name}: {name} is not taken over.")
                continue
            if mine[0].variadic:
                for index, tensor in enumerate(tensors):
                    self._edge(tensor, Endpoint(node.id, mine[0].id), index)
            else:
                for port, tensor in zip(mine, tensors, strict=False):
                    self._edge(tensor, Endpoint(node.id, port.id))

    def _edge(self, tensor: Any, target: Endpoint, index: int = 0) -> None:
        source = self._ends.get(id(tensor))
        if source is not None:
            self._graph.put_edge(Edge(source, target, index))

    def _leave(self, node: Node, step: Any) -> None:
        ports = output_ports(self._graph, self._catalog, node)
        for number, tensor in enumerate(step.outputs):
            port = ports[number].id if number < len(ports) else f"output_{number + 1}"
            self._ends[id(tensor)] = Endpoint(node.id, port)

    # ---- models inside ---------------------------------------------------------------------

    def _use(self, model: Any, step: Any) -> None:
        """Read one call of a model inside as a use of a block."""
        import keras

        block = self._blocks.get(id(model))
        first = self._first.get(id(model))
        node_id = new_node_id()
        if block is None:
            inner = Graph(self._graph.records)
            inner_model = functional(model)
            reader = _Import(
                self._catalog, self._imported, inner, inner_model, f"{self._prefix}{node_id}/",
                self._blocks, self._homes,
            )  # fmt: skip
            reader.run()
            block = Block(new_block_id(), str(model.name), inner)
            self._graph.records.put(block)
            stored = self._graph.records.get(Block.kind, block.id)
            assert isinstance(stored, Block)
            block = self._blocks[id(model)] = stored
        node = Node(
            node_id, layer_of(block.id), self._name(model.name), shared_with=first or "",
            trainable=bool(model.trainable),
        )  # fmt: skip
        self._graph.put_node(node)
        if first is None:
            self._first[id(model)] = node_id
            self._tell_home(model)
            here, layers = f"{self._prefix}{node_id}/", self._imported.layers
            met = self._imported.inside.setdefault(id(model), here)
            again = {at: layer for at, layer in layers.items() if at.startswith(met)}
            layers |= {here + at.removeprefix(met): layer for at, layer in again.items()}
        tensors = [
            t for t in keras.tree.flatten(step.arguments.args) if isinstance(t, keras.KerasTensor)
        ]
        entries = [n.id for n in block.graph if n.layer == BLOCK_INPUT]
        for port, tensor in zip(entries, tensors, strict=False):
            self._edge(tensor, Endpoint(node_id, port))
        exits = [n.id for n in block.graph if n.layer == BLOCK_OUTPUT]
        for port, tensor in zip(exits, step.outputs, strict=False):
            self._ends[id(tensor)] = Endpoint(node_id, port)

    def _name(self, name: str) -> str:
        return self._graph.free_name(str(name).replace("/", "_") or "layer")


def _keys(structure: Any) -> dict[int, str]:
    """Return id of a tensor → key, when tensors are given as a mapping."""
    if not isinstance(structure, Mapping):
        return {}
    return {id(tensor): str(key) for key, tensor in structure.items()}


def _call_arguments(layer: Any, arguments: Any) -> dict[str, Any]:
    """Return argument name → value of one call of a layer."""
    signature = inspect.signature(layer.call)
    known = set(signature.parameters)
    keywords = {k: v for k, v in arguments.kwargs.items() if k in known}
    try:
        bound = signature.bind(*arguments.args, **keywords).arguments
    except TypeError:
        return {"inputs": list(arguments.args), **keywords}
    return dict(bound)
