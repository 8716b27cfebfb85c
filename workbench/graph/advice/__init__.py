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
from workbench.graph.advice.grouping import Group, grouped
from workbench.graph.advice.rules import RULES, Rule
from workbench.graph.advice.titles import advice_title
from workbench.graph.reasons import ELSEWHERE

__all__ = ["ELSEWHERE", "RULES", "Advisor", "Group", "Rule", "advice_title", "grouped"]
