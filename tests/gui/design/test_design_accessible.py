"""Whatever the Design page shows: controls have names, can be reached, and numbers have units."""

import html
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QWidget

from ui.design.canvas.tooltips import tooltip
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.blocking import group
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

OF_QT = ("qt_", "QtPrivate", "ScrollLeftButton", "ScrollRightButton")
KINDS = {
    "conv": ("Conv2D", {"filters": 4, "kernel_size": 3}),
    "attention": ("MultiHeadAttention", {"num_heads": 2, "key_dim": 4}),
    "both_ways": ("Bidirectional", {"layer": {"layer": "LSTM", "params": {"units": 4}}}),
    "dense": ("Dense", {"units": 3, "kernel_regularizer": {"class_name": "L2", "config": {}}}),
    "loose": ("Dense", {"units": 5}),
}


@pytest.fixture
def graph() -> Graph:
    graph, above = Graph(), "features"
    graph.apply(AddNode(Node("features", "InputLayer", "features", {"shape": [8]})))
    for n, (at, (layer, params)) in enumerate(KINDS.items(), 1):
        graph.apply(AddNode(Node(at, layer, at, params, (0.0, 112.0 * n))))
        if at != "loose":
            port = "query" if layer == "MultiHeadAttention" else "input"
            graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(at, port))))
            above = at
    return graph


def reachable(root):
    """Return what can have the focus, without the parts of Qt's own controls."""
    return [
        w for w in root.findChildren(QWidget)
        if w.isVisibleTo(root) and w.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not w.objectName().startswith(OF_QT) and w.focusProxy() is None
        and not isinstance(w, QAbstractScrollArea | QLabel)
    ]  # fmt: skip


def nameless(root):
    return [
        f"{type(w).__name__} {w.objectName()!r} in {type(w.parentWidget()).__name__}"
        for w in reachable(root)
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
    ]


def open_all(desk):
    from ui.design.inspector.form import ParamForm

    for form in desk.page.inspector.findChildren(ParamForm):
        if form.isVisibleTo(desk.page):
            form.set_advanced_opened(True)
    QApplication.processEvents()


@pytest.mark.parametrize("chosen", [[], *([at] for at in KINDS), ["dense", "loose"]])
def test_every_control_of_the_inspector_has_a_name(desk, chosen):
    desk.page.selection.select(chosen)
    QApplication.processEvents()
    open_all(desk)
    open_all(desk)  # forms in forms
    assert nameless(desk.page) == []


def test_names_with_preview_find_bar_and_inside_a_block(desk):
    change, use = group(desk.page.editor.graph, ["dense"], "Stem")
    desk.session.apply(change)
    desk.page.preview.switch(True)
    desk.page.handling.finder.open_bar()
    desk.page.selection.select([use])
    QApplication.processEvents()
    assert nameless(desk.page) == []
    desk.page.scopes.go((use,), ["dense"])
    QApplication.processEvents()
    open_all(desk)
    assert nameless(desk.page) == []
    desk.page.selection.clear()
    QApplication.processEvents()
    assert nameless(desk.page) == []


def test_tab_goes_through_the_fields_from_top_to_bottom(desk):
    desk.page.selection.select(["conv"])
    QApplication.processEvents()
    desk.page.inspector.focus_first()
    seen = []
    for _ in range(12):
        here = QApplication.focusWidget()
        if here in seen or not desk.page.inspector.isAncestorOf(here):
            break
        seen.append(here)
        desk.window.focusNextPrevChild(True)
    heights = [w.mapTo(desk.page.inspector, w.rect().center()).y() for w in seen]
    assert len(seen) > 5
    assert all(later >= before - 4 for before, later in pairwise(heights))


def test_the_tooltip_of_a_layer_has_units(desk):
    info = NodeInfo({"output": TensorInfo((None, 6, 6, 4), "float32")}, 40, 40, 160, macs=1440)
    desk.session.inference = Inference({"conv": info}, (), 3)
    desk.session.inference_changed.emit(desk.session.inference)
    desk.move(desk.at("conv"))
    words = html.unescape(tooltip(desk.canvas.picture, desk.canvas.hover))
    assert "6 × 6 × 4" in words
    assert "Weights: 160 bytes" in words
    assert "Multiply-adds: 1,440 a row" in words
