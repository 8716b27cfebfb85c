"""Projects to look into: a small table, and images of 8 × 8 pixels as 64 columns."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.infer import infer_columns
from workbench.data.signature import signature_of
from workbench.data.sniff import sniff
from workbench.data.source import open_table
from workbench.data.spec import DataSpec, SplitSpec
from workbench.engine.local import prepare_process
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.preview import Preview
from workbench.jobs import Control
from workbench.predict.preview import PreviewSession


@pytest.fixture(scope="session", autouse=True)
def backend():
    """Keras in this process, on the CPU."""
    return prepare_process("auto", "cpu")


def row_of(*layers, prefix="n"):
    """Return input → the given (layer, params) in a row, as n0, n1 …"""
    graph = Graph()
    for at, (layer, params) in enumerate([("InputLayer", {}), *layers]):
        graph.put_node(Node(f"{prefix}{at}", layer, f"layer_{at}", params))
        if at:
            graph.put_edge(
                Edge(Endpoint(f"{prefix}{at - 1}", "output"), Endpoint(f"{prefix}{at}", "input"))
            )
    return graph


def write(folder, names, columns):
    """Write a CSV; return the data document for it, the last column the target."""
    lines = [",".join(names)]
    lines += [",".join(str(v) for v in row) for row in zip(*columns, strict=True)]
    path = folder / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    source = sniff(path)
    columns = infer_columns(open_table(source, folder))
    return DataSpec(source, columns, SplitSpec(seed=1))


class Look:
    """A project and a session that looks into it."""

    def __init__(self, folder, data):
        self.folder, self.data = folder, data
        self.session = PreviewSession()
        self.signature = signature_of(data, folder)
        self.events = []

    def spec(self, graph, **more):
        return {
            "project": str(self.folder), "data": self.data.to_plain(), "seed": 3,
            "graph": graph.to_plain(), "signature": self.signature.to_plain(),
            "nodes": list(graph.nodes), **more,
        }  # fmt: skip

    def __call__(self, graph, control=None, **more):
        plain = self.session.run(
            self.spec(graph, **more), self.events.append, control or Control()
        ).to_plain()
        return Preview.from_plain(plain)


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 4)).round(3)
    place = rng.choice(["north", "south"], 60)
    target = np.array(["low", "mid", "top"])[(x[:, 0] > 0).astype(int) + (x[:, 1] > 0)]
    names = ["a", "b", "c", "d", "place", "grade"]
    return Look(tmp_path, write(tmp_path, names, [*x.T, place, target]))


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(6)
    pixels = rng.integers(0, 256, size=(40, 64))
    target = (rng.random(40) * 10).round(3) + 100
    names = [*(f"p{n}" for n in range(64)), "weight"]
    return Look(tmp_path, write(tmp_path, names, [*pixels.T, target]))
