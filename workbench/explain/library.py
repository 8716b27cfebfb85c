"""The shap library's own explainers, playing the same game.

They are offered to cross-check this program's explainers. Instead of the network they are given
the game itself, v(S) as a function of a 0/1 vector over columns, explained at all ones against
all zeros: so grouped columns and a weighted background work, which the library's maskers cannot
do, and a cancel raised while the network is called ends them within one chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal

import numpy as np

from workbench.explain.game import Game
from workbench.explain.permutation import row_generator
from workbench.explain.players import Flat, Floats

LibraryExplainer = Literal["kernel", "shap_exact", "shap_permutation"]
NAMES: tuple[LibraryExplainer, ...] = ("kernel", "shap_exact", "shap_permutation")
PERMUTATIONS = 10


def coalitions(name: LibraryExplainer, columns: int) -> int:
    """Return about how many coalitions an explainer of the library values per row."""
    if name == "shap_exact":
        return int(2**columns)
    if name == "shap_permutation":
        return 2 * PERMUTATIONS * (columns + 1)
    return int(min(2**columns, 2 * columns + 2048))


def library_values(game: Game, row: Flat, name: LibraryExplainer, seed: int = 0) -> Floats:
    """Return the Shapley values of one row by an explainer of the shap library.

    Args:
        game: The game.
        row: The explained row, shape (width,).
        name: Which one.
        seed: Seed of the sampling ones.

    Returns:
        Shape (players, outputs).
    """
    import shap

    import_module(
        "tqdm"
    ).tqdm.monitor_interval = 0  # its progress bars, silent here, would leave a thread behind
    players = len(game.players)
    absent, present = np.zeros((1, players)), np.ones((1, players))

    def worth(coalitions: Any) -> Floats:
        return game.values(row, np.asarray(coalitions) > 0.5)

    with _global_seed(int(row_generator(seed, row).integers(2**31))):
        if name == "kernel":
            # The default l1_reg keeps ten columns and drops the others' values.
            explainer = shap.KernelExplainer(worth, absent)
            values = explainer.shap_values(present, l1_reg=0, silent=True)
        elif name == "shap_exact":
            values = shap.ExactExplainer(worth, absent)(present).values
        else:
            evaluations = coalitions(name, players)
            explainer = shap.PermutationExplainer(worth, absent, seed=seed)
            values = explainer(present, max_evals=evaluations, silent=True).values
    return np.asarray(values, np.float64).reshape(players, game.outputs)


@contextmanager
def _global_seed(seed: int) -> Iterator[None]:
    """Seed numpy's global generator, which the library draws from, and put it back after."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
