"""Names of variables made from names that people gave: valid, unique, not a word of Python."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 40
_RESERVED = frozenset(
    {"keras", "layers", "model", "build_model", "load_model", "np", "sys", "name"}
)  # fmt: skip


class VariableNames:
    """Hands out variable names, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def reserve(self, names: Iterable[str]) -> None:
        """Never hand out these names."""
        self._taken.update(names)

    def take(self, wanted: str, otherwise: str = "layer") -> str:
        """Return a free variable name that resembles a name.

        Args:
            wanted: Any text.
            otherwise: An identifier to use where nothing of the text is left.
        """
        stem = variable_name(wanted) or otherwise
        name, number = stem, 2
        while name in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name)
        return name


def variable_name(text: str) -> str:
    """Return a text as an ASCII identifier in lower case; "" when no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^0-9a-z]+", "_", plain).strip("_")[:_LONGEST].rstrip("_")
    if name and name[0].isdigit():
        name = f"layer_{name}"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return name + "_"
    return name + "_" if name in _RESERVED or hasattr(builtins, name) else name
