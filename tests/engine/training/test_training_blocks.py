"""A network grouped into blocks trains, predicts, explains and scores as it does without them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.local import run_local
from workbench.graph import InBlock
from workbench.graph.blocking import group
from workbench.graph.changes import SetTrainable

pytestmark = pytest.mark.backend

LAYERS = [
    ("Dense", {"units": 8, "activation": "relu"}),
    ("BatchNormalization", {}),
    ("Dense", {"units": 6, "activation": "relu"}),
    ("Dense", {"units": 1, "activation": "sigmoid"}),
]


def grouped(network):
    """The layers between input and output in a block, two of them in one inside it."""
    graph = network(*LAYERS)
    change, use = group(graph, ["n1", "n2", "n3"], "Body")
    graph.apply(change)
    block_id = graph.node(use).layer.removeprefix("block:")
    change, _ = group(graph.record("block", block_id).graph, ["n1", "n2"], "Inner")
    graph.apply(InBlock(block_id, change))
    return graph, use, block_id


def test_it_trains_predicts_and_explains_as_without_blocks(make_project, network):
    project = make_project()
    graph, _, _ = grouped(network)
    plain = project.course(network(*LAYERS), epochs=2, seed=3).train()
    blocks = project.course(graph, epochs=2, seed=3).train()
    assert np.array_equal(blocks.losses, plain.losses)
    assert len(blocks.weights) == len(plain.weights) > 4
    given = [project.predict(c.spec.run_id, part="test") for c in (plain, blocks)]
    assert np.array_equal(given[0]["output"], given[1]["output"])
    spec = {"project": str(project.folder), "rows": [int(r) for r in given[0]["rows"][:2]]}
    told = [
        run_local("explain", {**spec, "run_id": c.spec.run_id})["explanation"]
        for c in (plain, blocks)
    ]
    assert np.array_equal(told[0]["values"], told[1]["values"])


def test_a_frozen_use_keeps_its_weights_and_the_rest_learns(make_project, network):
    from workbench.data.prepare import prepare
    from workbench.training.load import load_run
    from workbench.training.material import build_network, infer_shapes
    from workbench.training.surroundings import seed_everything

    project = make_project()
    graph, use, _ = grouped(network)
    graph.apply(SetTrainable(use, False))
    course = project.course(graph, epochs=1, seed=5).train()
    signature = prepare(project.data, project.folder).encoder.signature
    shapes = infer_shapes(graph, signature)
    seed_everything(5)
    fresh = build_network(graph, signature, shapes)
    trained = load_run(project.folder, course.spec.run_id).model
    changed = {
        now.path
        for was, now in zip(fresh.variables, trained.variables, strict=True)
        if not np.array_equal(was, now)
    }
    assert changed == {"layer_4/kernel", "layer_4/bias"}
