"""Expected gradients: Aumann-Shapley values along straight paths, by Gauss-Legendre quadrature.

For each background row the gradient is integrated along the line from it to the explained row
(integrated gradients, Sundararajan et al. 2017; averaged over a background: Erion et al. 2021).
These are Aumann-Shapley values: they add up like Shapley values but are another quantity where
columns interact, so they are labelled as such. Their cost does not grow with the number of
columns. The number of points per path doubles until the values add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from workbench.explain.game import Game
from workbench.explain.players import Flat, Floats

FEWEST_STEPS = 16
MOST_STEPS = 256
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

    def gradients(self, points: Flat) -> npt.NDArray[Any]:
        """Return the gradient of each output at points, shape (points, outputs, width)."""


@dataclass(frozen=True)
class Integrated:
    """Integrated values of one row.

    Attributes:
        values: Shape (players, outputs).
        steps: Points per path that were needed.
    """

    values: Floats
    steps: int


def evaluations(background: int, steps: int = 2 * FEWEST_STEPS) -> int:
    """Return for how many rows a gradient is taken per explained row."""
    return background * steps


def gradient_values(
    game: Game,
    network: Differentiable,
    row: Flat,
    *,
    tolerance: float = TOLERANCE,
    most: int = MOST_STEPS,
) -> Integrated:
    """Return the Aumann-Shapley values of one row.

    Args:
        game: The game; gives background, target sum and the chunk size.
        network: The same network, differentiable.
        row: The explained row, shape (width,).
        tolerance: Additivity error, relative to the output's spread, at which refinement ends.
        most: Most points per path.
    """
    wanted = game.evaluate(row[None])[0] - game.base
    starts = network.embed(game.background.rows)
    end = network.embed(row[None])[0]
    steps = FEWEST_STEPS
    while True:
        along = _integrate(game, network, starts, end, steps)
        values = np.zeros((len(game.players), game.outputs))
        np.add.at(values, network.owner, along)
        error = np.abs(values.sum(0) - wanted) / game.spread
        if steps >= most or (error <= tolerance).all():
            return Integrated(values, steps)
        steps *= 2


def _integrate(
    game: Game, network: Differentiable, starts: Flat, end: Flat, steps: int
) -> Floats:
    """Return the weighted path integral per position, shape (width, outputs)."""
    nodes, shares = np.polynomial.legendre.leggauss(steps)
    nodes, shares = ((nodes + 1) / 2).astype(np.float32), shares / 2
    total = np.zeros((len(end), game.outputs))
    rows = max(1, game.chunk // steps)
    for start in range(0, len(starts), rows):
        part = starts[start : start + rows]
        weights = game.background.weights[start : start + rows]
        direction = end - part
        points = part[:, None] + nodes[:, None] * direction[:, None]
        game.tick(points.shape[0] * steps)
        slopes = np.asarray(network.gradients(points.reshape(-1, len(end))), np.float64)
        slopes = slopes.reshape(len(part), steps, game.outputs, len(end))
        mean_slope = np.einsum("s,bskw->bkw", shares, slopes)
        total += np.einsum("b,bkw,bw->wk", weights, mean_slope, direction.astype(np.float64))
    return total
