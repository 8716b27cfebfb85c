"""Indexes that keep every edit of a large graph at constant time: the node order and the names."""

from __future__ import annotations

from collections.abc import Iterator

_END = ""


class NodeOrder:
    """The order of the nodes as a linked list, so that undoing a deletion costs nothing.

    Attributes:
        changed: True when an id was put elsewhere than last since the flag was taken down.
    """

    def __init__(self) -> None:
        self._next = {_END: _END}
        self._previous = {_END: _END}
        self.changed = False

    def __iter__(self) -> Iterator[str]:
        at = self._next[_END]
        while at != _END:
            yield at
            at = self._next[at]

    def insert(self, node_id: str, before: str = "") -> None:
        """Put an id before another one; last when `before` is "" or not there."""
        if before not in self._next:
            before = _END
        self.changed = self.changed or before != _END
        previous = self._previous[before]
        self._next[previous] = self._previous[before] = node_id
        self._next[node_id], self._previous[node_id] = before, previous

    def remove(self, node_id: str) -> None:
        """Take an id out."""
        following, previous = self._next.pop(node_id), self._previous.pop(node_id)
        self._next[previous], self._previous[following] = following, previous

    def after(self, node_id: str) -> str:
        """Return the id that follows, or "" after the last."""
        return self._next[node_id]


class NameIndex:
    """How often each name is taken, and the first free number of each stem.

    Attributes:
        faults: Number of names that are taken twice or cannot be used at all.
    """

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._first_free: dict[str, int] = {}
        self.faults = 0

    def __contains__(self, name: str) -> bool:
        return name in self._uses

    def add(self, name: str) -> None:
        """Count one more use of a name."""
        before = self._uses.get(name, 0)
        self._uses[name] = before + 1
        self.faults += before > 0 or not usable_name(name)

    def discard(self, name: str) -> None:
        """Count one use of a name less."""
        self._uses[name] -= 1
        self.faults -= self._uses[name] > 0 or not usable_name(name)
        if self._uses[name]:
            return
        del self._uses[name]
        stem, _, number = name.rpartition("_")
        if number.isdecimal() and len(number) < 10:
            self._first_free[stem] = max(2, min(int(number), self._first_free.get(stem, 2)))

    def free(self, stem: str) -> str:
        """Return `stem`, or `stem_2`, `stem_3` … whichever is the first free name.

        All numbers below `_first_free[stem]` are known to be taken, so that naming 10,000
        layers of one kind does not search 10,000 names each time.
        """
        if stem not in self._uses:
            return stem
        number = self._first_free.get(stem, 2)
        while f"{stem}_{number}" in self._uses:
            number += 1
        self._first_free[stem] = number
        return f"{stem}_{number}"


def usable_name(name: str) -> bool:
    """Tell whether Keras takes a layer name: not empty, no slash."""
    return bool(name.strip()) and "/" not in name
