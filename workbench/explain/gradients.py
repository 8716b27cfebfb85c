"""Expected gradients: Aumann-Shapley values along straight paths, by Gauss-Legendre quadrature.

For each background row the gradient is integrated along the line from it to the explained row
(integrated gradients, Sundararajan et al. 2017; averaged over a background: Erion et al. 2021).
These are Aumann-Shapley values: they add up like Shapley values but are another quantity where
columns interact, so they are labelled as such. Their cost does not grow with the number of
columns. The number of points on a path doubles until the values add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from workbench.explain.game import Game
from workbench.explain.players import Flat, Floats

FEWEST_STEPS = 16
MOST_STEPS = 1024
TOLERANCE = 5e-4
"""Additivity error at which refinement ends, relative to the output's spread."""


class Differentiable(Protocol):
    """A network on a space where a straight path makes sense.

    Embedded columns enter it after their embedding, everything else as it is encoded.
    """

    @property
    def owner(self) -> npt.NDArray[np.intp]:
        """Player of each position of the space, shape (width,)."""

    def embed(self, rows: Flat) -> Flat:
        """Return flat encoded rows as points of the space, shape (rows, width)."""

    def path_gradients(
        self, starts: Flat, end: Flat, nodes: Flat, shares: Flat
    ) -> npt.NDArray[Any]:
        """Return the mean gradient of each output along straight paths.

        Args:
            starts: Where each path begins, shape (paths, width).
            end: Where all of them end, shape (width,).
            nodes: Points on a path, from 0 (its beginning) to 1, shape (points,).
            shares: Weights of the points, sum 1.

        Returns:
            Shape (paths, outputs, width).
        """


@dataclass(frozen=True)
class Integrated:
    """Integrated values of one row.

    Attributes:
        values: Shape (players, outputs).
        steps: Points on the path that needed most.
        points: Points on all paths, refinements included.
    """

    values: Floats
    steps: int
    points: int


def evaluations(background: int, steps: int = 2 * FEWEST_STEPS) -> int:
    """Return for how many rows a gradient is taken per explained row."""
    return background * steps


@lru_cache(maxsize=16)
def quadrature(steps: int) -> tuple[Flat, Flat]:
    """Return nodes on [0, 1] and weights that sum to 1.

    Args:
        steps: Number of nodes; beyond 64 the interval is divided into panels of 64 nodes, since
            kinks gain nothing from a higher order.
    """
    order = min(steps, 64)
    panels = steps // order
    nodes, weights = np.polynomial.legendre.leggauss(order)
    starts = np.arange(panels)[:, None]
    spread_out = ((starts + (nodes + 1) / 2) / panels).reshape(-1)
    return spread_out.astype(np.float32), np.tile(weights / 2 / panels, panels).astype(np.float32)


def gradient_values(
    game: Game,
    network: Differentiable,
    row: Flat,
    *,
    tolerance: float = TOLERANCE,
    most: int = MOST_STEPS,
) -> Integrated:
    """Return the Aumann-Shapley values of one row.

    Each path must add up to f(row) - f(its background row). As long as the whole does not add up,
    or only because errors happen to cancel, the paths that are off most are taken anew with twice
    the points, so that a kink costs only on the paths that meet it.

    Args:
        game: The game; gives background, outputs and the chunk size.
        network: The same network, differentiable.
        row: The explained row, shape (width,).
        tolerance: Additivity error, relative to the output's spread, that is small enough.
        most: Most points per path.
    """
    wanted = game.evaluate(row[None])[0] - game.outputs_of_background
    weights = game.background.weights[:, None]
    starts, end = network.embed(game.background.rows), network.embed(row[None])[0]
    along = np.empty((len(starts), game.outputs, len(end)))
    rough = np.arange(len(starts))
    points, steps = 0, FEWEST_STEPS
    while True:
        points += steps * len(rough)
        along[rough] = _integrate(game, network, starts[rough], end, steps)
        errors = weights * (along.sum(2) - wanted) / game.spread
        expected = np.sqrt((errors**2).sum(0))  # of a sum of independent errors
        good = (np.abs(errors.sum(0)) <= tolerance) & (expected <= tolerance / 2)
        if steps >= most or good.all():
            break
        bound = tolerance / 2 / np.sqrt(len(starts))
        rough = np.flatnonzero((np.abs(errors) > bound).any(1))
        steps *= 2
    per_position = np.einsum("b,bkw->wk", game.background.weights, along)
    values = np.zeros((len(game.players), game.outputs))
    np.add.at(values, network.owner, per_position)
    return Integrated(values, steps, points)


def _integrate(game: Game, network: Differentiable, starts: Flat, end: Flat, steps: int) -> Floats:
    """Return the path integral per background row, shape (starts, outputs, width)."""
    nodes, shares = quadrature(steps)
    along = np.empty((len(starts), game.outputs, len(end)))
    rows = max(1, game.chunk // (steps * game.outputs))
    for start in range(0, len(starts), rows):
        part = starts[start : start + rows]
        game.tick(len(part) * steps)
        slopes = np.asarray(network.path_gradients(part, end, nodes, shares), np.float64)
        along[start : start + rows] = slopes * (end - part)[:, None].astype(np.float64)
    return along
