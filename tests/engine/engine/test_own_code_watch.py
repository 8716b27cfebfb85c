"""Own code that cannot be caught ends the design engine; the next one leaves it alone."""

from __future__ import annotations

import time

import pytest

from workbench.build.own_guard import key_of
from workbench.engine.client import EngineClient
from workbench.engine.messages import Died, JobDone
from workbench.engine.own_watch import NOTE, TRACE, OwnCodeWatch, fault_of_own_code
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.trust import fingerprint

TEXT = """import ctypes
import keras


class A(keras.layers.Layer):
    def __init__(self, mode=0, **kwargs):
        super().__init__(**kwargs)
        self.mode = mode

    def call(self, x):
        if self.mode == 1:
            sum(range(10**14))
        if self.mode == 2:
            ctypes.string_at(1)
        return x
"""


def asked(mode: int, faulty: list[dict]) -> dict:
    spec = {"key": "A", "module": "", "family": "custom",
            "params": [{"name": "mode", "kind": "int", "default": 0}],
            "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip
    file = described("mine.py", TEXT, [spec], record_id="f1")
    graph = Graph()
    graph.apply(PutRecord(file))
    layers = [("InputLayer", {"shape": [3]}), (file.specs[0].key, {"mode": mode}),
              ("Dense", {"units": 4})]  # fmt: skip
    for at, (layer, params) in enumerate(layers):
        graph.apply(AddNode(Node(f"n{at}", layer, f"layer_{at}", params)))
    graph.apply(Connect(Edge(Endpoint("n0", "output"), Endpoint("n1", "input"))))
    graph.apply(Connect(Edge(Endpoint("n0", "output"), Endpoint("n2", "input"))))
    return {"graph": graph.to_plain(), "signature": None, "revision": 1,
            "trusted_code": [fingerprint(TEXT)], "faulty_code": faulty}  # fmt: skip


def answer(client: EngineClient, spec: dict) -> JobDone | Died:
    client.submit("infer", spec)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        message = client.receive(1.0)
        if isinstance(message, (JobDone, Died)):
            return message
    raise AssertionError("no answer")


@pytest.mark.backend
@pytest.mark.slow
def test_an_endless_loop_and_a_crash_cost_one_engine_each():
    client = EngineClient("design")
    client.start()
    # A class that did not end before gets less time: the test need not wait the whole.
    faulty = [{"key": key_of(TEXT, "A", "another"), "line": 0, "what": ""}]
    try:
        for mode, line, words in ((1, 12, "did not end within 3 s"), (2, 14, "crashed")):
            began = time.monotonic()
            died = answer(client, asked(mode, faulty))
            assert isinstance(died, Died) and not died.reason.asked
            fault = died.reason.own_code
            assert fault is not None and fault["line"] == line and words in fault["what"]
            assert f"at line {line}" in died.reason.describe()
            assert time.monotonic() - began < 60
            faulty.append(fault)
            client.start()
            done = answer(client, asked(mode, faulty))
            assert isinstance(done, JobDone)
            told = [p["message"] for p in done.result["problems"] if p["code"] == "own_ended"]
            source = TEXT.splitlines()[line - 1].strip()
            assert len(told) == 1 and f"mine.py, line {line}: call " in told[0]
            assert f"({source})" in told[0]
            assert done.result["nodes"]["n2"]["parameters"] == 16  # the others have their shapes
        again = answer(client, asked(0, faulty))
        assert isinstance(again, JobDone)
        assert not [p for p in again.result["problems"] if p["severity"] == "error"]
    finally:
        client.close()


def test_what_is_told_follows_from_note_and_trace(tmp_path):
    assert fault_of_own_code(tmp_path, 1) is None
    watch = OwnCodeWatch(tmp_path)
    digest = "0123456789abcdef"
    with watch.running("key", digest, 60.0):
        assert fault_of_own_code(tmp_path, -9) == {
            "key": "key", "line": 0,
            "what": "it needed more memory than there is, or was ended by the system",
        }  # fmt: skip
        assert "exit code 3" in fault_of_own_code(tmp_path, 3)["what"]
        frames = (
            'Timeout (0:01:00)!\nThread 0x1 (most recent call first):\n'
            f'  File "<own layers {digest}>", line 5 in other\n\n'
            "Thread 0x2 (most recent call first):\n"
            '  File "/x/numpy.py", line 7 in sum\n'
            f'  File "<own layers {digest}>", line 12 in inner\n'
            f'  File "<own layers {digest}>", line 9 in build\n'
        )  # fmt: skip
        (tmp_path / TRACE).write_text(frames)
        fault = fault_of_own_code(tmp_path, 1)
        assert fault == {"key": "key", "line": 12, "what": "build did not end within 60 s"}
    (tmp_path / TRACE).write_text("")
    assert "right after it ran" in fault_of_own_code(tmp_path, 9)["what"]
    note = (tmp_path / NOTE).read_text()
    (tmp_path / NOTE).write_text(note.replace('"left": 1', '"left": 0.1e0, "was": 1'))
    assert fault_of_own_code(tmp_path, 9) is None
    (tmp_path / NOTE).write_text("{damaged")
    assert fault_of_own_code(tmp_path, 9) is None
