from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import ExplainError, JobCancelled
from workbench.explain.exact import all_coalitions, exact_values, shapley_of
from workbench.explain.game import Background, Game
from workbench.explain.players import Layout, Players

from .conftest import Group, single_columns, textbook_values


def test_equals_the_textbook_formula_on_eight_features(game8, network8, background8, table8):
    for row in table8[0][300:303]:
        ours = exact_values(game8, row)
        book = textbook_values(network8, row, background8, range(8), 8)
        assert np.abs(ours - book).max() <= 1e-6 * game8.spread.min()


@pytest.mark.slow
def test_equals_the_shap_library(game8, network8, background8, table8):
    shap = pytest.importorskip("shap")
    pytest.importorskip("tqdm").tqdm.monitor_interval = 0  # its thread would outlive the test
    equal = Background(background8.rows, np.full(12, 1 / 12))
    game = Game(network8, single_columns(8), equal)
    explainer = shap.ExactExplainer(network8, shap.maskers.Independent(equal.rows, 12))
    theirs = explainer(table8[0][300:302].astype(np.float64)).values
    for at, row in enumerate(table8[0][300:302]):
        assert np.abs(exact_values(game, row) - theirs[at]).max() <= 1e-4 * game.spread.min()


def test_adds_up_to_the_output(game8, network8, table8):
    row = table8[0][350]
    values = exact_values(game8, row)
    assert np.allclose(values.sum(0) + game8.base, network8(row[None])[0], atol=1e-10)


def test_a_linear_network_has_the_closed_form():
    generator = np.random.default_rng(1)
    weights = generator.normal(size=(6, 2))
    rows = generator.normal(size=(20, 6)).astype(np.float32)
    shares = generator.dirichlet(np.ones(20))
    game = Game(lambda x: x.astype(np.float64) @ weights + 5, single_columns(6),
                Background(rows, shares))  # fmt: skip
    row = generator.normal(size=6).astype(np.float32)
    expected = weights * (row - shares @ rows)[:, None]
    assert np.allclose(exact_values(game, row), expected, atol=1e-10)


def test_one_hot_slices_of_a_column_move_together(network8, background8, table8):
    layout = Layout([("features", (6,), "float32"), ("city", (2,), "int32")])
    groups = [
        Group("age", "features", 0, 1), Group("colour", "features", 1, 4),
        Group("size", "features", 4, 6), Group("city", "city", 0, 2),
    ]  # fmt: skip
    players = Players.from_groups(groups, layout, ["colour", "city"])
    assert players.owner.tolist() == [0, 1, 1, 1, 2, 2, 3, 3]
    assert players.discrete == (False, True, False, True)
    game = Game(network8, players, background8)
    row = table8[0][310]
    book = textbook_values(network8, row, background8, players.owner, 4)
    assert np.abs(exact_values(game, row) - book).max() <= 1e-6 * game.spread.min()


def test_chunks_do_not_change_the_values(network8, background8, table8):
    row = table8[0][320]
    sizes: list[int] = []
    small = Game(network8, single_columns(8), background8, chunk=100, tick=sizes.append)
    whole = Game(network8, single_columns(8), background8)
    assert np.allclose(exact_values(small, row), exact_values(whole, row), atol=1e-12)
    assert max(sizes) <= 100
    assert sum(sizes) == 12 + 256 * 12


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(0, 10**6), st.integers(1, 3))
def test_axioms_hold_for_any_game(players, seed, outputs):
    generator = np.random.default_rng(seed)
    worth = generator.normal(size=(2**players, outputs))
    masks = all_coalitions(players)
    values = shapley_of(worth)
    assert np.allclose(values.sum(0), worth[-1] - worth[0])  # efficiency
    other = generator.normal(size=worth.shape)
    assert np.allclose(shapley_of(worth + 2 * other), values + 2 * shapley_of(other))  # linearity
    dummy = worth.copy()
    dummy[masks[:, 0]] = worth[~masks[:, 0]] + 0.5  # player 0 always adds exactly 0.5
    assert np.allclose(shapley_of(dummy)[0], 0.5)
    if players > 1:
        swapped = np.flatnonzero(masks[:, 0] ^ masks[:, 1])
        alike = worth.copy()
        alike[swapped] = (worth[swapped] + worth[swapped ^ 3]) / 2
        both = shapley_of(alike)
        assert np.allclose(both[0], both[1])  # symmetry


def test_a_cancel_is_heard_at_the_next_call(network8, background8, table8):
    calls = []

    def tick(rows: int) -> None:
        calls.append(rows)
        if len(calls) == 4:
            raise JobCancelled("Cancelled.")

    game = Game(network8, single_columns(8), background8, chunk=200, tick=tick)
    with pytest.raises(JobCancelled):
        exact_values(game, table8[0][0])
    assert len(calls) == 4


def test_a_network_that_gives_nan_is_named():
    players = single_columns(2)
    background = Background(np.zeros((3, 2), np.float32), np.full(3, 1 / 3))
    with pytest.raises(ExplainError, match="not numbers"):
        Game(lambda rows: np.full((len(rows), 1), np.nan), players, background)


def test_inputs_that_belong_to_no_column_are_refused():
    layout = Layout([("features", (3,), "float32")])
    with pytest.raises(ExplainError, match="belong to no column"):
        Players.from_groups([Group("a", "features", 0, 2)], layout)


def test_layout_packs_and_unpacks_codes_exactly():
    inputs = {
        "features": np.arange(6, dtype=np.float32).reshape(2, 3),
        "city": np.array([[16_000_001], [3]], np.int32),
    }
    layout = Layout.of(inputs)
    back = layout.unpack(layout.pack(inputs))
    assert layout.width == 4
    assert back["city"].dtype == np.int32
    assert back["city"].ravel().tolist() == [16_000_001, 3]
    assert np.array_equal(back["features"], inputs["features"])
