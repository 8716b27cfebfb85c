"""`doctor`: works with anything missing or broken, and gives each problem its remedy."""

import json
import sys

import pytest

from workbench.cli import diagnosis, system_libraries
from workbench.cli.diagnosis import examine, try_child
from workbench.cli.main import main
from workbench.cli.system_libraries import LIBRARIES, Library, install_command


def problems(findings):
    return [finding for finding in findings if finding.level == "problem"]


@pytest.fixture
def whole(monkeypatch):
    """A machine where everything is installed and loads."""
    monkeypatch.setattr(diagnosis, "missing_libraries", list)
    monkeypatch.setattr(diagnosis, "version_of", lambda _package: "6.11.3")
    monkeypatch.setattr(diagnosis, "has_display", lambda: True)
    answers = {"qt": "6.11.3", "platform": "xcb", "keras": "3.15.1", "devices": ["CPU:0"]}
    monkeypatch.setattr(diagnosis, "try_child", lambda *_args, **_kw: answers)


def test_a_whole_machine_has_no_problem(whole, capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "No problem found." in out
    for topic in ("Machine", "Libraries", "Folders", "Window", "Backends"):
        assert f"\n{topic}\n" in out


def test_json_is_one_finding_a_line(whole, capsys):
    assert main(["doctor", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"topic", "level", "text", "remedy"} == set(lines[0])


def test_missing_system_libraries_are_named_with_the_command(whole, monkeypatch, capsys):
    missing = [Library("libEGL.so.1", "libegl1", "libglvnd-egl")]
    monkeypatch.setattr(diagnosis, "missing_libraries", lambda: missing)
    monkeypatch.setattr(system_libraries.shutil, "which", lambda name: name == "apt-get")
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "libEGL.so.1" in out
    assert "apt-get install -y --no-install-recommends libegl1" in out
    assert "One problem found." in out


@pytest.mark.parametrize(
    ("program", "sudo", "expected"),
    [
        ("apt-get", True, "sudo apt-get update && sudo apt-get install -y "
                          "--no-install-recommends libegl1 libgl1"),
        ("apt-get", False, "apt-get update && apt-get install -y "
                           "--no-install-recommends libegl1 libgl1"),
        ("dnf", True, "sudo dnf install -y libglvnd-egl libglvnd-glx"),
        ("pacman", True, "Install with your package manager: libglvnd-egl libglvnd-glx"),
    ],
)  # fmt: skip
def test_the_command_fits_the_system(monkeypatch, program, sudo, expected):
    monkeypatch.setattr(system_libraries.shutil, "which", lambda name: name == program)
    assert install_command(list(LIBRARIES[:2]), sudo=sudo) == expected


def test_libraries_are_really_looked_for(monkeypatch):
    monkeypatch.setattr(system_libraries.sys, "platform", "linux")
    some = (Library("libc.so.6", "c", "c"), Library("libno.so.9", "n", "n"))
    monkeypatch.setattr(system_libraries, "LIBRARIES", some)
    found = [library.file for library in system_libraries.missing_libraries()]
    assert "libno.so.9" in found
    if sys.platform.startswith("linux"):
        assert found == ["libno.so.9"]


def test_without_pyside_and_backends(whole, monkeypatch):
    monkeypatch.setattr(diagnosis, "version_of", lambda _package: "")
    found = problems(examine(quick=True))
    texts = " ".join(finding.text for finding in found)
    assert "PySide6 is not installed" in texts
    assert "No Keras backend is installed" in texts
    assert "keras is not installed" in texts
    assert all(finding.remedy for finding in found)


def test_the_broken_release_of_pyside_is_known(whole, monkeypatch):
    monkeypatch.setattr(diagnosis, "version_of", lambda _package: "6.12.0")
    found = problems(examine(quick=True))
    assert [f.remedy for f in found if "6.12.0" in f.text]


def test_a_broken_backend_and_a_broken_qt_become_findings(tmp_path, monkeypatch):
    for package, words in (
        ("keras", "libcudart.so: cannot open shared object file"),
        ("PySide6", "libEGL.so.1: cannot open shared object file"),
    ):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(f"raise ImportError({words!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(diagnosis, "version_of", lambda _package: "1.0")
    monkeypatch.setattr(diagnosis, "missing_libraries", list)
    found = problems(examine())
    qt = next(f for f in found if "Qt does not start" in f.text)
    assert "libEGL.so.1" in qt.text
    assert "force-reinstall" in qt.remedy
    backends = [f for f in found if "does not work" in f.text]
    assert len(backends) == 3
    assert all("libcudart.so" in f.text and "pip install" in f.remedy for f in backends)


def test_a_driver_without_a_gpu_in_sight_is_noted(whole, monkeypatch):
    monkeypatch.setattr(diagnosis.shutil, "which", lambda _name: "/usr/bin/nvidia-smi")
    notes = [f for f in examine() if f.level == "note"]
    assert any("tensorflow[and-cuda]" in f.remedy for f in notes)
    assert not any("tensorflow[and-cuda]" in f.remedy for f in examine(quick=True))


def test_a_child_that_crashes_hangs_or_babbles_is_told_in_words():
    assert "signal 6" in try_child("import os; os.abort()", {}, seconds=60)
    assert "no answer" in try_child("import time; time.sleep(60)", {}, seconds=0.5)
    assert "cannot be read" in try_child("print('hello')", {}, seconds=60)
    assert try_child("print('noise'); print('{\"a\": 1}')", {}, seconds=60) == {"a": 1}
    assert "ValueError: bad" in try_child("raise ValueError('bad')", {}, seconds=60)


def test_the_makefile_can_ask_with_nothing_installed(capsys, monkeypatch):
    monkeypatch.setattr(system_libraries, "missing_libraries", lambda: list(LIBRARIES[:2]))
    monkeypatch.setattr(sys, "argv", ["x"])
    assert system_libraries.main() == 1
    assert capsys.readouterr().out == "libegl1 libgl1\n"
    monkeypatch.setattr(system_libraries, "missing_libraries", list)
    assert system_libraries.main() == 0
    assert capsys.readouterr().out == ""
