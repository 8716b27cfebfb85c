"""Finds layers by what is known about them: name, type, parameters, output shape.

A query is words separated by spaces; a layer is found when every word fits it:

- `filters=64` or `filters:64`: the parameter has that value (`units>=128` compares numbers);
- `26x26`: these lengths follow each other in an output shape (`×` and `*` mean the same);
- anything else: part of the name, the type, or a parameter that is a word ("relu").
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workbench.catalog import Catalog
from workbench.graph.blocks import block_of
from workbench.graph.inference import Inference
from workbench.graph.model import Graph, Node
from workbench.graph.ports import node_params
from workbench.graph.specs import spec_of, title_of
from workbench.plain import Plain

MOST_DEPTH: Final = 12
"""Blocks in blocks that are searched."""

_PARAM: Final = re.compile(r"([A-Za-z_]\w*)(<=|>=|!=|=|:|<|>)(.*)", re.DOTALL)
_SHAPE: Final = re.compile(r"(?:\d+|\?)(?:[x×*](?:\d+|\?))+")
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer was found.

    Attributes:
        path: Uses of blocks that lead to its network, the outermost first.
        node_id: The layer.
    """

    path: tuple[str, ...]
    node_id: str


def find(
    graph: Graph,
    catalog: Catalog,
    query: str,
    inference: Callable[[tuple[str, ...]], Inference | None] | Inference | None = None,
) -> list[Place]:
    """Return the layers that a query fits, in the order of the document, blocks included.

    Args:
        graph: The outermost network.
        catalog: The layers that exist.
        query: What to look for; an empty one finds nothing.
        inference: Shapes of the outermost network, or a function that gives them for the network
            that a path leads to.
    """
    tests = [_test(word) for word in query.split()]
    if not tests:
        return []
    shapes = inference if callable(inference) else lambda path: None if path else inference
    return list(_search(graph, catalog, tests, shapes, ()))


class _Facts:
    """What a word is compared with, for one layer; made once per layer."""

    __slots__ = ("params", "shapes", "words")

    def __init__(
        self, graph: Graph, catalog: Catalog, node: Node, inference: Inference | None
    ) -> None:
        spec = spec_of(graph, catalog, node.layer)
        held = node_params(graph, node, spec) if spec is not None else node.params
        defaults = {p.name: p.default for p in spec.params} if spec is not None else {}
        self.params: dict[str, Plain] = {**defaults, **held}
        texts = [node.name, title_of(graph, node.layer)]
        texts += [value for value in held.values() if isinstance(value, str)]
        self.words = "\n".join(texts).casefold()
        info = inference.nodes.get(node.id) if inference is not None else None
        self.shapes = [tensor.shape for tensor in info.outputs.values()] if info else []


_Test = Callable[[_Facts], bool]


def _search(
    graph: Graph,
    catalog: Catalog,
    tests: list[_Test],
    shapes: Callable[[tuple[str, ...]], Inference | None],
    path: tuple[str, ...],
) -> Iterator[Place]:
    here = shapes(path)
    for node in graph:
        facts = _Facts(graph, catalog, node, here)
        if all(test(facts) for test in tests):
            yield Place(path, node.id)
        block = block_of(graph.records, node.layer)
        if block is not None and len(path) < MOST_DEPTH:
            yield from _search(block.graph, catalog, tests, shapes, (*path, node.id))


def _test(word: str) -> _Test:
    by_param = _PARAM.fullmatch(word)
    if by_param:
        return _param_test(*by_param.groups())
    if _SHAPE.fullmatch(word):
        lengths = tuple(None if n == "?" else int(n) for n in re.split("[x×*]", word))
        return lambda facts: any(_holds(shape, lengths) for shape in facts.shapes)
    wanted = word.casefold()
    return lambda facts: wanted in facts.words


def _param_test(name: str, sign: str, wanted: str) -> _Test:
    key = name.casefold()

    def test(facts: _Facts) -> bool:
        for held, value in facts.params.items():
            if held.casefold() != key:
                continue
            if sign in _COMPARE:
                return _compared(value, sign, wanted)
            return _equal(value, wanted) != (sign == "!=")
        return False

    return test


def _compared(value: Plain, sign: str, wanted: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return _COMPARE[sign](float(value), float(wanted))
    except ValueError:
        return False


def _equal(value: Plain, wanted: str) -> bool:
    """Tell whether a value is written like this; "3,3" and "3" are (3, 3)."""
    if isinstance(value, bool) or value is None:
        return str(value).casefold() == wanted.casefold()
    if isinstance(value, int | float):
        try:
            return float(value) == float(wanted)
        except ValueError:
            return False
    if isinstance(value, list):
        parts = [part for part in re.split(r"[,x×\s()\[\]]+", wanted) if part]
        if len(parts) == 1:
            parts *= len(value)
        return len(parts) == len(value) and all(
            _equal(v, part) for v, part in zip(value, parts, strict=True)
        )
    if isinstance(value, dict):
        return wanted.casefold() in str(value).casefold()
    return str(value).casefold() == wanted.casefold()


def _holds(shape: tuple[int | None, ...], lengths: tuple[int | None, ...]) -> bool:
    size = len(lengths)
    return any(shape[at : at + size] == lengths for at in range(1, len(shape) - size + 1))
