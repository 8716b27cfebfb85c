"""Versions of the libraries that results depend on. Imports none of them."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = (
    "keras-workbench", "keras", "tensorflow", "torch", "jax", "numpy", "scikit-learn", "shap",
    "pyarrow",
)  # fmt: skip


def library_versions() -> dict[str, str]:
    """Return library name → version, for those that are installed, and Python's."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
