import pytest

from workbench.catalog import load_catalog
from workbench.graph import Node
from workbench.graph.inference import TensorInfo, describe_shape
from workbench.graph.text import headline


@pytest.mark.parametrize(
    ("key", "params", "text"),
    [("Conv2D", {"filters": 32, "kernel_size": 3, "activation": "relu"}, "32 × 3×3, relu"),
     ("Conv2D", {"filters": 8, "kernel_size": [3, 5], "strides": 2}, "8 × 3×5, stride 2×2"),
     ("Conv1D", {"filters": 8, "kernel_size": 3, "strides": 1}, "8 × 3"),
     ("Dense", {"units": 64, "activation": "relu"}, "64 units, relu"),
     ("Dense", {"units": 1, "activation": "linear"}, "1 unit"),
     ("Dense", {}, ""),
     ("Dropout", {"rate": 0.25}, "25 %"),
     ("LSTM", {"units": 32, "return_sequences": True}, "32 units, sequences"),
     ("Bidirectional", {"layer": {"layer": "GRU", "params": {"units": 8}}}, "GRU 8 units"),
     ("Bidirectional", {"layer": 5}, ""),
     ("MaxPooling2D", {}, "2×2"),
     ("MaxPooling2D", {"pool_size": 3, "strides": 2}, "3×3, stride 2×2"),
     ("Embedding", {"input_dim": 1000, "output_dim": 16}, "1,000 → 16"),
     ("MultiHeadAttention", {"num_heads": 4, "key_dim": 32}, "4 heads × 32"),
     ("Concatenate", {}, ""),
     ("Concatenate", {"axis": 1}, "axis 1"),
     ("Reshape", {"target_shape": [7, 7, 32]}, "7 × 7 × 32"),
     ("InputLayer", {}, "features"),
     ("InputLayer", {"shape": [28, None, 1]}, "features, 28 × ? × 1"),
     ("UpSampling2D", {}, "× 2×2"),
     ("Rescaling", {"scale": 1 / 255}, "1/255")],
)  # fmt: skip
def test_headlines(net, catalog, key, params, text):
    node = net.graph.node(net.add(key))
    node = type(node)(node.id, key, node.name, params)
    assert headline(node, catalog.get(key), catalog) == text


def test_every_layer_has_a_headline_that_survives_nonsense(net, catalog):
    for spec in catalog:
        for value in (None, "x", [], [[1]], {}, -3, 1e99, True):
            node = net.graph.node(net.add(spec.key))
            odd = type(node)(node.id, spec.key, "n", dict.fromkeys(spec.headline, value))
            assert isinstance(headline(odd, spec, catalog), str)


def test_shapes_are_written_as_people_do():
    assert describe_shape(TensorInfo((None, 26, 26, 32))) == "26 × 26 × 32"
    assert describe_shape(TensorInfo((None, None, 8))) == "? × 8"
    assert describe_shape(TensorInfo((None,))) == "scalar"
    assert describe_shape(None) == ""


@pytest.mark.parametrize(
    ("key", "params", "said"),
    [
        ("ops.add", {}, ""),
        ("ops.add", {"x2": 0.5}, "+ 0.5"),
        ("ops.subtract", {"x1": 1}, "1 −"),
        ("ops.multiply", {"x2": [1.0, 2.0]}, "× (1, 2)"),
        ("ops.multiply", {"x2": [[1.0, 2.0], [3.0, 4.0]]}, "× 4 numbers"),
        ("ops.get_item", {"key": ":, 0"}, "[:, 0]"),
        ("ops.reshape", {"newshape": [-1, 4]}, "(-1, 4)"),
        ("ops.mean", {"axis": -1}, "axis -1"),
        ("ops.einsum", {"subscripts": "ab,bc->ac"}, "ab,bc->ac"),
        ("ops.split", {"indices_or_sections": 3, "axis": -1}, "indices or sections 3, axis -1"),
    ],
)
def test_what_an_operation_shows(key, params, said):
    assert headline(Node("n", key, "n", params), load_catalog().get(key)) == said
