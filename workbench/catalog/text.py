"""Parameter values as the text of a form field, and back."""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.plain import Plain

_EMPTY = frozenset({"", "none", "null", "–", "-"})
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_LONGEST = 1_000_000


def format_value(param: ParamSpec, value: Plain) -> str:
    """Return a value as the text of a field: "3, 3", "relu", "" for null.

    `parse_text(param, format_value(param, value))` gives the value back (lists for tuples).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        if param.kind in ("int_tuple", "float_tuple", "shape", "constant"):
            return _format_list(value)
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _format_list(value: Any) -> str:
    parts = [
        f"({_format_list(part)})"
        if isinstance(part, (list, tuple))
        else "?"
        if part is None
        else repr(part)
        for part in value
    ]
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def parse_text(param: ParamSpec, text: str) -> Plain:
    """Return the value that a person typed into a field. Its limits are not checked here.

    Sizes may be written "3", "3, 3", "3 x 3" or "(3, 3)"; unknown axis lengths "?".

    Raises:
        GraphError: The text cannot be understood; the message says what is expected.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise GraphError(f"{param.name} is too long.")
    if text.lower() in _EMPTY and (param.nullable or text == ""):
        if param.nullable:
            return None
        raise GraphError(f"{param.name} needs a value.")
    try:
        return _parse(param, text)
    except (ValueError, RecursionError) as error:
        expected = _EXPECTED.get(param.kind, "a value")
        raise GraphError(
            f"{param.name} must be {expected}.", received=repr(text[:60]), details=str(error)
        ) from error


_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "int_tuple": 'a whole number or several, for example "3" or "3, 3"',
    "float_tuple": 'a number or several, for example "0.2" or "0.1, 0.3"',
    "shape": 'axis lengths, for example "28, 28, 1"',
    "constant": 'a number or several, for example "0.5" or "1, 2"',
    "layer": "a layer with its parameters",
    "layers": "a list of layers",
}


def _parse(param: ParamSpec, text: str) -> Plain:
    if param.kind == "int":
        return int(text.replace(" ", ""))
    if param.kind == "float":
        return float(text.replace(",", ".") if text.count(",") == 1 else text)
    if param.kind == "bool":
        return _parse_bool(text)
    if param.kind == "int_tuple":
        return _numbers(text, int)
    if param.kind == "float_tuple":
        return _numbers(text, float)
    if param.kind == "constant":
        return _parse_constant(text)
    if param.kind == "shape":
        value = _numbers(text, int)
        return value if isinstance(value, list) else [value]
    if param.kind in ("layer", "layers"):
        return _plain(json.loads(text))
    if param.kind in ("initializer", "regularizer", "constraint") and text.startswith("{"):
        return _plain(json.loads(text))
    if param.kind == "json":
        return _parse_json(text)
    return text


def _plain(value: Any) -> Plain:
    plain: Plain = value
    return plain


def _parse_constant(text: str) -> Plain:
    return text.lower() == "true" if text.lower() in ("true", "false") else _numbers(text, float)


def _parse_bool(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


def _numbers(text: str, kind: type[int] | type[float]) -> Plain:
    """Read "3", "3, 3", "3 x 3", "(1, 1), (2, 2)" or JSON."""
    json_like = re.sub(r"(?<=[\d?)\]\s])[x×*](?=[\d?(\[\s])", ",", text)
    json_like = json_like.replace("(", "[").replace(")", "]")
    json_like = re.sub(r"\?|\bnone\b|\bnull\b", "null", json_like, flags=re.IGNORECASE)
    listed = json_like.rstrip().endswith(",") or _top_level_comma(json_like)
    json_like = re.sub(r",\s*(?=\]|$)", "", json_like)
    value = json.loads(f"[{json_like}]" if listed else json_like)
    return _of_kind(value, kind)


def _top_level_comma(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and not depth:
            return True
    return False


def _of_kind(value: Any, kind: type[int] | type[float]) -> Plain:
    if isinstance(value, list):
        return [_of_kind(entry, kind) for entry in value]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number")
    if kind is int and not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _parse_json(text: str) -> Plain:
    """Read JSON; plain words with commas between them are a list of words."""
    try:
        return _plain(json.loads(text))
    except ValueError:
        if text[:1] in "[{\"'":
            raise
        return [word.strip() for word in text.split(",")]
