"""Expected gradients: Aumann-Shapley values along straight paths, by Gauss-Legendre quadrature.

For each background row the gradient is integrated along the line from it to the explained row
(integrated gradients, Sundararajan et al. 2017; averaged over a background: Erion et al. 2021).
These are Aumann-Shapley values: they add up like Shapley values but are another quantity where
columns interact, so they are labelled as such. Their cost does not grow with the number of
columns. The number of points on a path doubles until its values add up.
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
"""Error of a path's sum at which its refinement ends, relative to the output's spread."""


class Differentiable(Protocol):
    """A network on a space where a straight path makes sense.

    Embedded columns enter it after their embedding, everything else as it is encoded.
    """

    @property
    def owner(self) -> npt.NDArray[np.intp]:
        """Player of each position of the space, shape (width,)."""

    def embed(self, rows: Flat) -> Flat:
        """Return flat encoded rows as points of the space, shape (rows, width)."""

    def gradients(self, points: Flat) -> npt.NDArray[Any]:
        """Return the gradient of each output at points, shape (points, outputs, width)."""


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
def quadrature(steps: int) -> tuple[Flat, Floats]:
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
    return spread_out.astype(np.float32), np.tile(weights / 2 / panels, panels)


def gradient_values(
    game: Game,
    network: Differentiable,
    row: Flat,
    *,
    tolerance: float = TOLERANCE,
    most: int = MOST_STEPS,
) -> Integrated:
    """Return the Aumann-Shapley values of one row.

    Each path must add up to f(row) - f(its background row); those that do not are taken anew with
    twice the points, so that a kink costs only on the paths that meet it.

    Args:
        game: The game; gives background, outputs and the chunk size.
        network: The same network, differentiable.
        row: The explained row, shape (width,).
        tolerance: Error of a path's sum, relative to the output's spread, that is small enough.
        most: Most points per path.
    """
    wanted = game.evaluate(row[None])[0] - game.outputs_of_background
    starts, end = network.embed(game.background.rows), network.embed(row[None])[0]
    along = np.empty((len(starts), game.outputs, len(end)))
    rough = np.arange(len(starts))
    points = 0
    steps = FEWEST_STEPS
    while True:
        points += steps * len(rough)
        along[rough] = _integrate(game, network, starts[rough], end, steps)
        error = np.abs(along[rough].sum(2) - wanted[rough]) / game.spread
        rough = rough[(error > tolerance).any(1)]
        if steps >= most or not len(rough):
            break
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
        direction = end - part
        points = part[:, None] + nodes[:, None] * direction[:, None]
        game.tick(len(part) * steps)
        slopes = np.asarray(network.gradients(points.reshape(-1, len(end))), np.float64)
        slopes = slopes.reshape(len(part), steps, game.outputs, len(end))
        mean_slope = np.einsum("s,bskw->bkw", shares, slopes)
        along[start : start + rows] = mean_slope * direction[:, None].astype(np.float64)
    return along
