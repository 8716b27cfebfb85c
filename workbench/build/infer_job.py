"""The job `infer`: shapes and problems of a network, kept from edit to edit.

The window sends the whole network once and then only the changes; both sides count the same
revisions. The design engine keeps one `InferSession` for its life.
"""

from __future__ import annotations

import gc
from typing import Any

from workbench.build.shapes import ShapeInference
from workbench.catalog import Catalog, load_catalog
from workbench.data.spec import DataSignature
from workbench.errors import EngineError
from workbench.graph.changes import change_from_plain, graph_part
from workbench.graph.inference import Inference
from workbench.graph.inference_delta import SINCE, difference
from workbench.graph.model import Graph
from workbench.jobs import Control, Emit


class InferSession:
    """A network as the engine knows it, and what was inferred about it.

    Args:
        catalog: Where the layers are described; the shipped one when None.

    Attributes:
        found: What was inferred last, or None.
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        self._shapes = ShapeInference(catalog or load_catalog())
        self._graph: Graph | None = None
        self.found: Inference | None = None
        self._signature: DataSignature | None = None

    def run(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Infer after an edit.

        Args:
            spec: `{"graph": plain, "signature": plain or None, "revision": int}`, or
                `{"changes": [plain …], "revision": int}` relative to the last network, with
                `"signature"` where it changed. With `"since"`, the revision of an answer that
                the asker has, the answer may tell what changed since then.

        Returns:
            The inference as plain data, or a `workbench.graph.inference_delta.difference`.

        Raises:
            EngineError: There is no last network, or the changes do not fit it; send the whole
                network next.
            GraphError: The network cannot be read.
        """
        if "graph" in spec:
            self._graph = Graph.from_plain(spec["graph"])
            self._signature = None
        else:
            self._graph = self._changed(spec.get("changes", []))
        if spec.get("signature") is not None:
            self._signature = DataSignature.from_plain(spec["signature"])
        elif "signature" in spec:
            self._signature = None
        before, self.found = self.found, None
        self.found = self._shapes.infer(self._graph, self._signature, int(spec.get("revision", 0)))
        if before is not None and spec.get(SINCE) == before.revision:
            return difference(before, self.found)
        return self.found.to_plain()

    @property
    def graph(self) -> Graph | None:
        """The network that `found` is about, or None."""
        return self._graph if self.found is not None else None

    def _changed(self, changes: list[Any]) -> Graph:
        graph, self._graph = self._graph, None  # what fails half way is not kept
        if graph is None:
            raise EngineError("The engine does not know this network yet.")
        try:
            for plain in changes:
                change = graph_part(change_from_plain(plain))
                if change is not None:
                    graph.apply(change)
        except Exception as error:
            raise EngineError(
                "The engine lost track of the network.", details=f"{type(error).__name__}: {error}"
            ) from error
        return graph


_sessions: list[InferSession] = []


def last_session() -> InferSession | None:
    """Return what the job `infer` of this process knows, or None before its first run."""
    return _sessions[0] if _sessions else None


def infer(spec: dict[str, Any], _emit: Emit, _control: Control) -> dict[str, Any]:
    """Infer shapes and problems; the job of that name. See `InferSession.run`."""
    if not _sessions:
        _sessions.append(InferSession())
        # Layers are made and dropped by the hundred, which starts Python's collector; without
        # this it would walk through everything that the backend ever made: pauses of 0.4 s.
        gc.collect()
        gc.freeze()
    return _sessions[0].run(spec)
