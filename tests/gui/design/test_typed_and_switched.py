"""What is being typed when a project is saved or closed goes into it, never into the next one."""

import json

import pytest
from PySide6.QtCore import Qt

from workbench.graph.edits import delete

CONTROL = Qt.KeyboardModifier.ControlModifier
LAYER = "n_hidden_1"


def open_design(window, folder, qtbot):
    with qtbot.waitSignal(window.flow.session_changed, timeout=10_000):
        window.flow.open(folder)
    window.show_page("design")
    page = window.pages.page("design")
    qtbot.waitUntil(lambda: page.is_settled() and page.canvas.isVisible(), timeout=10_000)
    return page


def show(page, node_id):
    page.selection.select([node_id])
    page.inspector.refresh()
    return page.inspector.node


def type_over(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_a_text_that_is_no_value_stays_in_its_project(main_window, folders, qtbot):
    page = open_design(main_window, folders[0], qtbot)
    type_over(qtbot, show(page, LAYER).row("units").field.line, "abc")
    show(page, "n_output")
    assert show(page, LAYER).row("units").field.line.text() == "abc"  # kept while it is open
    show(page, "n_output")
    open_design(main_window, folders[1], qtbot)
    assert show(page, LAYER).row("units").field.line.text() == "16"


def test_a_name_being_typed_in_the_form_names_no_layer_of_the_next_project(
    main_window, folders, qtbot, monkeypatch
):
    page = open_design(main_window, folders[0], qtbot)
    before = page.editor.graph.node(LAYER).name
    type_over(qtbot, show(page, LAYER)._name, "another_name")
    # A project that was dropped is opened without the field losing the focus.
    monkeypatch.setattr(main_window.flow, "may_close", lambda: True)
    open_design(main_window, folders[1], qtbot)
    qtbot.waitUntil(lambda: not page.inspector._soon.isActive())
    assert page.editor.graph.node(LAYER).name == before
    assert not main_window.session.document.dirty


def test_a_name_being_typed_on_the_canvas_names_no_layer_of_the_next_project(
    main_window, folders, qtbot, monkeypatch
):
    page = open_design(main_window, folders[0], qtbot)
    before = page.editor.graph.node(LAYER).name
    page.canvas.rename_in_place(LAYER)
    qtbot.keyClicks(page.canvas.name_field, "another_name")
    monkeypatch.setattr(main_window.flow, "may_close", lambda: True)
    open_design(main_window, folders[1], qtbot)
    assert not page.canvas.name_field.isVisible()
    assert page.editor.graph.node(LAYER).name == before
    assert not main_window.session.document.dirty


@pytest.mark.parametrize("where", ["form", "canvas"])
def test_saving_by_key_takes_the_name_that_is_being_typed(main_window, folders, qtbot, where):
    page = open_design(main_window, folders[0], qtbot)
    show(page, LAYER)
    if where == "form":
        field = page.inspector.node._name
        type_over(qtbot, field, "another_name")
    else:
        page.canvas.rename_in_place(LAYER)
        field = page.canvas.name_field
        qtbot.keyClicks(field, "another_name")
    main_window.flow.save()
    plain = json.loads((folders[0] / "project.json").read_text())
    names = {node["id"]: node["name"] for node in plain["graph"]["nodes"]}
    assert names[LAYER] == "another_name"
    assert not main_window.session.document.dirty
    assert field.hasFocus() == (where == "form")


def test_typing_into_the_form_of_a_layer_that_is_gone_does_nothing(main_window, folders, qtbot):
    page = open_design(main_window, folders[0], qtbot)
    field = show(page, LAYER).row("units").field.line
    type_over(qtbot, field, "1")
    main_window.session.apply(delete(page.editor.graph, [LAYER]))
    qtbot.keyClicks(field, "2")  # before the form is shown anew
    assert LAYER not in page.editor.graph
    main_window.session.undo()
    assert page.editor.graph.node(LAYER).params["units"] == 1
    main_window.session.save()
