"""What cannot be trained, loaded or predicted is said once, clearly, and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from workbench.data.spec import SplitSpec
from workbench.engine.local import run_local
from workbench.errors import (
    DataError,
    GraphError,
    RecipeError,
    RunError,
    WorkbenchError,
)
from workbench.graph.model import Graph, Node
from workbench.recipe.spec import EarlyStopping, OptimizerSpec
from workbench.training.load import load_run

pytestmark = pytest.mark.backend


def refused(course, kind, words=None):
    with pytest.raises(kind, match=words) as caught:
        course.train()
    assert not course.folder.exists()
    return caught.value


@pytest.mark.parametrize(
    "recipe",
    [
        {"epochs": 0}, {"batch_size": 0}, {"loss": "huber"}, {"metrics": ("r2",)},
        {"optimizer": OptimizerSpec("Magic")}, {"optimizer": OptimizerSpec(learning_rate=-1)},
        {"early_stopping": EarlyStopping(monitor="val_auc")}, {"precision": "float8"},
        {"backend": "theano"},
    ],
)  # fmt: skip
def test_a_bad_recipe(make_project, recipe):
    error = refused(make_project().course(**recipe), RecipeError)
    assert error.place.kind == "field"


def test_no_target(make_project):
    project = make_project()
    project.column("target", role="ignore")
    refused(project.course(), RecipeError, "no target")


def test_nothing_left_to_train_on(make_project):
    project = make_project(rows=20)
    data = dataclasses.replace(project.data, split=SplitSpec(0.5, 0.5, stratify=False))
    refused(project.course(data=data), WorkbenchError, "take all rows")


def test_a_missing_file(make_project):
    project = make_project()
    (project.folder / "data.csv").unlink()
    refused(project.course(), DataError)


def test_an_output_that_does_not_fit(make_project, network):
    project = make_project("multiclass")
    graph = network(("Dense", {"units": 2, "activation": "softmax"}))
    error = refused(project.course(graph), WorkbenchError)
    assert error.place.id == "n1"


def test_two_outputs(make_project, network):
    graph = network(("Dense", {"units": 1}))
    graph.put_node(Node("x", "Dense", "second", {"units": 1}))
    from workbench.graph.model import Edge, Endpoint

    graph.put_edge(Edge(Endpoint("n0", "output"), Endpoint("x", "input")))
    refused(make_project().course(graph), WorkbenchError, "output")


def test_an_empty_network(make_project):
    refused(make_project().course(Graph()), WorkbenchError)


def test_a_huge_layer_is_refused_before_it_takes_memory(make_project, network):
    graph = network(
        ("Dense", {"units": 2_000_000_000}), ("Dense", {"units": 1, "activation": "sigmoid"})
    )
    error = refused(make_project().course(graph), WorkbenchError, "layer_1")
    assert error.place.id == "n1"


def test_a_huge_batch_is_refused_before_it_takes_memory(make_project, network, monkeypatch):
    from workbench.training import train

    monkeypatch.setattr(train, "free_memory", lambda: 2_000_000)
    layers = [("Dense", {"units": 2000}), ("Dense", {"units": 1, "activation": "sigmoid"})]
    course = make_project().course(network(*layers), batch_size=100_000)
    error = refused(course, RunError, "needs")
    assert error.place.id == "batch_size" and "smaller batch" in error.remedy
    layers[0] = ("Dense", {"units": 60_000})
    course = make_project().course(network(*layers), batch_size=1)
    assert "layers smaller" in refused(course, RunError, "needs").remedy


def test_a_full_disk_at_the_start_and_at_the_end(make_project, monkeypatch):
    project = make_project()
    real = os.replace

    def refuse_from(number):
        seen = []

        def replace(source, target):
            seen.append(target)
            if len(seen) >= number:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)

    for number in (1, 3):
        refuse_from(number)
        course = project.course(epochs=1)
        with pytest.raises(RunError, match="disk is full"):
            course.train()
        assert not course.folder.joinpath("model.weights.h5").exists()
        assert not list(project.folder.glob("runs/*/.tmp-*"))


def test_a_device_that_is_not_there(make_project):
    error = refused(make_project().course(device="gpu:1"), RunError, "no graphics processor")
    assert error.place.id == "device"


def test_a_backend_that_this_process_does_not_run(make_project, backend, monkeypatch):
    from workbench.recipe import checks

    monkeypatch.setattr(checks, "find_spec", lambda name: True)
    other = "torch" if backend != "torch" else "jax"
    error = refused(make_project().course(backend=other), RunError, "This engine runs with")
    assert error.place.id == "backend"


def test_a_run_id_cannot_leave_the_project(make_project):
    with pytest.raises(RunError):
        make_project().course(run_id="../evil").train()


# ---- loading -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory, project_class):
    project = project_class(tmp_path_factory.mktemp("trained"), "binary")
    return project, project.course(epochs=1).train()


@pytest.fixture
def trained(trained_once):
    """A trained project, put back after the test."""
    project, course = trained_once
    kept = {path: path.read_bytes() for path in course.folder.iterdir()}
    yield project, course
    for path, content in kept.items():
        path.unlink(missing_ok=True)  # a file that failed to load may still be open
        path.write_bytes(content)


def test_there_is_no_such_run(trained):
    project, _course = trained
    with pytest.raises(RunError, match="no weights"):
        load_run(project.folder, "absent")
    with pytest.raises(RunError, match="no trained network"):
        load_run(project.folder, None)
    with pytest.raises(RunError, match="does not exist"):
        load_run(project.folder / "nowhere", None)


@pytest.mark.parametrize("name", ["spec.json", "encoder.json", "model.weights.h5"])
@pytest.mark.parametrize("damage", ["truncated", "garbage", "missing"])
def test_a_damaged_run_is_told_with_its_remedy(trained, name, damage):
    project, course = trained
    path = course.folder / name
    if damage == "missing":
        path.unlink()
    elif damage == "garbage":
        path.write_bytes(b"\x00garbage" * 50)
    else:
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(WorkbenchError) as caught:
        load_run(project.folder, course.spec.run_id)
    assert isinstance(caught.value, RunError)
    assert "train" in caught.value.remedy.lower()


def test_weights_of_another_network_are_not_loaded(trained):
    project, course = trained
    path = course.folder / "spec.json"
    spec = json.loads(path.read_text())
    spec["graph"]["nodes"][1]["params"]["units"] = 9
    path.write_text(json.dumps(spec))
    with pytest.raises(RunError, match="cannot be read"):
        load_run(project.folder, course.spec.run_id)


def hostile(kind, path, folder):
    import h5py

    if kind == "external link":
        with h5py.File(path, "a") as file:
            file["more"] = h5py.ExternalLink(str(folder / "other.h5"), "/x")
    elif kind == "soft link":
        with h5py.File(path, "a") as file:
            file["more"] = h5py.SoftLink("/layers")
    elif kind == "huge":
        with h5py.File(path, "a") as file:
            file.create_dataset("more", shape=(10**11,), dtype="f4", chunks=(1024,))
    elif kind == "text":
        with h5py.File(path, "a") as file:
            file["more"] = "text"
    else:
        with h5py.File(path, "a") as file:
            found = []
            file.visititems(
                lambda name, item: found.append(item) if isinstance(item, h5py.Dataset) else None
            )
            next(d for d in found if d.ndim == 2)[0, 0] = np.nan


@pytest.mark.parametrize("kind", ["external link", "soft link", "huge", "text", "nan"])
def test_a_hostile_file_of_weights_is_refused(trained, kind):
    project, course = trained
    hostile(kind, course.folder / "model.weights.h5", project.folder)
    with pytest.raises(RunError, match="are not used"):
        load_run(project.folder, course.spec.run_id)


def test_a_layer_that_this_keras_does_not_have(trained):
    project, course = trained
    path = course.folder / "spec.json"
    spec = json.loads(path.read_text())
    spec["graph"]["nodes"][1]["layer"] = "Teleport"
    path.write_text(json.dumps(spec))
    with pytest.raises(GraphError):
        load_run(project.folder, course.spec.run_id)


def test_a_project_that_moved_still_predicts(trained, tmp_path_factory):
    project, course = trained
    before = project.predict(course.spec.run_id)
    elsewhere = tmp_path_factory.mktemp("moved") / "p"
    project.folder.rename(elsewhere)
    spec = {"project": str(elsewhere), "run_id": course.spec.run_id, "part": "test"}
    after = run_local("predict", spec)
    assert np.array_equal(before["output"], after["output"])
    elsewhere.rename(project.folder)


# ---- predicting ----------------------------------------------------------------------------


def test_a_file_without_a_column_names_it(trained, tmp_path):
    project, course = trained
    path = tmp_path / "new.csv"
    path.write_text("a,b,place\n1,2,north\n2,3,south\n")
    with pytest.raises(DataError, match="lacks 2 columns") as caught:
        project.predict(course.spec.run_id, csv=str(path))
    assert "c, d" in caught.value.message
    assert Path(caught.value.place.id).name == "new.csv"


def test_a_file_without_target_in_another_order_with_a_new_category(trained, tmp_path):
    project, course = trained
    path = tmp_path / "new.csv"
    path.write_text("place,d,c,b,a,extra\nnorth,0,3,50,0,x\nmars,0,3,50,0,y\n,0,3,50,0,z\n")
    found = project.predict(course.spec.run_id, csv=str(path))
    assert found["rows"].tolist() == [0, 1, 2] and found["target"] is None
    assert np.isfinite(found["output"]).all() and len(found["labels"]) == 3


def test_the_same_rows_from_a_file_give_the_same_predictions(trained):
    project, course = trained
    whole = project.predict(course.spec.run_id, part="all")
    again = project.predict(course.spec.run_id, csv=str(project.folder / "data.csv"))
    order = np.argsort(whole["rows"])
    assert np.allclose(whole["output"][order], again["output"], atol=1e-6)
    assert [whole["target"][at] for at in order] == again["target"]


def test_a_file_that_is_no_table(trained, tmp_path):
    project, course = trained
    path = tmp_path / "x.csv"
    path.write_bytes(b"")
    with pytest.raises(DataError):
        project.predict(course.spec.run_id, csv=str(path))
    with pytest.raises(DataError):
        project.predict(course.spec.run_id, csv=str(tmp_path / "absent.csv"))


def test_there_is_no_such_part(trained):
    project, course = trained
    with pytest.raises(DataError):
        project.predict(course.spec.run_id, part="everything")
