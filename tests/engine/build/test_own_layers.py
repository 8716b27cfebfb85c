"""The person's own layers: described, built, trained, exported; never run without trust."""

import threading
import time

import numpy as np
import pytest

from workbench.build import own_code
from workbench.build.model import build_model
from workbench.build.own_describe import describe
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.engine.local import run_local
from workbench.errors import GraphError, JobCancelled
from workbench.export.model import model_code
from workbench.graph import AddNode, Connect, DropRecord, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.clipboard import copy, paste
from workbench.graph.own_layers import OwnLayers, described
from workbench.graph.specs import spec_of, title_of
from workbench.jobs import Control
from workbench.project import create_project, open_project
from workbench.trust import fingerprint

TEXT = '''\
"""Layers of mine."""

from __future__ import annotations

from typing import Literal

import keras

FACTOR = 2.0


class Scale(keras.layers.Layer):
    """Multiplies by a learned factor.

    More words.
    """

    def __init__(self, start: float = FACTOR, mode: Literal["one", "each"] = "one",
                 bias: bool = True, size: int | None = None, hook=print, **kwargs):
        super().__init__(**kwargs)
        self.start, self.mode, self.bias = start, mode, bias

    def build(self, shape):
        wide = shape[-1] if self.mode == "each" else 1
        self.factor = self.add_weight(
            shape=(wide,), initializer=keras.initializers.Constant(self.start), name="factor")

    def call(self, inputs, training=False):
        if self.start < 0:
            raise ValueError("start must not be negative")
        return inputs * self.factor


class Blend(keras.layers.Layer):
    """Adds many."""

    def call(self, tensors: list, weight: float = 0.5):
        return sum(tensors) * weight


if __name__ == "__main__":
    raise SystemExit("started by itself")
'''


def file_of(text=TEXT, name="mine.py", record_id="f1"):
    return described(name, text, [s.to_plain() for s in describe(name, text)], record_id=record_id)


def network(file, layer="Scale", params=None):
    graph = Graph()
    graph.apply(PutRecord(file))
    graph.apply(AddNode(Node("i", "InputLayer", "input", {"shape": [3]})))
    graph.apply(AddNode(Node("s", f"own:{file.id}.{layer}", "scale", params or {})))
    graph.apply(AddNode(Node("d", "Dense", "dense", {"units": 1})))
    graph.apply(Connect(Edge(Endpoint("i", "output"), Endpoint("s", "input"))))
    graph.apply(Connect(Edge(Endpoint("s", "output"), Endpoint("d", "input"))))
    return graph


@pytest.fixture
def trusted():
    own_code.allow([fingerprint(TEXT)])
    yield
    own_code.allow([])


def test_forms_come_from_signatures():
    scale, blend = file_of().specs
    kinds = {p.name: (p.kind, p.default, p.nullable, p.choices) for p in scale.params}
    assert kinds == {
        "start": ("float", 2.0, False, ()),
        "mode": ("choice", "one", False, ("one", "each")),
        "bias": ("bool", True, False, ()),
        "size": ("int", None, True, ()),
    }
    assert scale.key == "own:f1.Scale" and scale.family == "custom"
    assert scale.summary == "Multiplies by a learned factor."
    assert [(p.id, p.variadic) for p in scale.inputs] == [("input", False)]
    assert [(p.id, p.variadic) for p in blend.inputs] == [("inputs", True)]
    assert [(p.name, p.call) for p in blend.params] == [("weight", True)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("import keras\n\nclass A(keras.layers.Layer)\n    pass\n", "3", "SyntaxError"),
        ("import keras\n\nx = 1\ny = missing\n", "4", "missing"),
        ("raise SystemExit('no')\n", "1", "SystemExit"),
        ("import keras\n\n\nclass A(keras.layers.Layer):\n    def __init__(self):\n"
         "        super().__init__()\n    def call(self, x):\n        return x\n",
         "5", "takes no name"),
        ("x = 1\n", "", "defines no layer"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line(text, line, words):
    with pytest.raises(GraphError, match=words) as caught:
        describe("mine.py", text)
    assert caught.value.place.part == line
    if line:
        assert f"mine.py, line {line}:" in caught.value.message


def test_job_runs_the_file_in_a_process_of_its_own(tmp_path):
    mark = tmp_path / "pid"
    text = TEXT + f"\nimport os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\nprint('hi')\n"
    found = run_local("describe_layers", {"name": "mine.py", "text": text})
    assert [plain["key"] for plain in found["specs"]] == ["Scale", "Blend"]
    import os

    assert int(mark.read_text()) != os.getpid()


def test_job_survives_what_a_file_does():
    for text, words in (
        ("import os\nos._exit(3)\n", "line 2: SystemExit: os._exit"),
        ("import os\nos.kill(os.getpid(), 15)\n", "m.py: it ended the process"),
        ("import ctypes\n\nctypes.string_at(1)\n", "line 3: .*crashed in native code"),
    ):
        with pytest.raises(GraphError, match=words):
            run_local("describe_layers", {"name": "m.py", "text": text})
    with pytest.raises(GraphError, match="line 2") as caught:
        run_local("describe_layers", {"name": "m.py", "text": "x = 1\nboom\n"})
    assert caught.value.received == "boom"
    endless = "while True:\n    pass\n"
    with pytest.raises(GraphError, match="did not come to an end"):
        run_local("describe_layers", {"name": "m.py", "text": endless, "seconds": 1})
    control = Control()
    threading.Timer(0.5, control.cancel).start()
    began = time.monotonic()
    with pytest.raises(JobCancelled):
        run_local("describe_layers", {"name": "m.py", "text": endless}, control=control)
    assert time.monotonic() - began < 10


def test_without_trust_the_node_says_so_and_nothing_runs(tmp_path):
    mark = tmp_path / "ran"
    file = file_of()
    text = file.text + f"\nopen({str(mark)!r}, 'w').close()\n"
    graph = network(OwnLayers(file.id, file.name, text, file.specs))
    spec = {"graph": graph.to_plain(), "signature": None, "revision": 1}
    found = run_local("infer", spec)
    told = [p for p in found["problems"] if p["place"]["id"] == "s" and p["severity"] == "error"]
    assert len(told) == 1 and "has not been trusted on this computer" in told[0]["message"]
    assert not mark.exists()
    found = run_local("infer", {**spec, "revision": 2, "trusted_code": [fingerprint(text)]})
    assert not [p for p in found["problems"] if p["severity"] == "error"] and mark.exists()
    found = run_local("infer", {**spec, "revision": 3})
    assert [p for p in found["problems"] if p["severity"] == "error"]


def test_builds_and_follows_the_reloaded_file(trusted):
    graph = network(file_of(), params={"mode": "each"})
    shapes = ShapeInference(load_catalog())
    found = shapes.infer(graph)
    assert not [p for p in found.problems if p.severity == "error"], found.problems
    assert found.nodes["s"].parameters == 3
    model = build_model(graph, load_catalog())
    x = np.ones((2, 3), "float32")
    np.testing.assert_allclose(
        np.asarray(model(x)), 2 * x @ np.asarray(model.layers[-1].kernel), rtol=1e-5
    )
    text = TEXT.replace('wide = shape[-1] if self.mode == "each" else 1', "wide = 1")
    own_code.allow([fingerprint(text)])
    graph.apply(PutRecord(file_of(text)))
    assert shapes.infer(graph).nodes["s"].parameters == 1
    assert title_of(graph, "own:f1.Scale") == "Scale"


def test_an_exception_is_the_nodes_problem_with_its_line(trusted):
    graph = network(file_of(), params={"start": -1.0})
    (problem,) = [
        p for p in ShapeInference(load_catalog()).infer(graph).problems if p.severity == "error"
    ]
    line = next(n for n, t in enumerate(TEXT.splitlines(), 1) if "must not be" in t)
    assert problem.place.id == "s"
    assert f"mine.py, line {line}: ValueError: start must not be negative" in problem.message


def test_the_first_exception_is_told_not_what_keras_made_of_it():
    text = (
        "import keras\n\n\nclass Plain(keras.layers.Layer):\n"
        "    def call(self, x):\n        return x + missing\n"
    )
    file = file_of(text)
    own_code.allow([fingerprint(text)])
    found = ShapeInference(load_catalog()).infer(network(file, "Plain"))
    own_code.allow([])
    (told,) = [p.message for p in found.problems if p.severity == "error"]
    assert "mine.py, line 6: NameError: name 'missing' is not defined" in told
    assert "(return x + missing)" in told


def test_copying_takes_the_file_along(trusted):
    graph, other = network(file_of()), Graph()
    plain = copy(graph, ["i", "s", "d"])
    batch, _ = paste(other, plain)
    undo = other.apply(batch)
    assert other.records.get("layer", "f1") == graph.records.get("layer", "f1")
    found = ShapeInference(load_catalog()).infer(other)
    assert not [p for p in found.problems if p.severity == "error"]
    assert "layers" not in copy(graph, ["i"])
    other.apply(undo)
    assert not other.records.get("layer", "f1")


def test_a_missing_file_is_a_problem(trusted):
    graph = network(file_of())
    graph.apply(DropRecord(OwnLayers.kind, "f1"))
    found = ShapeInference(load_catalog()).infer(graph)
    assert any(p.place.id == "s" and p.severity == "error" for p in found.problems)


def test_export_executes_and_equals_the_network(trusted):
    graph = network(file_of(), params={"mode": "each", "start": 3.0})
    code = model_code(graph, load_catalog())
    space = {"__name__": "exported"}
    exec(compile(code.text, "exported.py", "exec"), space)
    made, own = space["build_model"](), build_model(graph, load_catalog())
    made.set_weights(own.get_weights())
    x = np.random.default_rng(1).normal(size=(4, 3)).astype("float32")
    np.testing.assert_allclose(np.asarray(made(x)), np.asarray(own(x)), rtol=1e-6)
    first, _ = code.lines["s"]
    assert "Scale(" in code.text.splitlines()[first - 1]
    assert code.text.index("from __future__") < code.text.index("import keras")


def test_names_that_clash_are_refused(trusted):
    text = TEXT.replace("FACTOR", "keras_").replace(
        "class Blend", "def build_model(): ...\n\n\nclass Blend"
    )
    with pytest.raises(GraphError, match="defines build_model"):
        model_code(network(file_of(text)), load_catalog())


def test_project_keeps_the_text_and_the_forms_but_no_trust(tmp_path):
    document = create_project(tmp_path / "p", "p")
    file = file_of()
    document.apply(PutRecord(file))
    document.apply(AddNode(Node("s", "own:f1.Scale", "scale")))
    document.save()
    document.close()
    again = open_project(tmp_path / "p")
    try:
        assert again.graph.records.get("layer", "f1") == file
        assert spec_of(again.graph, load_catalog(), "own:f1.Scale") == file.specs[0]
        saved = (tmp_path / "p" / "project.json").read_text()
        assert fingerprint(TEXT) not in saved
    finally:
        again.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [("Scale", "Scale()"), ("own:f1.Scale", "Dense"), ("start", "x=1, y"), ("float", "layer")],
)
def test_a_damaged_description_is_refused(old, new):
    import json

    plain = file_of().to_plain()
    plain["specs"] = json.loads(json.dumps(plain["specs"]).replace(f'"{old}"', f'"{new}"').replace(
        f".{old}\"", f".{new}\""))  # fmt: skip
    with pytest.raises(GraphError, match="damaged"):
        Graph.from_plain({"nodes": [], "edges": [], "layers": [{"id": "f1", "specs": [1]}]})
    with pytest.raises(GraphError, match="damaged"):
        Graph.from_plain({"nodes": [], "edges": [], "layers": [plain]})
