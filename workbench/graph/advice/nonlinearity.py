"""Advice about activation functions: none where one is needed, or ones that block learning."""

from __future__ import annotations

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import CONVOLUTIONS, DENSE, NOISE, SHAPING, Seen, lengths
from workbench.graph.changes import Change, SetParam
from workbench.graph.model import Node
from workbench.graph.problems import Fix

_WEIGHTED = DENSE | CONVOLUTIONS
_LINEAR = NOISE | SHAPING | {"BatchNormalization"}
_SATURATING = frozenset({"sigmoid", "tanh", "hard_sigmoid", "softsign"})
_DEEP = 4


def _width(seen: Seen, node: Node) -> int | None:
    found = seen.value("units" if node.layer == "Dense" else "filters", node)
    return found if isinstance(found, int) else None


@advice(
    "no_nonlinearity",
    "warning",
    "No nonlinearity between two layers",
    "Two linear layers in a row can compute nothing that one of them could not: the first one "
    "costs weights and time and adds nothing.",
    _WEIGHTED,
)
def no_nonlinearity(seen: Seen) -> Remark | None:
    """A Dense or convolution whose linear result goes straight into another one."""
    first = seen.source_before(_LINEAR)
    if first is None or first.layer not in _WEIGHTED or seen.activation(first) != "linear":
        return None
    if first.layer == "Dense" and seen.node.layer != "Dense":
        return None
    if seen.graph.owner(first) is seen.owner or _on_purpose(seen, first):
        return None
    text = f"{first.name} has no activation function, and {seen.name} follows."
    between = seen.before()
    fixes: tuple[Fix, ...] = ()
    if between is not None and between.layer == "BatchNormalization":
        edge = seen.edge_in()
        if edge is not None:
            label = f"Insert relu after {between.name}"
            fixes = (seen.insert(edge, "Activation", {"activation": "relu"}, label),)
    elif not first.shared_with and not seen.graph.is_shared(first.id):
        label = f"Set activation of {first.name} to relu"
        fixes = (seen.set("activation", "relu", label, first),)
    return Remark(text, fixes)


def _on_purpose(seen: Seen, first: Node) -> bool:
    """Tell whether the pair is a known pattern: a narrow middle, 1 × k then k × 1, 1 × 1 first."""
    width, after = _width(seen, first), _width(seen, seen.node)
    info = seen.infos.get(edge.source.node) if (edge := seen.edge_in(first)) else None
    tensor = info.outputs.get(edge.source.port) if info and edge else None
    before = tensor.shape[-1] if tensor is not None and len(tensor.shape) > 1 else None
    if width is None or after is None or before is None:
        return True
    if width < min(before, after):
        return True
    if first.layer in CONVOLUTIONS:
        axes = int(first.layer[4])
        for node in (first, seen.node):
            size = lengths(seen.value("kernel_size", node), axes)
            if node.layer in CONVOLUTIONS and (size is None or len(set(size)) > 1):
                return True
        size = lengths(seen.value("kernel_size", first), axes)
        strides = lengths(seen.value("strides", first), axes)
        return size == (1,) * axes or (size == strides and max(size or (1,)) > 1)
    return False


def _initializer(seen: Seen, name: str) -> tuple[str, dict[str, float]]:
    """Return the kind of an initializer in lower case without underscores, and its numbers."""
    found = seen.value(name)
    config: dict[str, float] = {}
    if isinstance(found, dict):
        given = found.get("config") or {}
        config = {k: float(v) for k, v in given.items() if isinstance(v, (int, float))}
        found = found.get("class_name")
    return str(found or "").lower().replace("_", ""), config


@advice(
    "alike_at_start",
    "warning",
    "All units start alike",
    "Units with equal weights get equal gradients, so that they stay equal for ever: the layer "
    "works like a single unit. Random weights, as by default, make them differ.",
    _WEIGHTED,
)
def alike_at_start(seen: Seen) -> Remark | None:
    """A hidden layer whose weights start as zeros, ones or another constant."""
    kind, _ = _initializer(seen, "kernel_initializer")
    width = _width(seen, seen.node)
    if kind not in ("zeros", "ones", "constant") or width is None or width < 2:
        return None
    following = seen.after()
    if seen.node.id == seen.output or following is None or following.layer in ("Add", "Multiply"):
        return None  # a branch that begins as nothing is a known trick
    if following.id == seen.output and following.layer in ("Activation", "Softmax"):
        return None
    text = f"The weights of all {width} units of {seen.name} start equal ({kind})."
    label = "Use the usual initializer"
    return Remark(text, (seen.unset("kernel_initializer", label),) if seen.alone else ())


@advice(
    "dying_relu",
    "warning",
    "Units that start dead",
    "Relu gives 0 for everything below 0, and no gradient: units that start there, or are thrown "
    "there by the first large step, never learn.",
    _WEIGHTED,
)
def dying_relu(seen: Seen) -> Remark | None:
    """Relu with a negative bias, or with weights that start very large."""
    if seen.activation() not in ("relu", "relu6"):
        return None
    kind, config = _initializer(seen, "bias_initializer")
    most = config.get("value", 0.0) if kind == "constant" else config.get("maxval", 0.0)
    if kind in ("constant", "randomuniform") and most < 0:
        text = f"Every bias of {seen.name} starts below 0 (at {most:g} or less), before a relu."
        fix = seen.unset("bias_initializer", "Start biases at 0")
        return Remark(text, (fix,) if seen.alone else ())
    kind, config = _initializer(seen, "kernel_initializer")
    spread = config.get("stddev", config.get("maxval", 0.0))
    if kind in ("randomnormal", "truncatednormal", "randomuniform") and spread > 1:
        text = f"The weights of {seen.name} start very large (spread {spread:g}), before a relu."
        fix = seen.set("kernel_initializer", "he_normal", "Use he_normal")
        return Remark(text, (fix,) if seen.alone else ())
    return None


@advice(
    "saturating_stack",
    "info",
    "Deep stack of sigmoid or tanh",
    "Each of these functions passes on at most a quarter (sigmoid) or all (tanh) of the gradient, "
    "far less where it saturates: the first layers of a deep stack learn very slowly.",
    _WEIGHTED,
)
def saturating_stack(seen: Seen) -> Remark | None:
    """Four or more layers with sigmoid or tanh in a row, told at the last of them."""
    if seen.activation() not in _SATURATING or seen.node.id == seen.output:
        return None
    chain = [seen.node]
    through = NOISE | SHAPING | _WEIGHTED
    for node in seen.upwards(through):
        if node.layer in _WEIGHTED:
            if seen.activation(node) not in _SATURATING:
                break
            chain.append(node)
        elif node.layer not in through:
            break
    if len(chain) < _DEEP:
        return None
    following = seen.after()
    while following is not None and following.layer in NOISE | SHAPING:
        following = seen.after(following)
    if (
        following is not None
        and following.layer in _WEIGHTED
        and following.id != seen.output
        and seen.activation(following) in _SATURATING
    ):
        return None
    names = f"{chain[-1].name} … {seen.name}"
    text = f"{len(chain)} layers in a row saturate ({names}, {seen.activation()})."
    if any(node.shared_with or seen.graph.is_shared(node.id) for node in chain):
        return Remark(text)
    changes: list[Change] = [SetParam(node.id, "activation", "relu") for node in chain]
    return Remark(text, (seen.all(changes, f"Set activation of all {len(chain)} to relu"),))


@advice(
    "relu_twice",
    "info",
    "Relu of a relu",
    "What a relu gives is never below 0, so that a second one changes nothing; without it the "
    "network is the same and easier to read.",
    ("ReLU", "Activation"),
)
def relu_twice(seen: Seen) -> Remark | None:
    """A relu straight behind a relu."""
    before = seen.source_before(NOISE | SHAPING)
    if before is None or not _is_relu(seen, seen.node) or not _is_relu(seen, before):
        return None
    text = f"{seen.name} applies relu to what {before.name} has put through relu already."
    return Remark(text, seen.delete())


def _is_relu(seen: Seen, node: Node) -> bool:
    """Tell whether a layer ends with the plain relu."""
    if node.layer == "ReLU":
        plain = {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}
        return all(seen.value(name, node) in (value, None) for name, value in plain.items())
    return node.layer in _WEIGHTED | {"Activation"} and seen.activation(node) == "relu"
