"""A Sequential model that does not say what goes into it: its layers in a row after an input."""

from __future__ import annotations

from typing import Any

from workbench.catalog import Catalog
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node, new_node_id
from workbench.graph.ports import input_ports, output_ports
from workbench.importing.layer_params import layer_params


def is_unbuilt_row(model: Any) -> bool:
    """Tell whether a model is a row of layers whose input nobody knows."""
    import keras

    return (
        isinstance(model, keras.Sequential)
        and getattr(model, "_functional", None) is None
        and bool(model.layers)
        and not any(isinstance(layer, keras.Model) for layer in model.layers)
    )


def row(model: Any, catalog: Catalog) -> tuple[Graph, dict[str, Any], list[str]]:
    """Return the layers of a Sequential model in a row, the layer of each node, what is lost.

    The input has no shape: the checks ask for it.

    Args:
        model: A model that `is_unbuilt_row` is true of.
        catalog: The layers that can stand in a graph.
    """
    graph = Graph()
    start = Node(new_node_id(), INPUT_LAYER, "input")
    graph.put_node(start)
    end = Endpoint(start.id, "output")
    layers: dict[str, Any] = {}
    lost = ["The file does not say what goes into the network: set the shape of its input."]
    for layer in model.layers:
        kind = type(layer).__name__
        spec = catalog.get(kind)
        name = graph.free_name(str(layer.name).replace("/", "_") or "layer")
        if spec is None:
            lost.append(f"{name} ({kind}): this program has no such layer.")
            continue
        params, missing = layer_params(catalog, spec, layer)
        lost += [f"{name} ({kind}): {setting} is not taken over." for setting in missing]
        node = Node(new_node_id(), kind, name, params, trainable=bool(layer.trainable))
        graph.put_node(node)
        layers[node.id] = layer
        ports = input_ports(graph, catalog, node)
        graph.put_edge(Edge(end, Endpoint(node.id, ports[0].id if ports else "input")))
        end = Endpoint(node.id, output_ports(graph, catalog, node)[0].id)
    return graph, layers, lost
