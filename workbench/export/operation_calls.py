"""A function of `keras.ops` as the call that a person would write: `keras.ops.add(x, 1.0)`.

The arguments are those of `workbench.build.operations`, which makes the step itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.build.operations import Value, operation_arguments
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.catalog.indexing import index_text, read_index
from workbench.catalog.schema import OPERATIONS
from workbench.export.expressions import (
    Atom,
    Call,
    Expression,
    Group,
    Item,
    arguments,
    literal,
)
from workbench.graph.model import Graph
from workbench.plain import Plain

_INDEXED = "get_item"


def operation_call(
    spec: LayerSpec,
    ports: Sequence[PortSpec],
    variables: Mapping[str, Sequence[str]],
    params: Mapping[str, Plain],
) -> Expression:
    """Return the call of an operation.

    Args:
        spec: Description of the operation.
        ports: The input ports that the node has.
        variables: Port id → names of the variables connected to it, in order.
        params: The node's parameters, checked before.
    """
    positional, keywords = operation_arguments(spec, ports, variables, params)
    if spec.name == _INDEXED and len(positional) == 1 and isinstance(params.get("key"), str):
        return Atom(f"{positional[0]}[{index_text(read_index(str(params['key'])))}]")
    written = arguments(
        [_argument(value) for value in positional],
        {name: _argument(value) for name, value in keywords.items()},
    )
    return Call(f"keras.{spec.key}", (written,))


def _argument(value: Any) -> Expression:
    if isinstance(value, Value):
        plain = literal(value.plain, tuples=value.as_tuple)
        return Call("keras.ops.convert_to_tensor", (arguments([plain]),)) if value.as_tensor else (
            plain
        )  # fmt: skip
    if isinstance(value, (list, tuple)):
        return Group("[", "]", [Item(_argument(entry)) for entry in value])
    return Atom(str(value))


def clashing_operations(graph: Graph, catalog: Catalog) -> frozenset[str]:
    """Return the operations to which Keras might give the name of a layer of the network.

    Keras names an operation after its class, with a number (`add_1`), and refuses a model in
    which a layer is called so too. Such operations are named by the code.

    Args:
        graph: The network, without blocks.
        catalog: Where the layers are described.
    """
    used = {node.layer for node in graph if node.layer.startswith(OPERATIONS)}
    if not used:
        return frozenset()
    names = {_bare(node.name) for node in graph if not node.layer.startswith(OPERATIONS)}
    return frozenset(
        key for key in used if key in catalog and _bare(key.rpartition(".")[2]) in names
    )


def _bare(name: str) -> str:
    """Return a name without what the spelling of a class and a count add to it."""
    return re.sub(r"[_\d]+$", "", name.lower()).replace("_", "")
