"""Undo and redo, merging of gestures, and what counts as unsaved."""

import pytest

from workbench.errors import GraphError, ProjectError
from workbench.graph import AddNode, MoveNodes, Node, RemoveNode, SetField, SetParam
from workbench.project import create_project


@pytest.fixture
def document(tmp_path):
    made = create_project(tmp_path / "project", "Test")
    made.apply(AddNode(Node("a", "Dense", "dense")))
    made.save()
    yield made
    made.close()


def test_a_gesture_is_one_step(document):
    for x in range(1, 200):
        document.apply(MoveNodes({"a": (x, 0.0)}), merge="drag 1")
    document.undo()
    assert document.graph.node("a").position == (0.0, 0.0)
    assert not document.dirty
    document.redo()
    assert document.graph.node("a").position == (199.0, 0.0)


def test_another_key_and_other_changes_end_the_gesture(document):
    document.apply(MoveNodes({"a": (1, 0)}), merge="drag 1")
    document.apply(MoveNodes({"a": (2, 0)}), merge="drag 2")
    document.apply(SetParam("a", "units", 3))
    document.apply(MoveNodes({"a": (3, 0)}), merge="drag 2")
    for expected in (2, 2, 1, 0):
        document.undo()
        assert document.graph.node("a").position[0] == expected
    assert document.undo_label == "Add Dense"


def test_a_gesture_goes_on_after_an_undo_as_a_new_step(document):
    document.apply(SetParam("a", "units", 1), merge="slider")
    document.apply(SetParam("a", "units", 2))
    document.undo()
    document.apply(SetParam("a", "units", 5), merge="slider")
    document.undo()
    assert document.graph.node("a").params["units"] == 1


def test_different_changes_of_one_gesture_are_taken_back_in_order(document):
    document.apply(SetField("recipe", ("optimizer", "params", "beta_1"), 0.1), merge="m")
    document.apply(SetField("recipe", ("optimizer", "params", "beta_2"), 0.2), merge="m")
    document.apply(SetField("recipe", ("optimizer", "name"), "SGD"), merge="m")
    document.undo()
    assert document.recipe.optimizer.params == {}
    assert document.recipe.optimizer.name == "Adam"
    document.redo()
    assert document.recipe.optimizer.params == {"beta_1": 0.1, "beta_2": 0.2}


def test_undoing_back_to_the_saved_state_is_clean(document):
    assert not document.dirty
    document.apply(SetParam("a", "units", 3))
    document.apply(SetParam("a", "units", 4))
    assert document.dirty
    document.undo()
    document.undo()
    assert not document.dirty
    document.redo()
    document.save()
    document.undo()
    assert document.dirty
    document.redo()
    assert not document.dirty
    document.undo()
    document.apply(SetParam("a", "units", 3))  # the same values by another way
    assert document.dirty


def test_a_new_change_forgets_what_was_undone(document):
    document.apply(SetParam("a", "units", 3))
    document.undo()
    assert document.redo_label == "Change units"
    document.apply(SetParam("a", "units", 4))
    assert not document.can_redo
    assert document.redo() is None


def test_listeners_hear_every_change_and_a_failing_one_does_not_stop_the_others(document):
    heard = []

    def fails(_change):
        raise ZeroDivisionError

    document.subscribe(fails)
    end = document.subscribe(heard.append)
    with pytest.raises(ZeroDivisionError):
        document.apply(SetParam("a", "units", 3))
    assert heard == [SetParam("a", "units", 3)]
    assert document.graph.node("a").params == {"units": 3}
    end()
    end()
    with pytest.raises(ZeroDivisionError):
        document.undo()
    assert len(heard) == 1


def test_the_revision_grows_with_undo_too(document):
    start = document.revision
    document.apply(SetParam("a", "units", 3))
    document.undo()
    document.redo()
    assert document.revision == start + 3


def test_memory_holds_what_the_file_would_hold(document):
    document.apply(SetParam("a", "kernel", (3, 3)))
    assert document.graph.node("a").params["kernel"] == [3, 3]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), b"bytes"])
def test_what_is_not_plain_data_is_refused(document, value):
    before = document.to_plain()
    with pytest.raises(ProjectError, match="cannot be stored"):
        document.apply(SetParam("a", "units", value))
    assert document.to_plain() == before
    assert not document.dirty


def test_a_refused_change_leaves_no_step(document):
    label = document.undo_label
    with pytest.raises(GraphError):
        document.apply(RemoveNode("nobody"))
    assert document.undo_label == label
    assert not document.dirty
