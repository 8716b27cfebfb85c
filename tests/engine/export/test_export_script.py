"""Training scripts, run without the program: they read, encode, divide and train as it does."""

import ast
import json
import subprocess
import sys

import numpy as np
import pytest

from workbench.data.prepare import prepare
from workbench.data.spec import ColumnSpec, DataSpec, SourceSpec, SplitSpec
from workbench.errors import RecipeError
from workbench.export.script import training_script
from workbench.graph import Graph, Node
from workbench.graph.model import Edge, Endpoint
from workbench.recipe.measures import LOSSES, METRICS
from workbench.recipe.spec import EarlyStopping, OptimizerSpec, RecipeSpec

_LAST = {
    "binary": {"units": 1, "activation": "sigmoid"},
    "multiclass": {"units": 3},
    "regression": {"units": 1},
}
_RUNNER = """
import json, runpy, sqlite3, sys
import numpy as np
report = []
for job in json.loads(open(sys.argv[1], encoding="utf-8").read()):
    names = runpy.run_path(job["script"])
    columns = names["read_table"](names["Path"](job["data"]))
    rows = names["usable_rows"](columns)
    taken = {name: values.take(rows) for name, values in columns.items()}
    inputs = names["encode_inputs"](taken)
    target = names["encode_target"](taken[names["TARGET"]["name"]])
    parts = names["split_rows"](rows, columns[names["TARGET"]["name"]])
    names["start"](names["SEED"])
    model = names["build_model"]()
    names["compile_model"](model)
    few = np.arange(12)
    x, y = names["choose"](inputs, few), target[few]
    history = model.fit(x, y, batch_size=6, epochs=1, verbose=0,
                        sample_weight=names["balanced_weights"](y) if names["BALANCED"] else None)
    np.savez(job["out"], rows=rows, target=target, train=parts[0], validation=parts[1],
             test=parts[2], **{"x_" + k: v for k, v in inputs.items()})
    report.append(sorted(history.history))
assert not any(name.split(".")[0] == "workbench" for name in sys.modules)
print(json.dumps(report))
"""


def _write(folder, delimiter=";", decimal=","):
    """A table with everything that needs care: gaps, yes/no words, commas, letters of cp1252."""
    rng = np.random.default_rng(3)
    lines = [delimiter.join(["größe", "n2", "smokes", "ort", "code", "klasse", "paar", "wert"])]
    for row in range(90):
        number = f"{rng.normal(50, 9):.3f}".replace(".", decimal) if row % 11 else "NA"
        lines.append(delimiter.join([
            number,
            str(int(rng.integers(0, 9))) if row % 13 else "",
            ["yes", "No", "?"][int(rng.integers(0, 3))] if row % 7 else "",
            ["Köln", " Bonn ", "Ulm", ""][int(rng.integers(0, 4))],
            ["1", "2", "10", "x"][int(rng.integers(0, 4))],
            ["low", "mid", "top"][int(rng.choice(3, p=[0.6, 0.3, 0.1]))],
            ["good", "bad"][int(rng.integers(0, 2))] if row != 5 else "",
            f"{rng.normal(1000, 200):.2f}".replace(".", decimal) if row != 8 else "null",
        ]))  # fmt: skip
    path = folder / "daten.csv"
    path.write_bytes(("sep=;\n" + "\n".join(lines) + "\n").encode("cp1252"))
    return path


def _data(path, task):
    target = {"binary": "paar", "multiclass": "klasse", "regression": "wert"}[task]
    columns = [
        ColumnSpec("größe", kind="numeric", missing="median"),
        ColumnSpec("n2", kind="numeric", missing="drop_row", scaling="minmax"),
        ColumnSpec("smokes", kind="boolean", missing="most_frequent"),
        ColumnSpec("ort", kind="categorical", missing="own_category"),
        ColumnSpec("code", kind="categorical", missing="most_frequent", encoding="embedding"),
        ColumnSpec(
            target, role="target", kind="numeric" if task == "regression" else "categorical"
        ),
    ]
    names = ["größe", "n2", "smokes", "ort", "code", "klasse", "paar", "wert"]
    by_name = {column.name: column for column in columns}
    return DataSpec(
        SourceSpec(str(path), encoding="cp1252", delimiter=";", decimal=","),
        tuple(by_name.get(name, ColumnSpec(name, role="ignore")) for name in names),
        SplitSpec(0.2, 0.25, 7, task != "binary"),
    )


def _graph(task, codes):
    layers = [
        Node("a", "InputLayer", "table", {}),
        Node("b", "InputLayer", "code", {"source": "code"}),
        Node("c", "Embedding", "code_vectors", {"input_dim": codes, "output_dim": 2}),
        Node("d", "Flatten", "flat", {}),
        Node("e", "Concatenate", "join", {}),
        Node("f", "Dense", "hidden", {"units": 5, "activation": "relu"}),
        Node("g", "Dense", "output", _LAST[task]),
    ]
    graph = Graph()
    for node in layers:
        graph.put_node(node)
    for source, target, port, index in [
        ("b", "c", "input", 0), ("c", "d", "input", 0), ("a", "e", "inputs", 0),
        ("d", "e", "inputs", 1), ("e", "f", "input", 0), ("f", "g", "input", 0),
    ]:  # fmt: skip
        graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, port), index))
    return graph


def _recipes(task):
    """Recipes that use every loss and every metric of a task."""
    metrics = tuple(metric.name for metric in METRICS if task in metric.tasks)
    losses = [loss.name for loss in LOSSES if task in loss.tasks]
    first = RecipeSpec(
        OptimizerSpec("SGD", 0.01, {"momentum": 0.9, "nesterov": True}),
        losses[0], metrics, class_weight="balanced",
    )  # fmt: skip
    plain = EarlyStopping(enabled=False)
    return [first, *(RecipeSpec(loss=loss, early_stopping=plain) for loss in losses[1:])]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory, catalog):
    """Every task with every loss, executed: name → (prepared here, arrays there, logged names)."""
    folder = tmp_path_factory.mktemp("scripts")
    path = _write(folder)
    jobs, here = [], {}
    for task in _LAST:
        data = _data(path, task)
        prepared = prepare(data, folder)
        codes = prepared.encoder.signature.input("code").cardinality
        for number, recipe in enumerate(_recipes(task)):
            name = f"{task}_{number}"
            code = training_script(_graph(task, codes), catalog, data, recipe, folder)
            script = folder / f"{name}.py"
            script.write_text(code.text, encoding="utf-8")
            jobs.append({"script": str(script), "data": str(path), "out": str(folder / name)})
            here[name] = prepared, code.text
    (folder / "run.py").write_text(_RUNNER, encoding="utf-8")
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "run.py", "jobs.json"],
        capture_output=True, text=True, check=False, timeout=280, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    reports = json.loads(done.stdout.splitlines()[-1])
    return {
        name: (*here[name], dict(np.load(job["out"] + ".npz")), report)
        for (name, job, report) in zip(here, jobs, reports, strict=True)
    }


@pytest.mark.backend
@pytest.mark.parametrize("task", _LAST)
def test_a_script_sees_the_same_arrays(scripts, task):
    prepared, _text, arrays, _logged = scripts[f"{task}_0"]
    np.testing.assert_array_equal(arrays["rows"], prepared.row_ids)
    assert len(prepared.row_ids) < 90  # rows were dropped
    np.testing.assert_array_equal(arrays["target"], prepared.target)
    assert arrays["target"].dtype == prepared.target.dtype
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(arrays[part], prepared.split.part(part))
    assert set(prepared.inputs) == {"features", "code"}
    for name, values in prepared.inputs.items():
        np.testing.assert_array_equal(arrays[f"x_{name}"], values)
        assert arrays[f"x_{name}"].dtype == values.dtype


@pytest.mark.backend
def test_every_loss_and_metric_trains(scripts):
    assert len(scripts) == len([1 for loss in LOSSES for _task in loss.tasks])
    for task in _LAST:
        logged = scripts[f"{task}_0"][3]
        assert set(logged) == {"loss", *(m.name for m in METRICS if task in m.tasks)}


def test_a_script_is_whole_and_needs_no_more_than_it_says(scripts):
    for _prepared, text, _arrays, _logged in scripts.values():
        tree = ast.parse(text)
        modules = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                modules.add(node.module.partition(".")[0])
        assert modules - set(sys.stdlib_module_names) == {"keras", "numpy", "pyarrow"}
        assert max(map(len, text.splitlines())) <= 100
        defined = [node.name for node in tree.body if hasattr(node, "name")]
        assert len(defined) == len(set(defined))


@pytest.mark.slow
@pytest.mark.backend
def test_the_command_line_exports_and_what_it_exports_runs(tmp_path):
    """Wine: train, then the three exports; script and weights are run elsewhere."""
    from workbench.project import create_from_template

    project = tmp_path / "wine"
    create_from_template("wine", project).close()

    def workbench(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=280,
        )  # fmt: skip

    refused = workbench("export", project, "--what", "weights", "--out", tmp_path / "w")
    assert (refused.returncode, "no trained network" in refused.stderr) == (1, True)
    assert workbench("export", project, "--what", "weights").returncode == 2
    model = workbench("export", project)
    assert model.returncode == 0, model.stderr
    assert model.stdout.startswith('"""A Keras network') and "def build_model" in model.stdout
    script = project / "train.py"
    assert workbench("export", project, "--what", "script", "--out", script).returncode == 0
    assert 'DATA_FILE = "data.csv"' in script.read_text(encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-P", "train.py"],
        capture_output=True, text=True, check=False, timeout=280, cwd=project,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    accuracy = [line for line in ran.stdout.splitlines() if line.startswith("test accuracy")]
    assert float(accuracy[0].rpartition(" ")[2]) > 0.85
    assert (project / "model.weights.h5").stat().st_size > 1000

    trained = workbench("train", project, "--epochs", "3")
    assert trained.returncode == 0, trained.stderr
    out = tmp_path / "net"
    written = workbench("export", project, "--what", "weights", "--out", out)
    assert written.returncode == 0, written.stderr
    assert sorted(file.name for file in out.iterdir()) == [
        "encoder.json", "model.py", "model.weights.h5",
    ]  # fmt: skip
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import sys, runpy, json, numpy as np\n"
        "model = runpy.run_path(sys.argv[1])['load_model']()\n"
        "x = np.random.default_rng(0).normal(size=(5, 13)).astype('float32')\n"
        "print(json.dumps(np.asarray(model.predict(x, verbose=0)).tolist()))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-P", str(probe), str(out / "model.py")],
        capture_output=True, text=True, check=False, timeout=280, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]

    from workbench.engine.local import prepare_process

    prepare_process("auto", "cpu")
    from workbench.training.load import load_run

    x = np.random.default_rng(0).normal(size=(5, 13)).astype("float32")
    ours = load_run(project).model.predict(x, verbose=0)
    theirs = np.array(json.loads(ran.stdout.splitlines()[-1]), np.float32)
    assert np.abs(ours - theirs).max() == 0.0


def test_a_project_without_target_is_refused(tmp_path, catalog):
    data = _data(_write(tmp_path), "binary")
    columns = tuple(ColumnSpec(c.name, role="feature") for c in data.columns)
    with pytest.raises(RecipeError, match="no target"):
        training_script(
            _graph("binary", 5), catalog, DataSpec(data.source, columns, data.split), RecipeSpec(),
            tmp_path,
        )  # fmt: skip


def test_the_file_name_of_a_script_cannot_become_code(tmp_path, catalog):
    data = _data(_write(tmp_path), "regression")
    codes = prepare(data, tmp_path).encoder.signature.input("code").cardinality
    text = training_script(
        _graph("regression", codes), catalog, data, RecipeSpec(), tmp_path,
        name='"""; import os #.py', data_file='"); import os #',
    ).text  # fmt: skip
    tree = ast.parse(text)
    assert "python train.py" in ast.get_docstring(tree)
    assert not any(
        alias.name == "os" for node in ast.walk(tree) if isinstance(node, ast.Import)
        for alias in node.names
    )  # fmt: skip
