"""What every change has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.errors import GraphError
from workbench.plain import PlainDict

if TYPE_CHECKING:
    from workbench.graph.model import Graph


class Unset:
    """The value of a parameter that is left at its default."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Change:
    """One edit. Subclasses are frozen dataclasses."""

    kind: ClassVar[str] = ""

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        raise NotImplementedError

    def apply_to(self, graph: Graph) -> Change:  # noqa: ARG002 - overridden by graph changes
        """Make the change and return its inverse; see `Graph.apply`."""
        raise GraphError(f"{self.label}: not an edit of the network.")

    def to_plain(self) -> PlainDict:
        """Return the change as plain data, `kind` included."""
        raise NotImplementedError


READERS: dict[str, Callable[[Any], Change]] = {}
"""Kind of a change → what reads its plain data; every module of changes adds its own."""
