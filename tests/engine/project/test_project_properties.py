"""Random changes over all three documents: undo, redo, files and the journal all agree."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import WorkbenchError
from workbench.graph import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    MoveNodes,
    Node,
    RemoveNode,
    RenameNode,
    SetField,
    SetParam,
)
from workbench.graph.changes import UNSET, SetTrainable
from workbench.project import create_project, open_project
from workbench.project.documents import Documents

IDS = st.sampled_from(["a", "b", "c", "d", "e"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | NUMBERS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
NAMES = st.sampled_from(["dense", "dense_2", "out", "in", "ü"])
EDGES = st.builds(
    lambda s, t, i: Edge(Endpoint(s, "output"), Endpoint(t, "input"), i),
    IDS, IDS, st.integers(0, 2),
)  # fmt: skip
COLUMN = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["feature", "target", "ignore", "wrong"]),
        "kind": st.sampled_from(["numeric", "categorical", "boolean"]),
    },
)
FIELDS = st.one_of(
    st.builds(lambda v: SetField("recipe", ("epochs",), v), st.integers(1, 50)),
    st.builds(lambda v: SetField("recipe", ("optimizer", "learning_rate"), v), NUMBERS),
    st.builds(lambda n, v: SetField("recipe", ("optimizer", "params", n), v), NAMES, VALUES),
    st.builds(lambda v: SetField("recipe", ("metrics",), v), st.lists(NAMES, max_size=2)),
    st.builds(lambda v: SetField("data", ("split", "test"), v), VALUES),
    st.builds(lambda n, v: SetField("data", ("columns", n), v), NAMES, COLUMN),
    st.builds(lambda n, v: SetField("data", ("columns", n, "role"), v), NAMES,
              st.sampled_from(["feature", "ignore"])),
    st.builds(lambda v: SetField("data", ("columns",), v),
              st.dictionaries(NAMES, COLUMN, max_size=3)),
    st.builds(lambda v: SetField("project", ("name",), v), st.text(max_size=4)),
)  # fmt: skip
SINGLE = st.one_of(
    st.builds(lambda i, n, at: AddNode(Node(i, "Dense", n), at), IDS, NAMES, st.integers(-1, 3)),
    st.builds(RemoveNode, IDS),
    st.builds(Connect, EDGES),
    st.builds(Disconnect, EDGES),
    st.builds(SetParam, IDS, NAMES, VALUES | st.just(UNSET)),
    st.builds(SetTrainable, IDS, st.booleans()),
    st.builds(RenameNode, IDS, NAMES),
    st.builds(MoveNodes, st.dictionaries(IDS, st.tuples(NUMBERS, NUMBERS), max_size=3)),
    FIELDS,
)
CHANGES = SINGLE | st.builds(lambda c: Batch(tuple(c), "Several"), st.lists(SINGLE, max_size=4))
STEPS = st.lists(
    st.tuples(CHANGES, st.sampled_from(["", "", "m1", "m2"])) | st.sampled_from(["undo", "redo"]),
    max_size=30,
)
FAST = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def play(document, steps):
    for step in steps:
        if step == "undo":
            document.undo()
        elif step == "redo":
            document.redo()
        else:
            before = document.to_plain()
            try:
                document.apply(*step)
            except WorkbenchError:
                assert document.to_plain() == before


@FAST
@given(STEPS)
def test_undo_redo_files_and_journal_agree(steps):
    root = Path(tempfile.mkdtemp())
    try:
        document = create_project(root / "p", "Start")
        start = document.to_plain()
        play(document, steps)
        end = document.to_plain()
        assert Documents.from_plain(end).to_plain() == end

        document.close()
        replayed = open_project(root / "p")
        assert replayed.to_plain() == end
        assert replayed.notes == ()

        while replayed.can_undo:
            replayed.undo()
        assert replayed.to_plain() == start
        assert not replayed.dirty
        while replayed.can_redo:
            replayed.redo()
        assert replayed.to_plain() == end

        replayed.save()
        replayed.close()
        saved = open_project(root / "p")
        assert saved.to_plain() == end
        assert list(saved.to_plain()["data"]["columns"]) == list(end["data"]["columns"])
        assert saved.recovered == 0
        saved.close()
    finally:
        shutil.rmtree(root)


@FAST
@given(st.lists(CHANGES, max_size=12))
def test_every_change_has_a_precise_inverse(changes):
    documents = Documents()
    for change in changes:
        before = documents.to_plain()
        order = list(documents.graph.nodes)
        try:
            inverse = documents.apply(change)
        except WorkbenchError:
            assert documents.to_plain() == before
            continue
        after = documents.to_plain()
        again = documents.apply(inverse)
        undone = documents.to_plain()
        assert undone | {"graph": 0} == before | {"graph": 0}
        assert list(documents.graph.nodes) == order
        assert Documents.from_plain(undone).graph == Documents.from_plain(before).graph
        documents.apply(again)
        assert Documents.from_plain(documents.to_plain()).graph == Documents.from_plain(after).graph
