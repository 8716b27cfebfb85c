"""Pictures of large networks, made in a process of its own.

Painting thousands of layers takes seconds, and ending a PDF or filling a large image cannot be
divided, nor does it let the window's other threads run. The process gets the network and the words
that its figures show, and writes the file: whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from ui.design.canvas.geometry import edge_style
from workbench.apart import Apart, Tell
from workbench.atomic import sweep

if TYPE_CHECKING:
    from ui.design.canvas.picture import Picture
    from workbench.graph.notes import Note

_MODULE = "ui.design.handling.picture_child"


class PictureApart:
    """One picture.

    Args:
        picture: The figures; may be changed while this works.
        notes: Notes and frames of the network.
        only: Ids of the nodes to draw; everything when None.
        path: The file to write; its ending says which kind.
        pages: How a PDF is divided: "one" or "several".
    """

    def __init__(
        self, picture: Picture, notes: Sequence[Note], only: Collection[str] | None, path: Path,
        pages: str,
    ) -> None:  # fmt: skip
        self._path = path
        self._nodes = [(figure.node, figure.shape, figure.count, figure.severity or "")
                       for figure in picture.nodes.values()]  # fmt: skip
        self._edges = [(edge, f.shape, f.dtype) for edge, f in picture.edges.items()]
        self._message: dict[str, Any] = {
            "records": picture.graph.records.to_plain(),
            "notes": [note.to_plain() for note in notes],
            "only": None if only is None else list(only),
            "path": str(path),
            "pages": pages,
            "edge_style": edge_style(),
        }
        platform = QGuiApplication.platformName()
        self._apart = Apart(_MODULE, {"QT_QPA_PLATFORM": platform} if platform else {})

    def run(self, tell: Tell) -> str:
        """Make it; called in a thread that may wait.

        Args:
            tell: Told which share is done, in that thread.

        Returns:
            Why the file could not be written, "" when it was.

        Raises:
            ApartError: The process could not be started, or failed.
        """
        nodes = [[node.to_plain(), *words] for node, *words in self._nodes]
        edges = [[edge.to_plain(), *words] for edge, *words in self._edges]
        answer = self._apart.run({**self._message, "nodes": nodes, "edges": edges}, tell)
        if self._apart.cancelled:
            sweep(self._path.parent, self._path.name)
        return str((answer or {}).get("error", ""))

    def cancel(self) -> None:
        """Give it up; from any thread, at any time. The file stays as it was."""
        self._apart.cancel()
