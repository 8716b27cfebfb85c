"""Making, opening, saving, copying and locking project folders; everything that can be wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import JobCancelled, ProjectError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Node, SetField, SetParam
from workbench.project import create_project, open_project
from workbench.project.copying import Copying
from workbench.project.migrations import FORMAT, migrate


@pytest.fixture
def project(tmp_path):
    document = create_project(tmp_path / "project", "Grün")
    document.apply(AddNode(Node("a", "InputLayer", "input")))
    document.apply(AddNode(Node("b", "Dense", "dense", {"units": 3}, (0.1 + 0.2, 40.0))))
    document.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("b", "input"))))
    document.save()
    document.close()
    return document.folder


def test_a_project_comes_back_as_it_was(project):
    document = open_project(project)
    try:
        assert document.name == "Grün"
        assert document.graph.node("b").position == (0.1 + 0.2, 40.0)
        assert list(document.graph.nodes) == ["a", "b"]
        assert (document.recovered, document.dirty, document.notes) == (0, False, ())
    finally:
        document.close()
    assert sorted(p.name for p in project.iterdir()) == ["project.json"]


def test_the_file_is_readable_with_one_node_a_line(project):
    lines = (project / "project.json").read_text(encoding="utf-8").splitlines()
    assert sum('"id": "b"' in line for line in lines) == 1
    node = next(line for line in lines if '"id": "b"' in line)
    assert json.loads(node.strip().rstrip(","))["params"] == {"units": 3}


def test_a_project_can_be_opened_by_its_file(project):
    document = open_project(project / "project.json")
    document.close()
    assert document.folder == project


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "an empty file"),
        ("{", "line 1"),
        ('{"format": 1, "name": "x", "gra', "damaged"),
        ("[" * 100_000, "damaged"),
        ("\x00\x01\x02", "damaged"),
        ("[]", "not a project"),
        ('{"name": "x"}', "not a project"),
        ('{"format": "1"}', "not a project"),
        ('{"format": 1, "name": 5}', "name of a project"),
        ('{"format": 1, "graph": {"nodes": 3}}', "network in this file"),
        ('{"format": 1, "graph": {"nodes": [{"id": "a"}], "edges": []}}', "network in this file"),
        ('{"format": 1, "data": {"columns": [1]}}', "data settings"),
        ('{"format": 1, "data": {"split": {"test": "much"}}}', "split"),
        ('{"format": 1, "recipe": {"epochs": "many"}}', "epochs"),
        ('{"format": 1, "recipe": []}', "training settings"),
        ('{"format": 99}', "newer version"),
        ('{"format": 0}', "too old"),
    ],
)
def test_a_damaged_file_is_one_clear_error_and_is_left_alone(project, content, word):
    path = project / "project.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        open_project(project)
    assert word in str(caught.value)
    assert caught.value.place.kind == "file"
    assert path.read_text(encoding="utf-8") == content
    assert [p.name for p in project.iterdir()] == ["project.json"]  # the lock is released


def test_a_file_that_is_no_text_is_one_clear_error(project):
    (project / "project.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(ProjectError, match="damaged"):
        open_project(project)


def test_a_huge_file_is_not_read(project, monkeypatch):
    monkeypatch.setattr("workbench.project.folder.MOST_BYTES", 10)
    with pytest.raises(ProjectError, match="too large"):
        open_project(project)


def test_a_folder_without_a_project_says_so(tmp_path):
    with pytest.raises(ProjectError, match="no project in this folder"):
        open_project(tmp_path)
    with pytest.raises(ProjectError, match="no such folder"):
        open_project(tmp_path / "nowhere")


def test_unknown_parts_of_a_file_do_not_matter(project):
    path = project / "project.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["recipe"]["from_the_future"] = 1
    plain["comment"] = "mine"
    path.write_text(json.dumps(plain), encoding="utf-8")
    open_project(project).close()


def test_migrations_run_in_order():
    steps = {1: lambda p: {**p, "a": 1}, 2: lambda p: {**p, "b": p["a"] + 1}}
    assert migrate({"format": 1}, "x", steps) == {"format": 3, "a": 1, "b": 2}
    assert migrate({"format": 3}, "x", steps) == {"format": 3}
    with pytest.raises(ProjectError, match="newer"):
        migrate({"format": 4}, "x", steps)
    assert migrate({"format": FORMAT}, "x") == {"format": FORMAT}


# ---- new folders ---------------------------------------------------------------------------


def test_a_folder_in_use_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ProjectError) as caught:
        create_project(tmp_path, "X")
    assert "thesis.txt" in caught.value.received
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ProjectError):
            create_project(target, "X")


# ---- one writer ----------------------------------------------------------------------------


def test_a_second_opener_is_refused_or_reads(project):
    first = open_project(project)
    first.apply(SetParam("b", "units", 8))
    with pytest.raises(ProjectError, match="open already in this program"):
        open_project(project)
    second = open_project(project, read_only=True)
    assert second.read_only
    assert second.graph.node("b").params["units"] == 8  # with the unsaved changes
    second.apply(SetParam("b", "units", 9))
    with pytest.raises(ProjectError, match="read-only"):
        second.save()
    assert second.dirty
    second.close()
    assert first.graph.node("b").params["units"] == 8
    first.save()
    first.close()
    open_project(project).close()


_HOLD = """
import sys, pathlib
from workbench.project import open_project
document = open_project(pathlib.Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_another_program_is_named_and_its_death_frees_the_project(project):
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(project)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(ProjectError, match=f"process {holder.pid}"):
            open_project(project)
        holder.kill()
        holder.wait()
        assert (project / ".lock").exists()  # left behind, and stale
        open_project(project).close()
    finally:
        holder.kill()
        holder.communicate()


# ---- disks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "word"), [(28, "disk is full"), (13, "may not write"), (30, "read-only")]
)
def test_a_failed_save_keeps_the_old_file_and_the_work(project, monkeypatch, number, word):
    document = open_project(project)
    try:
        before = (project / "project.json").read_bytes()
        document.apply(SetParam("b", "units", 77))

        def fails(*_args):
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", fails)
            with pytest.raises(ProjectError, match=word) as caught:
                document.save()
        assert caught.value.remedy
        assert (project / "project.json").read_bytes() == before
        assert document.dirty
        assert document.graph.node("b").params["units"] == 77
        assert not list(project.glob("*.tmp")) + list(project.glob(".*.tmp"))
        document.save()
        assert not document.dirty
        assert json.loads((project / "project.json").read_text())["graph"]["nodes"][1][
            "params"
        ] == {"units": 77}
    finally:
        document.close()


def test_a_folder_that_cannot_be_written_opens_read_only(project, monkeypatch):
    def refused(_folder):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("workbench.project.folder.ProjectLock", refused)
        document = open_project(project)
    assert document.read_only
    document.apply(SetParam("b", "units", 5))
    document.undo()
    with pytest.raises(ProjectError, match="read-only"):
        document.save()
    document.close()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_write_permission_opens_read_only(project):
    project.chmod(0o555)
    try:
        document = open_project(project)
        assert document.read_only
        document.close()
    finally:
        project.chmod(0o755)


def test_leftovers_of_a_killed_save_are_swept(project):
    (project / ".project.json.abcd1234.tmp").write_text("{")
    open_project(project).close()
    assert [p.name for p in project.iterdir()] == ["project.json"]


# ---- save as -------------------------------------------------------------------------------


def test_save_as_takes_table_and_runs_along_and_leaves_the_old_one(project, tmp_path):
    import sqlite3

    (project / "data.csv").write_text("a,b\n1,2\n")
    (project / "runs" / "r1").mkdir(parents=True)
    (project / "runs" / "r1" / "spec.json").write_text("{}")
    store = sqlite3.connect(project / "runs.sqlite")
    store.execute("pragma journal_mode=wal")
    store.execute("create table t(x)")
    store.execute("insert into t values (5)")
    store.commit()  # and still open: the value may stand in the write-ahead log only
    document = open_project(project)
    document.apply(SetField("data", ("source", "path"), "data.csv"))
    document.apply(SetParam("b", "units", 99))
    target = tmp_path / "copy"
    document.save_as(target)
    assert document.folder == target
    assert not document.dirty
    document.apply(SetParam("b", "units", 100))
    document.close()
    store.close()
    assert (target / "data.csv").read_text() == "a,b\n1,2\n"
    assert (target / "runs" / "r1" / "spec.json").exists()
    copied = sqlite3.connect(target / "runs.sqlite")
    assert copied.execute("select x from t").fetchall() == [(5,)]
    copied.close()
    old, new = open_project(project), open_project(target)
    assert old.graph.node("b").params["units"] == 3
    assert new.graph.node("b").params["units"] == 100
    old.close()
    new.close()


def test_a_failed_save_as_stays_where_it_was_and_leaves_nothing(project, tmp_path, monkeypatch):
    document = open_project(project)
    document.apply(SetParam("b", "units", 99))

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(ProjectError, match="disk is full"):
            document.save_as(tmp_path / "copy")
    assert not list((tmp_path / "copy").iterdir())
    assert document.folder == project
    document.save()
    document.close()
    with pytest.raises(ProjectError, match="in use already"):
        document.save_as(project)


def test_a_copy_that_is_given_up_leaves_nothing_and_the_document_where_it_was(project, tmp_path):
    runs = project / "runs" / "r1"
    runs.mkdir(parents=True)
    (runs / "model.weights.h5").write_bytes(bytes(5 * 2**20))
    document = open_project(project)
    shares = []

    def run(copying):
        go_on = copying._go_on

        def look():
            shares.append(copying.share)
            copying.cancelled = len(shares) > 3
            go_on()

        copying._go_on = look
        copying.run()

    with pytest.raises(JobCancelled):
        document.save_as(tmp_path / "copy", run)
    assert shares == sorted(shares) and 0 < shares[-1] < 1
    assert not list((tmp_path / "copy").iterdir())
    assert document.folder == project
    document.apply(SetParam("b", "units", 7))
    document.save()
    document.close()


def test_a_whole_copy_is_told_as_whole(project, tmp_path):
    (project / "weights").mkdir()
    (project / "weights" / "a.h5").write_bytes(bytes(3 * 2**20 + 5))
    copying = Copying(project, tmp_path, ["weights", "missing"], "runs.sqlite")
    assert copying.share == 0
    copying.run()
    assert copying.share == 1
    assert (tmp_path / "weights" / "a.h5").stat().st_size == 3 * 2**20 + 5


def test_save_as_follows_no_link_out_of_the_folder(project, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("x")
    (project / "data.csv").symlink_to(secret)
    document = open_project(project)
    document.apply(SetField("data", ("source", "path"), "data.csv"))
    document.save_as(tmp_path / "copy")
    document.close()
    assert not (tmp_path / "copy" / "data.csv").exists()


def test_folders_are_reported_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document = create_project(Path("here"), "")
    assert document.folder == tmp_path / "here"
    assert document.name == "here"
    document.close()
