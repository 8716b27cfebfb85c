"""The jobs on real runs: what a person gets for the templates and for a table of many kinds."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from workbench.errors import DataError, ExplainError, JobCancelled, RunError
from workbench.explain.results import Explanation
from workbench.jobs import Control

from .conftest import textbook_values

pytestmark = pytest.mark.backend

TEMPLATES = ("breast_cancer", "wine", "diabetes")


def train(document, epochs: int) -> None:
    from workbench.cli.train import train as train_and_record
    from workbench.project.freeze import freeze

    spec = freeze(document)
    quick = replace(spec, recipe=replace(spec.recipe, epochs=epochs))
    document.save()
    document.close()
    train_and_record(quick, lambda _: None)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """One trained project per template (few epochs), made when first asked for."""
    made = {}

    def project(name):
        if name not in made:
            from workbench.project.templates import create_from_template

            folder = tmp_path_factory.mktemp("explain") / name
            train(create_from_template(name, folder), epochs=15)
            made[name] = folder
        return made[name]

    return project


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """A run on a table with numbers, a boolean, a one-hot colour and an embedded city."""
    from workbench.catalog import load_catalog
    from workbench.data.spec import ColumnSpec, DataSpec, SourceSpec
    from workbench.graph.changes import Connect, SetField
    from workbench.graph.edits import add_layer
    from workbench.graph.model import Edge, Endpoint
    from workbench.project.folder import create_project

    folder = tmp_path_factory.mktemp("explain") / "mixed"
    document = create_project(folder, "Mixed")
    generator = np.random.default_rng(0)
    rows = 300
    age, size = generator.normal(40, 9, rows).round(1), generator.normal(size=rows).round(3)
    colour = generator.choice(["red", "green", "blue"], rows)
    city = generator.choice(["Rome", "Oslo", "Lima", "Cairo"], rows)
    member = generator.choice(["yes", "no"], rows)
    score = (age - 40) / 9 + (colour == "red") * 2 - (city == "Oslo") + (member == "yes") * size
    price = (100_000 + 25_000 * score).round(0)
    lines = ["age,size,colour,city,member,price"]
    for at in range(rows):
        known = "" if at % 40 == 7 else age[at]
        lines.append(f"{known},{size[at]},{colour[at]},{city[at]},{member[at]},{price[at]}")
    (folder / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    spec = DataSpec(
        SourceSpec("table.csv"),
        (
            ColumnSpec("age"), ColumnSpec("size"),
            ColumnSpec("colour", kind="categorical", missing="own_category"),
            ColumnSpec("city", kind="categorical", missing="own_category", encoding="embedding"),
            ColumnSpec("member", kind="boolean", missing="most_frequent"),
            ColumnSpec("price", role="target", missing="drop_row"),
        ),
    )  # fmt: skip
    document.apply(SetField("data", (), spec.to_plain()))
    catalog, ids = load_catalog(), {}

    def layer(name, key, **params):
        change, ids[name] = add_layer(document.graph, catalog, key, (0, 0), params)
        document.apply(change)

    def connect(source, target, port="input", index=0):
        document.apply(Connect(
            Edge(Endpoint(ids[source], "output"), Endpoint(ids[target], port), index)
        ))  # fmt: skip

    layer("in", "InputLayer")
    layer("city", "InputLayer", source="city")
    layer("embed", "Embedding", input_dim=6, output_dim=3)
    layer("flat", "Flatten")
    layer("join", "Concatenate")
    layer("hidden", "Dense", units=12, activation="tanh")
    layer("out", "Dense", units=1)
    connect("city", "embed")
    connect("embed", "flat")
    connect("in", "join", "inputs", 0)
    connect("flat", "join", "inputs", 1)
    connect("join", "hidden")
    connect("hidden", "out")
    train(document, epochs=15)
    return folder


def explain(project, **spec) -> Explanation:
    from workbench.engine.local import run_local

    result = run_local("explain", {"project": str(project), "run_id": None, **spec})
    return Explanation.from_plain(result["explanation"])


def test_rows(project, part="test"):
    from workbench.engine.local import run_local

    return [int(r) for r in run_local("predict", {"project": str(project), "part": part})["rows"]]


test_rows.__test__ = False


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_add_up_and_agree_with_the_predictions(trained, name):
    from workbench.engine.local import run_local

    project = trained(name)
    said = run_local("predict", {"project": str(project), "run_id": None, "part": "test"})
    rows = [int(row) for row in said["rows"][:6]]
    found = explain(project, rows=rows)
    assert found.additivity <= 1e-3
    error = found.values.sum(1) + found.base - found.output
    assert (np.abs(error) / found.spread).max() == pytest.approx(found.additivity)
    assert found.explainer == ("permutation" if name == "breast_cancer" else "exact")
    assert found.rows.tolist() == rows
    predicted = np.asarray(said["output"][:6], np.float64)
    if name == "diabetes":
        assert found.space == "value"
        assert np.allclose(found.output, predicted, rtol=1e-5)
    else:
        assert found.space == "logit"
        assert list(found.output_names) == said["classes"]
        assert np.allclose(found.probability[:, -predicted.shape[1] :], predicted, atol=1e-5)
        assert np.allclose(found.probability.sum(1), 1)
    if name == "breast_cancer":
        assert found.values.shape == (6, 30, 2)
        assert np.array_equal(found.values[:, :, 0], -found.values[:, :, 1])
        assert found.largest_error <= 2.1e-3


def test_values_do_not_depend_on_company_or_order(trained):
    project = trained("breast_cancer")
    rows = test_rows(project)[:5]
    together = explain(project, rows=rows, seed=3)
    again = explain(project, rows=rows[::-1], seed=3)
    alone = explain(project, rows=[rows[2]], seed=3)
    assert np.array_equal(together.values, again.values[::-1])
    assert np.array_equal(together.values[2], alone.values[0])
    assert not np.array_equal(alone.values, explain(project, rows=[rows[2]], seed=4).values)


def test_probabilities_can_be_explained(trained):
    project = trained("wine")
    found = explain(project, rows=test_rows(project)[:3], space="probability")
    assert found.space == "probability"
    assert np.allclose(found.values.sum(2), 0, atol=1e-6)  # the classes' shares sum to one
    assert np.allclose(found.base.sum(), 1, atol=1e-6)
    assert np.array_equal(found.probability, found.output)


@pytest.mark.parametrize("explainer", ["permutation", "kernel", "gradients"])
def test_explainers_agree_where_they_mean_the_same(trained, explainer):
    project = trained("wine")
    rows = test_rows(project)[:2]
    exact = explain(project, rows=rows, explainer="exact")
    other = explain(project, rows=rows, explainer=explainer)
    assert other.additivity <= 1e-3
    error = (np.abs(other.values - exact.values) / exact.spread).max()
    if explainer == "gradients":
        assert other.quantity == "aumann_shapley"
        assert error > 1e-3  # another quantity, and said so
    else:
        assert error <= 0.03
    if explainer == "permutation":
        assert (np.abs(other.values - exact.values) <= 6 * other.standard_error + 1e-9).all()


def test_every_kind_of_column_is_one_player_in_its_own_values(mixed):
    rows = test_rows(mixed)[:3]
    found = explain(mixed, rows=rows)
    assert found.columns == ("age", "size", "colour", "city", "member")
    assert found.additivity <= 1e-3
    assert found.output_names == ("price",)
    assert 50_000 < found.base[0] < 150_000
    raw = found.raw[0]
    assert isinstance(raw[0], float)
    assert raw[2] in ("red", "green", "blue")
    assert raw[3] in ("Rome", "Oslo", "Lima", "Cairo")
    gradients = explain(mixed, rows=rows, explainer="gradients")
    assert gradients.additivity <= 1e-3
    assert (np.abs(gradients.values).max(0) > 0).all()


def test_equals_the_textbook_through_the_whole_chain(mixed):
    """Shapley's formula on the run's own encoded rows, with nothing of the explainer's code."""
    import keras

    from workbench.explain.subject import load_subject

    rows = test_rows(mixed)[:2]
    found = explain(mixed, rows=rows)
    subject = load_subject(mixed, None, lambda _: None)
    background = subject.background(50, 0)
    network = subject._model
    zero, one = subject._encoder.to_user_units(np.array([[0.0], [1.0]])).ravel()
    names = [slot.name for slot in subject._layout.slots]

    def price(flat):
        inputs = subject._layout.unpack(np.asarray(flat, np.float32))
        said = network({name: inputs[name] for name in names})
        scaled = keras.ops.convert_to_numpy(said).astype(np.float64)
        return scaled * (one - zero) + zero

    cheap = replace(background, rows=background.rows[:50])
    row = subject.encoded(np.asarray(rows[:1]))[0]
    book = textbook_values(price, row, cheap, subject.players.owner, 5)
    assert (np.abs(found.values[0] - book) / found.spread).max() <= 1e-3


def test_measured_choices(trained):
    from workbench.engine.local import run_local

    result = run_local(
        "explain_choices", {"project": str(trained("wine")), "run_id": None, "rows": 3}
    )
    assert result["columns"] == 13
    speed = result["speed"]
    assert speed["measured"]
    assert 0 < speed["row"] < 1e-3
    by_name = {choice["name"]: choice for choice in result["choices"]}
    assert by_name["auto"]["title"].endswith("Exact Shapley values")
    assert by_name["exact"]["seconds"] > 0
    assert by_name["shap_deep"]["reason_blocked"]
    assert result["no_gradients"] == ""


def test_a_cancel_is_heard_within_a_second(trained):
    from workbench.engine.local import run_local

    project, control, seen = trained("wine"), Control(), []
    rows = test_rows(project, "train")
    heard = threading.Event()

    def emit(event):
        seen.append(event)
        if event["event"] == "progress" and event["done"] > 0 and not heard.is_set():
            heard.set()
            started.append(time.perf_counter())
            control.cancel()

    started: list[float] = []
    spec = {"project": str(project), "run_id": None, "rows": rows, "background": 100}
    with pytest.raises(JobCancelled):
        run_local("explain", spec, emit, control)
    assert time.perf_counter() - started[0] < 1.0
    assert seen[-1]["total"] == len(rows)


def test_a_changed_table_is_read_anew(trained, tmp_path):
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(trained("diabetes"), folder)
    rows = test_rows(folder)[:1]
    before = explain(folder, rows=rows)
    table = folder / "data.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    line = lines[rows[0] + 1].split(",")
    line[2] = "60.0"
    lines[rows[0] + 1] = ",".join(line)
    time.sleep(0.01)
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    after = explain(folder, rows=rows)
    assert before.raw != after.raw
    assert not np.allclose(before.values, after.values)


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ({"explainer": "magic"}, ExplainError, "no explainer called magic"),
        ({"background": 0}, ExplainError, "cannot have this size"),
        ({"background": -3}, ExplainError, "cannot have this size"),
        ({"rows": []}, ExplainError, "no rows"),
        ({"rows": [10**9]}, DataError, "cannot be used"),
        ({"rows": [0], "space": "cosmic"}, ExplainError, "cannot be explained as"),
        ({"rows": [0], "explainer": "shap_deep"}, ExplainError, "cannot be used here"),
        ({"run_id": "nothing"}, RunError, "no weights"),
    ],
)
def test_bad_requests_are_named(trained, spec, error, words):
    with pytest.raises(error, match=words):
        explain(trained("wine"), **spec)
