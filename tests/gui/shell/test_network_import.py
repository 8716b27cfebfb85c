"""Importing a saved model from the menu and by dropping it; a real engine reads it once."""

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from workbench.errors import GraphError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.blocks import BLOCK_INPUT, block_of, ports

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def network():
    graph = Graph()
    graph.apply(AddNode(Node("a", "InputLayer", "start", {"shape": [4]})))
    graph.apply(AddNode(Node("b", "Dense", "end", {"units": 2}, (0.0, 140.0))))
    graph.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("b", "input"))))
    return graph


@pytest.fixture
def answers(fake_engine, network):
    result = {"name": "small", "graph": network.to_plain(), "lost": []}
    fake_engine.answers["import_file"] = lambda spec, emit, control: result
    return result


@pytest.fixture
def design(project_window, qtbot):
    """Return the window with its Design page in front."""
    project_window.show_page("design")
    qtbot.waitUntil(project_window.pages.page("design").canvas.isVisible)
    return project_window


def bar_of(window, qtbot):
    """Wait for the bar that asks where the network goes."""
    place = window.flow.networks.place
    qtbot.waitUntil(lambda: place.bar is not None and place.bar.isVisible())
    return place.bar


def boxes(window):
    return {i: f.rect for i, f in window.pages.page("design").picture.nodes.items()}


def overlaps(window):
    rects = list(boxes(window).values())
    return [
        (a, b) for k, a in enumerate(rects) for b in rects[k + 1 :] if a.intersects(b)
    ]  # fmt: skip


def names(window):
    return [node.name for node in window.session.document.graph]


def drop(widget, path, at=(9.0, 9.0)):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(*at), copy, data, buttons, keys))


def test_a_chosen_file_replaces_the_network_in_one_step(
    project_window, answers, fake_engine, qtbot, monkeypatch, tmp_path
):
    window = project_window
    before = names(window)
    path = tmp_path / "model.keras"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(window, Qt.Key.Key_I, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    bar = bar_of(window, qtbot)
    assert bar.words.text() == "Where does small go? (2 layers)" and names(window) == before
    assert window.pages.page("design").canvas.free_rect().toRect().contains(bar.geometry())
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(bar.replace, Qt.Key.Key_Space)
    assert names(window) == ["start", "end"] and not bar.isVisible()
    folder = str(window.session.document.folder)
    assert fake_engine.specs("import_file") == [{"path": str(path), "project": folder}]
    assert window.pages.current_id == "design"
    qtbot.waitUntil(window.findChild(QAction, "edit.undo").isEnabled)
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


def test_beside_is_one_step_selected_and_covers_nothing(design, answers, qtbot, tmp_path):
    window = design
    before, there = names(window), boxes(window)
    window.flow.networks.start(tmp_path / "model.keras")
    bar = bar_of(window, qtbot)
    qtbot.mouseClick(bar.beside, Qt.MouseButton.LeftButton)
    assert len(names(window)) == len(before) + 2 and len(set(names(window))) == len(names(window))
    page = window.pages.page("design")
    new = set(boxes(window)) - set(there)
    assert set(page.selection.nodes) == new and overlaps(window) == []
    assert {i: r for i, r in boxes(window).items() if i in there} == there
    window.flow.networks.start(tmp_path / "model.keras")  # twice: other ids, other names
    qtbot.waitUntil(bar.isVisible)
    qtbot.mouseClick(bar.beside, Qt.MouseButton.LeftButton)
    assert len(set(names(window))) == len(before) + 4 and overlaps(window) == []
    window.undo()
    window.undo()
    assert names(window) == before


def test_a_dropped_file_becomes_a_block_where_it_was_dropped(design, answers, qtbot, tmp_path):
    window = design
    page, before = window.pages.page("design"), names(window)
    canvas = page.canvas
    point = QPoint(canvas.width() - 160, canvas.height() - 120)
    at = canvas.mapTo(window, point)
    drop(window, tmp_path / "model.keras", (at.x(), at.y()))
    wanted = canvas.camera.to_scene(QPointF(point))
    bar = bar_of(window, qtbot)
    qtbot.mouseClick(bar.block, Qt.MouseButton.LeftButton)
    (use,) = [n for n in window.session.document.graph if n.layer.startswith("block:")]
    assert (use.position[0] - wanted.x(), use.position[1] - wanted.y()) == pytest.approx(
        (0, 0), abs=8
    )
    block = block_of(window.session.document.graph.records, use.layer)
    assert [port.name for port in ports(block, BLOCK_INPUT)] == ["start"]
    assert block.name == "small" and page.selection.single == use.id and overlaps(window) == []
    window.undo()
    assert names(window) == before


def test_escape_imports_nothing(design, answers, qtbot, tmp_path):
    window, before = design, names(design)
    window.flow.networks.start(tmp_path / "model.keras")
    bar = bar_of(window, qtbot)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible() and names(window) == before
    assert not window.session.document.dirty
    bar.chosen.emit("replace")  # too late: nothing waits any more
    assert names(window) == before


def test_what_got_lost_and_what_failed_is_shown(
    project_window, answers, fake_engine, qtbot, tmp_path, monkeypatch
):
    window = project_window
    shown = []
    window.services.error_raised.connect(shown.append)
    answers["lost"] = ["odd (Odd): this program has no such layer."]
    window.flow.networks.start(tmp_path / "a.keras")
    qtbot.mouseClick(bar_of(window, qtbot).replace, Qt.MouseButton.LeftButton)
    assert len(shown) == 1 and "Something of small" in shown[0].message
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
    place = window.flow.networks.place
    qtbot.waitUntil(lambda: place.bar is not None and place.bar.isVisible(), timeout=90_000)
    qtbot.mouseClick(place.bar.replace, Qt.MouseButton.LeftButton)
    assert names(window) == ["start", "end"]
    session = window.session
    qtbot.waitUntil(lambda: session.settled and bool(session.inference.nodes), timeout=90_000)
    assert sum(info.parameters for info in session.inference.nodes.values()) == 18
