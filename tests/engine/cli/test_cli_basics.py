"""The command line without Keras: help, usage, exit codes, error texts, new projects."""

import json
import os
import subprocess
import sys
import time

import pytest

from workbench.cli import main as command
from workbench.cli.main import main
from workbench.project import open_project


def run(*arguments, **environment):
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_help_answers_at_once():
    times = []
    for _ in range(3):
        begun = time.monotonic()
        done = run("--help")
        times.append(time.monotonic() - begun)
        assert done.returncode == 0
    assert min(times) < 0.5
    wanted = "window new check train predict explain export import screenshot doctor"
    for verb in wanted.split():
        assert verb in done.stdout


@pytest.mark.parametrize("verb", [verb.NAME for verb in command.VERBS])
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert "usage: keras-workbench " + verb in capsys.readouterr().out


def test_help_loads_nothing_heavy():
    code = (
        "import sys, workbench.cli.main as m\n"
        "try: m.main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'pyarrow', 'keras', 'PySide6', 'shap', 'sklearn', 'psutil'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["train"],
        ["train", "x", "--epochs", "0"],
        ["train", "x", "--epochs", "many"],
        ["train", "x", "--backend", "abacus"],
        ["explain", "x", "--rows", "a:b"],
        ["explain", "x", "--rows", ""],
        ["predict", "x", "--part", "none"],
        ["screenshot", "x", "out.png", "--size", "big"],
        ["screenshot", "x", "out.png", "--page", "nowhere"],
        ["new", "x", "--colour"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage:" in err


def test_new_without_a_folder_is_wrong_usage(capsys):
    assert main(["new"]) == 2
    assert "No folder was given" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["check", "train", "predict", "explain"])
def test_a_folder_without_a_project_is_exit_code_1_and_says_what_to_do(verb, tmp_path, capsys):
    assert main([verb, str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: There is no project in this folder.")
    assert "Expected: a folder with a file project.json" in err
    assert "What to do:" in err
    assert str(tmp_path) in err


def test_new_makes_projects(tmp_path, capsys):
    assert main(["new", "--list"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("breast_cancer", "wine", "diabetes"))
    assert main(["new", str(tmp_path / "a"), "--template", "breast-cancer"]) == 0
    assert main(["new", str(tmp_path / "b"), "--name", "Empty one"]) == 0
    a, b = open_project(tmp_path / "a"), open_project(tmp_path / "b")
    assert a.data.target is not None
    assert (a.folder / "data.csv").stat().st_size > 10_000
    assert len(a.graph) >= 3
    assert b.name == "Empty one"
    assert len(b.graph) == 0
    a.close()
    b.close()
    capsys.readouterr()
    assert main(["new", str(tmp_path / "a")]) == 1
    assert "in use already" in capsys.readouterr().err
    assert main(["new", str(tmp_path / "c"), "--template", "iris"]) == 1
    assert "one of breast_cancer, wine, diabetes" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_an_error_of_the_program_itself_is_logged_and_no_traceback_is_shown(
    monkeypatch, capsys, own_home
):
    from workbench import logs

    def fails(_arguments):
        raise ZeroDivisionError("secret value 12345")

    monkeypatch.setattr(command.new, "run", fails)
    try:
        assert main(["new", "x"]) == 1
    finally:
        logs.stop_logging()
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "Something went wrong in Keras Workbench itself." in err
    log = (own_home / "logs" / logs.LOG_FILE).read_text()
    assert "ZeroDivisionError" in log
    assert "12345" not in log


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    main(["new", str(tmp_path / "p"), "--template", "wine"])
    done = subprocess.run(
        f"{sys.executable} -m workbench new --list | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""


def test_terminals_that_know_ascii_only_get_an_answer():
    done = run("check", "--help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0


# ---- the window verb, where there is none --------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display is always there")
def test_without_a_display_the_window_says_what_to_do(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("workbench.cli.system_libraries.missing_libraries", lambda **_k: [])
    monkeypatch.setattr(
        "workbench.cli.system_libraries.importlib.util.find_spec", lambda _name: object()
    )
    assert main([]) == 1
    err = capsys.readouterr().err
    assert "no display" in err
    assert "keras-workbench train" in err


def test_a_folder_that_is_no_project_is_told_before_the_window_opens(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "no project in this folder" in capsys.readouterr().err


def test_without_pyside_the_window_names_the_package(monkeypatch, capsys):
    monkeypatch.setattr(
        "workbench.cli.system_libraries.importlib.util.find_spec", lambda _name: None
    )
    assert main([]) == 1
    assert "pip install PySide6-Essentials" in capsys.readouterr().err


def test_a_picture_into_a_missing_folder_is_refused(tmp_path, capsys):
    main(["new", str(tmp_path / "p")])
    assert main(["screenshot", str(tmp_path / "p"), str(tmp_path / "no" / "x.png")]) == 1
    assert "folder for the picture does not exist" in capsys.readouterr().err


def test_numpy_and_not_numbers_are_printed_as_json(capsys):
    import numpy as np

    from workbench.cli.events import print_event

    print_event({"event": "x", "loss": np.float32([1, np.nan, np.inf]), "n": np.int64(3)})
    assert json.loads(capsys.readouterr().out) == {
        "event": "x", "loss": [1.0, None, None], "n": 3,
    }  # fmt: skip
