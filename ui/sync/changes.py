"""Which documents a change touches."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.graph.changes import Batch, Change, MoveNodes, SetField
from workbench.graph.record_changes import DropRecord, InBlock, PutRecord
from workbench.graph.starting_weights import StartingWeights


def flat(change: Change) -> Iterator[Change]:
    """Yield the single changes that a change is made of, in order."""
    if isinstance(change, Batch):
        for part in change.changes:
            yield from flat(part)
    else:
        yield change


def shape_changes(change: Change) -> list[Change]:
    """Return the parts of a change that may alter the network, moves left out."""
    return [part for part in flat(change) if _alters(part)]


def _alters(part: Change) -> bool:
    if isinstance(part, InBlock):
        return bool(shape_changes(part.change))
    return not isinstance(part, SetField | MoveNodes)


def touches(change: Change, document: str) -> bool:
    """Tell whether a change alters the `"data"`, `"recipe"` or `"project"` document."""
    return any(isinstance(part, SetField) and part.document == document for part in flat(change))


def alters_training(change: Change) -> bool:
    """Tell whether a change alters what a training does, apart from the network itself."""
    begins = touches_records(change, StartingWeights.kind)
    return begins or touches(change, "recipe") or touches(change, "data")


def touches_records(change: Change, kind: str) -> bool:
    """Tell whether a change puts or removes a record of a kind, also from inside a block."""
    for part in flat(change):
        if isinstance(part, InBlock):
            if touches_records(part.change, kind):
                return True
        elif isinstance(part, PutRecord):
            if part.record.kind == kind:
                return True
        elif isinstance(part, DropRecord) and part.of == kind:
            return True
    return False
