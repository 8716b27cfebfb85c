"""Puts an imported network where the person wants it: in place of the present one, beside, inside.

Each is one step to undo. Where there is no network yet nothing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Slot
from PySide6.QtWidgets import QWidget

from workbench.errors import WorkbenchError
from workbench.graph.direction import direction_of
from workbench.graph.layout import layout
from workbench.graph.model import Graph
from workbench.graph.starting_weights import StartingWeights, weights_found
from workbench.importing.inserting import box_of, insert_as_block, insert_beside
from workbench.importing.replacing import replace_network
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.design import DesignPage
    from ui.frame.import_bar import ImportBar
    from ui.services import Services
    from ui.session import ProjectSession

_MOST_TOLD: Final = 12
_GAP: Final = 96.0
_MOST_TURNED: Final = 400
"""Layers that are arranged anew, without a wait, where tensors flow to the right."""


@dataclass
class _Found:
    """A network that waits for its place."""

    session: ProjectSession
    name: str
    graph: Graph
    weights: StartingWeights | None
    lost: list[str]
    at: QPointF | None


class ImportPlace(QObject):
    """Asks where a network goes, on the canvas, and puts it there.

    Args:
        services: The window's services.
        window: The main window.

    Attributes:
        bar: The bar that asks, or None before the first question.
    """

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._window = services, window
        self._found: _Found | None = None
        self.bar: ImportBar | None = None

    def put(
        self, session: ProjectSession, name: str, found: dict[str, Any], at: QPoint | None = None
    ) -> bool:
        """Put a network into the project, or ask where.

        Args:
            session: The open project.
            name: What the network is called.
            found: `{"graph": plain, "lost": [sentence …]}` and `"weights"`, see `import_job`.
            at: Where on the screen a file was dropped.

        Returns:
            Whether it is taken; when not, the reason is shown.
        """
        try:
            graph = Graph.from_plain(found["graph"])
        except WorkbenchError as error:
            self._services.show_error(error)
            return False
        self._services.show_page("design")
        page = self._page()
        lost, spot = list(found["lost"]), self._scene(page, at)
        self._found = _Found(session, name, graph, weights_found(found), lost, spot)
        if page is None or not len(session.document.graph):
            return self._choose("replace")
        if self.bar is None:
            from ui.frame.import_bar import ImportBar

            self.bar = ImportBar(page.canvas)
            self.bar.chosen.connect(self._chosen)
            self.bar.given_up.connect(self._given_up)
            if page.area is not None:
                page.area.laid_out.connect(self.bar.place)
        self.bar.ask(name, len(graph), inside=bool(page.editor.scope))
        return True

    def forget(self) -> None:
        """Drop what waits for a place: another project is shown."""
        self._found = None
        if self.bar is not None:
            self.bar.leave()

    @Slot()
    def _given_up(self) -> None:
        self._found = None

    @Slot(str)
    def _chosen(self, where: str) -> None:
        self._choose(where)

    def _choose(self, where: str) -> bool:
        found, self._found = self._found, None
        if self.bar is not None:
            self.bar.leave()
        if found is None:
            return False
        try:
            done = self._do(where, found)
        except WorkbenchError as error:
            self._services.show_error(error)
            return False
        if done:
            self._tell(where, found)
        return done

    def _do(self, where: str, found: _Found) -> bool:
        page = self._page()
        if where == "replace" or page is None:
            present = found.session.document.graph
            found.session.apply(replace_network(present, found.graph, weights=found.weights))
            return True
        editor, graph = page.editor, found.graph
        if direction_of(editor.root) == "horizontal" and len(graph) <= _MOST_TURNED:
            graph.apply(layout(graph, direction="horizontal"))
        if where == "beside":
            offset = _offset(page, graph, found.at)
            change, ids = insert_beside(editor.graph, graph, offset, found.weights)
        else:
            middle = page.canvas.camera.to_scene(page.canvas.free_rect().center())
            spot = _free_spot(page, found.at or middle)
            change, use = insert_as_block(
                editor.graph, graph, found.name, (spot.x(), spot.y()), found.weights
            )
            ids = [use]
        if not editor.apply(change):
            return False
        editor.selection.select(ids)
        page.canvas.navigation.reveal(ids)
        page.canvas.setFocus()
        return True

    def _page(self) -> DesignPage | None:
        """Return the Design page; None when it could not be made."""
        page = cast("Any", self._window).pages.page("design")
        return cast("DesignPage", page) if hasattr(page, "canvas") else None

    def _scene(self, page: DesignPage | None, at: QPoint | None) -> QPointF | None:
        if page is None or at is None:
            return None
        point = page.canvas.mapFromGlobal(at)
        inside = page.canvas.rect().contains(point)
        return page.canvas.camera.to_scene(QPointF(point)) if inside else None

    def _tell(self, where: str, found: _Found) -> None:
        layers = plural(len(found.graph), "layer")
        carried = "with" if found.weights else "without"
        how = {
            "replace": f"{found.name}: {layers} imported, {carried} their weights. "
            "Undo brings the network before back.",
            "beside": f"{found.name}: {layers} inserted, {carried} their weights.",
            "block": f"{found.name}: inserted as a block, {carried} its weights.",
        }
        self._services.show_message(how[where])
        if found.lost:
            self._services.show_error(_told(found.name, found.lost))


def _offset(page: DesignPage, graph: Graph, at: QPointF | None) -> tuple[float, float] | None:
    """Return the shift that brings a network to a place where it covers nothing."""
    box = box_of(graph)
    there = page.editor.picture.bounds()
    if box is None or there.isNull():
        return None
    wanted = QRectF(QPointF(box[0], box[1]), QPointF(box[2], box[3]))
    beside = QPointF(there.right() + _GAP, there.top())
    target = QRectF(wanted)
    if at is None:
        target.moveTopLeft(beside)
    else:
        target.moveCenter(at)
        grown = target.adjusted(-24, -24, 24, 24)
        if any(figure.rect.intersects(grown) for figure in page.editor.picture.nodes.values()):
            target.moveLeft(beside.x())
    by = target.topLeft() - wanted.topLeft()
    return (_snapped(by.x()), _snapped(by.y()))


def _free_spot(page: DesignPage, wanted: QPointF) -> QPointF:
    """Return the centre for one block: the wanted one, or the nearest free one beside it."""
    from ui.design.placing import beside

    boxes = {key: figure.rect for key, figure in page.editor.picture.nodes.items()}
    return beside(boxes, wanted, (288.0, 72.0))


def _snapped(value: float) -> float:
    return round(value / 8.0) * 8.0


def _told(name: str, lost: list[str]) -> WorkbenchError:
    """Return what could not be taken over as something the window shows."""
    more = f" And {len(lost) - _MOST_TOLD} more." if len(lost) > _MOST_TOLD else ""
    count = f"{len(lost)} things" if len(lost) > 1 else "Something"
    return WorkbenchError(
        f"{count} of {name} could not be taken over.",
        received=(" ".join(lost[:_MOST_TOLD]) + more).rstrip("."),
        remedy="The rest of the network is there; the problems panel names layers that are not.",
        details="\n".join(lost),
    )
