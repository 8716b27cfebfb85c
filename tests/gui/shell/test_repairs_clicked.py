"""Repairs end to end: a wrong network in the window, a click on the button, Keras is content."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt

from ui.widgets import Button
from workbench.graph import AddNode, Batch, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.edits import delete
from workbench.graph.records import Records

pytestmark = pytest.mark.backend
LEFT = Qt.MouseButton.LeftButton
IMAGE = ("Reshape", {"target_shape": [5, 6, 1]})
END = ("Dense", {"units": 1, "activation": "sigmoid"})
BOTH = ("Bidirectional", {"layer": {"layer": "GRU", "params": {"units": 4}}})
INPUT = ("InputLayer", {"source": "features"})


def conv(size, **more):
    return ("Conv2D", {"filters": 4, "kernel_size": size, "activation": "relu", **more})


def plain(*layers):
    """Return a chain: nodes n0, n1 … one behind the other."""
    nodes = [Node(f"n{at}", key, f"{key.lower()}_{at}", dict(params), (0.0, 110.0 * at))
             for at, (key, params) in enumerate(layers)]  # fmt: skip
    return nodes, [(f"n{at}.output", f"n{at + 1}.input") for at in range(len(nodes) - 1)]


def two_branches():
    nodes, _ = plain(INPUT, IMAGE, conv(2), conv(3), ("Add", {}), ("Flatten", {}), END)
    return nodes, [("n0.output", "n1.input"), ("n1.output", "n2.input"), ("n1.output", "n3.input"),
                   ("n2.output", "n4.inputs"), ("n3.output", "n4.inputs"),
                   ("n4.output", "n5.input"), ("n5.output", "n6.input")]  # fmt: skip


def same_names():
    nodes, edges = plain(INPUT, ("Dense", {"units": 4, "activation": "relu"}), END)
    return [*nodes[:2], Node("n2", "Dense", "dense_1", dict(END[1]), (0.0, 220.0))], edges


def dead_branch():
    nodes, edges = plain(INPUT, ("Dense", {"units": 4, "activation": "relu"}), END)
    dead = Node("dead", "Dense", "forgotten", {"units": 7}, (300.0, 220.0))
    return [*nodes, dead], [*edges, ("n1.output", "dead.input")]


def apart():
    nodes, edges = plain(INPUT, ("Dense", {"units": 4, "activation": "relu"}), END)
    return [*nodes, Node("lost", "Dropout", "lost", {"rate": 0.5}, (300.0, 220.0))], edges


def uses_of_block():
    """A block whose Dense gets an image, used once; its layer is called `narrow` there."""
    inner = Graph(Records())
    for node in (Node("in", BLOCK_INPUT, "image"), Node("conv", *conv(3)[:1], "conv", conv(3)[1]),
                 Node("narrow", "Dense", "narrow", dict(END[1])),
                 Node("out", BLOCK_OUTPUT, "row")):  # fmt: skip
        inner.apply(AddNode(node))
    for source, target in (("in", "conv"), ("conv", "narrow"), ("narrow", "out")):
        inner.apply(Connect(Edge(Endpoint(source, "output"), Endpoint(target, "input"))))
    nodes, edges = plain(INPUT, IMAGE)
    use = Node("use", layer_of("head"), "head", {}, (0.0, 220.0))
    return [*nodes, use], [*edges, ("n1.output", "use.in")], Block("head", "Head", inner)


NORMAL = [(conv(3, padding="same", activation="linear")), ("BatchNormalization", {}), ("ReLU", {})]
CASES = {
    "Insert Flatten": (lambda: plain(INPUT, IMAGE, conv(3), END), r"Insert Flatten"),
    "pool": (lambda: plain(INPUT, IMAGE, conv(3), END), r"Insert GlobalAveragePooling2D"),
    "reshape": (lambda: plain(INPUT, ("LSTM", {"units": 4}), END), r"Insert Reshape to .*"),
    "output": (lambda: plain(INPUT, ("Dense", {"units": 3, "activation": "relu"})),
               r"Set units to 1 and activation to sigmoid"),
    "logits": (lambda: plain(INPUT, ("Dense", {"units": 1})), r"Set activation to sigmoid"),
    "no input": (lambda: plain(("Dense", {"units": 4, "activation": "relu"}), END),
                 r"Add an input"),
    "pad": (two_branches, r"Pad to 4 × 5"),
    "crop": (two_branches, r"Crop to 3 × 4"),
    "same names": (same_names, r"Rename .*"),
    "dead branch": (dead_branch, r"Delete the branch to forgotten"),
    "apart": (apart, r"Delete lost"),
    "both ways": (lambda: plain(INPUT, ("Reshape", {"target_shape": [5, 6]}), BOTH,
                                ("LSTM", {"units": 3}), END),
                  r"Turn return_sequences of bidirectional_2 on"),
    "all at once": (lambda: plain(INPUT, IMAGE, *NORMAL * 4, ("GlobalMaxPooling2D", {}), END),
                    r"Fix all \(4\)"),
    "block": (uses_of_block, r"Insert Flatten in every use"),
}  # fmt: skip


def replace_network(session, nodes, edges, *records):
    """Put another network into the project, in one step."""
    graph = session.document.graph
    changes = [delete(graph, list(graph.nodes)), *(PutRecord(record) for record in records)]
    changes += [AddNode(node) for node in nodes]
    number = {}
    for source, target in edges:
        out, into = Endpoint(*source.split(".")), Endpoint(*target.split("."))
        number[into] = number.get(into, -1) + 1
        changes.append(Connect(Edge(out, into, number[into])))
    session.apply(Batch(tuple(changes), "Another network"))


def button_for(window, pattern):
    """Return the button of the list of problems with this text, or None."""
    for row in window.drawer.problems.rows():
        for button in row.findChildren(Button):
            if re.fullmatch(pattern, button.text()) and button.isVisible():
                return button
    return None


def click_and_undo(window, qtbot, pattern):
    """Click a repair, see that it repairs, and take it back."""
    session = window.session

    def told():
        return {problem.code for problem in session.problems}

    qtbot.waitUntil(
        lambda: session.settled and button_for(window, pattern) is not None, timeout=30_000
    )
    before, button = session.document.graph.copy(), button_for(window, pattern)
    row = next(row for row in window.drawer.problems.rows() if button in row.findChildren(Button))
    code = row.problem.code
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: session.settled and code not in told(), timeout=30_000)
    assert [p.message for p in session.problems if p.severity == "error"] == []
    assert session.inference.nodes.keys() == session.document.graph.nodes.keys()
    session.undo()
    assert session.document.graph == before  # the repair was one step


def test_a_click_repairs(project_window, qtbot):
    window, session = project_window, project_window.session
    window.show_page("design")
    qtbot.mouseClick(window.status.problems, LEFT)
    qtbot.waitUntil(window.drawer.isVisible)
    qtbot.waitUntil(lambda: session.settled, timeout=60_000)
    start = session.document.graph.copy()
    for make, pattern in CASES.values():
        replace_network(session, *make())
        click_and_undo(window, qtbot, pattern)
        session.undo()
        assert session.document.graph == start
    session.document.save()
