"""What a preview found out, without Keras: the engine makes it, the window draws it.

A preview is the forward pass of one row made visible: what every node gave, how its weights are
spread. Arrays are bounded before they are sent; the true shape and what one value stands for are
told beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.plain import PlainDict

ActivationKind = Literal["scalar", "vector", "sequence", "maps", "text"]
Weights = Literal["", "fresh", "trained"]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers about an array; all but the counts are of its finite values.

    Attributes:
        count: How many values there are.
        minimum: Smallest; 0 when there is none.
        maximum: Largest.
        mean: Mean.
        std: Standard deviation (of all values, not an estimate).
        zeros: Share of exact zeros, 0 … 1.
        nan: How many are not a number.
        infinite: How many are infinite.
    """

    count: int = 0
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    zeros: float = 0.0
    nan: int = 0
    infinite: int = 0

    @property
    def bad(self) -> int:
        """How many values are not finite."""
        return self.nan + self.infinite

    def to_plain(self) -> PlainDict:
        """Return the numbers as plain data."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Any) -> Statistics:
        """Read what `to_plain` wrote."""
        return cls(**{entry.name: plain[entry.name] for entry in fields(cls)})


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How values are spread.

    Attributes:
        counts: int64 (bins,).
        edges: float64 (bins + 1,).
        every: Only every so-many-th value was counted; 1 for all.
    """

    counts: npt.NDArray[np.int64]
    edges: npt.NDArray[np.float64]
    every: int = 1

    def to_plain(self) -> dict[str, Any]:
        """Return the histogram as plain data with arrays."""
        return {"counts": self.counts, "edges": self.edges, "every": self.every}

    @classmethod
    def from_plain(cls, plain: Any) -> Histogram:
        """Read what `to_plain` wrote."""
        return cls(np.asarray(plain["counts"]), np.asarray(plain["edges"]), int(plain["every"]))


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What a node gave at one output port for one row.

    Attributes:
        kind: How it is drawn.
        shape: True shape without the batch axis.
        dtype: Number format that it was computed in.
        values: What is drawn, float32: (1,) for a scalar, (n,) for a vector, (steps, features)
            for a sequence, (channels, height, width) for maps; empty for text.
        step: How many original values one of `values` is the mean of, axis by axis.
        first: Number of the first channel in `values`, for maps.
        statistics: Of all values, before anything was left out.
        text: The texts, for text.
    """

    kind: ActivationKind
    shape: tuple[int, ...]
    dtype: str
    values: Values
    step: tuple[int, ...] = ()
    first: int = 0
    statistics: Statistics = field(default_factory=Statistics)
    text: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        """How many maps there are in all; 1 for anything but maps."""
        if self.kind != "maps":
            return 1
        return int(np.prod(self.shape[2:], dtype=np.int64)) if len(self.shape) > 2 else 1

    def to_plain(self) -> dict[str, Any]:
        """Return the activation as plain data with an array."""
        return {
            "kind": self.kind, "shape": list(self.shape), "dtype": self.dtype,
            "values": self.values, "step": list(self.step), "first": self.first,
            "statistics": self.statistics.to_plain(), "text": list(self.text),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> Activation:
        """Read what `to_plain` wrote."""
        return cls(
            plain["kind"], tuple(plain["shape"]), plain["dtype"],
            np.asarray(plain["values"], np.float32), tuple(plain["step"]), plain["first"],
            Statistics.from_plain(plain["statistics"]), tuple(plain["text"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class WeightTensor:
    """One weight of a layer.

    Attributes:
        name: Its name within the layer ("kernel").
        shape: Its shape.
        dtype: Its number format.
        trainable: Whether training changes it.
        statistics: Of its values.
        histogram: How they are spread; None where there are none that are finite.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    statistics: Statistics
    histogram: Histogram | None

    def to_plain(self) -> dict[str, Any]:
        """Return the weight as plain data with arrays."""
        return {
            "name": self.name, "shape": list(self.shape), "dtype": self.dtype,
            "trainable": self.trainable, "statistics": self.statistics.to_plain(),
            "histogram": self.histogram.to_plain() if self.histogram else None,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> WeightTensor:
        """Read what `to_plain` wrote."""
        spread = plain["histogram"]
        return cls(
            plain["name"], tuple(plain["shape"]), plain["dtype"], plain["trainable"],
            Statistics.from_plain(plain["statistics"]),
            Histogram.from_plain(spread) if spread else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """More about one node, for the inspector.

    Attributes:
        weights: Its weights, one by one.
        before: How the values before its activation function are spread, for this row; None
            where the layer has none that can be told apart.
        before_statistics: Numbers about them.
        dead: For an activation that clips to zero: how many of its units (channels) gave zero
            for every one of `dead_rows` rows; None for other layers.
        units: How many units it has.
        dead_rows: How many rows were looked at.
    """

    weights: tuple[WeightTensor, ...] = ()
    before: Histogram | None = None
    before_statistics: Statistics | None = None
    dead: int | None = None
    units: int = 0
    dead_rows: int = 0

    def to_plain(self) -> dict[str, Any]:
        """Return the detail as plain data with arrays."""
        return {
            "weights": [weight.to_plain() for weight in self.weights],
            "before": self.before.to_plain() if self.before else None,
            "before_statistics": (
                self.before_statistics.to_plain() if self.before_statistics else None
            ),
            "dead": self.dead, "units": self.units, "dead_rows": self.dead_rows,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> Detail:
        """Read what `to_plain` wrote."""
        before, about = plain["before"], plain["before_statistics"]
        return cls(
            tuple(WeightTensor.from_plain(entry) for entry in plain["weights"]),
            Histogram.from_plain(before) if before else None,
            Statistics.from_plain(about) if about else None,
            plain["dead"], plain["units"], plain["dead_rows"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class NodePreview:
    """What a preview says about one node.

    Attributes:
        node: Id of the node.
        outputs: Output port → what came out; empty when nothing could be computed.
        message: Why nothing could be computed, in the person's words, or "".
        weights: Whether the layer's weights are fresh or those of the run; "" without weights.
        labels: Names of the values (class names at the network's output), or none.
        user: The values in the target's own units (regression, at the output), or none.
        detail: More, where it was asked for.
        spread: Its weights (the first few), where these were asked for of every node; else None.
    """

    node: str
    outputs: Mapping[str, Activation] = field(default_factory=dict)
    message: str = ""
    weights: Weights = ""
    labels: tuple[str, ...] = ()
    user: tuple[float, ...] = ()
    detail: Detail | None = None
    spread: tuple[WeightTensor, ...] | None = None

    @property
    def output(self) -> Activation | None:
        """What the first output port gave, or None."""
        return next(iter(self.outputs.values()), None)

    def to_plain(self) -> dict[str, Any]:
        """Return everything as plain data with arrays."""
        return {
            "node": self.node,
            "outputs": {port: found.to_plain() for port, found in self.outputs.items()},
            "message": self.message, "weights": self.weights, "labels": list(self.labels),
            "user": list(self.user), "detail": self.detail.to_plain() if self.detail else None,
            "spread": None if self.spread is None else [one.to_plain() for one in self.spread],
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> NodePreview:
        """Read what `to_plain` wrote."""
        spread = plain.get("spread")
        return cls(
            plain["node"],
            {port: Activation.from_plain(found) for port, found in plain["outputs"].items()},
            plain["message"], plain["weights"], tuple(plain["labels"]), tuple(plain["user"]),
            Detail.from_plain(plain["detail"]) if plain["detail"] else None,
            None if spread is None else tuple(WeightTensor.from_plain(one) for one in spread),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """The row that was sent through the network.

    Attributes:
        row: Row of the table, from 0.
        index: Its place among the usable rows of the part, from 0.
        count: How many usable rows the part has.
        part: The part that was chosen from.
        member: The part that the row belongs to: train, validation or test.
        raw: Column name and value as the table has it, at most the first 2,000.
        target: Name and value of the target; empty without one.
    """

    row: int
    index: int
    count: int
    part: str = "all"
    member: str = ""
    raw: tuple[tuple[str, str], ...] = ()
    target: tuple[str, str] = ("", "")

    def to_plain(self) -> PlainDict:
        """Return the row as plain data."""
        return {
            "row": self.row, "index": self.index, "count": self.count, "part": self.part,
            "member": self.member, "raw": [list(pair) for pair in self.raw],
            "target": list(self.target),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> Sample:
        """Read what `to_plain` wrote."""
        return cls(
            plain["row"], plain["index"], plain["count"], plain["part"], plain["member"],
            tuple((name, value) for name, value in plain["raw"]),
            (plain["target"][0], plain["target"][1]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer of one preview.

    Attributes:
        nodes: What was asked about, by node id.
        sample: The row.
        revision: Revision of the network.
        run_id: The run whose weights were used; "" for fresh ones.
        trained: Names of the layers with weights of the run.
        fresh: Names of the layers with fresh weights although a run was chosen: edited since.
        stopped: It was stopped before everything was computed.
    """

    nodes: Mapping[str, NodePreview]
    sample: Sample
    revision: int = 0
    run_id: str = ""
    trained: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    stopped: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Return everything as plain data with arrays."""
        return {
            "nodes": {node: found.to_plain() for node, found in self.nodes.items()},
            "sample": self.sample.to_plain(), "revision": self.revision, "run_id": self.run_id,
            "trained": list(self.trained), "fresh": list(self.fresh), "stopped": self.stopped,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> Preview:
        """Read what `to_plain` wrote."""
        return cls(
            {node: NodePreview.from_plain(found) for node, found in plain["nodes"].items()},
            Sample.from_plain(plain["sample"]), plain["revision"], plain["run_id"],
            tuple(plain["trained"]), tuple(plain["fresh"]), plain["stopped"],
        )  # fmt: skip
