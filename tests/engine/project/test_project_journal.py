"""The journal: what a crash, a torn line, a full disk or a foreign journal costs (nothing)."""

import json
import os

import pytest

from workbench.graph import AddNode, Node, SetField, SetParam
from workbench.project import create_project, open_project
from workbench.project.journal import Journal, read_journal


@pytest.fixture
def document(tmp_path):
    made = create_project(tmp_path / "project", "Test")
    made.apply(AddNode(Node("a", "Dense", "dense")))
    made.save()
    yield made
    made.close()


def crash(document):
    """End as a killed program does: nothing flushed, nothing released but what the system does."""
    document._files._lock._stream.close()
    document._files._journal.close()


def test_changes_are_in_the_file_at_once(document):
    path = document.folder / "journal.jsonl"
    for units in range(5):
        document.apply(SetParam("a", "units", units), merge="m")
        assert len(path.read_text().splitlines()) == units + 1
    document.undo()
    assert json.loads(path.read_text().splitlines()[-1])["change"]["kind"] == "set_param"


def test_a_crash_loses_nothing_and_gestures_stay_one_step(document):
    for units in range(10):
        document.apply(SetParam("a", "units", units), merge="slider")
    document.apply(SetField("recipe", ("epochs",), 3))
    document.undo()
    plain, revision = document.to_plain(), document.revision
    crash(document)
    again = open_project(document.folder)
    try:
        assert again.recovered == 12
        assert again.to_plain() == plain
        assert again.revision == revision
        assert again.dirty
        again.undo()  # the undo of the recipe
        again.undo()  # the recipe
        again.undo()  # the slider
        assert again.graph.node("a").params == {}
    finally:
        again.close()


def test_a_crash_between_saving_and_emptying_makes_no_change_twice(document, monkeypatch):
    document.apply(AddNode(Node("b", "Dense", "dense_2")))
    monkeypatch.setattr(Journal, "clear", lambda _self: None)
    document.save()
    monkeypatch.undo()
    document.apply(AddNode(Node("c", "Dense", "dense_3")))
    plain = document.to_plain()
    crash(document)
    again = open_project(document.folder)
    try:
        assert again.recovered == 1
        assert again.to_plain() == plain
        assert again.notes == ()
    finally:
        again.close()


@pytest.mark.parametrize("cut", [1, 2, 10, 40])
def test_a_torn_last_line_costs_that_line_only(document, cut):
    path = document.folder / "journal.jsonl"
    for units in range(3):
        document.apply(SetParam("a", "units", units))
    crash(document)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    again = open_project(document.folder)
    assert again.recovered == 2
    assert again.notes == ()
    again.apply(SetParam("a", "units", 50))  # written behind the whole part
    crash(again)
    last = open_project(document.folder)
    assert last.recovered == 3
    assert last.graph.node("a").params == {"units": 50}
    last.close()


def test_damage_in_the_middle_keeps_what_is_before_and_sets_the_rest_aside(document):
    path = document.folder / "journal.jsonl"
    for units in range(4):
        document.apply(SetParam("a", "units", units))
    crash(document)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = b"\x00\x00garbage\n"
    path.write_bytes(b"".join(lines))
    again = open_project(document.folder)
    assert again.recovered == 2
    assert again.graph.node("a").params == {"units": 1}
    assert "damaged" in again.notes[0]
    kept = list(document.folder.glob("journal-*.jsonl"))
    assert len(kept) == 1
    assert kept[0].read_bytes() == b"".join(lines)
    again.apply(SetParam("a", "units", 9))
    crash(again)
    last = open_project(document.folder)
    assert (last.recovered, last.graph.node("a").params) == (3, {"units": 9})
    assert last.notes == ()
    last.close()


def test_a_journal_of_another_version_of_the_project_is_left_out(document):
    document.apply(SetParam("a", "units", 1))
    crash(document)
    path = document.folder / "journal.jsonl"
    entry = json.loads(path.read_text())
    entry["r"] += 7
    path.write_text(json.dumps(entry) + "\n")
    again = open_project(document.folder)
    assert again.recovered == 0
    assert "another version" in again.notes[0]
    assert list(document.folder.glob("journal-*.jsonl"))
    again.apply(SetParam("a", "units", 2))
    crash(again)
    last = open_project(document.folder)
    assert (last.recovered, last.graph.node("a").params) == (1, {"units": 2})
    last.close()


def test_changes_that_no_longer_fit_are_left_out(document):
    document.apply(SetParam("a", "units", 1))
    document.apply(SetParam("a", "units", 2))
    crash(document)
    path = document.folder / "journal.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1].replace('"a"', '"gone"')]) + "\n")
    again = open_project(document.folder)
    assert (again.recovered, again.graph.node("a").params) == (1, {"units": 1})
    assert "1 of 2 unsaved changes" in again.notes[0]
    again.close()


def test_closing_keeps_unsaved_changes_unless_they_are_discarded(document):
    document.apply(SetParam("a", "units", 1))
    document.close()
    again = open_project(document.folder)
    assert again.recovered == 1
    again.close(discard=True)
    last = open_project(document.folder)
    assert (last.recovered, last.dirty) == (0, False)
    last.apply(SetParam("a", "units", 1))
    last.undo()
    last.close()  # clean: nothing to recover
    assert not (document.folder / "journal.jsonl").exists()


def test_a_full_disk_keeps_the_work_and_writes_it_later(document, monkeypatch):
    path = document.folder / "journal.jsonl"
    document.apply(SetParam("a", "units", 1))
    real, room = os.write, [7]

    def full(descriptor, chunk):
        if room[0] > 0:  # the first bytes still fit
            done = real(descriptor, bytes(chunk)[: room[0]])
            room[0] -= done
            return done
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        document.apply(SetParam("a", "units", 2))
        assert "disk is full" in str(document.journal_error)
        document.apply(SetParam("a", "units", 3))
    assert document.graph.node("a").params == {"units": 3}
    assert len(read_journal(path)[0]) == 1  # whole lines only
    document.apply(SetParam("a", "units", 4))
    assert document.journal_error is None
    assert [e.revision for e in read_journal(path)[0]] == list(
        range(document.revision - 3, document.revision + 1)
    )
    crash(document)
    again = open_project(document.folder)
    assert again.graph.node("a").params == {"units": 4}
    again.close()


def test_lines_are_flushed_to_the_disk_within_a_second(document, monkeypatch):
    import threading

    flushed = threading.Event()
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (real(fd), flushed.set()))
    document.apply(SetParam("a", "units", 1))
    assert not flushed.is_set()  # not in the way of the person
    assert flushed.wait(1.0)
