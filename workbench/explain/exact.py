"""Exact Shapley values: every coalition of columns is valued once.

2^n coalitions times the size of the background per explained row; right to float precision.
Feasible to about 14 columns at leisure, to `MOST_COLUMNS` with patience.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from workbench.explain.game import Game
from workbench.explain.players import Flat, Floats, Mask

MOST_COLUMNS = 18


def evaluations(columns: int, background: int) -> int:
    """Return how many rows the network sees per explained row."""
    return 2**columns * background


def all_coalitions(players: int) -> Mask:
    """Return every coalition; bit i of the row number says whether player i is in.

    Returns:
        Shape (2^players, players).
    """
    numbers = np.arange(2**players, dtype=np.uint32)
    return (numbers[:, None] >> np.arange(players, dtype=np.uint32)) & 1 == 1


def exact_values(game: Game, row: Flat) -> Floats:
    """Return the exact Shapley values of one row.

    Args:
        game: The game.
        row: The explained row, shape (width,).

    Returns:
        Shape (players, outputs); they sum to v(all) - v(none).
    """
    masks = all_coalitions(len(game.players))
    return shapley_of(game.values(row, masks))


def shapley_of(worth: Floats) -> Floats:
    """Return the Shapley values of a game given by the worth of all its coalitions.

    Args:
        worth: Shape (2^players, outputs), in the order of `all_coalitions`.

    Returns:
        Shape (players, outputs): sum over S without i of |S|! (n-|S|-1)! / n! (v(S+i) - v(S)),
        Shapley (1953).
    """
    players = len(worth).bit_length() - 1
    outputs = worth.shape[1]
    share = np.array([
        factorial(size) * factorial(players - size - 1) / factorial(players)
        for size in range(players)
    ])  # fmt: skip
    sizes = np.bitwise_count(np.arange(2**players, dtype=np.uint32))
    values = np.empty((players, outputs))
    for player in range(players):
        cube = worth.reshape(-1, 2, 2**player, outputs)
        without = sizes.reshape(-1, 2, 2**player)[:, 0]
        values[player] = np.einsum("ij,ijk->k", share[without], cube[:, 1] - cube[:, 0])
    return values
