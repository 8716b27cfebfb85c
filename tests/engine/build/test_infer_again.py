"""What is kept from edit to edit never shows: inferring again equals inferring from the start."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from workbench.build.infer_job import InferSession
from workbench.build.shapes import ShapeInference
from workbench.catalog.schema import ParamSpec
from workbench.data.spec import DataSignature, InputSignature
from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    PutRecord,
    SetParam,
)
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, is_block, layer_of
from workbench.graph.changes import UNSET, RenameNode, SetTrainable
from workbench.graph.edits import add_after, delete, insert_on_edge, share
from workbench.graph.expand import expand
from workbench.graph.formulas import formula
from workbench.graph.ignoring import can_be_ignored, ignore
from workbench.graph.inference import Inference
from workbench.graph.inference_delta import SINCE, joined
from workbench.graph.records import Records

pytestmark = pytest.mark.backend

DATA = DataSignature(
    (InputSignature("image", (8, 8, 3), "float32"),),
    "multiclass",
    units=3,
    classes=("a", "b", "c"),
    rows=900,
)


def chained(graph, *nodes):
    for node in nodes:
        graph.apply(AddNode(node))
    for before, node in pairwise(nodes):
        source = Endpoint(before.id, "out" if is_block(before.layer) else "output")
        target = Endpoint(node.id, "in" if is_block(node.layer) else "input")
        graph.apply(Connect(Edge(source, target)))
    return graph


def conv(at, filters):
    return Node(at, "Conv2D", at, {"filters": filters, "kernel_size": [3, 3], "padding": "same"})


def start():
    """Convolutions, a branch that is added, uses of a block (one repeated), a dense end."""
    graph = Graph()
    inner = chained(
        Graph(Records()),
        Node("in", BLOCK_INPUT, "in"),
        conv("conv", formula("filters")),
        Node("norm", "BatchNormalization", "norm"),
        Node("act", "Activation", "act", {"activation": "relu"}),
        Node("out", BLOCK_OUTPUT, "out"),
    )
    filters = (ParamSpec("filters", "int", default=4, minimum=1),)
    graph.apply(PutRecord(Block("unit", "Unit", inner, filters)))
    chained(
        graph,
        Node("i", "InputLayer", "image", {"shape": [8, 8, 3]}),
        conv("a", 4),
        Node("u", layer_of("unit"), "u"),
        Node("v", layer_of("unit"), "v", {"repeat": 2}),
        Node("p", "MaxPooling2D", "p"),
        Node("f", "Flatten", "f"),
        Node("d", "Dense", "d", {"units": 6, "activation": "relu"}),
        Node("s", "Dense", "s", {"units": 3, "activation": "softmax"}),
    )
    graph.apply(AddNode(Node("sum", "Add", "sum")))
    graph.apply(Disconnect(Edge(Endpoint("v", "out"), Endpoint("p", "input"))))
    graph.apply(Connect(Edge(Endpoint("v", "out"), Endpoint("sum", "inputs"), 0)))
    graph.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("sum", "inputs"), 1)))
    graph.apply(Connect(Edge(Endpoint("sum", "output"), Endpoint("p", "input"))))
    return graph


class Edits:
    """Draws edits that fit a network more often than not."""

    def __init__(self, catalog, seed):
        self.catalog, self.chance = catalog, random.Random(seed)

    def draw(self, graph, found):
        chance = self.chance
        ids, edges = list(graph.nodes), list(graph.edges)
        if not ids or not edges:
            return AddNode(Node(f"n{chance.randrange(99)}", "Dense", "dense", {"units": 2}))
        node = graph.node(chance.choice(ids))
        kinds = [
            lambda: self.setting(node),
            lambda: self.setting(node),
            lambda: self.setting(graph.node(graph.owner(node).id)),
            lambda: insert_on_edge(graph, self.catalog, self.layer(), chance.choice(edges))[0],
            lambda: delete(graph, [node.id], bridge=chance.random() < 0.8),
            lambda: Disconnect(chance.choice(edges)),
            lambda: self.connection(ids),
            lambda: add_after(graph, self.catalog, self.layer(), Endpoint(node.id, "output"),
                              (0.0, 0.0))[0],
            lambda: share(graph, node.id, (1.0, 1.0))[0],
            lambda: SetTrainable(node.id, not node.trainable),
            lambda: RenameNode(node.id, chance.choice(["x", "y", f"name_{len(ids)}"])),
            lambda: group(graph, chance.sample(ids, 2), "Made")[0],
            lambda: ungroup(graph, node.id)[0],
            lambda: self.inside(graph, found),
            lambda: self.inside(graph, found),
            lambda: self.aside(found),
        ]  # fmt: skip
        return chance.choice(kinds)()

    def layer(self):
        return self.chance.choice(
            ["Activation", "Dropout", "Dense", "BatchNormalization", "MaxPooling2D", "Flatten"]
        )

    def setting(self, node):
        chance = self.chance
        name, values = {
            "Conv2D": chance.choice([("filters", [0, 2, 4]), ("strides", [[1, 1], [2, 2]])]),
            "Dense": ("units", [2, 3, 5, UNSET]),
            "Activation": ("activation", ["relu", "tanh", "softmax"]),
            "Dropout": ("rate", [0.0, 0.2, 0.9]),
            "InputLayer": ("shape", [[8, 8, 3], [6, 6, 1], [5], UNSET]),
            "MaxPooling2D": ("pool_size", [[2, 2], [9, 9]]),
        }.get(node.layer, ("filters", [2, 4, UNSET]) if is_block(node.layer) else ("axis", [-1, 1]))
        if is_block(node.layer) and chance.random() < 0.3:
            name, values = "repeat", [1, 2, 3]
        return SetParam(node.id, name, chance.choice(values))

    def connection(self, ids):
        port = self.chance.choice(["input", "inputs", "in"])
        source = Endpoint(self.chance.choice(ids), self.chance.choice(["output", "out"]))
        return Connect(Edge(source, Endpoint(self.chance.choice(ids), port), 2))

    def inside(self, graph, found):
        blocks = list(graph.records.of(Block.kind).values())
        if not blocks:
            return self.setting(next(iter(graph)))
        block = self.chance.choice(blocks)
        return InBlock(block.id, self.draw(block.graph, found))

    def aside(self, found):
        advice = [problem for problem in found.problems if can_be_ignored(problem)]
        if not advice:
            return SetParam("d", "units", 4)
        return ignore(self.chance.choice(advice))


def same(again, anew):
    assert again.nodes == anew.nodes
    assert again.inside == anew.inside
    assert [told(problem) for problem in again.problems] == [told(p) for p in anew.problems]


def told(problem):
    """A problem without Keras's traceback, which counts the layers made before."""
    return replace(problem, details="")


@pytest.mark.parametrize("seed", range(4))
def test_inferring_again_after_random_edits_is_inferring_anew(catalog, seed):
    graph, kept, edits = start(), ShapeInference(catalog), Edits(catalog, seed)
    found, signature, undo = kept.infer(graph), None, []
    assert not found.has_errors
    made = sound = 0
    for _ in range(60):
        try:
            undo.append(graph.apply(edits.draw(graph, found)))
        except (GraphError, KeyError):  # it does not fit the network as it is
            continue
        made += 1
        sound += not found.has_errors  # as it was before this edit
        if edits.chance.random() < 0.15:
            signature = edits.chance.choice([None, DATA])
        found = kept.infer(graph, signature)
        same(found, ShapeInference(catalog).infer(graph, signature))
        while undo and edits.chance.random() < (0.9 if found.has_errors else 0.3):
            graph.apply(undo.pop())
            found = kept.infer(graph, signature)
            same(found, ShapeInference(catalog).infer(graph, signature))
    assert made > 15 and sound > 10


@pytest.mark.parametrize("seed", range(2))
def test_answers_joined_one_by_one_are_the_whole_answer(catalog, seed):
    graph, session, edits = start(), InferSession(catalog), Edits(catalog, 100 + seed)
    last = Inference.from_plain(session.run({"graph": graph.to_plain(), "revision": 1}))
    for revision in range(2, 40):
        try:
            change = edits.draw(graph, last)
            graph.apply(change)
        except (GraphError, KeyError):
            continue
        spec = {"changes": [change.to_plain()], "revision": revision, SINCE: last.revision}
        last = joined(last, session.run(spec))
        anew = ShapeInference(catalog).infer(graph, None, revision)
        same(last, Inference.from_plain(anew.to_plain()))


def test_what_is_kept_stays_bounded_over_many_edits(catalog):
    """A layer that is put in and taken out again and again leaves nothing behind."""
    graph, kept = start(), ShapeInference(catalog)
    kept.infer(graph)
    layers, sizes = len(expand(graph).graph), []
    for number in range(500):
        change = SetParam("d", "units", number + 1)
        graph.apply(change)
        if number % 40 == 0:
            edge = next(iter(graph.edges))
            undo = graph.apply(insert_on_edge(graph, catalog, "Activation", edge)[0])
            kept.infer(graph)
            graph.apply(undo)
        kept.infer(graph)
        sizes.append(len(kept._flow._costs))
        assert len(kept._known) == len(kept._flow._seen) == layers
    assert max(sizes) <= 2 * layers + 1001


def test_an_output_that_moves_is_heard_of_through_any_number_of_passing_layers(catalog):
    """Whether a dropout is the last layer is decided far behind it."""
    flat = Node("i", "InputLayer", "x", {"shape": [5]}), Node("d", "Dense", "d", {"units": 3})
    row = [Node(f"n{at}", "Activation", f"n{at}", {"activation": "tanh"}) for at in range(30)]
    graph = chained(Graph(), *flat, Node("last", "Dropout", "last", {"rate": 0.5}), *row)
    kept = ShapeInference(catalog)

    def codes(found):
        return [p.code for p in found.problems if p.place.id == "last"]

    assert codes(kept.infer(graph)) == ["dropout_last"]
    change, _ = add_after(graph, catalog, "Dense", Endpoint("n29", "output"), (0.0, 0.0))
    undo = graph.apply(change)
    assert codes(kept.infer(graph)) == []
    graph.apply(undo)
    assert codes(kept.infer(graph)) == ["dropout_last"]
    graph.apply(SetParam("n20", "activation", "relu"))
    branch, _ = add_after(graph, catalog, "Dense", Endpoint("n3", "output"), (0.0, 0.0))
    graph.apply(branch)
    same(kept.infer(graph), ShapeInference(catalog).infer(graph))
