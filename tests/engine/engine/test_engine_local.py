"""Jobs in the calling process: the same jobs, the same errors; and the control they poll."""

from __future__ import annotations

import errno
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest

from workbench.engine.failures import to_workbench_error
from workbench.engine.local import run_local
from workbench.engine.registry import KINDS, find_job
from workbench.errors import DataError, EngineError, JobCancelled
from workbench.jobs import Control


def test_the_result_and_the_events_come_straight():
    events = []
    result = run_local("echo", {"value": [1], "steps": 3}, events.append)
    assert result["value"] == [1]
    assert [event["done"] for event in events] == [1, 2, 3]


def test_a_cancel_from_another_thread_is_heard():
    control = Control()
    timer = threading.Timer(0.1, control.cancel)
    timer.start()
    with pytest.raises(JobCancelled):
        run_local("echo", {"steps": 1000, "seconds": 0.01}, control=control)
    timer.join()


def test_a_pause_ends_with_resume_stop_or_cancel():
    for end in ("resume", "stop", "cancel"):
        control = Control()
        control.obey("pause")
        timer = threading.Timer(0.1, control.obey, (end,))
        timer.start()
        assert control.wait_while_paused(0.01)
        timer.join()
    assert not Control().wait_while_paused()


def test_unknown_actions_are_ignored_and_settings_are_taken_once():
    control = Control()
    control.obey("__class__")
    control.obey("check")
    control.obey("set", "learning_rate", 0.1)
    assert control.take_settings() == {"learning_rate": 0.1}
    assert control.take_settings() == {}


def test_unexpected_errors_become_ours():
    with pytest.raises(EngineError, match="Something unexpected") as caught:
        run_local("echo", {"behaviour": "raise"})
    assert "ValueError: made to fail" in caught.value.received
    assert "selftest.py" in caught.value.details


def test_our_own_errors_stay_what_they_are():
    error = DataError("No.")
    assert to_workbench_error(error) is error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        type("ResourceExhaustedError", (Exception,), {})("failed to allocate memory"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8 bytes"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_lack_of_memory_has_many_names(error):
    found = to_workbench_error(error, "training")
    assert found.message == "There was not enough memory for training."
    assert "smaller batch" in found.remedy


def test_a_full_disk_is_named():
    assert "disk is full" in to_workbench_error(OSError(errno.ENOSPC, "x", "/f")).message


def test_an_interrupt_is_a_cancel():
    assert isinstance(to_workbench_error(KeyboardInterrupt()), JobCancelled)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_its_function(name):
    found = find_spec(KINDS[name].module)
    assert f"def {KINDS[name].function}(" in Path(found.origin).read_text(encoding="utf-8")


def test_every_kind_has_a_title_and_unknown_ones_are_refused():
    assert all(kind.title for kind in KINDS.values())
    with pytest.raises(EngineError, match="no job"):
        find_job("os.system")
