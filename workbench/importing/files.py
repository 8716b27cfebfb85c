"""Reads the settings of a saved model out of a file, before Keras sees anything of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Final

from workbench.errors import GraphError, Place

ENDINGS: Final = (".keras", ".json", ".h5", ".hdf5")
"""Endings of the files that can be read."""
_LARGEST_TEXT: Final = 64_000_000
_MOST_MEMBERS: Final = 2_000
_RATIO: Final = 200
_CONFIG: Final = "config.json"


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings of a model: what kind of model it is and of which layers.

    Weights are not read.

    Args:
        path: A `.keras` archive, the JSON text of `model.to_json()`, or an HDF5 file with a
            whole model.

    Raises:
        GraphError: It cannot be read, is none of these, or looks made to harm.
    """
    try:
        ending = path.suffix.lower()
        if ending == ".keras":
            text = _from_archive(path)
        elif ending in (".h5", ".hdf5"):
            text = _from_hdf5(path)
        else:
            text = _from_text(path)
        plain = json.loads(text)
    except GraphError:
        raise
    except OSError as error:
        raise refusal(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError) as error:
        raise refusal(path, "it is damaged or of another kind") from error
    if not isinstance(plain, dict) or "class_name" not in plain or "config" not in plain:
        raise refusal(path, "it holds no model")
    return plain


def refusal(path: Path, reason: str) -> GraphError:
    """Return the error that says why a file is not taken."""
    return GraphError(
        f"{path.name} was not imported: {reason}.",
        expected="a model saved by Keras (.keras, .h5) or the text of model.to_json()",
        place=Place("file", str(path)),
    )


def _from_text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_TEXT:
        raise refusal(path, "it is too large for the description of a network")
    return path.read_text(encoding="utf-8")


def _from_archive(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > _MOST_MEMBERS or len(set(names)) != len(names):
            raise refusal(path, "its archive holds too many files, or one of them twice")
        for member in members:
            parts = member.filename.replace("\\", "/").split("/")
            linked = (member.external_attr >> 16) & 0o170000 == 0o120000
            if ".." in parts or parts[0] == "" or ":" in parts[0] or linked:
                raise refusal(path, "its archive names places outside itself")
        if _CONFIG not in names:
            raise refusal(path, "it holds no model")
        entry = archive.getinfo(_CONFIG)
        small = entry.file_size <= _RATIO * max(entry.compress_size, 1)
        if entry.file_size > _LARGEST_TEXT or not small:
            raise refusal(path, "its description is too large for its archive")
        with archive.open(entry) as stream:
            data = stream.read(_LARGEST_TEXT + 1)
    if len(data) > _LARGEST_TEXT:
        raise refusal(path, "its description is too large")
    return data.decode("utf-8")


def _from_hdf5(path: Path) -> str:
    import h5py

    with path.open("rb") as stream:
        if stream.read(8) != b"\x89HDF\r\n\x1a\n":
            raise refusal(path, "it is no HDF5 file")
    with h5py.File(path, "r") as file:
        config = file.attrs.get("model_config")
    if config is None:
        raise refusal(path, "it holds weights only, not the network they belong to")
    text = config.decode("utf-8") if isinstance(config, bytes) else str(config)
    if len(text) > _LARGEST_TEXT:
        raise refusal(path, "its description is too large")
    return text
