"""Puts what Keras and its backend say about the inputs of an operation into the user's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.graph.changes import SetParam
from workbench.graph.inference import describe_shape
from workbench.graph.problems import Fix
from workbench.graph.specs import spec_of
from workbench.wording import plural

if TYPE_CHECKING:
    from workbench.build.messages import Situation


def _given(situation: Situation) -> str:
    """Return what leads in, and which numbers are set in the place of a connection."""
    parts = [
        f"{situation.source(number)} gives {describe_shape(tensor)}"
        for number, tensor in enumerate(situation.tensors[:4])
    ]
    spec = spec_of(situation.graph, situation.catalog, situation.node.layer)
    for param in spec.params if spec else ():
        value = situation.node.params.get(param.name)
        if param.kind == "constant" and value is not None:
            words = f"a list of {len(value)}" if isinstance(value, list) else str(value)
            port = spec.input(param.name) if spec else None
            parts.append(f"{port.title.lower() if port else param.name} is {words}")
    return ", ".join(parts)


def cannot_combine(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[()]]:
    """Tell of shapes that do not fit value by value."""
    text = f"{situation.node.name} cannot combine these: {_given(situation)}."
    return "shapes_differ", text, ()


def cannot_multiply(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[()]]:
    """Tell of matrices whose lengths do not match."""
    text = (
        f"{situation.node.name} multiplies the last axis of the first with the last but one of the "
        f"second, which must be equally long: {_given(situation)}."
    )
    return "shapes_differ", text, ()


def wrong_kind(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[()]]:
    """Tell of number formats that the operation does not take."""
    kinds = ", ".join(
        f"{situation.source(number)} gives {tensor.dtype}"
        for number, tensor in enumerate(situation.tensors[:4])
    )
    text = f"{situation.node.name} does not take numbers of this kind: {kinds}."
    return "number_format", text, ()


def not_square(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[()]]:
    """Tell of a matrix that is not square."""
    text = f"{situation.node.name} needs square matrices, but {situation.given()}."
    return "shapes_differ", text, ()


def bad_equation(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[()]]:
    """Tell of an Einstein sum that does not fit its inputs."""
    equation = str(situation.node.params.get("subscripts", ""))
    named = equation.partition("->")[0].count(",") + 1
    connected = len(situation.edges)
    if named != connected:
        text = (
            f"The equation of {situation.node.name} names {plural(named, 'input')}, but "
            f"{plural(connected, 'connection')} {'leads' if connected == 1 else 'lead'} into it."
        )
        return "equation", text, ()
    text = f"The equation of {situation.node.name} does not fit its inputs: {_given(situation)}."
    return "equation", text, ()


def wrong_channels(situation: Situation, _found: re.Match[str]) -> tuple[str, str, tuple[Fix, ...]]:
    """Tell of a LayerScale made for another number of channels."""
    owner = situation.graph.owner(situation.node)
    made_for = owner.params.get("projection_dim")
    text = f"{situation.node.name} was made for {made_for} channels, but {situation.given()}."
    channels = situation.tensors[0].shape[-1] if situation.tensors[0].shape else None
    if channels is None:
        return "axis_length", text, ()
    change = SetParam(owner.id, "projection_dim", channels)
    return "axis_length", text, (Fix(f"Set projection_dim to {channels}", change),)


APPLICATION_TELLERS = ((r"of type LayerScale", wrong_channels),)
"""The same for layers of `keras.applications`."""

OPERATION_TELLERS = (
    (r"Cannot broadcast shape|[Ii]ncompatible shapes|must be broadcastable"
     r"|Dimensions must be equal", cannot_combine),
    (r"Inner dimensions \(|Matrix size-incompatible", cannot_multiply),
    (r"Value for attr 'T' of \w+ is not in the list of allowed|must be integers"
     r"|was expected to be a? ?\w+ tensor but is", wrong_kind),
    (r"must be square|square matri(x|ces)|two innermost dimensions", not_square),
    (r"[Ee]insum|[Ss]ubscripts", bad_equation),
)  # fmt: skip
"""Patterns of messages about operations, and who tells them."""
