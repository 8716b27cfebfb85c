"""The network of a graph as a Python function, `build_model()`, that a person can read and run.

It makes the same layers as `workbench.build.model.build_model`, so that both have the same weights
in the same places; where a block waits for an input that is made after it, in another order, so
that fresh weights differ. Needs no Keras: the window writes it while one draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.catalog import Catalog
from workbench.errors import GraphError
from workbench.export.block_writer import BlockWriter, can_be_functions
from workbench.export.code import Code
from workbench.export.layer_calls import layer_imports
from workbench.export.names import VariableNames
from workbench.export.network_writer import DEEP, NetworkWriter
from workbench.export.operation_calls import clashing_operations
from workbench.export.own_text import FUTURE, needs_future, own_names, own_text, refuse_clashes
from workbench.graph.adopting import needed
from workbench.graph.blocks import layer_of
from workbench.graph.expand import Expanded, expand
from workbench.graph.model import INPUT_LAYER, Graph

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature


def model_code(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None = None,
    *,
    title: str = "A Keras network, written by Keras Workbench.",
    model_name: str = "network",
) -> Code:
    """Return a module with the function `build_model()`.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers, for inputs that take their shape from it.
        title: First line of the module's docstring; written by the program, not by a document.
        model_name: Name of the Keras model.

    Returns:
        The code; equal graphs give equal code. Lines have at most 88 columns, apart from names
        that are longer themselves.

    Raises:
        GraphError: The network is not whole: there is a cycle, something is not connected, a
            parameter is not legal, or a shape is not known.
    """
    body, lines = function_code(graph, catalog, signature, model_name=model_name)
    flat = expand(graph).graph
    own = own_text(flat)
    refuse_clashes(own, body)
    head = [f'"""{title}"""', "", *([FUTURE, ""] if needs_future(flat) else [])]
    head += [*_imports(flat), "", "", *own]
    moved = {key: (first + len(head), last + len(head)) for key, (first, last) in lines.items()}
    return Code("\n".join([*head, *body]) + "\n", moved)


def _imports(graph: Graph) -> list[str]:
    head = ["import sys", ""] if len(graph) > DEEP else []
    head.append("import keras")
    return head + layer_imports({node.layer for node in graph if node.layer != INPUT_LAYER})


def function_code(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None,
    *,
    model_name: str = "network",
    taken: Iterable[str] = (),
) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """Return the lines of the function, after those of its blocks, and the lines of each node.

    Lines are counted from 1. A block becomes a function; the lines of a layer inside it have the
    key `block:<id>/<node id>`. Where a function cannot say it (a use that shares its weights or
    is frozen, a default that no layer could have), the layers of the blocks are written out.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers.
        model_name: Name of the Keras model.
        taken: Names that the code around defines; no block's function is called so.

    Raises:
        GraphError: See `model_code`.
    """
    expanded = expand(graph)
    for problem in expanded.problems:
        raise GraphError(problem.message, place=problem.place)
    flat = expanded.graph
    names = frozenset((*taken, *own_names(flat)))

    def write(part: Graph, whole: Expanded) -> tuple[list[str], dict[str, tuple[int, int]]]:
        return _written(part, catalog, signature, model_name, whole, names)

    if expanded.is_plain:
        return write(graph, expanded)
    if not can_be_functions(graph, catalog, expanded):
        return write(flat, expand(flat))
    try:
        return write(graph, expanded)
    except GraphError as error:  # a block may have a fault that none of its uses has
        try:
            return write(flat, expand(flat))
        except GraphError:
            raise error from None


def _written(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None,
    model_name: str,
    expanded: Expanded,
    taken: frozenset[str],
) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """Return the functions of the blocks and of the network, see `function_code`."""
    named = clashing_operations(expanded.graph, catalog)
    names = VariableNames()
    names.reserve(taken)
    lines: list[str] = []
    spans: dict[str, tuple[int, int]] = {}
    functions: dict[str, str] = {}
    for block in needed(graph.records, [node.layer for node in graph]):
        key = layer_of(block.id)
        functions[key] = names.take(block.name, "block")
        writer = BlockWriter(block, catalog, functions)
        writer.named = named
        body, inner = writer.block_function(functions[key])
        spans |= {
            f"{key}/{node}": (first + len(lines), last + len(lines))
            for node, (first, last) in inner.items()
        }
        lines += [*body, "", ""]
    writer_of_all = NetworkWriter(graph, catalog, signature, functions)
    writer_of_all.named = named
    body, outer = writer_of_all.function(model_name, expanded)
    shift = len(lines)
    spans |= {node: (first + shift, last + shift) for node, (first, last) in outer.items()}
    return [*lines, *body], spans
