"""Puts what Keras says about shapes into the user's words.

Keras's messages name no neighbours ("Input 0 with name 'None' of layer 'conv2d' …"); here they
become a sentence about the layers on the canvas. What is not recognised is shown in Keras's own
words, without its argument dump; the whole original stays one click away (`Problem.details`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from workbench.build.memory import smaller_fixes
from workbench.build.operation_messages import APPLICATION_TELLERS, OPERATION_TELLERS
from workbench.catalog import Catalog
from workbench.errors import Place
from workbench.graph.changes import SetParam
from workbench.graph.fixes import equal_width_fixes, every_step_fixes, insert_fix, rank_fixes
from workbench.graph.inference import TensorInfo, describe_shape
from workbench.graph.model import Edge, Graph, Node
from workbench.graph.own_layers import is_own, own_keys
from workbench.graph.own_problems import NOT_TRUSTED, code_of, line_in
from workbench.graph.padding import equal_places_fixes
from workbench.graph.problems import Fix, Problem
from workbench.graph.specs import spec_of


@dataclass(frozen=True)
class Situation:
    """What was being done when Keras complained.

    Attributes:
        graph: The network.
        catalog: Where the layers are described.
        node: The node that was computed.
        edges: The edges into it, those of its first argument first.
        tensors: What each edge carries.
    """

    graph: Graph
    catalog: Catalog
    node: Node
    edges: list[Edge]
    tensors: list[TensorInfo]

    def source(self, number: int = 0) -> str:
        """Return the name of the node at the other end of an edge."""
        return self.graph.node(self.edges[number].source.node).name

    def given(self) -> str:
        """Return what the first neighbour gives, as a sentence part."""
        if not self.edges:
            return "its input has another shape"
        return f"{self.source()} gives {describe_shape(self.tensors[0])}"

    def all_given(self) -> str:
        """Return what every neighbour gives, as a sentence part."""
        parts = [
            f"{self.source(number)} gives {describe_shape(tensor)}"
            for number, tensor in enumerate(self.tensors[:4])
        ]
        return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]


_Told = tuple[str, str, tuple[Fix, ...]]
_Teller = Callable[[Situation, re.Match[str]], _Told]

_AXES = {
    2: "a flat input",
    3: "steps × features",
    4: "height × width × channels",
    5: "depth × height × width × channels",
}


def problem_from(situation: Situation, message: str, details: str = "") -> Problem:
    """Return the problem that a Keras error stands for.

    Args:
        situation: What was being done.
        message: Keras's message.
        details: The whole original text.
    """
    node = situation.node
    place = Place("node", node.id)
    plain = clean(message)
    owner = situation.graph.owner(node)
    told = line_in(plain[:300])[1] or NOT_TRUSTED in plain
    if is_own(node.layer) or (told and own_keys(node.layer, owner.params)):
        text = f"{node.name}: {_first_sentences(plain)}"
        return Problem(code_of(plain), "error", text, place, (), details or message)
    spec = spec_of(situation.graph, situation.catalog, node.layer)
    own = OPERATION_TELLERS if spec is not None and spec.is_operation else APPLICATION_TELLERS
    for pattern, teller in (*own, *_TELLERS):
        found = re.search(pattern, plain, re.DOTALL)
        if found and situation.edges:
            code, text, fixes = teller(situation, found)
            return Problem(code, "error", text, place, fixes, details or message)
    return Problem("keras", "error", f"{node.name}: {_first_sentences(plain)}", place, (),
                   details or message)  # fmt: skip


def clean(message: str) -> str:
    """Return a Keras message without terminal colours, its head line and its argument dump."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", message)
    text = re.sub(r"^Exception encountered when calling [^\n]*\n+", "", text)
    return re.sub(r"\n+Arguments received by .*", "", text, flags=re.DOTALL).strip()


def _first_sentences(text: str) -> str:
    text = " ".join(text.replace("`", "").split())
    return text if len(text) <= 240 else text[:237] + "…"


def _rank(situation: Situation, found: re.Match[str]) -> _Told:
    wanted = int(found[2])
    have = int(found[3])
    needs = _AXES.get(wanted, f"{wanted - 1} axes")
    if found[1] == "min_" and wanted == 2:
        needs = "at least one axis"
    text = f"{situation.node.layer} needs {needs}, but {situation.given()}."
    edge, tensor = situation.edges[0], situation.tensors[0]
    if have == len(tensor.shape):
        fixes = rank_fixes(situation.graph, situation.catalog, edge, tensor, wanted)
        return "rank", text, (*every_step_fixes(situation.graph, edge, wanted, have), *fixes)
    return "rank", text, ()


def _axis_value(situation: Situation, found: re.Match[str]) -> _Told:
    text = (
        f"{situation.node.name} was made for {found[2]} values on axis {found[1]}, but "
        f"{situation.given()}."
    )
    return "axis_length", text, ()


def _too_small(situation: Situation, _found: re.Match[str]) -> _Told:
    node = situation.node
    text = f"The window of {node.name} is larger than its input: {situation.given()}."
    spec = spec_of(situation.graph, situation.catalog, node.layer)
    padding = spec.param("padding") if spec else None
    if padding is None or "same" not in padding.choices or node.params.get("padding") == "same":
        return "window_too_large", text, ()
    owner = situation.graph.owner(node)
    return (
        "window_too_large",
        text,
        (Fix("Set padding to same", SetParam(owner.id, "padding", "same")),),
    )


def _shapes_differ(situation: Situation, _found: re.Match[str]) -> _Told:
    node = situation.node
    text = f"{node.name} needs inputs of equal shape, but {situation.all_given()}."
    fixes = equal_width_fixes(
        situation.graph, situation.catalog, situation.edges, situation.tensors
    )
    places = equal_places_fixes(
        situation.graph, situation.catalog, situation.edges, situation.tensors
    )
    return "shapes_differ", text, (*places, *fixes)


def _cannot_join(situation: Situation, _found: re.Match[str]) -> _Told:
    node = situation.node
    text = f"{node.name} cannot join these: {situation.all_given()}."
    ranks = [len(tensor.shape) for tensor in situation.tensors]
    fixes = []
    if min(ranks) == 2:
        fixes = [
            insert_fix(situation.graph, situation.catalog, edge, "Flatten", None,
                       f"Insert Flatten after {situation.source(number)}")
            for number, edge in enumerate(situation.edges) if ranks[number] > 2
        ]  # fmt: skip
    if node.layer == "Concatenate" and situation.graph.owner(node).params.get("axis", -1) == -1:
        fixes += equal_places_fixes(
            situation.graph, situation.catalog, situation.edges, situation.tensors, join=True
        )
    return "shapes_differ", text, tuple(fixes)


def _dot_axes(situation: Situation, found: re.Match[str]) -> _Told:
    text = (
        f"{situation.node.name} multiplies axes of different length, {found[1]} and {found[2]}: "
        f"{situation.all_given()}."
    )
    return "shapes_differ", text, ()


def _reshape(situation: Situation, found: re.Match[str]) -> _Told:
    target = found[1].strip("()").rstrip(",").replace(",", " ×")
    text = (
        f"{situation.node.name} cannot make {target} of its input, which has another number of "
        f"values: {situation.given()}."
    )
    return "reshape_size", text, ()


def _unknown_length(situation: Situation, _found: re.Match[str]) -> _Told:
    text = (
        f"{situation.node.name} needs to know the length of the last axis, but {situation.given()}."
    )
    return "unknown_length", text, ()


def _axis_missing(situation: Situation, _found: re.Match[str]) -> _Told:
    text = f"{situation.node.name} refers to an axis that is not there: {situation.given()}."
    return "axis_missing", text, ()


def _cropped_away(situation: Situation, _found: re.Match[str]) -> _Told:
    text = f"{situation.node.name} cuts off more than there is: {situation.given()}."
    return "window_too_large", text, ()


def _groups(situation: Situation, _found: re.Match[str]) -> _Told:
    node = situation.node
    groups = situation.graph.owner(node).params.get("groups", 32)
    text = f"The channels cannot be split into {groups} groups: {situation.given()}."
    channels = situation.tensors[0].shape[-1]
    fitting = _largest_divisor(channels, groups) if isinstance(groups, int) and channels else 1
    fix = Fix(f"Set groups to {fitting}",
              SetParam(situation.graph.owner(node).id, "groups", fitting))  # fmt: skip
    return "groups", text, (fix,)


def _largest_divisor(number: int, most: int) -> int:
    return next((d for d in range(min(number, max(most, 1)), 0, -1) if number % d == 0), 1)


def _stateful(situation: Situation, _found: re.Match[str]) -> _Told:
    owner = situation.graph.owner(situation.node)
    text = f"{situation.node.name} can only carry its state over with a fixed batch size."
    return "stateful", text, (Fix("Turn stateful off", SetParam(owner.id, "stateful", False)),)


def _strides_and_dilation(situation: Situation, _found: re.Match[str]) -> _Told:
    owner = situation.graph.owner(situation.node)
    text = f"{situation.node.name} cannot have strides and dilation at once."
    return (
        "strides_and_dilation",
        text,
        (
            Fix("Set strides to 1", SetParam(owner.id, "strides", 1)),
            Fix("Set dilation to 1", SetParam(owner.id, "dilation_rate", 1)),
        ),
    )


def _other_backend(situation: Situation, found: re.Match[str]) -> _Told:
    return "backend", f"{situation.node.name}: {found[0]}", ()


def _beyond_counting(situation: Situation, found: re.Match[str]) -> _Told:
    fixes = smaller_fixes(situation.graph, situation.catalog, situation.node)
    return "too_large", f"{situation.node.name} would need {found[1]}.", fixes


_TELLERS: tuple[tuple[str, _Teller], ...] = (
    (r"^too large: (.*)", _beyond_counting),
    (r"\w+ does not run on the .* backend.*", _other_backend),
    (r"expected (min_|max_)?ndim=(\d+), found ndim=(\d+)", _rank),
    (r"expected axis (-?\d+) of input shape to have value (\d+)", _axis_value),
    (r"output size would be (?:zero or )?negative", _too_small),
    (r"[Nn]egative dimension size", _too_small),
    (r"Inputs have incompatible shapes", _shapes_differ),
    (r"requires inputs with matching shapes except", _cannot_join),
    (r"axis values (\d+) \(at axis \d+\) != (\d+)", _dot_axes),
    (r"total size of the tensor must be unchanged.*target_shape=(\([^)]*\))", _reshape),
    (r"fully-defined \(no `None` dimensions\)", _unknown_length),
    (r"tuple index out of range|list index out of range|axis.* out of (?:bounds|range)"
     r"|`dim` must be in the range",
     _axis_missing),
    (r"`cropping` argument should be smaller", _cropped_away),
    (r"[Nn]umber of groups|evenly divisible by the number of groups", _groups),
    (r"the batch size must be static", _stateful),
    (r"`strides > 1` not supported in conjunction with `dilation_rate > 1`",
     _strides_and_dilation),
)  # fmt: skip
