"""Small networks to try things on, made through the same edits that the window uses."""

from __future__ import annotations

import pytest

from workbench.catalog import load_catalog
from workbench.graph import Connect, Edge, Endpoint, Graph
from workbench.graph.edits import add_after, add_layer


class Net:
    """A graph with a shorthand: nodes are added and addressed by name."""

    def __init__(self, catalog):
        self.catalog = catalog
        self.graph = Graph()

    def add(self, key, params=None, position=(0.0, 0.0)):
        change, node_id = add_layer(self.graph, self.catalog, key, position, params)
        self.graph.apply(change)
        return node_id

    def after(self, source, key, params=None, port="output"):
        x, y = self.graph.node(source).position
        change, node_id = add_after(
            self.graph, self.catalog, key, Endpoint(source, port), (x, y + 110.0), params
        )
        self.graph.apply(change)
        return node_id

    def chain(self, *layers, shape=(30,)):
        ids = [self.add("InputLayer", {"shape": list(shape)} if shape else None)]
        for entry in layers:
            key, params = entry if isinstance(entry, tuple) else (entry, None)
            ids.append(self.after(ids[-1], key, params))
        return ids

    def connect(self, source, target, port="input", index=0, output="output"):
        self.graph.apply(Connect(Edge(Endpoint(source, output), Endpoint(target, port), index)))

    def name(self, node_id):
        return self.graph.node(node_id).name


@pytest.fixture(scope="session")
def catalog():
    return load_catalog()


@pytest.fixture
def net(catalog):
    return Net(catalog)


@pytest.fixture
def new_net(catalog):
    return lambda: Net(catalog)
