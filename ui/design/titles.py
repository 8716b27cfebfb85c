"""What layers and blocks are called in lists and on the canvas."""

from __future__ import annotations

from workbench.catalog import LayerSpec
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, PORT_SPECS, is_block
from workbench.graph.own_layers import class_name, is_own

LIBRARY = "library:"
"""What the keys of blocks of the user's library begin with, in lists."""

_PORTS = {BLOCK_INPUT: "Block input", BLOCK_OUTPUT: "Block output"}


def title_of_spec(spec: LayerSpec) -> str:
    """Return what a person calls a layer of a list: a block by its name."""
    if is_block(spec.key) or spec.key.startswith(LIBRARY):
        return spec.keywords[0] if spec.keywords else "Block"
    return class_name(spec.key) if is_own(spec.key) else _PORTS.get(spec.key, spec.key)


def title_of_key(key: str) -> str:
    """Return what a layer is called that is no block of the document."""
    if is_own(key):
        return class_name(key)
    return "Missing block" if is_block(key) else _PORTS.get(key, key)


def is_port(key: str) -> bool:
    """Tell whether a layer key means a port of a block."""
    return key in PORT_SPECS
