"""A long random walk through blocks: pictures follow, undo comes back, gestures work inside."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, Qt

from ui.design.blocks.param_edits import add_param, free_param_name, fresh, networks, remove_param
from ui.design.canvas.picture import Picture
from workbench.graph import (
    AddNode,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    Node,
    RenameNode,
    SetParam,
)
from workbench.graph.blocking import group
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, REPEAT, is_block, ports
from workbench.graph.edits import delete
from workbench.graph.formulas import formula

CTRL = Qt.KeyboardModifier.ControlModifier


def chain() -> tuple[Graph, str]:
    """Return features → cell(a → b → c) → out, and the id of the use."""
    graph, above = Graph(), ""
    for row, name in enumerate(("features", "a", "b", "c", "out")):
        kind, params = ("Dense", {"units": row}) if row else ("InputLayer", {})
        graph.apply(AddNode(Node(name, kind, name, params, (0.0, 112.0 * row))))
        if above:
            graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(name, "input"))))
        above = name
    change, use = group(graph, ["a", "b", "c"], "cell")
    graph.apply(change)
    return graph, use


_GRAPH, USE = chain()


@pytest.fixture
def graph() -> Graph:
    return _GRAPH.copy()


def seen(picture: Picture) -> tuple[dict, dict]:
    """Return all that a picture shows, as plain values."""
    nodes = {
        f.id: (f.node, f.family, f.title, f.form, f.headline, f.shape, f.rect.getRect(),
               f.inputs, f.outputs)
        for f in picture.nodes.values()
    }  # fmt: skip
    edges = {
        e: tuple(round(v, 6) for v in (f.start.x(), f.start.y(), f.end.x(), f.end.y()))
        for e, f in picture.edges.items()
    }
    return nodes, edges


class Walker:
    """Does one thing after another, by chance, where it is."""

    def __init__(self, desk, seed: int) -> None:
        self.desk, self.page = desk, desk.page
        self.editor, self.chance = desk.page.editor, random.Random(seed)

    def some(self, count: int = 1, *, blocks: bool | None = None) -> list[str]:
        nodes = [n.id for n in self.editor.graph if blocks in (None, is_block(n.layer))]
        return self.chance.sample(nodes, min(count, len(nodes)))

    def step(self) -> str:
        name = self.chance.choice([n for n in dir(self) if n.startswith("do_")])
        getattr(self, name)()
        return name

    def do_add(self) -> None:
        key = self.chance.choice(["Dense", "Dropout", "Add"])
        at = (self.chance.random() * 600, self.chance.random() * 600)
        node = Node(f"n{self.chance.random()}", key, self.editor.graph.free_name("new"), {}, at)
        self.editor.apply(AddNode(node))

    def do_connect(self) -> None:
        pair = self.some(2)
        if len(pair) == 2:
            self.editor.apply(
                Connect(Edge(Endpoint(pair[0], "output"), Endpoint(pair[1], "input")))
            )

    def do_disconnect(self) -> None:
        edges = list(self.editor.graph.edges)
        if edges:
            self.editor.apply(Disconnect(self.chance.choice(edges)))

    def do_delete(self) -> None:
        ids = self.some()
        self.editor.remove_inside(delete(self.editor.graph, ids, bridge=True), ids)

    def do_move(self) -> None:
        self.editor.apply(MoveNodes({i: (self.chance.random() * 500, 8.0) for i in self.some(2)}))

    def do_rename(self) -> None:
        for node_id in self.some():
            self.editor.apply(RenameNode(node_id, self.editor.graph.free_name("called")))

    def do_units(self) -> None:
        for node_id in self.some():
            block = self.editor.block
            follows = block is not None and block.params and self.chance.random() < 0.5
            value = formula(f"{block.params[0].name} + 1") if follows else 5
            self.editor.apply(SetParam(node_id, "units", value))

    def do_repeat(self) -> None:
        for node_id in self.some(blocks=True):
            self.editor.apply(SetParam(node_id, REPEAT, self.chance.randrange(1, 4)))

    def do_param(self) -> None:
        block = self.editor.block
        if block is None:
            return
        if block.params and self.chance.random() < 0.4:
            change = remove_param(self.editor.root, block, block.params[0].name)
        else:
            change = add_param(block, fresh(free_param_name(block), "int"))
        self.editor.apply_outside(change)

    def do_group(self) -> None:
        self.page.selection.select(self.some(2))
        self.page.group()
        self.desk.canvas.name_field.give_up()

    def do_ungroup(self) -> None:
        self.page.selection.select(self.some(blocks=True))
        if self.page.selection.single:
            self.page.ungroup()

    def do_open(self) -> None:
        for node_id in self.some(blocks=True):
            self.page.scopes.open(node_id)

    do_open_again = do_open

    def do_up(self) -> None:
        self.page.scopes.up()

    def do_undo(self) -> None:
        self.desk.session.undo()

    def do_redo(self) -> None:
        self.desk.session.redo()


@pytest.mark.parametrize("seed", range(4))
def test_the_picture_follows_and_everything_can_be_undone(desk, seed):
    before = desk.graph.copy()
    walker = Walker(desk, seed)
    inference = desk.session.inference
    done = []
    for _ in range(120):
        done.append(walker.step())
        picture, graph = desk.canvas.picture, desk.page.editor.graph
        assert picture.graph is graph, done
        fresh_one = Picture(desk.page.editor.catalog)
        fresh_one.show_graph(graph)
        fresh_one.set_inference(desk.page.editor.seen(inference))
        picture.set_inference(desk.page.editor.seen(inference))
        assert seen(picture) == seen(fresh_one), done
        assert all(i in graph for i in desk.page.selection.nodes), done
    assert any(desk.session.document.can_undo for _ in done)
    while desk.session.document.can_undo:
        desk.session.undo()
    assert desk.graph == before
    while desk.session.document.can_redo:
        desk.session.redo()
    for _, network in networks(desk.graph):
        assert all(e.source.node in network and e.target.node in network for e in network.edges)


class TestGesturesInside:
    """What the mouse and the keys do in a network, they do inside a block."""

    @pytest.fixture
    def inside(self, desk):
        desk.page.scopes.open(USE)
        desk.canvas.navigation.zoom_to(1.0)
        desk.canvas.navigation.reveal(desk.page.editor.graph.nodes)
        return desk

    def test_drag_moves_a_layer_of_the_definition(self, inside):
        start = inside.at("b")
        before = inside.page.editor.graph.node("b").position
        inside.drag(start, start + QPoint(160, 0))
        after = inside.page.editor.graph.node("b").position
        assert after[0] > before[0] + 120
        inside.session.undo()
        assert inside.page.editor.graph.node("b").position == before
        assert inside.page.editor.scope == (USE,)

    def test_a_line_from_the_block_input_connects(self, inside):
        (entry,) = ports(inside.page.editor.block, BLOCK_INPUT)
        start = inside.port(entry.id, "output", "output")
        inside.drag(start, inside.port("c", "input", "input"))
        graph = inside.page.editor.graph
        assert [e.source.node for e in graph.incoming("c")] == [entry.id]

    def test_a_frame_selects_several_and_delete_bridges(self, inside):
        box = inside.canvas.node_rect("a").united(inside.canvas.node_rect("b"))
        inside.drag(box.topLeft() - QPoint(20, 8), box.bottomRight() + QPoint(20, 8))
        assert inside.selected == {"a", "b"}
        inside.key(Qt.Key.Key_Delete)
        graph = inside.page.editor.graph
        (entry,) = ports(inside.page.editor.block, BLOCK_INPUT)
        assert [e.source.node for e in graph.incoming("c")] == [entry.id]

    def test_tidy_up_and_arrows(self, inside):
        inside.key(Qt.Key.Key_L, CTRL)
        places = [inside.page.editor.graph.node(i).position[1] for i in ("a", "b", "c")]
        assert places == sorted(places)
        assert len(set(places)) == 3
        inside.page.selection.select(["a"])
        inside.key(Qt.Key.Key_Down)
        assert inside.selected == {"b"}

    def test_group_inside_a_block_nests(self, inside):
        inside.page.selection.select(["a", "b"])
        inside.key(Qt.Key.Key_G, CTRL)
        inside.canvas.name_field.give_up()
        (use,) = inside.selected
        inside.key(Qt.Key.Key_Return)
        assert inside.page.editor.scope == (USE, use)
        assert {"a", "b"} < set(inside.page.editor.graph.nodes)

    def test_ports_stay_inside_when_copied(self, inside):
        inside.key(Qt.Key.Key_A, CTRL)
        inside.key(Qt.Key.Key_C, CTRL)
        inside.page.scopes.up()
        before = len(inside.graph)
        inside.key(Qt.Key.Key_V, CTRL)
        assert len(inside.graph) == before + 3
        assert not any(n.layer in (BLOCK_INPUT, BLOCK_OUTPUT) for n in inside.graph)
