"""Align, distribute and tidy up; large networks are laid out apart, with progress and Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QObject, Slot

from ui.design.canvas.geometry import EDGE_STYLES, EdgeStyle, set_edge_style
from ui.jobs import run_in_thread
from ui.jobs.handle import JobHandle
from workbench.errors import GraphError, JobCancelled
from workbench.graph import Batch, MoveNodes
from workbench.graph.arrange import align, distribute, tidy_new, unplaced
from workbench.graph.layout import Direction, layout
from workbench.graph.layout_apart import LayoutApart

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.jobs import Task
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.graph.arrange import Axis, Side

APART_FROM: Final = 1000
"""Number of layers from which the layout is computed in a process of its own."""
_DIRECTION: Final = "design.layout_direction"
_EDGES: Final = "design.edges"


class Arranging(QObject):
    """Places layers.

    Args:
        services: The window's services; the direction of the layout is kept in the settings.
        canvas: The canvas.
    """

    def __init__(self, services: Services, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._services, self._canvas = services, canvas
        self._editor = canvas.editor
        self._session: ProjectSession | None = None
        self._work: LayoutApart | None = None
        self._job: JobHandle | None = None
        self._task: Task | None = None
        self._for: tuple[Any, ...] = ()
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
        """The way tensors flow in a layout; kept in the settings."""
        kept = self._services.settings.values.get(_DIRECTION)
        return cast("Direction", kept) if kept in ("vertical", "horizontal") else "vertical"

    def tidy_towards(self, direction: Direction) -> None:
        """Choose the direction and tidy up in it."""
        self._services.settings.values[_DIRECTION] = direction
        self._services.settings.save()
        self.tidy()

    def tidy(self) -> None:
        """Place the layers in rows: all of them, or the selected ones when several are."""
        chosen = self._chosen()
        self._lay_out(set(chosen) if len(chosen) > 1 else None)

    def tidy_new(self) -> None:
        """Place the selected layers, or those that lie on others; the rest stays."""
        graph, sizes = self._editor.graph, self._sizes()
        new = self._chosen() or tuple(unplaced(graph, sizes))
        change = tidy_new(graph, sizes, new, self.direction) if new else MoveNodes({})
        if not change.positions:
            self._editor.refused.emit("No layer lies on another: all are arranged.")
        elif self._editor.apply(Batch((change,), "Tidy new layers")):
            self._canvas.navigation.reveal(change.positions)

    def _lay_out(self, only: set[str] | None) -> None:
        graph, sizes = self._editor.graph, self._sizes()
        if len(only if only is not None else graph) < APART_FROM:
            self._placed(layout(graph, sizes, self.direction, only))
            return
        self.cancel()
        self._work = LayoutApart(graph.copy(), sizes, self.direction, only)
        self._for = self._state()
        self._job = JobHandle("layout", f"Placing {len(sizes):,} layers", self)
        self._job.connect_engine(self._asked)
        self._job.begin()
        if self._session is not None:
            self._session.job_started.emit(self._job)
        self._task = run_in_thread(self._work.run)
        self._task.done.connect(self._arrived)
        self._task.failed.connect(self._failed)

    @property
    def working(self) -> bool:
        """Whether a layout is under way."""
        return self._work is not None

    def cancel(self) -> None:
        """Give up the layout that is under way."""
        work, job = self._work, self._job
        self._forget()
        if work is not None:
            work.cancel()
        if job is not None and job.running:
            job.fail(JobCancelled("The layout was cancelled."))

    def _asked(self, name: str, _args: tuple[Any, ...]) -> None:
        if name == "cancel":
            self.cancel()

    def _forget(self) -> None:
        if self._task is not None:
            self._task.drop()
        self._work = self._job = self._task = None

    def _state(self) -> tuple[Any, ...]:
        revision = self._session.document.revision if self._session is not None else 0
        return revision, self._editor.scope

    @Slot(object)
    def _arrived(self, change: MoveNodes) -> None:
        job, current = self._job, self._for == self._state()
        self._forget()
        if job is not None:
            job.succeed({})
        if current:
            self._placed(change)
        else:
            self._editor.refused.emit("The network was edited meanwhile. Tidy up once more.")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        job = self._job
        self._forget()
        if job is not None:
            job.fail(error if isinstance(error, GraphError) else GraphError(str(error)))
        self._services.show_error(error)

    def _placed(self, change: MoveNodes) -> None:
        if self._editor.apply(change):
            self._canvas.navigation.show_first()

    def _sizes(self) -> dict[str, tuple[float, float]]:
        return self._canvas.picture.sizes()

    def _chosen(self) -> tuple[str, ...]:
        return tuple(i for i in self._editor.selection.nodes if i in self._editor.graph)
