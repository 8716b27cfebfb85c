"""Copies of the network as JSON, Python, SVG and image; what stands in File › Export."""

import json
import subprocess
import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from workbench.graph import Graph


@pytest.fixture
def window(project_window, qtbot):
    project_window.show_page("design")
    qtbot.waitUntil(lambda: project_window.session.settled, timeout=10_000)
    return project_window


def do(window, name):
    window.services.actions.refresh()
    window.services.actions.trigger(name)


def run(text):
    """Run code with Keras alone and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", text], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def test_json_comes_back_as_the_same_layers(window):
    page = window.pages.page("design")
    before = page.editor.graph.copy()
    page.selection.select(before.nodes)
    do(window, "design.copy")
    plain = json.loads(QGuiApplication.clipboard().text())
    assert len(plain["nodes"]) == len(before)
    do(window, "design.delete")
    assert len(page.editor.graph) == 0
    do(window, "design.paste")
    after: Graph = page.editor.graph
    assert [(n.layer, n.name, n.params) for n in after] == [
        (n.layer, n.name, n.params) for n in before
    ]

    def ways(graph):
        names = {n.id: n.name for n in graph}
        return {(names[e.source.node], names[e.target.node]) for e in graph.edges}

    assert ways(after) == ways(before)


def test_svg_and_image_are_on_the_clipboard_as_what_they_are(window):
    do(window, "design.copy_svg")
    mime = QGuiApplication.clipboard().mimeData()
    data = bytes(mime.data("image/svg+xml").data())
    assert data.lstrip().startswith(b"<?xml")
    assert data.decode() == mime.text()
    for node in window.pages.page("design").editor.graph:
        assert node.name.encode() in data
    do(window, "design.copy_png")
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasImage()
    image = QGuiApplication.clipboard().image()
    drawn = window.pages.page("design").handling.pictures.drawing(selection=True).bounds
    assert abs(image.width() - 2 * drawn.width()) <= 2
    assert len({image.pixel(x, image.height() // 2) for x in range(image.width())}) > 3


@pytest.mark.slow
def test_copied_python_runs_with_keras_alone(window):
    page = window.pages.page("design")
    page.selection.clear()
    do(window, "design.copy_python")
    text = QGuiApplication.clipboard().text()
    assert "._" not in text
    page.selection.select([n.id for n in page.editor.graph if n.layer != "InputLayer"])
    do(window, "design.copy_python")
    part = QGuiApplication.clipboard().text()
    first = next(n for n in page.editor.graph if n.layer == "InputLayer")
    entering = next(
        line.split(" = ")[0].strip() for line in text.splitlines() if "keras.Input(" in line
    )
    assert first.name in entering
    width = window.session.signature.input("features").shape[0]
    seen = run(
        f"{text}\nmodel = build_model()\nprint(model.count_params(), len(model.layers))\n"
        f"from keras import layers\n{entering} = keras.Input(({width},))\n{part}\n"
        "print(sum(1 for v in list(globals().values()) if type(v).__name__ == 'KerasTensor'))"
    )
    assert int(seen[0]) == window.session.inference.parameters or window.session.inference
    assert int(seen[1]) == len(page.editor.graph)
    assert int(seen[2]) == len(page.editor.graph)


def entries(menu):
    found = []
    for action in menu.actions():
        inner = action.menu()
        found += entries(inner) if isinstance(inner, QMenu) else [action.text()]
    return found


def test_pictures_and_print_stand_in_the_file_menu_too(window, qtbot):
    def export():
        bar = window.menuBar()
        file = next(a.menu() for a in bar.actions() if a.text() == "File")
        return next((a.menu() for a in file.actions() if a.text() == "Export"), None)

    qtbot.waitUntil(lambda: export() is not None)
    texts = [text.replace("&", "") for text in entries(export())]
    assert texts[0] == "Export as Python…"
    assert {"Save picture…", "Print to PDF on one page…"} <= set(texts)
    window.show_page("data")
    qtbot.waitUntil(lambda: export() is None)  # one entry needs no menu of its own
