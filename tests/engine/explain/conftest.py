"""A small trained network of another library, its data, and Shapley values by the textbook."""

from __future__ import annotations

import warnings
from collections import namedtuple
from itertools import combinations
from math import factorial

import numpy as np
import pytest

from workbench.explain.game import Background, Game
from workbench.explain.players import Layout, Players

Group = namedtuple("Group", "column input start stop")


def single_columns(width: int) -> Players:
    layout = Layout([("features", (width,), "float32")])
    groups = [Group(f"c{i}", "features", i, i + 1) for i in range(width)]
    return Players.from_groups(groups, layout)


def textbook_values(network, row, background: Background, owner, players: int) -> np.ndarray:
    """Shapley's formula, coalition by coalition, with none of the program's own code."""

    def worth(coalition) -> np.ndarray:
        total = 0.0
        for other, weight in zip(background.rows, background.weights, strict=True):
            hybrid = np.array([row[j] if owner[j] in coalition else other[j]
                               for j in range(len(row))])  # fmt: skip
            total = total + weight * np.asarray(network(hybrid[None]), np.float64)[0]
        return total

    known = {
        frozenset(some): worth(some)
        for size in range(players + 1)
        for some in combinations(range(players), size)
    }
    values = []
    for player in range(players):
        others = [p for p in range(players) if p != player]
        value = 0.0
        for size in range(players):
            share = factorial(size) * factorial(players - size - 1) / factorial(players)
            for some in combinations(others, size):
                value = value + share * (known[frozenset({*some, player})] - known[frozenset(some)])
        values.append(value)
    return np.array(values)


class Network:
    """A two-layer network in numpy with weights that scikit-learn has trained."""

    def __init__(self, fitted) -> None:
        self.weights = [w.astype(np.float64) for w in fitted.coefs_]
        self.biases = [b.astype(np.float64) for b in fitted.intercepts_]

    def __call__(self, rows):
        out = np.asarray(rows, np.float64)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            out = np.tanh(out @ weight + bias)
        return out @ self.weights[-1] + self.biases[-1]


@pytest.fixture(scope="session")
def table8():
    """400 rows of 8 correlated features with an interacting target."""
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(400, 8)) @ (np.eye(8) + 0.3 * generator.normal(size=(8, 8)))
    target = np.stack([
        rows[:, 0] * rows[:, 1] + np.sin(2 * rows[:, 2]) + rows[:, 3],
        np.abs(rows[:, 4]) * rows[:, 5] - rows[:, 6] ** 2,
    ], axis=1)  # fmt: skip
    return rows.astype(np.float32), target


@pytest.fixture(scope="session")
def network8(table8):
    from sklearn.neural_network import MLPRegressor

    rows, target = table8
    fitted = MLPRegressor(
        hidden_layer_sizes=(16, 8), activation="tanh", solver="lbfgs", max_iter=300, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it need not converge to be trained
        return Network(fitted.fit(rows, target))


@pytest.fixture(scope="session")
def background8(table8):
    from workbench.explain.background import choose_background

    return choose_background(table8[0][:300], single_columns(8), 12, seed=0)


@pytest.fixture
def game8(network8, background8):
    return Game(network8, single_columns(8), background8)
