"""The function of a block: its ports are arguments and results, its parameters keywords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workbench.catalog import Catalog
from workbench.errors import GraphError, Place
from workbench.export.expressions import (
    Atom,
    Expression,
    Group,
    Item,
    literal,
    quoted,
    written,
)
from workbench.export.network_writer import output_ends
from workbench.export.writer import Writer, joined_name
from workbench.graph.blocks import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    Block,
    block_of,
    blocks,
    is_block,
    ports,
)
from workbench.graph.expand import Expanded, is_repeated
from workbench.graph.formulas import has_formula
from workbench.graph.model import Graph
from workbench.graph.order import output_nodes

_TAKEN: Final = frozenset({"name", "keras", "layers", "build_model"})


def can_be_functions(graph: Graph, catalog: Catalog, expanded: Expanded) -> bool:
    """Tell whether functions can say what the blocks of a network mean.

    A function makes layers of its own at every call: uses that share weights, and uses whose
    layers are frozen from outside, are beyond it; so are parameters that cannot be keywords.
    """
    outputs = output_nodes(expanded.graph)
    if expanded.renamed or len(output_ends(graph, catalog, expanded)) != len(outputs):
        return False
    every = [graph, *(block.graph for block in blocks(graph.records))]
    for part in every:
        for node in part:
            if not is_block(node.layer):
                continue
            if not node.trainable or node.shared_with or part.is_shared(node.id):
                return False
            if is_repeated(node) and not _as_many_outputs(part, node.layer):
                return False  # a formula, which gives 1: there is nothing to go round with
    return all(
        param.name.isidentifier() and param.name.isascii() and param.name not in _TAKEN
        for block in blocks(graph.records)
        for param in block.params
    )


def _as_many_outputs(graph: Graph, layer: str) -> bool:
    block = block_of(graph.records, layer)
    if block is None:
        return True
    return len(ports(block, BLOCK_INPUT)) == len(ports(block, BLOCK_OUTPUT))


class BlockWriter(Writer):
    """Writes the function of one block.

    Args:
        block: The block.
        catalog: Where the layers are described.
        functions: Layer key of a block inside → its function.
    """

    def __init__(self, block: Block, catalog: Catalog, functions: Mapping[str, str]) -> None:
        super().__init__(block.graph, catalog, functions)
        self._block = block
        self.values = {param.name: param.default for param in block.params}
        self._names.reserve([*self.values, "name"])

    def layer_name(self, name: str, copy: str = "") -> Expression:
        """Return the name of a layer: that of the use, and its own."""
        return joined_name("name", name, copy)

    def block_function(self, function: str) -> tuple[list[str], dict[str, tuple[int, int]]]:
        """Return the lines, and the lines of each node, counted from 1."""
        entries = ports(self._block, BLOCK_INPUT)
        order = self._order()
        for entry in entries:
            self._tensors[entry.id, "output"] = self._names.take(entry.name, "inputs")
        words = [self._tensors[entry.id, "output"] for entry in entries]
        for param in self._block.params:
            if has_formula(param.default):
                raise GraphError(f"The default of {param.name} is no value.")
        keywords = [f"{p.name}={literal(p.default).flat()}" for p in self._block.params]
        keywords.append(f"name={quoted(function)}")
        given = Group("(", ")", [Item(Atom(word)) for word in [*words, "*", *keywords]])
        self._lines += written(f"def {function}", given, ":")
        self._lines.append('    """Apply the block and return what it gives."""')
        for node_id in order:
            node = self._graph.node(node_id)
            if node.layer not in (BLOCK_INPUT, BLOCK_OUTPUT):
                self._write(node)
        results = [self._result(node.id) for node in ports(self._block, BLOCK_OUTPUT)]
        if not results:
            raise GraphError(f"{self._block.name} has no output.")
        self._lines.append(f"    return {', '.join(results)}")
        return self._lines, self._spans

    def _result(self, port: str) -> str:
        edges = self._graph.incoming(port)
        tensor = self._tensors.get((edges[0].source.node, edges[0].source.port)) if edges else None
        if tensor is None:
            name = self._graph.node(port).name
            raise GraphError(
                f"Nothing leads to the output {name} of {self._block.name}.",
                place=Place("node", port),
            )
        return tensor
