"""Reads the settings of a saved model out of a file, before Keras sees anything of it."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any, Final

from workbench.errors import GraphError, Place

ENDINGS: Final = (".keras", ".json", ".h5", ".hdf5")
"""Endings of the files that can be read."""
_LARGEST_TEXT: Final = 64_000_000
_MOST_MEMBERS: Final = 2_000
_RATIO: Final = 200
_SMALL: Final = 1_000_000
_CONFIG: Final = "config.json"
_MEMBERS: Final = re.compile(
    r"config\.json|metadata\.json|model\.weights\.(h5|npz|json)|model_\w{1,20}\.weights\.h5"
    r"|assets/.*|assets|README\.md|readme\.md"
)
"""What Keras writes into an archive."""
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_MOST_LINKS: Final = 200_000


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings of a model: what kind of model it is and of which layers.

    Weights are not read. A file that is made to harm can crash the library that reads HDF5, or
    take much memory: call this in a process that may end.

    Args:
        path: A `.keras` archive, the JSON text of `model.to_json()`, or an HDF5 file with a
            whole model.

    Raises:
        GraphError: It cannot be read, is none of these, or looks made to harm.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unreadable(path, "it is no file")
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
    except MemoryError as error:
        raise refusal(path, "reading it takes too much memory") from error
    except OSError as error:
        raise _unreadable(path, error.strerror or "it is damaged or of another kind") from error
    except Exception as error:  # zipfile, zlib, h5py and json raise whatever comes up
        raise _unreadable(path, "it is damaged or of another kind") from error
    if not isinstance(plain, dict) or "class_name" not in plain or "config" not in plain:
        raise _unreadable(path, "it holds no model")
    return plain


def refusal(path: Path, reason: str, remedy: str = "") -> GraphError:
    """Return the error that says why a file is not taken, and what to do instead."""
    return GraphError(
        f"{path.name} was not imported: {reason}.",
        remedy=remedy,
        place=Place("file", str(path)),
    )


def _unreadable(path: Path, reason: str) -> GraphError:
    """Return the error for what is no model, with what would be one."""
    error = refusal(path, reason)
    error.expected = "a model saved by Keras (.keras, .h5) or the text of model.to_json()"
    return error


def _from_text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_TEXT:
        raise _unreadable(path, "it is too large for the description of a network")
    return path.read_text(encoding="utf-8")


# ---- archives ----------------------------------------------------------------------------


def _from_archive(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > _MOST_MEMBERS or len(set(names)) != len(names):
            raise refusal(path, "its archive holds too many files, or one of them twice")
        for member in members:
            _look_at_member(path, member)
        if _CONFIG not in names:
            raise _unreadable(path, "it holds no model")
        entry = archive.getinfo(_CONFIG)
        if entry.file_size > _LARGEST_TEXT:
            raise refusal(path, "its description is too large")
        with archive.open(entry) as stream:
            data = stream.read(_LARGEST_TEXT + 1)
    if len(data) > _LARGEST_TEXT:
        raise refusal(path, "its description is too large")
    return data.decode("utf-8")


def _look_at_member(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a file of an archive that leads out of it, or that Keras does not write."""
    parts = member.filename.replace("\\", "/").split("/")
    linked = stat.S_ISLNK(member.external_attr >> 16)
    if ".." in parts or parts[0] == "" or ":" in parts[0] or linked:
        raise refusal(path, "its archive names places outside itself")
    if not _MEMBERS.fullmatch(member.filename.rstrip("/")):
        shown = member.filename[:80]
        raise refusal(path, f"its archive holds {shown!r}, which is no part of a Keras model")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _PACKINGS:
        raise refusal(path, "its archive is encrypted or packed in a way that Keras never does")
    if member.file_size > max(_RATIO * member.compress_size, _SMALL):
        raise refusal(path, f"{member.filename[:80]!r} in it is too large for its archive")


# ---- HDF5 --------------------------------------------------------------------------------


def _from_hdf5(path: Path) -> str:
    import h5py

    with path.open("rb") as stream:
        if stream.read(8) != b"\x89HDF\r\n\x1a\n":
            raise _unreadable(path, "it is no HDF5 file")
    with h5py.File(path, "r", locking=False) as file:
        look_at_links(path, file)
        if "model_config" not in file.attrs:
            raise _unreadable(path, "it holds weights only, not the network they belong to")
        described = file.attrs.get_id("model_config")
        if described.shape != () or described.get_storage_size() > _LARGEST_TEXT:
            raise refusal(path, "its description is too large or no text")
        config = file.attrs["model_config"]
    text = config.decode("utf-8") if isinstance(config, bytes) else config
    if not isinstance(text, str) or len(text) > _LARGEST_TEXT:
        raise refusal(path, "its description is too large or no text")
    return text


def look_at_links(path: Path, file: Any) -> None:
    """Refuse whatever in an HDF5 file leads elsewhere: links and values kept in other files."""
    import h5py

    waiting, seen = [file], set()
    links = 0
    while waiting:
        group = waiting.pop()
        for name in group:
            links += 1
            if links > _MOST_LINKS:
                raise refusal(path, "it holds too many parts")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise refusal(path, f"{str(name)[:80]!r} in it leads to another place or file")
            part = group[name]
            if isinstance(part, h5py.Group):
                mark = h5py.h5o.get_info(part.id).addr
                if mark not in seen:
                    seen.add(mark)
                    waiting.append(part)
            elif isinstance(part, h5py.Dataset) and (part.external or part.is_virtual):
                raise refusal(path, f"the values of {str(name)[:80]!r} are kept in another file")
