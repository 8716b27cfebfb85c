"""Every layer of the catalog: with its usual settings it is inferred, built and computed."""

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.catalog import load_catalog
from workbench.graph import Connect, Edge, Endpoint, Graph

pytestmark = pytest.mark.backend

LAYERS = [layer.key for layer in load_catalog() if layer.inputs and not layer.is_operation]
OPERATIONS = [layer.key for layer in load_catalog() if layer.is_operation]
BY_RANK = {0: (6,), 2: (6,), 3: (8, 4), 4: (12, 12, 3), 5: (6, 6, 6, 2), 6: (3, 6, 6, 6, 2)}
SHAPES = {
    "MelSpectrogram": (4096,), "STFTSpectrogram": (1024, 1), "HashedCrossing": (1,),
    "Permute": (4, 5), "Dot": (6,), "TextVectorization": (1,), "GroupNormalization": (4, 64),
    "Masking": (8, 4), "ConvLSTM1D": (3, 8, 2), "ConvLSTM2D": (3, 8, 8, 2),
    "CenterCrop": (40, 40, 3), "RandomCrop": (40, 40, 3), "Pipeline": (12, 12, 3),
    "Rescaling": (12, 12, 3), "applications.LayerScale": (64,),
}  # fmt: skip
WHOLE = {"Embedding", "ReversibleEmbedding", "CategoryEncoding", "Hashing", "HashedCrossing",
         "IntegerLookup"}  # fmt: skip
TEXT = {"StringLookup", "TextVectorization"}


def network_of(net, key):
    spec = net.catalog.get(key)
    port = spec.inputs[0]
    shape = SHAPES.get(key, BY_RANK[port.rank])
    dtype = "string" if key in TEXT else "int32" if key in WHOLE else "float32"
    entry, node = net.chain(key, shape=shape, dtype=dtype)
    for index in range(1, port.minimum if port.variadic else 1):
        net.connect(entry, node, port.id, index)
    return entry, node, shape, dtype


@pytest.mark.parametrize("key", LAYERS)
def test_with_its_usual_settings(net, key):
    import keras

    _, node, shape, dtype = network_of(net, key)
    found = net.infer()
    if keras.backend.backend() != "tensorflow" and [p.code for p in found.problems] == ["backend"]:
        assert net.catalog.get(key).family == "preprocessing"
        return
    assert not [p.message for p in found.problems if p.severity == "error"]
    model = build_model(net.graph, net.catalog, shapes=found)
    assert model.count_params() == found.parameters
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == found.trainable
    assert sum(w.numpy().nbytes for w in model.weights) == found.weight_bytes
    said = found.nodes[node].output
    assert len(found.nodes[node].outputs) == len(
        [p for p in net.catalog.get(key).outputs if not p.when or p.when.startswith("merge_mode=c")]
    )
    random = np.random.default_rng(0)
    batch = random.integers(0, 2, (2, *shape))
    data = np.full((2, *shape), "a", object) if dtype == "string" else batch.astype(dtype)
    result = model(keras.ops.convert_to_tensor(data) if dtype != "string" else _text(data))
    assert len(result.shape) == len(said.shape)
    assert all(b in (a, None) for a, b in zip(result.shape[1:], said.shape[1:], strict=True))
    assert keras.backend.standardize_dtype(result.dtype) == said.dtype
    again = Graph.from_plain(net.graph.to_plain())
    assert net.shapes.infer(again).nodes[node] == found.nodes[node]
    assert net.shapes.computed == 0, "the same settings and inputs are known already"


def _text(data):
    import tensorflow as tf

    return tf.constant(data.tolist())


@pytest.mark.parametrize("key", LAYERS)
def test_a_wrong_input_is_a_problem_not_a_traceback(new_net, key):
    """Inputs of every rank and kind: an answer or a problem on this very node, never an error."""
    for shape in ((), (1,), (5,), (None,), (4, 3), (None, 3), (5, 4, 3), (2, 5, 4, 3)):
        for dtype in ("float32", "int32", "string"):
            net = new_net()
            entry = net.add("InputLayer", {"shape": list(shape), "dtype": dtype})
            node = net.after(entry, key)
            port = net.catalog.get(key).inputs[0]
            if port.variadic and port.minimum == 2:
                net.graph.apply(
                    Connect(Edge(Endpoint(entry, "output"), Endpoint(node, port.id), 1))
                )
            found = net.infer()
            assert (node in found.nodes) != any(p.severity == "error" for p in found.problems)
            for problem in found.problems:
                assert problem.place.id == node
                assert problem.message and "Traceback" not in problem.message
                assert "Exception encountered" not in problem.message
                assert "\x1b" not in problem.message


@pytest.mark.parametrize("key", OPERATIONS)
def test_a_wrong_input_of_an_operation_is_a_problem_too(new_net, key):
    spec = load_catalog().get(key)
    for shape, dtype in (((), "float32"), ((5,), "int32"), ((None, 3), "float32"),
                         ((2, 5, 4, 3), "bool"), ((4,), "string")):  # fmt: skip
        net = new_net()
        entry = net.add("InputLayer", {"shape": list(shape), "dtype": dtype})
        node = net.add(key)
        for port in spec.inputs:
            net.connect(entry, node, port.id)
        found = net.infer()
        errors = [problem for problem in found.problems if problem.severity == "error"]
        assert (node in found.nodes) != bool(errors)
        for problem in errors:
            assert problem.place.id == node
            assert problem.message.startswith(net.graph.node(node).name) or problem.message
            for noise in ("Traceback", "Exception encountered", "\x1b", "has no attribute",
                          "KerasTensor", "SymbolicTensor", "object is not"):  # fmt: skip
                assert noise not in problem.message, problem.message
