"""Importing a saved model from the menu and by dropping it; a real engine reads it once."""

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from workbench.errors import GraphError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def network():
    graph = Graph()
    graph.apply(AddNode(Node("a", "InputLayer", "start", {"shape": [4]})))
    graph.apply(AddNode(Node("b", "Dense", "end", {"units": 2})))
    graph.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("b", "input"))))
    return graph


@pytest.fixture
def answers(fake_engine, network):
    result = {"name": "small", "graph": network.to_plain(), "lost": []}
    fake_engine.answers["import_file"] = lambda spec, emit, control: result
    return result


def names(window):
    return [node.name for node in window.session.document.graph]


def drop(widget, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(9, 9), copy, data, buttons, keys))


def test_a_chosen_file_replaces_the_network_in_one_step(
    project_window, answers, fake_engine, qtbot, monkeypatch, tmp_path
):
    window = project_window
    before = names(window)
    path = tmp_path / "model.keras"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(window, Qt.Key.Key_I, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: names(window) == ["start", "end"])
    assert fake_engine.specs("import_file") == [{"path": str(path)}]
    assert window.pages.current_id == "design"
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert names(window) == before


def test_a_dropped_model_makes_a_project_where_none_is_open(
    main_window, answers, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_WORKBENCH_HOME", str(tmp_path / "home"))
    drop(main_window, tmp_path / "model.json")
    qtbot.waitUntil(
        lambda: main_window.session is not None and names(main_window) == ["start", "end"],
        timeout=10_000,
    )


def test_what_got_lost_and_what_failed_is_shown(
    project_window, answers, fake_engine, qtbot, tmp_path, monkeypatch
):
    window = project_window
    shown = []
    window.services.error_raised.connect(shown.append)
    answers["lost"] = ["odd (Odd): this program has no such layer."]
    window.flow.networks.start(tmp_path / "a.keras")
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert "odd (Odd)" in shown[0].received

    def refuse(spec, emit, control):
        raise GraphError("b.keras was not imported: it is damaged.")

    fake_engine.answers["import_file"] = refuse
    window.flow.networks.start(tmp_path / "b.keras")
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert "damaged" in shown[1].message
    assert names(window) == ["start", "end"]


@pytest.mark.backend
@pytest.mark.slow
def test_a_real_model_is_read_by_a_real_engine(project_window, qtbot, tmp_path):
    window = project_window
    plain = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "saved", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 5], "dtype": "float32", "name": "start"}},
            {"module": "keras.layers", "class_name": "Dense", "registered_name": None,
             "config": {"name": "end", "units": 3, "activation": "tanh"}},
        ]},
    }  # fmt: skip
    (tmp_path / "model.json").write_text(json.dumps(plain))
    drop(window, tmp_path / "model.json")
    qtbot.waitUntil(lambda: names(window) == ["start", "end"], timeout=90_000)
    session = window.session
    qtbot.waitUntil(lambda: session.settled and bool(session.inference.nodes), timeout=90_000)
    assert sum(info.parameters for info in session.inference.nodes.values()) == 18
