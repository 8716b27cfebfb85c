"""A large network is drawn bit by bit: what one does meanwhile works all the same."""

import threading

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from ui.design.preview import runs as module
from ui.design.preview.runs import _Runs
from workbench.graph import AddNode, Batch, Connect, Edge, Endpoint, Node
from workbench.project import create_from_template, create_project

LAYERS = 600


@pytest.fixture
def page(main_window, tmp_path, qtbot):
    """The Design page with a chain of many layers."""
    changes = [AddNode(Node("n0", "InputLayer", "start", {"shape": [8]}))]
    for i in range(1, LAYERS):
        place = (i % 50 * 240.0, i // 50 * 160.0)
        changes.append(AddNode(Node(f"n{i}", "Dense", f"dense_{i}", {"units": 8}, place)))
        before = Endpoint(f"n{i - 1}", "output")
        changes.append(Connect(Edge(before, Endpoint(f"n{i}", "input"))))
    document = create_project(tmp_path / "Long", "Long")
    document.apply(Batch(tuple(changes), "Draw"))
    document.save()
    document.close()
    with qtbot.waitSignal(main_window.flow.session_changed, timeout=20_000):
        main_window.flow.open(tmp_path / "Long")
    main_window.show_page("design")
    made = main_window.pages.page("design")
    qtbot.waitUntil(made.is_settled, timeout=20_000)
    return made


def open_menu(page):
    keyboard = QContextMenuEvent.Reason.Keyboard
    page.canvas.contextMenuEvent(QContextMenuEvent(keyboard, QPoint(9, 9), QPoint(9, 9)))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


@pytest.mark.parametrize(
    ("chosen", "act", "more"),
    [
        (["n5"], lambda page: page.share(), 1),
        (["n5", "n7"], lambda page: page._palette_chosen("Add"), 1),
        ([f"n{LAYERS - 1}"], lambda page: page._palette_chosen("Dense"), 1),
        (["n5"], open_menu, 0),
    ],
    ids=["apply once more", "join", "add after", "menu by key"],
)
def test_the_places_of_layers_are_known_while_they_are_drawn(page, chosen, act, more):
    page.selection.select(chosen)
    page.picture.redraw()
    assert page.picture.pending
    act(page)
    assert len(page.editor.graph) == LAYERS + more


def test_runs_of_a_closed_project_are_not_taken_by_the_next(
    main_window, tmp_path, qtbot, monkeypatch
):
    go = threading.Event()

    def found(store):
        go.wait(10)
        return _Runs([("run-1", "First run")], [])

    folders = [tmp_path / "One", tmp_path / "Two"]
    for folder in folders:
        create_from_template("wine", folder).close()
    with qtbot.waitSignal(main_window.flow.session_changed):
        main_window.flow.open(folders[0])
    preview = main_window.pages.page("design").preview
    monkeypatch.setattr(module, "_runs_with_weights", found)
    preview.switch(True)
    monkeypatch.setattr(module, "_runs_with_weights", lambda store: _Runs([], []))
    preview.switch(False)
    with qtbot.waitSignal(main_window.flow.session_changed):
        main_window.flow.open(folders[1])
    go.set()
    qtbot.wait(50)
    assert preview.bar.weights.findData("run-1") < 0
