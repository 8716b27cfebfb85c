"""The store of runs: keeps everything, loses nothing, survives damage."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench
from workbench.errors import RunError
from workbench.runs import database
from workbench.runs.files import RESULT, SPEC, WEIGHTS, make_folder, run_folder, write_json
from workbench.runs.spec import RunSpec, RunState
from workbench.runs.store import RunStore

ROOT = Path(workbench.__file__).parents[1]


def test_a_run_is_listed_from_its_beginning_to_its_end(store, make_spec):
    store.create(make_spec(seed=3))
    store.create(make_spec(seed=4))  # a second beginning changes nothing
    (run,) = store.runs()
    assert (run.run_id, run.name, run.state) == ("run-1", "run-1", RunState.RUNNING)
    assert run.finished is None and not run.has_weights
    assert RunSpec.from_plain(run.spec).recipe.seed == 3
    store.finish("run-1", RunState.DONE, {"test": {"accuracy": np.float32(0.5)}})
    run = store.run("run-1")
    assert run.state is RunState.DONE and run.result == {"test": {"accuracy": 0.5}}
    assert run.finished >= run.created
    assert store.run("other") is None


def test_runs_come_latest_first(store, make_spec):
    for name in ("a", "c", "b"):
        store.create(make_spec(name))
    assert [run.run_id for run in store.runs()] == ["b", "c", "a"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.randoms())
def test_every_batch_comes_back_once_in_order(store, make_spec, lengths, random):
    run_id = f"r{secrets.token_hex(8)}"
    store.create(make_spec(run_id))
    values = np.array([random.uniform(-5, 5) for _ in range(sum(lengths))], np.float32)
    starts = np.cumsum([0, *lengths[:-1]])
    chunks = list(zip(starts, lengths, strict=True))
    random.shuffle(chunks)
    for start, length in [*chunks, chunks[0]]:  # one of them twice
        store.add_batches(run_id, int(start), {"loss": values[start : start + length]})
    assert np.array_equal(store.batches(run_id)["loss"], values)


def test_a_gap_is_not_a_number(store, make_spec):
    store.create(make_spec())
    store.add_batches("run-1", 3, {"loss": [1.0]})
    loss = store.batches("run-1")["loss"]
    assert np.isnan(loss[:3]).all() and loss[3] == 1.0


def test_an_absurd_step_is_not_allocated(store, make_spec):
    store.create(make_spec())
    store.add_batches("run-1", 0, {"loss": [1.0, 2.0]})
    store.add_batches("run-1", 2**50, {"loss": [1.0]})
    assert store.batches("run-1")["loss"].tolist() == [1.0, 2.0]


def test_epochs_come_back_as_they_were_emitted(store, make_spec):
    store.create(make_spec())
    event = {
        "event": "epoch",
        "epoch": 2,
        "step": 8,
        "values": {"loss": float("nan")},
        "best": True,
    }
    store.add_epoch("run-1", event)
    store.add_epoch("run-1", {**event, "epoch": 1, "values": {"loss": 0.1}})
    first, second = store.epochs("run-1")
    assert (first["epoch"], second["epoch"]) == (1, 2)
    assert first["values"]["loss"] == 0.1 and np.isnan(second["values"]["loss"])


def test_the_latest_run_that_can_predict(store, make_spec, tmp_path):
    for run_id, state in (("a", "done"), ("b", "stopped"), ("c", "failed"), ("d", "cancelled")):
        store.create(make_spec(run_id))
        store.finish(run_id, state)
        (make_folder(tmp_path, run_id) / WEIGHTS).write_bytes(b"x")
    store.create(make_spec("e"))
    store.finish("e", "done")  # its folder is gone
    assert store.latest_with_weights().run_id == "b"
    assert {r.run_id for r in store.runs() if r.has_weights} == {"a", "b", "c"}


def test_names_and_deleting(store, make_spec, tmp_path):
    store.create(make_spec())
    store.add_batches("run-1", 0, {"loss": [1.0]})
    store.add_epoch("run-1", {"epoch": 1})
    make_folder(tmp_path, "run-1")
    store.rename("run-1", "  My\n best run ")
    assert store.run("run-1").name == "My best run"
    with pytest.raises(RunError):
        store.rename("run-1", "  ")
    store.delete("run-1")
    assert store.runs() == [] and store.batches("run-1") == {} and store.epochs("run-1") == []
    assert not run_folder(tmp_path, "run-1").exists()


def test_a_torn_folder_goes_with_its_failure(store, make_spec, tmp_path):
    for run_id in ("torn", "kept"):
        store.create(make_spec(run_id))
        write_json(make_folder(tmp_path, run_id) / SPEC, {})
    write_json(run_folder(tmp_path, "kept") / RESULT, {"state": "failed"})
    store.finish("torn", RunState.FAILED)
    store.finish("kept", RunState.FAILED)
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["kept"]


def test_runs_whose_program_ended_are_failed(store, make_spec):
    for run_id in ("a", "b", "c"):
        store.create(make_spec(run_id))
    store.finish("a", RunState.DONE)
    assert store.fail_unfinished(keep=frozenset({"c"})) == 1
    assert {r.run_id: r.state.value for r in store.runs()} == {
        "a": "done", "b": "failed", "c": "running",
    }  # fmt: skip
    assert "program ended" in store.run("b").result["error"]["message"]


@pytest.mark.parametrize("run_id", ["", "..", "../x", "a/b", "a\\b", ".hidden", "x" * 200, "a\n"])
def test_ids_stay_below_the_runs_folder(tmp_path, run_id):
    with pytest.raises(RunError):
        run_folder(tmp_path, run_id)


def test_two_programs_write_at_the_same_time(tmp_path, make_spec):
    stores = [RunStore(tmp_path), RunStore(tmp_path)]
    stores[0].create(make_spec())

    def write(store, offset):
        for step in range(40):
            store.add_batches("run-1", 2 * step + offset, {"loss": [float(2 * step + offset)]})

    threads = [threading.Thread(target=write, args=(s, i)) for i, s in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].batches("run-1")["loss"].tolist() == list(range(80))
    for store in stores:
        store.close()


# ---- damage --------------------------------------------------------------------------------


def _whole_run(project, run_id):
    folder = make_folder(project, run_id)
    write_json(folder / SPEC, {"run_id": run_id})
    write_json(folder / RESULT, {"run_id": run_id, "state": "done", "seconds": 2.0})
    (folder / WEIGHTS).write_bytes(b"x")


@pytest.mark.parametrize("damage", ["garbage", "empty head", "truncated", "foreign", "trigger"])
def test_a_damaged_store_is_moved_aside_and_the_runs_found_again(tmp_path, make_spec, damage):
    store = RunStore(tmp_path)
    for number in range(200):
        store.create(make_spec(f"r{number}"))
    store.close()
    path = tmp_path / database.FILE
    whole = path.read_bytes()
    if damage == "garbage":
        path.write_bytes(os.urandom(5000))
    elif damage == "empty head":
        path.write_bytes(b"\0" * 200 + whole[200:])
    elif damage == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        if damage == "foreign":
            path.unlink()
        with sqlite3.connect(path) as connection:
            if damage == "foreign":
                connection.execute("CREATE TABLE other (x)")
            else:
                connection.execute(
                    "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END"
                )
        connection.close()
    _whole_run(tmp_path, "kept")
    make_folder(tmp_path, "torn").joinpath(RESULT).write_text("{")
    store = RunStore(tmp_path)
    assert "moved to runs.damaged-" in store.message
    assert [(r.run_id, r.state, r.has_weights) for r in store.runs()] == [
        ("kept", RunState.DONE, True)
    ]
    aside = next(tmp_path.glob("runs.damaged-*.sqlite"))
    assert aside.stat().st_size > 0
    store.close()
    again = RunStore(tmp_path)
    assert again.message == "" and len(again.runs()) == 1
    again.close()


def test_a_newer_store_is_left_alone(tmp_path):
    RunStore(tmp_path).close()
    path = tmp_path / database.FILE
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(RunError, match="newer version"):
        RunStore(tmp_path)
    assert path.read_bytes() == before


def test_a_full_disk_is_named_and_nothing_is_lost(store, make_spec):
    store.create(make_spec())
    store.add_batches("run-1", 0, {"loss": np.ones(10)})
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RunError, match="disk is full"):
        for step in range(10, 100_000, 10_000):
            store.add_batches("run-1", step, {"loss": np.ones(10_000)})
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert store.batches("run-1")["loss"].tolist() == [1.0] * 10
    store.add_batches("run-1", 10, {"loss": [2.0]})
    assert len(store.batches("run-1")["loss"]) == 11


def test_a_missing_folder_is_one_clear_message(tmp_path):
    with pytest.raises(RunError, match="record of runs"):
        RunStore(tmp_path / "nowhere")


@pytest.mark.parametrize("existing", [True, False])
def test_a_read_only_project_can_be_looked_at(tmp_path, make_spec, monkeypatch, existing):
    if existing:
        store = RunStore(tmp_path)
        store.create(make_spec())
        store.close()
    real = sqlite3.connect

    def refuse(where, **options):
        if where == str(tmp_path / database.FILE):
            raise sqlite3.OperationalError("unable to open database file")
        return real(where, **options)

    monkeypatch.setattr(database.sqlite3, "connect", refuse)
    monkeypatch.setattr(database.os, "access", lambda *_: False)
    store = RunStore(tmp_path)
    assert "cannot be written" in store.message
    assert len(store.runs()) == existing
    if existing:
        with pytest.raises(RunError, match="may not write"):
            store.rename("run-1", "x")
    store.close()


_WRITER = """
import sys
from pathlib import Path
from workbench.runs.store import RunStore
store = RunStore(Path(sys.argv[1]))
run_id = sys.argv[2]
first = int(sys.argv[3])
print("go", flush=True)
for step in range(first, first + 1_000_000):
    store.add_batches(run_id, step, {"loss": [float(step)]})
    store.add_epoch(run_id, {"epoch": step, "values": {"loss": step}})
    print(step, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_kills_in_the_middle_of_writing_lose_nothing(tmp_path, make_spec):
    store = RunStore(tmp_path)
    store.create(make_spec())
    store.close()
    said = -1
    for _ in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), "run-1", str(said + 1)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        lines = [writer.stdout.readline() for _ in range(np.random.randint(3, 60))]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.stdout.read().splitlines()
        writer.wait()
        writer.stdout.close()
        said = max(int(line) for line in lines if line.strip().isdigit())
        store = RunStore(tmp_path)
        assert store.message == ""
        loss = store.batches("run-1")["loss"]
        assert np.array_equal(loss[: said + 1], np.arange(said + 1, dtype=np.float32))
        assert len(store.epochs("run-1")) >= said + 1
        store.close()


def test_strange_text_in_the_store_is_survived(store, make_spec):
    store.create(make_spec())
    store._connection.execute("UPDATE runs SET state = 'odd', result = '[', spec = 'null'")
    (run,) = store.runs()
    assert run.state is RunState.FAILED and run.result == {} and run.spec == {}
    json.dumps(run.result)
