"""Actions as data, and the registry that makes QActions of them."""

from ui.actions.action import GLOBAL, Action
from ui.actions.registry import ActionRegistry

__all__ = ["GLOBAL", "Action", "ActionRegistry"]
