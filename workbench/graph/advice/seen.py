"""What a rule of advice sees: one layer with its neighbours, tensors and the data's signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workbench.catalog import Catalog
from workbench.graph.changes import UNSET, Batch, Change, SetParam
from workbench.graph.edits import delete
from workbench.graph.fixes import insert_fix
from workbench.graph.inference import NodeInfo, TensorInfo
from workbench.graph.model import Edge, Graph, Node
from workbench.graph.problems import Fix
from workbench.plain import Plain

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

REACH: Final = 8
"""How many layers a rule may walk from the one it looks at; more is not looked at anew."""

DENSE: Final = frozenset({"Dense"})
CONVOLUTIONS: Final = frozenset({"Conv1D", "Conv2D", "Conv3D"})
NOISE: Final = frozenset(
    {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout",
     "GaussianNoise", "AlphaDropout", "ActivityRegularization", "Identity"}
)  # fmt: skip
"""Layers that change no value when the network predicts."""
SHAPING: Final = frozenset({"Flatten", "Reshape", "Permute"})
"""Layers that change no value at any time."""
RECURRENT: Final = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One layer as a rule sees it.

    Attributes:
        graph: The network without blocks.
        catalog: Where layers are described.
        infos: What is known about each node; nodes that cannot be computed are missing.
        signature: What the data offers.
        output: Id of the network's only output, or "".
        node: The layer that is looked at.
    """

    graph: Graph
    catalog: Catalog
    infos: Mapping[str, NodeInfo]
    signature: DataSignature | None
    output: str
    node: Node

    # ---- the layer -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    @property
    def owner(self) -> Node:
        """The node whose settings and weights it uses."""
        return self.graph.owner(self.node)

    @property
    def alone(self) -> bool:
        """Whether no other node uses these weights, so that its settings may be changed here."""
        return not self.node.shared_with and not self.graph.is_shared(self.node.id)

    @property
    def task(self) -> str:
        """The data's task, or ""."""
        return str(self.signature.task or "") if self.signature else ""

    @property
    def classifies(self) -> bool:
        """Whether the target is a class."""
        return self.task in ("binary", "multiclass")

    def value(self, name: str, node: Node | None = None) -> Any:
        """Return a parameter of a layer, its default where it is not set."""
        node = self.graph.owner(node or self.node)
        if name in node.params:
            return node.params[name]
        spec = self.catalog.get(node.layer)
        param = spec.param(name) if spec else None
        return param.default if param else None

    def activation(self, node: Node | None = None) -> str:
        """Return the name of a layer's activation function, `"linear"` for none."""
        found = self.value("activation", node)
        if isinstance(found, Mapping):
            found = found.get("class_name")
        return str(found or "linear").lower()

    def info(self, node: Node | None = None) -> NodeInfo | None:
        """Return what is known about a node."""
        return self.infos.get((node or self.node).id)

    def given(self) -> TensorInfo | None:
        """Return the tensor that leads into the layer, or None."""
        edge = self.edge_in()
        info = self.infos.get(edge.source.node) if edge else None
        return info.outputs.get(edge.source.port) if edge and info else None

    def result(self) -> TensorInfo | None:
        """Return the tensor that the layer gives, or None."""
        info = self.info()
        return info.output if info else None

    # ---- neighbours ----------------------------------------------------------------------

    def edge_in(self, node: Node | None = None) -> Edge | None:
        """Return the only edge into a node, or None."""
        edges = tuple(self.graph.entering((node or self.node).id))
        return edges[0] if len(edges) == 1 else None

    def edge_out(self, node: Node | None = None) -> Edge | None:
        """Return the only edge out of a node, or None."""
        edges = tuple(self.graph.leaving((node or self.node).id))
        return edges[0] if len(edges) == 1 else None

    def before(self, node: Node | None = None) -> Node | None:
        """Return the only node that leads into a node, or None."""
        edge = self.edge_in(node)
        return self.graph.node(edge.source.node) if edge else None

    def after(self, node: Node | None = None) -> Node | None:
        """Return the only node that a node leads into, or None."""
        edge = self.edge_out(node)
        return self.graph.node(edge.target.node) if edge else None

    def upwards(self, through: frozenset[str]) -> Iterator[Node]:
        """Yield the layers before this one that only it uses, as far as they are `through`.

        The last one yielded is the first that is not.
        """
        node: Node | None = self.node
        for _ in range(REACH):
            node = self.before(node)
            if node is None or self.edge_out(node) is None:
                return
            yield node
            if node.layer not in through:
                return

    def source_before(self, through: frozenset[str]) -> Node | None:
        """Return the first layer before this one that is not `through`, or None."""
        *_, last = [None, *self.upwards(through)]
        return last if last is not None and last.layer not in through else None

    # ---- repairs -------------------------------------------------------------------------

    def set(self, name: str, value: Plain, label: str, node: Node | None = None) -> Fix:
        """Return the repair that sets a parameter."""
        return Fix(label, SetParam(self.graph.owner(node or self.node).id, name, value))

    def unset(self, name: str, label: str) -> Fix:
        """Return the repair that takes a parameter back to its default."""
        return Fix(label, SetParam(self.owner.id, name, UNSET))

    def delete(self, node: Node | None = None) -> tuple[Fix, ...]:
        """Return the repair that deletes a node and joins its neighbours."""
        node = node or self.node
        if self.graph.is_shared(node.id):
            return ()
        return (Fix(f"Delete {node.name}", delete(self.graph, [node.id], bridge=True)),)

    def insert(self, edge: Edge, key: str, params: Mapping[str, Plain], label: str) -> Fix:
        """Return the repair that puts a layer into a connection."""
        return insert_fix(self.graph, self.catalog, edge, key, params, label)

    def all(self, changes: list[Change], label: str) -> Fix:
        """Return the repair that makes several changes in one step."""
        return Fix(label, Batch(tuple(changes), label))


def lengths(value: Any, axes: int) -> tuple[int, ...] | None:
    """Return a setting per axis ("strides": 2 → (2, 2)), or None when it is not numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * axes
    if isinstance(value, (list, tuple)) and all(isinstance(n, int) for n in value):
        given = tuple(value)
        return given * axes if len(given) == 1 else given if len(given) == axes else None
    return None


def shown(numbers: tuple[int, ...]) -> str:
    """Return lengths as people write them: "3 × 3"."""
    return " × ".join(map(str, numbers))
