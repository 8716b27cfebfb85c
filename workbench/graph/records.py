"""Records: what a network's document holds beside nodes and edges (blocks, notes, own layers).

A record is a value with a kind and an id. Kinds register how they are read, so that a kind is
added by one module alone; a file with kinds of a newer program is read and written back whole.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from workbench.errors import GraphError
from workbench.plain import Plain, PlainDict

T = TypeVar("T")


class Record(Protocol):
    """What every record has: a frozen dataclass with these."""

    kind: ClassVar[str]

    @property
    def id(self) -> str:
        """Unique among the records of its kind."""

    def to_plain(self) -> PlainDict:
        """Return the record as plain data, without its kind."""

    def bound(self, records: Records) -> Record:
        """Return an equal record that belongs to these records and shares no state."""


Reader = Callable[[Any, "Records"], Record]
"""Reads the plain data of a record that will belong to the given records."""

_KINDS: dict[str, tuple[str, Reader]] = {}


def register_kind(kind: str, plural: str, reader: Reader) -> None:
    """Make a kind of record known.

    Args:
        kind: Name of the kind, as in `Record.kind`.
        plural: Key under which a file lists the records of this kind.
        reader: Reads one of them.
    """
    _KINDS[kind] = (plural, reader)


def read_record(kind: str, plain: Any, records: Records) -> Record:
    """Read a record.

    Raises:
        GraphError: This kind is not known.
    """
    if kind not in _KINDS:
        raise GraphError(f"There is no kind of record called {kind!r}.")
    return _KINDS[kind][1](plain, records)


class Records:
    """The records of a document, by kind and id, in the order of adding.

    A network and the networks inside its blocks share one object, so that a block is found from
    everywhere.

    Attributes:
        revision: Grows with every change of a record, also inside a block's network.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, Record]] = {}
        self._unread: dict[str, Plain] = {}
        self._memos: dict[Hashable, Any] = {}
        self.revision = 0

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Records)
            and {k: r for k, r in self._kinds.items() if r}
            == {k: r for k, r in other._kinds.items() if r}
            and self._unread == other._unread
        )

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Record]:
        return (record for kind in self._kinds.values() for record in kind.values())

    def __bool__(self) -> bool:
        return any(self._kinds.values())

    def of(self, kind: str) -> Mapping[str, Record]:
        """Return the records of a kind by id."""
        return self._kinds.get(kind, {})

    def get(self, kind: str, record_id: str) -> Record | None:
        """Return a record, or None."""
        return self.of(kind).get(record_id)

    def put(self, record: Record) -> Record | None:
        """Add or replace a record and return the one it replaces. For changes only."""
        kind = self._kinds.setdefault(record.kind, {})
        before = kind.get(record.id)
        kind[record.id] = record.bound(self)
        self.touch()
        return before

    def drop(self, kind: str, record_id: str) -> Record:
        """Remove a record and return it. For changes only.

        Raises:
            GraphError: There is no such record.
        """
        record = self._kinds.get(kind, {}).pop(record_id, None)
        if record is None:
            raise GraphError(f"There is no {kind} of this id any more.")
        self.touch()
        return record

    def touch(self) -> None:
        """Take notice of a change inside a record."""
        self.revision += 1
        self._memos.clear()

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once until a record changes."""
        if key not in self._memos:
            self._memos[key] = make()
        found: T = self._memos[key]
        return found

    def copy(self) -> Records:
        """Return an independent copy."""
        other = Records()
        other._unread = dict(self._unread)
        for record in self:
            other.put(record)
        return other

    def to_plain(self) -> PlainDict:
        """Return the records as plain data: plural of the kind → list; empty kinds are left out."""
        plain: PlainDict = dict(self._unread)
        for kind, records in self._kinds.items():
            if records:
                plain[_KINDS[kind][0]] = [record.to_plain() for record in records.values()]
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> Records:
        """Read what `to_plain` wrote; entries that are not known are kept as they are.

        Args:
            plain: The plain data of a whole network; nodes and edges are passed over.
        """
        records = cls()
        plurals = {plural: (kind, reader) for kind, (plural, reader) in _KINDS.items()}
        for key, value in plain.items():
            if key in ("nodes", "edges"):
                continue
            if key not in plurals:
                records._unread[key] = value
                continue
            for entry in value:
                record = plurals[key][1](entry, records)
                if record.id in records.of(record.kind):
                    raise GraphError(f"Two records of the kind {record.kind} have one id.")
                records.put(record)
        return records
