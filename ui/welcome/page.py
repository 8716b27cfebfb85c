"""The welcome page: begin with a template or a table, or go on where you were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.jobs import run_in_thread
from ui.pages import Page
from ui.welcome.cards import CARD_WIDTH, RecentRow, TemplateCard, TemplateView
from ui.welcome.thumbnail import sketch
from ui.widgets import Button, PrimaryButton, Text

if TYPE_CHECKING:
    from ui.services import Services

_RECENT: Final = 8
_GAP: Final = 16
_COLUMNS: Final = 3


class WelcomePage(Page):
    """The page that is shown while no project is open.

    Args:
        services: The window's services.
        parent: Parent widget.

    Attributes:
        template_chosen: Emitted with name and title of a template.
        recent_chosen: Emitted with the folder of a recent project.
    """

    page_id: ClassVar[str] = "welcome"
    title: ClassVar[str] = "Welcome"
    icon: ClassVar[str] = "home"

    template_chosen = Signal(str, str)
    recent_chosen = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._settled = False
        self._cards = QGridLayout()
        self._cards.setSpacing(_GAP)
        self._cards.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        self._recent_box = QWidget()
        self._assemble()
        task = run_in_thread(read_templates)
        task.done.connect(self._show_templates)
        task.failed.connect(services.show_error)

    def page_shown(self) -> None:
        """Read the list of recent projects anew."""
        self._show_recent()

    def is_settled(self) -> bool:
        """Tell whether the templates are shown."""
        return self._settled

    # ---- building ------------------------------------------------------------------------

    def _assemble(self) -> None:
        body = QWidget()
        body.setMaximumWidth(_COLUMNS * CARD_WIDTH + (_COLUMNS - 1) * _GAP + 2 * 40)
        column = QVBoxLayout(body)
        column.setContentsMargins(40, 40, 40, 40)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(Text("Keras Workbench", "title"))
        column.addWidget(
            Text("Draw a network, train it, and see why it predicts what it predicts.", "body")
        )
        column.addSpacing(24)
        column.addWidget(Text("Begin with a template", "heading"))
        column.addWidget(
            Text("Data, network and settings are filled in; it trains at once.", "secondary")
        )
        column.addSpacing(4)
        column.addLayout(self._cards)
        column.addSpacing(24)
        column.addWidget(Text("Begin with your own data", "heading"))
        column.addWidget(
            Text("A CSV or Parquet file with one example per row. You can also drop it here.",
                 "secondary")
        )  # fmt: skip
        column.addSpacing(4)
        column.addLayout(self._buttons())
        column.addSpacing(24)
        inner = QVBoxLayout(self._recent_box)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(Text("Recent projects", "heading"))
        inner.addLayout(self._recent)
        column.addWidget(self._recent_box)
        column.addStretch(4)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(body, 100)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _buttons(self) -> QHBoxLayout:
        command = self.services.command
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (
            PrimaryButton("New from file…", lambda: command("file.open_table"), icon="data",
                          name="welcome.table"),
            Button("Open a project…", lambda: command("file.open"), icon="open",
                   name="welcome.open"),
            Button("Empty project", lambda: command("file.new"), icon="new", name="welcome.new"),
        ):  # fmt: skip
            line.addWidget(button)
        line.addStretch(1)
        return line

    # ---- filling -------------------------------------------------------------------------

    @Slot(object)
    def _show_templates(self, templates: list[TemplateView]) -> None:
        for place, template in enumerate(templates):
            card = TemplateCard(template)
            card.chosen.connect(self.template_chosen)
            self._cards.addWidget(card, place // _COLUMNS, place % _COLUMNS)
        self._settled = True

    def _show_recent(self) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        folders = [Path(text) for text in self.services.settings.recent[:_RECENT]]
        self._recent_box.setVisible(bool(folders))
        for folder in folders:
            row = RecentRow(folder, missing=not (folder / "project.json").is_file())
            row.chosen.connect(self.recent_chosen)
            row.unwanted.connect(self._forget)
            self._recent.addWidget(row)

    @Slot(object)
    def _forget(self, folder: Path) -> None:
        self.services.settings.forget_project(folder)
        self.services.settings.save()
        self._show_recent()


def read_templates() -> list[TemplateView]:
    """Read all templates with a sketch of their networks (in a thread)."""
    import json

    from workbench.catalog import load_catalog
    from workbench.graph import Graph
    from workbench.project.templates import list_templates

    catalog = load_catalog()
    views = []
    for template in list_templates():
        plain = json.loads((template.folder / "project.json").read_text(encoding="utf-8"))
        graph = Graph.from_plain(plain["graph"])
        views.append(
            TemplateView(template.name, template.title, template.summary, sketch(graph, catalog))
        )
    return views
