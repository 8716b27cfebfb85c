"""The catalog as a whole: looked up by key, searched by the palette."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from workbench.bundled import resource
from workbench.catalog.schema import Family, LayerSpec


class Catalog:
    """All layers that can stand in a graph.

    Args:
        layers: The entries; a later one replaces an earlier one of the same key.
        keras_version: Version of Keras that the entries were generated from.
    """

    def __init__(self, layers: Iterable[LayerSpec], keras_version: str = "") -> None:
        self._layers = {layer.key: layer for layer in layers}
        self.keras_version = keras_version
        self._parts = {
            _plain(layer.key): layer for layer in self._layers.values() if layer.role == "part"
        }

    def with_layers(self, layers: Iterable[LayerSpec]) -> Catalog:
        """Return a catalog that has more layers; this one stays as it is."""
        return Catalog([*self._layers.values(), *layers], self.keras_version)

    def __contains__(self, key: object) -> bool:
        return key in self._layers

    def __iter__(self) -> Iterator[LayerSpec]:
        """Iterate over what can stand in a graph; cells are reached by `get` only."""
        return (layer for layer in self._layers.values() if layer.role == "layer")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def get(self, key: str) -> LayerSpec | None:
        """Return the entry of that key, or None."""
        return self._layers.get(key)

    def part(self, kind: str, name: str) -> LayerSpec | None:
        """Return the entry of an initializer, regularizer or constraint, or None.

        Args:
            kind: "initializer", "regularizer" or "constraint".
            name: Its name in either spelling: `he_normal`, `HeNormal`.
        """
        return self._parts.get(_plain(f"{kind}:{name}"))

    def family(self, family: Family) -> list[LayerSpec]:
        """Return the entries of one family, in catalog order."""
        return [layer for layer in self if layer.family == family]

    def search(self, text: str) -> list[LayerSpec]:
        """Return entries that fit a search text, best first.

        A name that starts with the text beats one that contains it, that beats initials
        ("mha" finds MultiHeadAttention), keywords and the summary; of equals layers come before
        operations, then the shorter name.

        Args:
            text: What the person typed; empty returns everything.
        """
        wanted = _plain(text)
        if not wanted:
            return list(self)
        ranked = [(rank, layer) for layer in self if (rank := _rank(layer, wanted)) is not None]
        ranked.sort(
            key=lambda found: (found[0], found[1].is_operation, len(found[1].name), found[1].key)
        )
        return [layer for _, layer in ranked]


def _plain(text: str) -> str:
    """Return a text without what people leave out or add: case, spaces, hyphens."""
    return (re.sub(r"[\s_-]", "", text) or text.strip()).lower()


def _rank(layer: LayerSpec, wanted: str) -> int | None:
    name = _plain(layer.name)
    initials = "".join(c for c in layer.name if c.isupper() or c.isdigit()).lower()
    tests = (
        name == wanted,
        name.startswith(wanted),
        initials.startswith(wanted),
        wanted in name,
        any(_plain(word).startswith(wanted) for word in layer.keywords),
        wanted in layer.key.lower(),
        wanted in layer.family,
        wanted in _plain(layer.summary),
    )
    return next((rank for rank, fits in enumerate(tests) if fits), None)


@lru_cache(maxsize=4)
def _load(path: Path) -> Catalog:
    plain = json.loads(path.read_text(encoding="utf-8"))
    return Catalog(
        (LayerSpec.from_plain(entry) for entry in plain["layers"]), plain["keras_version"]
    )


def load_catalog(path: Path | None = None) -> Catalog:
    """Return the catalog that ships with the program (read once).

    Args:
        path: Another catalog file, for tests.
    """
    return _load(path or resource("catalog", "keras.json"))
