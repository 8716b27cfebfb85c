"""Undo and redo: two stacks of inverse changes. Knows nothing about documents or widgets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from workbench.graph.changes import (
    Batch,
    Change,
    MoveNodes,
    RenameNode,
    SetField,
    SetParam,
    SetTrainable,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that can be taken back.

    Attributes:
        back: The change that takes it back.
        label: What the menu calls it.
        merge: Key under which the next change joins this step, or "".
        before: Number of the state before the step.
        after: Number of the state after it.
    """

    back: Change
    label: str
    merge: str
    before: int
    after: int


class History:
    """The steps that led to the present state, and those taken back from it.

    States are numbered, so that undoing back to the saved state is known to be clean.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self.state = 0
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def next_undo(self) -> Step | None:
        """The step that `Undo` would take back, or None."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        """The step that `Redo` would make again, or None."""
        return self._undone[-1] if self._undone else None

    def record(self, inverse: Change, label: str, merge: str) -> None:
        """Remember a change that has been made.

        Args:
            inverse: The change that undoes it.
            label: What the menu calls it.
            merge: A change with the same non-empty key as the one before it joins its step.
        """
        before, self.state = self.state, next(self._numbers)
        last = self.next_undo
        if merge and last is not None and last.merge == merge and not self._undone:
            back = _join(last.back, inverse)
            self._done[-1] = Step(back, last.label, merge, last.before, self.state)
        else:
            self._done.append(Step(inverse, label, merge, before, self.state))
        self._undone.clear()

    def took_back(self, again: Change) -> None:
        """Note that `next_undo` has been taken back.

        Args:
            again: The change that makes it once more.
        """
        step = self._done.pop()
        self._undone.append(Step(again, step.label, "", step.before, step.after))
        self._end_merge()
        self.state = step.before

    def made_again(self, back: Change) -> None:
        """Note that `next_redo` has been made once more.

        Args:
            back: The change that takes it back.
        """
        step = self._undone.pop()
        self._done.append(Step(back, step.label, "", step.before, step.after))
        self.state = step.after

    def _end_merge(self) -> None:
        if self._done and self._done[-1].merge:
            last = self._done[-1]
            self._done[-1] = Step(last.back, last.label, "", last.before, last.after)


def _join(earlier: Change, later: Change) -> Change:
    """Return one change that takes back the later change, then the earlier one."""
    if _covers(earlier, later):
        return earlier
    parts = earlier.changes if isinstance(earlier, Batch) else (earlier,)
    return Batch((later, *parts), earlier.label)


def _covers(earlier: Change, later: Change) -> bool:
    """Whether `earlier` puts back everything that `later` would (a slider being dragged)."""
    match earlier, later:
        case SetParam(), SetParam():
            return (earlier.node_id, earlier.name) == (later.node_id, later.name)
        case SetField(), SetField():
            reach = later.path[: len(earlier.path)]
            return earlier.document == later.document and earlier.path == reach
        case MoveNodes(), MoveNodes():
            return later.positions.keys() <= earlier.positions.keys()
        case RenameNode(), RenameNode():
            return earlier.node_id == later.node_id
        case SetTrainable(), SetTrainable():
            return earlier.node_id == later.node_id
    return False
