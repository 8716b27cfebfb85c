"""Where the values of a node are when the network has blocks.

A preview runs on the expanded network. What is asked about may be a layer of it, a use of a block
(whose outputs are those of layers inside), or a port of a block that is opened.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from workbench.graph.expand import Expanded
from workbench.graph.model import Endpoint
from workbench.graph.scopes import Resolver, Scope


class Places:
    """Finds what nodes stand for.

    Args:
        expanded: The expanded network.
    """

    def __init__(self, expanded: Expanded) -> None:
        self._expanded = expanded

    def knows(self, node_id: str) -> bool:
        """Tell whether there is such a layer, use or port."""
        return (
            node_id in self._expanded.graph
            or node_id in self._expanded.scopes
            or self._port(node_id) is not None
        )

    def is_layer(self, node_id: str) -> bool:
        """Tell whether a node is a layer of the expanded network."""
        return node_id in self._expanded.graph

    def sources(self, node_id: str) -> Mapping[str, Endpoint | None]:
        """Return output port → output of a layer, for a use of a block or a port.

        An output that nothing inside leads to has None.
        """
        scope = self._expanded.scopes.get(node_id)
        if scope is not None:
            return {port: self._expanded.source(node_id, port) for port in scope.exits}
        found = self._port(node_id)
        if found is None:
            return {}
        copy, port, kind = found
        if kind == BLOCK_INPUT:
            return {"output": Resolver().source(copy, Endpoint(port, "output"))}
        return {"output": Resolver().leaving(copy, port)}

    def needed(self, node_id: str) -> list[str]:
        """Return the layers whose values are those of a node."""
        if self.is_layer(node_id):
            return [node_id]
        return [end.node for end in self.sources(node_id).values() if end is not None]

    def layers_in(self, node_id: str) -> list[str]:
        """Return the layers that stand in a use of a block, of all its copies."""
        starts = (f"{node_id}/", f"{node_id}#")
        return [at for at in self._expanded.path_of if at.startswith(starts)]

    def _port(self, node_id: str) -> tuple[Scope, str, str] | None:
        """Return copy, port and kind of a port node inside an opened block, or None."""
        use, _, port = node_id.rpartition("/")
        copy = self._copy(use)
        if copy is None or port not in copy.graph:
            return None
        kind = copy.graph.node(port).layer
        return (copy, port, kind) if kind in (BLOCK_INPUT, BLOCK_OUTPUT) else None

    def _copy(self, use: str) -> Scope | None:
        """Return one copy of a use: `r#2` is the second, `r` the only one or the first."""
        around, _, last = use.rpartition("/")
        name, _, number = last.partition("#")
        scope = self._expanded.scopes.get(f"{around}/{name}" if around else name)
        wanted = int(number) - 1 if number.isdecimal() else 0
        while scope is not None and scope.copy > wanted:
            scope = scope.before
        return scope if scope is not None and scope.copy == wanted else None
