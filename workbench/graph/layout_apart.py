"""The layout of a large network in a process of its own, so that it can be given up at once.

The layout runs in compiled code that neither lets other threads of its process run nor can be
interrupted. `python -m workbench.graph.layout_apart` reads a network as JSON from its input and
writes the places to its output.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

from workbench.errors import GraphError
from workbench.graph.changes import MoveNodes
from workbench.graph.layout import Direction, Sizes, layout
from workbench.graph.model import Graph
from workbench.plain import PlainDict


class LayoutApart:
    """One layout in a process of its own.

    Args:
        graph: The network; not to be changed while this works.
        sizes: Node id → width and height in scene units.
        direction: The way tensors flow.
        only: Nodes to move; all when None.
    """

    def __init__(
        self,
        graph: Graph,
        sizes: Sizes,
        direction: Direction = "vertical",
        only: Collection[str] | None = None,
    ) -> None:
        self._graph, self._sizes = graph, sizes
        self._direction, self._only = direction, only
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()

    def run(self) -> MoveNodes:
        """Lay out; called in a thread that may wait.

        Returns:
            The change that arranges the nodes; an empty one after `cancel`.

        Raises:
            GraphError: The process could not be started, or failed.
        """
        message = json.dumps(self._message()).encode()
        with self._lock:
            if self._cancelled.is_set():
                return MoveNodes({})
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=_environment(),
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise GraphError("The layers cannot be placed.", received=str(error)) from error
        written, complaint = self._process.communicate(message)
        if self._cancelled.is_set():
            return MoveNodes({})
        if self._process.returncode != 0:
            last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise GraphError("The layers could not be placed.", received=last[:400])
        places = json.loads(written)
        return MoveNodes({node_id: (float(x), float(y)) for node_id, (x, y) in places.items()})

    def cancel(self) -> None:
        """Give it up; from any thread, at any time."""
        with self._lock:
            self._cancelled.set()
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()

    def _message(self) -> PlainDict:
        nodes = [
            {"id": n.id, "layer": "Layer", "name": n.id, "position": list(n.position)}
            for n in self._graph
        ]
        message: dict[str, Any] = {
            "graph": {"nodes": nodes, "edges": [edge.to_plain() for edge in self._graph.edges]},
            "sizes": {node_id: list(size) for node_id, size in self._sizes.items()},
            "direction": self._direction,
            "only": None if self._only is None else sorted(self._only),
        }
        return message


def _environment() -> dict[str, str]:
    """Return this process's environment, in which its child finds this package too."""
    here = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in (here, before) if p)}


def _answer(message: Any) -> dict[str, list[float]]:
    sizes = {node_id: (float(w), float(h)) for node_id, (w, h) in message["sizes"].items()}
    direction = cast("Direction", message["direction"])
    only = None if message["only"] is None else set(message["only"])
    moves = layout(Graph.from_plain(message["graph"]), sizes, direction, only)
    return {node_id: list(at) for node_id, at in moves.positions.items()}


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
