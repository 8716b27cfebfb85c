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
        Blocks whose name begins with the text come first, other blocks last.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return [*found, *others]
    first = [s for s in others if title_of_spec(s).casefold().startswith(wanted)]
    rest = [s for s in others if s not in first and wanted in title_of_spec(s).casefold()]
    return [*first, *found, *rest]
