"""Suggestions on the Design page: what could come next, and what a person adds how often."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.design.canvas.view import Canvas
from ui.design.editor import Editor
from ui.session import ProjectSession
from workbench.graph import Endpoint
from workbench.graph.ports import output_ports
from workbench.graph.suggest import Suggestion, note_use, suggest, uses_from, uses_text
from workbench.graph.suggest_joins import suggest_joining
from workbench.settings import Settings

_USES: Final = "design.layer_uses"
_PAUSE: Final = 80
"""Milliseconds without news before suggestions are made anew."""
_MOST_JOINED: Final = 8
"""Layers that are selected at most for suggestions that join them."""


class Suggesting(QObject):
    """Knows what could come next in the network that is shown.

    Args:
        canvas: Knows the tensors.
        editor: Knows the network, and tells what is added.
        settings: Where the counts are kept, on this machine only.

    Attributes:
        changed: Emitted when other layers may be suggested after what is selected.
    """

    changed = Signal()

    def __init__(self, canvas: Canvas, editor: Editor, settings: Settings) -> None:
        super().__init__(canvas)
        self._canvas, self._editor, self._settings = canvas, editor, settings
        self._session: ProjectSession | None = None
        editor.added.connect(self._note)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self.changed)
        editor.selection.changed.connect(self._later.start)

    def set_session(self, session: ProjectSession | None) -> None:
        """Follow another project."""
        if self._session is not None:
            self._session.inference_changed.disconnect(self._soon)
            self._session.changed.disconnect(self._soon)
        self._session = session
        if session is not None:
            session.inference_changed.connect(self._soon)
            session.changed.connect(self._soon)
        self._later.start()

    @Slot(object)
    def _soon(self, _news: object) -> None:
        self._later.start()

    @property
    def uses(self) -> dict[str, int]:
        """How often each layer was added; see `workbench.graph.suggest.suggest`."""
        return uses_from(str(self._settings.values.get(_USES, "")))

    def after(self, source: Endpoint | None) -> list[Suggestion]:
        """Return what could follow an output port, the likeliest first."""
        session = self._session
        if source is None or session is None:
            return []
        graph = self._editor.graph
        signature = session.signature if graph is session.document.graph else None
        return suggest(
            graph, self._editor.catalog, self._canvas.inference, source, self.uses, signature
        )

    def after_selected(self) -> list[Suggestion]:
        """Return what could follow the selected layer, or join the selected layers."""
        selection, graph = self._editor.selection, self._editor.graph
        sources = [
            Endpoint(at, ports[0].id)
            for at in selection.nodes[: _MOST_JOINED + 1]
            if at in graph and (ports := output_ports(graph, self._editor.catalog, graph.node(at)))
        ]
        if len(sources) == 1 and selection.single:
            return self.after(sources[0])
        if self._session is None or not 2 <= len(sources) <= _MOST_JOINED:
            return []
        return suggest_joining(
            graph, self._editor.catalog, self._canvas.inference, sources, self.uses
        )

    @Slot(str)
    def _note(self, key: str) -> None:
        graph, added = self._editor.graph, self._editor.selection.single
        before = ""
        if added in graph:
            edge = next(iter(graph.entering(added)), None)
            before = graph.node(edge.source.node).layer if edge else ""
        self._settings.values[_USES] = uses_text(note_use(self.uses, key, before))
