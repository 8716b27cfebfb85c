"""A network whose layers are made as far as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from workbench.catalog import Catalog, LayerSpec
from workbench.graph.inference import Inference, TensorInfo
from workbench.graph.model import INPUT_LAYER, Graph, Node
from workbench.graph.order import output_nodes, topological_order, upstream
from workbench.graph.ports import node_params, port_exists
from workbench.graph.specs import spec_of
from workbench.jobs import Control
from workbench.predict.kept_layers import Kept, KeptLayers

Progress = Callable[[int, int], None]

_ABOUT_THE_WHOLE = frozenset(
    {"several_outputs", "separate_part", "output_units", "output_activation"}
)
"""Problems that are shown at a node but do not keep it from being computed."""


@dataclass(slots=True)
class Network:
    """A network and its layers; those that could not be made are told.

    Attributes:
        graph: The network, its blocks expanded.
        shapes: What inference said about it.
        catalog: Where the layers are described.
        order: Ids of all nodes, each after those that lead into it.
        layers: Node id → layer; inputs have none.
        blocked: Node id → why it cannot be computed, in the person's words.
        made: How many nodes of `order` have been looked at.
    """

    graph: Graph
    shapes: Inference
    catalog: Catalog
    order: list[str] = field(init=False)
    layers: dict[str, Kept] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    made: int = 0
    _owners: dict[str, Kept] = field(default_factory=dict)
    _outputs: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Order the nodes."""
        self.order = topological_order(self.graph)
        self._outputs = frozenset(output_nodes(self.graph))

    def tensor(self, node_id: str, port: str) -> TensorInfo | None:
        """Return what inference says about an output, or None."""
        info = self.shapes.everywhere.get(node_id)
        return info.outputs.get(port) if info else None

    def spec(self, node: Node) -> LayerSpec | None:
        """Return the description of a node's layer, or None."""
        return spec_of(self.graph, self.catalog, node.layer)

    def upto(self, wanted: Iterable[str]) -> list[str]:
        """Return the wanted nodes and all that lead into them, in order."""
        needed = upstream(self.graph, [node for node in wanted if node in self.graph])
        return [node for node in self.order if node in needed]

    def make(
        self, kept: KeptLayers, control: Control, progress: Progress, wanted: Iterable[str] | None
    ) -> None:
        """Make the layers up to the last of some nodes, in order; the rest waits.

        Args:
            kept: Makes the layers; its `begin` was called for this network and no other since.
            control: Looked at between two layers; a stop leaves the rest unmade.
            progress: Told how many layers are done, of how many.
            wanted: Ids of nodes; None for all layers.
        """
        end = len(self.order)
        if wanted is not None:
            last = set(wanted)
            end = 1 + max((at for at, n in enumerate(self.order) if n in last), default=-1)
        while self.made < end:
            control.check()
            if control.stopped.is_set():
                return
            progress(self.made, end)
            node = self.graph.node(self.order[self.made])
            reason = self._reason(node)
            if reason:
                self.blocked[node.id] = reason
            elif node.layer != INPUT_LAYER:
                self._make(node, kept)
            self.made += 1

    def _reason(self, node: Node) -> str:
        """Return why inference found no result for a node, or ""."""
        known = node.id in self.shapes.everywhere
        for problem in self.shapes.problems_of(node.id):
            if problem.severity != "error" or problem.code in _ABOUT_THE_WHOLE:
                continue
            if not known or problem.code == "too_large":
                return problem.message
        return "" if known else "What leads into it is not known."

    def _make(self, node: Node, kept: KeptLayers) -> None:
        graph, owner = self.graph, self.graph.owner(node)
        spec = self.spec(node)
        if spec is None:
            self.blocked[node.id] = f"There is no layer called {node.layer}."
            return
        found = self._owners.get(owner.id)
        if found is None:
            params = node_params(graph, node, spec)
            ports = [port for port in spec.inputs if port_exists(port, spec, params)]
            inputs = tuple(
                (edge.target.port, tensor)
                for edge in graph.incoming(node.id)
                if (tensor := self.tensor(edge.source.node, edge.source.port)) is not None
            )
            exact = self._outputs == {node.id}
            try:
                found = kept.take(
                    owner, spec, ports, inputs, dict(params), exact=exact,
                    records=self.graph.records,
                )  # fmt: skip
            except Exception as error:  # Keras and the backends raise all sorts
                self.blocked[node.id] = words_for(error)
                return
            self._owners[owner.id] = found
        self.layers[node.id] = found


def words_for(error: BaseException) -> str:
    """Return what an exception says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= 300 else text[:299] + "…"
