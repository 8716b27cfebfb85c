"""The network that is shown, and changes of it: the outermost one, or that inside a block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from ui.design.scopes.paths import Path, block_at, inference_in, network_at, problems_in
from workbench.errors import WorkbenchError
from workbench.graph import Batch, Change, Graph, Problem
from workbench.graph.blocks import REPEAT, Block
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
        applying: Whether a change is being made by this editor.
        refused: Emitted with the reason when something was not possible.
    """

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: EditSession | None = None
        self.scope: Path = ()
        self.applying = False

    def set_session(self, session: EditSession | None) -> None:
        """Edit another project."""
        self._session = session
        self.scope = ()

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

    def copies(self) -> int:
        """Return how many copies the use of the block that is shown stands for."""
        if not self.scope:
            return 1
        around = network_at(self.root, self.scope[:-1])
        copies = around.owner(around.node(self.scope[-1])).params.get(REPEAT, 1)
        return copies if isinstance(copies, int) else 1

    def seen(self, inference: Inference) -> Inference:
        """Return what is known about the network that is shown."""
        return inference_in(inference, self.root, self.scope) if self.scope else inference

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
