"""What a person can ask of the Data page: the handlers of its actions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from workbench.data.choices import missing_options
from workbench.data.source import path_for_document
from workbench.data.spec import ColumnSpec, SourceSpec

if TYPE_CHECKING:
    from ui.data_page.columns_panel import ColumnsPanel
    from ui.data_page.editing import DataEditor
    from ui.data_page.footer import TableFooter
    from ui.data_page.loading import Loader
    from ui.data_page.open_table import OpenTable
    from ui.services import Services
    from ui.session import ProjectSession

_FILTER = "Tables (*.csv *.tsv *.txt *.data *.csv.gz *.tsv.gz *.parquet *.pq);;All files (*)"


class DataCommands:
    """Mixed into the page; only calls what its parts offer."""

    if TYPE_CHECKING:
        session: ProjectSession | None
        services: Services
        columns: ColumnsPanel
        editor: DataEditor
        footer: TableFooter
        loader: Loader
        open_table: OpenTable

    # ---- what is possible ------------------------------------------------------------------

    def has_source(self) -> bool:
        """Whether the project names a file."""
        return self.session is not None and bool(self.session.document.data.source.path)

    def has_table(self) -> bool:
        """Whether a table is open."""
        return self.open_table.table is not None

    def has_selection(self) -> bool:
        """Whether columns are selected."""
        return bool(self.columns.selected)

    def has_one_selected(self) -> bool:
        """Whether one column is selected."""
        return len(self.columns.selected) == 1

    # ---- files -----------------------------------------------------------------------------

    @Slot()
    def open_asking(self) -> None:
        """Ask for a file and open it."""
        path = self._ask("Open a table")
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a file in this project."""
        if self.session is not None:
            self.services.settings.last_folder = str(path.parent)
            self.loader.open_file(path, self.session)

    @Slot()
    def find_file(self) -> None:
        """Ask where the file is now and read it with the same settings."""
        path = self._ask("Where is the file now?")
        if path is not None and self.session is not None:
            document = self.session.document
            place = path_for_document(path, document.folder)
            self.loader.read_again(replace(document.data.source, path=place), self.session)

    @Slot()
    def read_file_again(self) -> None:
        """Read the file again; it may have changed on disk."""
        if self.session is not None:
            self.session.reload_data()

    @Slot(object)
    def _read_differently(self, source: SourceSpec) -> None:
        if self.session is not None:
            self.loader.read_again(source, self.session)

    @Slot(str)
    def _use_template(self, name: str) -> None:
        if self.session is not None:
            self.loader.use_template(name, self.session)

    def _ask(self, title: str) -> Path | None:
        parent = self if isinstance(self, QWidget) else None
        start = self.services.settings.last_folder
        name, _ = QFileDialog.getOpenFileName(parent, title, start, _FILTER)
        return Path(name) if name else None

    # ---- columns ---------------------------------------------------------------------------

    def select_columns(self, names: list[str]) -> None:
        """Select columns in the list, the table and the inspector."""
        self.columns.select(names)

    @Slot()
    def use(self) -> None:
        """Make the selected columns features."""
        self.editor.set_role(self.columns.selected, "feature")

    @Slot()
    def ignore(self) -> None:
        """Leave the selected columns out."""
        self.editor.set_role(self.columns.selected, "ignore")

    @Slot()
    def use_as_target(self) -> None:
        """Make the selected column the target."""
        self.editor.set_role(self.columns.selected[:1], "target")

    def _concerned(self, field: str) -> list[str]:
        """Return which of the selected columns a setting makes sense for."""
        if self.session is None:
            return []
        among = set(self.columns.selected)
        return [
            column.name
            for column in self.session.document.data.columns
            if column.name in among and _concerns(column, field)
        ]

    # ---- finding ---------------------------------------------------------------------------

    @Slot()
    def focus_filter(self) -> None:
        """Put the keyboard into the filter of the columns."""
        self.columns.search.setFocus()
        self.columns.search.selectAll()

    @Slot()
    def focus_go_to_row(self) -> None:
        """Put the keyboard into the field that goes to a row."""
        self.footer.focus_go()

    @Slot()
    def go_to_design(self) -> None:
        """Go on with the network."""
        self.services.show_page("design")


def _concerns(column: ColumnSpec, field: str) -> bool:
    if column.role == "ignore":
        return False
    if field == "scaling":
        return column.kind == "numeric"
    if field == "encoding":
        return column.kind == "categorical" and column.role == "feature"
    return len(missing_options(column.kind, column.role)) > 1
