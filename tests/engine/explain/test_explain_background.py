from __future__ import annotations

import numpy as np

from workbench.explain.background import choose_background
from workbench.explain.players import Layout, Players

from .conftest import Group, single_columns


def _table(rows: int = 600):
    """Two numeric columns on very different scales, a one-hot colour, a boolean, a city code."""
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=(rows, 2)) * [1, 1000]
    colour = np.eye(3)[generator.choice(3, rows, p=[0.6, 0.3, 0.1])]
    flag = generator.random((rows, 1)) < 0.3
    city = generator.integers(0, 40, (rows, 1))
    flat = np.hstack([numbers, colour, flag, city]).astype(np.float32)
    layout = Layout([("features", (6,), "float32"), ("city", (1,), "int32")])
    groups = [
        Group("a", "features", 0, 1), Group("b", "features", 1, 2),
        Group("colour", "features", 2, 5), Group("flag", "features", 5, 6),
        Group("city", "city", 0, 1),
    ]  # fmt: skip
    return flat, Players.from_groups(groups, layout, ["colour", "flag", "city"])


def test_rows_are_real_different_and_equally_heavy():
    flat, players = _table()
    background = choose_background(flat, players, 30, seed=1)
    assert np.allclose(background.weights, 1 / 30)
    assert not background.full
    known = {row.tobytes() for row in flat}
    assert len({row.tobytes() for row in background.rows}) == 30
    assert all(row.tobytes() in known for row in background.rows)


def test_mean_spread_and_shares_are_those_of_all_rows():
    flat, players = _table()
    rows = choose_background(flat, players, 50, seed=1).rows
    deviation = flat.std(0)
    assert (np.abs(rows.mean(0) - flat.mean(0))[:2] < 0.1 * deviation[:2]).all()
    assert (np.abs(rows.std(0) / deviation - 1)[:2] < 0.15).all()
    assert np.abs(rows[:, 2:6].mean(0) - flat[:, 2:6].mean(0)).max() < 0.04


def test_categories_and_booleans_are_real_values():
    flat, players = _table()
    rows = choose_background(flat, players, 40, seed=1).rows
    assert np.array_equal(np.sort(rows[:, 2:5], axis=1), np.tile([0.0, 0.0, 1.0], (40, 1)))
    assert set(np.unique(rows[:, 5])) <= {0.0, 1.0}
    assert set(rows[:, 6]) <= set(flat[:, 6])
    assert len(set(rows[:, 2:5].argmax(1))) == 3  # the rare colour is there


def test_seed_decides_and_nothing_else():
    flat, players = _table()
    first = choose_background(flat, players, 20, seed=5)
    np.random.default_rng().random()
    again = choose_background(flat, players, 20, seed=5)
    assert np.array_equal(first.rows, again.rows)
    assert np.array_equal(first.weights, again.weights)


def test_few_rows_are_all_taken():
    flat, players = _table(12)
    background = choose_background(flat, players, 50)
    assert background.full
    assert np.array_equal(background.rows, flat)
    assert np.allclose(background.weights, 1 / 12)


def test_rows_that_repeat_keep_their_shares():
    flat = np.repeat(np.eye(4, dtype=np.float32), [60, 30, 20, 10], axis=0)
    background = choose_background(flat, single_columns(4), 12)
    assert np.allclose(background.weights @ background.rows, [6 / 12, 3 / 12, 2 / 12, 1 / 12])


def test_many_rows_are_thinned_by_the_seed():
    flat = np.random.default_rng(0).normal(size=(8000, 3)).astype(np.float32)
    first, other = (choose_background(flat, single_columns(3), 20, seed=s).rows for s in (1, 2))
    assert not np.array_equal(first, other)
    assert np.abs(first.mean(0)).max() < 0.1


def test_stands_for_all_rows_better_than_random_rows_and_centres(network8, table8):
    from sklearn.cluster import KMeans

    from workbench.explain.exact import exact_values
    from workbench.explain.game import Background, Game

    rows = table8[0][:300]
    players = single_columns(8)
    some = rows[np.random.default_rng(0).choice(300, 50, replace=False)]
    found = KMeans(50, n_init=2, random_state=0).fit(rows)
    backgrounds = {
        "all": Background(rows, np.full(300, 1 / 300)),
        "chosen": choose_background(rows, players, 50),
        "random": Background(some, np.full(50, 1 / 50)),
        "centres": Background(found.cluster_centers_.astype(np.float32),
                              np.bincount(found.labels_, minlength=50) / 300),
    }  # fmt: skip
    values = {
        name: np.array([
            exact_values(Game(network8, players, background), row) for row in table8[0][300:306]
        ])
        for name, background in backgrounds.items()
    }  # fmt: skip
    error = {name: np.linalg.norm(found - values["all"]) for name, found in values.items()}
    assert error["chosen"] < 0.6 * error["random"]
    assert error["chosen"] < 0.6 * error["centres"]
