"""What is shown of a network that was just opened, and what fits into the view."""

import pytest

from tests.benchmarks.bench_design_frames import make_canvas


@pytest.fixture
def long_canvas(qapp):
    canvas = make_canvas(125)
    canvas.resize(900, 600)
    yield canvas
    canvas.close()
    canvas.deleteLater()


def test_a_long_narrow_network_is_shown_where_it_begins(long_canvas):
    long_canvas.navigation.show_first()
    camera, free = long_canvas.camera, long_canvas.free_rect()
    first = camera.rect_to_view(long_canvas.picture.nodes["n0_0"].rect)
    assert camera.scale == 0.75
    assert free.contains(first)
    assert first.top() - free.top() < 40


def test_fit_still_shows_all_of_it(long_canvas):
    long_canvas.navigation.fit()
    shown = long_canvas.camera.rect_to_view(long_canvas.picture.bounds())
    assert long_canvas.free_rect().contains(shown)


def test_fit_leaves_room_for_what_stands_below_the_layers(long_canvas):
    long_canvas.navigation.room_below = lambda: 600.0
    long_canvas.navigation.fit()
    shown = long_canvas.camera.rect_to_view(long_canvas.picture.bounds().adjusted(0, 0, 0, 600))
    assert long_canvas.free_rect().contains(shown)


@pytest.mark.parametrize(("width", "begins"), [(240, True), (180, False)])
def test_a_tall_network_begins_as_wide_as_the_view_if_it_is_legible_then(
    long_canvas, width, begins
):
    long_canvas.resize(width, 600)
    navigation, bounds = long_canvas.navigation, long_canvas.picture.bounds()
    navigation.fit()
    whole = long_canvas.camera.scale
    navigation.show_first()
    free = long_canvas.free_rect()
    if begins:
        assert long_canvas.camera.scale == pytest.approx((free.width() - 64) / bounds.width())
        top = long_canvas.camera.rect_to_view(bounds).top() - free.top()
        assert 0 <= top < 40
    else:
        assert long_canvas.camera.scale == whole
