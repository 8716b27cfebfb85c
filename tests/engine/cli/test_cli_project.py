"""The whole headless job on a template: check, train, predict, explain, as a person types it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from workbench.cli.main import main
from workbench.project import create_from_template, open_project
from workbench.runs.spec import RunState
from workbench.runs.store import RunStore

pytestmark = pytest.mark.backend


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "workbench", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=280, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project trained by the command line, with the events it printed."""
    folder = tmp_path_factory.mktemp("cli") / "wine"
    create_from_template("wine", folder).close()
    done = run("train", folder, "--epochs", "25", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    return folder, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.slow
def test_train_prints_one_event_a_line_and_keeps_the_run(trained):
    folder, events, stderr = trained
    assert stderr == ""  # no chatter of native libraries
    kinds = [event["event"] for event in events]
    assert kinds.count("run_started") == 1
    assert kinds[-1] == "done"
    result = events[-1]["result"]
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == list(range(1, len(epochs) + 1))
    assert 1 <= len(epochs) <= 25
    started = next(event for event in events if event["event"] == "run_started")
    batches = [e for e in events if e["event"] == "batches"]
    values = sum(len(event["values"]["loss"]) for event in batches)
    assert values == len(epochs) * started["steps_per_epoch"]
    assert result["test"]["accuracy"] > 0.8
    store = RunStore(folder)
    record = store.runs()[0]
    assert (record.run_id, record.state) == (result["run_id"], RunState.DONE)
    assert len(store.batches(record.run_id)["loss"]) == values
    store.close()


@pytest.mark.slow
def test_predict_and_explain_speak_the_persons_words(trained, tmp_path, capsys):
    folder, events, _ = trained
    run_id = events[-1]["result"]["run_id"]
    assert main(["predict", str(folder)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) > 20
    right = sum(row["target"] == row["prediction"] for row in rows) / len(rows)
    assert right == pytest.approx(events[-1]["result"]["test"]["accuracy"], abs=1e-6)
    names = [name for name in rows[0] if name.startswith("probability ")]
    assert len(names) == 3
    for row in rows:
        assert sum(float(row[name]) for name in names) == pytest.approx(1, abs=1e-4)

    out, table = tmp_path / "mine.csv", folder / "data.csv"
    asked = ["--run", run_id, "--csv", str(table), "--out", str(out)]
    assert main(["predict", str(folder), *asked]) == 0
    assert len(out.read_text().splitlines()) == len(table.read_text().splitlines())
    assert str(out) in capsys.readouterr().out

    assert main(["explain", str(folder), "--rows", "2:5", "--out", str(tmp_path / "why")]) == 0
    shown = capsys.readouterr().out
    plain = json.loads((tmp_path / "why" / "explanation.json").read_text())
    assert plain["rows"] == [int(row["row"]) for row in rows[2:5]]
    assert plain["additivity"] <= 1e-3
    assert "alcohol" in plain["columns"]
    assert "alcohol" in shown
    assert (tmp_path / "why" / "explanation.csv").read_text().startswith("row,output")

    assert main(["explain", str(folder), "--rows", "900:"]) == 1
    assert "no rows to explain" in capsys.readouterr().err
    assert main(["predict", str(folder), "--run", "nothing"]) == 1
    assert "Error: " in capsys.readouterr().err


@pytest.mark.slow
def test_check_shows_layers_and_problems(trained, tmp_path, capsys):
    folder, *_ = trained
    assert main(["check", str(folder)]) == 0
    shown = capsys.readouterr().out
    document = open_project(folder, read_only=True)
    for node in document.graph:
        assert node.name in shown
    assert "In all:" in shown and "of memory at" in shown
    assert main(["check", str(folder), "--format", "csv"]) == 0
    read = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["Name"] for row in read[:-1]] == [node.name for node in document.graph]
    assert read[0]["Output"].startswith("feature ") and read[-1]["Name"] == "In all"
    assert int(read[1]["Multiply-adds"]) > 0
    assert main(["check", str(folder), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("| Name | Type | Output |")
    empty = str(tmp_path / "empty")
    assert main(["new", empty]) == 0
    capsys.readouterr()
    assert main(["check", empty, "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert any(problem["severity"] == "error" for problem in problems)
    assert main(["train", empty]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "keras-workbench check" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "code", "state"),
    [(signal.SIGINT, 0, RunState.STOPPED), (signal.SIGTERM, 130, RunState.CANCELLED)],
)
def test_ctrl_c_stops_and_keeps_a_termination_request_discards(tmp_path, sent, code, state):
    folder = tmp_path / "p"
    create_from_template("wine", folder).close()
    document = open_project(folder)
    from workbench.graph import SetField

    document.apply(SetField("recipe", ("early_stopping", "enabled"), False))
    document.save()
    document.close()
    child = subprocess.Popen(
        [sys.executable, "-m", "workbench", "train", str(folder), "--epochs", "100000", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for line in child.stdout:
            if json.loads(line)["event"] == "epoch":
                break
        os.kill(child.pid, sent)
        begun = time.monotonic()
        out, err = child.communicate(timeout=60)
        assert time.monotonic() - begun < 30
        assert child.returncode == code, err
    finally:
        child.kill()
        child.communicate()
    store = RunStore(folder)
    (record,) = store.runs()
    store.close()
    assert record.state == state
    if state is RunState.STOPPED:
        assert json.loads(out.splitlines()[-1])["result"]["state"] == "stopped"
        assert main(["predict", str(folder)]) == 0
    else:
        assert "Cancelled" in err
