"""Parameter values that follow a block's parameters: `{"$": "filters * 4"}`.

Arithmetic on numbers only, walked by our own few lines: a project file never runs code.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from workbench.errors import GraphError
from workbench.plain import Plain

MARK: Final = "$"
_LONGEST: Final = 200
_LARGEST: Final = 2**53
_OPERATIONS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def formula(text: str) -> dict[str, Plain]:
    """Return the parameter value that means a formula."""
    return {MARK: text}


def formula_text(value: Plain) -> str | None:
    """Return the formula that a parameter value is, or None when it is an ordinary value."""
    if isinstance(value, Mapping) and set(value) == {MARK} and isinstance(value[MARK], str):
        return str(value[MARK])
    return None


def evaluate(text: str, values: Mapping[str, Plain]) -> Plain:
    """Return the value of a formula.

    A formula that is only a name gives the parameter's value whatever its type; anything else
    is arithmetic (`+ - * / // %` and brackets) on numbers.

    Args:
        text: The formula.
        values: The parameters it may name.

    Raises:
        GraphError: It cannot be read, names what is not there, or has no finite value.
    """
    name = text.strip()
    if name in values:
        return values[name]
    if len(text) > _LONGEST:
        raise GraphError(f"A formula has at most {_LONGEST} characters.")
    try:
        tree = ast.parse(name, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise GraphError(
            f"The formula {name!r} cannot be read.", expected="numbers, parameters, + - * / // %"
        ) from None
    result = _value(tree, values)
    if not math.isfinite(result) or abs(result) > _LARGEST:
        raise GraphError(f"The formula {name!r} gives {result}, which is too large.")
    return result


def _value(tree: ast.expr, values: Mapping[str, Plain]) -> int | float:
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        return _number(tree.value, ast.unparse(tree))
    if isinstance(tree, ast.Name):
        if tree.id not in values:
            known = ", ".join(values) or "none"
            raise GraphError(f"The block has no parameter {tree.id}.", expected=known)
        return _number(values[tree.id], tree.id)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
        value = _value(tree.operand, values)
        return -value if isinstance(tree.op, ast.USub) else value
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATIONS:
        left, right = _value(tree.left, values), _value(tree.right, values)
        try:
            return _number(_OPERATIONS[type(tree.op)](left, right), ast.unparse(tree))
        except ZeroDivisionError:
            raise GraphError(f"The formula divides by zero: {ast.unparse(tree)}.") from None
    raise GraphError(
        f"{ast.unparse(tree)!r} cannot stand in a formula.",
        expected="numbers, parameters, + - * / // %",
    )


def _number(value: Any, text: str) -> int | float:
    """Return a number that stays within what Keras and a float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise GraphError(
            f"{text} is {value!r}, not a number, so that it cannot be calculated with."
        )
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise GraphError(f"{text} is too large.")
    return value


def resolve(value: Plain, values: Mapping[str, Plain]) -> Plain:
    """Return a parameter value with the formulas in it replaced by what they give.

    Args:
        value: A value; formulas may also stand in its lists and mappings.
        values: The block's parameters.

    Raises:
        GraphError: A formula has no value.
    """
    text = formula_text(value)
    if text is not None:
        return evaluate(text, values)
    if isinstance(value, list):
        return [resolve(entry, values) for entry in value]
    if isinstance(value, Mapping):
        return {key: resolve(entry, values) for key, entry in value.items()}
    return value


def has_formula(value: Plain) -> bool:
    """Tell whether a formula stands anywhere in a parameter value."""
    if formula_text(value) is not None:
        return True
    if isinstance(value, list):
        return any(has_formula(entry) for entry in value)
    if isinstance(value, Mapping):
        return any(has_formula(entry) for entry in value.values())
    return False


def python(text: str) -> str:
    """Return a formula as Python that stands anywhere in an expression.

    Raises:
        GraphError: It is no formula.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise GraphError(f"The formula {text!r} cannot be read.") from None
    for part in ast.walk(tree):
        number = isinstance(part, ast.Constant) and type(part.value) in (int, float)
        sign = isinstance(part, (ast.UnaryOp, ast.USub, ast.UAdd, ast.BinOp, ast.Load))
        if not (number or sign or isinstance(part, ast.Name) or type(part) in _OPERATIONS):
            raise GraphError(f"{ast.unparse(tree)!r} cannot stand in a formula.")
    return ast.unparse(tree)


def as_read(value: Plain) -> Plain:
    """Return a parameter value with the formulas in it as the text that a person reads."""
    text = formula_text(value)
    if text is not None:
        return text
    if isinstance(value, list):
        return [as_read(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: as_read(entry) for key, entry in value.items()}
    return value


def names_in(value: Plain) -> set[str]:
    """Return the names that the formulas in a parameter value refer to."""
    text = formula_text(value)
    if text is not None:
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set()
        return {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    if isinstance(value, list):
        return {name for entry in value for name in names_in(entry)}
    if isinstance(value, Mapping):
        return {name for entry in value.values() for name in names_in(entry)}
    return set()


def compose(value: Plain, given: Mapping[str, Plain]) -> Plain:
    """Return a parameter value with names in its formulas replaced by what is given for them.

    What is given may be formulas of an outer block: the result then is a formula of that block.

    Raises:
        GraphError: A formula has no value.
    """
    text = formula_text(value)
    if text is None:
        if isinstance(value, list):
            return [compose(entry, given) for entry in value]
        if isinstance(value, Mapping):
            return {key: compose(entry, given) for key, entry in value.items()}
        return value
    outer = {name: inner for name in names_in(value) if (inner := formula_text(given.get(name)))}
    if not outer:
        return evaluate(text, given)
    if text.strip() in outer:
        return formula(outer[text.strip()])
    tree = _Replacing(outer, given).visit(ast.parse(text.strip(), mode="eval"))
    return formula(ast.unparse(tree))


class _Replacing(ast.NodeTransformer):
    """Replaces names by numbers and formulas."""

    def __init__(self, outer: Mapping[str, str], given: Mapping[str, Plain]) -> None:
        self._outer, self._given = outer, given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name."""
        if node.id in self._outer:
            return ast.parse(self._outer[node.id].strip(), mode="eval").body
        if node.id not in self._given:
            raise GraphError(f"The block has no parameter {node.id}.")
        return ast.Constant(_number(self._given[node.id], node.id))
