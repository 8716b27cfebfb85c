"""What own layers do that they should not: a problem at its line, and nothing else is harmed."""

from __future__ import annotations

import io
import sys

import keras
import pytest

from workbench.build import own_code, own_guard
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.trust import fingerprint

SPEC = {"key": "A", "module": "", "family": "custom",
        "params": [{"name": "n", "kind": "int", "default": 1}],
        "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip
HEAD = """import os, sys, threading
import keras


class A(keras.layers.Layer):
    def __init__(self, n=1, **kwargs):
        super().__init__(**kwargs)
        self.n = n
"""


def text_of(body: str, rule: str = "") -> str:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return f"{HEAD}{rule}\n    def call(self, x):\n{lines}"


def network(text: str, params=None) -> Graph:
    graph = Graph()
    file = described("mine.py", text, [SPEC], record_id="f1")
    graph.apply(PutRecord(file))
    layers = [("InputLayer", {"shape": [3]}), (file.specs[0].key, params or {}),
              ("Dense", {"units": 1})]  # fmt: skip
    for at, (layer, given) in enumerate(layers):
        graph.apply(AddNode(Node(f"n{at}", layer, f"layer_{at}", given)))
    for at in (1, 2):
        ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
        graph.apply(Connect(Edge(*ends)))
    return graph


def problems(text: str, params=None) -> list[str]:
    own_code.allow([fingerprint(text)])
    try:
        found = ShapeInference(load_catalog()).infer(network(text, params))
    finally:
        own_code.allow([])
    return [p.message for p in found.problems if p.severity == "error"]


RULE = "\n    def compute_output_shape(self, shape):\n        return (shape[0], 99)\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return None", "line 11: call returns nothing where a tensor is expected (return None)"),
        ("return {'a': x}", "line 11: call returns a dictionary"),
        ("return x, x", "line 11: call returns 2 tensors, but the layer has 1 output"),
        ("return 'abc'", "line 11: call returns abc where a tensor is expected"),
        ("os._exit(3)", "line 11: SystemExit: os._exit(3)"),
        ("sys.exit()", "line 11: SystemExit"),
        ("raise KeyboardInterrupt('no')", "line 11: KeyboardInterrupt: no"),
        ("raise BaseException('no')", "line 11: BaseException: no"),
        ("raise GeneratorExit", "line 11: GeneratorExit"),
        ("import missing_package", "line 11: ModuleNotFoundError: No module named"),
        ("keras.config.set_floatx('float16')\nreturn x", "line 11: it changes Keras's floatx"),
        ("keras.mixed_precision.set_dtype_policy('mixed_float16')\nreturn x",
         "line 11: it changes Keras's dtype policy"),
        ("return self.call(x)", "line 11: RecursionError"),
    ],
)  # fmt: skip
def test_a_fault_in_the_call_is_told_with_its_line(body, words, monkeypatch):
    monkeypatch.setattr(own_guard, "_watches", [_NoWatch()])  # as in an engine: no Ctrl+C there
    before = keras.config.floatx(), keras.config.dtype_policy().name
    (told,) = problems(text_of(body))
    assert told.startswith("layer_1: mine.py, ") and words in told
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == before
    assert not problems(text_of("return x"))  # nothing is left behind


class _NoWatch:
    """Watches nothing."""

    def running(self, _key, _digest, _seconds):
        import contextlib

        return contextlib.nullcontext()


def test_keras_settings_are_put_back_after_a_file_changed_them():
    text = text_of("return x").replace(
        "import keras\n", "import keras\nkeras.config.set_image_data_format('channels_first')\n"
    )
    (told,) = problems(text)
    assert "mine.py, line 3: it changes Keras's image_data_format" in told
    assert keras.config.image_data_format() == "channels_last"


def test_a_shape_rule_is_compared_with_the_call():
    (told,) = problems(text_of("return x", RULE))
    assert "line 10: compute_output_shape gives (None, 99), but call gives (None, 3)" in told
    right = RULE.replace("(shape[0], 99)", "shape")
    assert not problems(text_of("return x", right))
    (told,) = problems(text_of("return x + nothing", right))
    assert "line 14: NameError: name 'nothing' is not defined" in told


def test_what_is_printed_is_bounded(monkeypatch):
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stdout", heard)
    assert not problems(text_of("print('x' * 5_000_000)\nreturn x"))
    assert 0 < len(heard.getvalue()) < 100_000


def test_code_that_ended_an_engine_is_left_alone_until_its_settings_change():
    text = text_of("os.environ['RAN'] = '1'\nreturn x")
    key = own_guard.key_of(text, "A", ["own:f1.A", [{"n": 2}, {"n": 2}]])
    own_guard.avoid([{"key": key, "line": 11, "what": "call did not end within 10 s"}])
    try:
        (told,) = problems(text, {"n": 2})
        assert told == (
            "layer_1: mine.py, line 11: call did not end within 10 s (os.environ['RAN'] = '1')."
        )
        assert not problems(text, {"n": 3})
        assert not problems(text + "\n# changed\n", {"n": 2})
    finally:
        own_guard.avoid([])
    assert not problems(text, {"n": 2})
