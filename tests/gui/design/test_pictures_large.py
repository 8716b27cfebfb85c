"""Pictures of large networks: made apart, whole or not at all, with Cancel."""

import re

import pytest
from PySide6.QtGui import QGuiApplication

from ui.design.handling import pictures as module
from ui.design.handling.rendering import svg_bytes
from workbench.graph import Disconnect, SetParam
from workbench.graph.edits import delete


@pytest.fixture
def apart(desk, monkeypatch):
    """Return the pictures of a small network that counts as a large one."""
    monkeypatch.setattr(module, "APART_FROM", 1)
    return desk.page.handling.pictures


def words_of(svg):
    return sorted(re.findall(r">([^<>\n]+)</text>", svg))


def finish(qtbot, pictures, path):
    said = []
    pictures._services.message_raised.connect(said.append)
    qtbot.waitUntil(lambda: f"Saved: {path.name}" in said, timeout=20_000)


def test_the_picture_is_the_one_that_is_made_here(desk, apart, tmp_path, qtbot):
    here = svg_bytes(apart.drawing(), "n").decode()
    path = tmp_path / "n.svg"
    jobs = []
    desk.page.session.job_started.connect(jobs.append)
    assert apart.save(path)
    assert not path.exists()
    finish(qtbot, apart, path)
    assert words_of(path.read_text()) == words_of(here)
    assert re.search(r'viewBox="[^"]+"', here).group() in path.read_text()
    assert [job.title for job in jobs] == ["Saving n.svg"]


def test_a_cancelled_picture_leaves_the_file_and_no_other(desk, apart, tmp_path, qtbot):
    path = tmp_path / "n.png"
    path.write_bytes(b"old")
    jobs = []
    desk.page.session.job_started.connect(jobs.append)
    apart.save(path)
    with qtbot.waitSignal(jobs[0].finished, timeout=1000):
        jobs[0].cancel()
    assert path.read_bytes() == b"old"
    assert {entry.name for entry in tmp_path.iterdir()} == {"n.png", "Small"}  # the project


def test_a_folder_that_is_not_there_is_told(desk, apart, tmp_path, qtbot):
    with qtbot.waitSignal(apart._services.error_raised, timeout=20_000) as raised:
        apart.save(tmp_path / "missing" / "n.pdf")
    assert "n.pdf was not saved" in raised.args[0].message


def test_the_code_of_a_large_network_is_copied_from_another_thread(desk, qtbot, monkeypatch):
    pictures, clipboard = desk.page.handling.pictures, QGuiApplication.clipboard()
    desk.session.apply(SetParam("features", "shape", [4]))
    desk.session.apply(delete(desk.graph, ["loose"]))  # nothing leads to it
    desk.page.selection.select(["hidden"])
    pictures.copy_python()
    here = clipboard.text()
    assert "Dense" in here and "build_model" not in here
    clipboard.setText("before")
    monkeypatch.setattr(module, "APART_FROM", 1)
    pictures.copy_python()
    assert clipboard.text() == "before"
    qtbot.waitUntil(lambda: clipboard.text() == here, timeout=5000)
    desk.session.apply(Disconnect(desk.graph.incoming("out")[0]))
    with qtbot.waitSignal(desk.page.editor.refused, timeout=5000):
        pictures.copy_python()
