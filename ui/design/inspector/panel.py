"""The inspector's widget: shows the pane that fits the selection and passes edits on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.analyze.memory import free_memory, memory_parts, memory_words, needed_memory
from ui.design.blocks.defining import Defining, count_uses
from ui.design.blocks.param_edits import values_at
from ui.design.editor import Editor
from ui.design.inspector.block_pane import BlockPane
from ui.design.inspector.edge_pane import EdgePane
from ui.design.inspector.network_pane import NetworkPane
from ui.design.inspector.node_pane import NodePane
from ui.design.inspector.several_pane import SeveralPane
from workbench.errors import GraphError
from workbench.graph import Change, Fix
from workbench.graph.blocks import values_of
from workbench.graph.inference import Inference
from workbench.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.session import ProjectSession
    from workbench.graph import Problem


class Inspector(QWidget):
    """Properties of what is selected.

    Args:
        editor: Makes the changes.

    Attributes:
        place_chosen: Emitted with a `Place` that the person wants to see.
        data_wanted: Emitted when the person wants to choose data.
        left: Emitted when the keyboard should go back to the canvas.
    """

    place_chosen = Signal(object)
    data_wanted = Signal()
    left = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._session: ProjectSession | None = None
        self._visit = 0
        self.network = NetworkPane()
        self.node = NodePane(editor.catalog)
        self.several = SeveralPane(editor.catalog)
        self.edge = EdgePane()
        self.block = BlockPane(editor.catalog)
        self.defining = Defining(editor, self.block, (self.node, self.several))
        self._stack = _Stack()
        for pane in (self.network, self.node, self.several, self.edge, self.block):
            self._stack.addWidget(pane)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        editor.selection.changed.connect(self._soon.start)
        for pane in (self.node, self.several):
            pane.change_wanted.connect(self._apply)
            pane.entered.connect(self._entered)
        for shown in (self.network.problems, self.node.problems, self.block.problems):
            shown.fix_chosen.connect(self._fix)
            shown.place_chosen.connect(self.place_chosen)
            shown.left.connect(self.left)
        self._stack.left.connect(self.left)
        self.network.data_wanted.connect(self.data_wanted)
        self.edge.delete_wanted.connect(editor.delete_selected)

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project."""
        self._session = session
        for pane in (self.node, self.several, self.block):
            pane.forget()
        self.refresh()

    @Slot()
    def refresh_soon(self) -> None:
        """Show what is selected once the events of now are done."""
        self._soon.start()

    @Slot()
    def refresh(self) -> None:
        """Show what is selected as it is now."""
        self._soon.stop()
        session, selection = self._session, self._editor.selection
        if session is None:
            return
        graph, inference = self._editor.graph, self._editor.seen(session.inference)
        nodes = [i for i in selection.nodes if i in graph]
        edges = tuple(e for e in selection.edges if e in graph.edges)
        if len(nodes) == 1:
            self.node.show_node(graph, nodes[0], session.signature, self._block_values())
            self._stack.setCurrentWidget(self.node)
        elif nodes:
            self.several.show_nodes(graph, nodes, self._block_values())
            self._stack.setCurrentWidget(self.several)
        elif edges:
            self._stack.setCurrentWidget(self.edge)
        elif (block := self._editor.block) is not None:
            used = count_uses(self._editor, block.id)
            self.block.show_block(block, used, self._editor.copies())
            self._stack.setCurrentWidget(self.block)
        else:
            self._stack.setCurrentWidget(self.network)
        self.show_inference(inference)
        self.show_problems(self._editor.problems_here(session.problems))

    def show_inference(self, inference: Inference) -> None:
        """Show new shapes and sizes."""
        session, pane = self._session, self._stack.currentWidget()
        if session is None:
            return
        graph, selection = self._editor.graph, self._editor.selection
        if pane is self.node:
            self.node.show_inference(inference, session.document.recipe.batch_size)
        elif pane is self.several:
            self.several.show_inference(inference)
        elif pane is self.edge:
            edges = tuple(e for e in selection.edges if e in graph.edges)
            self.edge.show_edges(graph, edges, inference)
        elif pane is self.block:
            self.block.show_inference(inference)
        else:
            self.network.show_network(graph, inference)
            self._show_memory(session)
            self._show_data(session)

    def show_problems(self, problems: list[Problem]) -> None:
        """Show new problems."""
        pane = self._stack.currentWidget()
        if pane is self.node:
            self.node.show_problems(problems)
        elif pane is self.block:
            self.block.show_problems(problems)
        elif pane is self.network:
            self.network.show_problems(problems)
            if self._session is not None:
                self._show_data(self._session)

    def _show_memory(self, session: ProjectSession) -> None:
        recipe = session.document.recipe
        needed = needed_memory(session.inference, recipe, session.signature)
        words = memory_words(needed, recipe, free_memory())[0]
        self.network.show_memory(words, memory_parts(needed) if needed else "")

    def _block_values(self) -> Mapping[str, Plain] | None:
        """Return the block's parameters in the use that one went into; None outside blocks."""
        block = self._editor.block
        if block is None:
            return None
        try:
            return values_at(self._editor.root, self._editor.scope)
        except GraphError:
            return values_of(block, {})

    def _show_data(self, session: ProjectSession) -> None:
        target = session.document.data.target
        name = target.name if target else ""
        self.network.show_data(session.signature, name, reading=session.reading_data)

    def focus_first(self) -> None:
        """Go to the first field of the selected layer."""
        self.refresh()
        if self._stack.currentWidget() is self.node:
            self.node.focus_first()

    def focus_param(self, name: str) -> bool:
        """Go to the field of a parameter of the selected layer."""
        self.refresh()
        return self._stack.currentWidget() is self.node and self.node.focus_param(name)

    @Slot()
    def _entered(self) -> None:
        self._visit += 1

    @Slot(object, str)
    def _apply(self, change: Change, merge: str) -> None:
        self._editor.apply(change, f"{merge} {self._visit}" if merge else "")

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        self._editor.apply_outside(fix.change)


class _Stack(QWidget):
    """Shows one pane at a time and is as tall as that one.

    A QStackedWidget is as tall as its tallest page as soon as text wraps in one of them.

    Attributes:
        left: Emitted when the pane that had the keyboard goes away; Qt would hand it to
            whatever stands first in the window.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._current: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def addWidget(self, pane: QWidget) -> None:
        """Add a pane; the first one is shown."""
        self._layout.addWidget(pane)
        pane.setVisible(self._current is None)
        self._current = self._current or pane

    def currentWidget(self) -> QWidget | None:
        """Return the pane that is shown."""
        return self._current

    def setCurrentWidget(self, pane: QWidget) -> None:
        """Show a pane instead of the one before."""
        if pane is self._current:
            return
        if self._current is not None:
            focused = QApplication.focusWidget()
            if focused is not None and self._current.isAncestorOf(focused):
                self.left.emit()
            self._current.hide()
        self._current = pane
        pane.show()
