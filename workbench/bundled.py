"""Finds what ships with the program: `resources/` and `models/`.

The same function serves a checkout, an editable install (both: the folders beside the package)
and a wheel (the folders are inside the package, under `_bundled`).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for candidate in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The folder {name!r} is missing from this installation")


def resource(*parts: str) -> Path:
    """Return the path of something under `resources/`.

    Args:
        *parts: Path components below `resources/`, for example `"catalog", "keras.json"`.
    """
    return _folder("resources").joinpath(*parts)


def template_folder(*parts: str) -> Path:
    """Return the path of something under `models/`, where the templates are."""
    return _folder("models").joinpath(*parts)
