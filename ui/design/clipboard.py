"""Cut, copy, paste and duplicate through the system's clipboard, as JSON text."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from ui.design.canvas.geometry import snap
from ui.design.editor import Editor
from workbench.errors import GraphError
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, PORT_SPECS
from workbench.graph.clipboard import copy, duplicate, paste

_STEP = 24.0
_READABLE = 500
"""Number of layers up to which the copied text has a line for each value; more would take long."""


class Clipboard:
    """Moves layers between the network and the clipboard.

    Args:
        editor: Makes the changes.
    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._last = ""
        self._pasted = 0

    def copy(self) -> bool:
        """Copy the selected layers; returns whether there were any."""
        nodes = self._editor.selection.nodes
        if not nodes:
            return False
        indent = 1 if len(nodes) <= _READABLE else None
        text = json.dumps(copy(self._editor.graph, nodes), ensure_ascii=False, indent=indent)
        data = QMimeData()
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        self._last, self._pasted = text, 0
        return True

    def cut(self) -> bool:
        """Copy the selected layers, then delete them."""
        return self.copy() and self._editor.delete_selected()

    def paste(self, at: QPointF | None) -> bool:
        """Add the layers of the clipboard and select them.

        Args:
            at: Scene point that their middle goes to; None puts them beside the originals.
        """
        text = QGuiApplication.clipboard().text()
        try:
            offset = self._offset(text, at)
            inside = bool(self._editor.scope)
            part = text if inside else without_ports(text)
            block = self._editor.block
            within = block.id if block is not None else ""
            change, ids = paste(self._editor.graph, part, offset, within)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
            return False
        if not self._editor.apply(change):
            return False
        self._editor.selection.select(ids)
        return True

    def duplicate(self) -> bool:
        """Add a copy of the selected layers beside them and select it."""
        nodes = self._editor.selection.nodes
        if not nodes:
            return False
        box = self._editor.picture.bounds(nodes)
        change, ids = duplicate(self._editor.graph, nodes, (snap(box.width() + _STEP), 0.0))
        if not self._editor.apply(change):
            return False
        self._editor.selection.select(ids)
        return True

    def _offset(self, text: str, at: QPointF | None) -> tuple[float, float]:
        self._pasted = self._pasted + 1 if text == self._last else 1
        self._last = text
        if at is None:
            return (_STEP * self._pasted, _STEP * self._pasted)
        middle = _middle(text)
        if middle is None:
            return (snap(at.x()), snap(at.y()))
        return (snap(at.x() - middle.x()), snap(at.y() - middle.y()))


def without_ports(text: str) -> Any:
    """Return copied layers without the ports of a block, which stand inside blocks only."""
    if BLOCK_INPUT not in text and BLOCK_OUTPUT not in text:
        return text
    try:
        plain = json.loads(text)
        nodes = [node for node in plain["nodes"] if node["layer"] not in PORT_SPECS]
        kept = {node["id"] for node in nodes}
        edges = [
            edge
            for edge in plain["edges"]
            if edge["source"][0] in kept and edge["target"][0] in kept
        ]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return text
    return {**plain, "nodes": nodes, "edges": edges}


def _middle(text: str) -> QPointF | None:
    try:
        points = [(float(n["position"][0]), float(n["position"][1]))
                  for n in json.loads(text)["nodes"]]  # fmt: skip
        rects = [[float(v) for v in n["rect"]] for n in json.loads(text).get("notes", ())]
        points += [(x + width / 2, y + height / 2) for x, y, width, height in rects]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return QPointF((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
