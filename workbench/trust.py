"""Which code the person has said yes to: one text, known by its SHA-256, and nothing else.

Kept in the person's settings on this computer, never in a project: a project from elsewhere
cannot bring trust along, and a text that was changed has to be asked about again.
"""

from __future__ import annotations

import hashlib
from typing import Final

from workbench.settings import Settings

_KEY: Final = "trusted_code"
_MOST: Final = 500


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_trusted(settings: Settings, text: str) -> bool:
    """Tell whether the person has said yes to exactly this text."""
    return fingerprint(text) in _known(settings)


def trust(settings: Settings, text: str) -> None:
    """Remember that the person said yes to exactly this text; the settings are not written yet."""
    digest = fingerprint(text)
    kept = [known for known in _known(settings) if known != digest]
    settings.values[_KEY] = " ".join([*kept, digest][-_MOST:])


def fingerprints(settings: Settings) -> list[str]:
    """Return the SHA-256 of every text that the person has said yes to, for a job's spec."""
    return _known(settings)


def _known(settings: Settings) -> list[str]:
    return str(settings.values.get(_KEY, "")).split()
