"""Takes differences over into the network on the Design page, each in one step to undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from workbench.errors import WorkbenchError
from workbench.graph.taking_over import take_over, take_over_all

if TYPE_CHECKING:
    from ui.compare.live import LiveComparison
    from ui.compare.overlay import Overlay
    from ui.design import DesignPage
    from ui.main_window import MainWindow
    from workbench.graph.differences import Difference


class Taking(QObject):
    """Makes the changes that differences stand for.

    Args:
        live: What differs.
        overlay: Where ghosts stand.
        window: The main window.
        page: The Design page.
    """

    def __init__(
        self, live: LiveComparison, overlay: Overlay, window: MainWindow, page: DesignPage
    ) -> None:
        super().__init__(page)
        self._live, self._overlay, self._window, self._page = live, overlay, window, page

    @Slot(object, str)
    def take_over(self, row: Difference, field: str) -> None:
        """Put what the other network has into the present one.

        Args:
            row: The difference.
            field: Only this of what differs; all of it when empty.
        """
        found, session = self._live.found, self._window.session
        if found is None or session is None or not self._is_fresh():
            return
        figure = None if row.node or row.record else self._overlay.ghosts.nodes.get(row.old)
        centre = figure.rect.center() if figure is not None else None
        place = (centre.x(), centre.y()) if centre is not None else None
        try:
            session.apply(take_over(found, row, self._page.picture.catalog, field, place))
        except WorkbenchError as error:
            self._page.notice.say(" ".join(filter(None, (error.message, error.remedy))))

    @Slot()
    def take_over_all(self) -> None:
        """Put the other network in the place of the present one."""
        found, session = self._live.found, self._window.session
        if found is None or session is None or not self._is_fresh():
            return
        try:
            session.apply(take_over_all(found))
        except WorkbenchError as error:
            self._window.services.show_error(error)

    def _is_fresh(self) -> bool:
        """Tell whether the list is of the network as it is; say so when it is not yet."""
        if not self._live.fresh:
            self._page.notice.say("The list is being brought up to date. Try again in a moment.")
        return self._live.fresh
