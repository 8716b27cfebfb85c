"""What a rule of advice is, and the registry that all of them are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from workbench.graph.advice.seen import Seen
from workbench.graph.problems import Fix


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule saw at one layer.

    Attributes:
        text: What was seen, with the layer's name and the numbers.
        fixes: Repairs, the likeliest first.
    """

    text: str
    fixes: tuple[Fix, ...] = ()


Look = Callable[[Seen], "Remark | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of advice that an expert would give.

    Attributes:
        code: Stable name; also the section of `resources/help/advice.md` that explains it.
        severity: How much it matters; advice never prevents training.
        title: Heading of its section in the help.
        why: Why it matters, one or two sentences.
        layers: Catalog keys of the layers that it looks at.
        look: Returns what it has to say about a layer, or None.
    """

    code: str
    severity: Literal["warning", "info"]
    title: str
    why: str
    layers: frozenset[str]
    look: Look


RULES: Final[dict[str, Rule]] = {}
"""All rules by code, in the order in which the help explains them."""
_BY_LAYER: Final[dict[str, list[Rule]]] = {}


def advice(
    code: str, severity: Literal["warning", "info"], title: str, why: str, layers: Iterable[str]
) -> Callable[[Look], Look]:
    """Make a function a rule of this code; see `Rule`."""

    def add(look: Look) -> Look:
        rule = Rule(code, severity, title, why, frozenset(layers), look)
        RULES[code] = rule
        for key in rule.layers:
            _BY_LAYER.setdefault(key, []).append(rule)
        return look

    return add


def rules_for(layer: str) -> Iterator[Rule]:
    """Yield the rules that look at a kind of layer."""
    yield from _BY_LAYER.get(layer, ())
