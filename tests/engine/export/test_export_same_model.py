"""Exported code, executed elsewhere, gives the network that the program builds: same parameters,
same layers, and with copied weights the very same outputs."""

import json
from dataclasses import replace

import numpy as np
import pytest

from workbench.bundled import resource
from workbench.catalog.schema import ParamSpec
from workbench.data.signature import signature_of
from workbench.data.spec import DataSignature, DataSpec, InputSignature
from workbench.engine.local import prepare_process
from workbench.export import model_code
from workbench.graph import (
    AddNode,
    Connect,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    PutRecord,
    SetParam,
)
from workbench.graph.blocking import group
from workbench.graph.blocks import block_spec, blocks
from workbench.graph.changes import SetTrainable
from workbench.graph.edits import delete, share
from workbench.graph.formulas import formula

pytestmark = pytest.mark.backend

_MODELS = resource("icons").parent.parent / "models"


def _template(name):
    plain = json.loads((_MODELS / name / "project.json").read_text(encoding="utf-8"))
    return Graph.from_plain(plain["graph"]), signature_of(
        DataSpec.from_plain(plain["data"]), _MODELS / name
    )


def _merge(net):
    left = net.add("InputLayer", {"shape": [5]})
    right = net.add("InputLayer", {"shape": [1], "source": "colour", "dtype": "int32"})
    table = net.after(
        right, "Embedding",
        {"input_dim": 4, "output_dim": 3,
         "embeddings_initializer": {"class_name": "RandomUniform", "config": {"minval": -0.5}}},
    )  # fmt: skip
    flat = net.after(table, "Flatten")
    join = net.add("Concatenate")
    net.connect(left, join, "inputs", 0)
    net.connect(flat, join, "inputs", 1)
    hidden = net.after(
        join, "Dense",
        {"units": 6, "activation": "relu", "kernel_initializer": "he_normal",
         "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.01}},
         "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2}}},
    )  # fmt: skip
    net.after(hidden, "Dense", {"units": 2})
    net.after(hidden, "Dense", {"units": 1, "activation": "sigmoid"})
    return net.graph, None


def _shared(net):
    left = net.add("InputLayer", {"shape": [6], "source": "left"})
    right = net.add("InputLayer", {"shape": [6], "source": "right"})
    tower = net.after(left, "Dense", {"units": 4, "activation": "tanh"})
    change, again = share(net.graph, tower, (0.0, 0.0))
    net.graph.apply(change)
    net.connect(right, again)
    join = net.add("Subtract")
    net.connect(tower, join, "inputs", 0)
    net.connect(again, join, "inputs", 1)
    frozen = net.after(join, "Dense", {"units": 3})
    net.graph.apply(SetTrainable(frozen, False))
    net.after(frozen, "Dense", {"units": 1})
    return net.graph, None


def _attention(net):
    start = net.add("InputLayer", {"shape": [7, 8]})
    heads = net.after(
        start, "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 4, "use_causal_mask": True, "return_attention_scores": True},
    )  # fmt: skip
    net.connect(start, heads, "value")
    total = net.add("Add")
    net.connect(start, total, "inputs", 0)
    net.connect(heads, total, "inputs", 1)
    norm = net.after(total, "LayerNormalization")
    net.after(norm, "GlobalAveragePooling1D")
    net.after(heads, "Flatten", port="attention_scores")
    return net.graph, None


def _recurrent(net):
    start = net.add("InputLayer", {"shape": [9, 3]})
    both = net.after(
        start, "Bidirectional",
        {"layer": {"layer": "LSTM", "params": {"units": 5, "return_sequences": True,
                                               "recurrent_initializer": "glorot_uniform"}},
         "merge_mode": "sum"},
    )  # fmt: skip
    lstm = net.after(both, "LSTM", {"units": 4, "return_state": True})
    gru = net.add("GRU", {"units": 4})
    net.connect(both, gru)
    net.connect(lstm, gru, "initial_state", output="state_h")
    cells = {"layer": "StackedRNNCells", "params": {"cells": [
        {"layer": "LSTMCell", "params": {"units": 3}},
        {"layer": "LSTMCell", "params": {"units": 2}},
    ]}}  # fmt: skip
    stacked = net.after(both, "RNN", {"cell": cells, "return_state": True})
    join = net.add("Concatenate", {"axis": -1})
    for index, (node, port) in enumerate(
        [(lstm, "output"), (lstm, "state_c"), (gru, "output"), (stacked, "state")]
    ):
        net.connect(node, join, "inputs", index, output=port)
    return net.graph, None


def _convolution(net):
    entry = net.add("InputLayer", {"shape": [16, 16, 3]})
    conv = net.after(
        entry, "Conv2D",
        {"filters": 8, "kernel_size": [3, 3], "padding": "same", "use_bias": False},
    )  # fmt: skip
    norm = net.after(conv, "BatchNormalization", {"momentum": 0.9})
    skip = net.after(entry, "Conv2D", {"filters": 8, "kernel_size": 1})
    join = net.after(norm, "Add")
    net.connect(skip, join, "inputs", 1)
    pool = net.after(join, "MaxPooling2D", {"pool_size": [2, 2], "strides": [2, 1]})
    wide = net.after(pool, "ZeroPadding2D", {"padding": [[1, 0], [0, 2]]})
    flat = net.after(wide, "GlobalAveragePooling2D")
    shaped = net.after(flat, "Reshape", {"target_shape": [4, -1]})
    each = net.after(
        shaped, "TimeDistributed", {"layer": {"layer": "Dense", "params": {"units": 2}}}
    )
    net.after(each, "Flatten")
    return net.graph, None


def _odd_names(net):
    """Names that are words of Python, each other's twins, or no names at all."""
    entry = net.add("InputLayer", {"shape": [4], "source": 'a "b"\n'})
    other = net.add("InputLayer", {"shape": [4], "source": "lambda"})
    graph = net.graph
    join = net.after(entry, "Concatenate")
    net.connect(other, join, "inputs", 1)
    before = join
    for name in (
        "class",
        "Class",
        "größe 1",
        "groesse-1",
        "1st",
        "keras",
        "'); import os; ('",
        "層",
    ):
        node = net.after(before, "Dense", {"units": 3})
        graph.put_node(type(graph.node(node))(**{
            field: getattr(graph.node(node), field)
            for field in ("id", "layer", "params", "position", "shared_with", "trainable")
        }, name=name))  # fmt: skip
        before = node
    return graph, None


def _blocks(net):
    """A residual block used three times with other filters, repeated, and one in a block."""
    entry = net.add("InputLayer", {"shape": [8, 8, 3]})
    skip = net.after(entry, "Conv2D", {"filters": 4, "kernel_size": 1})
    conv = net.after(entry, "Conv2D", {"filters": 4, "kernel_size": [3, 3], "padding": "same"})
    add = net.after(conv, "Add")
    net.connect(skip, add, "inputs", 1)
    graph = net.graph
    change, use = group(graph, [skip, conv, add], "Residual")
    graph.apply(change)
    (block,) = blocks(graph.records)
    for node in (skip, conv):
        graph.apply(InBlock(block.id, SetParam(node, "filters", formula("filters * 2"))))
    params = (ParamSpec("filters", "int", default=2),)
    graph.apply(PutRecord(replace(blocks(graph.records)[0], params=params)))
    port, exit_ = graph.incoming(use)[0].target.port, block_spec(block).outputs[0].id
    before = use
    for number, settings in enumerate(({"filters": 3}, {"repeat": 3}, {"filters": 1})):
        again = Node(f"u{number}", graph.node(use).layer, f"more_{number}", settings)
        graph.apply(AddNode(again))
        graph.apply(Connect(Edge(Endpoint(before, exit_), Endpoint(again.id, port))))
        before = again.id
    graph.apply(group(graph, ["u1", "u2"], "Ünder; the 'sea'")[0])
    (last,) = [n.id for n in graph if not graph.feeds(n.id)]
    pool = net.after(
        last,
        "GlobalAveragePooling2D",
        port=graph.node(last) and block_spec(blocks(graph.records)[1]).outputs[0].id,
    )
    net.after(pool, "Dense", {"units": 2})
    return graph, None


def _frozen_block(net):
    graph, _ = _blocks(net)
    graph.apply(SetTrainable("u0", False))
    return graph, None


def _open_port(net):
    """A block with two outputs, used twice: both uses leave one of them open."""
    entry = net.add("InputLayer", {"shape": [5]})
    first = net.after(entry, "Dense", {"units": 5, "activation": "tanh"})
    side = net.after(first, "Dense", {"units": 7})
    far = net.after(side, "Dense", {"units": 2})
    ahead, aside = net.after(first, "Dense", {"units": 3}), net.after(far, "ReLU")
    change, use = group(net.graph, [first, side, far], "Two outputs")
    net.graph.apply(change)
    exits = {edge.target.node: edge.source.port for edge in net.graph.outgoing(use)}
    net.graph.apply(delete(net.graph, [aside]))
    again = Node("again", net.graph.node(use).layer, "again")
    net.graph.apply(AddNode(again))
    port = net.graph.incoming(use)[0].target.port
    net.graph.apply(Connect(Edge(Endpoint(use, exits[aside]), Endpoint("again", port))))
    last = net.after("again", "Dense", {"units": 2}, port=exits[ahead])
    assert last
    return net.graph, None


def _shared_block(net):
    """One set of weights of a block applied to two inputs."""
    left, right = (net.add("InputLayer", {"shape": [4], "source": s}) for s in ("l", "r"))
    hidden = net.after(left, "Dense", {"units": 4, "activation": "tanh"})
    out = net.after(hidden, "Dense", {"units": 2})
    change, use = group(net.graph, [hidden, out], "Tower")
    net.graph.apply(change)
    change, twin = share(net.graph, use, (0.0, 0.0))
    net.graph.apply(change)
    port = net.graph.incoming(use)[0].target.port
    net.graph.apply(Connect(Edge(Endpoint(right, "output"), Endpoint(twin, port))))
    exit_ = block_spec(blocks(net.graph.records)[0]).outputs[0].id
    join = net.add("Subtract")
    for index, end in enumerate((use, twin)):
        edge = Edge(Endpoint(end, exit_), Endpoint(join, "inputs"), index)
        net.graph.apply(Connect(edge))
    return net.graph, None


CASES = {
    "open_port": _open_port,
    "shared_block": _shared_block,
    "blocks": _blocks,
    "frozen_block": _frozen_block,
    "wine": lambda _net: _template("wine"),
    "breast_cancer": lambda _net: _template("breast_cancer"),
    "diabetes": lambda _net: _template("diabetes"),
    "merge": _merge,
    "shared": _shared,
    "attention": _attention,
    "recurrent": _recurrent,
    "convolution": _convolution,
    "odd_names": _odd_names,
}


@pytest.fixture(scope="module")
def compared(new_net, catalog, execute, tmp_path_factory):
    """Every case built here and executed there: name → (model, outputs here, there, report)."""
    prepare_process("auto", "cpu")
    import keras

    from workbench.build.model import build_model

    folder = tmp_path_factory.mktemp("exported")
    here, jobs = {}, []
    for number, (name, make) in enumerate(CASES.items()):
        graph, signature = make(new_net())
        keras.utils.set_random_seed(number)
        model = build_model(graph, catalog, signature)
        rng = np.random.default_rng(number)
        inputs = {
            f"{at}": _random(rng, tensor) for at, tensor in enumerate(model.inputs)
        }  # by number: a source may be no file name
        named = {tensor.name: inputs[f"{at}"] for at, tensor in enumerate(model.inputs)}
        out = model(named if len(named) > 1 else inputs["0"])
        out = out if isinstance(out, (list, tuple)) else [out]
        here[name] = (model, [keras.ops.convert_to_numpy(o) for o in out])
        weights, arrays = folder / f"{name}.weights.h5", folder / f"{name}.npz"
        model.save_weights(weights)
        np.savez(arrays, **{f"x_{source}": value for source, value in named.items()})
        code = folder / f"{name}.py"
        code.write_text(model_code(graph, catalog, signature).text, encoding="utf-8")
        jobs.append({"code": str(code), "arrays": str(arrays), "weights": str(weights),
                     "inputs": list(named)})  # fmt: skip
    reports = execute(jobs)
    there = {}
    for job, report, name in zip(jobs, reports, CASES, strict=True):
        stored = np.load(job["arrays"] + ".out.npz")
        there[name] = ([stored[key] for key in stored.files], report)
    return here, there


def _random(rng, tensor):
    shape = (3, *(n or 4 for n in tensor.shape[1:]))
    if "int" in str(tensor.dtype):
        return rng.integers(0, 4, shape).astype(str(tensor.dtype))
    return rng.normal(size=shape).astype("float32")


@pytest.mark.parametrize("name", CASES)
def test_executed_code_gives_the_same_network(compared, name):
    here, there = compared
    (model, ours), (theirs, report) = here[name], there[name]
    assert report["parameters"] == model.count_params() > 0
    assert report["trainable"] == sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert [kind for kind, _name in report["layers"]] == kinds
    for layer, (kind, layer_name) in zip(model.layers, report["layers"], strict=True):
        assert kind == "InputLayer" or layer_name == layer.name
    assert len(ours) == len(theirs)
    for left, right in zip(ours, theirs, strict=True):
        assert left.shape == right.shape
        assert np.abs(left - right).max() == 0.0


def test_frozen_layers_stay_frozen(compared):
    here, there = compared
    model, report = here["shared"][0], there["shared"][1]
    assert report["trainable"] == model.count_params() - (4 * 3 + 3)


def test_an_input_takes_its_shape_from_the_data(net, catalog):
    entry = net.add("InputLayer", {"source": "kind"})
    net.after(entry, "Embedding", {"input_dim": 9, "output_dim": 2})
    signature = DataSignature((InputSignature("kind", (1,), "int32", 9),), None, 0, (), 5)
    text = model_code(net.graph, catalog, signature).text
    assert 'keras.Input(shape=(1,), dtype="int32", name="' in text
