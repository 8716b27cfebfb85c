"""Shape inference: what it says, what it blames, and how little it does after an edit."""

import random

import pytest

from workbench.build.memory import memory_limit
from workbench.build.shapes import ShapeInference
from workbench.data.spec import DataSignature, InputSignature
from workbench.errors import GraphError
from workbench.graph import Endpoint, RemoveNode, SetParam
from workbench.graph.changes import UNSET, SetTrainable
from workbench.graph.edits import add_after, add_layer, delete, share
from workbench.graph.inference import Inference, TensorInfo
from workbench.graph.ports import connect

pytestmark = pytest.mark.backend

BINARY = DataSignature((InputSignature("features", (30,)),), "binary", 1, ("no", "yes"), 500)


def problem_of(net, code, signature=None):
    found = net.infer(signature)
    problems = [p for p in found.problems if p.code == code]
    assert len(problems) == 1, [(p.code, p.message) for p in found.problems]
    return problems[0]


def test_a_small_network(net):
    entry, first, drop, last = net.chain(
        ("Dense", {"units": 64, "activation": "relu"}), "Dropout",
        ("Dense", {"units": 1, "activation": "sigmoid"}), shape=None,
    )  # fmt: skip
    found = net.infer(BINARY)
    assert found.problems == ()
    assert [found.nodes[n].parameters for n in (entry, first, drop, last)] == [0, 1984, 0, 65]
    assert (found.parameters, found.trainable, found.weight_bytes) == (2049, 2049, 8196)
    assert found.nodes[last].output == TensorInfo((None, 1), "float32")
    assert Inference.from_plain(found.to_plain()) == found
    net.graph.apply(SetTrainable(first, False))
    assert net.infer(BINARY).trainable == 65


def test_weights_that_are_not_trained(net):
    _, node = net.chain("BatchNormalization", shape=(8,))
    info = net.infer().nodes[node]
    assert (info.parameters, info.trainable) == (32, 16)


def test_half_precision_weighs_half(net):
    _, node = net.chain(("Dense", {"units": 10, "dtype": "float16"}), shape=(9,))
    info = net.infer().nodes[node]
    assert (info.parameters, info.weight_bytes) == (100, 200)
    assert info.output.dtype == "float16"


def test_totals_are_unknown_while_an_error_exists(net):
    net.chain("Conv2D")
    found = net.infer()
    assert found.has_errors
    assert (found.parameters, found.trainable, found.weight_bytes) == (None, None, None)


def test_downstream_of_an_error_is_silent(net):
    _, conv, *rest = net.chain("Conv2D", "BatchNormalization", "Flatten", "Dense")
    found = net.infer()
    assert [(p.code, p.place.id) for p in found.problems if not p.why] == [("rank", conv)]
    assert not any(node in found.nodes for node in (conv, *rest))


@pytest.mark.parametrize(
    ("layers", "shape", "code", "message", "labels"),
    [(["Conv2D"], (30,), "rank", "Conv2D needs height × width × channels, but input gives 30.", []),
     (["Conv2D"], (784,), "rank", "Conv2D needs height × width × channels, but input gives 784.",
      ["Insert Reshape to 28 × 28 × 1"]),
     (["Conv2D"], (28, 28), "rank",
      "Conv2D needs height × width × channels, but input gives 28 × 28.",
      ["Insert Reshape to 28 × 28 × 1"]),
     (["LSTM"], (30,), "rank", "LSTM needs steps × features, but input gives 30.",
      ["Insert Reshape to 30 × 1"]),
     (["LSTM"], (8, 8, 3), "rank", "LSTM needs steps × features, but input gives 8 × 8 × 3.",
      ["Insert Reshape to 8 × 24"]),
     (["RepeatVector"], (8, 3), "rank", "RepeatVector needs a flat input, but input gives 8 × 3.",
      ["Insert Flatten", "Insert GlobalAveragePooling1D"]),
     (["MultiHeadAttention"], (30,), "rank",
      "MultiHeadAttention needs steps × features, but input gives 30.",
      ["Insert Reshape to 30 × 1"]),
     ([("Conv2D", {"filters": 2, "kernel_size": 5})], (3, 3, 1), "window_too_large",
      "The window of conv2d is larger than its input: input gives 3 × 3 × 1.",
      ["Set padding to same"]),
     ([("MaxPooling2D", {"pool_size": 5})], (3, 3, 1), "window_too_large",
      "The window of max_pooling2d is larger than its input: input gives 3 × 3 × 1.",
      ["Set padding to same"]),
     ([("Reshape", {"target_shape": [7]})], (30,), "reshape_size",
      "reshape cannot make 7 of its input, which has another number of values: input gives 30.",
      []),
     ([("Cropping2D", {"cropping": 5})], (8, 8, 1), "window_too_large",
      "cropping2d cuts off more than there is: input gives 8 × 8 × 1.", []),
     (["Dense"], (None,), "unknown_length",
      "dense needs to know the length of the last axis, but input gives ?.", []),
     (["GroupNormalization"], (4, 30), "groups",
      "The channels cannot be split into 32 groups: input gives 4 × 30.", ["Set groups to 30"]),
     ([("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2})], (8, 8, 3), "groups",
      "The channels cannot be split into 2 groups: input gives 8 × 8 × 3.", ["Set groups to 1"]),
     ([("LSTM", {"units": 2, "stateful": True})], (8, 3), "stateful",
      "lstm can only carry its state over with a fixed batch size.", ["Turn stateful off"]),
     ([("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2})], (28, 28, 1),
      "strides_and_dilation", "conv2d cannot have strides and dilation at once.",
      ["Set strides to 1", "Set dilation to 1"]),
     ([("Softmax", {"axis": 4})], (8, 3), "axis_missing",
      "softmax refers to an axis that is not there: input gives 8 × 3.", [])],
)  # fmt: skip
def test_errors_in_the_users_words(net, layers, shape, code, message, labels):
    ids = net.chain(*layers, shape=shape)
    problem = problem_of(net, code)
    assert problem.message == message
    assert problem.place.id == ids[-1]
    assert problem.details
    assert [fix.label for fix in problem.fixes] == labels
    for fix in problem.fixes:
        inverse = net.graph.apply(fix.change)
        found = net.infer()
        assert not found.has_errors, [p.message for p in found.problems]
        net.graph.apply(inverse)


def test_merges_name_all_their_inputs(net):
    entry, left = net.chain(("Dense", {"units": 8}))
    right = net.after(entry, "Dense", {"units": 9})
    join = net.after(left, "Add")
    net.connect(right, join, "inputs", 1)
    problem = problem_of(net, "shapes_differ")
    assert problem.message == (
        "add needs inputs of equal shape, but dense gives 8 and dense_2 gives 9."
    )
    assert [f.label for f in problem.fixes] == ["Insert Dense with 8 units after dense_2"]
    net.graph.apply(problem.fixes[0].change)
    assert net.shape(join) == (None, 8)


def test_concatenate_of_different_ranks(net):
    entry, wide = net.chain("Dense", shape=(4, 5))
    flat = net.after(net.after(entry, "Flatten"), "Dense", {"units": 7})
    join = net.after(flat, "Concatenate")
    net.connect(wide, join, "inputs", 1)
    problem = problem_of(net, "shapes_differ")
    assert "dense_2 gives 7 and dense gives 4 × 64" in problem.message
    net.graph.apply(problem.fixes[0].change)
    assert net.shape(join) == (None, 7 + 4 * 64)


@pytest.mark.parametrize("units", [10**9, 2**31 - 1])
def test_huge_layers_are_refused_before_anything_is_allocated(net, units):
    import psutil

    _, dense = net.chain(("Dense", {"units": units}))
    before = psutil.Process().memory_info().rss
    problem = problem_of(net, "too_large")
    assert psutil.Process().memory_info().rss - before < 50_000_000
    assert problem.place.id == dense
    assert problem.message.startswith("dense would need ")
    assert ("31 G weights, 124 GB" in problem.message) == (units == 10**9)
    assert problem.fixes[0].label == "Set units to 64"
    net.graph.apply(problem.fixes[0].change)
    assert net.infer().parameters == 31 * 64


def test_huge_values_are_refused(net):
    _, node = net.chain(("UpSampling2D", {"size": 100_000}), shape=(28, 28, 3))
    problem = problem_of(net, "too_large")
    assert problem.place.id == node
    assert "2800000 × 2800000 × 3 values for one row, 94.1 TB" in problem.message


def test_sizes_beyond_64_bits(net):
    import msgpack

    huge = 2**31 - 1
    ids = net.chain(
        ("Reshape", {"target_shape": [-1]}), ("RepeatVector", {"n": huge}), "Flatten",
        ("Dense", {"units": huge}), shape=(huge,),
    )  # fmt: skip
    found = net.infer()
    assert [(p.code, p.place.id) for p in found.problems if p.place.id == ids[-1]] == [
        ("too_large", ids[-1])
    ]
    msgpack.packb(found.to_plain())
    _, flat = net.chain("Flatten", shape=(huge, huge, huge))
    problem = next(p for p in net.infer().problems if p.place.id == flat)
    assert problem.message.startswith("flatten_2 would need an axis of ")


def test_a_dense_layer_on_an_image_without_data_is_worth_a_hint(net):
    _, _, dense = net.chain("Conv2D", ("Dense", {"units": 3}), shape=(28, 28, 1))
    problem = problem_of(net, "dense_needs_flat")
    assert (problem.severity, problem.place.id) == ("info", dense)
    assert problem.message == (
        "dense works on each place of its input apart. "
        "Dense needs a flat input, but conv2d gives 26 × 26 × 32."
    )
    assert not net.infer().has_errors
    net.graph.apply(problem.fixes[1].change)
    assert net.infer().problems == ()


def test_many_layers_that_are_too_large_together(catalog, net):
    net.chain(*[("Dense", {"units": 1000})] * 4, shape=(1000,))
    small = ShapeInference(catalog, memory=5 * 10**6)
    found = small.infer(net.graph)
    assert [(p.code, p.place.kind) for p in found.problems if not p.why] == [("too_large", "graph")]
    assert found.problems[0].message.startswith("The weights of this network need 16 MB")
    assert memory_limit() > 10**8


def test_inference_leaves_nothing_for_keras_to_allocate_later(net):
    import keras
    from keras.src.backend.common import global_state

    net.chain(("Dense", {"units": 10**9}))
    net.infer()
    assert not global_state.get_global_attribute("uninitialized_variables")
    with keras.StatelessScope():
        pass  # would initialise what is left
    assert keras.layers.Dense(2)(keras.ops.ones((1, 2))).shape == (1, 2)


def test_an_edit_computes_only_what_it_changes(net):
    ids = net.chain(*[("Dense", {"units": 8 + n}) for n in range(10)], shape=(8,))
    net.infer()
    assert net.shapes.computed == 10
    net.infer()
    assert net.shapes.computed == 0
    inverse = net.graph.apply(SetParam(ids[5], "activation", "relu"))
    net.infer()
    assert net.shapes.computed == 1, "the shape stayed, so that nothing below is affected"
    net.graph.apply(SetParam(ids[5], "units", 99))
    net.infer()
    assert net.shapes.computed == 2, "the layer and the one that it feeds"
    net.graph.apply(inverse)
    net.graph.apply(SetParam(ids[5], "units", 12))
    net.infer()
    assert net.shapes.computed == 0, "going back costs nothing"


def test_repeated_blocks_are_computed_once(net):
    net.chain(*["Dense", "BatchNormalization", "Dropout"] * 20, shape=(64,))
    assert not net.infer().has_errors
    assert net.shapes.computed == 3


def test_shared_layers(net):
    first = net.add("InputLayer", {"shape": [30]})
    second = net.add("InputLayer", {"shape": [30], "source": "b"})
    dense = net.after(first, "Dense", {"units": 4})
    change, twin = share(net.graph, dense, (0, 0))
    net.graph.apply(change)
    net.connect(second, twin)
    join = net.after(dense, "Concatenate")
    net.connect(twin, join, "inputs", 1)
    found = net.infer()
    assert found.problems == ()
    assert found.nodes[dense].parameters == 124 and found.nodes[twin].parameters == 0
    assert found.parameters == 124
    net.graph.apply(SetParam(second, "shape", [31]))
    problem = problem_of(net, "axis_length")
    assert problem.place.id == twin
    assert problem.message == (
        "dense_shared was made for 30 values on axis -1, but input_2 gives 31."
    )
    net.graph.apply(SetParam(second, "shape", [30]))
    net.graph.apply(SetParam(dense, "units", 6))
    assert net.shape(twin) == (None, 6), "an edit of the owner reaches those that share"


def test_several_outputs_of_one_layer(net):
    _, lstm = net.chain(
        ("LSTM", {"units": 5, "return_state": True, "return_sequences": True}), shape=(8, 3)
    )
    decoder = net.after(lstm, "LSTM", {"units": 5})
    net.connect(lstm, decoder, "initial_state_h", output="state_h")
    net.connect(lstm, decoder, "initial_state_c", output="state_c")
    found = net.infer()
    assert found.problems == ()
    shapes = {port: t.shape for port, t in found.nodes[lstm].outputs.items()}
    assert shapes == {"output": (None, 8, 5), "state_h": (None, 5), "state_c": (None, 5)}
    inner = {"layer": "LSTM", "params": {"units": 4, "return_state": True}}
    both = net.after(lstm, "Bidirectional", {"layer": inner, "merge_mode": None})
    assert {port: t.shape for port, t in net.infer().nodes[both].outputs.items()} == dict.fromkeys(
        ["forward", "backward", "forward_h", "forward_c", "backward_h", "backward_c"], (None, 4)
    )


def test_attention_ports_and_call_arguments(net):
    query, value = (net.add("InputLayer", {"shape": s, "source": n})
                    for s, n in (([6, 16], "q"), ([9, 16], "v")))  # fmt: skip
    params = {"num_heads": 2, "key_dim": 8}
    calls = {"return_attention_scores": True, "use_causal_mask": True}
    node = net.add("MultiHeadAttention", {**params, **calls})
    net.connect(query, node, "query")
    net.connect(value, node, "value")
    found = net.infer()
    assert found.problems == ()
    assert found.tensor(node, "output").shape == (None, 6, 16)
    assert found.tensor(node, "attention_scores").shape == (None, 2, 6, 9)


def test_texts_and_numbers_do_not_mix(net):
    _, dense = net.chain("Dense", shape=(4,), dtype="string")
    assert problem_of(net, "keras").message == "dense: Dense needs numbers, but its input is text."
    net.graph.apply(RemoveNode(dense))


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_no_edit_of_a_random_network_is_a_traceback(net, seed):
    """Hundreds of random edits, most of them nonsense: an answer, the one of a fresh start."""
    rng = random.Random(seed)
    keys = [x.key for x in net.catalog if x.family != "preprocessing" and x.params]
    net.chain("Dense", shape=(8, 8, 4))
    for step in range(250):
        try:
            net.graph.apply(_random_edit(net, rng, keys))
        except GraphError:
            continue
        signature = BINARY if step % 50 > 10 else None
        found = net.infer(signature)
        assert Inference.from_plain(found.to_plain()) == found
        assert all(problem.message for problem in found.problems)
        if step % 5 == 0:
            fresh = ShapeInference(net.catalog).infer(net.graph, signature)
            assert fresh.nodes == found.nodes
            assert fresh.problems == found.problems, "repairs are the same too, ids and all"
            for fix in [fix for problem in found.problems for fix in problem.fixes]:
                net.graph.apply(net.graph.apply(fix.change))


def _random_edit(net, rng, keys):
    graph, catalog = net.graph, net.catalog
    node = graph.node(rng.choice(list(graph.nodes)))
    source = Endpoint(rng.choice(list(graph.nodes)), "output")
    kind = rng.random()
    if kind < 0.3 or len(graph) < 3:
        return add_after(graph, catalog, rng.choice(keys), source, (0, 0))[0]
    if kind < 0.35:
        return add_layer(graph, catalog, rng.choice(keys), (0, 0))[0]
    if kind < 0.42:
        return share(graph, node.id, (0, 0))[0]
    if kind < 0.65:
        port = rng.choice([p.id for p in catalog.get(node.layer).inputs] or ["input"])
        return connect(graph, catalog, source, Endpoint(node.id, port))
    if kind < 0.88:
        param = rng.choice(catalog.get(node.layer).params)
        value = rng.choice([None, 0, 1, 3, -1, 0.5, "same", True, [2, 2], [1], "relu", UNSET])
        return SetParam(node.id, param.name, value)
    return delete(graph, [node.id], bridge=rng.random() < 0.5)
