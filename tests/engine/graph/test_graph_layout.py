import time

from workbench.graph import Connect, Edge, Endpoint, Graph, MoveNodes, Node
from workbench.graph.changes import AddNode
from workbench.graph.layout import layout


def boxes(positions, sizes):
    return [
        (x - sizes[n][0] / 2, y - sizes[n][1] / 2, x + sizes[n][0] / 2, y + sizes[n][1] / 2)
        for n, (x, y) in positions.items()
    ]


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def branching(net):
    entry = net.add("InputLayer", {"shape": [8, 8, 4]})
    left = net.after(net.after(entry, "Conv2D"), "BatchNormalization")
    right = net.after(entry, "Conv2D")
    join = net.after(left, "Concatenate")
    net.connect(right, join, "inputs", 1)
    net.connect(entry, join, "inputs", 2)
    net.after(join, "Dense")
    net.add("Dense")
    net.after(net.add("InputLayer"), "Dense")
    return entry


def test_tensors_flow_down_and_nothing_overlaps(net):
    branching(net)
    sizes = {node.id: (120.0 + 30 * (i % 3), 60.0 + 20 * (i % 2))
             for i, node in enumerate(net.graph)}  # fmt: skip
    positions = layout(net.graph, sizes).positions
    assert set(positions) == set(net.graph.nodes)
    for edge in net.graph.edges:
        top, bottom = edge.source.node, edge.target.node
        assert positions[top][1] + sizes[top][1] / 2 < positions[bottom][1] - sizes[bottom][1] / 2
    placed = boxes(positions, sizes)
    assert not any(overlap(a, b) for i, a in enumerate(placed) for b in placed[:i])


def test_horizontal_is_vertical_turned(net):
    branching(net)
    down = layout(net.graph, dict.fromkeys(net.graph.nodes, (90.0, 90.0))).positions
    right = layout(net.graph, dict.fromkeys(net.graph.nodes, (90.0, 90.0)), "horizontal").positions
    for edge in net.graph.edges:
        assert right[edge.source.node][0] < right[edge.target.node][0]
    spread = {axis: max(p[axis] for p in down.values()) - min(p[axis] for p in down.values())
              for axis in (0, 1)}  # fmt: skip
    turned = {axis: max(p[axis] for p in right.values()) - min(p[axis] for p in right.values())
              for axis in (0, 1)}  # fmt: skip
    assert spread[0] == turned[1] and spread[1] == turned[0]


def test_it_is_repeatable_and_keeps_the_centre(net):
    branching(net)
    net.graph.apply(MoveNodes({n: (1000.0 + i, 500.0) for i, n in enumerate(net.graph.nodes)}))
    first = layout(net.graph)
    inverse = net.graph.apply(first)
    xs = [p[0] for p in first.positions.values()]
    assert abs((min(xs) + max(xs)) / 2 - 1004.5) <= 1.0
    assert layout(net.graph).positions == first.positions, "a second layout changes nothing"
    net.graph.apply(inverse)
    assert net.graph.node(next(iter(net.graph.nodes))).position == (1000.0, 500.0)


def test_only_the_chosen_move(net):
    entry = branching(net)
    chosen = list(net.graph.nodes)[:3]
    moved = layout(net.graph, only=chosen).positions
    assert set(moved) == set(chosen) and entry in moved
    assert layout(net.graph, only=[]).positions == {}


def test_cycles_are_drawn_too(net):
    _, b, c = net.chain("Add", "Dense")
    net.connect(c, b, "inputs", 1)
    assert len(layout(net.graph).positions) == 3


def test_ten_thousand_nodes(net):
    before = net.add("InputLayer")
    skip = before
    for number in range(10_000):
        if number % 3 == 2:
            here = net.after(before, "Add")
            net.connect(skip, here, "inputs", 1)
            skip = here
        else:
            here = net.after(before, "Dense")
        before = here
    started = time.process_time()
    assert len(layout(net.graph).positions) == 10_001
    assert time.process_time() - started < 5.0


def test_layers_with_long_names_do_not_lie_on_each_other_where_sizes_are_not_known():
    graph = Graph()
    graph.apply(AddNode(Node("top", "InputLayer", "image", {}, (0, 0))))
    for side in ("left", "right"):
        name = f"conv3_block1_{side}_normalisation"
        graph.apply(AddNode(Node(side, "BatchNormalization", name, {}, (0, 0))))
        graph.apply(Connect(Edge(Endpoint("top", "output"), Endpoint(side, "input"))))
    graph.apply(layout(graph))
    left, right = (graph.node(side).position for side in ("left", "right"))
    assert left[1] == right[1]
    assert abs(left[0] - right[0]) >= 288 + 24  # as wide as layers are drawn, and a gap


def test_rows_leave_room_for_the_names_of_several_ports():
    made = Graph()
    for name in ("a", "b", "c"):
        made.put_node(Node(name, "LSTM" if name != "c" else "Dense", name))
    made.put_edge(Edge(Endpoint("a", "output"), Endpoint("b", "input")))
    made.put_edge(Edge(Endpoint("b", "output"), Endpoint("c", "input")))
    plain = layout(made).positions
    made.put_edge(Edge(Endpoint("a", "state_h"), Endpoint("b", "initial_state_h")))
    named = layout(made).positions
    assert named["b"][1] - named["a"][1] == plain["b"][1] - plain["a"][1] + 52
    assert named["c"][1] - named["b"][1] == plain["c"][1] - plain["b"][1]
