"""Ctrl+C: first a wish, then force."""

import os
import signal

import pytest

from workbench.cli.interrupts import interruptible
from workbench.jobs import Control


@pytest.fixture(autouse=True)
def _as_in_a_terminal():
    """A shell lets programs that it starts in the background ignore Ctrl+C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def test_training_stops_then_cancels_then_ends():
    control = Control()
    with interruptible(control, stops=True):
        press_ctrl_c()
        assert control.stopped.is_set()
        assert not control.cancelled.is_set()
        press_ctrl_c()
        assert control.cancelled.is_set()
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_jobs_cancel_at_once():
    control = Control()
    with interruptible(control):
        press_ctrl_c()
        assert control.cancelled.is_set()
        assert not control.stopped.is_set()


def test_a_termination_request_cancels():
    control = Control()
    with interruptible(control, stops=True):
        os.kill(os.getpid(), signal.SIGTERM)
        assert control.cancelled.is_set()
