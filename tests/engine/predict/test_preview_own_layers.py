"""A preview with an own layer that does not end on real tensors costs one engine, once."""

from __future__ import annotations

import time

import pytest

from workbench.build.own_guard import key_of
from workbench.cli.loading import signature_of
from workbench.engine.client import EngineClient
from workbench.engine.messages import Died, JobDone
from workbench.graph import AddNode, Connect, Disconnect, Edge, Endpoint, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.project import create_from_template
from workbench.trust import fingerprint

TEXT = """import keras


class A(keras.layers.Layer):
    def call(self, x):
        while x.shape[0] is not None:
            pass
        return x
"""
SPEC = {"key": "A", "module": "", "family": "custom", "params": [],
        "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip


@pytest.mark.backend
@pytest.mark.slow
def test_the_preview_tells_the_line_and_the_shapes_stay(tmp_path):
    document = create_from_template("wine", tmp_path / "wine")
    graph = document.graph
    document.apply(PutRecord(described("mine.py", TEXT, [SPEC], record_id="f1")))
    first = next(node for node in graph if node.layer == "Dense")
    edge = next(iter(graph.leaving(first.id)))
    document.apply(AddNode(Node("own", "own:f1.A", "mine")))
    document.apply(Disconnect(edge))
    document.apply(Connect(Edge(Endpoint(first.id, "output"), Endpoint("own", "input"))))
    document.apply(Connect(Edge(Endpoint("own", "output"), edge.target)))
    signature, _ = signature_of(document)
    faulty = [{"key": key_of(TEXT, "A", "another"), "line": 0, "what": ""}]  # less time for it
    shared = {"trusted_code": [fingerprint(TEXT)], "faulty_code": faulty, "revision": 1}
    infer = {"graph": graph.to_plain(), "signature": signature.to_plain(), **shared}
    preview = {"project": str(tmp_path / "wine"), "data": document.data.to_plain(),
               "nodes": [node.id for node in graph], **shared}  # fmt: skip
    document.close()
    client = EngineClient("design")

    def asked(kind, spec):
        client.submit(kind, spec)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            message = client.receive(1.0)
            if isinstance(message, (JobDone, Died)):
                return message
        raise AssertionError("no answer")

    try:
        client.start()
        assert isinstance(asked("infer", infer), JobDone)
        died = asked("preview", preview)
        assert isinstance(died, Died) and died.reason.own_code["line"] in (6, 7)
        faulty.append(died.reason.own_code)
        client.start()
        done = asked("infer", infer)
        assert not [p for p in done.result["problems"] if p["severity"] == "error"]
        nodes = asked("preview", preview).result["nodes"]
        assert "call did not end within 3 s" in nodes["own"]["message"]
        assert "mine.py, line " in nodes["own"]["message"] and nodes[first.id]["outputs"]
    finally:
        client.close()
