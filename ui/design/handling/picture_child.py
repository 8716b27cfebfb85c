"""The process that makes a picture of a large network: `picture_apart` tells it what to draw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from ui.design.canvas.figure_set import Facts, FigureSet, Subject
from ui.design.canvas.geometry import set_edge_style
from ui.design.handling.drawing import Drawing
from ui.design.handling.rendering import file_bytes
from ui.theme import Theme
from workbench.apart import Tell, serve
from workbench.atomic import reason, replace_file
from workbench.catalog import load_catalog
from workbench.graph import Edge, Graph
from workbench.graph.notes import read_note
from workbench.graph.records import Records

_READ, _DRAWN, _PAINTED = 0.05, 0.3, 0.9
"""Shares of the work: when the network is read, its figures are made, the picture is painted."""


def make_picture(message: Any, tell: Tell) -> dict[str, str]:
    """Draw a network and write the file.

    Args:
        message: As `PictureApart` sends it.
        tell: Told which share is done.

    Returns:
        `error`: why the file could not be written, "" when it was.
    """
    nodes, edges = message["nodes"], message["edges"]
    plain = {"nodes": [entry[0] for entry in nodes], "edges": [entry[0] for entry in edges]}
    graph = Graph.from_plain(plain, Records.from_plain(message["records"]))
    set_edge_style(message["edge_style"])
    tell(_READ)
    facts: Facts = {
        entry[0]["id"]: ((entry[3], ""),) for entry in nodes if entry[3] in ("error", "warning")
    }
    figures = FigureSet()
    for share in figures.fill(Subject(graph, load_catalog(), None, facts)):
        tell(_READ + (_DRAWN - _READ) * share)
    for entry in nodes:
        figure = figures.nodes[entry[0]["id"]]
        figure.shape, figure.count = entry[1], entry[2]
    for entry in edges:
        drawn = figures.edges.get(Edge.from_plain(entry[0]))
        if drawn is not None:
            drawn.shape, drawn.dtype = entry[1], entry[2]
    path = Path(message["path"])
    drawing = Drawing(figures, [read_note(note) for note in message["notes"]], message["only"])
    data = file_bytes(
        drawing, path.suffix.lower(), message["pages"], path.stem,
        lambda share: tell(_DRAWN + (_PAINTED - _DRAWN) * share),
    )  # fmt: skip
    try:
        replace_file(path, lambda temporary: _write(temporary, data))
    except OSError as error:
        known, _, words = reason(error)
        return {"error": known or words}
    return {"error": ""}


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    Theme("light").install(application)
    serve(make_picture)
