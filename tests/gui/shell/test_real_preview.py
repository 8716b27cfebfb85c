"""The preview in the real window with a real engine: values, edits, a killed engine, a run."""

import os
import signal

import psutil
import pytest
from PySide6.QtCore import Qt

from workbench.graph import SetField, SetParam


def design_engine(window):
    return window.services.engines.design._thread._client.pid


@pytest.mark.backend
@pytest.mark.slow
def test_a_row_is_seen_through_edits_a_killed_engine_and_a_training(project_window, qtbot):
    window, session = project_window, project_window.session
    window.show_page("design")
    page = window.pages.page("design")
    sync, panel = page.preview.sync, page.preview.panel
    (output,) = [n.id for n in session.document.graph if not session.document.graph.feeds(n.id)]
    page.selection.select([output])

    def fresh():
        found = sync.answer(output)
        return found is not None and found.detail is not None and not sync.is_stale(output)

    qtbot.keyClick(page.canvas, Qt.Key.Key_F9)
    qtbot.waitUntil(fresh, timeout=90_000)
    untrained = float(sync.answer(output).output.values[0])
    assert 0 < untrained < 1
    assert sync.answer(output).labels == (session.signature.classes[1],)
    assert panel.weights.isVisible()
    assert panel._tensors[0].plot.heights

    page.selection.select(["n_hidden_1"])
    qtbot.waitUntil(lambda: not sync.is_stale("n_hidden_1"), timeout=30_000)
    session.apply(SetParam("n_hidden_1", "units", 48))
    assert sync.is_stale("n_hidden_1")
    qtbot.waitUntil(lambda: not sync.is_stale("n_hidden_1"), timeout=30_000)
    assert sync.answer("n_hidden_1").output.shape == (48,)

    pid = design_engine(window)
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not psutil.pid_exists(pid) or design_engine(window) != pid,
                    timeout=10_000)  # fmt: skip
    page.preview.next_row()
    page.selection.select([output])
    qtbot.waitUntil(lambda: fresh() and sync.sample.index == 1, timeout=90_000)
    assert sync.error is None

    session.apply(SetField("recipe", ("epochs",), 3))
    with qtbot.waitSignal(session.run_finished, timeout=90_000):
        assert session.start_training()
    run_id = session.store.runs()[0].run_id
    qtbot.waitUntil(lambda: page.preview.bar.weights.findData(run_id) > 0)
    page.preview.bar.weights.setCurrentIndex(page.preview.bar.weights.findData(run_id))
    sync.choose("test", 2)
    qtbot.waitUntil(
        lambda: fresh() and sync.preview.run_id == run_id and sync.sample.part == "test",
        timeout=60_000,
    )
    assert sync.preview.fresh == ()
    job = session.start_job(
        "predict", {"project": str(session.document.folder), "run_id": run_id, "part": "test"}, ""
    )
    with qtbot.waitSignal(job.done, timeout=60_000) as predicted:
        pass
    rows = list(predicted.args[0]["rows"])
    told = float(predicted.args[0]["output"][rows.index(sync.sample.row)][0])
    assert float(sync.answer(output).output.values[0]) == pytest.approx(told, rel=1e-4)
