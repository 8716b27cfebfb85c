"""Which code the person has said yes to: one text, known by its SHA-256, for one purpose.

Kept in the person's settings on this computer, never in a project: a project from elsewhere
cannot bring trust along, and a text that was changed has to be asked about again. Running a
program once to read its network and running layers again and again are two questions: a yes to
one is none to the other.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal

from workbench.settings import Settings

Purpose = Literal["layers", "program"]
"""What a text was trusted for: `"layers"`: to run as layers of projects, whenever they are needed;
`"program"`: to be run when the person imports a network from it."""
_KEYS: Final[dict[Purpose, str]] = {"layers": "trusted_layers", "program": "trusted_programs"}
_MOST: Final = 500


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_trusted(settings: Settings, text: str, purpose: Purpose = "layers") -> bool:
    """Tell whether the person has said yes to exactly this text for this purpose."""
    return fingerprint(text) in _known(settings, purpose)


def trust(settings: Settings, text: str, purpose: Purpose = "layers") -> None:
    """Remember that the person said yes to exactly this text; the settings are not written yet."""
    digest = fingerprint(text)
    kept = [known for known in _known(settings, purpose) if known != digest]
    settings.values[_KEYS[purpose]] = " ".join([*kept, digest][-_MOST:])


def fingerprints(settings: Settings) -> list[str]:
    """Return the SHA-256 of every text that may run as layers, for a job's spec."""
    return _known(settings, "layers")


def _known(settings: Settings, purpose: Purpose) -> list[str]:
    return str(settings.values.get(_KEYS[purpose], "")).split()
