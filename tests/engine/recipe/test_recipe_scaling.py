"""Advice about columns without scaling: told once, repaired in one step, silent when scaled."""

import dataclasses

import pytest

from workbench.catalog import load_catalog
from workbench.data.spec import ColumnSpec, DataSpec
from workbench.graph import Connect, Edge, Endpoint, Graph
from workbench.graph.blocking import group
from workbench.graph.edits import add_after, add_layer
from workbench.recipe.scaling import unscaled_inputs


def network(*keys):
    catalog, graph = load_catalog(), Graph()
    change, at = add_layer(graph, catalog, "InputLayer", (0.0, 0.0))
    graph.apply(change)
    for key in keys:
        change, at = add_after(graph, catalog, key, Endpoint(at, "output"), (0.0, 0.0))
        graph.apply(change)
    return graph


def data(*scalings, kind="numeric"):
    columns = [ColumnSpec(f"c{n}", kind=kind, scaling=s) for n, s in enumerate(scalings)]
    return DataSpec(columns=(*columns, ColumnSpec("y", role="target", scaling="none")))


def test_told_once_with_names_and_repair():
    spec = data("none", "standard", "none")
    (problem,) = unscaled_inputs(spec, network("Dense"))
    assert problem.severity == "info" and problem.why
    assert problem.message == "2 columns reach the network unscaled: c0 and c2."
    (fix,) = problem.fixes
    paths = [(change.path, change.value) for change in fix.change.changes]
    assert paths == [(("columns", "c0", "scaling"), "standard"),
                     (("columns", "c2", "scaling"), "standard")]  # fmt: skip
    fixed = tuple(dataclasses.replace(c, scaling="standard") for c in spec.columns)
    assert unscaled_inputs(dataclasses.replace(spec, columns=fixed), network("Dense")) == []


@pytest.mark.parametrize("keys", [("BatchNormalization", "Dense"), ("Reshape", "Normalization"),
                                  ("Identity", "LayerNormalization", "Dense")])  # fmt: skip
def test_a_network_that_scales_is_left_alone(keys):
    assert unscaled_inputs(data("none"), network(*keys)) == []
    assert unscaled_inputs(data("none"), network("Dense", *keys)) != []


def test_what_scales_may_stand_in_blocks():
    for keys, scaled in ((("Identity", "BatchNormalization", "Dense"), True), (("Dense",), False)):
        graph = network("Reshape", *keys)
        ids = [node.id for node in graph if node.layer != "InputLayer"]
        for chosen in (ids[:2], ids[1:]):
            inside = graph.copy()
            inside.apply(group(inside, chosen, "Start")[0])
            assert (unscaled_inputs(data("none"), inside) == []) is scaled


def test_layers_in_a_circle_come_to_an_end():
    graph = network("Identity", "Reshape")
    first, last = [node.id for node in graph][1:]
    graph.apply(Connect(Edge(Endpoint(last, "output"), Endpoint(first, "input"), 1)))
    assert unscaled_inputs(data("none"), graph) == []


def test_scaled_and_categorical_columns_are_left_alone():
    assert unscaled_inputs(data("standard", "minmax"), network("Dense")) == []
    assert unscaled_inputs(data("none", kind="categorical"), network("Dense")) == []
    assert unscaled_inputs(data("none"), Graph()) == []
