"""Inside a block, settings of a layer in a layer and of an initializer can follow parameters."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from ui.design.inspector.formula_button import FormulaButton
from workbench.catalog import ParamSpec
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.blocking import group
from workbench.graph.blocks import block_of

LSTM = {"layer": {"layer": "LSTM", "params": {"units": 4}}}


@pytest.fixture
def graph() -> Graph:
    graph = Graph()
    graph.apply(AddNode(Node("f", "InputLayer", "f", {"shape": [5, 2]})))
    graph.apply(AddNode(Node("both", "Bidirectional", "both", LSTM, (0.0, 120.0))))
    graph.apply(Connect(Edge(Endpoint("f", "output"), Endpoint("both", "input"))))
    return graph


@pytest.fixture
def inside(desk):
    """The inside of a block with a parameter, its layer selected."""
    change, use = group(desk.graph, ["both"], "Encoder")
    desk.session.apply(change)
    block = block_of(desk.graph.records, desk.graph.node(use).layer)
    desk.session.apply(PutRecord(replace(block, params=(ParamSpec("size", "int", default=6),))))
    desk.page.scopes.go((use,), ["both"])
    QApplication.processEvents()
    return desk


def button(desk, name):
    found = desk.page.inspector.findChildren(FormulaButton, f"design.use_parameter.{name}")
    return next(one for one in found if one.isVisibleTo(desk.page))


def test_the_units_of_a_wrapped_layer_follow_a_parameter_and_come_back(inside):
    menu = button(inside, "units").menu_of()
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["size  (6)"]
    menu.actions()[0].trigger()
    params = inside.page.editor.graph.node("both").params
    assert params["layer"]["params"]["units"] == {"$": "size"}
    QApplication.processEvents()
    assert inside.canvas.picture.nodes["both"].headline.startswith("LSTM size units")
    menu = button(inside, "units").menu_of()
    assert [a.text() for a in menu.actions() if a.text()][-1] == "Use a value of its own"
    menu.actions()[-1].trigger()
    params = inside.page.editor.graph.node("both").params
    assert params["layer"]["params"]["units"] == 6


def test_without_parameters_nothing_is_offered_inside(inside):
    use = inside.page.editor.scope
    block = inside.page.editor.block
    inside.session.apply(PutRecord(replace(block, params=())))
    inside.page.scopes.go(use, ["both"])
    QApplication.processEvents()
    found = inside.page.inspector.findChildren(FormulaButton, "design.use_parameter.units")
    assert not any(one.isVisibleTo(inside.page) for one in found)
