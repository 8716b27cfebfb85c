"""The project document: what every page, command and test edits and listens to.

One way in, `apply(change)`: it changes the documents, remembers how to take it back, writes the
journal line and tells the listeners. Not thread-safe: one thread (the window's main thread) owns
a document.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

from workbench.data.spec import DataSpec
from workbench.errors import ProjectError
from workbench.graph.changes import Change, change_from_plain
from workbench.graph.model import Graph
from workbench.project.copying import Copying
from workbench.project.documents import Documents
from workbench.project.files import Copy, OpenFolder
from workbench.project.history import History
from workbench.project.journal import Entry, as_text
from workbench.project.storage import write_error
from workbench.recipe.spec import RecipeSpec

Listener = Callable[[Change], None]

_log = logging.getLogger(__name__)


class ProjectDocument:
    """An open project. Made by `create_project` and `open_project`.

    Args:
        documents: Name, network, data and training settings.
        files: The open folder: its lock and journal.
        revision: Revision of the documents.
        saved_revision: Revision that `project.json` holds.

    Attributes:
        revision: Grows by one with every change, undo and redo included; never goes back.
        recovered: Number of changes that were read from the journal when the project opened.
        notes: What a person should know about the opening (a journal that did not fit, …).
        journal_error: Why changes are not being journaled at the moment, or None. They are kept
            in memory and written as soon as the disk accepts them.
    """

    def __init__(
        self, documents: Documents, files: OpenFolder, revision: int = 0, saved_revision: int = 0
    ) -> None:
        self._documents = documents
        self._files = files
        self._history = History()
        self._saved_state = self._history.state if revision == saved_revision else -1
        self._listeners: list[Listener] = []
        self.revision = revision
        self.recovered = 0
        self.notes: tuple[str, ...] = ()
        self.journal_error: ProjectError | None = None

    # ---- reading -------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """The project folder, absolute."""
        return self._files.folder

    @property
    def name(self) -> str:
        """What the project is called."""
        return self._documents.name

    @property
    def graph(self) -> Graph:
        """The network. Edit it only through `apply`."""
        return self._documents.graph

    @property
    def data(self) -> DataSpec:
        """The data settings."""
        return self._documents.data

    @property
    def recipe(self) -> RecipeSpec:
        """The training settings."""
        return self._documents.recipe

    @property
    def read_only(self) -> bool:
        """Whether the folder cannot be written; edits then live in memory until `save_as`."""
        return self._files.read_only

    @property
    def dirty(self) -> bool:
        """Whether the documents differ from the last save (undoing back to it is clean)."""
        return self._history.state != self._saved_state

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history.next_undo is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make once more."""
        return self._history.next_redo is not None

    @property
    def undo_label(self) -> str:
        """Name of the step that `undo` takes back, or ""."""
        step = self._history.next_undo
        return step.label if step else ""

    @property
    def redo_label(self) -> str:
        """Name of the step that `redo` makes once more, or ""."""
        step = self._history.next_redo
        return step.label if step else ""

    # ---- editing -------------------------------------------------------------------------

    def apply(self, change: Change, merge: str = "") -> None:
        """Make a change.

        Args:
            change: What to change.
            merge: Changes in a row with the same non-empty key are one undo step (a slider or
                a node being dragged); use a fresh key for every gesture.

        Raises:
            WorkbenchError: The change does not fit; nothing has been changed.
        """
        change, text = _as_stored(change)
        inverse = self._documents.apply(change)
        self._history.record(inverse, change.label, merge)
        self._made(change, merge, text)

    def apply_to_documents(self, change: Change) -> Change:
        """Make a change without history, journal or notice, and return its inverse.

        For trying something out; whoever calls it puts it back with the inverse.

        Raises:
            WorkbenchError: The change does not fit; nothing has been changed.
        """
        return self._documents.apply(change)

    def undo(self) -> Change | None:
        """Take the last step back.

        Returns:
            The change that was made, or None when there is nothing to undo.
        """
        step = self._history.next_undo
        if step is None:
            return None
        change = step.back  # made of what the documents held: it has its stored form already
        self._history.took_back(self._documents.apply(change))
        self._made(change, "")
        return change

    def redo(self) -> Change | None:
        """Make the step that was taken back once more.

        Returns:
            The change that was made, or None when there is nothing to redo.
        """
        step = self._history.next_redo
        if step is None:
            return None
        change = step.back  # made of what the documents held: it has its stored form already
        self._history.made_again(self._documents.apply(change))
        self._made(change, "")
        return change

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have a function called after every change, with the change.

        Args:
            listener: The function. It may apply further changes.

        Returns:
            A function that ends the subscription.
        """
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def replay(self, entries: list[Entry]) -> None:
        """Make the changes that a journal holds once more. For `open_project`.

        Raises:
            WorkbenchError: A change does not fit; those before it have been made, and
                `recovered` tells how many.
        """
        for entry in entries:
            inverse = self._documents.apply(entry.change)
            self._history.record(inverse, entry.change.label, entry.merge)
            self.revision = entry.revision
            self.recovered += 1

    def _made(self, change: Change, merge: str, text: str = "") -> None:
        self.revision += 1
        self._write_journal(Entry(self.revision, change, merge, text))
        failure: Exception | None = None
        for listener in tuple(self._listeners):
            try:
                listener(change)
            except Exception as error:  # the others must hear of the change all the same
                _log.exception("A listener failed on %s", change.kind)
                failure = failure or error
        if failure is not None:
            raise failure

    def _write_journal(self, entry: Entry) -> None:
        try:
            self._files.append(entry.line())
        except OSError as error:
            self.journal_error = write_error(
                "The last change is only in memory", self.folder, error
            )
            _log.warning("Journal: %s", error)
        else:
            self.journal_error = None

    # ---- folder --------------------------------------------------------------------------

    def to_plain(self) -> dict[str, object]:
        """Return name, graph, data and recipe as plain data."""
        return dict(self._documents.to_plain())

    def save(self) -> None:
        """Write `project.json`, then empty the journal.

        Raises:
            ProjectError: It could not be written. The old file is whole and the work is kept
                in memory.
        """
        self._files.save(self._documents.to_plain(), self.revision)
        self._saved_state = self._history.state
        self.journal_error = None

    def save_as(self, folder: Path, copy: Copy = Copying.run) -> None:
        """Save into another folder and go on there; the old one stays as it was last saved.

        A table that lies in the project folder, the card and the runs are copied along.

        Args:
            folder: A folder that does not exist or is empty.
            copy: Runs the copying, possibly in another thread.

        Raises:
            ProjectError: The folder is taken or cannot be written; the document stays where
                it was.
            JobCancelled: Copying was given up; the document stays where it was.
        """
        self._files = self._files.save_as(folder, self._documents, self.revision, copy)
        self._saved_state = self._history.state
        self.journal_error = None

    def close(self, *, discard: bool = False) -> None:
        """Close the folder: flush and release the journal and the lock. Twice does no harm.

        Args:
            discard: Forget the changes since the last save. Otherwise they stay in the journal
                and are recovered when the project is opened the next time.
        """
        self._files.close(empty_journal=discard or not self.dirty)
        self._listeners.clear()


def _as_stored(change: Change) -> tuple[Change, str]:
    """Return the change as the journal would read it back, and the text that it would read.

    Memory then never holds anything (a tuple, a number as a key) that a reopened project
    would hold in another form.

    Raises:
        ProjectError: The change holds something that is not plain data.
    """
    try:
        text = as_text(change.to_plain())
        return change_from_plain(json.loads(text)), text
    except (TypeError, ValueError) as error:
        raise ProjectError(
            "This value cannot be stored in a project.",
            expected="text, finite numbers, true, false, lists and named entries",
            received=str(error),
        ) from error
