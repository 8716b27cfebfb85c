"""Advice about how a network ends: what its last values are taken for."""

from __future__ import annotations

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import NOISE, SHAPING, Seen
from workbench.graph.changes import SetParam
from workbench.graph.edits import add_after
from workbench.graph.fixes import ROW
from workbench.graph.model import Endpoint, Node
from workbench.graph.problems import Fix

_SQUASHING = frozenset({"softmax", "sigmoid"})
_RIGHT = {"binary": "sigmoid", "multiclass": "softmax"}
_OPEN_ENDED = frozenset(
    {"Add", "Subtract", "Dot", "BatchNormalization", "LayerNormalization", "RMSNormalization",
     "GroupNormalization", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
     "GlobalAveragePooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"}
)  # fmt: skip


def squash(seen: Seen, node: Node) -> str:
    """Return "softmax" or "sigmoid" where a layer ends with it, else ""."""
    if node.layer == "Softmax":
        return "softmax"
    if "activation" not in seen.graph.owner(node).params:
        return ""
    found = seen.activation(node)
    return found if found in _SQUASHING else ""


@advice(
    "squashed_twice",
    "warning",
    "Probabilities squashed twice",
    "What is squashed already lies between 0 and 1, so that the second function makes all classes "
    "nearly equal: the network learns slowly and is never sure.",
    ("Activation", "Softmax"),
)
def squashed_twice(seen: Seen) -> Remark | None:
    """A softmax or sigmoid of a softmax or sigmoid."""
    this = squash(seen, seen.node)
    before = seen.before()
    if not this or before is None or not (first := squash(seen, before)):
        return None
    if seen.edge_out(before) is None:
        return None
    text = f"{seen.name} applies {this} to what {before.name} has put through {first} already."
    return Remark(text, seen.delete())


@advice(
    "probabilities_unclear",
    "warning",
    "Values taken for probabilities",
    "Training takes these values for probabilities, since it cannot see that they are none. "
    "Probabilities below 0 or above 1 give a loss without meaning.",
    _OPEN_ENDED,
)
def probabilities_unclear(seen: Seen) -> Remark | None:
    """A classifier that ends with values that are not probabilities and not seen as logits."""
    if seen.node.id != seen.output or not seen.classifies:
        return None
    feeding = [seen.graph.node(edge.source.node) for edge in seen.graph.entering(seen.node.id)]
    pooled = seen.node.layer.startswith("Global")
    if any(squash(seen, node) for node in feeding) and (pooled or len(feeding) > 1):
        return None
    if seen.node.layer == "BatchNormalization":
        return None  # a rule of its own
    right = _RIGHT[seen.task]
    x, y = seen.node.position
    batch, _ = add_after(
        seen.graph, seen.catalog, "Activation", Endpoint(seen.node.id, "output"), (x, y + ROW),
        {"activation": right},
    )  # fmt: skip
    text = f"The network ends with {seen.name}, whose values may lie anywhere."
    return Remark(text, (Fix(f"Add {right} after {seen.name}", batch),))


@advice(
    "softmax_of_one",
    "warning",
    "Softmax over a single value",
    "Softmax shares 1 among the values of its axis: of a single value it is always 1, whatever "
    "the network computes.",
    ("Dense", "Softmax", "Activation"),
)
def softmax_of_one(seen: Seen) -> Remark | None:
    """A softmax whose axis has length 1."""
    result = seen.result()
    if squash(seen, seen.node) != "softmax" or result is None or len(result.shape) < 2:
        return None
    axis = seen.value("axis") if seen.node.layer == "Softmax" else -1
    if axis != -1 or result.shape[-1] != 1:
        return None
    if seen.node.id == seen.output and seen.classifies:
        return None  # an error there
    fixes: tuple[Fix, ...] = ()
    if seen.node.layer != "Softmax" and seen.alone:
        fixes = (seen.set("activation", "sigmoid", "Set activation to sigmoid"),)
    return Remark(f"{seen.name} applies softmax along an axis of length 1.", fixes)


@advice(
    "normalisation_last",
    "warning",
    "Normalisation after the last layer",
    "It forces the outputs of every batch to the same mean and spread, also where the targets of "
    "that batch have another: the error cannot become small.",
    ("BatchNormalization",),
)
def normalisation_last(seen: Seen) -> Remark | None:
    """BatchNormalization as the network's output, or with only an activation behind it."""
    if not seen.task:
        return None
    node: Node | None = seen.node
    while node is not None and node.id != seen.output:
        following = seen.after(node)
        if following is None or following.layer not in (
            NOISE | SHAPING | {"Activation", "Softmax"}
        ):
            return None
        node = following
    if node is None:
        return None
    return Remark(f"{seen.name} stands after the last layer with weights.", seen.delete())


@advice(
    "softmax_inside",
    "info",
    "Softmax between two Dense layers",
    "Values between 0 and 1 that are squashed again pass on small gradients: the layers before "
    "learn slowly. Inside a network relu is the usual choice.",
    ("Dense",),
)
def softmax_inside(seen: Seen) -> Remark | None:
    """A Dense layer with softmax whose values go into another Dense layer."""
    following = seen.after()
    if squash(seen, seen.node) != "softmax" or following is None or following.layer != "Dense":
        return None
    units = seen.value("units")
    text = f"{seen.name} applies softmax to its {units} units and leads into {following.name}."
    if not seen.alone:
        return Remark(text)
    fix = seen.all([SetParam(seen.owner.id, "activation", "relu")], "Set activation to relu")
    return Remark(text, (fix,))
