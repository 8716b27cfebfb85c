"""What could join several tensors: only layers that take them as they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from workbench.catalog import Catalog
from workbench.graph.inference import Inference, TensorInfo, describe_shape
from workbench.graph.model import Endpoint, Graph
from workbench.graph.order import upstream
from workbench.graph.suggest import Suggestion


def suggest_joining(
    graph: Graph,
    catalog: Catalog,
    shapes: Inference | None,
    sources: Sequence[Endpoint],
    uses: Mapping[str, int] | None = None,
    most: int = 5,
) -> list[Suggestion]:
    """Return the layers that could join the tensors of several output ports, the likeliest first.

    Args:
        graph: The network.
        catalog: The layers that exist.
        shapes: What is known about its tensors; nothing is suggested for unknown ones.
        sources: The output ports, at least two.
        uses: How often the person has added a layer; see `workbench.graph.suggest.suggest`.
        most: Longest answer.
    """
    tensors = [shapes.tensor(s.node, s.port) if shapes else None for s in sources]
    known = [tensor for tensor in tensors if tensor is not None]
    if len(known) < 2 or len(known) < len(sources) or any(s.node not in graph for s in sources):
        return []
    habits = uses or {}
    scored = [
        (score + 0.5 * math.log1p(habits.get(entry.key, 0)), entry)
        for score, entry in _candidates(graph, sources, known)
        if entry.key in catalog
    ]
    return [entry for _, entry in sorted(scored, key=lambda pair: -pair[0])][:most]


def _candidates(
    graph: Graph, sources: Sequence[Endpoint], tensors: Sequence[TensorInfo]
) -> Iterator[tuple[float, Suggestion]]:
    shapes = [tensor.shape for tensor in tensors]
    if len({tensor.dtype for tensor in tensors}) > 1 or len(shapes[0]) < 2:
        return
    shown = describe_shape(tensors[0])
    if all(shape == shapes[0] for shape in shapes):
        skip = _is_skip(graph, sources)
        reason = "A residual connection" if skip else f"The sum: all are {shown}"
        yield 6 if skip else 4, Suggestion("Add", reason)
        yield 2.5, Suggestion("Average", "The mean, value by value")
        yield 2.2, Suggestion("Multiply", "One weighs the other, value by value")
        yield 1.5, Suggestion("Maximum", "The larger one, value by value")
    if all(shape[:-1] == shapes[0][:-1] for shape in shapes):
        widths = [shape[-1] for shape in shapes]
        if all(width is not None for width in widths):
            total = sum(width or 0 for width in widths)
            yield 5, Suggestion("Concatenate", f"Side by side: {total} in the last axis")


def _is_skip(graph: Graph, sources: Sequence[Endpoint]) -> bool:
    """Tell whether one of two tensors leads to the other."""
    first, second = sources[0].node, sources[-1].node
    return first in upstream(graph, [second]) or second in upstream(graph, [first])
