"""The parts of the Design page that arrange, find and picture the network, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.design.handling.arranging import Arranging
from ui.design.handling.find_bar import FindBar
from ui.design.handling.note_events import NoteEvents
from ui.design.handling.notes import Notes
from ui.design.handling.pictures import Pictures
from ui.design.handling.port_cursor import PortCursor

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.design.scopes import Scopes
    from ui.services import Services
    from ui.session import ProjectSession


class Handling(QObject):
    """What one does with the network beside editing it.

    Args:
        services: The window's services.
        canvas: The canvas.
        scopes: Goes into blocks.
    """

    def __init__(self, services: Services, canvas: Canvas, scopes: Scopes) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.arranging = Arranging(services, canvas)
        self.notes = Notes(canvas)
        self.note_events = NoteEvents(canvas, self.notes)
        self.ports = PortCursor(canvas)
        self.finder = FindBar(canvas, scopes)
        self.pictures = Pictures(services, canvas)

    def set_session(self, session: ProjectSession | None) -> None:
        """Serve another project, or none."""
        self.arranging.set_session(session)
        self.finder.set_session(session)
        self.pictures.session = session
