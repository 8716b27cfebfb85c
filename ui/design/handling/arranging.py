"""Align, distribute and tidy up; large networks are laid out apart, with progress and Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from ui.design.canvas.geometry import EDGE_STYLES, EdgeStyle, set_edge_style
from ui.design.handling.turning import room_for, turn_all
from ui.jobs.apart import ApartJob
from workbench.graph import Batch, MoveNodes
from workbench.graph.arrange import align, distribute, tidy_new, unplaced
from workbench.graph.direction import direction_of, towards
from workbench.graph.layout import Direction, layout
from workbench.graph.layout_apart import LayoutApart

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.graph import Change
    from workbench.graph.arrange import Axis, Side

APART_FROM: Final = 1000
"""Number of layers from which the layout is computed in a process of its own."""
_EDGES: Final = "design.edges"


class Arranging(QObject):
    """Places layers.

    Args:
        services: The window's services.
        canvas: The canvas.
    """

    def __init__(self, services: Services, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._services, self._canvas = services, canvas
        self._editor = canvas.editor
        self._session: ProjectSession | None = None
        self._job: ApartJob | None = None
        self._for: tuple[Any, ...] = ()
        self._turn: Change | None = None
        self._towards: Direction = "vertical"
        kept = services.settings.values.get(_EDGES)
        set_edge_style(next((style for style in EDGE_STYLES if style == kept), "curved"))

    def set_session(self, session: ProjectSession | None) -> None:
        """Arrange another project; what is under way is given up."""
        self.cancel()
        self._session = session

    # ---- lining up -------------------------------------------------------------------------

    def align(self, side: Side) -> None:
        """Put one side of the selected layers on one line."""
        words = {"centre": "Align centres", "middle": "Align middles"}.get(side, f"Align {side}")
        self._move(align(self._editor.graph, self._sizes(), self._chosen(), side), words)

    def distribute(self, axis: Axis) -> None:
        """Make the gaps between the selected layers equal."""
        change = distribute(self._editor.graph, self._sizes(), self._chosen(), axis)
        self._move(change, f"Distribute {axis}ly")

    def _move(self, change: MoveNodes, text: str) -> None:
        if change.positions:
            self._editor.apply(Batch((change,), text))
        else:
            self._editor.refused.emit("They are in line already.")

    # ---- edges -----------------------------------------------------------------------------

    def draw_edges(self, style: EdgeStyle) -> None:
        """Choose how connections are drawn; kept in the settings."""
        set_edge_style(style)
        self._services.settings.values[_EDGES] = style
        self._services.settings.save()
        self._canvas.picture.redraw_edges()

    # ---- layout ----------------------------------------------------------------------------

    @property
    def direction(self) -> Direction:
        """The way tensors flow; kept with the project."""
        return direction_of(self._editor.root)

    def tidy_towards(self, direction: Direction) -> None:
        """Choose the direction and tidy up in it: one step to take back."""
        turn = towards(self._editor.root, direction)
        self._lay_out(self._several() if turn is None else None, direction, turn)

    def tidy(self) -> None:
        """Place the layers in rows: all of them, or the selected ones when several are."""
        self._lay_out(self._several(), self.direction)

    def _several(self) -> set[str] | None:
        """Return the selected layers when there are several, else None: all are meant."""
        chosen = self._chosen()
        return set(chosen) if len(chosen) > 1 else None

    def tidy_new(self) -> None:
        """Place the selected layers, or those that lie on others; the rest stays."""
        graph, sizes = self._editor.graph, self._sizes()
        new = self._chosen() or tuple(unplaced(graph, sizes))
        change = (
            tidy_new(graph, self._room(self.direction), new, self.direction)
            if new
            else MoveNodes({})
        )
        if not change.positions:
            self._editor.refused.emit("No layer lies on another: all are arranged.")
        elif self._editor.apply(Batch((change,), "Tidy new layers")):
            self._canvas.navigation.reveal(change.positions)

    def _lay_out(
        self, only: set[str] | None, direction: Direction, turn: Change | None = None
    ) -> None:
        graph, sizes = self._editor.graph, self._room(direction)
        self._turn, self._towards = turn, direction
        if len(only if only is not None else graph) < APART_FROM:
            self._placed(layout(graph, sizes, direction, only))
            return
        self.cancel()
        work = LayoutApart(graph, sizes, direction, only)
        self._for = self._state()
        title = f"Placing {len(sizes if only is None else only):,} layers"
        self._job = ApartJob("layout", title, work.run, work.cancel, self)
        self._job.done.connect(self._arrived)
        self._job.failed.connect(self._services.show_error)
        self._job.over.connect(self._forget)
        self._job.start()
        if self._session is not None:
            self._session.job_started.emit(self._job.handle)

    @property
    def working(self) -> bool:
        """Whether a layout is under way."""
        return self._job is not None

    def cancel(self) -> None:
        """Give up the layout that is under way."""
        if self._job is not None:
            self._job.cancel()

    @Slot()
    def _forget(self) -> None:
        self._job = None

    def _state(self) -> tuple[Any, ...]:
        revision = self._session.document.revision if self._session is not None else 0
        return revision, self._editor.scope

    @Slot(object)
    def _arrived(self, change: MoveNodes) -> None:
        if self._for == self._state():
            self._placed(change)
        else:
            self._editor.refused.emit("The network was edited meanwhile. Tidy up once more.")

    def _placed(self, change: MoveNodes) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            made = self._editor.apply(change)
        else:
            batch = turn_all(self._editor, turn, change, self._towards)
            made = self._editor.apply_outside(batch)
        if made:
            self._canvas.navigation.show_first()

    def _room(self, direction: Direction) -> dict[str, tuple[float, float]]:
        """Return the room that each layer needs."""
        figures = self._canvas.picture.nodes.values()
        return room_for(figures, self._editor.graph, self._editor.catalog, direction)

    def _sizes(self) -> dict[str, tuple[float, float]]:
        return self._canvas.picture.sizes()

    def _chosen(self) -> tuple[str, ...]:
        return tuple(i for i in self._editor.selection.nodes if i in self._editor.graph)
