"""The Data page: file and columns at the left, the table, the selected column at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui.data_page.area import DataArea
from ui.data_page.badges import Badges
from ui.data_page.commands import DataCommands
from ui.data_page.dropping import TakesFiles
from ui.data_page.editing import DataEditor
from ui.data_page.loading import Loader
from ui.data_page.notices import Notices, is_data_error
from ui.data_page.open_table import OpenTable
from ui.data_page.opening import NotReadableError, open_anyway
from ui.data_page.page_actions import data_actions
from ui.jobs.background import run_in_thread
from ui.pages import Page
from ui.sync.changes import touches
from ui.widgets import Line
from workbench.errors import Place, WorkbenchError

if TYPE_CHECKING:
    from ui.actions import Action
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.data.spec import SourceSpec
    from workbench.graph.changes import Change
    from workbench.graph.problems import Fix


class DataPage(TakesFiles, DataCommands, Page):
    """Chooses a table and says what its columns mean.

    Args:
        services: The window's services.
        parent: Parent widget.
    """

    page_id: ClassVar[str] = "data"
    title: ClassVar[str] = "Data"
    icon: ClassVar[str] = "data"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.editor = DataEditor(self)
        self.loader = Loader(self)
        self.area = DataArea(services.layout)
        self.columns, self.footer = self.area.columns, self.area.footer
        self.pane, self.inspector = self.area.pane, self.area.inspector
        self.banner, self.file_card = self.area.banner, self.area.file_card
        self.open_table = OpenTable(self)
        self.badges = Badges(self)
        self.notices = Notices(self.banner, self)
        self._reveals = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        self.setAcceptDrops(True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._refresh)
        self._connect()
        run_in_thread(_templates).done.connect(self._show_templates)

    def _connect(self) -> None:
        self.file_card.source_chosen.connect(self._read_differently)
        self.file_card.again_wanted.connect(self.read_file_again)
        self.area.empty.file_wanted.connect(self.open_asking)
        self.area.empty.template_wanted.connect(self._use_template)
        self.columns.selected_changed.connect(self._selected)
        self.columns.menu_requested.connect(self._open_menu)
        self.open_table.changed.connect(self._table_changed)
        self.badges.changed.connect(self._badges_changed)
        self.pane.view.column_chosen.connect(self._column_chosen)
        self.pane.view.in_view_changed.connect(self._show_rows)
        self.pane.model.pages.failed.connect(self._not_read)
        self.footer.row_wanted.connect(self._go_to_row)
        self.area.split_box.chosen.connect(self.editor.set_split)
        self.inspector.form.role_chosen.connect(self._role_chosen)
        self.inspector.form.kind_chosen.connect(self._kind_chosen)
        self.inspector.form.setting_chosen.connect(self._setting_chosen)
        self.inspector.fix_chosen.connect(self._fix)
        self.editor.refused.connect(self._not_read)
        self.loader.ready.connect(self._loaded)
        self.loader.failed.connect(self._not_loaded)
        self.loader.busy_changed.connect(self._busy)
        self.area.progress.cancel_requested.connect(self.loader.drop)
        self.notices.changed.connect(self.area.fit_notices)
        self.notices.fix_chosen.connect(self._fix)
        self.notices.find_wanted.connect(self.find_file)
        self.notices.again_wanted.connect(self.read_file_again)
        self.notices.anyway_wanted.connect(self._open_anyway)

    # ---- what the window asks --------------------------------------------------------------

    def actions_table(self) -> list[Action]:
        """Return what can be done on this page."""
        return data_actions(self)

    def toolbar_widgets(self) -> list[QWidget]:
        """Return the buttons at the left of the toolbar."""
        line = Line("vertical")
        line.setFixedHeight(20)
        names = ("data.use", "data.ignore", "data.target")
        return [
            self.action_button("data.open", with_text=True),
            line,
            *(self.action_button(name, with_text=True) for name in names),
        ]

    def primary_action(self) -> QAction | None:
        """Return the way to the next step."""
        return self.qaction("data.design")

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project, or none."""
        if self.session is not None:
            self.session.changed.disconnect(self._document_changed)
            self.session.signature_changed.disconnect(self._refresh_soon)
            self.session.problems_changed.disconnect(self._refresh_soon)
        super().set_session(session)
        self.loader.drop()
        self.editor.drop()
        self.editor.session = session
        self.notices.forget()
        self.columns.search.clear()
        self.columns.select([])
        if session is not None:
            session.changed.connect(self._document_changed)
            session.signature_changed.connect(self._refresh_soon)
            session.problems_changed.connect(self._refresh_soon)
        self.open_table.follow(session)
        self._refresh()

    def is_settled(self) -> bool:
        """Tell whether table, summary and problems are shown."""
        return not (
            self.loader.busy
            or self._later.isActive()
            or not self.open_table.settled
            or not self.editor.settled
            or not self.badges.settled
            or not self.pane.model.pages.settled
            or not self.inspector.distribution.settled
        )

    def page_shown(self) -> None:
        """Take the keyboard."""
        (self.pane.view if self.has_source() else self.area.empty).setFocus()
        self.pane.view.look()

    def show_place(self, place: Place) -> bool:
        """Go to a column, the file or the split."""
        if place.kind == "column" and self.columns.model.line_of(place.id) >= 0:
            self.select_columns([place.id])
            return True
        if place.kind == "file":
            return True
        if place.kind != "field":
            return False
        head, _, tail = place.id.partition(".")
        if head == "split":
            self.area.split_box.focus_field(tail)
        elif head == "source":
            self.file_card.open_reading()
        return head in ("split", "source", "columns")

    # ---- following the project -------------------------------------------------------------

    @Slot(object)
    def _document_changed(self, change: Change) -> None:
        if touches(change, "data"):
            self.open_table.look()
            self._refresh_soon()

    @Slot()
    def _table_changed(self) -> None:
        self.pane.view.show_table(self.open_table.table)
        self._refresh()

    @Slot()
    def _refresh_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    @Slot()
    def _refresh(self) -> None:
        self._later.stop()
        session = self.session
        self.area.show_full(self.has_source())
        if session is not None:
            spec = session.document.data
            self.file_card.show_source(spec.source, self.open_table.table, session.document.folder)
            self.columns.show_spec(spec)
            self.badges.show(session.problems, spec, self.open_table.table)
            self.area.split_box.show_split(spec.split, session.signature)
            if not self.columns.selected and spec.target is not None:
                self._reveals = False  # a table that was just opened shows its beginning
                self.columns.select([spec.target.name])
                self._reveals = True
            self._show_selection()
        self._show_notices()
        self._show_rows()
        self._tell_state()
        self.services.actions.refresh_later()

    @Slot()
    def _badges_changed(self) -> None:
        self.columns.show_problems(self.badges.found)
        self._show_selection()

    def _tell_state(self) -> None:
        session = self.session
        if session is None:
            return
        if not self.has_source():
            state = "empty"
        elif any(problem.code == "no_data" for problem in session.problems):
            state = "running"  # the session still speaks of the time before the file
        elif session.data_error is not None or any(is_data_error(p) for p in session.problems):
            state = "attention"
        else:
            state = "ready" if self.open_table.table is not None else "running"
        self.state_changed.emit(state)

    def _show_notices(self) -> None:
        session = self.session
        if session is None:
            self.notices.show(None, [])
            return
        unread = self.has_source() and self.open_table.table is None
        self.notices.show(session.data_error if unread else None, session.problems)

    # ---- selection -------------------------------------------------------------------------

    @Slot(object)
    def _selected(self, names: list[str]) -> None:
        table = self.open_table.table
        if self._reveals and names and table is not None and names[0] in table:
            self.pane.view.show_column(table.index(names[0]))
        self._show_selection()
        self.services.actions.refresh_later()

    def _show_selection(self) -> None:
        session = self.session
        if session is None:
            return
        spec, names = session.document.data, self.columns.selected
        by_name = {column.name: column for column in spec.columns}
        chosen = [by_name[name] for name in names if name in by_name]
        self.pane.model.show_spec(spec, frozenset(names))
        problems = self.columns.model.problems(names[0]) if len(names) == 1 else []
        self.inspector.show_columns(self.open_table.table, chosen, problems)
        self.area.inspector_panel.set_title("Column" if len(chosen) < 2 else "Columns")

    @Slot(int)
    def _column_chosen(self, section: int) -> None:
        self.select_columns([self.pane.model.name(section)])

    @Slot()
    def _show_rows(self) -> None:
        first, last = self.pane.view.rows_in_view()
        self.footer.show_rows(first, last, self.pane.model.rows)

    @Slot(int)
    def _go_to_row(self, row: int) -> None:
        self.pane.view.go_to(row)
        self.pane.view.setFocus()

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        self.services.actions.refresh()
        menu = QMenu(self)
        menu.setObjectName("data.menu")
        for name in ("use", "target", "ignore"):
            if self.qaction(f"data.{name}").isEnabled():
                menu.addAction(self.qaction(f"data.{name}"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # ---- what parts ask --------------------------------------------------------------------

    @Slot(str)
    def _role_chosen(self, role: str) -> None:
        self.editor.set_role(self.columns.selected, role)

    @Slot(str)
    def _kind_chosen(self, kind: str) -> None:
        self.editor.set_kind(self.columns.selected, kind)

    @Slot(str, str)
    def _setting_chosen(self, field: str, value: str) -> None:
        self.editor.set_choice(self._concerned(field), field, value)

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        self.editor.apply(fix.change)

    # ---- opening ---------------------------------------------------------------------------

    @Slot(object)
    def _loaded(self, change: Change) -> None:
        self.notices.forget()
        self.editor.apply(change)

    @Slot(object)
    def _not_loaded(self, error: WorkbenchError) -> None:
        if isinstance(error, NotReadableError) and not self.has_source():
            self._open_anyway(error.source)  # the file card is the place to correct it
            return
        self.notices.failure = error
        self._refresh()

    @Slot(object)
    def _open_anyway(self, source: SourceSpec) -> None:
        self.notices.forget()
        self.editor.apply(open_anyway(source))
        self.file_card.open_reading()

    @Slot(object)
    def _not_read(self, error: WorkbenchError) -> None:
        self.notices.failure = error
        self._show_notices()

    @Slot(str)
    def _busy(self, words: str) -> None:
        if words:
            self.area.progress.start(words)
        else:
            self.area.progress.finish()
        self.area.fit_notices()

    @Slot(object)
    def _show_templates(self, templates: list[tuple[str, str, str]]) -> None:
        self.area.empty.show_templates(templates)


def _templates() -> list[tuple[str, str, str]]:
    from workbench.project.templates import list_templates

    return [(template.name, template.title, template.summary) for template in list_templates()]
