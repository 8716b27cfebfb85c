"""A file is read in a process of its own: limits, Cancel, and an end that costs nothing else."""

import json
import threading
import time

import psutil
import pytest

from workbench.engine.local import run_local
from workbench.errors import GraphError, JobCancelled
from workbench.importing import import_job
from workbench.jobs import Control

HEAD = """
import os, sys
from pathlib import Path
from workbench.importing.confinement import confine
root = Path(sys.argv[1])
confine(root, {memory})
(root / "started").write_text("")
"""
ENDLESS = "while True: pass"
GREEDY = "kept = []\nwhile True: kept.append(b'x' * 50_000_000)"
CRASH = "os.kill(os.getpid(), 11)"
SILENT = "os._exit(0)"
RUBBISH = "(root / 'result.json').write_text('{\"network\": 3}')"


def write(path, *layers):
    common = {"module": "keras.layers", "registered_name": None}
    start = {"batch_shape": [None, 16], "dtype": "float32", "name": "start"}
    plain = {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "config": {
            "name": "saved",
            "layers": [
                {"class_name": kind, "config": config, **common}
                for kind, config in (("InputLayer", start), *layers)
            ],
        },
    }
    path.write_text(json.dumps(plain), encoding="utf-8")


def children():
    mine = psutil.Process().children(recursive=True)
    return [p for p in mine if "file_child" in str(p.cmdline()) or "stuck" in str(p.cmdline())]


@pytest.fixture
def instead(tmp_path, monkeypatch):
    """Return a function that puts a program in the place of the one that reads the file."""

    def put(code, memory=4 * 2**30):
        (tmp_path / "stuck.py").write_text(HEAD.format(memory=memory) + code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(import_job, "CHILD", "stuck")
        return {"path": str(tmp_path / "model.keras")}

    return put


@pytest.mark.backend
@pytest.mark.slow
def test_a_file_is_read_apart_and_its_faults_come_back(tmp_path):
    write(tmp_path / "good.json", ("Dense", {"name": "end", "units": 3}))
    told = []
    found = run_local("import_file", {"path": str(tmp_path / "good.json")}, told.append)
    assert [node["layer"] for node in found["graph"]["nodes"]] == ["InputLayer", "Dense"]
    assert told[0]["done"] == 0 and told[-1]["done"] == 2
    write(tmp_path / "bad.json", ("Lambda", {"name": "own", "function": "x"}))
    with pytest.raises(GraphError, match="'own' is a Lambda") as caught:
        run_local("import_file", {"path": str(tmp_path / "bad.json")})
    assert "Paste Python" in caught.value.remedy
    assert children() == []


def test_what_takes_for_ever_is_ended(instead, monkeypatch):
    monkeypatch.setattr(import_job, "SECONDS", 0.5)
    with pytest.raises(GraphError, match="longer than 0 seconds"):
        run_local("import_file", instead(ENDLESS))
    assert children() == []


@pytest.mark.parametrize("limit", [300_000_000, 2**40])
def test_what_takes_too_much_memory_is_ended(instead, monkeypatch, limit):
    """With the platform's limit, and where there is none: the memory is watched too."""
    monkeypatch.setattr(import_job, "MEMORY", 600_000_000)
    with pytest.raises(GraphError, match=r"more than|without a result"):
        run_local("import_file", instead(GREEDY, limit))
    assert children() == []


@pytest.mark.parametrize("code", [CRASH, SILENT, RUBBISH])
def test_a_crash_is_told_and_costs_nothing_else(instead, code):
    with pytest.raises(GraphError, match=r"model\.keras was not imported: reading it ended"):
        run_local("import_file", instead(code))


def test_cancel_ends_it_within_a_second(instead):
    control, at = Control(), []

    def cancel(event):
        if event["done"] == 1:
            threading.Timer(0.3, lambda: (at.append(time.monotonic()), control.cancel())).start()

    with pytest.raises(JobCancelled):
        run_local("import_file", instead(ENDLESS), cancel, control)
    assert time.monotonic() - at[0] < 1.0
    assert children() == []
