"""A required parameter left empty, of any layer or operation, is a problem with its name."""

import pytest

from workbench.catalog import load_catalog
from workbench.catalog.validate import check_params
from workbench.graph import Graph, SetParam
from workbench.graph.changes import UNSET
from workbench.graph.checks import GraphChecks
from workbench.graph.edits import add_layer

CATALOG = load_catalog()
REQUIRED = [(s.key, p.name) for s in CATALOG for p in s.params if p.required]
INSIDE = [
    (outer, param.name, CATALOG.get(key), inner.name)
    for outer in ("Bidirectional", "TimeDistributed", "RNN", "SpectralNormalization")
    for param in CATALOG.get(outer).params
    if param.kind == "layer" and param.required
    for key in (param.choices or ("Dense", "Conv2D", "Embedding"))
    for inner in CATALOG.get(key).params
    if inner.required
]


@pytest.mark.parametrize(("key", "name"), REQUIRED)
@pytest.mark.parametrize("value", [UNSET, "null", ""])
def test_left_empty(key, name, value):
    graph = Graph()
    change, node = add_layer(graph, CATALOG, key, (0.0, 0.0))
    graph.apply(change)
    nullable = CATALOG.get(key).param(name).nullable
    graph.apply(SetParam(node, name, None if value == "null" else value))
    problems, _ = GraphChecks(CATALOG).before_shapes(graph, None)
    said = [p for p in problems if (p.place.kind, p.place.part) == ("param", name)]
    if value == "null" and nullable:
        assert said == []
        return
    assert [(p.severity, p.place.id) for p in said] == [("error", node)]
    assert name in said[0].message and graph.node(node).name in said[0].message
    assert said[0].fixes, "the usual value is one click away"
    graph.apply(said[0].fixes[0].change)
    assert check_params(CATALOG.get(key), graph.node(node).params, CATALOG) == {}


@pytest.mark.parametrize(("outer", "param", "inner", "name"), INSIDE, ids=lambda v: getattr(
    v, "key", v))  # fmt: skip
def test_left_empty_inside_a_wrapper(outer, param, inner, name):
    params = {p.name: p.suggestion for p in inner.params if p.required and p.name != name}
    reasons = check_params(
        CATALOG.get(outer), {param: {"layer": inner.key, "params": params}}, CATALOG
    )
    assert list(reasons) == [param]
    assert inner.key in reasons[param] and f"{name} needs a value" in reasons[param]
