"""Widgets are destroyed in the main thread, whichever thread happens to allocate."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from ui.jobs import run_in_thread
from ui.jobs.garbage import MainThreadCollector


class Knot(QObject):
    def __init__(self, died):
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: died.append(threading.current_thread()))


def allocate_much():
    kept = [[number] for number in range(200_000)]
    return len(kept), threading.current_thread()


def test_a_busy_worker_does_not_destroy_what_the_window_dropped(qapp, qtbot):
    died = []
    Knot(died)
    with qtbot.waitSignal(run_in_thread(allocate_much).done) as answer:
        pass
    count, worker = answer.args[0]
    assert count == 200_000
    assert worker is not threading.main_thread()
    assert all(thread is threading.main_thread() for thread in died)
    gc.collect()  # what the timer does when enough has piled up
    assert died == [threading.main_thread()]


def test_the_collector_replaces_the_automatic_one(qapp):
    assert not gc.isenabled()
    collector = qapp.findChild(MainThreadCollector)
    junk = [[] for _ in range(gc.get_threshold()[0] + 1)]
    assert gc.get_count()[0] > gc.get_threshold()[0]
    collector.collect_due()
    assert gc.get_count()[0] < len(junk)


def test_a_dropped_task_stays_silent(qapp, qtbot):
    heard = []
    task = run_in_thread(lambda: 1)
    task.done.connect(heard.append)
    task.drop()
    with qtbot.waitSignal(run_in_thread(lambda: 2).done):
        pass
    assert heard == []
