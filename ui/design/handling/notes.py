"""Notes and frames on the canvas: painted below the network, moved, sized, written in place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRectF, Slot
from PySide6.QtGui import QGuiApplication, QPainter

from ui.design.canvas.geometry import GRID, bounds_of, snap
from ui.design.canvas.ink import Level
from ui.design.handling.note_field import NoteField
from ui.design.handling.note_ink import CORNER, TITLE, paint_note, rect_of
from workbench.graph import Batch, Change, DropRecord, MoveNodes, PutRecord
from workbench.graph.clipboard import copy
from workbench.graph.notes import (
    COLOURS,
    LONGEST,
    Colour,
    Form,
    Note,
    inside_frame,
    new_note_id,
    notes_of,
)

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas

_NOTE_SIZE: Final = (240.0, 96.0)
_AROUND: Final = 16.0
_WORDS_FROM: Final = 0.67
"""Scale from which the words of notes can be read."""


class Notes(QObject):
    """The notes of the network that is shown.

    Args:
        canvas: The canvas.

    Attributes:
        chosen: Id of the selected note, or "". Selecting layers deselects it.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._editor = canvas, canvas.editor
        self.chosen = ""
        self._notes: dict[str, Note] = {}
        self._held: dict[str, Note] = {}
        self.field = NoteField(canvas)
        self.field.written.connect(self.write)
        self.field.closed.connect(canvas.setFocus)
        canvas.picture.changed.connect(self.refresh)
        canvas.moved.connect(self.field.take)
        canvas.selection.changed.connect(self._selected)
        canvas.frame.below.append(self._paint)

    # ---- what there is ---------------------------------------------------------------------

    @property
    def within(self) -> str:
        """Id of the block whose network is shown, or ""."""
        block = self._editor.block
        return block.id if block is not None else ""

    @property
    def shown(self) -> list[Note]:
        """The notes of the network that is shown, frames first."""
        return sorted(self._notes.values(), key=lambda note: note.form != "frame")

    def note(self, note_id: str) -> Note | None:
        """Return a note of the network that is shown, as it is in the document."""
        return self._notes.get(note_id)

    @Slot()
    def refresh(self) -> None:
        """Look anew which notes there are."""
        self._notes = {note.id: note for note in notes_of(self._editor.graph, self.within)}
        self._canvas.picture.around = bounds_of([rect_of(n) for n in self._notes.values()])
        if self.chosen not in self._notes:
            self.chosen = ""

    @Slot()
    def _selected(self) -> None:
        if self._canvas.selection:
            self.choose("")

    def choose(self, note_id: str) -> None:
        """Select a note in place of layers; "" selects none."""
        if note_id:
            self._canvas.selection.clear()
        self.chosen = note_id
        note = self._notes.get(note_id)
        if note is not None:
            self._canvas.setAccessibleDescription(f"{note.form.capitalize()}: {note.text}")
        self._canvas.update()

    def choose_next(self) -> None:
        """Select the next note, by key."""
        ids = [note.id for note in self.shown]
        if ids:
            at = ids.index(self.chosen) + 1 if self.chosen in ids else 0
            self.choose(ids[at % len(ids)])
            self._canvas.camera.reveal(rect_of(self._notes[self.chosen]), self._canvas.free_rect())
            self._canvas.view_moved()

    def at(self, point: QPointF) -> Note | None:
        """Return the topmost note that a press at a scene point means.

        A frame is taken at its title, its corner and its edge; within it lies the canvas.
        """
        reach = 4 / max(self._canvas.camera.scale, 0.25)
        for note in reversed(self.shown):
            rect = rect_of(note)
            if not rect.adjusted(-reach, -reach, reach, reach).contains(point):
                continue
            inner = rect.adjusted(reach, TITLE, -reach, -reach)
            if note.form == "note" or not inner.contains(point) or self.at_corner(note, point):
                return note
        return None

    def at_corner(self, note: Note, point: QPointF) -> bool:
        """Tell whether a scene point is on the corner that changes a note's size."""
        away = rect_of(note).bottomRight() - point
        return -6 <= away.x() <= CORNER and -6 <= away.y() <= CORNER

    # ---- changing --------------------------------------------------------------------------

    def add(self, form: Form) -> None:
        """Add a note where the pointer is, or a frame around what is selected; write at once."""
        chosen = self._canvas.picture.bounds(self._canvas.selection.nodes)
        if form == "frame" and not chosen.isEmpty():
            box = chosen.adjusted(-_AROUND, -_AROUND - TITLE, _AROUND, _AROUND)
            rect = (box.x(), box.y(), box.width(), box.height())
        else:
            centre = self._canvas.pointer_scene()
            width, height = (2 * s for s in _NOTE_SIZE) if form == "frame" else _NOTE_SIZE
            rect = (snap(centre.x() - width / 2), snap(centre.y() - height / 2), width, height)
        colour: Colour = "blue" if form == "frame" else "yellow"
        text = "Frame" if form == "frame" else ""
        note = Note(new_note_id(), text, rect, colour, form, self.within)
        if self._editor.apply(PutRecord(note, f"Add {form}")):
            self.choose(note.id)
            self.edit(note.id)

    def edit(self, note_id: str) -> None:
        """Write a note's text in place."""
        note = self._notes.get(note_id)
        if note is None:
            return
        rect = rect_of(note)
        if note.form == "frame":
            rect.setHeight(TITLE)
        box = self._canvas.camera.rect_to_view(rect).toRect()
        self.field.open(note.id, note.text, box, one_line=note.form == "frame")

    @Slot(str, str)
    def write(self, note_id: str, text: str) -> None:
        """Give a note another text."""
        note = self._notes.get(note_id)
        if note is not None and text[:LONGEST] != note.text:
            self._put(replace(note, text=text[:LONGEST]), f"Write {note.form}")

    def recolour(self, note_id: str, colour: Colour) -> None:
        """Give a note another colour."""
        note = self._notes.get(note_id)
        if note is not None and colour in COLOURS:
            self._put(replace(note, colour=colour), f"Colour {note.form}")

    def delete(self, note_id: str) -> None:
        """Delete a note; what lies in a frame stays."""
        note = self._notes.get(note_id)
        if note is not None:
            self._editor.apply(DropRecord(Note.kind, note_id, f"Delete {note.form}"))

    def copy(self, note_id: str) -> None:
        """Copy a note, a frame with what lies in it."""
        note = self._notes.get(note_id)
        if note is None:
            return
        nodes, others = self._taken_along(note)
        text = json.dumps(copy(self._editor.graph, nodes, [note, *others]), ensure_ascii=False,
                          indent=1)  # fmt: skip
        QGuiApplication.clipboard().setText(text)

    def _put(self, note: Note, text: str) -> None:
        self._editor.apply(PutRecord(note, text))

    # ---- moving and sizing -----------------------------------------------------------------

    def hold(self, note: Note) -> list[str]:
        """Begin to move a note; returns the layers that it takes along."""
        nodes, others = self._taken_along(note)
        self._held = {n.id: n for n in (note, *others)}
        return nodes

    def show_moved(self, by: QPointF) -> None:
        """Show what is held somewhere else; the document is not changed."""
        for note_id, note in self._held.items():
            self._notes[note_id] = note.moved(by.x(), by.y())
        self._canvas.update()

    def show_sized(self, note: Note, by: QPointF) -> None:
        """Show a held note with another size; the document is not changed."""
        width, height = note.rect[2] + by.x(), note.rect[3] + by.y()
        self._notes[note.id] = note.sized(snap(width), snap(height))
        self._canvas.update()

    def show_again(self, note: Note) -> None:
        """Show a held note as it was shown before the picture was made anew."""
        self._notes[note.id] = note

    def let_go(self, nodes: list[str], by: QPointF, *, keep: bool) -> None:
        """End moving or sizing.

        Args:
            nodes: Layers that were taken along.
            by: How far, scene units.
            keep: Whether the document takes it; else everything goes back.
        """
        moved = [self._notes[i] for i in self._held if i in self._notes]
        first = next(iter(self._held.values()), None)
        self._held = {}
        self.refresh()
        if not keep or first is None:
            self._canvas.update()
            return
        changes: list[Change] = [PutRecord(n) for n in moved if n != self._notes.get(n.id)]
        graph = self._editor.graph
        places = {
            i: (graph.node(i).position[0] + by.x(), graph.node(i).position[1] + by.y())
            for i in nodes
            if i in graph
        }
        if places and not by.isNull():
            changes.append(MoveNodes(places))
        if changes:
            self._editor.apply(Batch(tuple(changes), f"Move {first.form}"))

    def nudge(self, x: int, y: int) -> None:
        """Move the selected note by grid steps, by key."""
        note = self._notes.get(self.chosen)
        if note is not None:
            nodes, by = self.hold(note), QPointF(x * GRID, y * GRID)
            self.show_moved(by)
            self.let_go(nodes, by, keep=True)

    def _taken_along(self, note: Note) -> tuple[list[str], list[Note]]:
        centres = {i: node.position for i, node in self._editor.graph.nodes.items()}
        return inside_frame(note, centres, list(self._notes.values()))

    def _paint(
        self, painter: QPainter, scale: float, _level: Level, area: QRectF, _ratio: float
    ) -> None:
        for note in self.shown:
            if rect_of(note).intersects(area):
                paint_note(painter, self._canvas.frame.ink, note, words=scale >= _WORDS_FROM,
                           chosen=note.id == self.chosen)  # fmt: skip
