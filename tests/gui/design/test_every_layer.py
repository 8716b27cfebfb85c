"""Every layer and operation of the catalog: dropped, set, connected, saved and opened again.

One window for all of them, without an engine; `tests/engine` builds what is set here.
"""

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.valid_settings import case_of
from ui.design.gestures.drop import MIME
from workbench.catalog import load_catalog
from workbench.catalog.text import format_value
from workbench.catalog.validate import check_params
from workbench.graph import Endpoint, Graph
from workbench.graph.model import INPUT_LAYER
from workbench.graph.ports import connect, input_ports, output_ports
from workbench.project import open_project

CATALOG = load_catalog()
KEYS = [spec.key for spec in CATALOG]
BATCH = 52
TYPED = ("int", "float", "int_tuple", "float_tuple", "shape", "str", "constant", "index")


@pytest.fixture
def graph():
    return Graph()


def drop(desk, key, place):
    """Let a layer of the palette fall on a free place of the canvas; return its node."""
    data = QMimeData()
    data.setData(MIME, key.encode())
    at = QPoint(70 + 95 * (place % 9), 60 + 110 * (place // 9))
    assert desk.canvas.rect().contains(at)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    before = set(desk.graph.nodes)
    QApplication.sendEvent(desk.canvas, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(desk.canvas, QDragMoveEvent(at + QPoint(1, 1), copy, data, left, none))
    QApplication.sendEvent(desk.canvas, QDropEvent(QPointF(at), copy, data, left, none))
    return desk.only_new(before)


def settle(desk, qtbot, node):
    qtbot.waitUntil(
        lambda: (
            desk.page.inspector.node.isVisible()
            and desk.find(QLineEdit, "design.node.name").text() == node.name
        )
    )


def configure(desk, node, spec):
    """Type the settings of the case into the fields of the inspector, as far as they are typed."""
    wanted = case_of(spec).params if spec.is_operation else {
        p.name: p.suggestion for p in spec.params if p.required
    }  # fmt: skip
    for name, value in wanted.items():
        row = desk.page.inspector.node.row(name)
        line = getattr(row.field, "line", None)
        text = format_value(spec.param(name), value)
        if spec.param(name).kind not in TYPED or len(text) > 40:
            row.field.take(value)
            continue
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        line.editingFinished.emit()
    return wanted


@pytest.mark.parametrize("start", range(0, len(KEYS), BATCH))
def test_dropped_set_connected_saved_and_opened_again(desk, qtbot, start):
    desk.page.canvas.navigation.zoom_to(0.25)
    source = drop(desk, INPUT_LAYER, 0)
    for place, key in enumerate(KEYS[start : start + BATCH], 1):
        spec = CATALOG.get(key)
        desk.page.selection.clear()
        node = drop(desk, key, place)
        assert node.layer == key
        settle(desk, qtbot, node)
        wanted = configure(desk, node, spec)
        set_ = desk.graph.node(node.id).params
        for name, value in wanted.items():
            param = spec.param(name)
            given = set_.get(name, param.default)
            assert given == value or (
                isinstance(given, list) and isinstance(value, list) and given == list(value)
            ), (key, name, given, value)
        assert check_params(spec, set_, CATALOG) == {}, key
        for port in input_ports(desk.graph, CATALOG, desk.graph.node(node.id)):
            if port.required and not desk.graph.incoming(node.id, port.id):
                end = Endpoint(node.id, port.id)
                desk.session.apply(connect(desk.graph, CATALOG, Endpoint(source.id, "output"), end))
        assert output_ports(desk.graph, CATALOG, desk.graph.node(node.id)), key
    shown = json.loads(json.dumps(desk.graph.to_plain()))
    desk.session.document.save()
    again = open_project(desk.session.document.folder, read_only=True)
    assert json.loads(json.dumps(again.graph.to_plain())) == shown
    again.close()
