"""The blocks that can be added: the project's own, the person's, and ports inside a block."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.design.titles import LIBRARY
from workbench.errors import GraphError
from workbench.graph import Graph
from workbench.graph.block_library import (
    SavedBlock,
    bring,
    load_library,
    remove_from_library,
    save_to_library,
)
from workbench.graph.blocks import (
    PORT_SPECS,
    Block,
    block_of,
    block_spec,
    blocks,
    contained,
    layer_of,
)
from workbench.graph.changes import Change
from workbench.graph.own_layers import own_files

if TYPE_CHECKING:
    from ui.design.editor import Editor
    from workbench.catalog import LayerSpec

_log = logging.getLogger(__name__)


class BlockShelf(QObject):
    """Knows the blocks of the project and of the person's library.

    Args:
        editor: Knows the project; brings blocks into it.

    Attributes:
        changed: Emitted after the library changed.
    """

    changed = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._saved: dict[str, SavedBlock] = {}
        self.faults: list[str] = []
        editor.shelf = self
        self.reload()

    def reload(self) -> None:
        """Read the library anew."""
        found, self.faults = load_library()
        self._saved = {LIBRARY + saved.path.name: saved for saved in found}
        self.changed.emit()

    # ---- what there is ---------------------------------------------------------------------

    def project_specs(self) -> list[LayerSpec]:
        """Return the project's blocks that can stand in the network that is shown."""
        here = self._editor.block
        records = self._editor.root.records
        found = []
        for block in blocks(records):
            if here is not None and (block.id == here.id or _contains(block, here)):
                continue
            found.append(block_spec(block))
        return found

    def library_specs(self) -> list[LayerSpec]:
        """Return the person's blocks."""
        return [
            replace(block_spec(saved.block), key=key,
                    summary=saved.block.help or f"A block of yours: {saved.block.name}.")
            for key, saved in self._saved.items()
        ]  # fmt: skip

    def port_specs(self) -> list[LayerSpec]:
        """Return the ports that can be added: inside a block only."""
        return list(PORT_SPECS.values()) if self._editor.scope else []

    def own_specs(self) -> list[LayerSpec]:
        """Return the person's own layers in this project."""
        files = own_files(self._editor.root.records)
        return [spec for file in files for spec in file.specs if spec.role == "layer"]

    def specs(self) -> list[LayerSpec]:
        """Return everything beside the catalog that can be added to the shown network."""
        return [*self.port_specs(), *self.project_specs(), *self.library_specs(),
                *self.own_specs()]  # fmt: skip

    # ---- bringing --------------------------------------------------------------------------

    def bringing(self, key: str) -> tuple[Change | None, str]:
        """Return the change that must come first, and the layer key to add after it.

        Args:
            key: A layer key, or that of a block of the library.
        """
        saved = self._saved.get(key)
        if saved is None:
            return None, key
        batch, layer = bring(self._editor.root.records, saved)
        return (batch if batch.changes else None), layer

    def trial(self, key: str) -> tuple[Graph, str]:
        """Return an empty network in which a layer can be tried, and its key there."""
        saved = self._saved.get(key)
        if saved is None:
            return Graph(self._editor.root.records), key
        return Graph(saved.block.graph.records), saved.layer

    # ---- the library -----------------------------------------------------------------------

    def saved(self, key: str) -> SavedBlock | None:
        """Return a block of the library by the key it has in lists."""
        return self._saved.get(key)

    def save(self, block: Block) -> bool:
        """Save a block of the project into the library; tells why when it cannot be."""
        try:
            save_to_library(self._editor.root.records, block)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
            return False
        self.reload()
        return True

    def remove(self, key: str) -> bool:
        """Remove a block from the library."""
        saved = self._saved.get(key)
        if saved is None:
            return False
        try:
            remove_from_library(saved)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
            return False
        self.reload()
        return True

    def rename(self, key: str, name: str) -> bool:
        """Give a block of the library another name."""
        saved, name = self._saved.get(key), name.strip()
        if saved is None or not name or name == saved.block.name:
            return False
        if any(other.block.name == name for other in self._saved.values()):
            self._editor.refused.emit(f"Another of your blocks is called {name}.")
            return False
        records = saved.block.graph.records
        records.put(replace(saved.block, name=name))
        renamed = block_of(records, saved.layer)
        try:
            if renamed is not None:
                save_to_library(records, renamed)
                remove_from_library(saved)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
        self.reload()
        return True


def _contains(block: Block, inner: Block) -> bool:
    """Tell whether a block uses another one, directly or through others."""
    records = block.graph.records
    waiting, seen = [block.id], set[str]()
    while waiting:
        at = waiting.pop()
        found = block_of(records, layer_of(at))
        if found is None or at in seen:
            continue
        seen.add(at)
        waiting += found.graph.memo("contained blocks", contained)
    return inner.id in seen
