"""The description of any layer of a network: from the catalog, or from the document itself."""

from __future__ import annotations

from workbench.catalog import Catalog, LayerSpec
from workbench.graph.blocks import PORT_SPECS, Block, block_of, block_spec
from workbench.graph.model import Graph
from workbench.graph.own_layers import catalog_with_own, class_name, is_own, own_spec


def spec_of(graph: Graph, catalog: Catalog, key: str) -> LayerSpec | None:
    """Return the description of a layer that stands in a network, or None when there is none.

    Args:
        graph: The network, or the network inside a block.
        catalog: The layers that come with the program.
        key: `Node.layer`: a catalog key, a block's, or that of an own layer.
    """
    if key == "RNN":  # own cells can stand in it
        catalog = catalog_with_own(graph.records, catalog)
    found = catalog.get(key)
    if found is not None:
        return found
    if key in PORT_SPECS:
        return PORT_SPECS[key]
    if is_own(key):
        return own_spec(graph.records, key)
    block = block_of(graph.records, key)
    return _spec_of_block(graph, block) if block is not None else None


def _spec_of_block(graph: Graph, block: Block) -> LayerSpec:
    return graph.records.memo(("block spec", block.id), lambda: block_spec(block))


def title_of(graph: Graph, key: str) -> str:
    """Return what a person calls a layer: a block by its name, an own layer by its class."""
    if is_own(key):
        return class_name(key)
    block = block_of(graph.records, key)
    return block.name if block is not None else key
