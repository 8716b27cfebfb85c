"""Advice about weights: useless ones, and far too many."""

from __future__ import annotations

import math

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import CONVOLUTIONS, NOISE, Seen
from workbench.graph.changes import SetTrainable
from workbench.graph.edits import delete
from workbench.graph.fixes import insert_fix
from workbench.graph.inference import describe_shape
from workbench.wording import count

_MANY = 1_000_000


@advice(
    "useless_bias",
    "info",
    "Bias before BatchNormalization",
    "BatchNormalization subtracts the mean, and with it any bias added just before; it has an "
    "offset of its own. The bias costs weights and does nothing.",
    (*CONVOLUTIONS, "Dense", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D",
     "SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
)  # fmt: skip
def useless_bias(seen: Seen) -> Remark | None:
    """A layer with a bias whose result goes straight into BatchNormalization."""
    following = seen.after()
    if following is None or following.layer != "BatchNormalization" or not seen.alone:
        return None
    if seen.value("use_bias") is False or seen.activation() != "linear":
        return None
    if seen.value("center", following) is False:
        return None
    result = seen.result()
    last = len(result.shape) - 1 if result is not None else -1
    if seen.value("axis", following) not in (-1, last):
        return None
    if seen.value("data_format") == "channels_first":
        return None
    width = seen.value("units" if seen.node.layer == "Dense" else "filters")
    many = f" of {width} values" if isinstance(width, int) else ""
    text = f"The bias{many} of {seen.name} is taken away again by {following.name}."
    return Remark(text, (seen.set("use_bias", False, "Turn the bias off"),))


@advice(
    "large_dense",
    "info",
    "Very large Dense after Flatten",
    "Most of the network's weights are in one layer, which learns every place of the image apart: "
    "it is slow and learns the training rows by heart. The mean over all places needs far fewer.",
    ("Dense",),
)
def large_dense(seen: Seen) -> Remark | None:
    """A Dense layer with over a million weights behind a Flatten of an image or sequence."""
    info = seen.info()
    flatten = seen.source_before(NOISE)
    if info is None or flatten is None or flatten.layer != "Flatten" or info.parameters < _MANY:
        return None
    edge = seen.edge_in(flatten)
    source = seen.infos.get(edge.source.node) if edge else None
    tensor = source.outputs.get(edge.source.port) if edge and source else None
    if edge is None or tensor is None or not 3 <= len(tensor.shape) <= 5:
        return None
    places = math.prod(n or 0 for n in tensor.shape[1:-1])
    channels = tensor.shape[-1]
    if places < 2 or channels is None:
        return None
    key = f"GlobalAveragePooling{len(tensor.shape) - 2}D"
    units = seen.value("units")
    after = (channels + 1) * units if isinstance(units, int) else 0
    text = (
        f"{seen.name} has {count(info.parameters)} weights, since {flatten.name} makes one row of "
        f"{describe_shape(tensor)}; with {key} it would have {count(after)}."
    )
    if seen.graph.is_shared(flatten.id):
        return Remark(text)
    insert = insert_fix(seen.graph, seen.catalog, edge, key)
    trial = seen.graph.copy()
    trial.apply(insert.change)
    away = delete(trial, [flatten.id], bridge=True)
    return Remark(text, (seen.all([insert.change, away], f"Use {key} instead of Flatten"),))


@advice(
    "output_frozen",
    "info",
    "Frozen output layer",
    "Training changes no weight of a frozen layer. Freeze layers only when their weights come "
    "from an earlier training.",
    ("Dense",),
)
def output_frozen(seen: Seen) -> Remark | None:
    """The last Dense layer is frozen, so that the network cannot be fitted to its target."""
    if seen.node.id != seen.output or seen.owner.trainable or not seen.task:
        return None
    text = f"{seen.name}, which gives the network's output, is frozen."
    return Remark(text, (seen.all([SetTrainable(seen.owner.id, True)], f"Train {seen.name}"),))
