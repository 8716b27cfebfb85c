"""The weights of a run, in the network as it is now: by name, where they fit, and told."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.predict.conftest import row_of
from workbench.engine.local import run_local
from workbench.errors import RunError
from workbench.graph import RenameNode, SetParam
from workbench.recipe.spec import EarlyStopping, RecipeSpec
from workbench.runs.spec import RunSpec
from workbench.training.arrays import network_inputs
from workbench.training.load import load_run


@pytest.fixture
def trained(table):
    """Train the table's network for two epochs; return the project, the graph and the run."""
    graph = row_of(
        ("Dense", {"units": 7, "activation": "relu"}),
        ("BatchNormalization", {}),
        ("Dense", {"units": 3, "activation": "softmax"}),
    )
    run = RunSpec(
        run_id="run-1", project=str(table.folder), graph=graph, data=table.data,
        recipe=RecipeSpec(epochs=2, seed=3, early_stopping=EarlyStopping(enabled=False)),
    )  # fmt: skip
    from workbench.runs.recorder import Recorder

    recorder = Recorder(run)
    result = run_local("train", run.to_plain(), recorder.event)
    recorder.done(result)
    return table, graph, run.run_id


def test_the_weights_of_a_run_give_what_the_run_predicts(trained):
    look, graph, run_id = trained
    seen = look(graph, run_id=run_id, index=4, detail="n2")
    loaded = load_run(look.folder, run_id)
    rows = look.session._samples.rows(loaded.spec.data, look.folder, loaded.encoder)
    inputs = network_inputs(loaded.model, rows.encoded([seen.sample.row]))
    expected = loaded.model.predict(inputs, verbose=0)[0]
    np.testing.assert_allclose(seen.nodes["n3"].output.values, expected, rtol=1e-5)
    assert seen.trained == ("layer_1", "layer_2", "layer_3")
    assert seen.fresh == ()
    fresh = look(graph, index=4)
    assert not np.allclose(fresh.nodes["n3"].output.values, expected)
    assert fresh.nodes["n3"].weights == "fresh"
    moving = {w.name: w.statistics for w in seen.nodes["n2"].detail.weights}
    assert moving["moving_mean"].maximum > 0


def test_an_edited_network_says_which_layers_carry_the_runs_weights(trained):
    look, graph, run_id = trained
    before = look(graph, run_id=run_id)
    graph.apply(SetParam("n1", "units", 9))
    seen = look(graph, run_id=run_id)
    assert seen.trained == ()
    assert seen.fresh == ("layer_1", "layer_2", "layer_3")
    assert seen.nodes["n1"].weights == "fresh"
    graph.apply(SetParam("n1", "units", 7))
    graph.apply(RenameNode("n2", "other_name"))
    seen = look(graph, run_id=run_id)
    assert seen.trained == ("layer_1", "layer_3")
    assert seen.fresh == ("other_name",)
    np.testing.assert_array_equal(seen.nodes["n1"].output.values, before.nodes["n1"].output.values)
    assert seen.nodes["n2"].weights == "fresh"


def test_going_to_and_fro_between_runs_and_fresh_weights_never_mixes_them(trained):
    look, graph, run_id = trained
    expected = {}
    for turn in range(4):
        for chosen in (None, run_id):
            values = look(graph, run_id=chosen, index=4).nodes["n3"].output.values
            if turn == 0:
                expected[chosen] = values
            np.testing.assert_array_equal(values, expected[chosen])
    assert not np.allclose(expected[None], expected[run_id])


def test_a_run_that_is_not_there_is_named(table):
    with pytest.raises(RunError, match="has no weights"):
        table(row_of(("Dense", {"units": 3})), run_id="run-9")
