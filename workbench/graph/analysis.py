"""The network as a table: a row per layer with shape, sizes, costs and problems.

The Analyze view and `keras-workbench check` show the same rows; both write them as CSV and
Markdown here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workbench.graph.blocks import block_of
from workbench.graph.inference import Inference, NodeInfo, describe_axes
from workbench.graph.model import Graph
from workbench.graph.order import topological_order
from workbench.graph.specs import title_of
from workbench.plain import Plain
from workbench.wording import bytes_, count

UNKNOWN: Final = "—"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        id: Stable name.
        title: Heading.
        numeric: Whether it holds numbers: right-aligned, sorted by value.
        help: What it says, with its unit.
    """

    id: str
    title: str
    numeric: bool = False
    help: str = ""


COLUMNS: Final = (
    Column("name", "Name", help="Name of the layer"),
    Column("type", "Type", help="Kind of layer"),
    Column("output", "Output", help="Shape of what it gives for one row, axis by axis"),
    Column("dtype", "Data type", help="Type of the numbers that it gives"),
    Column("trainable", "Trainable", True, "Parameters that training changes"),
    Column("frozen", "Frozen", True, "Parameters that are frozen"),
    Column("states", "States", True, "Values changed without gradients: moving averages"),
    Column("weights", "Weights", True, "Memory of the parameters"),
    Column("activations", "Activations", True, "Memory that a batch's values take in training"),
    Column("macs", "Multiply-adds", True, "Multiplications with an addition, for one row"),
    Column("receptive", "Receptive field", True, "Places of the input that one output value sees"),
    Column("problems", "Problems", True, "Errors, warnings and advice at this layer"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One layer.

    Attributes:
        id: Its node; ids with slashes stand in blocks.
        depth: How many blocks it stands in.
        texts: What every column shows, in the order of `COLUMNS`.
        keys: What every column is sorted by: numbers for numeric columns (-1 for unknown).
        problem: The worst problem's message, or "".
        severity: Its severity, or "".
    """

    id: str
    depth: int
    texts: tuple[str, ...]
    keys: tuple[float | str, ...]
    problem: str = ""
    severity: str = ""


def places_of(graph: Graph, inference: Inference, *, inner: bool = True) -> list[str]:
    """Return the ids of the rows in the order of computation; what is in a block behind it.

    Args:
        graph: The network.
        inference: What is known about it.
        inner: Whether layers in blocks are rows too.
    """
    order = graph.memo("analysis order", topological_order)
    if not inner or not inference.inside:
        return list(order)
    inside: dict[str, list[str]] = {}
    for at in inference.inside:
        inside.setdefault(at.split("/")[0].split("#")[0], []).append(at)
    return [at for node_id in order for at in (node_id, *inside.get(node_id, ()))]


def rows_of(graph: Graph, inference: Inference, batch_size: int = 1) -> list[Row]:
    """Return all rows; see `places_of` and `row_of`."""
    return [row_of(graph, at, inference, batch_size) for at in places_of(graph, inference)]


def row_of(graph: Graph, at: str, inference: Inference, batch_size: int = 1) -> Row:
    """Return the row of one layer.

    Args:
        graph: The network.
        at: Id of the row, as `places_of` gives it.
        inference: What is known about the network.
        batch_size: Rows of a batch, for the memory of activations.
    """
    name, kind = _way(graph, at)
    problems = inference.problems_of(at)
    worst = problems[0] if problems else None
    info = inference.inside.get(at) if "/" in at else inference.nodes.get(at)
    return _plain_row(
        at, at.count("/"), name, kind, info, batch_size,
        worst.message if worst else "", len(problems), worst.severity if worst else "",
    )  # fmt: skip


def _way(graph: Graph, at: str) -> tuple[str, str]:
    """Return the name of a layer, with the blocks around it, and what kind it is."""
    names, kind, here = [], "", graph
    for part in at.split("/"):
        node_id, _, copy = part.partition("#")
        node = here.nodes.get(node_id)
        if node is None:
            return at, kind
        names.append(node.name + (f" ({copy})" if copy else ""))
        kind = title_of(here, node.layer)
        block = block_of(here.records, node.layer)
        here = block.graph if block is not None else here
    return " › ".join(names), kind


def _plain_row(
    node_id: str,
    depth: int,
    name: str,
    kind: str,
    info: NodeInfo | None,
    batch_size: int,
    problem: str,
    problems: int,
    severity: str = "",
) -> Row:
    found = str(problems) if problems else ""
    if info is None or not info.outputs:
        blank = (UNKNOWN,) * (len(COLUMNS) - 3)
        keys: tuple[float | str, ...]
        keys = (name, kind, -1.0, "", *(-1.0,) * (len(COLUMNS) - 5), problems)
        return Row(node_id, depth, (name, kind, *blank, found), keys, problem, severity)
    shapes = " | ".join(
        describe_axes(tensor, info.axes.get(port, ())) for port, tensor in info.outputs.items()
    )
    dtypes = ", ".join(dict.fromkeys(tensor.dtype for tensor in info.outputs.values()))
    activations = info.kept_bytes * batch_size
    numbers = (info.trainable, info.frozen, info.states)
    seen = info.receptive
    texts = (
        name,
        kind,
        shapes,
        dtypes,
        *(count(number) if number else "" for number in numbers),
        bytes_(info.weight_bytes) if info.weight_bytes else "",
        bytes_(activations),
        UNKNOWN if info.macs is None else count(info.macs),
        UNKNOWN if seen is None else " × ".join(f"{n:,}" for n in seen),
        found,
    )
    size = 1
    for n in info.output.shape[1:] if info.output else ():
        size *= n or 1
    sort = (name, kind, float(size), dtypes, *numbers, info.weight_bytes, activations,
            -1 if info.macs is None else info.macs,
            -1 if seen is None else max(seen, default=0), problems)  # fmt: skip
    return Row(node_id, depth, texts, sort, problem, severity)


def totals_of(inference: Inference, batch_size: int = 1) -> tuple[str, ...]:
    """Return what the row of totals shows; "—" for every sum while an error exists."""
    infos = list(inference.nodes.values())
    known = bool(infos) and not inference.has_errors
    sums = {
        "trainable": count(sum(i.trainable for i in infos)),
        "frozen": count(sum(i.frozen for i in infos)),
        "states": count(sum(i.states for i in infos)),
        "weights": bytes_(sum(i.weight_bytes for i in infos)),
        "activations": bytes_(sum(i.kept_bytes for i in infos) * batch_size),
        "macs": UNKNOWN if inference.macs is None else count(inference.macs),
    }
    texts = []
    for column in COLUMNS:
        if column.id == "name":
            texts.append("In all")
        elif column.id == "problems":
            texts.append(str(len(inference.problems)) if inference.problems else "")
        else:
            text = sums.get(column.id, "")
            texts.append(text if known or not text else UNKNOWN)
    return tuple(texts)


def as_csv(rows: Iterable[Row], totals: Sequence[str] = ()) -> str:
    """Return the table as CSV with plain numbers; text that looks like a formula is escaped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.title for column in COLUMNS])
    for row in rows:
        writer.writerow([_csv_cell(column, row, at) for at, column in enumerate(COLUMNS)])
    if totals:
        writer.writerow([_escaped(text) for text in totals])
    return out.getvalue()


def _csv_cell(column: Column, row: Row, at: int) -> Plain:
    text = row.texts[at]
    key = row.keys[at]
    if column.numeric and column.id != "receptive" and isinstance(key, (int, float)):
        return "" if key < 0 or text == UNKNOWN else int(key)
    return _escaped("" if text == UNKNOWN else text)


def _escaped(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_markdown(rows: Iterable[Row], totals: Sequence[str] = ()) -> str:
    """Return the table as Markdown."""
    lines = [
        "| " + " | ".join(column.title for column in COLUMNS) + " |",
        "| " + " | ".join("---:" if column.numeric else "---" for column in COLUMNS) + " |",
    ]
    written = (*(row.texts for row in rows), *((totals,) if totals else ()))
    lines += ["| " + " | ".join(map(_safe, texts)) + " |" for texts in written]
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    for mark in ("\\", "|", "`", "*", "_", "[", "]", "<", ">", "#"):
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())
