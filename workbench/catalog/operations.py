"""Describes the functions of `keras.ops` as things that stand in a graph.

Arguments that take a tensor become ports, the rest parameters. Where there are several tensors,
each may be a number (or a list of numbers) instead: a parameter of the port's name, with which
the port goes away.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from workbench.catalog.operation_facts import (
    ALSO_TENSORS,
    DROPPED_ARGUMENTS,
    DROPPED_OF,
    EXCLUDED_OPERATIONS,
    KEYWORDS,
    LISTS,
    MOST_PIECES,
    OUTPUTS,
    PIECES,
    SPECIAL_INPUTS,
    SUMMARIES,
    TENSORS,
    VALUES,
)
from workbench.catalog.operation_params import (
    OPERATION_OVERRIDES,
    OPERATION_PARAMS,
    REQUIRED_HERE,
)
from workbench.catalog.param_forms import ParamFacts
from workbench.catalog.param_specs import KINDS, param_spec, plain_default
from workbench.catalog.schema import OPERATIONS, LayerSpec, ParamSpec, PortSpec
from workbench.plain import Plain

_CONSTANT = "A number or a list of numbers in place of a connection."
_TITLES = {"x1": "First", "x2": "Second", "x": "Input", "xs": "Inputs", "inputs": "Input",
           "images": "Images", "a": "First", "b": "Second", "abs_": "Magnitude"}  # fmt: skip
_SUGGESTED = frozenset({"axis", "axis1", "axis2"})
_AXIS_STAYS = frozenset({"squeeze", "cross"})
_VERB = re.compile(
    r"^(Comput|Return|Test|Apply|Calculat|Convert|Perform|Join|Multipl|Find|Gather|"
    r"Flip|Get|Remov|Replac|Round|Updat|Encod|Chang|Expand|Extract|Pad|Roll|Reverse|Map|Select|"
    r"Sort|Split|Take|Us|Add|Subtract|Divid|Evaluat|Repeat|Rearrang|Mov|Shift|Append|"
    r"Broadcast|Cast|Clip|Constrain|Construct|Count|Creat|Decod|Generat|Integrat|"
    r"Interchang|Rotat|Solv|Stack|Sum|Evenly|Resiz|Crop|Make|Set|Swap|Unpack)(\w*)"
)


def operation_specs() -> list[LayerSpec]:
    """Return an entry for every operation that takes tensors and gives tensors."""
    return [_describe(name, function) for name, function in _functions()]


def _functions() -> Iterator[tuple[str, Any]]:
    """Return public name and function: "matmul", "image.resize"."""
    from keras import ops

    for prefix, module in (("", ops), ("image.", ops.image)):
        for name, value in sorted(vars(module).items()):
            public = callable(value) and not name.startswith("_") and not inspect.isclass(value)
            if public and prefix + name not in EXCLUDED_OPERATIONS:
                yield prefix + name, value


def _describe(name: str, function: Any) -> LayerSpec:
    arguments = [
        p for p in inspect.signature(function).parameters.values()
        if p.name not in DROPPED_ARGUMENTS and (name, p.name) not in DROPPED_OF
    ]  # fmt: skip
    tensors = [p for p in arguments if _is_tensor(name, p.name)]
    several = len(tensors) > 1 and name not in SPECIAL_INPUTS
    constants = [
        _constant(p, len(tensors)) for p in tensors if several and (name, p.name) not in LISTS
    ]
    values = [_value(name, p) for p in arguments if p not in tensors]
    params = sorted([*values, *constants], key=lambda p: (p.advanced, not p.required))
    changeable = {p.name for p in constants}
    return LayerSpec(
        key=OPERATIONS + name,
        module="keras.ops",
        family="operation",
        summary=SUMMARIES.get(name.rpartition(".")[2]) or _summary(function),
        params=tuple(params),
        inputs=SPECIAL_INPUTS.get(name) or tuple(_port(name, p, changeable) for p in tensors),
        outputs=_outputs(name),
        headline=_headline(params),
        keywords=KEYWORDS.get(name, ()),
    )


def _is_tensor(name: str, argument: str) -> bool:
    if (name, argument) in VALUES:
        return False
    return argument in TENSORS or (name, argument) in ALSO_TENSORS or argument == "abs_"


def _port(name: str, argument: inspect.Parameter, changeable: set[str]) -> PortSpec:
    title = _TITLES.get(argument.name, argument.name.replace("_", " ").capitalize())
    if (name, argument.name) in LISTS:
        fewest, most = LISTS[name, argument.name]
        return PortSpec(
            argument.name, title, variadic=True, minimum=fewest, maximum=most,
            argument=argument.name,
        )  # fmt: skip
    return PortSpec(
        argument.name,
        title,
        required=argument.default is argument.empty or (name, argument.name) in _BOTH_CHOICES,
        argument=argument.name,
        when=f"{argument.name}=null" if argument.name in changeable else "",
    )


_BOTH_CHOICES = frozenset({("where", "x1"), ("where", "x2")})


def _constant(argument: inspect.Parameter, tensors: int) -> ParamSpec:
    binary = tensors == 2 and argument.default is argument.empty
    return ParamSpec(
        argument.name, "constant", nullable=True, help=_CONSTANT, advanced=not binary
    )  # fmt: skip


def _value(name: str, argument: inspect.Parameter) -> ParamSpec:
    empty = argument.default is argument.empty and argument.kind is not argument.VAR_KEYWORD
    required = empty or (name, argument.name) in REQUIRED_HERE
    default: Plain = (
        None
        if required or argument.kind is argument.VAR_KEYWORD
        else plain_default(argument.default)
    )
    facts = OPERATION_OVERRIDES.get((name, argument.name)) or OPERATION_PARAMS.get(argument.name)
    if facts is None:
        facts = ParamFacts(KINDS.get(type(default), "json"), "")
    suggested = (argument.name in _SUGGESTED and name not in _AXIS_STAYS) or (
        (name, argument.name) == ("rot90", "axes")
    )
    return param_spec(
        argument.name, facts, default=default, required=required,
        suggested=suggested and default != facts.suggestion,
    )  # fmt: skip


def _outputs(name: str) -> tuple[PortSpec, ...]:
    if name in OUTPUTS:
        return tuple(PortSpec(port, title) for port, title in OUTPUTS[name])
    if name in PIECES:
        return tuple(
            PortSpec("output" if at == 0 else f"output_{at + 1}", f"Piece {at + 1}",
                     when=f"{PIECES[name]}>{at}" if at else "")
            for at in range(MOST_PIECES)
        )  # fmt: skip
    return (PortSpec("output", "Output"),)


def _headline(params: list[ParamSpec]) -> tuple[str, ...]:
    telling = [p.name for p in params if p.required or p.kind == "constant"]
    telling += [p.name for p in params if p.name == "axis" and p.name not in telling]
    return tuple(telling[:3])


def _summary(function: Any) -> str:
    """Return the first sentence of the documentation, as a fact: "Computes …"."""
    text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[a-z)`])\. ", text.replace("`", ""))[0].rstrip(".")
    return (_VERB.sub(_third_person, sentence) if sentence else "") + ("." if sentence else "")


def _third_person(found: re.Match[str]) -> str:
    word = found[0]
    if word in ("Apply", "Multiply"):
        return word[:-1] + "ies"
    if word.endswith(("ly", "s", "ing", "ed", "er", "al", "ion")) or word == "Evenly":
        return word
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
