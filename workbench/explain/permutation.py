"""Shapley values by antithetic permutations, with standard errors.

Columns switch one by one, in random order, from a background row's values to the explained row's;
a column's value is the mean jump of the output when its turn comes. Each order is also walked
backwards (antithetic sampling, Mitchell et al. 2022): the errors of the two largely cancel.

Every background row gets orders of its own. That costs the same as one order shared by all of
them and its variance is never larger, since the mean over background rows then averages
independent errors. The walks telescope, so the values add up to float precision whatever the
number of orders. Orders are drawn from a generator seeded by (seed, content of the row): a row's
values depend neither on its place in a batch nor on what was explained before.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from workbench.explain.game import Game
from workbench.explain.players import Flat, Floats

FEWEST_PAIRS = 35
FEWEST_ROUNDS = 4
MOST_ROUNDS = 96
TOLERANCE = 2e-3
"""Standard error at which sampling ends, relative to the output's spread over the background."""


@dataclass(frozen=True)
class Sampled:
    """Estimated values of one row.

    Attributes:
        values: Shape (players, outputs).
        standard_error: Of each value, same shape.
        pairs: Orders walked forwards and backwards.
    """

    values: Floats
    standard_error: Floats
    pairs: int


def fewest_rounds(background: int) -> int:
    """Return the rounds that are always walked; a round is a pair of walks per background row."""
    return max(FEWEST_ROUNDS, -(-FEWEST_PAIRS // background))


def evaluations(columns: int, background: int, rounds: int) -> int:
    """Return how many rows the network sees per explained row."""
    return rounds * background * 2 * max(0, columns - 1) + 1


def row_generator(seed: int, row: Flat) -> np.random.Generator:
    """Return the random generator that belongs to a row and a seed."""
    digest = blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "little")])


def permutation_values(
    game: Game, row: Flat, seed: int = 0, *, tolerance: float = TOLERANCE, most: int = MOST_ROUNDS
) -> Sampled:
    """Return the Shapley values of one row, estimated until the standard error is small.

    Args:
        game: The game.
        row: The explained row, shape (width,).
        seed: Seed of the orders.
        tolerance: Standard error, relative to the output's spread, at which sampling ends.
        most: Most rounds (pairs of walks per background row).
    """
    generator = row_generator(seed, row)
    weights = game.background.weights[:, None, None]
    total = game.evaluate(row[None])[0]
    mean = np.zeros((len(game.background), len(game.players), game.outputs))
    squares = np.zeros_like(mean)
    fewest = min(fewest_rounds(len(game.background)), most)
    done = 0
    while True:
        jumps = _round(game, row, total, generator)
        done += 1
        change = jumps - mean  # Welford (1962): stable running mean and variance
        mean += change / done
        squares += change * (jumps - mean)
        if done < max(2, fewest):
            continue
        variance = squares / (done - 1) / done
        error = np.sqrt((weights**2 * variance).sum(0))
        if done >= most or (error <= tolerance * game.spread).all():
            return Sampled((weights * mean).sum(0), error, done * len(game.background))


def _round(game: Game, row: Flat, total: Floats, generator: np.random.Generator) -> Floats:
    """Walk one order forwards and backwards for each background row.

    Returns:
        Mean jump of the two walks, shape (background, players, outputs).
    """
    size, players = len(game.background), len(game.players)
    first = generator.permuted(np.tile(np.arange(players), (size, 1)), axis=1)
    jumps = np.empty((size, players, game.outputs))
    step = max(1, game.chunk // max(1, 2 * (players - 1)))
    for start in range(0, size, step):
        part = slice(start, start + step)
        turns = np.stack([first[part], players - 1 - first[part]], axis=1)
        outputs = _walk(game, row, game.background.rows[part], turns)
        ends = np.broadcast_to(total, (*outputs.shape[:2], 1, len(total)))
        starts = np.broadcast_to(game.outputs_of_background[part, None, None], ends.shape)
        along = np.diff(np.concatenate([starts, outputs, ends], axis=2), axis=2)
        jumps[part] = np.take_along_axis(along, turns[..., None], axis=2).mean(1)
    return jumps


def _walk(game: Game, row: Flat, background: Flat, turns: np.ndarray) -> Floats:
    """Return the outputs between the two ends of each walk.

    Args:
        game: The game.
        row: The explained row, shape (width,).
        background: Rows that the walks start from, shape (size, width).
        turns: The turn at which each player switches, shape (size, 2, players).

    Returns:
        Shape (size, 2, players - 1, outputs).
    """
    size, _, players = turns.shape
    steps = np.arange(1, players)
    switched = game.players.spread_out(turns[:, :, None, :] < steps[:, None])
    hybrids = np.where(switched, row, background[:, None, None, :])
    outputs = game.evaluate(hybrids.reshape(-1, len(row)))
    return outputs.reshape(size, 2, players - 1, game.outputs)
