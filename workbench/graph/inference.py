"""What shape inference found out, without Keras: the window reads it, the engine makes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from workbench.graph.problems import Problem
from workbench.plain import PlainDict

_DTYPE_BYTES = {
    "float64": 8, "int64": 8, "uint64": 8, "complex64": 8, "complex128": 16,
    "float16": 2, "bfloat16": 2, "int16": 2, "uint16": 2, "int8": 1, "uint8": 1, "bool": 1,
}  # fmt: skip


def dtype_bytes(dtype: str) -> int:
    """Return the bytes of one value; 4 for the usual types and unknown ones."""
    return _DTYPE_BYTES.get(dtype, 4)


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Shape and dtype of one tensor.

    Attributes:
        shape: Axis lengths, the batch axis (None) first; None where a length is not known.
        dtype: Keras dtype name, for example `"float32"`.
    """

    shape: tuple[int | None, ...]
    dtype: str = "float32"

    @property
    def row_bytes(self) -> int:
        """Memory of one row; unknown axes count as 1."""
        return math.prod(n or 1 for n in self.shape[1:]) * dtype_bytes(self.dtype)

    def to_plain(self) -> PlainDict:
        """Return the description as plain data."""
        return {"shape": list(self.shape), "dtype": self.dtype}

    @classmethod
    def from_plain(cls, plain: Any) -> TensorInfo:
        """Read a description written by `to_plain`."""
        return cls(tuple(plain["shape"]), plain["dtype"])


@dataclass(frozen=True)
class NodeInfo:
    """What is known about one node.

    Attributes:
        outputs: Output port id → tensor; empty when the node cannot be computed.
        parameters: Number of weight values the node brings; 0 where it shares another node's.
        trainable: How many of them training changes.
        weight_bytes: Memory of the weights.
        states: How many of the parameters training changes without gradients: moving averages.
        macs: Multiply-adds of one row (`workbench.graph.costs`); None where not known.
        receptive: Values of the input that one value of the output sees, per axis between batch
            and channels; None where all places are mixed or it is not known.
        axes: Output port → name of each axis, "" where not certain (`workbench.graph.axes`).
        kept_bytes: Memory that a training step keeps of one row for the way back.
    """

    outputs: Mapping[str, TensorInfo] = field(default_factory=dict)
    parameters: int = 0
    trainable: int = 0
    weight_bytes: int = 0
    states: int = 0
    macs: int | None = None
    receptive: tuple[int, ...] | None = None
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept_bytes: int = 0

    @property
    def output(self) -> TensorInfo | None:
        """The first output tensor, or None."""
        return next(iter(self.outputs.values()), None)

    @cached_property
    def row_bytes(self) -> int:
        """Memory of the outputs for one row."""
        return sum(tensor.row_bytes for tensor in self.outputs.values())

    @cached_property
    def plain(self) -> PlainDict:
        """The description as plain data, made once (it is sent after every edit)."""
        return {
            "outputs": {port: tensor.to_plain() for port, tensor in self.outputs.items()},
            "parameters": self.parameters,
            "trainable": self.trainable,
            "weight_bytes": self.weight_bytes,
            "more": [
                self.states,
                self.macs,
                list(self.receptive) if self.receptive is not None else None,
                {port: list(names) for port, names in self.axes.items()},
                self.kept_bytes,
            ],
        }

    @classmethod
    def from_plain(cls, plain: Any) -> NodeInfo:
        """Read a description written by `plain`."""
        states, macs, receptive, axes, kept = plain.get("more", (0, None, None, {}, 0))
        return cls(
            {port: TensorInfo.from_plain(t) for port, t in plain["outputs"].items()},
            plain["parameters"],
            plain["trainable"],
            plain["weight_bytes"],
            states,
            macs,
            tuple(receptive) if receptive is not None else None,
            {port: tuple(names) for port, names in axes.items()},
            kept,
        )

    @property
    def frozen(self) -> int:
        """How many parameters training would change were they not frozen."""
        return self.parameters - self.trainable - self.states


@dataclass(frozen=True)
class Inference:
    """Shapes, sizes and problems of a whole graph.

    Attributes:
        nodes: Node id → what is known; nodes that could not be computed are missing.
        problems: Everything wrong with the graph: structure, parameters, shapes and the fit to
            the data. `workbench.graph.checks.check_graph` need not be asked beside it.
        revision: The document's revision it was made for.
        inside: What stands in blocks, by the ids of the expanded network
            (`workbench.graph.expand`): `use/layer`.
    """

    nodes: Mapping[str, NodeInfo] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    revision: int = 0
    inside: Mapping[str, NodeInfo] = field(default_factory=dict)

    @cached_property
    def everywhere(self) -> Mapping[str, NodeInfo]:
        """The nodes and what stands in blocks together."""
        return {**self.nodes, **self.inside} if self.inside else self.nodes

    def scoped(self, use: str) -> Inference:
        """Return what is known about the network inside one use of a block.

        Args:
            use: Id of the use in the expanded network: `outer`, `outer/inner`.

        Returns:
            The inference as if that network stood alone: ids without the use's.
        """
        if not use:
            return self
        if use not in self._scoped:
            self._scoped[use] = self._scope(use)
        return self._scoped[use]

    @cached_property
    def _scoped(self) -> dict[str, Inference]:
        return {}

    def _scope(self, use: str) -> Inference:
        start = f"{use}/"
        nodes = {
            at.removeprefix(start): info
            for at, info in self.inside.items()
            if at.startswith(start) and "/" not in at.removeprefix(start)
        }
        problems = tuple(
            replace(p, place=replace(p.place, id=p.place.id.removeprefix(start)))
            for p in self.problems
            if p.place.id.startswith(start)
        )
        return Inference(nodes, problems, self.revision)

    @cached_property
    def has_errors(self) -> bool:
        """True while something prevents training."""
        return any(problem.severity == "error" for problem in self.problems)

    @cached_property
    def parameters(self) -> int | None:
        """Number of weight values in all; None while an error exists."""
        return None if self.has_errors else sum(n.parameters for n in self.nodes.values())

    @cached_property
    def trainable(self) -> int | None:
        """How many weight values training changes; None while an error exists."""
        return None if self.has_errors else sum(n.trainable for n in self.nodes.values())

    @cached_property
    def weight_bytes(self) -> int | None:
        """Memory of all weights; None while an error exists."""
        return None if self.has_errors else sum(n.weight_bytes for n in self.nodes.values())

    @cached_property
    def macs(self) -> int | None:
        """Multiply-adds of one row in all; None while an error exists or one is not known."""
        if self.has_errors:
            return None
        known = [n.macs for n in self.nodes.values() if n.macs is not None]
        return sum(known) if len(known) == len(self.nodes) else None

    def axes(self, node_id: str, port: str) -> tuple[str, ...]:
        """Return the names of the axes of an output port's tensor; () when nothing is known."""
        info = self.nodes.get(node_id)
        return info.axes.get(port, ()) if info else ()

    def tensor(self, node_id: str, port: str) -> TensorInfo | None:
        """Return the tensor at an output port, or None when it is not known."""
        info = self.nodes.get(node_id)
        return info.outputs.get(port) if info else None

    def problems_of(self, node_id: str) -> list[Problem]:
        """Return the problems that belong to one node, the worst first."""
        return self._by_node.get(node_id, [])

    @cached_property
    def _by_node(self) -> dict[str, list[Problem]]:
        found: dict[str, list[Problem]] = {}
        rank = {"error": 0, "warning": 1, "info": 2}
        for problem in sorted(self.problems, key=lambda p: rank[p.severity]):
            if problem.place.kind in ("node", "port", "param"):
                at = problem.place.id
                found.setdefault(at, []).append(problem)
                while "/" in at:  # a problem inside a block is one of the block's use as well
                    at = at.rpartition("/")[0]
                    found.setdefault(at.partition("#")[0], []).append(problem)
        return found

    def to_plain(self) -> PlainDict:
        """Return everything as plain data."""
        return {
            "nodes": {node_id: node.plain for node_id, node in self.nodes.items()},
            "problems": [problem.to_plain() for problem in self.problems],
            "revision": self.revision,
            "inside": {at: node.plain for at, node in self.inside.items()},
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Inference:
        """Read a result written by `to_plain`."""
        return cls(
            {node_id: NodeInfo.from_plain(node) for node_id, node in plain["nodes"].items()},
            tuple(Problem.from_plain(problem) for problem in plain["problems"]),
            cast(int, plain["revision"]),
            {at: NodeInfo.from_plain(node) for at, node in plain.get("inside", {}).items()},
        )


def describe_shape(info: TensorInfo | None) -> str:
    """Return a shape as people write it, without the batch axis: "26 × 26 × 32".

    An axis of unknown length is "?", one number per row is "scalar", an unknown tensor "".
    """
    if info is None:
        return ""
    lengths = ["?" if n is None else str(n) for n in info.shape[1:]]
    return " × ".join(lengths) if lengths else "scalar"


def describe_axes(info: TensorInfo | None, axes: tuple[str, ...] = ()) -> str:
    """Return a shape with the names of its axes: "height 26 × width 26 × channel 32".

    Axes without a name are given as their length only; see `describe_shape` for the rest.
    """
    if info is None or len(axes) != len(info.shape) or len(info.shape) < 2:
        return describe_shape(info)
    lengths = zip(axes[1:], info.shape[1:], strict=True)
    return " × ".join(f"{name} {'?' if n is None else n}".strip() for name, n in lengths)
