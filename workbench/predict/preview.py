"""The job `preview`: one row through the network, and what every node made of it.

Spec: `{"project", "data": plain, "revision": int, "run_id": str | None, "seed": int, "precision",
"part": "all", "index": int, "row": int | None, "nodes": [ids], "detail": id | None,
"first": int, "weights": bool}`. The network is the one that the last `infer` of this engine was
about, if it has that revision; else `"graph"` and `"signature"` are in the spec. `run_id` may be
`"imported"` for the weights that were imported with the network. `row` counts from
0 and goes before `part` and `index`. `detail` asks for more about one node, its maps from channel
`first` on; `weights` asks for the weights of every node.
Result: `workbench.graph.preview.Preview` as plain data with arrays.

A stop ends it soon, with what is known so far (`stopped`): the window stops what an edit has made
stale, and the engine is free for the shapes. Built layers and values stay for the next question.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.build.infer_job import InferSession, last_session
from workbench.build.starting_weights import starting_arrays
from workbench.catalog import Catalog, load_catalog
from workbench.data.encoder import Encoder
from workbench.data.spec import DataSpec
from workbench.errors import EngineError, GraphError, Place
from workbench.graph.expand import Expanded, expand
from workbench.graph.inference import Inference
from workbench.graph.model import INPUT_LAYER, Graph
from workbench.graph.order import output_nodes
from workbench.graph.ports import node_params
from workbench.graph.preview import Activation, NodePreview, Preview, Weights, WeightTensor
from workbench.graph.starting_weights import IMPORTED, weights_of
from workbench.jobs import Control, Emit
from workbench.predict.closer import Closer
from workbench.predict.condense import LARGE, SMALL, activation_of
from workbench.predict.forward import Forward, to_numpy
from workbench.predict.kept_layers import KeptLayers, TrainedWeights
from workbench.predict.network import Network
from workbench.predict.places import Places
from workbench.predict.samples import Rows, Samples
from workbench.training.load import load_run

MOST_NODES = 400
"""Most nodes that one preview tells of."""
_RUNS_KEPT = 2
_WEIGHTS_BENEATH = 4
"""Weights told of each node where those of every node are asked for."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What is kept of a run, or of imported weights: those know no data."""

    weights: TrainedWeights
    encoder: Encoder | None = None
    data: DataSpec | None = None


class PreviewSession:
    """Everything that stays between two previews.

    Args:
        catalog: Where the layers are described; the shipped one when None.
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        self._catalog = catalog or load_catalog()
        self.layers = KeptLayers(self._catalog)
        self.forward = Forward()
        self.closer = Closer()
        self._samples = Samples()
        self._runs: dict[tuple[str, str], _Run] = {}
        self._network: Network | None = None
        self._places = Places(Expanded(Graph()))
        self._network_key: tuple[Any, ...] = ()
        self._own = InferSession(self._catalog)

    def run(self, spec: dict[str, Any], emit: Emit, control: Control) -> Preview:
        """Answer a question; see the module.

        Raises:
            WorkbenchError: There is no such network, row or run.
        """
        graph, shapes = self._graph(spec)
        project = Path(spec["project"])
        asked_run = spec.get("run_id") or ""
        run = (
            self._imported(project, graph)
            if asked_run == IMPORTED
            else self._run(project, asked_run, emit)
        )
        control.check()
        rows = self._samples.rows(
            (run and run.data) or DataSpec.from_plain(spec["data"]),
            project,
            run.encoder if run else None,
        )
        given = spec.get("row")
        sample = rows.choose(
            str(spec.get("part") or "all"),
            int(spec.get("index") or 0),
            None if given is None else int(given),
        )
        wanted = [str(node) for node in spec.get("nodes", ())][:MOST_NODES]
        detail = str(spec.get("detail") or "")

        def progress(done: int, total: int) -> None:
            if total > 200 and done % 50 == 0:
                emit({"event": "progress", "done": done, "total": total, "seconds_left": None})

        network, places = self._network_for(graph, shapes, spec, run)
        asked = [n for n in dict.fromkeys([*wanted, detail]) if places.knows(n)]
        encoded = rows.encoded([sample.row])
        needed = [layer for node in asked for layer in places.needed(node)]
        # With the weights of a run all layers are made: which of them fit is to be told.
        spread = bool(spec.get("weights"))
        opened = [n for n in asked if not places.is_layer(n)] if spread else [detail]
        inside = [layer for node in opened if node for layer in places.layers_in(node)]
        network.make(self.layers, control, progress, None if run else [*needed, *inside])
        self.layers.end()
        self.forward.run(network, encoded, (sample.row, rows.serial), needed, control, progress)
        if places.is_layer(detail) and not control.stopped.is_set():
            self.closer.look(network, self.forward, rows, detail, control)
        elif detail in asked:
            self.closer.look_into(network, detail, places.layers_in(detail))
        nodes: dict[str, NodePreview] = {}
        for node in asked:
            if control.stopped.is_set() and nodes:
                break
            found = (
                self._layer(network, node, rows, spec, large=node == detail)
                if places.is_layer(node)
                else self._use(network, places, node, spec, large=node == detail)
            )
            if found.outputs or found.message or not control.stopped.is_set():
                nodes[node] = found
        trained, fresh = _whose(network, bool(run))
        return Preview(
            nodes, sample, int(spec.get("revision", 0)), asked_run if run else "",
            trained, fresh, control.stopped.is_set(),
        )  # fmt: skip

    # ---- what is asked about ---------------------------------------------------------------

    def _graph(self, spec: dict[str, Any]) -> tuple[Graph, Inference]:
        if "graph" in spec:
            self._own.run({key: spec[key] for key in ("graph", "signature") if key in spec})
            session: InferSession | None = self._own
        else:
            session = last_session()
        if session is None or session.graph is None or session.found is None:
            raise EngineError("The engine does not know this network yet.", place=Place("engine"))
        if "graph" not in spec and session.found.revision != int(spec.get("revision", 0)):
            raise EngineError("The network has changed since.", place=Place("engine"))
        return session.graph, session.found

    def _run(self, project: Path, run_id: str, emit: Emit) -> _Run | None:
        if not run_id:
            return None
        key = (str(project), run_id)
        if key not in self._runs:
            emit({"event": "phase", "text": "Opening the run"})
            loaded = load_run(project, run_id)
            weights = TrainedWeights.of(run_id, loaded.model)
            self._keep(key, _Run(weights, loaded.encoder, loaded.spec.data))
        return self._runs[key]

    def _imported(self, project: Path, graph: Graph) -> _Run | None:
        """Return the imported weights of a network, None where it has none (any more)."""
        records = weights_of(graph)
        if not records:
            return None
        names = [(node.id, node.name) for node in expand(graph).graph]
        mark = hash((tuple(r.file for r in records), tuple(names)))
        key = (str(project), f"{IMPORTED} {mark:x}")
        if key not in self._runs:
            arrays = starting_arrays(graph, project)
            layers = {name: ("", some) for name, some in arrays.items()}
            self._keep(key, _Run(TrainedWeights(key[1], layers)))
        return self._runs[key]

    def _keep(self, key: tuple[str, str], run: _Run) -> None:
        self._runs[key] = run
        while len(self._runs) > _RUNS_KEPT:
            del self._runs[next(iter(self._runs))]

    def _network_for(
        self, graph: Graph, shapes: Inference, spec: dict[str, Any], run: _Run | None
    ) -> tuple[Network, Places]:
        """Return the network, that of the last time if nothing changed."""
        seed, policy = int(spec.get("seed", 0)), str(spec.get("precision") or "float32")
        key = (seed, policy, run.weights.run_id if run else "")
        known = self._network
        if known is not None and key == self._network_key and known.shapes is shapes:
            return known, self._places
        for problem in shapes.problems:
            if problem.code == "too_large" and problem.place.kind == "graph":
                raise GraphError(problem.message, place=problem.place)
        expanded = expand(graph)
        self.layers.begin(seed, policy, run.weights if run else None)
        self._places = Places(expanded)
        self._network, self._network_key = Network(expanded.graph, shapes, self._catalog), key
        return self._network, self._places

    # ---- the answer ------------------------------------------------------------------------

    def _layer(
        self, network: Network, node_id: str, rows: Rows, spec: dict[str, Any], *, large: bool
    ) -> NodePreview:
        outputs: dict[str, Activation] = {}
        arrays: list[Any] = []
        for port, tensor in self.forward.outputs(node_id).items():
            arrays.append(to_numpy(tensor)[0])
            outputs[port] = self._shown(network, node_id, tensor, spec, large=large)
        layer = network.layers.get(node_id)
        labels, user = _meaning(network.graph, node_id, arrays, rows.encoder)
        message = self.forward.message(node_id)
        if not outputs and not message:
            message = "Nothing leads to it in order: it is part of a cycle."
        return NodePreview(
            node_id, outputs, message, layer.weights if layer else "", labels, user,
            self.closer.detail(network, node_id) if large else None,
            _spread(network, [node_id], spec),
        )  # fmt: skip

    def _use(
        self, network: Network, places: Places, node_id: str, spec: dict[str, Any], *, large: bool
    ) -> NodePreview:
        """Return what a use of a block (or a port of it) gives."""
        outputs: dict[str, Activation] = {}
        message = ""
        for port, end in places.sources(node_id).items():
            tensor = self.forward.outputs(end.node).get(end.port) if end else None
            if tensor is not None and end is not None:
                outputs[port] = self._shown(network, end.node, tensor, spec, large=large)
            else:
                message = self.forward.message(end.node) if end else "Nothing leads to this port."
        whose = {
            kept.weights for at in places.layers_in(node_id) if (kept := network.layers.get(at))
        }
        weights: Weights = "fresh" if "fresh" in whose else "trained" if "trained" in whose else ""
        return NodePreview(
            node_id, outputs, "" if outputs else message or "Nothing comes out of it.", weights,
            detail=self.closer.detail(network, node_id) if large else None,
            spread=_spread(network, places.layers_in(node_id), spec),
        )  # fmt: skip

    def _shown(
        self, network: Network, node_id: str, tensor: Any, spec: dict[str, Any], *, large: bool
    ) -> Activation:
        """Return what is sent of a layer's output."""
        node = network.graph.node(node_id)
        layer_spec = network.spec(node)
        params = node_params(network.graph, node, layer_spec) if layer_spec else {}
        return activation_of(
            to_numpy(tensor)[0], _dtype(tensor), LARGE if large else SMALL,
            channels_first=params.get("data_format") == "channels_first",
            first=int(spec.get("first") or 0) if large else 0,
        )  # fmt: skip


def _dtype(tensor: Any) -> str:
    import keras

    return str(keras.backend.standardize_dtype(tensor.dtype))


def _meaning(
    graph: Graph, node_id: str, arrays: list[Any], encoder: Encoder
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return what the values of the network's output mean: class names, or user units."""
    if output_nodes(graph) != [node_id] or not arrays or graph.node(node_id).layer == INPUT_LAYER:
        return (), ()
    array = arrays[0]
    if array.ndim != 1 or encoder.target is None:
        return (), ()
    if encoder.task == "regression":
        values = encoder.to_user_units(np.asarray(array, np.float32).reshape(1, -1))
        return (), tuple(float(value) for value in values.reshape(-1))
    if len(array) == len(encoder.classes):
        return tuple(encoder.classes), ()
    if len(array) == 1 and len(encoder.classes) == 2:
        return (encoder.classes[1],), ()
    return (), ()


def _spread(
    network: Network, layers: list[str], spec: dict[str, Any]
) -> tuple[WeightTensor, ...] | None:
    """Return the first weights of layers, each shared one once; None where they are not wanted."""
    if not spec.get("weights"):
        return None
    kept = {k.serial: k for at in layers if (k := network.layers.get(at)) is not None}
    found: list[WeightTensor] = []
    for layer in kept.values():
        found += layer.views()
        if len(found) >= _WEIGHTS_BENEATH:
            break
    return tuple(found[:_WEIGHTS_BENEATH])


def _whose(network: Network, asked: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the layers with weights of the run, and of those without."""
    if not asked:
        return (), ()
    found: dict[str, dict[str, None]] = {"trained": {}, "fresh": {}}
    for node_id, kept in network.layers.items():
        if kept.weights:
            owner = network.graph.owner(network.graph.node(node_id))
            found[kept.weights][owner.name] = None
    return tuple(found["trained"]), tuple(found["fresh"])


_sessions: list[PreviewSession] = []


def preview(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Preview; the job of that name. See the module."""
    if not _sessions:
        _sessions.append(PreviewSession())
    return _sessions[0].run(spec, emit, control).to_plain()
