"""What the status bar says of a training that was taken up again."""

from __future__ import annotations

import pytest

from ui.frame import status_bar
from ui.jobs.handle import JobHandle


@pytest.mark.parametrize(("before", "left"), [(0, 180.0), (10, 80.0)])
def test_the_time_left_counts_only_epochs_of_now(main_window, monkeypatch, before, left):
    clock, told = [100.0], []
    monkeypatch.setattr(status_bar.time, "monotonic", lambda: clock[0])
    bar = main_window.findChild(status_bar.StatusBar)
    monkeypatch.setattr(bar, "report", lambda *said: told.append(said))
    job = JobHandle("train", "Training")
    bar.watch(job)
    job.begin()
    job.deliver({"event": "run_started", "epochs": 20, "epoch": before})
    clock[0] += 20.0
    job.deliver({"event": "epoch", "epoch": before + 2})
    assert told[-1][1] == f"Training: epoch {before + 2} of 20"
    assert told[-1][4] == pytest.approx(left)
    job.succeed({})
