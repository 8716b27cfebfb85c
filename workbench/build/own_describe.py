"""Describes the layers of a Python file from their signatures.

`main`, in a process that is thrown away (`workbench.engine.own_describe_child`), reads
`{"name", "text"}` as JSON from its input and writes `{"specs": [plain …]}` or `{"error": plain}`.
What the file prints goes nowhere.
"""

from __future__ import annotations

import ast
import enum
import inspect
import json
import os
import sys
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from workbench.build.own_code import load
from workbench.build.own_docs import arguments_in, range_in
from workbench.build.own_guard import LOAD_SECONDS, guarded, key_of
from workbench.catalog.param_specs import KINDS, plain_default
from workbench.catalog.schema import LayerSpec, ParamKind, ParamSpec, PortSpec
from workbench.errors import GraphError, Place, WorkbenchError
from workbench.graph.own_layers import OwnLayers

_OURS: Final = frozenset({"name", "dtype", "trainable", "activity_regularizer", "autocast"})
"""Arguments of every layer, which the program gives itself or leaves to Keras."""
_NOT_PORTS: Final = frozenset({"training", "mask"})
_LISTS: Final = (list, tuple, Sequence)
_SUMMARY: Final = 200
_SEVERAL: Final = object()
"""Stands for a hint that allows values of several types."""
_PLAIN_NAMES: Final = frozenset({"x", "input", "inputs", "input_tensor", "tensor", "tensors"})
"""Names of the first argument that say nothing."""
_STARS: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def describe(name: str, text: str) -> list[LayerSpec]:
    """Run a file and return the layers that are defined in it; their keys are the class names.

    Args:
        name: Name of the file, for messages.
        text: The text; the caller knows that it is trusted.

    Raises:
        GraphError: The text has a fault, or defines no layer.
    """
    import keras

    file = OwnLayers("", name, text)
    with guarded(file, key_of(text, "", purpose="load"), LOAD_SECONDS):
        module = load(name, text)
    found = [
        value
        for key, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, keras.layers.Layer)
        and value.__module__ == module.__name__
        and key == value.__name__
        and not key.startswith("_")
    ]
    if not found:
        raise GraphError(
            f"{name} defines no layer.",
            expected="a class that is derived from keras.layers.Layer",
            place=Place("file", name),
        )
    return [_described(name, cls) for cls in found]


def _described(name: str, cls: Any) -> LayerSpec:
    signature = inspect.signature(cls.__init__).parameters
    if "name" not in signature and not any(p.kind == _STARS[1] for p in signature.values()):
        line = _line(cls.__init__)
        raise GraphError(
            f"{name}, line {line}: {cls.__name__} takes no name.",
            expected="def __init__(self, …, **kwargs), with super().__init__(**kwargs)",
            place=Place("file", name, str(line)),
        )
    params = _params(name, cls)
    inputs, called = _inputs(name, cls)
    cell = _is_cell(cls)
    return LayerSpec(
        key=cls.__name__,
        module="",
        family="custom",
        summary=_summary(cls) or f"A layer of yours, from {name}.",
        params=(*params, *called),
        inputs=inputs[:1] if cell else inputs,
        outputs=(PortSpec("output", "Output"),) if cell else _outputs(cls),
        role="cell" if cell else "layer",
        headline=tuple(param.name for param in params[:2]),
        keywords=(cls.__name__, name),
    )


def _summary(cls: Any) -> str:
    words = " ".join((inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0]).split())
    return words if len(words) <= _SUMMARY else words[: _SUMMARY - 1] + "…"


def _line(function: Any) -> int:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return int(code.co_firstlineno) if code is not None else 0


def _hints(function: Any) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # a name in an annotation that is not there at run time
        return {}


def _is_cell(cls: Any) -> bool:
    """Tell whether a class is the cell of a recurrent layer: a state, and a call that takes it."""
    try:
        states = "state_size" in vars(cls) or "self.state_size" in inspect.getsource(cls)
    except (OSError, TypeError):
        states = hasattr(cls, "state_size")
    return states and len(inspect.signature(cls.call).parameters) > 2


def _params(name: str, cls: Any) -> list[ParamSpec]:
    hints = _hints(cls.__init__)
    words = arguments_in(cls.__doc__, cls.__init__.__doc__)
    found: list[ParamSpec] = []
    for p in list(inspect.signature(cls.__init__).parameters.values())[1:]:
        if p.kind in _STARS or p.name in _OURS:
            continue
        required = p.default is inspect.Parameter.empty
        hint = _without_none(hints.get(p.name))[0]
        why = _no_form(p, hint)
        if why and required:
            line = _line(cls.__init__)
            raise GraphError(
                f"{name}, line {line}: {p.name} of {cls.__name__} {why}.",
                place=Place("file", name, str(line)),
            )
        if not why and _is_plain(_value(p.default)):
            found.append(_param(p.name, hints.get(p.name), p.default, words.get(p.name, "")))
    return sorted(found, key=lambda param: not param.required)


def _no_form(parameter: inspect.Parameter, hint: Any) -> str:
    """Return why a parameter cannot stand in a form, or ""."""
    import keras

    if parameter.kind == inspect.Parameter.POSITIONAL_ONLY:
        return "can only be given by its position; take the / out of the signature"
    if inspect.isclass(hint) and issubclass(hint, enum.Enum) and not issubclass(hint, str):
        return "is an Enum, which no form can give; derive it from str too, or use Literal"
    if inspect.isclass(hint) and issubclass(hint, keras.layers.Layer):
        return "is a layer, which no form can give; make it inside the class"
    return ""


def _value(default: Any) -> Any:
    return default.value if isinstance(default, enum.Enum) and isinstance(default, str) else default


def _is_plain(default: Any) -> bool:
    """Tell whether a default can be kept in a file: others are left to the layer."""
    if default is inspect.Parameter.empty:
        return True
    try:
        json.dumps(default)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _param(name: str, hint: Any, default: Any, words: str = "", *, call: bool = False) -> ParamSpec:
    required = default is inspect.Parameter.empty
    default = _value(default)
    plain = None if required else _plain(default)
    hint, nullable = _without_none(hint)
    kind, choices = _kind(hint, default)
    if kind == "float" and isinstance(plain, int) and not isinstance(plain, bool):
        plain = float(plain)
    least, most = range_in(words) if kind in ("int", "float") else (None, None)
    if isinstance(plain, (int, float)) and not (
        (least is None or least <= plain) and (most is None or plain <= most)
    ):
        least = most = None  # the words mean something else
    return ParamSpec(
        name, kind, plain, required=required, nullable=nullable or (plain is None and not required),
        choices=choices, minimum=least, maximum=most, help=words, call=call,
    )  # fmt: skip


def _kind(hint: Any, default: Any) -> tuple[ParamKind, tuple[str, ...]]:
    """Return the editor for a parameter, and what it offers."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        if all(isinstance(part, str) for part in parts):
            return "choice", tuple(parts)
        same = {type(part) for part in parts}
        return (KINDS.get(same.pop(), "json") if len(same) == 1 else "json"), ()
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return "choice", tuple(str(member.value) for member in hint)
    if origin in (tuple, Sequence) and parts and set(parts) <= {int, float, Ellipsis}:
        return ("float_tuple" if float in parts else "int_tuple"), ()
    if hint is _SEVERAL or origin in (list, dict):
        return "json", ()
    return KINDS.get(hint) or _kind_of(default), ()


def _kind_of(default: Any) -> ParamKind:
    if isinstance(default, tuple) and default:
        if all(type(entry) is int for entry in default):
            return "int_tuple"
        if all(type(entry) in (int, float) for entry in default):
            return "float_tuple"
    return KINDS.get(type(default), "json")


def _plain(default: Any) -> Any:
    return default if isinstance(default, (list, dict)) else plain_default(default)


def _without_none(hint: Any) -> tuple[Any, bool]:
    """Return a hint without None, and whether None was in it."""
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    rest = [part for part in typing.get_args(hint) if part is not type(None)]
    nullable = len(rest) < len(typing.get_args(hint))
    return (rest[0] if len(rest) == 1 else _SEVERAL), nullable


def _inputs(name: str, cls: Any) -> tuple[tuple[PortSpec, ...], list[ParamSpec]]:
    hints = _hints(cls.call)
    arguments = [
        p
        for p in list(inspect.signature(cls.call).parameters.values())[1:]
        if p.kind not in _STARS and p.name not in _NOT_PORTS
    ]
    if not arguments:
        line = _line(cls.call)
        raise GraphError(
            f"{name}, line {line}: the call of {cls.__name__} takes no input.",
            expected="def call(self, inputs)",
            place=Place("file", name, str(line)),
        )
    late = next((p for p in arguments[1:] if p.kind == inspect.Parameter.POSITIONAL_ONLY), None)
    if late is not None:
        line = _line(cls.call)
        raise GraphError(
            f"{name}, line {line}: {late.name} of the call of {cls.__name__} can only be given by "
            "its position.",
            remedy="Take the / out of the signature.",
            place=Place("file", name, str(line)),
        )
    words = arguments_in(cls.call.__doc__)
    ports: list[PortSpec] = []
    called: list[ParamSpec] = []
    for at, argument in enumerate(arguments):
        hint = hints.get(argument.name)
        several = hint in _LISTS or typing.get_origin(hint) in _LISTS
        required = at == 0 or argument.default is inspect.Parameter.empty
        if not required and argument.default is not None:
            if _is_plain(argument.default):
                about = words.get(argument.name, "")
                called.append(_param(argument.name, hint, argument.default, about, call=True))
            continue
        port = argument.name if at else "inputs" if several else "input"
        said = port if argument.name in _PLAIN_NAMES else argument.name
        title = said.replace("_", " ").capitalize()
        ports.append(
            PortSpec(port, title, required=required, variadic=several,
                     help=words.get(argument.name, ""), argument=argument.name if at else "")
        )  # fmt: skip
    return tuple(ports), called


def _outputs(cls: Any) -> tuple[PortSpec, ...]:
    """Return the outputs: as many as the return annotation, or else every `return`, names."""
    hint = _hints(cls.call).get("return")
    parts = typing.get_args(hint) if typing.get_origin(hint) is tuple else ()
    titles = _returned(cls.call)
    if parts and Ellipsis not in parts and len(titles) != len(parts):
        titles = ["Output", *(f"Output {n}" for n in range(2, len(parts) + 1))]
    if len(titles) < 2:
        return (PortSpec("output", "Output"),)
    ids = ["output", *(f"output_{n}" for n in range(2, len(titles) + 1))]
    return tuple(PortSpec(port, title) for port, title in zip(ids, titles, strict=True))


def _returned(function: Any) -> list[str]:
    """Return a title for each tensor of the tuples that a function returns; [] for anything else.

    Only the text is looked at. Functions inside the function return for themselves.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return []
    waiting: list[ast.AST] = list(ast.iter_child_nodes(tree))
    returned: list[ast.expr | None] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            returned.append(node.value)
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    tuples = [node.elts for node in returned if isinstance(node, (ast.Tuple, ast.List))]
    if not tuples or len(tuples) != len(returned) or len({len(e) for e in tuples}) > 1:
        return []
    names = [element.id if isinstance(element, ast.Name) else "" for element in tuples[0]]
    if all(names) and len(set(names)) == len(names) and not _PLAIN_NAMES & set(names):
        return [name.replace("_", " ").capitalize() for name in names]
    return ["Output", *(f"Output {n}" for n in range(2, len(names) + 1))]


def main() -> None:
    """Describe the file that comes in, and end at once."""
    given = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    answer = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    try:
        specs = describe(str(given["name"]), str(given["text"]))
        result: dict[str, Any] = {"specs": [spec.to_plain() for spec in specs]}
    except (WorkbenchError, RecursionError) as failure:
        error = (
            failure
            if isinstance(failure, WorkbenchError)
            else GraphError(f"{given['name']} cannot be described.")
        )
        result = {"error": error.to_plain()}
    with os.fdopen(answer, "wb") as stream_out:
        stream_out.write(json.dumps(result).encode("utf-8"))
    os._exit(0)  # threads that the file started do not keep the process alive
