"""Saved networks of more layers in a row than Python's usual limit of nested calls."""

import sys

import pytest

from workbench.build.model import build_model
from workbench.catalog import load_catalog
from workbench.graph import Edge, Endpoint, Graph, Node
from workbench.importing.from_settings import read_network

pytestmark = pytest.mark.backend


def test_a_chain_longer_than_the_limit_is_read(tmp_path):
    graph = Graph()
    graph.put_node(Node("n0", "InputLayer", "features", {"shape": [3]}))
    count = sys.getrecursionlimit() + 200
    for number in range(1, count):
        graph.put_node(Node(f"n{number}", "ReLU", f"step_{number}"))
        ends = Endpoint(f"n{number - 1}", "output"), Endpoint(f"n{number}", "input")
        graph.put_edge(Edge(*ends))
    path = tmp_path / "long.json"
    path.write_text(build_model(graph, load_catalog()).to_json(), encoding="utf-8")
    limit = sys.getrecursionlimit()
    found = read_network(path)
    assert [len(found["graph"][part]) for part in ("nodes", "edges")] == [count, count - 1]
    assert found["lost"] == []
    assert sys.getrecursionlimit() == limit
