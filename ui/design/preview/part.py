"""Puts the preview together: what is looked at, the strip, the pictures, the inspector."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, QRectF, QTimer, Slot
from PySide6.QtWidgets import QScrollArea

from ui.design.preview.asking import PreviewSync
from ui.design.preview.bar import PreviewBar
from ui.design.preview.beneath import LEAST_SCALE, MOST_SHOWN, Beneath
from ui.design.preview.panel import PreviewPanel
from ui.design.preview.runs import RunChoice
from ui.design.preview.words import hint_words
from workbench.errors import EngineError, WorkbenchError
from workbench.graph.activation_curves import Curve, curves_of
from workbench.graph.ports import node_params
from workbench.graph.specs import spec_of
from workbench.graph.starting_weights import PLACE

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.design.editor import Editor
    from ui.services import Services
    from ui.session import ProjectSession
    from ui.widgets import SidePanel

_LOOK: Final = 60
"""Time (ms) after the last move of the view until what is in view is looked at."""


class PreviewPart(QObject):
    """The preview of a Design page.

    Args:
        services: The window's services.
        editor: Knows the network.
        canvas: Shows the pictures.
        inspector: The panel whose content the closer look joins.
    """

    def __init__(
        self, services: Services, editor: Editor, canvas: Canvas, inspector: SidePanel
    ) -> None:
        super().__init__(canvas)
        self._services, self._editor, self._canvas = services, editor, canvas
        self._inspector = inspector
        self._session: ProjectSession | None = None
        self._first = 0
        self.sync = PreviewSync(services.engines, lambda: editor.at, self)
        self.beneath = Beneath(canvas, self.sync)
        self.panel = PreviewPanel()
        self.bar = PreviewBar(self.sync, lambda: self.switch(False))
        self.runs = RunChoice(self.sync, self.bar)
        self.bar.hide()
        inspector.content.addWidget(self.panel, 1)
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(_LOOK)
        self._look_soon.timeout.connect(self.look)
        self._connect()

    def _connect(self) -> None:
        sync, bar = self.sync, self.bar
        bar.row_wanted.connect(self._row_wanted)
        bar.step_wanted.connect(self._step_wanted)
        bar.random_wanted.connect(self.any_row)
        bar.weights_wanted.connect(sync.show_weights)
        bar.everywhere_wanted.connect(self.show_everywhere)
        bar.remedy_wanted.connect(self._remedy)
        sync.changed.connect(self._show)
        self.beneath.opened.connect(self._opened)
        self.beneath.wishes_changed.connect(self._look_soon.start)
        self.panel.first_wanted.connect(self._first_wanted)
        self._editor.selection.changed.connect(self._selected)
        self._canvas.moved.connect(self._moved)
        self._canvas.picture.changed.connect(self._picture_changed)

    # ---- what the page says ----------------------------------------------------------------

    def set_session(self, session: ProjectSession | None) -> None:
        """Follow another project, or none."""
        self._session = session
        self.sync.set_session(session)
        self.beneath.pinned.clear()
        self._first = 0
        self.runs.set_session(session)
        if session is None:
            self.switch(False)
        self._selected()

    @property
    def on(self) -> bool:
        """Whether the preview is on."""
        return self.sync.on

    def is_on(self) -> bool:
        """Tell whether the preview is on."""
        return self.sync.on

    def switch(self, on: bool) -> None:
        """Switch the preview on or off."""
        if on == self.sync.on:
            return
        navigation = self._canvas.navigation
        whole = navigation.shown().contains(self._canvas.picture.bounds())
        self.bar.setVisible(on)
        if on and whole and self._canvas.isVisible():
            QTimer.singleShot(0, self, navigation.fit)  # the strip has taken some of the canvas
        self.sync.switch(on)
        if on:
            self.runs.list_runs()
            if not self._editor.selection.nodes and not self.beneath.pinned:
                self.show_everywhere(len(self._canvas.picture.nodes) <= MOST_SHOWN)
            self.look()
        self._show()
        self._services.actions.refresh_later()

    def show_everywhere(self, everywhere: bool) -> None:
        """Show a picture under every layer in view, or only under those asked for."""
        self.bar.everywhere.setChecked(everywhere)
        self.beneath.show_everywhere(everywhere)
        self._services.actions.refresh_later()

    def is_everywhere(self) -> bool:
        """Tell whether every layer in view has a picture."""
        return self.beneath.everywhere

    def has_layer(self) -> bool:
        """Tell whether there is a layer whose picture can be pinned."""
        return self.sync.on and bool(self._editor.selection.nodes)

    def is_pinned(self) -> bool:
        """Tell whether all selected layers keep their picture."""
        chosen = self._editor.selection.nodes
        return bool(chosen) and all(node in self.beneath.pinned for node in chosen)

    def pin(self, pinned: bool) -> None:
        """Let the selected layers keep their picture, or not."""
        for node in self._editor.selection.nodes:
            if (node in self.beneath.pinned) is not pinned:
                self.beneath.toggle(node)
        self._services.actions.refresh_later()

    def next_row(self) -> None:
        """Look at the next row."""
        self.bar.step(1)

    def previous_row(self) -> None:
        """Look at the row before."""
        self.bar.step(-1)

    @Slot()
    def any_row(self) -> None:
        """Look at a row chosen by chance."""
        sample = self.sync.sample
        if sample is None:
            self.sync.ask_again()
        else:
            self.sync.choose(sample.part, random.randrange(max(sample.count, 1)))

    # ---- what is looked at -----------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Say which layers are in view and which one is looked at closely."""
        self._look_soon.stop()
        if not self.sync.on:
            return
        area = self._canvas.camera.rect_to_scene(QRectF(self._canvas.rect()))
        nodes = [figure.id for figure in self.beneath.shown(area)]
        detail = "" if self._inspector.collapsed else self._editor.selection.single
        self.sync.want([*([detail] if detail else []), *nodes], detail, self._first)
        shown = bool(nodes) or not self._canvas.picture.nodes
        far = self._canvas.camera.scale < LEAST_SCALE
        self.bar.show_hint("" if shown else hint_words(zoomed_out=far and self._any_wanted()))

    def _any_wanted(self) -> bool:
        """Tell whether a layer should have a picture."""
        return bool(self.beneath.everywhere or self.beneath.pinned or self._editor.selection.nodes)

    @Slot()
    def _moved(self) -> None:
        if self.sync.on and self._any_wanted():
            self._look_soon.start()

    @Slot()
    def _picture_changed(self) -> None:
        if self.sync.on:
            self.beneath.prune()
            self._look_soon.start()
        self._show()

    @Slot()
    def _selected(self) -> None:
        self._first = 0
        if self.sync.on:
            self._look_soon.start()
        self._show()

    @Slot(int)
    def _first_wanted(self, first: int) -> None:
        self._first = first
        self.look()

    @Slot(str)
    def _opened(self, _node_id: str) -> None:
        """Bring the closer look into view."""
        if self._inspector.collapsed:
            self._inspector.toggle()
        self.panel.values.set_opened(True)
        self.look()
        QTimer.singleShot(0, self, self._scroll)

    @Slot()
    def _scroll(self) -> None:
        area = self.panel.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea) and self.panel.values.isVisible():
            content = area.widget()
            if content is not None:
                top = self.panel.values.mapTo(content, QPoint(0, 0)).y()
                area.verticalScrollBar().setValue(top)

    # ---- showing ---------------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        node_id = self._editor.selection.single
        if self._session is None or node_id not in self._editor.graph:
            self.panel.hide_all()
            return
        curves = self._curves(node_id)
        self.panel.show_layer(node_id, curves)
        found = self.sync.answer(node_id) if self.sync.on else None
        if found is None:
            self.panel.show_nothing()
        else:
            self.panel.show_found(found, curves, stale=self.sync.is_stale(node_id))

    def _curves(self, node_id: str) -> list[Curve]:
        graph = self._editor.graph
        node = graph.node(node_id)
        spec = spec_of(graph, self._editor.catalog, node.layer)
        if spec is None:
            return []
        set_here = node_params(graph, node, spec)
        params: dict[str, Any] = {p.name: p.default for p in spec.params}
        return curves_of(node.layer, {**params, **set_here})

    # ---- what the strip asks ---------------------------------------------------------------

    @Slot(int)
    def _row_wanted(self, row: int) -> None:
        self.sync.choose(row=row)

    @Slot(str, int)
    def _step_wanted(self, part: str, index: int) -> None:
        self.sync.choose(part, index)

    @Slot(object)
    def _remedy(self, error: WorkbenchError) -> None:
        place = error.place
        if place is not None and place != PLACE and place.kind in ("field", "file", "column"):
            self._services.show_page("data")
            return
        engines = self._services.engines
        if isinstance(error, EngineError) and (
            engines.design is None or engines.design.state == "dead"
        ):
            engines.restart()
        self.sync.ask_again()
