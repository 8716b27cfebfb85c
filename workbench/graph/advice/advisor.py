"""Asks the rules about a network again and again; only what an edit touched is asked anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbench.catalog import Catalog
from workbench.errors import Place
from workbench.graph.advice.rules import rules_for
from workbench.graph.advice.seen import NOISE, REACH, SHAPING, Seen
from workbench.graph.advice.whole import size_advice
from workbench.graph.inference import NodeInfo
from workbench.graph.model import Edge, Graph, Node
from workbench.graph.problems import Problem
from workbench.graph.steady import with_steady_ids

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_PASSING = NOISE | SHAPING | {"Activation", "Softmax"}
"""Layers that rules walk through on their way to the output."""

_MOST = 0.9
"""Where more than this share of the layers was touched, all are asked: the others are near one."""

_Around = tuple[Node, NodeInfo | None, tuple[Edge, ...], tuple[Edge, ...], bool]


class Advisor:
    """Gives advice about a network as it is edited.

    Args:
        catalog: Where the layers are described.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._around: dict[str, _Around] = {}
        self._found: dict[str, tuple[Problem, ...]] = {}
        self._token: object = None
        self._frame: tuple[object, str] = (None, "")
        self.asked = 0

    def advise(
        self,
        graph: Graph,
        infos: Mapping[str, NodeInfo],
        signature: DataSignature | None = None,
        outputs: Iterable[str] = (),
        *,
        whole: bool = True,
    ) -> list[Problem]:
        """Return the advice about a network, in node order.

        Args:
            graph: The network without blocks (`workbench.graph.expand`).
            infos: What is known about its nodes.
            signature: What the data offers.
            outputs: Ids of its outputs.
            whole: Nothing is wrong with the network, so that its size can be judged.
        """
        ends = [node_id for node_id in outputs if graph.entering(node_id)]
        output = ends[0] if len(ends) == 1 else ""
        self._update(graph, infos, signature, output)
        found = [p for node_id in graph.nodes for p in self._found.get(node_id, ())]
        if whole and signature is not None:
            found += size_advice(sum(i.trainable for i in infos.values()), signature.rows)
        return found

    def _update(
        self,
        graph: Graph,
        infos: Mapping[str, NodeInfo],
        signature: DataSignature | None,
        output: str,
    ) -> None:
        token = graph.memo("advice", lambda _: object())
        frame = (signature, output)
        before, around = self._around, {}
        same = token is self._token
        for node in graph:
            known = before.get(node.id)
            info = infos.get(node.id)
            if same and known is not None:
                around[node.id] = (
                    known if known[0] is node and known[1] is info
                    else (node, info, *known[2:])
                )  # fmt: skip
                continue
            entering, leaving = tuple(graph.entering(node.id)), tuple(graph.leaving(node.id))
            fresh = (node, info, entering, leaving, graph.is_shared(node.id))
            around[node.id] = known if known is not None and _alike(known, fresh) else fresh
        if signature == self._frame[0]:
            touched = [at for at, now in around.items() if before.get(at) is not now]
            if output != self._frame[1]:
                touched += [at for at in (output, self._frame[1]) if at in around]
            if len(touched) < _MOST * len(around):
                touched = _near(graph, _to_the_ends(graph, touched))
            else:
                touched = list(around)
        else:
            touched = list(around)
        self._around, self._token, self._frame = around, token, frame
        if not same:
            self._found = {at: found for at, found in self._found.items() if at in around}
        self.asked = 0
        for node_id in touched:
            node = graph.node(node_id)
            found = self._ask(Seen(graph, self._catalog, infos, signature, output, node))
            if not found:
                self._found.pop(node_id, None)
            elif self._found.get(node_id) != found:  # else the same objects: nothing to tell
                self._found[node_id] = found

    def _ask(self, seen: Seen) -> tuple[Problem, ...]:
        if "#" in seen.node.id:
            return ()  # a further copy of a repeated block: the first one has been told
        found = []
        for rule in rules_for(seen.node.layer):
            self.asked += 1
            remark = rule.look(seen)
            if remark is not None:
                place = Place("node", seen.node.id)
                found.append(
                    Problem(
                        rule.code, rule.severity, remark.text, place, remark.fixes, "", rule.why
                    )
                )
        return tuple(with_steady_ids(seen.graph, found)) if found else ()


def _alike(known: _Around, fresh: _Around) -> bool:
    return known[0] is fresh[0] and known[1] is fresh[1] and known[2:] == fresh[2:]


def _to_the_ends(graph: Graph, touched: Iterable[str]) -> list[str]:
    """Return touched nodes and those from which a rule may have walked to them as outputs.

    Rules that ask whether a layer with weights follows before the output walk on through all
    the layers that could stand there, however many.
    """
    seen = dict.fromkeys(touched)
    waiting = [edge.source.node for at in seen for edge in graph.entering(at)]
    while waiting:
        at = waiting.pop()
        if at not in seen and graph.node(at).layer in _PASSING:
            seen[at] = None
            waiting += [edge.source.node for edge in graph.entering(at)]
    return list(seen)


def _near(graph: Graph, touched: Iterable[str]) -> list[str]:
    """Return the nodes that a rule could have looked at a touched one from."""
    seen = dict.fromkeys(touched)
    for node_id in list(seen):
        seen.update(dict.fromkeys(graph.sharers(node_id)))
    edge = list(seen)
    for _ in range(REACH + 2):
        following = []
        for node_id in edge:
            for other in (
                *(e.source.node for e in graph.entering(node_id)),
                *(e.target.node for e in graph.leaving(node_id)),
            ):
                if other not in seen:
                    seen[other] = None
                    following.append(other)
        edge = following
    return list(seen)
