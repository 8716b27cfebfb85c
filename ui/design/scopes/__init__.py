"""Which network the canvas shows: the outermost one, or the one inside a use of a block."""

from ui.design.scopes.bar import ScopeBar
from ui.design.scopes.scopes import Scopes

__all__ = ["ScopeBar", "Scopes"]
