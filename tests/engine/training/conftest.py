"""Small projects to train, and the recorded course of a training."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from workbench.data.infer import infer_columns
from workbench.data.sniff import sniff
from workbench.data.source import open_table
from workbench.data.spec import ColumnSpec, DataSpec, SplitSpec
from workbench.engine.local import prepare_process, run_local
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.jobs import Control
from workbench.recipe.spec import EarlyStopping, OptimizerSpec, RecipeSpec
from workbench.runs.spec import RunSpec

_numbers = itertools.count(1)
LAST = {
    "binary": {"units": 1, "activation": "sigmoid"},
    "multiclass": {"units": 3, "activation": "softmax"},
    "regression": {"units": 1},
}


@pytest.fixture(scope="session", autouse=True)
def backend():
    """Keras in this process, on the CPU, with the backend of this environment."""
    return prepare_process("auto", "cpu")


def write_table(folder: Path, task: str, rows: int = 210) -> Path:
    """Write a table with four numbers, a category and a target that they determine."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, 4)) * [1, 10, 0.1, 1] + [0, 50, 3, 0]
    place = rng.choice(["north", "south", "east"], rows)
    z = (x - x.mean(0)) / x.std(0)
    score = z @ [1.0, -2.0, 0.5, 0.0] + (place == "north") * 1.5 + 0.3 * rng.normal(size=rows)
    if task == "binary":
        target = np.where(score > 0.7, "yes", "no")
    elif task == "multiclass":
        target = np.array(["low", "mid", "top"])[np.digitize(score, [-0.7, 1.2])]
    else:
        target = 1000 * score + 5000
    lines = ["a,b,c,d,place,target"]
    lines += [
        ",".join([*(f"{v:.6g}" for v in row), p, t if isinstance(t, str) else f"{t:.4f}"])
        for row, p, t in zip(x, place, target, strict=True)
    ]
    path = folder / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def dense_network(*layers) -> Graph:
    """Return input → the given (layer, params) in a row."""
    graph = Graph()
    for at, (layer, params) in enumerate([("InputLayer", {}), *layers]):
        graph.put_node(Node(f"n{at}", layer, f"layer_{at}", params))
        if at:
            graph.put_edge(Edge(Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")))
    return graph


@dataclass
class Course:
    """A training as the window hears of it."""

    spec: RunSpec
    events: list = field(default_factory=list)
    result: dict = field(default_factory=dict)

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    @property
    def losses(self):
        batches = self.of("batches")
        assert batches
        step = 0
        for event in batches:
            assert event["first_step"] == step
            step += len(event["values"]["loss"])
        return np.concatenate([event["values"]["loss"] for event in batches])

    @property
    def folder(self):
        return Path(self.spec.project) / "runs" / self.spec.run_id

    @property
    def weights(self):
        import h5py

        found = {}
        with h5py.File(self.folder / "model.weights.h5") as file:
            file.visititems(
                lambda name, item: (
                    found.update({name: np.array(item)}) if isinstance(item, h5py.Dataset) else None
                )
            )
        return found

    def train(self, emit=None, control=None):
        def hear(event):
            self.events.append(event)
            if emit:
                emit(event)

        self.result = run_local("train", self.spec.to_plain(), hear, control or Control())
        return self


class Project:
    """A project folder on a small table."""

    def __init__(self, folder: Path, task: str, rows: int = 210):
        self.folder, self.task = folder, task
        source = sniff(write_table(folder, task, rows))
        columns = infer_columns(open_table(source, folder))
        self.data = DataSpec(
            dataclasses.replace(source, path="data.csv"),
            tuple(
                dataclasses.replace(
                    c,
                    role="target" if c.name == "target" else "feature",
                    kind="categorical"
                    if c.name == "place" or (c.name == "target" and task != "regression")
                    else "numeric",
                )
                for c in columns
            ),
            SplitSpec(0.2, 0.2, seed=1),
        )

    def column(self, name, **changes):
        self.data = dataclasses.replace(
            self.data,
            columns=tuple(
                dataclasses.replace(c, **changes) if c.name == name else c
                for c in self.data.columns
            ),
        )

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        return self.data.columns

    def course(self, graph=None, data=None, *, run_id="", **recipe) -> Course:
        settings = {
            "optimizer": OptimizerSpec("Adam", 0.02), "epochs": 4, "batch_size": 32,
            "early_stopping": EarlyStopping(enabled=False), **recipe,
        }  # fmt: skip
        graph = (
            graph
            if graph is not None
            else dense_network(
                ("Dense", {"units": 8, "activation": "relu"}),
                ("Dropout", {"rate": 0.2}),
                ("Dense", LAST[self.task]),
            )
        )
        run_id = run_id or f"run-{next(_numbers):04d}"
        return Course(
            RunSpec(run_id, str(self.folder), graph, data or self.data, RecipeSpec(**settings))
        )

    def predict(self, run_id, **spec):
        return run_local("predict", {"project": str(self.folder), "run_id": run_id, **spec})


@pytest.fixture
def make_project(tmp_path):
    def make(task="binary", rows=210):
        return Project(tmp_path, task, rows)

    return make


@pytest.fixture(scope="session")
def network():
    return dense_network


@pytest.fixture(scope="session")
def project_class():
    return Project
