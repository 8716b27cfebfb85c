"""The session: shapes, data and problems follow the document; training is frozen and recorded."""

import threading

import pytest

from workbench.errors import EngineError, Place, RunError
from workbench.graph import Batch, MoveNodes, Problem, RenameNode, SetField, SetParam
from workbench.runs.spec import RunSpec, RunState


def settle(session, qtbot):
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)


def result(spec, problems=()):
    return {
        "nodes": {"n_output": {"outputs": {"output": {"shape": [None, 1], "dtype": "float32"}},
                               "parameters": 17, "trainable": 17, "weight_bytes": 68}},
        "problems": [p.to_plain() for p in problems],
        "revision": spec["revision"],
    }  # fmt: skip


def test_the_table_its_signature_and_the_shapes_come_by_themselves(session, fake_engine, qtbot):
    fake_engine.answers["infer"] = lambda spec, emit, control: result(spec)
    settle(session, qtbot)
    assert session.table.rows == 569
    assert session.signature.task == "binary"
    assert session.signature.classes == ("benign", "malignant")
    assert session.inference.parameters == 17
    assert session.problems == []
    assert fake_engine.specs("infer")[-1]["signature"]["task"] == "binary"


def test_the_engine_gets_the_network_once_and_then_changes_only(session, fake_engine, qtbot):
    settle(session, qtbot)
    first = len(fake_engine.specs("infer"))
    assert "graph" in fake_engine.specs("infer")[0]
    change = SetParam("n_hidden_1", "units", 48)
    session.apply(change)
    settle(session, qtbot)
    asked = fake_engine.specs("infer")[first:]
    assert len(asked) == 1
    assert asked[0]["changes"] == [change.to_plain()]


def test_edits_in_a_row_are_asked_about_together(session, fake_engine, qtbot):
    settle(session, qtbot)
    first = len(fake_engine.specs("infer"))
    for units in range(1, 40):
        session.apply(SetParam("n_hidden_1", "units", units), merge="drag")
    settle(session, qtbot)
    asked = fake_engine.specs("infer")[first:]
    assert len(asked) <= 2
    assert sum(len(spec["changes"]) for spec in asked) == 39


def test_moves_and_settings_ask_for_no_shapes(session, fake_engine, qtbot):
    settle(session, qtbot)
    first = len(fake_engine.specs("infer"))
    session.apply(MoveNodes({"n_output": (5.0, 5.0)}))
    session.apply(SetField("recipe", ("epochs",), 3))
    settle(session, qtbot)
    qtbot.wait(30)
    assert len(fake_engine.specs("infer")) == first
    session.apply(
        Batch((SetField("recipe", ("epochs",), 4), RenameNode("n_output", "out")), "Both")
    )
    settle(session, qtbot)
    kinds = [change["kind"] for change in fake_engine.specs("infer")[-1]["changes"]]
    assert "rename_node" in kinds or "batch" in kinds
    assert "set_field" not in str(fake_engine.specs("infer")[-1]["changes"])


def test_an_answer_about_an_older_network_is_not_shown(session, fake_engine, qtbot):
    settle(session, qtbot)
    gate, began = threading.Event(), threading.Event()

    def slow(spec, emit, control):
        began.set()
        gate.wait(5)
        return result(spec)

    shown = []
    session.inference_changed.connect(lambda inference: shown.append(inference.revision))
    fake_engine.answers["infer"] = slow
    session.apply(SetParam("n_hidden_1", "units", 20))
    qtbot.waitUntil(began.is_set)
    session.apply(SetParam("n_hidden_1", "units", 21))
    gate.set()
    settle(session, qtbot)
    assert len(shown) == 1
    assert shown[0] == fake_engine.specs("infer")[-1]["revision"]


def test_a_new_design_engine_gets_the_whole_network(session, fake_engine, qtbot):
    settle(session, qtbot)
    session.apply(SetParam("n_hidden_1", "units", 20))
    settle(session, qtbot)
    with qtbot.waitSignals([session.services.engines.design_restarted, session.inference_changed]):
        fake_engine.clients[0].die()
    graph = fake_engine.specs("infer")[-1]["graph"]
    assert next(n for n in graph["nodes"] if n["id"] == "n_hidden_1")["params"]["units"] == 20


def test_an_engine_that_lost_track_gets_the_whole_network(session, fake_engine, qtbot):
    from workbench.errors import GraphError

    settle(session, qtbot)
    fake_engine.answers["infer"] = lambda spec, emit, control: (
        result(spec) if "graph" in spec else (_ for _ in ()).throw(GraphError("Lost track."))
    )
    session.apply(SetParam("n_hidden_1", "units", 20))
    with qtbot.waitSignal(session.inference_changed):
        pass
    assert "graph" in fake_engine.specs("infer")[-1]


def test_problems_are_merged_worst_first_and_told_once(session, fake_engine, qtbot):
    error = Problem("units", "error", "Bad units.", Place("node", "n_output"))
    info = Problem("hint", "info", "A hint.", Place("graph"))
    fake_engine.answers["infer"] = lambda spec, emit, control: result(spec, (info, error, error))
    settle(session, qtbot)
    session.apply(SetParam("n_hidden_1", "units", 20))
    settle(session, qtbot)
    assert [p.code for p in session.problems] == ["units", "hint"]
    assert session.has_errors


def test_a_project_without_data_says_so(services, tmp_path, qtbot):
    from ui.session import ProjectSession
    from workbench.project import create_project

    session = ProjectSession(create_project(tmp_path / "new", "New"), services)
    settle(session, qtbot)
    assert "no_data" in [p.code for p in session.problems]
    assert session.signature is None
    session.close(discard=True)


def test_a_missing_table_is_a_problem_and_comes_back(session, qtbot):
    settle(session, qtbot)
    path = session.document.folder / "data.csv"
    text = path.read_bytes()
    path.unlink()
    session.reload_data()
    settle(session, qtbot)
    assert session.table is None
    assert session.data_error is not None
    assert any(p.severity == "error" for p in session.problems)
    path.write_bytes(text)
    session.reload_data()
    settle(session, qtbot)
    assert session.table.rows == 569
    assert not session.has_errors


def epoch(number):
    return {"event": "epoch", "epoch": number, "step": number * 2, "seconds": 0.1, "best": True,
            "values": {"loss": 1 / number}, "learning_rate": 0.001, "patience": [0, 5]}  # fmt: skip


def train(spec, emit, control):
    import numpy as np

    emit({"event": "run_started", "run_id": spec["run_id"], "epochs": 2, "steps_per_epoch": 2})
    for number in (1, 2):
        emit({"event": "batches", "first_step": 2 * number - 2,
              "values": {"loss": np.full(2, 1 / number, np.float32)}})  # fmt: skip
        emit(epoch(number))
    return {"run_id": spec["run_id"], "state": "done", "epochs": 2, "best_epoch": 2, "values": {}}


def test_a_training_is_frozen_recorded_and_told(session, fake_engine, qtbot):
    fake_engine.answers["train"] = train
    settle(session, qtbot)
    session.apply(SetField("recipe", ("epochs",), 2))
    events = []
    session.run_event.connect(lambda event: events.append(event["event"]))
    with qtbot.waitSignal(session.run_finished) as finished:
        assert session.start_training()
        assert session.training
        session.apply(SetField("recipe", ("epochs",), 99))  # the run does not see it
    assert finished.args[0]["state"] == "done"
    assert not session.training
    assert events == ["run_started", "batches", "epoch", "batches", "epoch"]
    spec = RunSpec.from_plain(fake_engine.specs("train")[0])
    assert spec.recipe.epochs == 2
    record = session.store.runs()[0]
    assert record.run_id == spec.run_id == session.selected_run
    assert record.state is RunState.DONE
    assert session.store.batches(spec.run_id)["loss"].tolist() == [1.0, 1.0, 0.5, 0.5]
    assert [e["epoch"] for e in session.store.epochs(spec.run_id)] == [1, 2]


def test_errors_prevent_training_and_are_shown(session, fake_engine, qtbot):
    error = Problem("units", "error", "Bad units.", Place("node", "n_output"))
    fake_engine.answers["infer"] = lambda spec, emit, control: result(spec, (error,))
    session.apply(SetParam("n_hidden_1", "units", 20))
    settle(session, qtbot)
    with qtbot.waitSignals([session.services.error_raised, session.services.command_requested]):
        assert not session.start_training()
    assert not session.training
    assert fake_engine.specs("train") == []


@pytest.mark.parametrize("how", ["cancel", "die"])
def test_a_run_that_comes_to_nothing_is_recorded_as_that(session, fake_engine, qtbot, how):
    def wait(spec, emit, control):
        emit({"event": "run_started", "run_id": spec["run_id"], "epochs": 2})
        control.cancelled.wait(10)
        return {}

    fake_engine.answers["train"] = wait
    settle(session, qtbot)
    with qtbot.waitSignal(session.run_event):
        session.start_training()
    with qtbot.waitSignal(session.run_finished) as finished:
        if how == "cancel":
            session.cancel_training()
        else:
            fake_engine.clients[-1].die("killed by signal SIGKILL")
    state = session.store.runs()[0].state
    if how == "cancel":
        assert state is RunState.CANCELLED
    else:
        assert state is RunState.FAILED
        assert isinstance(finished.args[0], EngineError)
        assert "SIGKILL" in finished.args[0].message
    assert not session.training
    assert session.document.graph.nodes


def test_only_one_training_at_a_time(session, fake_engine, qtbot):
    fake_engine.answers["train"] = lambda spec, emit, control: control.cancelled.wait(10) or {}
    settle(session, qtbot)
    session.start_training()
    with qtbot.waitSignal(session.services.error_raised) as raised:
        assert not session.start_training()
    assert isinstance(raised.args[0], RunError)
    with qtbot.waitSignal(session.run_finished):
        session.cancel_training()


def test_closing_a_project_ends_its_jobs(services, document, fake_engine, qtbot):
    from ui.session import ProjectSession

    fake_engine.answers["predict"] = lambda spec, emit, control: control.cancelled.wait(10) or {}
    session = ProjectSession(document, services)
    settle(session, qtbot)
    job = session.start_job("predict", {}, "Predicting")
    session.close(discard=True)
    qtbot.waitUntil(lambda: not job.running)


def test_a_damaged_run_store_is_moved_aside_with_one_message(session, qtbot):
    (session.document.folder / "runs.sqlite").write_bytes(b"SQLite format 3\0" + b"rubbish" * 900)
    with qtbot.waitSignal(session.services.error_raised) as raised:
        assert session.store.runs() == []
    assert raised.args[0].message
    assert session.store.runs() == []
    assert session.document.graph.nodes


def test_runs_that_a_crash_left_behind_are_marked_as_failed(document, services, fake_engine, qtbot):
    from ui.session import ProjectSession
    from workbench.project.freeze import freeze
    from workbench.runs.store import RunStore

    store = RunStore(document.folder)
    store.create(freeze(document))
    store.close()
    session = ProjectSession(document, services)
    assert [run.state for run in session.store.runs()] == [RunState.FAILED]
    session.close(discard=True)


def test_a_project_that_is_only_looked_at_shows_its_runs(document, services, qtbot):
    from ui.session import ProjectSession
    from workbench.project import open_project
    from workbench.project.freeze import freeze
    from workbench.runs.store import RunStore

    store = RunStore(document.folder)
    store.create(freeze(document))
    store.close()
    session = ProjectSession(open_project(document.folder, read_only=True), services)
    assert [run.state for run in session.store.runs()] == [RunState.RUNNING]
    session.close()
