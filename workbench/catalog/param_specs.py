"""Makes the description of a parameter from its default in Keras and the facts about it."""

from __future__ import annotations

import inspect
from typing import Any

from workbench.catalog.param_forms import ParamFacts
from workbench.catalog.schema import ParamKind, ParamSpec
from workbench.plain import Plain

DTYPES = ("float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
KINDS: dict[type, ParamKind] = {bool: "bool", int: "int", float: "float", str: "str"}
_REGISTRY = ("get", "serialize", "deserialize")


def param_spec(
    name: str, facts: ParamFacts, *, default: Plain, required: bool = False, call: bool = False,
    suggested: bool = False,
) -> ParamSpec:  # fmt: skip
    """Return the description of a parameter.

    Args:
        name: Keyword of the constructor or function.
        facts: What introspection cannot find out.
        default: What Keras uses when it is left alone.
        required: There is no default.
        call: It is an argument of the call.
        suggested: A fresh node starts with the facts' suggestion though there is a default.
    """
    nullable = (default is None and not required) if facts.nullable is None else facts.nullable
    if default is None and not required:
        nullable = True
    return ParamSpec(
        name=name,
        kind=facts.kind,
        default=default,
        required=required,
        nullable=nullable,
        choices=facts.choices or _choices(facts.kind),
        minimum=facts.minimum,
        maximum=facts.maximum,
        help=facts.help,
        advanced=facts.advanced and not required,
        suggestion=facts.suggestion if required or suggested else None,
        call=call,
        exclusive=facts.exclusive,
    )


def plain_default(default: Any) -> Plain:
    """Return the default of an argument as plain data."""
    if isinstance(default, tuple):
        return [plain_default(entry) for entry in default]
    return default if isinstance(default, (bool, int, float, str, type(None))) else str(default)


def _choices(kind: ParamKind) -> tuple[str, ...]:
    """Return the public functions or classes of Keras that a parameter of this kind can name."""
    import keras

    if kind == "activation":
        return tuple(
            name
            for name, value in sorted(vars(keras.activations).items())
            if inspect.isfunction(value) and value.__name__ == name and name not in _REGISTRY
        )
    if kind == "dtype":
        return DTYPES
    modules = {
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
    }
    if kind not in modules:
        return ()
    return tuple(
        sorted(
            name
            for name, value in vars(modules[kind]).items()
            if inspect.isclass(value) and name == name.lower()
        )
    )
