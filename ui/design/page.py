"""The Design page: palette, canvas, inspector, wired to an open project."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui.design.adding import Adding
from ui.design.area import DesignArea
from ui.design.blocks.commands import BlockCommands
from ui.design.blocks.library import BlockShelf
from ui.design.blocks.menu import block_menu
from ui.design.canvas.keys import Keyboard
from ui.design.canvas.picture import Picture
from ui.design.canvas.view import Canvas
from ui.design.clipboard import Clipboard
from ui.design.commands import DesignCommands
from ui.design.context_menu import context_menu
from ui.design.editor import Editor
from ui.design.following import FollowsProject
from ui.design.footer import Footer
from ui.design.handling import Handling
from ui.design.inspector import Inspector
from ui.design.overlays import Overlays
from ui.design.own_layers import OwnLayersPart
from ui.design.page_actions import design_actions
from ui.design.palette import Palette
from ui.design.palette.next_layers import NextLayers
from ui.design.panes import Panes
from ui.design.preview import PreviewPart
from ui.design.scopes import ScopeBar, Scopes
from ui.design.scopes.paths import way_to
from ui.design.selection import Selection
from ui.design.suggesting import Suggesting
from ui.pages import Page
from ui.widgets import Line, OwnKeys, SidePanel
from workbench.errors import Place
from workbench.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.actions import Action
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.project.document import ProjectDocument


class DesignPage(BlockCommands, DesignCommands, FollowsProject, Page):
    """Draws the network.

    Args:
        services: The window's services.
        parent: Parent widget.
    """

    page_id: ClassVar[str] = "design"
    title: ClassVar[str] = "Design"
    icon: ClassVar[str] = "design"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        catalog = services.catalog
        self.picture = Picture(catalog, self)
        self.picture.patient = True
        self.selection = Selection(self)
        self.editor = Editor(catalog, self.picture, self.selection, self)
        self.clipboard = Clipboard(self.editor)
        self.canvas = Canvas(self.editor)
        self.canvas.keyboard = Keyboard(self.canvas)
        self.scopes = Scopes(self.canvas)
        self.handling = Handling(services, self.canvas, self.scopes)
        self.scope_bar = ScopeBar(self.scopes)
        self.shelf = BlockShelf(self.editor)
        self.own_layers = OwnLayersPart(services, self)
        self.palette_box = Palette(catalog, services.settings)
        self.suggesting = Suggesting(self.canvas, self.editor, services.settings)
        self.adding = Adding(self.canvas, self.editor, self.palette_box.recent, self.suggesting)
        self.next_layers = NextLayers(self.palette_box, self.suggesting, self.adding)
        self.inspector = Inspector(self.editor)
        self.overlays = Overlays(self.canvas, services.layout)
        self.minimap, self.empty = self.overlays.minimap, self.overlays.empty
        self.notice = self.overlays.notice
        self.palette_panel = self._panel("Layers", "left", "design.palette", 240, self.palette_box)
        self.inspector_panel = self._panel(
            "Properties", "right", "design.inspector", 352, self.inspector, scroll=True
        )
        self.preview = PreviewPart(services, self.editor, self.canvas, self.inspector_panel)
        self.panes = Panes(self.canvas, self.inspector_panel, self.preview.bar, self.palette_panel)
        OwnKeys(self.inspector_panel)
        self._fit_pending = False
        self._state_later = QTimer(self)
        self._state_later.setSingleShot(True)
        self._state_later.setInterval(0)
        self._state_later.timeout.connect(self._show_state)
        self._connect()
        self.area: DesignArea | None = None
        self.footer: Footer | None = None

    def _panel(
        self, title: str, edge: str, name: str, width: int, content: QWidget, *,
        scroll: bool = False,
    ) -> SidePanel:  # fmt: skip
        panel = SidePanel(
            title,
            "left" if edge == "left" else "right",
            name=name,
            memory=self.services.layout,
            width=width,
            minimum=200 if edge == "left" else 280,
            scroll=scroll,
        )
        panel.content.addWidget(content)
        return panel

    def _connect(self) -> None:
        self.selection.changed.connect(self.services.actions.refresh_later)
        self.editor.refused.connect(self.notice.say)
        self.editor.added.connect(self.palette_box.note_used)
        self.palette_box.chosen.connect(self._palette_chosen)
        self.palette_box.left.connect(self.canvas.setFocus)
        self.palette_box.menu_wanted.connect(self._block_menu)
        self.palette_box.renamed.connect(self._block_renamed)
        self.shelf.changed.connect(self._show_blocks)
        self.canvas.menu_requested.connect(self._open_menu)
        self.canvas.opened.connect(self._open_node)
        self.canvas.left.connect(self.go_up)
        self.inspector.node.open_wanted.connect(self.scopes.open)
        self.inspector.block.name_wanted.connect(self.rename_shown_block)
        self.picture.drawn.connect(self._laid_out)
        self.scopes.moved.connect(self._show_scope)
        self.scopes.changed.connect(self._scopes_changed)
        self.inspector.place_chosen.connect(self.show_place)
        self.inspector.data_wanted.connect(self._go_to_data)
        self.inspector.left.connect(self.canvas.setFocus)
        self.empty.template_wanted.connect(self._go_to_templates)
        self.empty.input_wanted.connect(self._add_input)

    # ---- what the window asks --------------------------------------------------------------

    def actions_table(self) -> list[Action]:
        """Return what can be done on this page."""
        return design_actions(self)

    def toolbar_widgets(self) -> list[QWidget]:
        """Return the buttons at the left of the toolbar.

        The parts of the page are put together here too: only now the actions exist.
        """
        self._assemble()
        buttons: list[QWidget] = [self.action_button("design.add", with_text=True)]
        known = [n for n in ("edit.undo", "edit.redo") if n in self.services.actions]
        buttons += [self.action_button(name) for name in known]
        buttons.append(self.action_button("design.layout", with_text=True))
        buttons.append(self.action_button("design.preview", with_text=True))
        lines = [Line("vertical"), Line("vertical")]
        for line in lines:
            line.setFixedHeight(20)
        return [buttons[0], lines[0], *buttons[1:-2], lines[1], *buttons[-2:]]

    def _assemble(self) -> None:
        if self.area is not None:
            return
        self.footer = Footer(
            self.qaction("design.zoom_in"),
            self.qaction("design.zoom_out"),
            self.qaction("design.zoom_reset"),
            self.qaction("design.fit"),
            self.qaction("design.minimap"),
        )
        self.area = DesignArea(self.palette_panel, self.canvas, self.footer, self.inspector_panel)
        self.area.add_strip(self.preview.bar)
        self.area.add_top(self.scope_bar)
        self.scope_bar.resized.connect(self.area.lay_out)
        self.area.laid_out.connect(self._laid_out)
        self.canvas.moved.connect(self._view_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        self._view_moved()

    def primary_action(self) -> QAction | None:
        """Return Train."""
        return self.qaction("design.train")

    def prepare(self, document: ProjectDocument) -> Iterator[float]:
        """Make the figures of a project's network, a few at a time."""
        return self.picture.prepare(document.graph)

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project, or none."""
        self._unfollow()
        super().set_session(session)
        self.canvas.cancel_gesture()
        self.canvas.name_field.give_up()  # another project may have a layer of the same id
        self.adding.popup.hide()
        self.selection.clear()
        self.editor.set_session(session)
        self.suggesting.set_session(session)
        self.scopes.reset()
        self.inspector.set_session(session)
        self.preview.set_session(session)
        self.handling.set_session(session)
        self.own_layers.set_session(session)
        self.services.actions.refresh_later()
        self._show_blocks()
        if session is None:
            self.picture.show_graph(Graph())
            return
        self._follow(session)
        self.picture.show_graph(session.document.graph)
        self._inference_changed(session.inference)
        self._problems_changed(session.problems)
        self._network_changed()
        self._fit_pending = True
        self._laid_out()
        self._tell_faults()

    def is_settled(self) -> bool:
        """Tell whether shapes and problems are shown for the network as it is."""
        if self.session is None:
            return True
        return self.session.settled and self.preview.sync.settled and not self.picture.pending

    def page_shown(self) -> None:
        """Take the keyboard."""
        self.canvas.setFocus()

    def show_place(self, place: Place) -> bool:
        """Go to a layer, a connection or a parameter."""
        if place.kind == "graph":
            return True
        if place.id not in self.picture.nodes or place.kind not in ("node", "port", "param"):
            found = way_to(self.editor.root, place)
            if found is None:
                return False
            self.scopes.note_copies(place.id)
            path, place = found
            self.scopes.go(path)
        self.selection.select([place.id])
        self.canvas.navigation.reveal([place.id])
        if place.kind == "param" and place.part:
            self.inspector.focus_param(place.part)
        return True

    # ---- where things stand ----------------------------------------------------------------

    @Slot()
    def _laid_out(self) -> None:
        if self._fit_pending and self.canvas.isVisible() and len(self.picture.nodes):
            self._fit_pending = False
            self.canvas.navigation.show_first()
        self.overlays.place()

    @Slot()
    def _view_moved(self) -> None:
        if self.footer is not None:
            self.footer.show_scale(self.canvas.camera.scale)
        self.overlays.place()

    def minimap_shown(self) -> bool:
        """Tell whether the overview is shown while not all of the network is in view."""
        return self.overlays.minimap_wanted

    def show_minimap(self, shown: bool) -> None:
        """Show or hide the overview."""
        self.overlays.show_minimap(shown)

    # ---- what parts ask --------------------------------------------------------------------

    @Slot(str)
    def _palette_chosen(self, key: str) -> None:
        added = self.adding.add_to_selection(key)
        if added:
            self.canvas.navigation.reveal([added])

    @Slot(str)
    def _open_node(self, node_id: str) -> None:
        if self.scopes.open(node_id):
            return
        if self.inspector_panel.collapsed:
            self.inspector_panel.toggle()
        self.inspector.focus_first()

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        menu = self.context_menu()
        menu.popup(at)
        menu.aboutToHide.connect(menu.deleteLater)

    def context_menu(self) -> QMenu:
        """Return a menu of what is possible with what is selected."""
        return context_menu(self)

    def block_menu(self, key: str) -> QMenu:
        """Return a menu of what is possible with a block of the palette."""
        return block_menu(self, key)
