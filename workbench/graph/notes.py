"""Notes and frames: what a person writes on the canvas beside the network itself.

A note is a slip of paper with text; a frame is a titled rectangle around layers that takes them
along when it is moved. Neither has any meaning for the network.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal, TypeAlias, get_args

from workbench.errors import GraphError
from workbench.graph.blocks import Block
from workbench.graph.changes import Batch
from workbench.graph.model import Graph
from workbench.graph.record_changes import DropRecord
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import PlainDict

Form = Literal["note", "frame"]
Colour = Literal["yellow", "blue", "green", "purple", "grey"]
Rect: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height in scene units."""

COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)
SMALLEST: Final = (48.0, 32.0)
"""Least width and height, scene units."""
LONGEST: Final = 20_000
"""Most characters of a note's text."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note or a frame.

    Attributes:
        id: Unique in the document, never shown.
        text: Plain text; of a frame its title.
        rect: Where it is.
        colour: Name of its colour.
        form: What it is.
        within: Id of the block inside which it stands; "" for the outermost network.
    """

    id: str
    text: str
    rect: Rect
    colour: Colour = "yellow"
    form: Form = "note"
    within: str = ""
    kind: ClassVar[str] = "note"

    def to_plain(self) -> PlainDict:
        """Return the note as plain data."""
        plain: PlainDict = {"id": self.id, "text": self.text, "rect": list(self.rect)}
        plain |= {"colour": self.colour, "form": self.form}
        if self.within:
            plain["within"] = self.within
        return plain

    def bound(self, records: Records) -> Record:
        """Return the note itself: it holds nothing that could be shared."""
        del records
        return self

    def moved(self, dx: float, dy: float) -> Note:
        """Return the note shifted by scene units."""
        x, y, width, height = self.rect
        return replace(self, rect=(x + dx, y + dy, width, height))

    def sized(self, width: float, height: float) -> Note:
        """Return the note with another size; never smaller than `SMALLEST`."""
        x, y = self.rect[:2]
        return replace(self, rect=(x, y, max(width, SMALLEST[0]), max(height, SMALLEST[1])))


def read_note(plain: Any, records: Records | None = None) -> Note:
    """Read a note written by `Note.to_plain`; an unknown colour or form becomes the usual one.

    Raises:
        GraphError: Its place cannot be read.
    """
    del records
    try:
        x, y, width, height = (float(value) for value in plain["rect"])
        note_id, text = str(plain["id"]), str(plain.get("text", ""))[:LONGEST]
        colour, form = plain.get("colour"), plain.get("form")
        within = str(plain.get("within", ""))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GraphError("A note cannot be read.", received=repr(plain)[:200]) from error
    if not all(math.isfinite(value) for value in (x, y, width, height)):
        raise GraphError("A note cannot be read.", received="a place that is not a number")
    note = Note(
        note_id, text, (x, y, width, height),
        colour if colour in COLOURS else "yellow", form if form in get_args(Form) else "note",
        within,
    )  # fmt: skip
    return note.sized(width, height)


register_kind(Note.kind, "notes", read_note)


def new_note_id() -> str:
    """Return a fresh id of a note."""
    return "t" + secrets.token_hex(5)


def notes_of(graph: Graph, within: str = "") -> list[Note]:
    """Return the notes of a network in the order of adding.

    Args:
        graph: The network, or any network of the document.
        within: Id of the block inside which they stand; "" for the outermost network.
    """
    records = graph.records.of(Note.kind).values()
    return [note for note in records if isinstance(note, Note) and note.within == within]


def drop_block(graph: Graph, block: Block) -> Batch:
    """Return the change that deletes the definition of a block and the notes inside it.

    Args:
        graph: Any network of the document.
        block: The block; nothing uses it.
    """
    notes = (DropRecord(Note.kind, note.id) for note in notes_of(graph, block.id))
    return Batch((*notes, DropRecord(Block.kind, block.id)), f"Delete {block.name}")


def inside_frame(
    frame: Note, centres: Mapping[str, tuple[float, float]], notes: list[Note]
) -> tuple[list[str], list[Note]]:
    """Return what a frame takes along: nodes and notes whose centres lie in it.

    Args:
        frame: The frame; a note takes nothing along.
        centres: Node id → centre in scene units.
        notes: The notes of the same network.
    """
    if frame.form != "frame":
        return [], []
    nodes = [node_id for node_id, (x, y) in centres.items() if _contains(frame.rect, x, y)]
    others = [
        note
        for note in notes
        if note.id != frame.id
        and _contains(frame.rect, note.rect[0] + note.rect[2] / 2, note.rect[1] + note.rect[3] / 2)
        and note.rect[2] * note.rect[3] < frame.rect[2] * frame.rect[3]
    ]
    return nodes, others


def _contains(rect: Rect, x: float, y: float) -> bool:
    left, top, width, height = rect
    return left <= x <= left + width and top <= y <= top + height
