"""Train with real engines, through the whole window, by mouse: the three templates."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from workbench.project.templates import create_from_template
from workbench.runs.spec import RunState

TEMPLATES = {
    "breast_cancer": ("accuracy", 0.95), "wine": ("accuracy", 0.95), "diabetes": ("r2", 0.40),
}  # fmt: skip


@pytest.mark.backend
@pytest.mark.slow
def test_every_template_trains_by_two_clicks(main_window, tmp_path, qtbot):
    """One window for all three, as a person would do it: the design engine is started once."""
    window = main_window
    window.services.engines.start()
    for template, (score, least) in TEMPLATES.items():
        folder = tmp_path / template
        create_from_template(template, folder).close()
        with qtbot.waitSignal(window.flow.session_changed, timeout=10_000):
            window.flow.open(folder)
        qtbot.waitUntil(
            lambda: window.session is not None and window.session.settled, timeout=120_000
        )
        assert [p.message for p in window.session.problems if p.severity == "error"] == []
        train_and_look(window, qtbot, score, least)


def train_and_look(window, qtbot, score, least):
    qtbot.mouseClick(window.activity.button("train"), Qt.MouseButton.LeftButton)
    page = window.pages.page("train")
    button = window.findChild(QPushButton, "train.start.button")
    qtbot.waitUntil(button.isVisible, timeout=5000)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.board.live is not None and page.board.live.step > 0, timeout=120_000
    )
    qtbot.waitUntil(lambda: not page.is_running(), timeout=120_000)
    qtbot.waitUntil(page.is_settled, timeout=10_000)
    live = page.board.live
    assert live.state is RunState.DONE
    row = page.board.runs.rows[0]
    assert row.test[score] >= least
    assert row.epochs == live.epoch
    # Every batch of every epoch is in the plot's store, once.
    assert len(live.batches["loss"]) == live.epoch * live.steps_per_epoch
    headline = window.findChild(object, "train.result.headline")
    assert headline.isVisible()
    shown = float(headline.text().split(" %")[0].split()[-1]) / 100
    assert shown == pytest.approx(row.test[score], abs=6e-4)
    assert page.view.plots.plots["loss"].chart.marker.text == f"best epoch {live.best_epoch}"
