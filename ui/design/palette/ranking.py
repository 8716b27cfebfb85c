"""Blocks and ports among the layers that a search found."""

from __future__ import annotations

from collections.abc import Sequence

from ui.design.titles import title_of_spec
from workbench.catalog import LayerSpec


def ranked(others: Sequence[LayerSpec], text: str, found: Sequence[LayerSpec]) -> list[LayerSpec]:
    """Return what a search shows: blocks whose name fits, and the catalog's layers it found.

    Args:
        others: Blocks and ports.
        text: What is searched for; everything fits an empty text.
        found: What the catalog found, best first.

    Returns:
        Blocks with a word in their name that begins so come first, other blocks last.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return [*found, *others]
    first = [s for s in others if _begins(title_of_spec(s).casefold(), wanted)]
    rest = [s for s in others if s not in first and wanted in title_of_spec(s).casefold()]
    return [*first, *found, *rest]


def _begins(title: str, wanted: str) -> bool:
    return title.startswith(wanted) or any(word.startswith(wanted) for word in title.split())
