from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.order import (
    components,
    downstream,
    find_cycles,
    output_nodes,
    topological_order,
    upstream,
)


def graph_of(nodes, edges, layers=None):
    graph = Graph()
    for node in nodes:
        graph.apply(AddNode(Node(node, (layers or {}).get(node, "Dense"), node)))
    for number, (a, b) in enumerate(edges):
        graph.apply(Connect(Edge(Endpoint(a, "output"), Endpoint(b, "inputs"), number)))
    return graph


@st.composite
def random_graphs(draw):
    nodes = [f"n{i}" for i in range(draw(st.integers(1, 8)))]
    pairs = draw(st.lists(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=14))
    return nodes, pairs


def reachable(pairs, start):
    seen, work = set(), [start]
    while work:
        at = work.pop()
        for a, b in pairs:
            if a == at and b not in seen:
                seen.add(b)
                work.append(b)
    return seen


@settings(max_examples=300, deadline=None)
@given(random_graphs())
def test_against_plain_reachability(drawn):
    nodes, pairs = drawn
    graph = graph_of(nodes, pairs)
    reach = {node: reachable(pairs, node) for node in nodes}
    cyclic = {node for node in nodes if node in reach[node]}
    behind = cyclic | {b for a in cyclic for b in reach[a]}
    order = topological_order(graph)
    assert set(order) == set(nodes) - behind
    place = {node: at for at, node in enumerate(order)}
    assert all(place[a] < place[b] for a, b in pairs if a in place and b in place)

    cycles = find_cycles(graph)
    groups = {frozenset({n} | {m for m in nodes if m in reach[n] and n in reach[m]})
              for n in cyclic}  # fmt: skip
    assert len(cycles) == len(groups)
    for cycle in cycles:
        steps = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        assert all(step in set(pairs) for step in steps)

    for node in nodes:
        assert downstream(graph, [node]) == reach[node] | {node}
        assert upstream(graph, [node]) == {n for n in nodes if node in reach[n]} | {node}
    parts = components(graph)
    assert sorted(n for part in parts for n in part) == sorted(nodes)
    where = {n: i for i, part in enumerate(parts) for n in part}
    assert all(where[a] == where[b] for a, b in pairs)


def test_outputs_are_reached_and_feed_nothing():
    graph = graph_of(
        ["in", "a", "b", "stray"], [("in", "a"), ("a", "b")], {"in": "InputLayer"}
    )  # fmt: skip
    assert output_nodes(graph) == ["b"]


def test_a_long_chain_needs_no_recursion():
    nodes = [f"n{i}" for i in range(20_000)]
    pairs = [*pairwise(nodes), (nodes[-1], nodes[0])]
    graph = graph_of(nodes, pairs)
    assert len(find_cycles(graph)[0]) == 20_000
    assert topological_order(graph) == []
