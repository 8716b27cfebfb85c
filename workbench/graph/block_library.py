"""The person's own blocks: one JSON file each, used in any project."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from workbench.atomic import reason, replace_text
from workbench.errors import GraphError, Place
from workbench.graph.adopting import adopt, needed
from workbench.graph.blocks import Block, layer_of, read_block, would_contain_itself
from workbench.graph.changes import Batch
from workbench.graph.model import Graph
from workbench.graph.own_layers import own_files, read_own_layers, used_files
from workbench.graph.own_travel import fitting_own_ids, missing_files
from workbench.graph.records import Records
from workbench.plain import PlainDict
from workbench.settings import settings_folder

FORMAT: Final = "keras-workbench/block"
_LARGEST: Final = 16_000_000
_ENDING: Final = ".block.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SavedBlock:
    """A block of the library.

    Attributes:
        block: The definition; its network is among records that hold what it needs.
        path: The file.
    """

    block: Block
    path: Path

    @property
    def layer(self) -> str:
        """Layer key of its uses, before it is brought into a document."""
        return layer_of(self.block.id)


def library_folder() -> Path:
    """Return the folder of the person's blocks, not necessarily existing."""
    return settings_folder() / "blocks"


def load_library(folder: Path | None = None) -> tuple[list[SavedBlock], list[str]]:
    """Return the blocks of the library by name, and what could not be read, a sentence each.

    Args:
        folder: The folder; the person's own when None.
    """
    found: list[SavedBlock] = []
    faults: list[str] = []
    place = folder or library_folder()
    for path in sorted(place.glob(f"*{_ENDING}")) if place.is_dir() else ():
        try:
            found.append(_read(path))
        except GraphError as error:
            _log.warning("%s: %s", path, error)
            faults.append(f"{path.name}: {error.message}")
    return sorted(found, key=lambda saved: saved.block.name.casefold()), faults


def save_to_library(records: Records, block: Block, folder: Path | None = None) -> Path:
    """Save a block, with the blocks that it needs, into the library.

    A block of the same name there is replaced; one whose name only looks alike in a file's name
    stays, as does a file that cannot be read.

    Raises:
        GraphError: It could not be written; what was there is as it was.
    """
    place = folder or library_folder()
    path = _path_for(place, block.name)
    blocks = needed(records, [layer_of(block.id)])
    files = used_files(records, (node for part in blocks for node in part.graph))
    plain: PlainDict = {
        "format": FORMAT,
        "version": 1,
        "block": block.id,
        "blocks": [part.to_plain() for part in blocks],
        **({"layers": [file.to_plain() for file in files]} if files else {}),
    }
    try:
        place.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(plain, ensure_ascii=False, indent=1))
    except OSError as error:
        raise _failure(f"{block.name} was not saved.", path, error) from error
    return path


def remove_from_library(saved: SavedBlock) -> None:
    """Remove a block from the library; projects that use it keep it.

    Raises:
        GraphError: The file could not be removed.
    """
    try:
        saved.path.unlink(missing_ok=True)
    except OSError as error:
        raise _failure(f"{saved.block.name} was not removed.", saved.path, error) from error


def bring(records: Records, saved: SavedBlock) -> tuple[Batch, str]:
    """Return the change that brings a block of the library into a document, and its layer key."""
    come = saved.block.graph.records
    if own_files(come):
        plain = fitting_own_ids(
            {
                "layers": [file.to_plain() for file in own_files(come)],
                "blocks": [block.to_plain() for block in needed(come, [saved.layer])],
            },
            records,
        )
        come = _records_of(plain)
    changes, keys = adopt(records, needed(come, [saved.layer]))
    changes = [*missing_files(records, come), *changes]
    return Batch(tuple(changes), f"Add {saved.block.name}"), keys.get(saved.layer, saved.layer)


def _read(path: Path) -> SavedBlock:
    refusal = GraphError(
        "This is not a saved block.",
        expected="a file that this program saved",
        place=Place("file", str(path)),
    )
    try:
        if path.stat().st_size > _LARGEST:
            raise refusal
        plain: Any = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != FORMAT:
            raise refusal
        records = _records_of(plain)
        main = records.get(Block.kind, str(plain["block"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, GraphError) as error:
        raise refusal from error
    if not isinstance(main, Block) or would_contain_itself(records, main):
        raise refusal
    return SavedBlock(replace(main), path)


def _records_of(plain: Any) -> Records:
    records = Graph().records
    for entry in plain.get("layers", ()):
        records.put(read_own_layers(entry, records))
    for entry in plain["blocks"]:
        records.put(read_block(entry, records))
    return records


def _path_for(place: Path, name: str) -> Path:
    stem, number = _file_name(name), 1
    while True:
        path = place / f"{stem}{f' {number}' if number > 1 else ''}{_ENDING}"
        if not path.exists() or _name_in(path) == name:
            return path
        number += 1


def _name_in(path: Path) -> str | None:
    """Return the name of the block in a file, or None when it cannot be read."""
    try:
        return _read(path).block.name
    except GraphError:
        return None


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_ " else "_" for c in name).strip() or "block"
    return kept[:80]


def _failure(text: str, path: Path, error: OSError) -> GraphError:
    happened, remedy, received = reason(error)
    return GraphError(
        f"{text} {happened}".strip(),
        received=received,
        remedy=remedy,
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )
