"""The pictures: what they say in numbers and where things stand, and that they paint quickly."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from ui.explain.bars import Bars
from ui.explain.beeswarm import Beeswarm, levels_of, ramp
from ui.explain.dots import dots_image, swarm_offsets
from ui.explain.figure_view import FigureView
from ui.explain.picture import image_of, save_picture, svg_of
from ui.explain.scale import round_values, scale_of
from ui.explain.waterfall import Waterfall
from ui.explain.words import aligned_text, decimals_for, quality_text, value_text
from ui.theme import color
from workbench.errors import WorkbenchError

from .conftest import explanation_of

NAMES = tuple(f"column {i}" for i in range(12))


def painted(figure, width=800, height=600) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color("surface"))
    painter = QPainter(image)
    figure.paint(painter, figure.frame(QSizeF(width, height)))
    painter.end()
    return image


def has_colour(image: QImage, role: str, x0: int, x1: int, y: int) -> bool:
    wanted = color(role).rgb()
    return any(image.pixel(x, y) == wanted for x in range(x0, x1))


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (-1.2, 3.4, 5, [-1, 0, 1, 2, 3]),
        (0.001, 0.0032, 4, [0.001, 0.002, 0.003]),
        (-30, 80, 4, [0, 50]),
    ],
)
def test_axis_marks_are_round(low, high, most, expected):
    assert round_values(low, high, most) == pytest.approx(expected)


def test_scale_of_a_single_value_has_room():
    scale = scale_of(3, 3, 0, 100)
    assert scale.low < 3 < scale.high
    assert 0 < scale.x(3) < 100


def test_waterfall_walks_from_the_average_to_the_prediction(qapp):
    found = explanation_of(NAMES, 1)
    figure = Waterfall(found, 0, 0, "price")
    path = figure._path
    assert path[0] == 1.5
    assert path[-1] == pytest.approx(found.output[0, 0])
    sizes = np.abs(np.diff(path))
    assert (np.diff(sizes) <= 1e-12).all()  # the largest first
    assert figure.labels()[0].text.startswith("Average prediction")
    assert figure.labels()[1].text.startswith(
        f"{NAMES[int(np.abs(found.values[0, :, 0]).argmax())]} = "
    )


def test_waterfall_sums_up_what_does_not_fit(qapp):
    found = explanation_of(NAMES, 1)
    figure = Waterfall(found, 0, 0, "price")
    figure.prepare(4)
    labels = [label.text for label in figure.labels()]
    assert len(labels) == 7
    assert labels[5] == "8 other columns"
    assert figure._path[-1] == pytest.approx(found.output[0, 0])


def test_waterfall_paints_more_and_less_in_their_colours(qapp):
    values = np.zeros((1, 2, 1))
    values[0, :, 0] = [3.0, -1.0]
    found = explanation_of(("up", "down"), 1, values=values, output=np.array([[3.5]]))
    figure = Waterfall(found, 0, 0, "price")
    image = painted(figure)
    frame = figure.frame(QSizeF(800, 600))
    x = [round(frame.scale.x(v)) for v in (1.5, 4.5, 3.5)]
    assert has_colour(image, "plot_2", x[0] + 2, x[1] - 8, round(frame.middle(1)))
    assert has_colour(image, "plot_1", x[2] + 8, x[1] - 2, round(frame.middle(2)))
    assert not has_colour(image, "plot_2", x[0], x[1], round(frame.middle(2)))


def test_bars_are_sorted_and_as_long_as_the_mean_size(qapp):
    values = np.array([[1.0, -4.0, 0.5], [-1.0, 2.0, 0.5]])
    figure = Bars(("a", "b", "c"), values, "price")
    assert [label.name for label in figure.labels()] == ["b", "a", "c"]
    assert figure.extent() == (0.0, 3.0)
    figure.prepare(1)
    assert figure._shown.tolist() == [3.0, 1.0]  # |1 + 0.5| and |-1 + 0.5|, mean 1
    assert figure.labels()[1].text == "2 other columns"


def test_dots_of_a_slot_are_stacked_apart():
    offsets = swarm_offsets(np.full(5, 10.0), 4.0, 100.0)
    assert sorted(offsets) == [-8, -4, 0, 4, 8]
    squeezed = swarm_offsets(np.full(101, 10.0), 4.0, 12.0)
    assert np.abs(squeezed).max() <= 12
    assert len(set(squeezed)) == 101
    assert (swarm_offsets(np.arange(5) * 100.0, 4.0, 12.0) == 0).all()
    assert len(swarm_offsets(np.empty(0), 4.0, 12.0)) == 0


def test_dots_are_painted_where_they_belong(qapp):
    colours = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)
    image = dots_image(60, 20, 2.0, np.array([10.0, 40.0]), np.array([10.0, 5.0]), colours, 2.5)
    assert (image.width(), image.height()) == (120, 40)
    assert image.pixelColor(20, 20) == QColor(255, 0, 0)
    assert image.pixelColor(80, 10) == QColor(0, 0, 255)
    assert image.pixelColor(60, 20).alpha() == 0
    dots_image(60, 20, 1.0, np.array([-5.0, 900.0]), np.array([3.0, 3.0]), colours, 2.5)


def test_values_are_coloured_by_rank_and_grey_without_an_order(qapp):
    assert levels_of([3, 1, 2, 100]).tolist() == pytest.approx([2 / 3, 0, 1 / 3, 1])
    assert np.isnan(levels_of(["red", "blue", "green"])).all()
    assert levels_of(["yes", "no", "yes"]).tolist() == [1, 0, 1]
    mixed = levels_of([1.0, None, float("nan"), 5.0])
    assert np.isnan(mixed).tolist() == [False, True, True, False]
    low, grey, high = ramp(np.array([0.0, np.nan, 1.0]), 3)
    expected = [color(role) for role in ("plot_1", "plot_8", "plot_2")]
    for found, wanted in zip((low, grey, high), expected, strict=True):
        assert found.tolist() == [wanted.red(), wanted.green(), wanted.blue()]


def test_beeswarm_of_many_rows_paints_quickly(qapp):
    found = explanation_of(tuple(f"c{i}" for i in range(30)), 5000)
    figure = Beeswarm(found, found.values[:, :, 0], "price")
    frame = figure.frame(QSizeF(900, 900))
    image = QImage(900, 900, QImage.Format.Format_RGB32)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        painter = QPainter(image)
        figure.paint(painter, frame)
        painter.end()
        times.append(time.perf_counter() - started)
    assert times[0] < 2.0  # 150,000 dots; 0.2 s on a quiet machine
    assert min(times[1:]) < 0.1  # then kept


def test_a_thousand_columns_scroll_without_painting_all(qtbot):
    found = explanation_of(tuple(f"sensor {i}" for i in range(1000)), 20)
    view = FigureView("test.view")
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    qtbot.waitExposed(view)
    view.show_figure(Beeswarm(found, found.values[:, :, 0], "price"))
    assert not view.fits()
    assert len(view.figure.labels()) <= 16
    view.set_expanded(True)
    assert len(view.figure.labels()) == 1000
    assert view.verticalScrollBar().maximum() > 27_000
    started = time.perf_counter()
    for at in range(0, 6000, 600):
        view.verticalScrollBar().setValue(at)
        view.grab()
    assert (time.perf_counter() - started) / 10 < 0.3


def test_a_figure_in_no_room_paints_nothing(qtbot):
    view = FigureView("test.view")
    qtbot.addWidget(view)
    view.show_figure(Waterfall(explanation_of(NAMES, 1), 0, 0, "price"))
    view.resize(60, 40)
    view.show()
    view.grab()


def test_svg_holds_text_and_shapes(qapp, tmp_path):
    names = ("<b>bold</b> & co", *NAMES)
    figure = Waterfall(explanation_of(names, 1), 0, 0, "price")
    svg = svg_of(figure, QSizeF(800, 500), "Exact · background of 50 rows").decode()
    assert svg.startswith("<?xml")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in svg
    assert "background of 50 rows" in svg
    assert svg.count("<path") >= 10
    bee = explanation_of(NAMES, 40)
    swarm = svg_of(Beeswarm(bee, bee.values[:, :, 0], "price"), QSizeF(800, 500), "")
    assert swarm.count(b"<ellipse") + swarm.count(b"<circle") + swarm.count(b"<path") >= 480


def test_png_is_sharp_and_says_what_it_is(qapp, tmp_path):
    figure = Bars(NAMES, np.ones((2, 12)), "price")
    image = image_of(figure, QSizeF(400, 300), "quality")
    assert image.width() == 800
    save_picture(tmp_path / "p.png", figure, QSizeF(400, 300), "quality")
    assert QImage(str(tmp_path / "p.png")).width() == 800
    with pytest.raises(WorkbenchError, match=r"p\.png could not be written"):
        save_picture(tmp_path / "no folder" / "p.png", figure, QSizeF(400, 300), "quality")


def test_words():
    assert value_text(None) == "missing"
    assert value_text(float("nan")) == "missing"
    assert value_text(14.2) == "14.2"
    assert value_text(-3.5) == "−3.5"
    assert value_text(True) == "true"
    assert value_text("<i>x</i>") == "<i>x</i>"
    assert decimals_for(23.4) == 1
    assert decimals_for(0.0342) == 4
    assert aligned_text(-0.5, 2) == "−0.50"
    assert aligned_text(0.5, 2, sign=True) == "+0.50"
    text = quality_text(explanation_of(NAMES, 1, standard_error=np.full((1, 12, 1), 0.004)))
    assert text == (
        "Exact Shapley values · background of 50 rows · 0 ms · additivity error below 0.0001 % · "
        "standard error at most 0.4 %"
    )
