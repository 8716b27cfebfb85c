"""The Analyze tab: filter, order and copies above the table, the memory of a training beside them.

The table is brought up to date while it can be seen only, a moment after the last edit.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.analyze.memory import free_memory, memory_parts, memory_words, needed_memory
from ui.analyze.model import LayerModel
from ui.analyze.table import TableWithTotals
from ui.widgets import Button, ElidedText, SearchField, as_tip, identify
from workbench.atomic import replace_text
from workbench.errors import Place
from workbench.graph import Graph
from workbench.graph.analysis import COLUMNS, as_csv, as_markdown, totals_of
from workbench.graph.inference import Inference
from workbench.project.storage import write_error
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.frame.page_host import PageHost
    from ui.session import ProjectSession

_PAUSE: Final = 60
"""Milliseconds without news before the table is filled again."""


class AnalyzeView(QWidget):
    """The table of layers of the open project.

    Args:
        parent: Parent widget.

    Attributes:
        said: Emitted with a short message for the status bar.
        failed: Emitted with the error when the table could not be saved.
        shown: Emitted after the table was brought up to date.
    """

    said = Signal(str)
    failed = Signal(object)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer.analyze")
        self.setAccessibleName("Analyze")
        self._session: ProjectSession | None = None
        self._page: Any = None
        self._pages: PageHost | None = None
        self._stale = True
        self.model = LayerModel()
        self.table = TableWithTotals(self.model)
        self.filter = SearchField("Filter layers", name="drawer.analyze.filter")
        self.filter.setMinimumWidth(120)
        self.filter.setMaximumWidth(260)
        self.order = QComboBox()
        identify(self.order, "drawer.analyze.order", "Sort by")
        self.order.addItem("Order of computation", -1)
        for number, column in enumerate(COLUMNS):
            self.order.addItem(column.title, number)
        self.inner = QCheckBox("Layers in blocks")
        identify(self.inner, "drawer.analyze.inner", "Layers in blocks")
        self.inner.setChecked(True)
        self.memory = ElidedText("", "secondary", name="drawer.analyze.memory")
        self.csv_button = Button("Copy CSV", lambda: self.copy("csv"), kind="quiet", icon="copy",
                                 name="drawer.analyze.csv")  # fmt: skip
        self.markdown_button = Button("Copy Markdown", lambda: self.copy("markdown"),
                                      kind="quiet", icon="copy",
                                      name="drawer.analyze.markdown")  # fmt: skip
        self.save_button = Button("Save as…", self._ask_file, kind="quiet", icon="save_as",
                                  name="drawer.analyze.save")  # fmt: skip
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(self.filter, 1)
        line.addWidget(self.order)
        line.addWidget(self.inner)
        line.addStretch(1)
        for button in (self.csv_button, self.markdown_button, self.save_button):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.setContentsMargins(12, 0, 12, 8)
        below.addWidget(self.memory, 1)
        layout.addLayout(below)

    def _connect(self) -> None:
        layers = self.table.layers
        self.filter.textChanged.connect(self.model.filter_by)
        self.order.activated.connect(self._order_chosen)
        self.inner.toggled.connect(self.model.show_inner)
        layers.sort_wanted.connect(self._heading_clicked)
        layers.picked.connect(self._picked)
        layers.chosen.connect(self._go_to)
        layers.copy_wanted.connect(lambda: self.copy("csv"))

    # ---- what it follows -----------------------------------------------------------------

    @Slot(object)
    def set_session(self, session: ProjectSession | None) -> None:
        """Show the network of another project, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self._soon)
            self._session.inference_changed.disconnect(self._soon)
            self._session.signature_changed.disconnect(self._soon)
        self._session = session
        if session is not None:
            session.changed.connect(self._soon)
            session.inference_changed.connect(self._soon)
            session.signature_changed.connect(self._soon)
        self._soon()

    def follow_pages(self, pages: PageHost) -> None:
        """Select what is selected on the Design page, once that page is there."""
        self._pages = pages
        pages.page_changed.connect(self._page_changed)
        self._page_changed(pages.current_id)

    @Slot(str)
    def _page_changed(self, page_id: str) -> None:
        if page_id != "design" or self._page is not None or self._pages is None:
            return
        page = self._pages.page(page_id)
        if getattr(page, "selection", None) is not None:
            self._page = page
            self._page.selection.changed.connect(self._select_as_canvas)
            self._select_as_canvas()

    def showEvent(self, _event: object) -> None:
        """Fill the table when it comes into view."""
        if self._stale:
            self.refresh()

    @Slot()
    def _soon(self) -> None:
        self._stale = True
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    @Slot()
    def refresh(self) -> None:
        """Bring the table up to date."""
        self._stale = False
        session = self._session
        if session is None:
            self.model.show_network(Graph(), Inference(), 1)
            self.table.totals_model.show_totals(("",) * len(COLUMNS))
            self.memory.setText("")
        else:
            document = session.document
            batch = max(1, document.recipe.batch_size)
            self.model.show_network(document.graph, session.inference, batch)
            self.table.totals_model.show_totals(totals_of(session.inference, batch))
            needed = needed_memory(session.inference, document.recipe, session.signature)
            self.memory.setText(memory_words(needed, document.recipe, free_memory())[0])
            self.memory.setToolTip(as_tip(memory_parts(needed)) if needed else "")
        self.inner.setVisible(self.model.has_blocks)
        for button in (self.csv_button, self.markdown_button, self.save_button):
            button.setEnabled(bool(self.model.layers))
        self._select_as_canvas()
        self.shown.emit()

    # ---- selection -----------------------------------------------------------------------

    def _prefix(self) -> str:
        at = self._page.editor.at if self._page is not None else ()
        return "".join(f"{use}/" for use in at)

    @Slot()
    def _select_as_canvas(self) -> None:
        if self._page is not None and self.isVisible():
            prefix = self._prefix()
            self.table.layers.select(prefix + at for at in self._page.selection.nodes)

    @Slot(object)
    def _picked(self, places: list[str]) -> None:
        """Select on the canvas what was selected here, as far as it is drawn there now."""
        if self._page is None:
            return
        prefix = self._prefix()
        drawn = self._page.editor.graph.nodes
        nodes = [at.removeprefix(prefix) for at in places if at.startswith(prefix)]
        selection = self._page.selection
        selection.changed.disconnect(self._select_as_canvas)
        try:
            selection.select([node_id for node_id in nodes if node_id in drawn])
        finally:
            selection.changed.connect(self._select_as_canvas)

    @Slot(str)
    def _go_to(self, at: str) -> None:
        if self._session is not None:
            self._session.services.show_place(Place("node", at))

    # ---- order ---------------------------------------------------------------------------

    @Slot(int)
    def _order_chosen(self, number: int) -> None:
        column = int(self.order.itemData(number))
        self._arrange(column, descending=column >= 0 and COLUMNS[column].numeric)

    @Slot(int)
    def _heading_clicked(self, column: int) -> None:
        """Sort by a column, turn the order round, go back to the order of computation."""
        first = COLUMNS[column].numeric  # the largest numbers first
        if self.model.column != column:
            self._arrange(column, descending=first)
        elif self.model.descending == first:
            self._arrange(column, descending=not first)
        else:
            self._arrange(-1, descending=False)

    def _arrange(self, column: int, *, descending: bool) -> None:
        self.model.arrange(column, descending=descending)
        self.order.setCurrentIndex(column + 1)
        header = self.table.layers.horizontalHeader()
        header.setSortIndicatorShown(column >= 0)
        if column >= 0:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, order)

    # ---- taking it along -----------------------------------------------------------------

    def text(self, form: str) -> str:
        """Return the table as `"csv"` or `"markdown"`: the selected rows, or all with totals."""
        selected = self.table.layers.selected()
        write = as_csv if form == "csv" else as_markdown
        if len(selected) > 1:
            return write(self.model.rows(selected))
        totals = () if self.model.words else self.table.totals_model.texts
        return write(self.model.rows(), totals)

    def copy(self, form: str) -> None:
        """Copy the table."""
        QGuiApplication.clipboard().setText(self.text(form))
        selected = len(self.table.layers.selected())
        number = selected if selected > 1 else len(self.model.places)
        self.said.emit(f"{plural(number, 'layer')} copied")

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the table", "layers.csv", "CSV (*.csv);;Markdown (*.md)"
        )
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the table to a file, whole or not at all; Markdown by its ending."""
        form = "markdown" if path.suffix.lower() in (".md", ".markdown") else "csv"
        try:
            replace_text(path, self.text(form))
        except OSError as error:
            self.failed.emit(write_error("The table was not saved", path, error))
            return
        self.said.emit(f"Saved: {path.name}")
