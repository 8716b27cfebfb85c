"""The live plot under mouse and keys."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication

from ui.plots import LivePlot, SeriesStore
from ui.plots.colours import curve_colour
from ui.theme import Theme, active_theme

EPOCHS = np.arange(1.0, 31.0)


@pytest.fixture
def plot(qtbot):
    """Thirty epochs of loss with batches behind."""
    made = LivePlot("Loss", name="loss", describe_x=lambda x: f"epoch {x:g}")
    qtbot.addWidget(made)
    made.add_curve("batch", "batches", style="batch", store=SeriesStore(np.float32))
    made.add_curve("train", "training", steps=13)
    made.add_curve("val", "validation", style="dashed", steps=13)
    steps = np.arange(1, 391) / 13
    made.append("batch", steps, 0.7 * np.exp(-steps / 6) + 0.05)
    made.append("train", EPOCHS, 0.7 * np.exp(-EPOCHS / 6) + 0.06)
    made.append("val", EPOCHS, 0.7 * np.exp(-EPOCHS / 6) + 0.1)
    made.resize(700, 320)
    made.show()
    qtbot.waitExposed(made)
    made.chart.redraw_now()
    return made


def at(plot, x, y=None):
    """The pixel of a position, in the chart's viewport."""
    view = plot.chart.view
    (_, _), (low, high) = view.viewRange()
    point = view.mapViewToScene(QPointF(x, (low + high) / 2 if y is None else y))
    return plot.chart.mapFromScene(point)


def turn_wheel(plot, position, notches, keys=Qt.KeyboardModifier.NoModifier):
    viewport = plot.chart.viewport()
    event = QWheelEvent(
        QPointF(position), QPointF(viewport.mapToGlobal(position)), QPoint(0, 0),
        QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def drag(qtbot, plot, start, end):
    viewport = plot.chart.viewport()
    qtbot.mouseMove(viewport, start)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        qtbot.mouseMove(viewport, start + (end - start) * share)
        qtbot.wait(15)  # moves that follow each other faster are left out
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def double_click(qtbot, plot, position):
    """Press, release, press again, release: what a hand does (QTest's own has no release)."""
    viewport = plot.chart.viewport()
    # A press of over half a second counts as dragging: a busy machine would make it one.
    plot.chart.scene().minDragTime = 60.0
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=position)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=position)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=position)


def test_everything_is_shown_at_first(plot):
    (x0, x1), (y0, y1) = plot.chart.view.viewRange()
    assert x0 == 0
    assert 30 <= x1 <= 50
    assert y0 < 0.05
    assert y1 > 0.74
    x, y = plot.chart.drawn("train")
    assert list(x) == list(EPOCHS)
    assert y[-1] == pytest.approx(0.7 * np.exp(-5) + 0.06)


def test_new_values_are_drawn_soon(plot, qtbot):
    with qtbot.waitSignal(plot.chart.redrawn, timeout=1000):
        plot.append("train", [31], [0.9])
    assert plot.chart.drawn("train")[0][-1] == 31
    assert plot.chart.view.viewRange()[1][1] > 0.9


def test_redraws_are_at_most_thirty_a_second(plot, qtbot):
    redraws = []
    plot.chart.redrawn.connect(lambda: redraws.append(time.perf_counter()))
    started = time.perf_counter()
    for step in range(200):
        plot.append("batch", [31 + step / 13], [0.1])
        qtbot.wait(1)
    qtbot.waitUntil(lambda: plot.chart.drawn("batch")[0][-1] == 31 + 199 / 13)
    seconds = time.perf_counter() - started
    assert 2 <= len(redraws) <= seconds * 1000 / 33 + 2


def test_nothing_is_redrawn_without_a_change(plot, qtbot):
    qtbot.wait(80)
    with qtbot.assertNotEmitted(plot.chart.redrawn, wait=150):
        pass


def test_a_hidden_plot_rests_and_catches_up(plot, qtbot):
    plot.hide()
    with qtbot.assertNotEmitted(plot.chart.redrawn, wait=100):
        plot.append("train", [31], [0.5])
    with qtbot.waitSignal(plot.chart.redrawn, timeout=1000):
        plot.show()
    assert plot.chart.drawn("train")[0][-1] == 31


def test_the_wheel_zooms_along_x_around_the_pointer(plot, qtbot):
    before = plot.chart.view.viewRange()
    with qtbot.waitSignal(plot.chart.following_changed):
        turn_wheel(plot, at(plot, 10), 3)
    (x0, x1), _ = plot.chart.view.viewRange()
    assert x1 - x0 < 0.8 * (before[0][1] - before[0][0])
    assert x0 > before[0][0]
    assert (10 - x0) / (x1 - x0) == pytest.approx(10 / before[0][1], abs=0.02)
    assert not plot.following


def test_the_values_fit_what_is_in_view_after_zooming_along_x(plot):
    for _ in range(6):
        turn_wheel(plot, at(plot, 28), 3)
    plot.chart.redraw_now()
    (x0, _), (y0, y1) = plot.chart.view.viewRange()
    assert x0 > 15
    assert y1 < 0.25
    assert y0 < 0.06


def test_the_wheel_over_the_value_axis_zooms_it_alone(plot):
    before = plot.chart.view.viewRange()
    turn_wheel(plot, QPoint(20, plot.chart.height() // 2), 3)
    after = plot.chart.view.viewRange()
    assert after[0] == before[0]
    assert after[1][1] - after[1][0] < 0.8 * (before[1][1] - before[1][0])


def test_ctrl_and_wheel_zoom_the_values(plot):
    before = plot.chart.view.viewRange()
    turn_wheel(plot, at(plot, 10), 3, Qt.KeyboardModifier.ControlModifier)
    after = plot.chart.view.viewRange()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_dragging_pans_and_a_double_click_fits(plot, qtbot):
    before = plot.chart.view.viewRange()
    drag(qtbot, plot, at(plot, 20), at(plot, 10))
    moved = plot.chart.view.viewRange()
    assert moved[0][0] == pytest.approx(before[0][0] + 10, abs=0.6)
    assert not plot.following
    plot.append("train", [31], [0.9])
    plot.chart.redraw_now()
    assert plot.chart.view.viewRange()[0] == moved[0]  # what the person looks at stays
    with qtbot.waitSignal(plot.chart.following_changed):
        double_click(qtbot, plot, at(plot, 20))
    plot.chart.redraw_now()
    assert plot.chart.view.viewRange()[0][0] == 0
    assert plot.following


def test_the_fit_button_is_there_when_it_is_needed(plot, qtbot):
    button = plot.findChild(object, "loss.fit")
    assert not button.isVisible()
    turn_wheel(plot, at(plot, 10), 3)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert plot.following
    assert not button.isVisible()


def test_a_legend_entry_switches_its_curve(plot, qtbot):
    entry = plot.legend.button("val")
    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert not plot.chart.curves["val"].visible
    assert "validation" not in plot.summary()
    plot.chart.redraw_now()
    assert plot.chart.end_labels.shown == []
    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    plot.chart.redraw_now()
    assert plot.chart.curves["val"].visible
    assert plot.chart.end_labels.shown == ["training", "validation"]


def test_entries_without_room_are_in_a_menu(qtbot):
    plot = LivePlot("Compared", name="many")
    qtbot.addWidget(plot)
    for number in range(30):
        plot.add_curve(f"r{number}", f"Run {number + 1}", hue=number + 1)
        plot.append(f"r{number}", [1, 2], [0.5, 0.4])
    plot.resize(600, 300)
    plot.show()
    qtbot.waitExposed(plot)
    plot._say()
    more = plot.findChild(object, "many.legend.more")
    shown = [k for k in plot.chart.curves if plot.legend.button(k).isVisible()]
    assert more.isVisible()
    assert more.text() == f"+{30 - len(shown)}"
    plot.legend._fill_menu()
    texts = [action.text() for action in plot.legend._menu.actions()]
    assert texts[-1] == "Run 30"
    plot.legend._menu.actions()[-1].trigger()
    assert not plot.chart.curves["r29"].visible


def test_the_cursor_says_all_values_at_a_step(plot, qtbot):
    qtbot.mouseMove(plot.chart.viewport(), at(plot, 5))
    qtbot.wait(15)
    qtbot.mouseMove(plot.chart.viewport(), at(plot, 12))
    qtbot.waitUntil(lambda: plot.cursor_values.x == pytest.approx(12, abs=0.1))
    lines = plot.cursor_values.lines
    assert lines[0] == "epoch 12"
    assert lines[2] == f"training {0.7 * np.exp(-2) + 0.06:.4g}"
    assert lines[3] == f"validation {0.7 * np.exp(-2) + 0.1:.4g}"


def test_keys_move_the_cursor_zoom_and_fit(plot, qtbot):
    chart = plot.chart
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert plot.cursor_values.x == 30
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert plot.cursor_values.x == 29
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert plot.cursor_values.x is None
    width = chart.view.viewRange()[0][1]
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    (x0, x1), _ = chart.view.viewRange()
    assert x1 - x0 == pytest.approx(0.8 * width)
    qtbot.keyClick(chart, Qt.Key.Key_0)
    assert plot.following


def test_a_logarithmic_scale_shows_every_positive_value(plot, qtbot):
    plot.append("val", [31], [1e-6])
    button = plot.findChild(object, "loss.log")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    plot.chart.redraw_now()
    _, y = plot.chart.drawn("val")
    assert y[-1] == pytest.approx(-6)
    assert plot.chart.view.viewRange()[1][0] < -6
    texts = [text for _, text in plot.chart.left.marks()]
    assert {"1e-6", "0.0001", "0.01", "1"} <= set(texts)


def test_zero_on_a_logarithmic_scale_is_below_everything(plot):
    plot.append("val", [31], [0.0])
    plot.set_log(True)
    plot.chart.redraw_now()
    _, y = plot.chart.drawn("val")
    assert y[-1] < y[:-1].min() - 0.9


def test_smoothing_keeps_the_raw_values_behind(plot):
    plot.set_smoothing(0.99)
    plot.chart.redraw_now()
    smooth = plot.chart.drawn("batch")[1]
    raw = plot.chart._raw_items["batch"].y
    assert raw.max() == pytest.approx(0.7 * np.exp(-1 / 78) + 0.05, rel=1e-5)
    assert len(smooth) == len(raw)
    assert smooth[-1] > raw[-1]  # it lags behind a falling curve
    assert smooth[0] == pytest.approx(raw[0])
    # The same reach along x: one epoch is 13 batches.
    assert plot.chart.curves["train"].smoother._weight == pytest.approx(0.99**13)
    plot.set_smoothing(0)
    assert plot.chart._raw_items == {}


def test_a_long_curve_is_smoothed_in_portions(qtbot):
    plot = LivePlot("Loss")
    qtbot.addWidget(plot)
    store = SeriesStore(np.float32)
    store.append(np.arange(400_000), np.random.default_rng(0).normal(size=400_000))
    plot.add_curve("batch", "batches", style="batch", store=store)
    plot.show()
    qtbot.waitExposed(plot)
    plot.set_smoothing(0.9)
    started = time.perf_counter()
    plot.chart.redraw_now()
    first = time.perf_counter() - started
    assert plot.chart.curves["batch"].smoother.behind > 0
    qtbot.waitUntil(lambda: plot.chart.curves["batch"].smoother.behind == 0, timeout=5000)
    assert first < 0.1


def test_the_best_epoch_is_marked(plot):
    plot.set_marker(18, "best epoch 18")
    assert plot.chart.marker.x_value == 18
    assert "best epoch 18" in plot.summary()


def test_not_a_number_is_said(plot):
    plot.append("batch", [30.5, 30.6], [np.nan, np.inf])
    plot.chart.redraw_now()
    plot._say()
    notice = plot.findChild(object, "loss.notice")
    assert notice.isVisible()
    assert notice.text() == "Not a number from epoch 30.5 on"


def test_linked_plots_show_the_same_stretch(plot, qtbot):
    other = LivePlot("Accuracy", name="accuracy")
    qtbot.addWidget(other)
    other.add_curve("train", "training")
    other.append("train", EPOCHS, EPOCHS / 30)
    other.show()
    qtbot.waitExposed(other)
    plot.chart.x_moved.connect(other.chart.show_x)
    turn_wheel(plot, at(plot, 10), 3)
    assert other.chart.view.viewRange()[0] == pytest.approx(plot.chart.view.viewRange()[0])
    assert not other.following
    double_click(qtbot, plot, at(plot, 10))
    assert other.following


def test_the_summary_is_read_to_those_who_cannot_see(plot):
    plot._say()
    words = plot.chart.accessibleDescription()
    assert words.startswith("Loss: batches ")
    assert "training 0.06472 at epoch 30" in words
    assert plot.chart.accessibleName() == "Loss, plot"


def test_the_theme_changes_the_colours(plot, qtbot):
    theme = active_theme() if isinstance(active_theme(), Theme) else Theme("light")
    theme.set_mode("light")
    light = curve_colour(1)
    image = plot.chart.grab().toImage()
    assert image.pixelColor(5, 5).lightness() > 200
    theme.set_mode("dark")
    plot._theme_changed()
    try:
        assert curve_colour(1) != light
        image = plot.chart.grab().toImage()
        assert image.pixelColor(5, 5).lightness() < 80
    finally:
        theme.set_mode("light")


def test_copying_puts_picture_and_values_on_the_clipboard(plot, qtbot):
    plot.copy_picture()
    assert QGuiApplication.clipboard().image().width() > 2 * plot.chart.width()
    plot.copy_values()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "", timeout=2000)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Epoch,batches,training,validation"
    assert len(lines) == 391


def test_ten_long_curves_are_redrawn_within_a_frame(qtbot):
    """The benchmark says how fast exactly; here only that nothing went badly wrong."""
    plot = LivePlot("Loss")
    qtbot.addWidget(plot)
    rng = np.random.default_rng(0)
    for number in range(10):
        store = SeriesStore(np.float32, expected=1_000_000)
        store.append(np.arange(1_000_000), rng.normal(number, 0.2, 1_000_000))
        plot.add_curve(str(number), f"curve {number}", hue=number + 1, store=store)
    plot.resize(1400, 600)
    plot.show()
    qtbot.waitExposed(plot)
    times = []
    for turn in range(5):
        for number in range(10):
            plot.append(str(number), [1_000_000 + turn], [50.0 + turn])
        started = time.perf_counter()
        plot.chart.redraw_now()
        times.append(time.perf_counter() - started)
        assert max(plot.chart.drawn(str(n))[1].max() for n in range(10)) == 50 + turn
    assert min(times) < 0.02
