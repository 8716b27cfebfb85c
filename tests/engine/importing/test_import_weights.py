"""The weights of an imported file come along, exactly, wherever its network goes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.starting_weights import begin_with, starting_arrays
from workbench.catalog import Catalog, load_catalog
from workbench.engine.local import run_local
from workbench.errors import GraphError
from workbench.graph import AddNode, Graph, InBlock, Node
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import block_of
from workbench.graph.changes import SetParam
from workbench.graph.starting_weights import (
    FOLDER,
    StartingWeights,
    new_weights,
    read_weights,
    weights_of,
    weights_problems,
)
from workbench.importing import import_job
from workbench.importing.from_settings import read_network
from workbench.importing.inserting import insert_as_block, insert_beside
from workbench.importing.replacing import replace_network
from workbench.importing.weights import NOT_READ

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def _randomized(model: Any) -> Any:
    """Give every weight a value that no initializer gives, statistics included."""
    random = np.random.default_rng(7)
    for weight in model.weights:
        weight.assign(random.uniform(0.1, 0.9, weight.shape).astype(str(weight.dtype)))
    return model


def _convnet() -> Any:
    import keras
    from keras import layers

    x = start = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.DepthwiseConv2D(3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(start, layers.Dense(2)(x), name="convnet")


def _recurrent() -> Any:
    import keras
    from keras import layers

    x = start = keras.Input((6, 3))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    return keras.Model(start, layers.Dense(1)(layers.GRU(3)(x)))


def _shared() -> Any:
    import keras
    from keras import layers

    start = keras.Input((5,))
    dense = layers.Dense(5, activation=layers.LeakyReLU())
    return keras.Model(start, layers.Dense(2)(layers.Add()([dense(start), dense(dense(start))])))


def _nested() -> Any:
    import keras
    from keras import layers

    inner_start = keras.Input((4,))
    inner = keras.Model(
        inner_start, layers.BatchNormalization()(layers.Dense(4)(inner_start)), name="inner"
    )
    tower = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="tower")
    start = keras.Input((4,))
    return keras.Model(start, layers.Dense(3)(inner(tower(inner(start)))), name="outer")


def _met_twice() -> Any:
    import keras
    from keras import layers

    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4), layers.BatchNormalization()], name="inner"
    )
    middle = keras.Sequential([keras.Input((4,)), inner, layers.Dense(4)], name="middle")
    start = keras.Input((4,))
    return keras.Model(start, layers.Dense(3)(middle(inner(start))), name="outer")


def _attention() -> Any:
    import keras
    from keras import layers

    start = keras.Input((6, 8))
    x = layers.MultiHeadAttention(2, 4)(start, start)
    x = layers.LayerNormalization()(layers.Add()([start, x]))
    return keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))


def _normalized() -> Any:
    import keras
    from keras import layers

    start = keras.Input((3,))
    scale = layers.Normalization()
    x = scale(start)
    scale.adapt(np.random.default_rng(1).normal(5.0, 3.0, (50, 3)))
    return keras.Model(start, layers.Dense(1)(x))


MODELS: dict[str, Callable[[], Any]] = {
    "convnet": _convnet, "recurrent": _recurrent, "shared": _shared, "nested": _nested,
    "attention": _attention, "normalized": _normalized,
}  # fmt: skip


def _import(path: Path, project: Path) -> tuple[Graph, StartingWeights | None, list[str], str]:
    project.mkdir(exist_ok=True)
    found = run_local("import_file", {"path": str(path), "project": str(project)})
    kept = found["weights"]
    record = new_weights(kept["file"], kept["origin"], kept["layers"]) if kept else None
    return Graph.from_plain(found["graph"]), record, found["lost"], found["name"]


def _saved(model: Any, tmp_path: Path, ending: str = ".keras") -> Path:
    path = tmp_path / f"model{ending}"
    model.save(path)
    return path


def _difference(model: Any, graph: Graph, project: Path, catalog: Catalog) -> float:
    ours = build_model(graph, catalog)
    beginning = begin_with(ours, graph, project)
    assert not beginning.fresh
    shape = (3, *model.inputs[0].shape[1:])
    rows = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    expected = model.predict(rows, verbose=0)
    return float(np.abs(expected - ours.predict(rows, verbose=0)).max())


@pytest.mark.parametrize("name", MODELS)
def test_network_predicts_exactly_as_the_model_in_the_file(
    name: str, tmp_path: Path, catalog: Catalog
) -> None:
    import keras

    keras.utils.set_random_seed(3)
    model = MODELS[name]()
    if name != "normalized":
        _randomized(model)
    graph, record, lost, _ = _import(_saved(model, tmp_path), tmp_path / "project")
    assert record is not None
    assert lost == []
    target = Graph()
    target.apply(replace_network(target, graph, weights=record))
    assert _difference(model, target, tmp_path / "project", catalog) == 0


def test_older_form_and_every_place_carry_the_weights(tmp_path: Path, catalog: Catalog) -> None:
    model = _randomized(_met_twice())
    graph, record, _, name = _import(_saved(model, tmp_path, ".h5"), tmp_path / "project")
    assert record is not None
    beside, block = Graph(), Graph()
    undo = beside.apply(insert_beside(beside, graph, weights=record)[0])
    assert not set(beside.nodes) & set(graph.nodes)
    assert _difference(model, beside, tmp_path / "project", catalog) == 0
    beside.apply(undo)
    assert weights_of(beside) == []
    block.apply(insert_as_block(graph=block, other=graph, name=name, weights=record)[0])
    arrays = starting_arrays(block, tmp_path / "project")
    assert sum(len(some) for some in arrays.values()) == 6 + 6 + 2 + 2  # inner is met twice


def test_layers_grouped_later_keep_their_weights(tmp_path: Path, catalog: Catalog) -> None:
    model = _randomized(_convnet())
    graph, record, _, _ = _import(_saved(model, tmp_path), tmp_path / "project")
    target = Graph()
    target.apply(replace_network(target, graph, weights=record))
    convs = [node.id for node in target if "Conv" in node.layer or "Batch" in node.layer]
    target.apply(group(target, convs, "Start")[0])
    assert _difference(model, target, tmp_path / "project", catalog) == 0


def test_layers_of_a_block_keep_their_weights_when_it_is_taken_apart(
    tmp_path: Path, catalog: Catalog
) -> None:
    model = _randomized(_nested())
    project = tmp_path / "project"
    graph, record, _, name = _import(_saved(model, tmp_path), project)
    target = Graph()
    change, use = insert_as_block(target, graph, name, weights=record)
    target.apply(change)
    expected = sorted(
        a.tobytes() for some in starting_arrays(target, project).values() for a in some
    )
    target.apply(ungroup(target, use)[0])
    after = starting_arrays(target, project)
    assert sorted(a.tobytes() for some in after.values() for a in some) == expected
    # Inside a block: what is imported there begins with its weights at every use.
    outer = Graph()
    outer.apply(AddNode(Node("a", "Dense", "a", {"units": 4})))
    outer.apply(group(outer, ["a"], "Outer")[0])
    (use_node,) = outer
    block = block_of(outer.records, use_node.layer)
    assert block is not None
    inside = insert_beside(block.graph, graph, weights=record)[0]
    undo = outer.apply(InBlock(block.id, inside))
    assert len(starting_arrays(outer, project)) == len(after)
    outer.apply(undo)
    assert weights_of(outer) == []


def test_edited_layer_begins_fresh_and_is_told(tmp_path: Path, catalog: Catalog) -> None:
    model = _randomized(_shared())
    graph, record, _, _ = _import(_saved(model, tmp_path), tmp_path / "project")
    target = Graph()
    target.apply(replace_network(target, graph, weights=record))
    last = next(node for node in target if node.params.get("units") == 2)
    target.apply(SetParam(last.id, "units", 7))
    beginning = begin_with(build_model(target, catalog), target, tmp_path / "project")
    assert beginning.fresh == (last.name,)
    assert beginning.words == (
        f"Begins with the weights of model.keras: 1 of 2 layers; fresh: {last.name}"
    )


def test_replacing_forgets_the_weights_before_and_undo_brings_them_back(tmp_path: Path) -> None:
    graph, record, _, _ = _import(_saved(_shared(), tmp_path), tmp_path / "project")
    assert record is not None
    target = Graph()
    target.apply(replace_network(target, graph, weights=record))
    undo = target.apply(replace_network(target, Graph()))
    assert weights_of(target) == []
    target.apply(undo)
    assert weights_of(target) == [record]
    assert Graph.from_plain(target.to_plain()) == target


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    project = tmp_path / "project"
    graph, record, _, _ = _import(_saved(_shared(), tmp_path), project)
    assert record is not None
    target = Graph()
    target.apply(replace_network(target, graph, weights=record))
    assert weights_problems(target, project) == []
    with record.path(project).open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(GraphError, match=r"model\.keras cannot be used: the file is damaged"):
        starting_arrays(target, project)
    _import(tmp_path / "model.keras", project)  # the way out that the message names
    assert starting_arrays(target, project)
    record.path(project).unlink()
    with pytest.raises(GraphError, match="not there any more"):
        starting_arrays(target, project)
    (problem,) = weights_problems(target, project)
    assert "model.keras" in problem.message
    target.apply(problem.fixes[0].change)
    assert weights_problems(target, project) == []


def test_record_from_elsewhere_names_no_file_outside_the_folder() -> None:
    assert read_weights({"id": "w", "file": "../../secret.h5", "layers": {"a": "0"}}).file == ""
    assert read_weights(["nonsense"]).layers == {}


def _with_weights(path: Path, change: Callable[[Any], None], tmp_path: Path) -> Path:
    """Return a copy of an archive whose weights were changed."""
    other = tmp_path / "changed.keras"
    inner = tmp_path / "inner.h5"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".h5"):
                inner.write_bytes(data)
                with h5py.File(inner, "r+") as file:
                    change(file)
                data = inner.read_bytes()
            new.writestr(name, data)
    return other


def _elsewhere(file: Any) -> None:
    file["layers/dense/vars"]["9"] = h5py.ExternalLink("other.h5", "/x")


def _enormous(file: Any) -> None:
    file["layers/dense/vars"].create_dataset("9", (2**40,), "f4", chunks=(2**10,))


@pytest.mark.parametrize(
    ("change", "words"),
    [(_elsewhere, "leads to another place"), (_enormous, "more numbers than the model has")],
)
def test_weights_made_to_harm_are_refused(
    change: Callable[[Any], None], words: str, tmp_path: Path
) -> None:
    path = _with_weights(_saved(_shared(), tmp_path), change, tmp_path)
    with pytest.raises(GraphError, match=words):
        _import(path, tmp_path / "project")
    assert not (tmp_path / "project" / FOLDER).exists()


def _infinite(file: Any) -> None:
    file["layers/dense/vars/0"][0, 0] = np.inf


def _other_shape(file: Any) -> None:
    part = file["layers/dense/vars"]
    del part["0"]
    part.create_dataset("0", data=np.zeros((2, 2), np.float32))


@pytest.mark.parametrize(
    ("change", "words"), [(_infinite, "not finite"), (_other_shape, "do not fit")]
)
def test_network_comes_without_weights_that_do_not_fit(
    change: Callable[[Any], None], words: str, tmp_path: Path
) -> None:
    path = _with_weights(_saved(_shared(), tmp_path), change, tmp_path)
    graph, record, lost, _ = _import(path, tmp_path / "project")
    assert len(graph) > 3
    assert any(words in sentence for sentence in lost)
    assert record is None or len(record.layers) == 1


def test_network_is_told_before_its_weights_can_end_the_process(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    path = _saved(_shared(), tmp_path)
    found = read_network(path, None, tmp_path / "arrays.h5", told.append)
    (before,) = told
    assert before["graph"] == found["graph"]
    assert before["layers"] == {} and NOT_READ in before["lost"]
    assert len(found["layers"]) == 2 and NOT_READ not in found["lost"]
    ended = import_job._network(path, json.dumps({"network": before}).encode(), -11, "")
    assert NOT_READ in ended["lost"]
