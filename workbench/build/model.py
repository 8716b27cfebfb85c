"""Builds the functional Keras model of a graph. Every layer is named as its node."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from workbench.build.layers import call_arguments, make_layer, named_outputs
from workbench.build.recursion import deep_recursion
from workbench.build.shapes import ShapeInference
from workbench.catalog import Catalog
from workbench.errors import GraphError
from workbench.graph.check_target import source_of
from workbench.graph.expand import expand
from workbench.graph.inference import Inference
from workbench.graph.model import INPUT_LAYER, Graph, Node
from workbench.graph.order import output_nodes, topological_order
from workbench.graph.ports import node_params, port_exists
from workbench.graph.specs import spec_of

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature


def build_model(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None = None,
    *,
    shapes: Inference | None = None,
    name: str = "network",
) -> Any:
    """Return the `keras.Model` of a graph, with fresh weights.

    A network with one input takes an array, one with several a dictionary whose keys are the
    `source` of the input nodes; the model's input tensors have these names. A network with
    several outputs gives a list, in node order. Weights depend on the seed that was set before
    (`keras.utils.set_random_seed`).

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers, for inputs that take their shape from it.
        shapes: What inference said about this very graph; inferred anew when None.
        name: Name of the model.

    Raises:
        GraphError: The network has an error; nothing has been allocated. Place and message are
            those of the first problem.
    """
    import keras

    shapes = shapes or ShapeInference(catalog).infer(graph, signature)
    graph = expand(graph).graph
    _refuse_errors(graph, shapes)
    tensors: dict[str, dict[str, Any]] = {}
    layers: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for node_id in topological_order(graph):
        node = graph.node(node_id)
        if node.layer == INPUT_LAYER:
            tensor = _input(node, shapes)
            inputs[source_of(node)] = tensor
            tensors[node_id] = {"output": tensor}
        else:
            tensors[node_id] = _apply(graph, catalog, node, layers, tensors)
    outputs = [next(iter(tensors[node_id].values())) for node_id in output_nodes(graph)]
    with deep_recursion(len(graph)), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="When providing `inputs` as a dict")
        return keras.Model(
            inputs if len(inputs) > 1 else next(iter(inputs.values())),
            outputs if len(outputs) > 1 else outputs[0],
            name=name,
        )


def _refuse_errors(graph: Graph, shapes: Inference) -> None:
    for problem in shapes.problems:
        if problem.severity == "error":
            raise GraphError(problem.message, place=problem.place, details=problem.details)
    for node in graph:
        if node.id not in shapes.everywhere:
            raise GraphError(f"The result of {node.name} is not known.")


def _input(node: Node, shapes: Inference) -> Any:
    """Make an input layer of the node's name whose tensor has the name of its source."""
    import keras

    info = shapes.nodes[node.id].outputs["output"]
    tensor = keras.KerasTensor(info.shape, dtype=info.dtype, name=source_of(node))
    return keras.layers.InputLayer(input_tensor=tensor, name=node.name).output


def _apply(
    graph: Graph,
    catalog: Catalog,
    node: Node,
    layers: dict[str, Any],
    tensors: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Call the node's layer, made on its first use, on what leads into the node."""
    spec = spec_of(graph, catalog, node.layer)
    if spec is None:
        raise GraphError(f"There is no layer called {node.layer}.")
    owner = graph.owner(node)
    named = node if spec.is_operation else owner  # a step of its own wherever it is applied
    first = named.id not in layers
    if first:
        layers[named.id] = make_layer(
            catalog, owner.layer, owner.params, name=named.name, records=graph.records
        )
    params = node_params(graph, node, spec)
    connected: dict[str, list[Any]] = {}
    for edge in graph.incoming(node.id):
        connected.setdefault(edge.target.port, []).append(
            tensors[edge.source.node][edge.source.port]
        )
    ports = [port for port in spec.inputs if port_exists(port, spec, params)]
    arguments, keywords = call_arguments(spec, ports, connected, params)
    outputs = layers[named.id](*arguments, **keywords)
    if first and not owner.trainable:
        # Not sooner: layers inside (those of attention) are made by the first call.
        layers[named.id].trainable = False
    return named_outputs([p for p in spec.outputs if port_exists(p, spec, params)], outputs)
