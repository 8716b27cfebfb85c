from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.explain.exact import exact_values
from workbench.explain.game import Background, Game
from workbench.explain.library import library_values
from workbench.explain.permutation import (
    FEWEST_PAIRS,
    evaluations,
    fewest_rounds,
    permutation_values,
)

from .conftest import single_columns


@pytest.fixture(scope="module")
def wide():
    """A smooth network on 30 features with interactions, and a background of 10 rows."""
    generator = np.random.default_rng(5)
    first, second = generator.normal(size=(30, 20)) / 4, generator.normal(size=(20, 2))
    rows = generator.normal(size=(40, 30)).astype(np.float32)
    shares = generator.dirichlet(np.full(10, 3.0))

    def network(x):
        return np.tanh(x.astype(np.float64) @ first) @ second

    return network, rows, Background(rows[:10], shares)


def test_estimates_lie_within_their_standard_errors(wide):
    network, rows, background = wide
    game = Game(network, single_columns(30), background)
    right = permutation_values(game, rows[20], seed=99, tolerance=0.0, most=3000).values
    found = permutation_values(game, rows[20], seed=1)
    scores = np.abs(found.values - right) / found.standard_error
    assert scores.max() < 5
    assert 0.5 < np.sqrt((scores**2).mean()) < 1.5  # the errors are neither hidden nor inflated
    assert found.pairs == 96 * 10  # the network interacts strongly: sampled to the limit


def test_samples_until_the_standard_error_is_small(wide):
    network, rows, background = wide
    game = Game(network, single_columns(30), background)
    found = permutation_values(game, rows[20], tolerance=0.02)
    assert (found.standard_error <= 0.02 * game.spread).all()
    assert FEWEST_PAIRS <= found.pairs < 960


def test_agrees_with_enumeration(game8, table8):
    for row in table8[0][300:304]:
        found = permutation_values(game8, row, seed=4)
        error = np.abs(found.values - exact_values(game8, row))
        assert (error <= 5 * found.standard_error + 1e-12).all()


def test_adds_up_whatever_the_number_of_orders(wide):
    network, rows, background = wide
    game = Game(network, single_columns(30), background)
    found = permutation_values(game, rows[12], most=2)
    assert found.pairs == 20
    assert np.allclose(found.values.sum(0) + game.base, network(rows[12][None])[0], atol=1e-12)


def test_a_row_has_the_same_values_alone_and_in_any_company(wide):
    network, rows, background = wide
    game = Game(network, single_columns(30), background)
    alone = permutation_values(game, rows[25], seed=7)
    for other in rows[26:29]:
        permutation_values(game, other, seed=7)
    np.random.default_rng().normal(size=3)
    again = permutation_values(game, rows[25], seed=7)
    assert np.array_equal(alone.values, again.values)
    assert not np.array_equal(alone.values, permutation_values(game, rows[25], seed=8).values)


def test_counts_what_it_promises(wide):
    network, rows, background = wide
    seen: list[int] = []
    game = Game(network, single_columns(30), background, tick=seen.append)
    seen.clear()
    found = permutation_values(game, rows[20], tolerance=0.0, most=6)
    assert sum(seen) == evaluations(30, 10, 6)
    assert found.pairs == 60
    assert fewest_rounds(1) == FEWEST_PAIRS
    assert fewest_rounds(50) * 50 >= FEWEST_PAIRS


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
@example(248, 3)
def test_columns_without_effect_get_nothing_and_twins_the_same(seed, width):
    generator = np.random.default_rng(seed)
    weight = generator.normal(size=width)
    weight[-1] = 0.0

    def network(x):
        x = x.astype(np.float64)
        return np.stack([x @ weight, np.prod(x[:, :-1], axis=1)], axis=1)

    rows = generator.normal(size=(5, width)).astype(np.float32)
    game = Game(network, single_columns(width), Background(rows, np.full(5, 0.2)))
    found = permutation_values(game, generator.normal(size=width).astype(np.float32), most=8)
    assert np.abs(found.values[-1]).max() < 1e-12
    # In float64: a mean of float32 rows is itself off by more than the bound.
    closed = weight * (0.0 - rows.mean(0, dtype=np.float64))
    at_zero = permutation_values(game, np.zeros(width, np.float32), most=4).values[:, 0]
    assert np.allclose(at_zero, closed, rtol=0, atol=1e-9)  # additive output: exact at once


def test_one_column_takes_all(network8):
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(4, 1)).astype(np.float32)
    game = Game(np.square, single_columns(1), Background(rows, np.full(4, 0.25)))
    found = permutation_values(game, np.array([3.0], np.float32))
    assert found.values[0, 0] == pytest.approx(9 - np.square(rows).mean(), rel=1e-6)
    assert found.standard_error.max() < 1e-6


@pytest.mark.parametrize("name", ["kernel", "shap_exact"])
def test_the_shap_library_gives_the_exact_values_of_the_same_game(game8, table8, name):
    pytest.importorskip("shap")
    row = table8[0][305]
    state = np.random.get_state()[1].copy()
    theirs = library_values(game8, row, name, seed=0)
    assert np.abs(theirs - exact_values(game8, row)).max() <= 1e-3 * game8.spread.min()
    assert np.array_equal(np.random.get_state()[1], state)


def test_the_shap_library_samples_by_seed(game8, table8):
    pytest.importorskip("shap")
    row = table8[0][306]
    first = library_values(game8, row, "shap_permutation", seed=3)
    again = library_values(game8, row, "shap_permutation", seed=3)
    assert np.array_equal(first, again)
    assert np.abs(first - exact_values(game8, row)).max() <= 0.1 * game8.spread.max()
    assert np.allclose(first.sum(0) + game8.base, game8.evaluate(row[None])[0], atol=1e-9)
