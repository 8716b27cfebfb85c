"""Comparing on the Design page: marks on the canvas, the list beside it, editing goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot

from ui.compare.live import LiveComparison
from ui.compare.overlay import Overlay
from ui.compare.panel import DifferencePanel
from ui.compare.pointing import Pointing
from ui.compare.reading import NetworkReader
from ui.compare.sources import Source
from ui.compare.taking import Taking
from ui.design.scopes.paths import way_into
from ui.jobs import Task, run_in_thread
from ui.theme import active_theme
from ui.widgets import SidePanel
from workbench.errors import JobCancelled
from workbench.graph.blocks import block_of
from workbench.graph.compare import Comparison
from workbench.graph.differences import Difference

if TYPE_CHECKING:
    from ui.design import DesignPage
    from ui.main_window import MainWindow
    from ui.session import ProjectSession
    from workbench.graph import Change, Graph

_ROOM_FOR_ALL: Final = 1700
"""Width of the page, px, below which the palette folds away while one compares."""
_LATER: Final = 250
"""Milliseconds after which it is told that something takes time."""


class CompareMode(QObject):
    """Compares the network on the Design page with another one.

    Args:
        window: The main window.
        page: The Design page, put together already.

    Attributes:
        panel: The list.
        overlay: The marks.
        live: The comparison.
        reader: Reads files.
        taking: Takes differences over.
    """

    def __init__(self, window: MainWindow, page: DesignPage) -> None:
        super().__init__(page)
        self._window, self._page, self._canvas = window, page, page.canvas
        self._session: ProjectSession | None = None
        self._source: Source | None = None
        self._task: Task | None = None
        self._folded = False
        self.panel = DifferencePanel(editable=True)
        self.overlay = Overlay(page.canvas)
        self.pointing = Pointing(page.canvas, self.overlay)
        self.live = LiveComparison(self)
        self.reader = NetworkReader(window)
        self.taking = Taking(self.live, self.overlay, window, page)
        self.side = SidePanel("Compare", "left", name="compare", memory=window.services.layout,
                              width=320, minimum=260)  # fmt: skip
        self.side.content.addWidget(self.panel)
        self.side.hide()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATER)
        self._late.timeout.connect(self._tell_working)
        if page.area is not None:
            page.area.add_side(self.side)
            page.panes.add(self.side)
        self._connect()

    def _connect(self) -> None:
        panel, window = self.panel, self._window
        panel.chosen.connect(self.go)
        panel.take_over_wanted.connect(self.taking.take_over)
        panel.everything_wanted.connect(self.taking.take_over_all)
        panel.other_wanted.connect(lambda: window.services.command("compare.with"))
        panel.cancel_wanted.connect(self._cancel)
        panel.done_wanted.connect(self.end)
        panel.dropped.connect(self.begin_file)
        panel.names_counted.connect(self.live.count_names)
        panel.saver.failed.connect(window.services.show_error)
        panel.saver.said.connect(window.services.show_message)
        self.live.changed.connect(self._show)
        self.live.working_changed.connect(self._working_changed)
        self.reader.found.connect(self._read)
        self.reader.failed.connect(self._not_read)
        self._page.scopes.moved.connect(self._scope_moved)
        self.pointing.left.connect(self.end)
        self.pointing.pressed.connect(self._ghost_pressed)
        self.pointing.menu_wanted.connect(self._open_menu)
        self._canvas.selection.changed.connect(self._selected)
        active_theme().changed.connect(self._retheme)

    # ---- beginning and ending ----------------------------------------------------------------

    @property
    def on(self) -> bool:
        """Whether a comparison is shown or being prepared."""
        return self._session is not None

    def begin(self, session: ProjectSession, source: Source) -> None:
        """Compare the network of a project with another one."""
        self._open(session)
        self._source = source
        self.panel.show_names(
            source.title, "Network now", "Put back" if source.earlier else "Take over"
        )
        self._read_source()

    @Slot(object)
    def begin_file(self, path: Path) -> None:
        """Compare with the network of a file or a project's folder."""
        session = self._window.session
        if session is None:
            return
        self.reader.read(session, path)
        if self.on:
            self._late.start()
        else:
            self._window.services.show_message(f"Reading {path.name}…")

    def _open(self, session: ProjectSession) -> None:
        self._drop_task()
        if self._session is session:
            return
        if self._session is not None:
            self.end()
        self._session, self.pointing.active = session, True
        session.changed.connect(self._edited)
        session.saved.connect(self._saved)
        self.panel.show_rows(())
        self.panel.nothing.setText("Comparing…")
        self.side.set_collapsed(False)
        self._show_side(True)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)  # F4 and Escape act there too
        self._window.services.actions.refresh_later()

    @Slot()
    def end(self) -> None:
        """Show the network alone again."""
        session, self._session = self._session, None
        self.pointing.active = False
        self.reader.cancel()
        self._drop_task()
        self._late.stop()
        self.panel.progress.finish()
        if session is None:
            return
        session.changed.disconnect(self._edited)
        session.saved.disconnect(self._saved)
        self.live.stop()
        self.overlay.show(None)
        self.overlay.forget_places()
        self._source = None
        self.side.dock()
        self._show_side(False)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._window.services.actions.refresh_later()

    @Slot()
    def follow_session(self) -> None:
        """End when another project is open."""
        self.reader.cancel()
        if self._session is not self._window.session:
            self.end()

    def _show_side(self, shown: bool) -> None:
        """Show or hide the list; in a narrow window it takes the palette's room."""
        page, canvas = self._page, self._canvas
        whole = canvas.navigation.shown().contains(canvas.picture.bounds())
        palette = page.palette_panel
        if shown:
            self._folded = page.width() < _ROOM_FOR_ALL and not palette.collapsed
        if self._folded:
            palette.set_collapsed(shown)
        self.side.setVisible(shown)
        if page.area is not None:
            page.area.lay_out()
        if whole and canvas.isVisible() and canvas.picture.nodes:
            canvas.navigation.fit()

    # ---- reading -------------------------------------------------------------------------------

    def _read_source(self) -> None:
        source = self._source
        if source is None:
            return
        self._drop_task()
        self._task = run_in_thread(source.read)
        self._task.done.connect(self._source_read)
        self._task.failed.connect(self._not_read)
        self._late.start()

    def _drop_task(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.drop()

    @Slot(object)
    def _source_read(self, graph: Graph) -> None:
        self._task = None
        session = self._session
        if session is not None:
            self.overlay.forget_places()
            self.live.start(graph, lambda: session.document.graph)
            self._working_changed(self.live.working)

    @Slot(object, object)
    def _read(self, source: Source, lost: list[str]) -> None:
        session = self._window.session
        if session is None:
            return
        if self._window.pages.current_id != "design":
            self._window.show_page("design")
        self.begin(session, source)
        if lost:
            self._window.services.show_message(
                f"{len(lost)} settings of {source.title} have no word here and are left out."
            )

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        self._task = None
        self._working_changed(self.live.working)
        if self.on and self.live.found is None and not self.live.working:
            self.end()
        if not isinstance(error, JobCancelled):
            self._window.services.show_error(error)

    @Slot()
    def _saved(self) -> None:
        if self._source is not None and self._source.follows:
            self._read_source()

    @Slot()
    def _cancel(self) -> None:
        """Give up what takes time; without a comparison there is nothing left to show."""
        self.reader.cancel()
        self._drop_task()
        if self.live.found is None or self.live.working:
            self.end()
        self._working_changed(False)

    @Slot(bool)
    def _working_changed(self, working: bool) -> None:
        if working or self._task is not None or self.reader.busy:
            self._late.start()
        else:
            self._late.stop()
            self.panel.progress.finish()

    @Slot()
    def _tell_working(self) -> None:
        reading = self._task is not None or self.reader.busy
        if reading or self.live.working:
            self.panel.progress.start("Reading…" if reading else "Comparing…")

    # ---- showing -------------------------------------------------------------------------------

    @Slot(object)
    def _edited(self, _change: Change) -> None:
        self.live.note_edit()

    @Slot()
    def _show(self) -> None:
        if self._session is None:
            return
        self.panel.show_rows(self.live.rows)
        self._mark()
        self._selected()
        self._window.services.actions.refresh_later()

    def _mark(self) -> None:
        """Mark the network that is shown: the outermost one, or that inside a block."""
        found = self._scope()
        if found is None:
            self.overlay.show(None)
            return
        whole = self.live.found
        inside = {entry.id for entry in whole.records if entry.inside} if whole else set()
        uses: list[str] = []
        for node in found.after if inside else ():
            block = block_of(found.after.records, node.layer)
            if block is not None and block.id in inside:
                uses.append(node.id)
        self.overlay.show(found, uses)

    def _scope(self) -> Comparison | None:
        """Return the comparison of the network that is shown; None where nothing differs."""
        found, block = self.live.found, self._page.editor.block
        if found is None or block is None:
            return found
        return next((r.inside for r in found.records if r.id == block.id), None)

    @Slot()
    def _scope_moved(self) -> None:
        if self.on:
            self.overlay.forget_places()
            self._mark()

    @Slot()
    def _retheme(self) -> None:
        self.panel.paint_legend()

    # ---- list and canvas ---------------------------------------------------------------------

    @Slot(object)
    def go(self, row: Difference) -> None:
        """Bring a difference into view and select it."""
        page, scopes = self._page, self._page.scopes
        if row.block != self._block and not row.record:
            path = way_into(page.editor.root, row.block) if row.block else ()
            if path is None:
                return
            scopes.go(path)
        if row.record:
            self._go_to_block(row)
        elif row.node in self._canvas.picture.nodes:
            self._canvas.selection.select([row.node])
            page.canvas.navigation.reveal([row.node])
        elif row.old in self.overlay.ghosts.nodes:
            self._canvas.selection.clear()
            self.overlay.choose(row.old)
            self._canvas.setAccessibleDescription(f"Removed: {row.name}, {row.layer}")
            figure = self.overlay.ghosts.nodes[row.old]
            self._canvas.camera.reveal(figure.rect, self._canvas.free_rect())
            self._canvas.view_moved()
        self._choose_quietly(row)

    def _go_to_block(self, row: Difference) -> None:
        path = way_into(self._page.editor.root, row.node) if row.record == "block" else None
        if path:
            self._page.scopes.go(path[:-1], [path[-1]])

    def _choose_quietly(self, row: Difference) -> None:
        current = self.panel.current()
        if current is None or current.key != row.key:
            self.panel.choose(row.key)

    @Slot()
    def _selected(self) -> None:
        """Choose in the list what is selected on the canvas."""
        if not self.on:
            return
        node_id = self._canvas.selection.single
        if node_id:
            self.overlay.choose("")
            rows = [r for r in self.live.rows if r.node == node_id and r.block == self._block]
            self.panel.choose_of([r.key for r in rows if not r.record])

    @property
    def _block(self) -> str:
        """Id of the block whose network is shown, or ""."""
        block = self._page.editor.block
        return block.id if block is not None else ""

    @Slot(str)
    def _ghost_pressed(self, old: str) -> None:
        rows = [r for r in self.live.rows if r.old == old and r.block == self._block]
        keys = [r.key for r in rows if r.mark == "removed" and not r.record]
        self.panel.choose(keys[0] if keys else None)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        menu = self.panel.menu()
        menu.popup(at)
        menu.aboutToHide.connect(menu.deleteLater)
