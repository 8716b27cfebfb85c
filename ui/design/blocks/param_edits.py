"""Edits of a block's parameters as Changes: formulas inside and values outside follow."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from workbench.catalog import ParamSpec
from workbench.catalog.schema import ParamKind
from workbench.graph import Batch, Change, Graph, SetParam
from workbench.graph.blocks import REPEAT, Block, block_of, blocks, uses, values_of
from workbench.graph.changes import UNSET
from workbench.graph.formulas import compose, formula, names_in, resolve
from workbench.graph.record_changes import InBlock, PutRecord
from workbench.plain import Plain

KINDS: Final[dict[ParamKind, str]] = {
    "int": "Whole number",
    "float": "Number",
    "bool": "Yes or no",
    "activation": "Activation",
    "str": "Text",
    "int_tuple": "Size",
}
"""Kinds that a block's parameter can have, as a person calls them."""

_FIRST: Final[dict[ParamKind, Plain]] = {
    "int": 64, "float": 0.5, "bool": False, "activation": "relu", "str": "", "int_tuple": 3,
}  # fmt: skip


def why_not_name(block: Block, name: str, but: str = "") -> str:
    """Return the reason why a parameter cannot be called so, or ""."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return "A parameter's name is letters, digits and _, and does not begin with a digit."
    if name in (REPEAT, "name", "inputs"):
        return f"{name} means something else already."
    if name != but and block.param(name) is not None:
        return f"Another parameter is called {name}."
    return ""


def free_param_name(block: Block, stem: str = "size") -> str:
    """Return a name that no parameter of the block has."""
    number, name = 2, stem
    while block.param(name) is not None:
        name, number = f"{stem}_{number}", number + 1
    return name


def fresh(name: str, kind: ParamKind, like: ParamSpec | None = None) -> ParamSpec:
    """Return a parameter with a default that fits its kind.

    Args:
        name: Its name.
        kind: Its kind.
        like: A layer's parameter whose choices and bounds it takes over.
    """
    made = ParamSpec(name, kind, _FIRST.get(kind))
    if like is None or like.kind != kind:
        return made
    default = like.default if like.default is not None else like.suggestion
    return replace(
        made, default=made.default if default is None else default, choices=like.choices,
        minimum=like.minimum, maximum=like.maximum, nullable=like.nullable,
        exclusive=like.exclusive,
    )  # fmt: skip


def add_param(block: Block, param: ParamSpec) -> Change:
    """Return the change that adds a parameter to a block."""
    return PutRecord(replace(block, params=(*block.params, param)), f"Add parameter {param.name}")


def change_param(root: Graph, block: Block, param: ParamSpec) -> Change:
    """Return the change that replaces the parameter of the same name.

    Where its kind is another one, uses go back to the default.
    """
    text = f"Change parameter {param.name}"
    before = block.param(param.name)
    params = tuple(param if p.name == param.name else p for p in block.params)
    put = PutRecord(replace(block, params=params), text)
    if before is None or before.kind == param.kind:
        return put
    return Batch((put, *_unset(root, block, param.name)), text)


def rename_param(root: Graph, block: Block, old: str, new: str) -> Change:
    """Return the change that renames a parameter everywhere.

    Args:
        root: The outermost network.
        block: The block.
        old: The parameter's name.
        new: Its new name; see `why_not_name`.
    """
    text = f"Rename parameter {old}"
    params = tuple(replace(p, name=new) if p.name == old else p for p in block.params)
    inner = block.graph.bound(block.graph.records)
    for node in block.graph:
        for name, value in node.params.items():
            known = names_in(value)
            if old in known:
                given = {n: formula(new if n == old else n) for n in known}
                inner.apply(SetParam(node.id, name, compose(value, given)))
    changes: list[Change] = [PutRecord(replace(block, params=params, graph=inner))]
    for wrap, graph in networks(root):
        for use in uses(graph, block.id):
            if old in use.params:
                changes.append(wrap(SetParam(use.id, old, UNSET)))
                changes.append(wrap(SetParam(use.id, new, use.params[old])))
    return Batch(tuple(changes), text)


def remove_param(root: Graph, block: Block, name: str) -> Change:
    """Return the change that removes a parameter; formulas keep what its default gives.

    Formulas that also name other parameters keep those.
    """
    gone = block.param(name)
    default = gone.default if gone is not None else None
    inner = block.graph.bound(block.graph.records)
    for node in block.graph:
        for key, value in node.params.items():
            known = names_in(value)
            if name in known:
                given: dict[str, Plain] = {n: formula(n) for n in known if n != name}
                given[name] = default
                inner.apply(SetParam(node.id, key, compose(value, given)))
    params = tuple(p for p in block.params if p.name != name)
    put = PutRecord(replace(block, params=params, graph=inner))
    return Batch((put, *_unset(root, block, name)), f"Remove parameter {name}")


def _unset(root: Graph, block: Block, name: str) -> list[Change]:
    return [
        wrap(SetParam(use.id, name, UNSET))
        for wrap, graph in networks(root)
        for use in uses(graph, block.id)
        if name in use.params
    ]


def values_at(root: Graph, scope: tuple[str, ...]) -> dict[str, Plain]:
    """Return the values of the block's parameters for the use that one went into.

    Args:
        root: The outermost network.
        scope: The uses one went into, the outermost first.

    Raises:
        GraphError: A value of a use is a formula that has none.
    """
    graph, values = root, dict[str, Plain]()
    for use in scope:
        node = graph.owner(graph.node(use))
        block = block_of(root.records, node.layer)
        if block is None:
            return values
        given = values_of(block, node.params)
        values = {name: resolve(value, values) for name, value in given.items()}
        graph = block.graph
    return values


def networks(root: Graph) -> Iterator[tuple[Callable[[Change], Change], Graph]]:
    """Iterate over all networks of a document, each with how a change of it is wrapped."""
    yield (lambda change: change), root
    for block in blocks(root.records):
        yield _wrapping(block.id), block.graph


def _wrapping(block_id: str) -> Callable[[Change], Change]:
    return lambda change: InBlock(block_id, change)
