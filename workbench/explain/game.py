"""The game that Shapley values are values of.

A coalition S of columns is worth the mean output of the network when the columns in S take the
values of the explained row and the others those of a background row, averaged over the weighted
background: v(S) = sum_b w_b f(x_S, b_rest). This is the interventional game of Janzing, Minorics
and Bloebaum (2020), the one that SHAP's model-agnostic explainers play.

All calls of the network go through `Game.evaluate`: in chunks of bounded size, so that a cancel
is heard and memory stays bounded, with every sum in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from workbench.errors import ExplainError
from workbench.explain.players import Flat, Floats, Layout, Mask, Players

Forward: TypeAlias = Callable[[Flat], npt.NDArray[Any]]
"""A network on flat rows: (rows, width) float32 → (rows, outputs)."""
Tick: TypeAlias = Callable[[int], None]
"""Told before each chunk how many rows the network is about to see; raises to cancel."""

CHUNK = 32_768


@dataclass(frozen=True)
class Background:
    """Rows that stand for "not knowing" a column.

    Attributes:
        rows: Encoded rows, shape (size, width).
        weights: Their weights, sum 1, shape (size,).
        full: True when these are all the training rows, not representatives of them.
    """

    rows: Flat
    weights: Floats
    full: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def silent(_rows: int) -> None:
    """A `Tick` that does nothing."""


class Game:
    """The game of one network, one background and one set of players.

    Args:
        forward: The network on flat rows.
        players: The columns.
        background: The background.
        chunk: Most rows per call of the network.
        tick: Told before each call; may raise `JobCancelled`.

    Attributes:
        outputs_of_background: f of each background row, shape (size, outputs).
        base: Weighted mean of f over the background, shape (outputs,).
        spread: Weighted standard deviation of f over the background, shape (outputs,); 1 where
            the output is constant there. Errors are given relative to it.
    """

    def __init__(
        self,
        forward: Forward,
        players: Players,
        background: Background,
        *,
        chunk: int = CHUNK,
        tick: Tick = silent,
    ) -> None:
        self._forward = forward
        self.players = players
        self.background = background
        self.chunk = chunk
        self.tick = tick
        self.outputs_of_background = self.evaluate(background.rows)
        weights = background.weights[:, None]
        self.base: Floats = (weights * self.outputs_of_background).sum(0)
        variance = (weights * (self.outputs_of_background - self.base) ** 2).sum(0)
        self.spread: Floats = np.sqrt(variance)
        self.spread[self.spread < 1e-9 * np.maximum(1.0, np.abs(self.base))] = 1.0

    def evaluate(self, rows: Flat) -> Floats:
        """Return the network's outputs for flat rows, shape (rows, outputs), float64.

        Raises:
            ExplainError: The network gave a value that is not finite.
            JobCancelled: The person cancelled.
        """
        parts: list[Floats] = []
        for start in range(0, len(rows), self.chunk):
            part = rows[start : start + self.chunk]
            self.tick(len(part))
            parts.append(np.asarray(self._forward(part), np.float64).reshape(len(part), -1))
        outputs = np.concatenate(parts) if parts else np.empty((0, self.outputs))
        if not np.isfinite(outputs).all():
            raise ExplainError(
                "The network gives values that are not numbers.",
                received="infinity or NaN for some rows",
                remedy="Train it again, for example with a smaller learning rate.",
            )
        return outputs

    @property
    def outputs(self) -> int:
        """Number of outputs of the network."""
        return int(self.outputs_of_background.shape[1])

    def values(self, row: Flat, masks: Mask) -> Floats:
        """Return the worth of coalitions.

        Args:
            row: The explained row, shape (width,).
            masks: Coalitions, shape (coalitions, players).

        Returns:
            Shape (coalitions, outputs).
        """
        size = len(self.background)
        step = max(1, self.chunk // size)
        worth = np.empty((len(masks), self.outputs))
        for start in range(0, len(masks), step):
            part = self.players.spread_out(masks[start : start + step])
            hybrids = np.where(part[:, None, :], row, self.background.rows)
            outputs = self.evaluate(hybrids.reshape(-1, len(row)))
            worth[start : start + step] = np.einsum(
                "b,mbk->mk", self.background.weights, outputs.reshape(len(part), size, -1)
            )
        return worth


def on_inputs(
    network: Callable[[dict[str, npt.NDArray[Any]]], npt.NDArray[Any]], layout: Layout
) -> Forward:
    """Return a network on named inputs as a network on flat rows.

    Args:
        network: Takes encoded inputs by name, returns (rows, outputs).
        layout: How the inputs are packed.
    """
    return lambda rows: network(layout.unpack(rows))
