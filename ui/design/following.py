"""How the Design page follows the open project: changes, shapes, problems, the network shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, SignalInstance, Slot

if TYPE_CHECKING:
    from ui.design.adding import Adding
    from ui.design.canvas.picture import Picture
    from ui.design.canvas.view import Canvas
    from ui.design.editor import Editor
    from ui.design.empty import EmptyCanvas
    from ui.design.footer import Footer
    from ui.design.inspector import Inspector
    from ui.design.overlays import Overlays
    from ui.design.scopes import ScopeBar
    from ui.design.selection import Selection
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.graph import Change, Problem
    from workbench.graph.inference import Inference


class FollowsProject:
    """What happens when the project changes; a part of `DesignPage`, which has the attributes."""

    session: ProjectSession | None
    services: Services
    adding: Adding
    canvas: Canvas
    editor: Editor
    empty: EmptyCanvas
    footer: Footer | None
    inspector: Inspector
    overlays: Overlays
    picture: Picture
    scope_bar: ScopeBar
    selection: Selection
    state_changed: SignalInstance
    _state_later: QTimer

    if TYPE_CHECKING:  # the page has them

        def _touch(self, change: Change) -> None: ...
        def _show_blocks(self) -> None: ...

    def _follow(self, session: ProjectSession) -> None:
        session.changed.connect(self._document_changed)
        session.inference_changed.connect(self._inference_changed)
        session.problems_changed.connect(self._problems_changed)
        session.signature_changed.connect(self.inspector.refresh_soon)

    def _unfollow(self) -> None:
        session = self.session
        if session is not None:
            session.changed.disconnect(self._document_changed)
            session.inference_changed.disconnect(self._inference_changed)
            session.problems_changed.disconnect(self._problems_changed)
            session.signature_changed.disconnect(self.inspector.refresh_soon)

    @Slot(object)
    def _document_changed(self, change: Change) -> None:
        self.canvas.cancel_gesture()
        self._touch(change)
        self._network_changed()
        self.overlays.place()

    def _network_changed(self) -> None:
        if self.session is None:
            return
        graph = self.editor.graph
        self.selection.prune(graph)
        self.inspector.refresh_soon()
        self.empty.setVisible(not len(graph) and not self.editor.scope)
        if self.footer is not None:
            self.footer.show_network(graph, self.editor.seen(self.session.inference))
        self.services.actions.refresh_later()
        self._state_later.start()

    @Slot(object)
    def _inference_changed(self, inference: Inference) -> None:
        inference = self.editor.seen(inference)
        self.canvas.inference = inference
        self.picture.set_inference(inference)
        self.inspector.show_inference(inference)
        if self.footer is not None and self.session is not None:
            self.footer.show_network(self.editor.graph, inference)

    @Slot(object)
    def _problems_changed(self, problems: list[Problem]) -> None:
        problems = self.editor.problems_here(problems)
        self.picture.set_problems(problems)
        self.inspector.show_problems(problems)
        self._state_later.start()

    @Slot()
    def _show_scope(self) -> None:
        """Show another network of the same project."""
        if self.session is None:
            return
        self.canvas.cancel_gesture()
        self.adding.popup.hide()
        self.picture.show_graph(self.editor.graph)
        self._inference_changed(self.session.inference)
        self._problems_changed(self.session.problems)
        self._network_changed()
        self._scopes_changed()
        self._show_blocks()

    @Slot()
    def _scopes_changed(self) -> None:
        self.scope_bar.show_scopes(self.editor.root)
        self.canvas.setAccessibleName(self.scope_bar.way())
        self.services.actions.refresh_later()
        self.overlays.place()

    @Slot()
    def _show_state(self) -> None:
        if self.session is None:
            return
        if not len(self.session.document.graph):
            state = "empty"
        elif self.session.has_errors:
            state = "attention"
        else:
            state = "ready"
        self.state_changed.emit(state)
