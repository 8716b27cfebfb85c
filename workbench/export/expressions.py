"""Python expressions that lay themselves out within a line width, as Black would.

The only way in which values of a document enter exported code: text goes through `repr`, names of
callables and keywords come from the catalog or pass `identifier`.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.errors import GraphError
from workbench.graph.formulas import formula_text, python

WIDTH = 88
"""Most columns of a line."""
_STEP = 4
_FILL_FROM = 9


class Expression(Protocol):
    """A piece of Python that can be written on one line or on several."""

    def flat(self) -> str:
        """Return the expression on one line."""

    def broken(self, prefix: str, suffix: str, indent: int) -> list[str]:
        """Return the expression on several lines.

        Args:
            prefix: What stands before it on its first line, indentation included.
            suffix: What follows on its last line.
            indent: Columns that its last line is indented by.
        """


@dataclass(frozen=True, slots=True)
class Atom:
    """Text that is Python already: a number, a checked name."""

    text: str

    def flat(self) -> str:
        """Return the text."""
        return self.text

    def broken(self, prefix: str, suffix: str, indent: int) -> list[str]:  # noqa: ARG002
        """Return the text; it cannot be broken."""
        return [prefix + self.text + suffix]


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str

    def flat(self) -> str:
        """Return the literal on one line."""
        return quoted(self.value)

    def broken(self, prefix: str, suffix: str, indent: int) -> list[str]:
        """Return the literal as pieces in brackets, one a line."""
        pieces = list(_pieces(self.value, WIDTH - indent - _STEP))
        if not pieces:
            return [prefix + self.flat() + suffix]
        inner = " " * (indent + _STEP)
        return [prefix + "(", *(inner + piece for piece in pieces), " " * indent + ")" + suffix]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a group: `prefix` is empty, `name=` or `"key": `."""

    expression: Expression
    prefix: str = ""

    def flat(self) -> str:
        """Return the entry on one line."""
        return self.prefix + self.expression.flat()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries between brackets: a list, a tuple, a dictionary or arguments.

    Attributes:
        opening: The bracket before.
        closing: The bracket after.
        items: The entries.
        is_tuple: A single entry needs a comma.
    """

    opening: str
    closing: str
    items: Sequence[Item]
    is_tuple: bool = False

    def flat(self) -> str:
        """Return the group on one line."""
        comma = "," if self.is_tuple and len(self.items) == 1 else ""
        return self.opening + ", ".join(i.flat() for i in self.items) + comma + self.closing

    def broken(self, prefix: str, suffix: str, indent: int) -> list[str]:
        """Return the group with its entries on lines of their own."""
        if not self.items:
            return [prefix + self.flat() + suffix]
        inner = indent + _STEP
        return [prefix + self.opening, *self._body(inner), " " * indent + self.closing + suffix]

    def _body(self, inner: int) -> list[str]:
        texts = [item.flat() for item in self.items]
        whole = " " * inner + ", ".join(texts)
        if len(whole) <= WIDTH and not (self.is_tuple and len(texts) == 1):
            return [whole]
        plain = all(isinstance(i.expression, Atom | Text) for i in self.items)
        many = self.opening == "{" or (len(texts) >= _FILL_FROM and not self.items[0].prefix)
        if plain and many and max(map(len, texts)) < WIDTH // 2:
            return _filled(texts, inner)
        lines: list[str] = []
        for item in self.items:
            lines += written(item.prefix, item.expression, ",", inner)
        return lines


@dataclass(frozen=True, slots=True)
class Call:
    """A callable applied once, or its result applied again: `layers.Dense(units=8)(x)`.

    Attributes:
        head: Dotted name of the callable, made of identifiers.
        groups: The arguments of each application.
    """

    head: str
    groups: tuple[Group, ...]

    def flat(self) -> str:
        """Return the calls on one line."""
        return self.head + "".join(group.flat() for group in self.groups)

    def broken(self, prefix: str, suffix: str, indent: int) -> list[str]:
        """Return the calls with the arguments of one of them, or of both, on their own lines."""
        first, *rest = self.groups
        if not rest:
            return first.broken(prefix + self.head, suffix, indent)
        last = rest[0]
        short_end = indent + len(last.flat()) + 1 + len(suffix) <= WIDTH
        if first.items and short_end and len(last.flat()) <= WIDTH // 2:
            return first.broken(prefix + self.head, last.flat() + suffix, indent)
        start = prefix + self.head + first.flat()
        if len(start) < WIDTH:
            return last.broken(start, suffix, indent)
        lines = first.broken(prefix + self.head, "", indent)
        return [*lines[:-1], *last.broken(lines[-1], suffix, indent)]


def written(prefix: str, expression: Expression, suffix: str = "", indent: int = 0) -> list[str]:
    """Return the lines of a statement.

    Args:
        prefix: What stands before the expression, without indentation.
        expression: The expression.
        suffix: What follows it.
        indent: Columns of indentation.
    """
    start = " " * indent + prefix
    line = start + expression.flat() + suffix
    return [line] if len(line) <= WIDTH else expression.broken(start, suffix, indent)


def quoted(text: str) -> str:
    """Return a text as a Python literal, in double quotes where that needs no escapes.

    Control characters, surrogates and characters that change the direction of writing come out
    escaped: `repr` does that for everything that is not printable.
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return repr(text)


def _pieces(text: str, width: int) -> Iterable[str]:
    width = max(width, 24)
    at = 0
    while at < len(text):
        size = width - 2
        while size > 1 and len(quoted(text[at : at + size])) > width:
            size //= 2
        yield quoted(text[at : at + size])
        at += size


def _filled(texts: Sequence[str], indent: int) -> list[str]:
    lines = [" " * indent + texts[0] + ","]
    for text in texts[1:]:
        longer = f"{lines[-1]} {text},"
        if len(longer) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(" " * indent + text + ",")
    return lines


def identifier(name: Any) -> str:
    """Return a name that stands in code as it is.

    Raises:
        GraphError: It is not an ASCII identifier, or a word of the language.
    """
    good = isinstance(name, str) and name.isascii() and name.isidentifier()
    if not good or keyword.iskeyword(name):
        raise GraphError(
            "The network has a setting that cannot be written as code.",
            expected="a name of letters, digits and underscores",
            received=repr(name)[:80],
        )
    return str(name)


def arguments(
    positional: Iterable[Expression] = (), keywords: Mapping[str, Expression] | None = None
) -> Group:
    """Return the arguments of a call.

    Raises:
        GraphError: A keyword is not an identifier.
    """
    items = [Item(expression) for expression in positional]
    items += [Item(value, identifier(name) + "=") for name, value in (keywords or {}).items()]
    return Group("(", ")", items)


def literal(value: Any, *, tuples: bool = False) -> Expression:
    """Return plain data as an expression.

    Args:
        value: None, truth values, numbers, text, lists, dictionaries with text as keys, formulas
            of a block's parameters.
        tuples: Write lists as tuples.

    Raises:
        GraphError: It is something else, or a number that is not finite.
    """
    if value is None or isinstance(value, bool | int):
        return Atom(repr(value))
    if isinstance(value, float) and math.isfinite(value):
        return Atom(repr(float(value)))
    if isinstance(value, str):
        return Text(str(value))
    if isinstance(value, list | tuple):
        items = [Item(literal(entry, tuples=tuples)) for entry in value]
        as_tuple = tuples or isinstance(value, tuple)
        return Group("(", ")", items, True) if as_tuple else Group("[", "]", items)
    text = formula_text(value)
    if text is not None:
        return Atom(python(text))
    if isinstance(value, Mapping):
        return Group(
            "{", "}", [Item(literal(v), quoted(str(key)) + ": ") for key, v in value.items()]
        )
    raise GraphError(
        "The network has a value that cannot be written as code.",
        expected="plain data with finite numbers",
        received=repr(value)[:80],
    )
