"""The usual forms of parameters, from which the tables of facts are written."""

from __future__ import annotations

from typing import NamedTuple

from workbench.catalog.schema import ParamKind
from workbench.plain import Plain


class ParamFacts(NamedTuple):
    """What introspection cannot find out. The fields are those of `ParamSpec`."""

    kind: ParamKind
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    suggestion: Plain = None
    nullable: bool | None = None
    advanced: bool = False
    exclusive: bool = False


def count_of(
    text: str,
    suggestion: Plain = None,
    minimum: float = 1,
    *,
    nullable: bool | None = None,
    advanced: bool = False,
) -> ParamFacts:
    """Describe a whole number from `minimum` up."""
    return ParamFacts("int", text, minimum, None, (), suggestion, nullable, advanced)


def share_of(text: str, suggestion: Plain = None, *, advanced: bool = False) -> ParamFacts:
    """Describe a number from 0 to 1."""
    return ParamFacts("float", text, 0.0, 1.0, suggestion=suggestion, advanced=advanced)


def range_of(
    text: str, suggestion: Plain = None, *, low: float | None = 0.0, high: float | None = 1.0
) -> ParamFacts:
    """Describe a number, or the two ends of a range."""
    return ParamFacts("float_tuple", text, low, high, suggestion=suggestion)


def sizes_of(
    text: str,
    suggestion: Plain = None,
    *,
    minimum: float | None = 1,
    nullable: bool | None = None,
    advanced: bool = False,
) -> ParamFacts:
    """Describe one whole number, or one per axis."""
    return ParamFacts("int_tuple", text, minimum, None, (), suggestion, nullable, advanced)


def choice_of(
    text: str, *choices: str, nullable: bool | None = None, advanced: bool = False
) -> ParamFacts:
    """Describe one of a list of names."""
    return ParamFacts("choice", text, choices=choices, nullable=nullable, advanced=advanced)


def flag_of(text: str, *, advanced: bool = False) -> ParamFacts:
    """Describe something that is on or off."""
    return ParamFacts("bool", text, advanced=advanced)
