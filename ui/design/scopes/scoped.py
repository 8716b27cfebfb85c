"""The network that is shown, and changes of it: the outermost one, or that inside a block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from ui.design.blocks.param_edits import values_at
from ui.design.scopes.paths import Path, block_at, inference_in, network_at, problems_in
from workbench.errors import GraphError, WorkbenchError
from workbench.graph import Batch, Change, Graph, Problem
from workbench.graph.blocks import REPEAT, Block
from workbench.graph.direction import direction_of
from workbench.graph.formulas import evaluate, formula_text
from workbench.graph.inference import Inference
from workbench.graph.record_changes import InBlock


class Document(Protocol):
    """What the editor reads of a project."""

    @property
    def graph(self) -> Graph:
        """The network."""


class EditSession(Protocol):
    """What the editor needs of a project session."""

    @property
    def document(self) -> Document:
        """The open project."""

    def apply(self, change: Change, merge: str = "") -> object:
        """Make a change."""


class ScopedEditor(QObject):
    """Makes changes in the network that is shown.

    Args:
        parent: Qt parent.

    Attributes:
        scope: Uses of blocks that lead to the network that is shown; see `ui.design.scopes`.
        copy_of: Path to a repeated use → number of the copy that is looked into, from 0.
        applying: Whether a change is being made by this editor.
        refused: Emitted with the reason when something was not possible.
    """

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: EditSession | None = None
        self.scope: Path = ()
        self.copy_of: dict[Path, int] = {}
        self.applying = False

    def set_session(self, session: EditSession | None) -> None:
        """Edit another project."""
        self._session = session
        self.scope = ()
        self.copy_of.clear()

    @property
    def root(self) -> Graph:
        """The outermost network as it is."""
        return self._session.document.graph if self._session else Graph()

    @property
    def graph(self) -> Graph:
        """The network that is shown as it is: the outermost one, or that inside a block."""
        return network_at(self.root, self.scope) if self.scope else self.root

    @property
    def block(self) -> Block | None:
        """The block whose network is shown; None for the outermost network."""
        return block_at(self.root, self.scope) if self.scope else None

    @property
    def across(self) -> bool:
        """Whether tensors flow to the right on the canvas, not down."""
        return direction_of(self.root) == "horizontal"

    def copies(self) -> int:
        """Return how many copies the use of the block that is shown stands for."""
        if not self.scope:
            return 1
        return self._copies_at(self.scope)

    def _copies_at(self, path: Path) -> int:
        around = network_at(self.root, path[:-1])
        if path[-1] not in around:
            return 1
        copies = around.owner(around.node(path[-1])).params.get(REPEAT, 1)
        text = formula_text(copies)
        if text is not None:
            try:
                copies = evaluate(text, values_at(self.root, path[:-1]))
            except GraphError:
                return 1
        return copies if isinstance(copies, int) else 1

    @property
    def at(self) -> tuple[str, ...]:
        """The path as the expanded network has it: `r#2` is the second copy of `r`."""
        parts = []
        for depth, use in enumerate(self.scope, 1):
            path = self.scope[:depth]
            chosen = self.copy_of.get(path, 0)
            copy = min(chosen, self._copies_at(path) - 1) if chosen else 0
            parts.append(f"{use}#{copy + 1}" if copy > 0 else use)
        return tuple(parts)

    def seen(self, inference: Inference) -> Inference:
        """Return what is known about the network that is shown."""
        if not self.scope:
            return inference
        return inference_in(inference, self.root, self.scope, self.at)

    def problems_here(self, problems: Sequence[Problem]) -> list[Problem]:
        """Return the problems of the network that is shown, placed at its nodes."""
        return problems_in(problems, self.scope)

    def apply(self, change: Change, merge: str = "") -> bool:
        """Make a change of the network that is shown; tell why when it does not fit.

        Returns:
            Whether it was made.
        """
        if isinstance(change, Batch) and not change.changes:
            return False
        block = self.block
        return self.apply_outside(InBlock(block.id, change) if block else change, merge)

    def apply_outside(self, change: Change, merge: str = "") -> bool:
        """Make a change of the whole document, whatever network is shown."""
        if self._session is None or (isinstance(change, Batch) and not change.changes):
            return False
        self.applying = True
        try:
            self._session.apply(change, merge)
        except WorkbenchError as error:
            self.refused.emit(" ".join(part for part in (error.message, error.remedy) if part))
            return False
        finally:
            self.applying = False
        return True
