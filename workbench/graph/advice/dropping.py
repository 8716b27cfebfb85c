"""Advice about dropout: where it does nothing, too much, or harm."""

from __future__ import annotations

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import SHAPING, Seen
from workbench.graph.changes import Change, Connect, Disconnect, MoveNodes
from workbench.graph.model import Edge, Node
from workbench.wording import number

_DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
             "GaussianDropout", "AlphaDropout")  # fmt: skip
_HIGH = 0.7


def _rate(seen: Seen) -> float | None:
    found = seen.value("rate")
    return float(found) if isinstance(found, (int, float)) and found is not True else None


def _share(rate: float | None) -> str:
    return f"{100 * (rate or 0):.0f} %"


@advice(
    "dropout_last",
    "warning",
    "Dropout after the last layer",
    "Whole outputs are set to 0 while training, so that the loss punishes right answers. Dropout "
    "belongs between hidden layers.",
    _DROPOUTS,
)
def dropout_last(seen: Seen) -> Remark | None:
    """Dropout with no layer with weights behind it."""
    if not seen.output or not _rate(seen):
        return None
    node: Node | None = seen.node
    while node is not None and node.id != seen.output:
        node = seen.after(node)
        if node is None or node.layer not in SHAPING | {"Activation", "Softmax", "Identity"}:
            return None
    return Remark(
        f"{seen.name} drops {_share(_rate(seen))} of the network's outputs.", seen.delete()
    )


@advice(
    "dropout_nothing",
    "info",
    "Dropout of nothing",
    "It passes on everything unchanged; without it the network is the same and easier to read.",
    _DROPOUTS,
)
def dropout_nothing(seen: Seen) -> Remark | None:
    """A rate of 0."""
    if _rate(seen) != 0:
        return None
    fixes = [*seen.delete()]
    if seen.alone:
        fixes.append(seen.set("rate", 0.5, "Set rate to 0.5"))
    return Remark(f"{seen.name} has the rate 0.", tuple(fixes))


@advice(
    "dropout_high",
    "warning",
    "Most values dropped",
    "So little gets through that the layers behind mostly see noise. Rates from 0.1 to 0.5 are "
    "usual.",
    _DROPOUTS,
)
def dropout_high(seen: Seen) -> Remark | None:
    """A rate above 0.7."""
    rate = _rate(seen)
    if rate is None or not _HIGH < rate <= 1:
        return None
    fixes = (seen.set("rate", 0.5, "Set rate to 0.5"),) if seen.alone else ()
    return Remark(f"{seen.name} drops {_share(rate)} of its input (rate {number(rate)}).", fixes)


@advice(
    "dropout_before_normalisation",
    "info",
    "Dropout just before BatchNormalization",
    "Dropout makes values spread more while training than when predicting. BatchNormalization "
    "learns the spread of training, so that its output is off when the network predicts.",
    _DROPOUTS,
)
def dropout_before_normalisation(seen: Seen) -> Remark | None:
    """Dropout that leads straight into BatchNormalization.

    The shift of variance that Li, Chen, Hu and Yang describe (CVPR 2019).
    """
    normal = seen.after()
    if normal is None or normal.layer != "BatchNormalization" or not _rate(seen):
        return None
    text = f"{seen.name} drops values that {normal.name} takes the spread of."
    into, between, out = seen.edge_in(), seen.edge_out(), seen.edge_out(normal)
    if into is None or between is None or out is None or out.target.port == "inputs":
        return Remark(text)
    changes: list[Change] = [Disconnect(edge) for edge in (into, between, out)]
    changes += [
        Connect(Edge(into.source, between.target, between.index)),
        Connect(Edge(out.source, into.target, into.index)),
        Connect(Edge(between.source, out.target, out.index)),
        MoveNodes({seen.node.id: normal.position, normal.id: seen.node.position}),
    ]
    return Remark(text, (seen.all(changes, f"Move it behind {normal.name}"),))
