"""The files of a run are whole or as they were."""

from __future__ import annotations

import errno
import os

import pytest

from workbench.errors import RunError
from workbench.runs.files import read_json, write_atomically, write_json


def test_json_comes_back(tmp_path):
    write_json(tmp_path / "a.json", {"ä": [1, 2.5, None]})
    assert read_json(tmp_path / "a.json") == {"ä": [1, 2.5, None]}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"),
        (errno.EACCES, "may not write"), (errno.ETIMEDOUT, "could not be saved"),
    ],
)  # fmt: skip
def test_what_the_system_refuses_is_said_in_words(tmp_path, monkeypatch, number, words):
    path = tmp_path / "a.json"
    write_json(path, 1)

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RunError, match=words) as caught:
        write_json(path, 2)
    assert caught.value.place.id == str(path)
    monkeypatch.undo()
    assert read_json(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def fail(path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(RunError, match="disk is full"):
        write_atomically(tmp_path / "model.weights.h5", fail)
    assert list(tmp_path.iterdir()) == []


def test_the_temporary_file_has_the_same_ending(tmp_path):
    names = []

    def write(path):
        names.append(path.name)
        path.write_text("x")

    write_atomically(tmp_path / "model.weights.h5", write)
    assert names[0].endswith(".weights.h5") and names[0].startswith(".tmp-")


def test_missing_and_damaged_files_are_told_apart(tmp_path):
    with pytest.raises(RunError, match="lacks its file"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(RunError, match="cannot be read"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(RunError, match="cannot be read"):
        read_json(tmp_path / "a.json")
