"""The headings under which the help explains advice."""

from __future__ import annotations

from workbench.graph.advice.rules import RULES
from workbench.graph.reasons import ELSEWHERE


def advice_title(code: str) -> str:
    """Return the heading of the section of `resources/help/advice.md` about a code, or ""."""
    if code in RULES:
        return RULES[code].title
    return ELSEWHERE[code].title if code in ELSEWHERE else ""
