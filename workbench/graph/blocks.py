"""Blocks: a named part of a network that is used like a layer, as often as wanted.

A definition is a record of the document; its network has pseudo layers for its ports. A node
whose layer is `block:<id>` is one use of it. `workbench.graph.expand` turns uses into layers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from workbench.catalog.schema import LayerSpec, ParamSpec, PortSpec
from workbench.graph.elements import Node
from workbench.graph.model import Graph
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import Plain, PlainDict

BLOCK_INPUT: Final = "BlockInput"
"""Layer key of an input port inside a block: the node's id is the port's, its name the title."""
BLOCK_OUTPUT: Final = "BlockOutput"
"""Layer key of an output port inside a block."""
REPEAT: Final = "repeat"
"""Parameter of every use: how many copies follow each other."""
MOST_REPEATS: Final = 1000
_PREFIX: Final = "block:"

PORT_SPECS: Final[Mapping[str, LayerSpec]] = {
    BLOCK_INPUT: LayerSpec(
        BLOCK_INPUT, "", "block", "What leads into the block; its name is the port's.",
        inputs=(), keywords=("port",),
    ),
    BLOCK_OUTPUT: LayerSpec(
        BLOCK_OUTPUT, "", "block", "What the block gives; its name is the port's.",
        outputs=(), keywords=("port",),
    ),
}  # fmt: skip
"""Descriptions of the pseudo layers; they stand inside blocks only."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The definition of a block.

    Attributes:
        id: Unique in the document, never shown.
        name: What it is called.
        graph: Its network, with a `BlockInput` or `BlockOutput` node per port.
        params: Parameters that every use can set; layers inside refer to them by expressions.
        help: What it is for, plain text.
    """

    id: str
    name: str
    graph: Graph = field(default_factory=lambda: Graph(Records()))
    params: tuple[ParamSpec, ...] = ()
    help: str = ""
    kind: ClassVar[str] = "block"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Block)
            and (self.id, self.name, self.params, self.help)
            == (other.id, other.name, other.params, other.help)
            and self.graph == other.graph
        )

    def __hash__(self) -> int:
        return hash(self.id)

    def param(self, name: str) -> ParamSpec | None:
        """Return the parameter of that name, or None."""
        return next((param for param in self.params if param.name == name), None)

    def to_plain(self) -> PlainDict:
        """Return the block as plain data."""
        plain: PlainDict = {"id": self.id, "name": self.name, "graph": self.graph.to_plain()}
        if self.params:
            plain["params"] = [param.to_plain() for param in self.params]
        if self.help:
            plain["help"] = self.help
        return plain

    def bound(self, records: Records) -> Record:
        """Return a copy whose network is among the given records."""
        return replace(self, graph=self.graph.bound(records))


def read_block(plain: Any, records: Records) -> Block:
    """Read a block written by `Block.to_plain`.

    Raises:
        GraphError: Its network cannot be read.
    """
    return Block(
        id=str(plain["id"]),
        name=str(plain["name"]),
        graph=Graph.from_plain(plain["graph"], records),
        params=tuple(ParamSpec.from_plain(param) for param in plain.get("params", ())),
        help=str(plain.get("help", "")),
    )


register_kind(Block.kind, "blocks", read_block)


def new_block_id() -> str:
    """Return a fresh id of a block."""
    return "b" + secrets.token_hex(5)


def layer_of(block_id: str) -> str:
    """Return the layer key of the uses of a block."""
    return _PREFIX + block_id


def is_block(layer: str) -> bool:
    """Tell whether a layer key means a block."""
    return layer.startswith(_PREFIX)


def block_of(records: Records, layer: str) -> Block | None:
    """Return the definition that a layer key means, or None."""
    if not layer.startswith(_PREFIX):
        return None
    found = records.get(Block.kind, layer.removeprefix(_PREFIX))
    return found if isinstance(found, Block) else None


def blocks(records: Records) -> list[Block]:
    """Return all definitions in the order of adding."""
    return [record for record in records.of(Block.kind).values() if isinstance(record, Block)]


def ports(block: Block, kind: str) -> list[Node]:
    """Return the port nodes of a kind (`BLOCK_INPUT`, `BLOCK_OUTPUT`) in node order."""
    return [node for node in block.graph if node.layer == kind]


def port_ids(graph: Graph, kind: str) -> list[str]:
    """Return the ids of a block's ports of a kind in node order, found once per topology."""
    return graph.memo(kind, lambda g: [node.id for node in g if node.layer == kind])


def block_spec(block: Block) -> LayerSpec:
    """Return how the uses of a block look to forms, checks and the canvas."""
    entries = ports(block, BLOCK_INPUT)
    exits = ports(block, BLOCK_OUTPUT)
    repeat = ParamSpec(
        REPEAT, "int", default=1, minimum=1, maximum=MOST_REPEATS,
        help="How many copies follow each other, each with weights of its own.",
    )  # fmt: skip
    return LayerSpec(
        key=layer_of(block.id),
        module="",
        family="block",
        summary=block.help or f"A block of this project: {block.name}.",
        params=(*block.params, repeat),
        inputs=tuple(PortSpec(node.id, title=node.name) for node in entries),
        outputs=tuple(PortSpec(node.id, title=node.name) for node in exits),
        headline=tuple(param.name for param in block.params[:2]),
        keywords=(block.name,),
    )


def uses(graph: Graph, block_id: str) -> Iterator[Node]:
    """Iterate over the nodes of one network that use a block."""
    layer = layer_of(block_id)
    return (node for node in graph if node.layer == layer)


def contained(graph: Graph) -> set[str]:
    """Return the ids of the blocks that a network uses itself, not those inside them."""
    return {node.layer.removeprefix(_PREFIX) for node in graph if node.layer.startswith(_PREFIX)}


def would_contain_itself(records: Records, block: Block) -> bool:
    """Tell whether a block, as it is given, would contain itself directly or through others."""
    waiting, seen = list(contained(block.graph)), set[str]()
    while waiting:
        at = waiting.pop()
        if at == block.id:
            return True
        if at in seen:
            continue
        seen.add(at)
        inner = records.get(Block.kind, at)
        if isinstance(inner, Block):
            waiting += contained(inner.graph)
    return False


def values_of(block: Block, given: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return the value of every parameter of one use: what it sets, else the default."""
    return {param.name: given.get(param.name, param.default) for param in block.params}
