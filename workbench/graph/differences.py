"""A comparison as a list: one entry per layer, connection or block that differs, in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from workbench.graph.blocks import Block, is_block
from workbench.graph.compare import MISSING, Comparison, FieldChange, RecordChange
from workbench.graph.model import Graph
from workbench.graph.specs import title_of
from workbench.plain import Plain
from workbench.wording import listing

Mark = Literal["added", "removed", "changed", "rewired"]
TITLES: Final[dict[Mark, str]] = {
    "added": "Added", "removed": "Removed", "changed": "Changed", "rewired": "Rewired"
}  # fmt: skip
COLUMNS: Final = ("Change", "Layer", "Type", "In block", "What", "Before", "After")
_RECORDS: Final = {
    "block": "Block definition", "note": "Note", "layer": "Own layers", "ignored": "Advice"
}  # fmt: skip
_LABELS: Final = {"shared_with": "weights of", "trainable": "trainable", "name": "name"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that differs, in words.

    Attributes:
        field: Name of the field, as in `FieldChange`; "" for what leads into the layer.
        label: What it is called.
        before: What it was.
        after: What it is.
    """

    field: str
    label: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        return f"{self.label}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of the list.

    Attributes:
        mark: What happened.
        node: Id in the second network, or "" where only the first has it.
        old: Id in the first network, or "" where only the second has it.
        name: Name of the layer or block.
        layer: Its type.
        block: Id of the block (of the second document) in which it stands, or "".
        block_name: What that block is called.
        record: Kind of the record when it is no layer ("block", "note" …), else "".
        details: What differs.
        note: A further word.
    """

    mark: Mark
    node: str
    old: str
    name: str
    layer: str
    block: str = ""
    block_name: str = ""
    record: str = ""
    details: tuple[Detail, ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same while the networks are edited."""
        return (self.mark, self.block, self.record, self.node or self.old)

    @property
    def text(self) -> str:
        """What differs, in one line."""
        parts = [detail.text for detail in self.details]
        return "; ".join([*parts, *([self.note] if self.note else [])])


def differences(found: Comparison) -> tuple[Difference, ...]:
    """Return what differs: added, removed, changed, rewired; each in the order of the network.

    What differs inside blocks follows in the same groups.
    """
    rows = [*_layers(found, "", "")]
    for entry in found.records:
        if entry.inside is not None:
            rows += _layers(entry.inside, entry.id, entry.name)
        rows += _record(found, entry)
    order = list(TITLES)
    return tuple(sorted(rows, key=lambda row: order.index(row.mark)))


def _layers(found: Comparison, block: str, block_name: str) -> Iterator[Difference]:
    after, before = found.after, found.before
    for at in found.added:
        node = after.node(at)
        note = _moved(before, found.ungrouped.get(at, ""), "was in block")
        layer = _type(after, node.layer)
        yield Difference("added", at, "", node.name, layer, block, block_name, note=note)
    for old in found.removed:
        node = before.node(old)
        note = _moved(after, found.grouped.get(old, ""), "now in block")
        layer = _type(before, node.layer)
        yield Difference("removed", "", old, node.name, layer, block, block_name, note=note)
    rewired = set(found.rewired)
    for node in after if found.fields or rewired else ():
        fields, layer = found.fields.get(node.id, ()), _type(after, node.layer)
        old = found.partner.get(node.id, "")
        if fields:
            details = tuple(_detail(found, entry) for entry in fields)
            yield Difference(
                "changed", node.id, old, node.name, layer, block, block_name, details=details
            )
        if node.id in rewired:
            wires = (_wiring(found, node.id),)
            yield Difference(
                "rewired", node.id, old, node.name, layer, block, block_name, details=wires
            )


def _record(found: Comparison, entry: RecordChange) -> Iterator[Difference]:
    old, new = (found.before.records.get(entry.of, entry.old_id),
                found.after.records.get(entry.of, entry.id))  # fmt: skip
    details: tuple[Detail, ...] = ()
    if isinstance(old, Block) and isinstance(new, Block):
        details = tuple(_head(old, new))
        if not details:
            return  # what differs inside is listed layer by layer
    yield Difference(
        entry.kind, entry.id if entry.kind != "removed" else "", entry.old_id, entry.name,
        _RECORDS.get(entry.of, entry.of.capitalize()), record=entry.of, details=details,
    )  # fmt: skip


def _head(old: Block, new: Block) -> Iterator[Detail]:
    if old.name != new.name:
        yield Detail("name", "name", old.name, new.name)
    if old.params != new.params:
        first, second = ([p.name for p in b.params] for b in (old, new))
        same = first == second
        yield Detail(
            "params", "parameters", "other settings" if same else listing(first) or "none",
            "these settings" if same else listing(second) or "none",
        )  # fmt: skip
    if old.help != new.help:
        yield Detail("help", "help", shown(old.help or MISSING), shown(new.help or MISSING))


def _type(graph: Graph, key: str) -> str:
    title = title_of(graph, key)
    return f"block {title}" if is_block(key) else title


def _moved(graph: Graph, block_id: str, words: str) -> str:
    block = graph.records.get(Block.kind, block_id) if block_id else None
    return f"{words} {block.name}" if isinstance(block, Block) else ""


def _detail(found: Comparison, entry: FieldChange) -> Detail:
    first, second = entry.before, entry.after
    if entry.name == "shared_with":
        first, second = _owner(found.before, first), _owner(found.after, second)
    return Detail(entry.name, _LABELS.get(entry.name, entry.name), shown(first), shown(second))


def _owner(graph: Graph, node_id: Plain) -> str:
    return graph.node(str(node_id)).name if node_id and str(node_id) in graph else "its own"


def shown(value: Plain) -> str:
    """Return a value as a person reads it, shortened."""
    if value is MISSING or value == MISSING:
        return "default"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split()) or "nothing"
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wiring(found: Comparison, node_id: str) -> Detail:
    old = found.partner[node_id]
    then = [found.before.node(e.source.node).name for e in found.before.incoming(old)]
    now = [found.after.node(e.source.node).name for e in found.after.incoming(node_id)]
    if then == now:  # other ports or another order
        then = [f"{e.source.port} of {found.before.node(e.source.node).name} into {e.target.port}"
                for e in found.before.incoming(old)]  # fmt: skip
        now = [f"{e.source.port} of {found.after.node(e.source.node).name} into {e.target.port}"
               for e in found.after.incoming(node_id)]  # fmt: skip
    return Detail("", "fed by", listing(then, 6) or "nothing", listing(now, 6) or "nothing")


# ---- as text -----------------------------------------------------------------------------


def _table(rows: Iterable[Difference]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        first = (TITLES[row.mark], row.name, row.layer, row.block_name)
        if not row.details:
            yield (*first, row.note, "", "")
        for detail in row.details:
            yield (*first, detail.label, detail.before, detail.after)


def as_csv(rows: Iterable[Difference]) -> str:
    """Return the list as CSV, a line per thing that differs; formulas are escaped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in _table(rows):
        writer.writerow([_escaped(text) for text in line])
    return out.getvalue()


def _escaped(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula; numbers stay numbers."""
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def as_markdown(rows: Iterable[Difference], before: str, after: str) -> str:
    """Return the list as Markdown.

    Args:
        rows: What differs.
        before: What the first network is called.
        after: What the second is called.
    """
    lines = [f"# {_safe(before)} → {_safe(after)}", ""]
    written = list(_table(rows))
    if not written:
        return "\n".join([*lines, "No differences.", ""])
    lines += [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(map(_safe, line))} |" for line in written]
    return "\n".join([*lines, ""])


def _safe(text: str) -> str:
    for mark in ("\\", "|", "`", "*", "_", "[", "]", "<", ">", "#"):
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())


__all__ = [
    "COLUMNS", "TITLES", "Detail", "Difference", "Mark", "as_csv", "as_markdown", "differences",
    "shown",
]  # fmt: skip
