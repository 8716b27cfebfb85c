"""Python that builds models becomes graphs; it runs apart, for a limited time, and is ended."""

import json
import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from workbench.engine.local import prepare_process, run_local
from workbench.errors import GraphError, JobCancelled
from workbench.graph import Graph
from workbench.importing import throwaway
from workbench.importing.code_job import CHILD, read_code
from workbench.jobs import Control

pytestmark = [pytest.mark.backend, pytest.mark.slow]
HEAD = "import keras\nfrom keras import layers\n"
LEAVES = "import os\nopen(os.path.dirname(__file__) + '/result.json', 'w').write("
SMALL = "keras.Sequential([keras.Input((4,)), layers.Dense({}, name='out')])"


@pytest.fixture(scope="module", autouse=True)
def backend():
    prepare_process("auto", "cpu")


def run(text, control=None, emit=lambda event: None, **more):
    return run_local("import_code", {"text": text, "name": "a.py", **more}, emit, control)


def units(found):
    return {
        name: [n["params"]["units"] for n in model["graph"]["nodes"] if n["layer"] == "Dense"]
        for name, model in found["models"].items()
    }


def test_variables_are_found_once_each():
    text = HEAD + (
        f"print('hello ' * 100_000)\nsmall = {SMALL.format(3)}\nsame = small\n"
        f"other = {SMALL.format(5)}\n"
        "class Own(keras.Model):\n    def call(self, x):\n        return x\nown = Own()\n"
        "def build_model():\n    raise AssertionError('variables come first')\n"
    )
    found = run(text)
    assert units(found) == {"small": [3], "other": [5]}
    assert found["models"]["small"]["lost"] == []
    assert len(Graph.from_plain(found["models"]["small"]["graph"])) == 2


def test_functions_are_called_only_where_no_variable_holds_a_model():
    functions = (
        f"def small(units=3):\n    return {SMALL.format('units')}\n"
        f"def needs(units):\n    return {SMALL.format('units')}\n"
        "def fails():\n    raise ValueError('never told, as another one works')\n"
    )
    assert units(run(HEAD + functions)) == {"small": [3]}
    first = f"def build_model():\n    return {SMALL.format(7)}\n"
    assert units(run(HEAD + functions + first)) == {"build_model": [7]}
    with pytest.raises(GraphError, match="no model called needs"):
        run(HEAD + functions + first, pick="needs")


@pytest.mark.parametrize(
    ("text", "line", "source", "words"),
    [
        ("a = 1\nb = (\n", "2", "b = (", "SyntaxError"),
        ("a = 1\n\ndef f():\n    return a / 0\nf()\n", "4", "return a / 0", "ZeroDivisionError"),
        (HEAD + "def build_model():\n    return layers.Dense(-1)\n", "4", "return layers.Dense(-1)",
         "ValueError"),
        ("if __name__ == '__main__':\n    exit(1)\ninput()\n", "3", "input()", "EOFError"),
    ],
    ids=["syntax", "inside", "function", "stdin"],
)  # fmt: skip
def test_a_fault_names_its_line(text, line, source, words):
    with pytest.raises(GraphError) as caught:
        run(text)
    error = caught.value
    assert error.message.startswith(f"a.py was not imported: line {line}: ")
    assert words in error.message and source in error.received
    assert error.place.part == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import sys\nsys.exit()\n", "makes no Keras model; it ended itself in line 2"),
        ("import os\nos._exit(7)\n", "ended with the code 7"),
        ("import keras\nclass Own(keras.Model):\n    pass\nm = Own()\n", "cannot be drawn"),
        ("x = bytearray(20 * 2**30)\n", "MemoryError"),
        ("x = '" + "y" * 1_000_001 + "'", "too long"),
        ("x = 1\ny = '\ud800'", "line 2 holds a character"),
        (LEAVES + "'{\"fault\": 3}')\nos._exit(0)", "what it left is damaged"),
    ],
    ids=["exit", "hard exit", "no graph", "memory", "long", "no text", "damaged"],
)
def test_what_gives_no_model_is_said(text, words):
    with pytest.raises(GraphError, match=words):
        run(text)


def test_the_engine_process_stays_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = (Path.cwd(), dict(os.environ), threading.active_count())
    text = HEAD + (
        "import os, shutil, sys, subprocess, workbench\n"
        "here = os.getcwd()\nassert os.listdir(here) == []\nshutil.rmtree(here)\n"
        "os.environ['KERAS_BACKEND'] = 'jax'\nkeras.layers.Lambda = None\n"
        "workbench.SPOILT = True\nsys.modules['json'] = None\n"
        f"m = {SMALL.format(2)}\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(987654)'])\n"
        "sys.exit(0)\n"
    )
    assert units(run(text)) == {"m": [2]}
    assert (Path.cwd(), dict(os.environ), threading.active_count()) == before
    import keras

    import workbench

    assert keras.layers.Lambda is not None and not hasattr(workbench, "SPOILT")
    assert json.loads("1") == 1
    assert list(tmp_path.iterdir()) == []
    assert not left_over()


def left_over():
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if "987654" in line or "importing.code_child" in line:
            found.append(line)
    return found


LOOP = (
    "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(987654)'],\n"
    "                 start_new_session=True)\n"
    "print('on and on', flush=True)\nwhile True:\n    pass\n"
)


def test_an_endless_loop_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(throwaway, "SECONDS", 1.5)
    with pytest.raises(GraphError, match="longer than 2 seconds") as caught:
        run(LOOP)
    assert "on and on" in caught.value.details
    assert not left_over()


def test_cancel_ends_it_within_a_second():
    control, at = Control(), []

    def emit(event):
        if event["text"].startswith("Running"):
            threading.Timer(1.0, lambda: (at.append(time.monotonic()), control.cancel())).start()

    with pytest.raises(JobCancelled):
        run(LOOP, control, emit)
    assert time.monotonic() - at[0] < 1.0
    assert not left_over()


@pytest.mark.skipif(os.name == "nt", reason="the pipe is tried on POSIX")
def test_it_ends_when_the_engine_is_gone():
    process = throwaway.Throwaway(CHILD, text=LOOP)
    popen = process._popen
    deadline = time.monotonic() + 60
    while b"on and on" not in process._tail and time.monotonic() < deadline:
        time.sleep(0.05)
    popen.stdin.close()  # as the death of this process would
    popen.wait(5.0)
    assert not process._root.exists()
    for other in psutil.process_iter(["cmdline"]):
        if "time.sleep(987654)" in " ".join(other.info["cmdline"] or []):
            other.kill()  # it left the group on purpose
    process.__exit__()


def test_the_command_runs_a_file_only_when_it_is_trusted(tmp_path, capsys):
    from workbench.cli.main import main
    from workbench.project import open_project

    path, folder = tmp_path / "net.py", tmp_path / "new"
    trace = tmp_path / "trace"
    path.write_text(
        HEAD + f"open({str(trace)!r}, 'w').close()\na = {SMALL.format(3)}\nb = {SMALL.format(4)}\n"
    )
    assert main(["import", str(path), str(folder)]) == 1
    assert "--trust" in capsys.readouterr().err
    assert not trace.exists() and not folder.exists()
    assert main(["import", str(path), str(folder), "--trust"]) == 1
    assert "a, b" in capsys.readouterr().err
    assert trace.exists() and not folder.exists()
    assert main(["import", str(path), str(folder), "--trust", "--model", "b"]) == 0
    document = open_project(folder, read_only=True)
    assert [n.params.get("units") for n in document.graph if n.layer == "Dense"] == [4]
    document.close()


def test_devices_and_large_files_are_not_read(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "endless.py").symlink_to("/dev/zero")
    (tmp_path / "large.py").write_text("x = 1\n" * 400_000)
    (tmp_path / "bytes.py").write_bytes(b"x = '\xff\xfe'")
    for name, words in (
        ("pipe", "no file"), ("endless", "no file"), ("large", "too large"),
        ("bytes", "no text"), ("absent", "No such file"),
    ):  # fmt: skip
        with pytest.raises(GraphError, match=words):
            read_code(tmp_path / f"{name}.py")
    (tmp_path / "good.py").write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_code(tmp_path / "good.py") == "x = 1\n"


def test_settings_that_no_project_can_hold_are_refused():
    layer = "keras.layers.ReLU(max_value=float('inf'))"
    text = f"import keras\nmodel = keras.Sequential([keras.Input((3,)), {layer}])\n"
    with pytest.raises(GraphError, match="not a finite number"):
        run(text)
