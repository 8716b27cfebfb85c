"""Changes of records: put, drop, and any change inside a block's network."""

# ruff: noqa: D102 - what label, apply_to and to_plain mean is said once, on Change.
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.errors import GraphError
from workbench.graph.blocks import Block, is_block, would_contain_itself
from workbench.graph.change_base import READERS, Change
from workbench.graph.changes import AddNode, Batch, change_from_plain
from workbench.graph.model import Graph
from workbench.graph.records import Record, Records, read_record
from workbench.plain import PlainDict


@dataclass(frozen=True, slots=True)
class PutRecord(Change):
    """Add a record, or replace the one of the same kind and id.

    Attributes:
        record: The record.
        text: What the undo menu calls it; made from the kind when empty.
    """

    record: Record
    text: str = ""
    kind: ClassVar[str] = "put_record"

    @property
    def label(self) -> str:
        return self.text or f"Change {self.record.kind}"

    def apply_to(self, graph: Graph) -> Change:
        if isinstance(self.record, Block) and would_contain_itself(graph.records, self.record):
            raise GraphError(
                f"{self.record.name} would contain itself.",
                remedy="Take the block out of its own inside first.",
            )
        before = graph.records.put(self.record)
        if before is None:
            return DropRecord(self.record.kind, self.record.id, self.text)
        return PutRecord(before, self.text)

    def to_plain(self) -> PlainDict:
        return {
            "kind": self.kind,
            "of": self.record.kind,
            "record": self.record.to_plain(),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class DropRecord(Change):
    """Remove a record.

    Attributes:
        of: Kind of the record.
        record_id: Its id.
        text: What the undo menu calls it; made from the kind when empty.
    """

    of: str
    record_id: str
    text: str = ""
    kind: ClassVar[str] = "drop_record"

    @property
    def label(self) -> str:
        return self.text or f"Delete {self.of}"

    def apply_to(self, graph: Graph) -> Change:
        return PutRecord(graph.records.drop(self.of, self.record_id), self.text)

    def to_plain(self) -> PlainDict:
        return {
            "kind": self.kind, "of": self.of, "record_id": self.record_id, "text": self.text
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class InBlock(Change):
    """Make a change in the network of a block; every use of the block follows.

    Attributes:
        block_id: Id of the block's definition.
        change: A change of its network.
    """

    block_id: str
    change: Change
    kind: ClassVar[str] = "in_block"

    @property
    def label(self) -> str:
        return self.change.label

    def apply_to(self, graph: Graph) -> Change:
        lifted = _lifted(self)
        if not isinstance(lifted, InBlock):
            return lifted.apply_to(graph)
        block = graph.records.get("block", self.block_id)
        if not isinstance(block, Block):
            raise GraphError("The block is not in this project any more.")
        inverse = block.graph.apply(self.change)
        if _adds_use(self.change) and would_contain_itself(graph.records, block):
            block.graph.apply(inverse)
            raise GraphError(
                f"{block.name} would contain itself.",
                remedy="Use another block here, or copy the layers.",
            )
        graph.records.touch()
        return InBlock(self.block_id, inverse)

    def to_plain(self) -> PlainDict:
        return {"kind": self.kind, "block_id": self.block_id, "change": self.change.to_plain()}


def _lifted(change: InBlock) -> Change:
    """Return a change with the parts that concern the document itself taken out of the block.

    Records belong to the document: a batch that groups layers inside a block puts a record, and
    may even replace the block that it stands in.
    """
    inner = change.change
    if isinstance(inner, (PutRecord, DropRecord, InBlock)):
        return inner
    if isinstance(inner, Batch):
        parts = (_lifted(InBlock(change.block_id, part)) for part in inner.changes)
        return Batch(tuple(parts), inner.text)
    return change


def _adds_use(change: Change) -> bool:
    return isinstance(change, AddNode) and is_block(change.node.layer)


def _put_record(plain: Any) -> PutRecord:
    record = read_record(str(plain["of"]), plain["record"], Records())
    return PutRecord(record, str(plain.get("text", "")))


READERS |= {
    PutRecord.kind: _put_record,
    DropRecord.kind: lambda p: DropRecord(
        str(p["of"]), str(p["record_id"]), str(p.get("text", ""))
    ),
    InBlock.kind: lambda p: InBlock(str(p["block_id"]), change_from_plain(p["change"])),
}
