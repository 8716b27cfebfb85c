"""A run on the Train page, played by a stand-in engine, under mouse and keyboard."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from workbench.errors import Place
from workbench.runs.spec import RunState


def click(qtbot, window, name):
    button = window.findChild(QPushButton, name)
    assert button.isVisible(), f"{name} cannot be seen"
    assert button.isEnabled(), f"{name} is switched off"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def text(window, name):
    return window.findChild(object, name).text()


def visible(window, name):
    return window.findChild(object, name).isVisible()


def train(qtbot, window, page, *, to_the_end=True):
    click(qtbot, window, "train.start.button")
    qtbot.waitUntil(lambda: page.board.live is not None and page.board.live.epoch > 0)
    if to_the_end:
        qtbot.waitUntil(lambda: not page.is_running(), timeout=10_000)
        qtbot.waitUntil(page.is_settled, timeout=5000)


def test_before_the_first_run_the_page_says_what_will_happen(window, page):
    assert visible(window, "train.before")
    facts = [fact.text for fact in page.before._facts]
    assert facts[0] == "569 rows · 30 features · 2 classes"
    assert facts[1].startswith("4 layers")
    assert facts[2] == "Up to 60 epochs of 12 steps, 32 rows each"
    assert text(window, "train.before.title") == "Ready to train"
    assert window.findChild(QPushButton, "train.start.button").isVisible()
    assert not visible(window, "train.stop.button")


def test_the_train_button_glows_once(window, page, qtbot):
    button = window.findChild(QPushButton, "train.start.button")
    qtbot.waitUntil(lambda: button.graphicsEffect() is not None, timeout=2000)
    qtbot.waitUntil(lambda: button.graphicsEffect() is None, timeout=4000)
    page.page_shown()
    qtbot.wait(400)
    assert button.graphicsEffect() is None


def test_a_run_is_shown_from_its_first_value_to_its_result(window, page, qtbot, script):
    script.hold_after = 3
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 3)
    qtbot.waitUntil(lambda: text(window, "train.epoch") == "4 of 60")
    assert text(window, "train.state") == "Running"
    assert text(window, "train.speed") == "321 steps/s"
    assert text(window, "train.patience") == "0 of 5"
    assert text(window, "train.best").endswith("(epoch 3)")
    assert visible(window, "train.stop.button")
    assert not visible(window, "train.start.button")
    plots = page.view.plots.plots
    assert list(plots) == ["loss", "accuracy"]
    qtbot.waitUntil(lambda: len(plots["loss"].chart.drawn("batch")[0]) == 30)
    x, y = plots["loss"].chart.drawn("batch")
    assert y.max() == 7.5
    assert x[y.argmax()] == pytest.approx(2.5)
    script.go.set()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=10_000)
    assert text(window, "train.state") == "Finished"
    assert text(window, "train.epoch") == "17 of 60"
    assert plots["loss"].chart.marker.text == "best epoch 12"
    assert plots["accuracy"].chart.marker.x_value == 12
    assert text(window, "train.result.headline") == (
        "97.7 % of the 86 test rows are classified correctly."
    )
    assert "epoch 12 were kept" in text(window, "train.result.ended")
    assert "AUC 0.9953" in text(window, "train.result.test")
    assert "Overfitting began after epoch 12" in text(window, "train.result.hint")
    assert visible(window, "train.start.button")


def test_training_and_validation_share_a_hue(window, page, qtbot):
    train(qtbot, window, page)
    for plot in page.view.plots.plots.values():
        curves = plot.chart.curves
        assert curves["train"].hue == curves["val"].hue
        assert (curves["train"].style, curves["val"].style) == ("solid", "dashed")
    loss, accuracy = page.view.plots.plots.values()
    assert loss.chart.curves["train"].hue != accuracy.chart.curves["train"].hue


def test_the_next_step_is_offered(window, page, qtbot):
    train(qtbot, window, page)
    with qtbot.waitSignal(window.services.page_requested) as asked:
        click(qtbot, window, "train.result.explain")
    assert asked.args == ["explain"]


def test_stop_keeps_the_best(window, page, qtbot, script):
    script.hold_after = 8
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 8)
    click(qtbot, window, "train.stop.button")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert text(window, "train.state") == "Stopped"
    assert "Stopped by you after 8 epochs" in text(window, "train.result.ended")
    assert page.board.runs.rows[0].state is RunState.STOPPED


def test_cancel_discards_without_asking_when_little_is_lost(window, page, qtbot, script):
    script.hold_after = 2
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 2)
    click(qtbot, window, "train.cancel.button")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert text(window, "train.state") == "Cancelled"
    assert not visible(window, "train.result")
    assert page.view.banner.isHidden()
    assert page.board.runs.rows[0].state is RunState.CANCELLED


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_cancel_asks_when_a_minute_would_be_lost(window, page, qtbot, script, answer):
    script.hold_after = 2
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 2)
    page.board.live.seconds = 130.0
    click(qtbot, window, "train.cancel.button")
    box = page.findChild(QMessageBox, "train.ask_cancel")
    assert box.text() == "Discard 2 min 10 s of training?"
    assert page.is_running()
    click(qtbot, box, f"train.ask_cancel.{answer}")
    if answer == "no":
        assert page.is_running()
        script.go.set()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    expected = RunState.CANCELLED if answer == "yes" else RunState.DONE
    assert page.board.live.state is expected


def test_pause_and_resume(window, page, qtbot, script):
    script.hold_after = 2
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 2)
    click(qtbot, window, "train.pause.button")
    qtbot.waitUntil(lambda: text(window, "train.state") == "Paused")
    elapsed = page.board.live.elapsed()
    qtbot.wait(60)
    assert page.board.live.elapsed() == elapsed
    click(qtbot, window, "train.resume.button")
    qtbot.waitUntil(lambda: text(window, "train.state") == "Running")
    assert script.paused == 1
    assert visible(window, "train.pause.button")


def test_the_learning_rate_acts_while_it_runs(window, page, qtbot, script):
    script.hold_after = 2
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 2)
    assert visible(window, "train.form.note")
    field = window.findChild(object, "train.optimizer.learning_rate")
    field.selectAll()
    qtbot.keyClicks(field, "3e-4")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: script.settings == [("learning_rate", 3e-4)], timeout=2000)
    assert window.session.document.recipe.optimizer.learning_rate == 3e-4


def test_a_failure_shows_reason_and_remedy_and_keeps_the_curves(window, page, qtbot, script):
    script.fails_after = 5
    train(qtbot, window, page)
    assert visible(window, "errorBanner") or page.view.banner.isVisible()
    assert page.view.banner.message == "The loss became not a number."
    assert "Lower the learning rate" in text(window, "train.banner.remedy")
    assert text(window, "train.state") == "Failed"
    plot = page.view.plots.plots["loss"]
    qtbot.waitUntil(lambda: len(plot.chart.drawn("batch")[0]) == 50)
    assert not visible(window, "train.result")
    row = page.board.runs.rows[0]
    assert (row.state, row.epochs) == (RunState.FAILED, 5)
    click(qtbot, window, "train.start.button")
    assert page.view.banner.isHidden()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)


def test_a_dead_engine_leaves_the_curves(window, page, qtbot, script, fake_engine):
    script.hold_after = 4
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 4)
    next(c for c in fake_engine.clients if c.role == "run").die("killed by signal SIGKILL")
    script.go.set()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    assert "engine" in page.view.banner.message
    assert page.board.live.state is RunState.FAILED
    assert len(page.view.plots.plots["loss"].chart.curves["batch"].store) == 40
    qtbot.waitUntil(page.is_settled, timeout=5000)


def test_shortcuts_start_and_stop(window, page, qtbot, script):
    script.hold_after = 2
    page.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.board.live is not None and page.board.live.epoch == 2)
    qtbot.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    assert page.board.live.state is RunState.STOPPED


def test_the_state_is_told_to_the_activity_bar(window, page, qtbot, script):
    states = []
    page.state_changed.connect(states.append)
    train(qtbot, window, page)
    assert states == ["running", "ready"]


def test_a_setting_can_be_gone_to(window, page, qtbot):
    assert page.show_place(Place("field", "seed"))
    field = window.findChild(object, "train.seed")
    assert field.isVisible()
    assert field.hasFocus()
    assert not page.show_place(Place("field", "columns"))


def test_smoothing_is_remembered(window, page, qtbot):
    slider = window.findChild(object, "train.smoothing")
    slider.setFocus()
    for _ in range(2):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert text(window, "train.smoothing.words") == "100 steps"
    assert page.smoothing.weight == pytest.approx(0.99)
    assert window.services.layout.recall("train.smoothing", 0) == 50


def test_a_closed_project_does_not_report_to_the_next_one(window, page, qtbot, script):
    script.hold_after = 2
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 2)
    session = window.session
    page.set_session(None)
    assert page.board.live is None
    session.run_event.emit({"event": "paused"})
    session.run_finished.emit({"state": "done"})
    assert page.board.live is None
    page.set_session(session)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    # The page came late: what was missed is read from the store, what follows is heard.
    assert page.is_running()
    script.go.set()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    assert len(page.board.live.batches["loss"]) == 170


def test_the_theme_reaches_the_plots(window, page, qtbot):
    train(qtbot, window, page)
    window.services.theme.set_mode("dark")
    plot = page.view.plots.plots["loss"]
    plot.chart.redraw_now()
    image = plot.grab().toImage()
    assert image.pixelColor(image.width() // 2, 6).lightness() < 60
    window.services.theme.set_mode("light")


def test_a_run_that_was_cut_off_is_called_failed(window, page, qtbot, script):
    from workbench.project.freeze import freeze
    from workbench.runs.store import RunStore

    store = RunStore(window.session.document.folder)
    store.create(freeze(window.session.document))
    store.close()
    page.board.load_list()
    qtbot.waitUntil(lambda: len(page.board.runs.rows) == 1, timeout=5000)
    assert page.board.runs.rows[0].state is RunState.FAILED
    qtbot.waitUntil(lambda: text(window, "train.state") == "Failed", timeout=5000)


def test_a_run_that_broke_off_goes_on_from_its_checkpoint(window, page, qtbot, script, fake_engine):
    script.hold_after = 6
    train(qtbot, window, page, to_the_end=False)
    qtbot.waitUntil(lambda: page.board.live.epoch == 6)
    run_id = page.board.live.run_id
    button = window.findChild(QPushButton, "train.header.go_on")
    assert button is not None and not button.isVisible()
    # The engine is killed: what it had written by then stays.
    folder = window.session.document.folder / "runs" / run_id
    folder.mkdir(parents=True)
    (folder / "checkpoint.h5").write_bytes(b"the stand-in reads no checkpoint")
    next(c for c in fake_engine.clients if c.role == "run").die("killed by signal SIGKILL")
    script.go.set()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=5000)
    qtbot.waitUntil(button.isVisible, timeout=5000)
    assert (folder / "checkpoint.h5").is_file()

    script.begins_at, script.hold_after, script.go = 4, 0, threading.Event()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.is_running, timeout=5000)
    assert not button.isVisible()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=10_000)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert [row.run_id for row in page.board.runs.rows] == [run_id]
    assert script.resumed == [False, True]
    curves = page.board._loader.curves(run_id)
    assert curves.state is RunState.DONE
    epochs = curves.epochs["loss"]
    assert [epochs.at(n)[0] for n in range(1, curves.epoch + 1)] == list(range(1, curves.epoch + 1))
    assert len(curves.batches["loss"]) == curves.epoch * script.steps_per_epoch
    assert [e["epoch"] for e in window.session.store.epochs(run_id)] == list(
        range(1, curves.epoch + 1)
    )


def test_a_run_that_cannot_go_on_says_why(window, page, qtbot, script):
    from workbench.project.freeze import freeze
    from workbench.runs.store import RunStore

    store = RunStore(window.session.document.folder)
    spec = freeze(window.session.document)
    store.create(spec)
    store.close()
    page.board.load_list()
    qtbot.waitUntil(lambda: len(page.board.runs.rows) == 1, timeout=5000)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert not window.findChild(QPushButton, "train.header.go_on").isVisible()
    assert not window.session.go_on_training(spec.run_id)
