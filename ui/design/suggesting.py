"""Suggestions on the Design page: what could come next, and what a person adds how often."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Slot

from ui.design.canvas.view import Canvas
from ui.design.editor import Editor
from ui.session import ProjectSession
from workbench.graph import Endpoint
from workbench.graph.suggest import Suggestion, note_use, suggest, uses_from, uses_text
from workbench.settings import Settings

_USES: Final = "design.layer_uses"


class Suggesting(QObject):
    """Knows what could come next in the network that is shown.

    Args:
        canvas: Knows the tensors.
        editor: Knows the network, and tells what is added.
        settings: Where the counts are kept, on this machine only.
    """

    def __init__(self, canvas: Canvas, editor: Editor, settings: Settings) -> None:
        super().__init__(canvas)
        self._canvas, self._editor, self._settings = canvas, editor, settings
        self._session: ProjectSession | None = None
        editor.added.connect(self._note)

    def set_session(self, session: ProjectSession | None) -> None:
        """Follow another project."""
        self._session = session

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

    @Slot(str)
    def _note(self, key: str) -> None:
        graph, added = self._editor.graph, self._editor.selection.single
        before = ""
        if added in graph:
            edge = next(iter(graph.entering(added)), None)
            before = graph.node(edge.source.node).layer if edge else ""
        self._settings.values[_USES] = uses_text(note_use(self.uses, key, before))
