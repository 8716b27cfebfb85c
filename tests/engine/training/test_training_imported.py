"""A training begins with imported weights: exactly, also frozen, resumed and without them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.engine.training.test_training_backends import outcome
from workbench.build.starting_weights import read_groups
from workbench.cli.main import main
from workbench.engine.client import EngineClient
from workbench.engine.environment import installed_backends
from workbench.engine.local import run_local
from workbench.errors import EngineError, GraphError
from workbench.graph import Graph, SetParam
from workbench.graph.starting_weights import weights_found, weights_of
from workbench.importing.replacing import replace_network
from workbench.runs.files import CHECKPOINT

pytestmark = [pytest.mark.backend, pytest.mark.slow]


@pytest.fixture(scope="module")
def model():
    import keras

    keras.utils.set_random_seed(11)
    start = keras.Input((7,), name="start")
    x = keras.layers.Dense(6, activation="relu", name="body")(start)
    x = keras.layers.BatchNormalization(name="norm")(x)
    built = keras.Model(start, keras.layers.Dense(1, activation="sigmoid", name="head")(x))
    random = np.random.default_rng(5)
    for weight in built.weights:
        weight.assign(random.uniform(0.1, 0.9, weight.shape))
    return built


@pytest.fixture
def imported(make_project, model, tmp_path):
    """Return the project, and the network of the model as its document has it."""
    project = make_project("binary")
    path = tmp_path / "body.keras"
    model.save(path)
    found = run_local("import_file", {"path": str(path), "project": str(project.folder)})
    graph = Graph()
    graph.apply(
        replace_network(graph, Graph.from_plain(found["graph"]), weights=weights_found(found))
    )
    return project, graph


def named(graph, name):
    return next(node for node in graph if node.name == name)


def frozen(graph, *names):
    """Return the network with some layers that do not learn."""
    plain = graph.to_plain()
    for node in plain["nodes"]:
        if node["name"] in names:
            node["trainable"] = False
    return Graph.from_plain(plain)


def group_of(graph, project, name):
    (record,) = weights_of(graph)
    return read_groups(record, project.folder)[record.layers[named(graph, name).id]]


def of_layer(course, name):
    return [v for path, v in sorted(course.weights.items()) if path.startswith(f"layers/{name}/")]


def test_frozen_layers_keep_the_imported_weights_and_the_rest_learns(imported, model):
    project, graph = imported
    course = project.course(frozen(graph, "body", "norm"), epochs=2).train()
    (started,) = course.of("run_started")
    assert started["begins"] == "Begins with the weights of body.keras: 3 of 3 layers"
    assert course.result["begins"] == started["begins"]
    kernel, _bias = group_of(graph, project, "body")
    values = {v.shape: v for v in course.weights.values()}
    assert np.array_equal(values[(7, 6)], kernel)
    assert not np.array_equal(values[(6, 1)], group_of(graph, project, "head")[0])
    stored = json.loads((course.folder / "spec.json").read_text())
    assert weights_of(Graph.from_plain(stored["graph"])) == weights_of(graph)


def test_first_losses_are_those_of_the_imported_network_and_fresh_ones_differ(imported):
    project, graph = imported
    first = project.course(graph, epochs=1).train()
    again = project.course(graph, epochs=1).train()
    fresh = project.course(graph, epochs=1, begin_with="fresh").train()
    assert np.array_equal(first.losses, again.losses)
    assert first.losses[0] != fresh.losses[0]
    assert fresh.of("run_started")[0]["begins"] == ""


def test_a_layer_edited_since_begins_fresh_and_is_told(imported):
    project, graph = imported
    graph.apply(SetParam(named(graph, "body").id, "units", 9))
    (started,) = project.course(graph, epochs=1).train().of("run_started")
    assert started["begins"] == (
        "Begins with the weights of body.keras: 0 of 3 layers; fresh: body, norm and head"
    )


def test_a_missing_file_ends_the_training_with_the_way_out(imported):
    project, graph = imported
    weights_of(graph)[0].path(project.folder).unlink()
    with pytest.raises(GraphError, match="not there any more") as caught:
        project.course(graph, epochs=1).train()
    assert "Begin with" in caught.value.remedy
    project.course(graph, epochs=1, begin_with="fresh").train()


class PowerCutError(BaseException):
    """What a training cannot catch and mend."""


def test_a_resumed_run_gives_what_an_unbroken_one_gives(imported, monkeypatch):
    monkeypatch.setattr("workbench.training.checkpoints.EVERY_SECONDS", 0.0)
    monkeypatch.setattr("workbench.training.checkpoints._SHARE", np.inf)
    project, graph = imported
    whole = project.course(graph, epochs=4).train()

    def cut(event):
        if event["event"] == "epoch" and event["epoch"] == 3:
            raise PowerCutError

    broken = project.course(graph, epochs=4)
    with pytest.raises(EngineError):
        broken.train(cut)
    assert (broken.folder / CHECKPOINT).is_file()
    weights_of(graph)[0].path(project.folder).unlink()  # the checkpoint has everything
    result = run_local("train", {**broken.spec.to_plain(), "resumed": True})
    assert result["epochs"] == 4
    for path, value in whole.weights.items():
        assert np.array_equal(value, broken.weights[path]), path


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_other_backends_begin_with_them_too(imported, backend):
    if backend not in installed_backends():
        pytest.skip(f"{backend} is not installed here")
    project, graph = imported
    course = project.course(frozen(graph, "body", "norm"), epochs=1, backend=backend)
    client = EngineClient("run", backend=backend, device="cpu")
    client.start()
    try:
        result, _ = outcome(client, "train", course.spec.to_plain())
    finally:
        client.close()
    assert result["begins"].endswith("3 of 3 layers")
    values = {v.shape: v for v in course.weights.values()}
    assert np.array_equal(values[(7, 6)], group_of(graph, project, "body")[0])


def test_export_without_a_run_offers_the_imported_weights(imported, model, tmp_path):
    project, graph = imported
    spec = {
        "project": str(project.folder), "graph": graph.to_plain(), "signature": None,
        "folder": str(tmp_path / "out"),
    }  # fmt: skip
    result = run_local("export_imported", spec)
    assert result["files"] == ["model.py", "model.weights.h5"]
    space = {"__name__": "exported", "__file__": str(tmp_path / "out" / "model.py")}
    exec((tmp_path / "out" / "model.py").read_text(), space)
    rows = np.random.default_rng(0).normal(size=(4, 7)).astype(np.float32)
    theirs = space["load_model"]().predict(rows, verbose=0)
    assert np.array_equal(theirs, model.predict(rows, verbose=0))


def test_the_command_line_imports_weights(imported, tmp_path, capsys):
    folder = tmp_path / "fresh"
    assert main(["import", str(tmp_path / "body.keras"), str(folder)]) == 0
    assert "4 layers, with their weights" in capsys.readouterr().out
    (file,) = (folder / "weights").iterdir()
    assert file.name in (folder / "project.json").read_text()
