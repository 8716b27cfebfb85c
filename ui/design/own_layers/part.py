"""Adds, reloads, removes and trusts the person's own layers of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMenu

from ui.design.own_layers.changed import ChangedNotice, FileWatch
from ui.design.own_layers.dialogs import FaultDialog, TrustQuestion, fault_line
from ui.design.scopes.paths import touches_own_layers
from ui.frame.own_code_links import own_code_links
from workbench.errors import GraphError, JobCancelled, Place, WorkbenchError
from workbench.graph.blocks import blocks
from workbench.graph.own_layers import (
    MOST_TEXT,
    OwnLayers,
    class_name,
    described,
    own_files,
    own_layers_of,
    uses_of,
)
from workbench.graph.own_problems import line_in
from workbench.graph.record_changes import DropRecord, PutRecord
from workbench.trust import fingerprint, is_trusted, trust
from workbench.wording import listing

if TYPE_CHECKING:
    from ui.design.page import DesignPage
    from ui.jobs import JobHandle
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.graph.changes import Change
    from workbench.graph.problems import Problem


class OwnLayersPart(QObject):
    """The person's own layers on the Design page.

    Args:
        services: The window's services.
        page: The page, in whose window questions are asked.
    """

    def __init__(self, services: Services, page: DesignPage) -> None:
        super().__init__(page)
        self._services, self._page = services, page
        self._session: ProjectSession | None = None
        self._job: JobHandle | None = None
        self._waiting = OwnLayers("", "", "")
        self._declined: set[str] = set()
        self._watch = FileWatch(self)
        self._watch.touched.connect(self._look_at_files)
        self._changed: ChangedNotice | None = None
        links = own_code_links()
        links.line_wanted.connect(self._show_line)
        links.trust_wanted.connect(self._trust_here)
        links.retry_wanted.connect(self._try_again)

    def set_session(self, session: ProjectSession | None) -> None:
        """Follow another project, or none; what is being read for the last one is dropped."""
        if self._job is not None:
            self._job.done.disconnect(self._done)
            self._job.failed.disconnect(self._failed)
        if self._session is not None:
            self._session.changed.disconnect(self._session_changed)
        self._session, self._job = session, None
        self._declined.clear()
        if session is not None:
            session.changed.connect(self._session_changed)
        self._follow_files()
        self._look_at_files()

    # ---- when ------------------------------------------------------------------------------

    def can_add(self) -> bool:
        """Tell whether a file can be added now."""
        return self._session is not None and (self._job is None or not self._job.running)

    def has_untrusted(self) -> bool:
        """Tell whether the project holds own layers that may not be run here."""
        return bool(self._untrusted())

    def _files(self) -> list[OwnLayers]:
        return own_files(self._session.document.graph.records) if self._session else []

    def _untrusted(self) -> list[OwnLayers]:
        settings = self._services.settings
        return [file for file in self._files() if not is_trusted(settings, file.text)]

    # ---- what the person asks --------------------------------------------------------------

    def add_from_file(self) -> None:
        """Ask for a file and add its layers."""
        path = self._ask_path("Add layers from a Python file")
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Add the layers of a file, or reload them when the project has this file already."""
        known = next((f for f in self._files() if f.path == str(path)), None)
        self._read(path, known.id if known else "")

    def reload(self, record_id: str) -> None:
        """Read the file of own layers again; asks where it is when it is gone."""
        file = next((f for f in self._files() if f.id == record_id), None)
        if file is None:
            return
        path: Path | None = Path(file.path) if file.path else None
        if path is None or not path.is_file():
            path = self._ask_path(f"Where is {file.name}?")
        if path is not None:
            self._read(path, record_id)

    def remove(self, record_id: str) -> None:
        """Remove a file's layers from the project, unless a node uses them."""
        session = self._session
        file = next((f for f in self._files() if f.id == record_id), None)
        if session is not None and file is not None and not self.used(record_id):
            self._apply(DropRecord(OwnLayers.kind, record_id, f"Remove {file.name}"))

    def used(self, record_id: str) -> bool:
        """Tell whether a node uses a file's layers, in the network or in a block."""
        if self._session is None:
            return False
        root = self._session.document.graph
        graphs = [root, *(block.graph for block in blocks(root.records))]
        return any(uses_of(graph, record_id) for graph in graphs)

    def trust_project(self) -> None:
        """Ask about every file of the project that has not been trusted here."""
        for file in self._untrusted():
            if not self._may_run(file.name, file.text):
                return

    @Slot(object)
    def _trust_here(self, window: object) -> None:
        if window is self._page.window():
            self.trust_project()

    @Slot(object)
    def _try_again(self, window: object) -> None:
        if window is self._page.window():
            self._services.engines.restart()

    @Slot(object, object)
    def _show_line(self, problem: Problem, window: object) -> None:
        """Show the line that a problem names."""
        name, line = line_in(problem.message)
        file = next((f for f in self._files() if f.name == name), None)
        if file is None or window is not self._page.window():
            return
        words = problem.message[problem.message.index(f"{name}, line") :]
        remedy = "Put the file right and save it; the program notices and asks about the new text."
        error = GraphError(words, remedy=remedy, place=Place("file", name, str(line)))
        dialog = FaultDialog(error, file.text, self._page.window())
        dialog.exec()
        dialog.deleteLater()

    # ---- files that change on disk -----------------------------------------------------------

    @Slot(object)
    def _session_changed(self, change: Change) -> None:
        if touches_own_layers(change):
            self._follow_files()
            self._look_at_files()

    def _follow_files(self) -> None:
        """Watch the files on disk; a project from elsewhere cannot name one to be read."""
        settings = self._services.settings
        self._watch.watch(f.path for f in self._files() if is_trusted(settings, f.text))

    def _changed_on_disk(self) -> list[OwnLayers]:
        settings, found = self._services.settings, []
        for file in self._files():
            if not file.path or not is_trusted(settings, file.text):
                continue
            try:
                text = _text_of(Path(file.path))
            except WorkbenchError:
                continue  # gone, or no text at the moment: the project has its own
            if text != file.text and fingerprint(text) not in self._declined:
                found.append(file)
        return found

    @Slot()
    def _look_at_files(self) -> None:
        changed = [file.name for file in self._changed_on_disk()]
        if not changed and self._changed is None:
            return
        if self._changed is None:
            self._changed = ChangedNotice(self._page.canvas)
            self._changed.review_wanted.connect(self.review_changed)
            self._changed.dismissed.connect(self._decline)
        verb = "have" if len(changed) > 1 else "has"
        self._changed.say(f"{listing(changed, 3)} {verb} changed on disk." if changed else "")

    @Slot()
    def _decline(self) -> None:
        for file in self._changed_on_disk():
            self._declined.add(fingerprint(_text_of(Path(file.path))))

    @Slot()
    def review_changed(self) -> None:
        """Show what changed in the first changed file, and read it again when it is trusted."""
        changed = self._changed_on_disk()
        if changed:
            self._read(Path(changed[0].path), changed[0].id)
        self._look_at_files()
        self._page.canvas.setFocus()  # the button that was pressed is gone

    def fill_menu(self, menu: QMenu, key: str) -> None:
        """Add what can be done with an own layer of the palette."""
        session = self._session
        file = own_layers_of(session.document.graph.records, key) if session else None
        if file is None:
            return
        shown = file.name.replace("&", "&&")
        again = menu.addAction(f"Reload {shown}")
        again.setEnabled(self.can_add())
        again.triggered.connect(lambda: self.reload(file.id))
        allow = menu.addAction(f"Trust {shown}…")
        allow.setVisible(not is_trusted(self._services.settings, file.text))
        allow.triggered.connect(lambda: self._may_run(file.name, file.text))
        menu.addSeparator()
        drop = menu.addAction(f"Remove {shown} from this project")
        drop.setEnabled(not self.used(file.id))
        drop.triggered.connect(lambda: self.remove(file.id))

    # ---- reading a file --------------------------------------------------------------------

    def _ask_path(self, title: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(
            self._page, title, self._services.settings.last_folder, "Python files (*.py)"
        )
        return Path(name) if name else None

    def _may_run(self, name: str, text: str, before: str = "") -> bool:
        """Tell whether a text may be run; asks where that is not known."""
        settings = self._services.settings
        if is_trusted(settings, text):
            return True
        question = TrustQuestion(name, text, self._page.window(), before)
        yes = question.ask()
        question.deleteLater()
        if not yes:
            self._declined.add(fingerprint(text))
            return False
        trust(settings, text)
        settings.save()
        self._services.engines.trust_changed.emit()
        self._services.actions.refresh_later()
        self._follow_files()  # those of a project from elsewhere may be watched now
        self._look_at_files()
        return True

    def _read(self, path: Path, record_id: str) -> None:
        if not self.can_add():
            self._services.show_message("A file with layers is being read already.")
            return
        self._services.settings.last_folder = str(path.parent)
        try:
            text = _text_of(path)
        except WorkbenchError as error:
            self._services.show_error(error)
            return
        known = next((f for f in self._files() if f.id == record_id), None)
        allowed = self._may_run(path.name, text, known.text if known else "")
        if known is not None and known.text == text and known.path == str(path):
            self._services.show_message(f"{path.name} has not changed.")
            return
        session = self._session
        if not allowed or session is None:
            return
        self._waiting = OwnLayers(record_id, path.name, text, path=str(path))
        spec = {"name": path.name, "text": text}
        self._job = session.start_job("describe_layers", spec, f"Looking at {path.name}")
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._services.actions.refresh_later()

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        if self._job is None:
            return
        self._job = None
        given = self._waiting
        try:
            file = described(
                given.name, given.text, result["specs"], path=given.path, record_id=given.id
            )
        except WorkbenchError as error:
            self._services.show_error(error)
            return
        verb = "Reload" if given.id else "Add"
        if self._apply(PutRecord(file, f"{verb} {file.name}")):
            names = [class_name(spec.key) for spec in file.specs if spec.role == "layer"]
            cells = [class_name(spec.key) for spec in file.specs if spec.role == "cell"]
            words = [f"My layers in the palette: {listing(names, 5)}."] if names else []
            words += [f"Cells for RNN: {listing(cells, 5)}."] if cells else []
            self._services.show_message(" ".join(words))

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        if self._job is None:
            return
        self._job = None
        self._services.actions.refresh_later()
        if isinstance(error, JobCancelled):
            return
        if fault_line(error):
            dialog = FaultDialog(error, self._waiting.text, self._page.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()  # returns at once: the job is still to be told finished
        else:
            self._services.show_error(error)

    def _apply(self, change: PutRecord | DropRecord) -> bool:
        if self._session is None:
            return False
        try:
            self._session.apply(change)
        except WorkbenchError as error:
            self._services.show_error(error)
            return False
        self._services.actions.refresh_later()
        return True


def _text_of(path: Path) -> str:
    """Return the text of a Python file.

    Raises:
        GraphError: It cannot be read, or is no text.
    """
    expected = "a Python file, UTF-8, of at most 1 MB"
    try:
        if path.stat().st_size > MOST_TEXT:
            raise GraphError(f"{path.name} is too large.", expected=expected)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GraphError(
            f"{path.name} cannot be read.", expected=expected, received=error.strerror or str(error)
        ) from error
    except UnicodeError as error:
        raise GraphError(f"{path.name} is no UTF-8 text.", expected=expected) from error
