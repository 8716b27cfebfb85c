"""Networks for the tests that need Keras."""

from __future__ import annotations

import pytest

from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.graph import Connect, Edge, Endpoint, Graph
from workbench.graph.edits import add_after, add_layer


class Network:
    """A graph with a shorthand for adding and connecting, and its inference."""

    def __init__(self, catalog):
        self.catalog = catalog
        self.graph = Graph()
        self.shapes = ShapeInference(catalog)

    def add(self, key, params=None):
        change, node_id = add_layer(self.graph, self.catalog, key, (0.0, 0.0), params)
        self.graph.apply(change)
        return node_id

    def after(self, source, key, params=None, port="output"):
        change, node_id = add_after(
            self.graph, self.catalog, key, Endpoint(source, port), (0.0, 0.0), params
        )
        self.graph.apply(change)
        return node_id

    def chain(self, *layers, shape=(30,), dtype=None):
        params = {"shape": list(shape)} if shape is not None else {}
        ids = [self.add("InputLayer", {**params, **({"dtype": dtype} if dtype else {})})]
        for entry in layers:
            key, params = entry if isinstance(entry, tuple) else (entry, None)
            ids.append(self.after(ids[-1], key, params))
        return ids

    def connect(self, source, target, port="input", index=0, output="output"):
        self.graph.apply(Connect(Edge(Endpoint(source, output), Endpoint(target, port), index)))

    def infer(self, signature=None):
        return self.shapes.infer(self.graph, signature)

    def shape(self, node_id, port="output", signature=None):
        tensor = self.infer(signature).tensor(node_id, port)
        return tensor.shape if tensor else None


@pytest.fixture(scope="session")
def catalog():
    return load_catalog()


@pytest.fixture
def net(catalog):
    return Network(catalog)


@pytest.fixture
def new_net(catalog):
    return lambda: Network(catalog)
