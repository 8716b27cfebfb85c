"""What the actions of the Design page do, and when they are possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Slot

from ui.design import placing
from ui.design.gestures.base import QuickAddRequest
from ui.design.scopes.paths import way_into
from workbench.errors import WorkbenchError
from workbench.graph.blocks import layer_of
from workbench.graph.edits import share
from workbench.graph.model import INPUT_LAYER

if TYPE_CHECKING:
    from ui.design.adding import Adding
    from ui.design.canvas.picture import Picture
    from ui.design.canvas.view import Canvas
    from ui.design.clipboard import Clipboard
    from ui.design.editor import Editor
    from ui.design.handling import Handling
    from ui.design.palette import Palette
    from ui.design.scopes import Scopes
    from ui.design.selection import Selection
    from ui.services import Services
    from ui.session import ProjectSession
    from ui.widgets import SidePanel


class DesignCommands:
    """The commands of the page; a part of `DesignPage`, which has the attributes."""

    session: ProjectSession | None
    services: Services
    picture: Picture
    selection: Selection
    editor: Editor
    clipboard: Clipboard
    handling: Handling
    scopes: Scopes
    canvas: Canvas
    adding: Adding
    palette_box: Palette
    palette_panel: SidePanel
    inspector_panel: SidePanel

    # ---- when ------------------------------------------------------------------------------

    @property
    def has_session(self) -> bool:
        """Whether a project is open."""
        return self.session is not None

    def has_graph(self) -> bool:
        """Tell whether there are layers."""
        return self.session is not None and len(self.editor.graph) > 0

    def has_selection(self) -> bool:
        """Tell whether layers or connections are selected."""
        return self.session is not None and bool(self.selection)

    def has_layers_selected(self) -> bool:
        """Tell whether layers are selected."""
        return self.session is not None and bool(self.selection.nodes)

    def has_one_layer_selected(self) -> bool:
        """Tell whether exactly one layer is selected."""
        return self.session is not None and bool(self.selection.single)

    def selection_is_frozen(self) -> bool:
        """Tell whether all selected layers are frozen."""
        nodes = self.editor.graph.nodes
        chosen = [nodes[i] for i in self.selection.nodes if i in nodes]
        return bool(chosen) and not any(node.trainable for node in chosen)

    # ---- training --------------------------------------------------------------------------

    def train(self) -> None:
        """Train the network and go where it can be watched."""
        if self.session is None:
            return
        if self.session.training or self.session.start_training():
            self.services.show_page("train")

    # ---- editing ---------------------------------------------------------------------------

    def cut(self) -> None:
        """Copy the selected layers and delete them."""
        self.clipboard.cut()

    def copy(self) -> None:
        """Copy the selected layers as JSON text."""
        self.clipboard.copy()

    def paste(self) -> None:
        """Add the layers of the clipboard, under the pointer when it is over the canvas."""
        at = self.canvas.pointer_scene() if self.canvas.pointer_inside else None
        self.clipboard.paste(at)

    def duplicate(self) -> None:
        """Add a copy of the selected layers beside them."""
        if self.clipboard.duplicate():
            self.canvas.navigation.reveal(self.selection.nodes)

    def delete(self) -> None:
        """Delete what is selected."""
        self.editor.delete_selected()

    def select_all(self) -> None:
        """Select every layer."""
        self.selection.select(self.editor.graph.nodes)

    def add_layer(self) -> None:
        """Ask by name for a layer to add after what is selected."""
        self.canvas.request_quick_add(QuickAddRequest())

    def rename(self) -> None:
        """Rename the selected layer in place."""
        self.canvas.rename_in_place(self.selection.single)

    def share(self) -> None:
        """Apply the selected layer once more."""
        node_id = self.selection.single
        self.picture.finish()
        boxes = {i: figure.rect for i, figure in self.picture.nodes.items()}
        box = boxes[node_id]
        wanted = box.center() + QPointF(box.width() + 48, 0)
        spot = placing.beside(boxes, wanted, (box.width(), box.height()))
        try:
            change, made = share(self.editor.graph, node_id, (spot.x(), spot.y()))
        except WorkbenchError as error:
            self.editor.refused.emit(error.describe())
            return
        if self.editor.apply(change):
            self.selection.select([made])
            self.canvas.navigation.reveal([made])

    def freeze(self, frozen: bool) -> None:
        """Freeze or unfreeze the selected layers."""
        self.editor.set_trainable(self.selection.nodes, not frozen)

    def auto_layout(self) -> None:
        """Place the layers (the selected ones when several are) in rows."""
        self.handling.arranging.tidy()

    def _add_input(self) -> None:
        self.editor.add(INPUT_LAYER, QPointF(0, 0))
        self.canvas.navigation.fit()
        self.canvas.setFocus()

    # ---- view ------------------------------------------------------------------------------

    def show_code_keys(self, keys: Sequence[str]) -> None:
        """Select the layers that lines of the code stand for.

        Args:
            keys: Keys of `workbench.export.Code.lines`; of layers in several networks those of
                the first one's are selected.
        """
        root = self.editor.root
        block, _, _ = keys[0].rpartition("/")
        path = way_into(root, block.removeprefix("block:")) if block else ()
        nodes = [i for key in keys for b, _, i in [key.rpartition("/")] if b == block]
        if path is None:
            return
        here = self.editor.block
        if (layer_of(here.id) if here is not None else "") != block:
            self.scopes.go(path)
        shown = [i for i in nodes if i in self.editor.graph]
        if shown:
            self.selection.select(shown)
            self.canvas.navigation.reveal(shown)

    def search_palette(self) -> None:
        """Type into the palette's search field."""
        if self.palette_panel.collapsed:
            self.palette_panel.toggle()
        self.palette_box.focus_search()

    def fit_selection(self) -> None:
        """Show the selected layers as large as fits."""
        self.canvas.navigation.fit_to(self.selection.nodes)

    # ---- to other pages --------------------------------------------------------------------

    @Slot()
    def _go_to_data(self) -> None:
        self.services.show_page("data")

    @Slot()
    def _go_to_templates(self) -> None:
        self.services.show_page("welcome")
