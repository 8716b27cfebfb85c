"""The way tensors flow on the canvas: down or to the right. Kept with the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from workbench.graph.changes import Change
from workbench.graph.layout import Direction
from workbench.graph.model import Graph
from workbench.graph.record_changes import DropRecord, PutRecord
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import PlainDict

_ID: Final = "flow"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the networks of a document are arranged; there is one at most.

    Attributes:
        direction: The way tensors flow. Ports stand at the sides that this way leads through.
    """

    direction: Direction = "vertical"
    kind: ClassVar[str] = "arrangement"

    @property
    def id(self) -> str:
        """The same for all: a document has one."""
        return _ID

    def to_plain(self) -> PlainDict:
        """Return the arrangement as plain data."""
        return {"direction": self.direction}

    def bound(self, records: Records) -> Record:
        """Return itself: it is a value."""
        del records
        return self


def _read(plain: Any, _records: Records) -> Arrangement:
    across = isinstance(plain, dict) and plain.get("direction") == "horizontal"
    return Arrangement("horizontal" if across else "vertical")


register_kind(Arrangement.kind, "arrangements", _read)


def direction_of(graph: Graph) -> Direction:
    """Return the way tensors flow in the networks of a document; down where none was chosen."""
    record = graph.records.get(Arrangement.kind, _ID)
    return record.direction if isinstance(record, Arrangement) else "vertical"


def towards(graph: Graph, direction: Direction) -> Change | None:
    """Return the change that lets tensors flow another way; None where they do already."""
    if direction_of(graph) == direction:
        return None
    text = "Flow down" if direction == "vertical" else "Flow to the right"
    if direction == "vertical":
        return DropRecord(Arrangement.kind, _ID, text)
    return PutRecord(Arrangement(direction), text)
