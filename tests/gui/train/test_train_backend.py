"""Train with real engines, through the whole window, by mouse and keys: templates × seeds."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from workbench.project.templates import create_from_template
from workbench.runs.spec import RunState

TEMPLATES = {
    "breast_cancer": ("accuracy", 0.95), "wine": ("accuracy", 0.95), "diabetes": ("r2", 0.40),
}  # fmt: skip
SEEDS = (0, 1, 2)
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.backend
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_template_reaches_its_score_with_three_seeds(main_window, tmp_path, qtbot):
    """One window for all nine runs, as a person would do it: the design engine starts once."""
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
        qtbot.mouseClick(window.activity.button("train"), LEFT)
        for seed in SEEDS:
            type_seed(window, qtbot, seed)
            train_and_look(window, qtbot, score, least)
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert not window.session.document.dirty
        runs = window.session.store.runs()
        assert [run.spec["recipe"]["seed"] for run in runs] == [2, 1, 0]
        losses = {tuple(window.session.store.batches(run.run_id)["loss"][:8]) for run in runs}
        assert len(losses) == len(SEEDS), "two seeds gave the same first steps"


def type_seed(window, qtbot, seed):
    """Type the seed into its field, as a person does: the section is opened on the way."""
    form = window.pages.page("train").form
    field = form.findChild(QLineEdit, "train.seed")
    if not field.isVisible():
        section = form.findChild(QWidget, "train.section.machine")
        qtbot.mouseClick(section.findChild(QPushButton, "sectionToggle"), LEFT)
        qtbot.waitUntil(field.isVisible, timeout=5000)
    qtbot.mouseClick(field, LEFT)
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, str(seed))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.document.recipe.seed == seed


def train_and_look(window, qtbot, score, least):
    page = window.pages.page("train")
    before = page.board.live
    button = window.findChild(QPushButton, "train.start.button")
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=5000)
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(
        lambda: page.board.live not in (None, before) and page.board.live.step > 0, timeout=120_000
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
