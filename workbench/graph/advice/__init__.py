"""Advice that an expert would give about a network: rules by theme, and who asks them.

A rule is a function that looks at one layer and its surroundings (`seen.py`) and says what it
saw. `Advisor` asks all of them; `workbench.graph.ignoring` keeps what a person put aside.
"""

from workbench.graph.advice import (  # noqa: F401 - each registers its rules
    dropping,
    nonlinearity,
    outputs,
    sampling,
    sequences,
    weights,
)
from workbench.graph.advice.advisor import Advisor
from workbench.graph.advice.rules import RULES, Rule
from workbench.graph.reasons import ELSEWHERE

__all__ = ["ELSEWHERE", "RULES", "Advisor", "Rule", "advice_title"]


def advice_title(code: str) -> str:
    """Return the heading of the section of `resources/help/advice.md` about a code, or ""."""
    if code in RULES:
        return RULES[code].title
    return ELSEWHERE[code].title if code in ELSEWHERE else ""
