"""Describes the layers of a Python file from their signatures; a process of its own runs it.

`python -m workbench.build.own_describe` reads `{"name", "text"}` as JSON from its input and writes
`{"specs": [plain …]}` or `{"error": plain}`. What the file prints goes nowhere.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from workbench.build.own_code import load
from workbench.catalog.param_specs import KINDS, plain_default
from workbench.catalog.schema import LayerSpec, ParamKind, ParamSpec, PortSpec
from workbench.errors import GraphError, Place, WorkbenchError

_OURS: Final = frozenset({"name", "dtype", "trainable", "activity_regularizer", "autocast"})
"""Arguments of every layer, which the program gives itself or leaves to Keras."""
_NOT_PORTS: Final = frozenset({"training", "mask"})
_LISTS: Final = (list, tuple, Sequence)
_SUMMARY: Final = 200
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
    params = _params(cls)
    inputs, called = _inputs(name, cls)
    return LayerSpec(
        key=cls.__name__,
        module="",
        family="custom",
        summary=_summary(cls) or f"A layer of yours, from {name}.",
        params=(*params, *called),
        inputs=inputs,
        outputs=_outputs(cls),
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


def _params(cls: Any) -> list[ParamSpec]:
    hints = _hints(cls.__init__)
    found = [
        _param(p.name, hints.get(p.name), p.default)
        for p in list(inspect.signature(cls.__init__).parameters.values())[1:]
        if p.kind not in _STARS and p.name not in _OURS and _is_plain(p.default)
    ]
    return sorted(found, key=lambda param: not param.required)


def _is_plain(default: Any) -> bool:
    """Tell whether a default can be kept in a file: others are left to the layer."""
    if default is inspect.Parameter.empty:
        return True
    try:
        json.dumps(default)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _param(name: str, hint: Any, default: Any, *, call: bool = False) -> ParamSpec:
    required = default is inspect.Parameter.empty
    plain = None if required else _plain(default)
    hint, nullable = _without_none(hint)
    choices: tuple[str, ...] = ()
    kind: ParamKind
    if typing.get_origin(hint) is Literal and all(isinstance(a, str) for a in hint.__args__):
        kind, choices = "choice", tuple(hint.__args__)
    elif hint in KINDS:
        kind = KINDS[hint]
    else:
        kind = _kind_of(default)
    if kind == "float" and isinstance(plain, int) and not isinstance(plain, bool):
        plain = float(plain)
    return ParamSpec(
        name, kind, plain, required=required, nullable=nullable or (plain is None and not required),
        choices=choices, help="", call=call,
    )  # fmt: skip


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
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    rest = [part for part in typing.get_args(hint) if part is not type(None)]
    nullable = len(rest) < len(typing.get_args(hint))
    return (rest[0] if len(rest) == 1 else None), nullable


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
    ports: list[PortSpec] = []
    called: list[ParamSpec] = []
    for at, argument in enumerate(arguments):
        hint = hints.get(argument.name)
        several = hint in _LISTS or typing.get_origin(hint) in _LISTS
        required = at == 0 or argument.default is inspect.Parameter.empty
        if not required and argument.default is not None:
            if _is_plain(argument.default):
                called.append(_param(argument.name, hint, argument.default, call=True))
            continue
        port = argument.name if at else "inputs" if several else "input"
        title = port.replace("_", " ").capitalize()
        ports.append(
            PortSpec(port, title, required=required, variadic=several,
                     argument=argument.name if at else "")
        )  # fmt: skip
    return tuple(ports), called


def _outputs(cls: Any) -> tuple[PortSpec, ...]:
    hint = _hints(cls.call).get("return")
    parts = typing.get_args(hint) if typing.get_origin(hint) is tuple else ()
    if len(parts) < 2 or Ellipsis in parts:
        return (PortSpec("output", "Output"),)
    further = [PortSpec(f"output_{n}", f"Output {n}") for n in range(2, len(parts) + 1)]
    return (PortSpec("output", "Output"), *further)


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
    except WorkbenchError as error:
        result = {"error": error.to_plain()}
    with os.fdopen(answer, "wb") as stream_out:
        stream_out.write(json.dumps(result).encode("utf-8"))
    os._exit(0)  # threads that the file started do not keep the process alive


if __name__ == "__main__":
    main()
