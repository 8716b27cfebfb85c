"""Setting one value inside a data or recipe document, with its precise inverse.

The documents are frozen dataclasses. A `SetField` is made on their plain form, the result is read
back, and every value is checked against the type that its dataclass declares: a wrong type is
refused here, whether it comes from a form, a script, a journal or a project file. Ranges (epochs
of at least 1 …) are not types: a person may type them on the way to something right, so they are
problems listed by the checks, not errors.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from workbench.errors import DataError, Place, ProjectError, RecipeError, WorkbenchError
from workbench.graph.changes import SetField
from workbench.plain import Plain, PlainDict

_ERRORS: dict[str, type[WorkbenchError]] = {
    "data": DataError,
    "recipe": RecipeError,
    "project": ProjectError,
}
_MISSING = object()


def set_at(document: PlainDict, change: SetField) -> tuple[PlainDict, SetField]:
    """Return the document with one value set, and the change that puts it back.

    Args:
        document: The document as plain data. It is not modified.
        change: Which value to set. An empty path replaces the whole document. The path must
            lead to something that exists, except in its last step, which may add an entry.

    Returns:
        The new document and the inverse. The inverse of an added entry sets its parent.

    Raises:
        WorkbenchError: The path leads nowhere (`DataError`, `RecipeError` or `ProjectError`).
    """
    name, path = change.document, change.path
    if not path:
        if not isinstance(change.value, Mapping):
            raise no_such(change)
        return dict(change.value), dataclasses.replace(change, value=document)
    changed: PlainDict = dict(document)
    here = changed
    for step in path[:-1]:
        inner = here.get(step)
        if not isinstance(inner, Mapping):
            raise no_such(change)
        here[step] = copy = dict(inner)
        here = copy
    before = here.get(path[-1], _MISSING)
    if before is _MISSING:
        parent: Plain = document if len(path) == 1 else dict(here)
        inverse = SetField(name, path[:-1], parent, change.text)
    else:
        inverse = SetField(name, path, before, change.text)  # type: ignore[arg-type]
    here[path[-1]] = change.value
    return changed, inverse


def has_path(document: Plain, path: tuple[str, ...]) -> bool:
    """Tell whether a path leads to something in a document."""
    here: Any = document
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True


def no_such(change: SetField) -> WorkbenchError:
    """Return the error for a path that leads nowhere."""
    return _ERRORS.get(change.document, ProjectError)(
        f"There is no setting {' › '.join(change.path) or change.document!r}.",
        place=Place("field", ".".join(change.path)),
    )


def check_types(spec: Any, document: str) -> None:
    """Check every value of a document against its declared type.

    Args:
        spec: The document as read (a dataclass of dataclasses).
        document: `"data"` or `"recipe"`: decides the kind of error.

    Raises:
        WorkbenchError: A value has another type; `place` is the field.
    """
    _check(spec, document, ())


def _check(spec: Any, document: str, path: tuple[str, ...]) -> None:
    kind: Any = type(spec)
    for name, expected in _hints(kind).items():
        value = getattr(spec, name)
        here = (*path, name)
        if dataclasses.is_dataclass(value):
            _check(value, document, here)
        elif name == "columns":
            for column in value:
                _check(column, document, (*here, str(column.name)))
        elif not _fits(value, expected):
            raise _wrong_type(document, here, _describe(expected), value)


@lru_cache(maxsize=32)
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


def _fits(value: Any, expected: Any) -> bool:
    origin, args = get_origin(expected), get_args(expected)
    if origin is Literal:
        return isinstance(value, str) and value in args
    if origin in (Union, types.UnionType):
        return any(_fits(value, option) for option in args)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, args[0]) for item in value)
    if origin is dict:
        return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(expected, type):
        return isinstance(value, expected)
    return True


def _describe(expected: Any) -> str:
    origin, args = get_origin(expected), get_args(expected)
    if origin is Literal:
        return "one of " + ", ".join(map(str, args))
    if origin is tuple:
        return f"a list, each entry {_describe(args[0])}"
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return words.get(expected, "another kind of value")


def _wrong_type(document: str, path: tuple[str, ...], expected: str, value: Any) -> WorkbenchError:
    return _ERRORS[document](
        f"The setting {' › '.join(path).replace('_', ' ')} has a value that does not fit.",
        expected=expected,
        received=repr(value)[:80],
        place=Place("column", path[1], path[-1])
        if path[0] == "columns" and len(path) > 2
        else Place("field", ".".join(path)),
    )
