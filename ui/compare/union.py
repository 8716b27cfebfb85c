"""The picture of a comparison: the second network, with what is gone from the first beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from workbench.graph import AddNode, Edge, Graph
from workbench.graph.compare import MISSING, Comparison, FieldChange
from workbench.graph.specs import title_of
from workbench.plain import Plain
from workbench.wording import listing

Mark = Literal["added", "removed", "changed", "rewired"]
SIGNS: Final[dict[Mark, str]] = {"added": "+", "removed": "−", "changed": "≠", "rewired": "⇄"}
TITLES: Final[dict[Mark, str]] = {
    "added": "Added", "removed": "Removed", "changed": "Changed", "rewired": "Rewired"
}  # fmt: skip
GONE: Final = "gone "
"""What the ids of removed layers start with in the picture."""
_ASIDE: Final = 40.0
_NEAR: Final = (280.0, 90.0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the list.

    Attributes:
        mark: What happened.
        node: Id in the picture, or "" for a block's definition.
        name: Name of the layer or block.
        layer: Its type.
        text: What differs, in words.
    """

    mark: Mark
    node: str
    name: str
    layer: str
    text: str = ""


@dataclass(frozen=True)
class Union:
    """Both networks in one.

    Attributes:
        graph: The second network and the layers that only the first one has.
        marks: Id in the picture → what happened to the layer.
        added_edges: Connections of the picture that the first network lacks.
        removed_edges: Pairs of ids in the picture that only the first network connects.
        rows: The list.
    """

    graph: Graph
    marks: dict[str, Mark]
    added_edges: tuple[Edge, ...]
    removed_edges: tuple[tuple[str, str], ...]
    rows: tuple[Difference, ...]


def unite(found: Comparison) -> Union:
    """Return a comparison as one picture and one list."""
    graph = found.after.copy()
    there = dict(found.followed)
    taken = [node.position for node in graph]
    for old in found.removed:
        node = found.before.node(old)
        there[old] = f"{GONE}{old}"
        place = _free_place(node.position, taken)
        taken.append(place)
        graph.apply(AddNode(replace(node, id=there[old], position=place, shared_with="")))
    marks: dict[str, Mark] = dict.fromkeys(found.rewired, "rewired")
    marks |= dict.fromkeys(found.fields, "changed")
    marks |= dict.fromkeys(found.added, "added")
    marks |= {there[old]: "removed" for old in found.removed}
    gone = tuple((there[e.source.node], there[e.target.node]) for e in found.removed_edges)
    rows = tuple(_rows(found, there))
    return Union(graph, marks, found.added_edges, gone, rows)


def _free_place(at: tuple[float, float], taken: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the place itself, or the next one to the right where nothing stands."""
    x, y = at
    for _ in range(20):
        if all(abs(x - a) >= _NEAR[0] or abs(y - b) >= _NEAR[1] for a, b in taken):
            break
        x += _NEAR[0] + _ASIDE
    return (x, y)


def _rows(found: Comparison, there: dict[str, str]) -> Iterator[Difference]:
    after, before = found.after, found.before
    for at in found.added:
        node = after.node(at)
        yield Difference("added", at, node.name, title_of(after, node.layer))
    for old in found.removed:
        node = before.node(old)
        yield Difference("removed", there[old], node.name, title_of(before, node.layer))
    for node in after:
        fields = found.fields.get(node.id, ())
        wired = node.id in found.rewired
        if fields or wired:
            parts = [_said(found, entry) for entry in fields]
            parts += [_wiring(found, node.id)] if wired else []
            mark: Mark = "changed" if fields else "rewired"
            yield Difference(
                mark, node.id, node.name, title_of(after, node.layer), "; ".join(parts)
            )
    for record in found.records:
        yield Difference(
            record.kind, "", record.name, record.of.capitalize(), _inside(record.inside)
        )


def _said(found: Comparison, entry: FieldChange) -> str:
    first, second = entry.before, entry.after
    if entry.name == "shared_with":
        first, second = _owner(found.before, first), _owner(found.after, second)
    name = {"shared_with": "weights of", "trainable": "trainable"}.get(entry.name, entry.name)
    return f"{name}: {_shown(first)} → {_shown(second)}"


def _owner(graph: Graph, node_id: Plain) -> str:
    return graph.node(str(node_id)).name if node_id and str(node_id) in graph else "its own"


def _shown(value: Plain) -> str:
    if value is MISSING or value == MISSING:
        return "default"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wiring(found: Comparison, node_id: str) -> str:
    old = found.partner[node_id]
    now = [found.after.node(e.source.node).name for e in found.after.incoming(node_id)]
    then = [found.before.node(e.source.node).name for e in found.before.incoming(old)]
    return f"fed by {listing(then) if then else 'nothing'} → {listing(now) if now else 'nothing'}"


def _inside(found: Comparison | None) -> str:
    if found is None:
        return ""
    names = [f"+ {found.after.node(at).name}" for at in found.added]
    names += [f"− {found.before.node(at).name}" for at in found.removed]
    names += [
        f"{found.after.node(at).name} ({', '.join(_said(found, e) for e in fields)})"
        for at, fields in found.fields.items()
    ]
    names += ["connections"] if found.rewired else []
    return listing(names, 8) if names else "its parameters or help"
