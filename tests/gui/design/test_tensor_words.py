"""What stands beside an edge: every axis named, in words or by letter, within the room there."""

import pytest

from ui.design.canvas.tensor_words import flow_words
from workbench.graph import Endpoint
from workbench.graph.inference import Inference, NodeInfo, TensorInfo


@pytest.mark.parametrize(
    ("shape", "dtype", "axes", "words"),
    [
        ((None, 30), "float32", ("batch", "feature"), "feature 30"),
        ((None, None, 128), "float32", ("batch", "token", "feature"), "token ? × feature 128"),
        (
            (None, 224, 224, 3),
            "float32",
            ("batch", "height", "width", "channel"),
            "H 224 × W 224 × C 3",
        ),
        ((None, 40), "int32", ("batch", "token"), "token 40 · int32"),
        ((None, 7, 9), "float32", ("batch", "", ""), "7 × 9"),
        ((None,), "bool", ("batch",), "scalar · bool"),
    ],
)
def test_axes_are_named_as_far_as_they_are_known(shape, dtype, axes, words):
    info = NodeInfo({"output": TensorInfo(shape, dtype)}, axes={"output": axes})
    inference = Inference({"n": info})
    assert flow_words(inference, Endpoint("n", "output")) == (words, dtype)


def test_what_is_not_known_is_not_told():
    assert flow_words(None, Endpoint("n", "output")) == ("", "")
    assert flow_words(Inference(), Endpoint("n", "output")) == ("", "")
