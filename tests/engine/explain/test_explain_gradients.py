from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import JobCancelled
from workbench.explain.exact import exact_values
from workbench.explain.game import Background, Game
from workbench.explain.gradients import gradient_values

from .conftest import single_columns


class ByHand:
    """A numpy network whose gradient is written out."""

    def __init__(self, function, gradient, width: int) -> None:
        self.function, self._gradient = function, gradient
        self.owner = np.arange(width)

    def embed(self, rows):
        return rows

    def path_gradients(self, starts, end, nodes, shares):
        points = starts[:, None] + nodes[:, None] * (end - starts)[:, None]
        found = self._gradient(points.reshape(-1, len(end)).astype(np.float64))
        return np.einsum(
            "s,bskw->bkw", shares, found.reshape(len(starts), len(nodes), -1, len(end))
        )


def _game(network: ByHand, rows, tick=lambda _: None) -> Game:
    shares = np.linspace(1, 2, len(rows)) / np.linspace(1, 2, len(rows)).sum()
    return Game(network.function, single_columns(rows.shape[1]), Background(rows, shares),
                tick=tick)  # fmt: skip


@pytest.fixture
def rows5():
    return np.random.default_rng(2).normal(size=(9, 5)).astype(np.float32)


def test_a_linear_network_has_the_closed_form(rows5):
    weights = np.random.default_rng(0).normal(size=(5, 3))
    network = ByHand(
        lambda x: x.astype(np.float64) @ weights,
        lambda x: np.broadcast_to(weights.T, (len(x), 3, 5)), 5,
    )  # fmt: skip
    game = _game(network, rows5)
    row = np.full(5, 0.7, np.float32)
    found = gradient_values(game, network, row)
    expected = weights * (row - game.background.weights @ rows5)[:, None]
    assert np.allclose(found.values, expected, atol=1e-6)
    assert np.allclose(found.values, exact_values(game, row), atol=1e-6)


def test_a_product_is_shared_as_aumann_and_shapley_say(rows5):
    """For f = a·b² on a path from 0 the integral is a third to a, two thirds to b."""
    network = ByHand(
        lambda x: (x[:, :1] * x[:, 1:2] ** 2).astype(np.float64),
        lambda x: np.stack([x[:, 1] ** 2, 2 * x[:, 0] * x[:, 1]], 1)[:, None, :], 2,
    )  # fmt: skip
    game = _game(network, np.zeros((1, 2), np.float32))
    found = gradient_values(game, network, np.array([3.0, 2.0], np.float32))
    assert np.allclose(found.values[:, 0], [4.0, 8.0], rtol=1e-6)
    shapley = exact_values(game, np.array([3.0, 2.0], np.float32))
    assert np.allclose(shapley[:, 0], [6.0, 6.0])  # another quantity, hence its own label


def test_refines_until_it_adds_up(rows5):
    weights = np.random.default_rng(4).normal(size=5) * 40

    def gradient(x):
        return ((1 - np.tanh(x @ weights) ** 2)[:, None] * weights)[:, None, :]

    network = ByHand(lambda x: np.tanh(x.astype(np.float64) @ weights)[:, None], gradient, 5)
    game = _game(network, rows5)
    found = gradient_values(game, network, np.ones(5, np.float32))
    rough = gradient_values(game, network, np.ones(5, np.float32), most=16)
    wanted = network.function(np.ones((1, 5)))[0] - game.base
    assert found.steps > 16
    assert np.abs(found.values.sum(0) - wanted).max() <= 5e-4 * game.spread.min()
    assert np.abs(rough.values.sum(0) - wanted).max() > 5e-4 * game.spread.min()


def test_a_cancel_is_heard_between_calls(rows5):
    calls = []

    def tick(rows: int) -> None:
        calls.append(rows)
        if len(calls) > 3:
            raise JobCancelled("Cancelled.")

    network = ByHand(
        lambda x: x.sum(1, keepdims=True).astype(np.float64),
        lambda x: np.ones((len(x), 1, 5)), 5,
    )  # fmt: skip
    game = _game(network, rows5, tick)
    game.chunk = 16
    with pytest.raises(JobCancelled):
        gradient_values(game, network, rows5[0])
    assert len(calls) == 4
