"""The log: rotated, in the own folder, and without data values."""

import faulthandler
import logging

import pytest

from workbench import logs
from workbench.errors import DataError


@pytest.fixture
def log_file(own_home):
    path = logs.start_logging()
    yield path
    logs.stop_logging()


def test_the_log_is_in_the_own_folder_and_started_once(log_file, own_home):
    assert log_file.is_relative_to(own_home)
    assert logs.start_logging() == log_file
    logging.getLogger("workbench.test").info("hello\nworld")
    lines = log_file.read_text().splitlines()
    assert "hello world" in lines[-1]
    assert sum("hello" in line for line in lines) == 1
    assert faulthandler.is_enabled()


def test_exceptions_are_logged_without_their_messages(log_file):
    def read_cell():
        raise ValueError("could not convert 'Mrs Smith, HIV positive'")

    try:
        try:
            read_cell()
        except ValueError as error:
            raise DataError("The column holds 'Mrs Smith'.", received="'Mrs Smith'") from error
    except DataError as error:
        logs.log_unexpected(type(error), error, error.__traceback__)
        logging.getLogger("workbench.test").exception("While reading")
    text = log_file.read_text()
    assert "Smith" not in text
    assert "workbench.errors.DataError [data]" in text
    assert "builtins.ValueError" in text
    assert "in read_cell" in text


def test_the_log_rotates(log_file, monkeypatch):
    logger = logging.getLogger("workbench.test")
    for number in range(12_000):
        logger.info("%d %s", number, "x" * 380)
    files = sorted(p.name for p in log_file.parent.glob("keras-workbench.log*"))
    assert files == ["keras-workbench.log"] + [f"keras-workbench.log.{n}" for n in (1, 2, 3)]
    assert max(p.stat().st_size for p in log_file.parent.iterdir()) <= logs.MOST_BYTES


def test_long_lines_are_cut(log_file):
    logging.getLogger("workbench.engine").info("engine %d: %s", 7, "y" * 5000)
    line = log_file.read_text().splitlines()[-1]
    assert "workbench.engine: engine 7: yyy" in line
    assert len(line) < 600


def test_a_log_that_cannot_be_written_is_no_reason_to_stop(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("x")
    assert logs.start_logging(blocker / "below") is None
