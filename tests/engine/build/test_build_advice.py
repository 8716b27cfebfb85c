"""Advice: every rule fires where it should, stays silent beside it, and its repair ends it."""

from __future__ import annotations

import pytest

from workbench.bundled import resource
from workbench.data.spec import DataSignature, InputSignature
from workbench.graph import Ignored
from workbench.graph.advice import ELSEWHERE, RULES, advice_title
from workbench.graph.edits import share
from workbench.graph.ignoring import can_be_ignored, ignore, ignored, show_again

CLASSES = DataSignature((InputSignature("features", (13,)),), "multiclass", 3, tuple("abc"), 9999)
BINARY = DataSignature((InputSignature("features", (13,)),), "binary", 1, ("n", "y"), 9999)
NUMBER = DataSignature((InputSignature("features", (13,)),), "regression", 1, (), 9999)
CITY = DataSignature((InputSignature("city", (1,), "int32", 40),), "regression", 1, (), 9999)

IMAGE = (32, 32, 3)
RELU = {"activation": "relu"}


def dense(units, activation=None, **more):
    return ("Dense", {"units": units, **({"activation": activation} if activation else {}), **more})


def conv(filters, size=3, activation=None, **more):
    return ("Conv2D", {"filters": filters, "kernel_size": size,
                       **({"activation": activation} if activation else {}), **more})  # fmt: skip


def both(**more):
    """Both ways through a sequence."""
    return ("Bidirectional", {"layer": {"layer": "LSTM", "params": {"units": 8, **more}}})


ENDS = {"multiclass": dense(3, "softmax"), "binary": dense(1, "sigmoid"), "regression": dense(1)}
NEGATIVE = {"class_name": "Constant", "config": {"value": -1.0}}
LARGE = {"class_name": "RandomNormal", "config": {"stddev": 5.0}}
SMALL = {"class_name": "RandomNormal", "config": {"stddev": 0.05}}

# code, layers that make it fire, the same without the fault, signature, shape of the input
CASES = [
    ("squashed_twice", [dense(3, "softmax"), "Softmax"],
     [dense(3), "Softmax"], CLASSES, (13,)),
    ("squashed_twice", [dense(3, "softmax"), ("Activation", {"activation": "sigmoid"})],
     [dense(8, "sigmoid"), dense(3, "softmax")], None, (13,)),
    ("probabilities_unclear", [dense(8, "relu"), dense(3), "LayerNormalization"],
     [dense(8, "relu"), dense(3), "LayerNormalization", "Softmax"], CLASSES, (13,)),
    ("probabilities_unclear", [conv(3), "GlobalAveragePooling2D"],
     [conv(3), "GlobalAveragePooling2D", "Softmax"], CLASSES, IMAGE),
    ("softmax_of_one", [dense(1, "softmax")], [dense(2, "softmax")], None, (13,)),
    ("softmax_of_one", [dense(1), "Softmax"], [dense(1), "Flatten", "Softmax"], None, (5, 13)),
    ("normalisation_last", [dense(1), "BatchNormalization"],
     [dense(8, "relu"), "BatchNormalization", dense(1)], NUMBER, (13,)),
    ("normalisation_last", [dense(3), "BatchNormalization", "Softmax"],
     [dense(3, use_bias=False), "BatchNormalization", "ReLU", dense(3, "softmax")], CLASSES, (13,)),
    ("softmax_inside", [dense(8, "softmax"), dense(1)], [dense(8, "relu"), dense(1)], NUMBER,
     (13,)),
    ("dropout_last", [dense(1), ("Dropout", {"rate": 0.3})],
     [dense(8, "relu"), ("Dropout", {"rate": 0.3}), dense(1)], NUMBER, (13,)),
    ("dropout_last", [dense(3), ("Dropout", {"rate": 0.3}), "Softmax"],
     [dense(8, "relu"), ("Dropout", {"rate": 0.3}), dense(3), "Softmax"], CLASSES, (13,)),
    ("dropout_nothing", [dense(8, "relu"), ("Dropout", {"rate": 0}), dense(1)],
     [dense(8, "relu"), ("Dropout", {"rate": 0.1}), dense(1)], NUMBER, (13,)),
    ("dropout_high", [dense(8, "relu"), ("Dropout", {"rate": 0.9}), dense(1)],
     [dense(8, "relu"), ("Dropout", {"rate": 0.7}), dense(1)], NUMBER, (13,)),
    ("dropout_before_normalisation",
     [dense(8, "relu"), ("Dropout", {"rate": 0.2}), "BatchNormalization", dense(1)],
     [dense(8, "relu"), "BatchNormalization", ("Dropout", {"rate": 0.2}), dense(1)], NUMBER, (13,)),
    ("relu_twice", [dense(8, "relu"), "ReLU", dense(1)], [dense(8), "ReLU", dense(1)], NUMBER,
     (13,)),
    ("relu_twice", [conv(4, 3, "relu"), ("Activation", RELU)],
     [conv(4, 3, "relu"), ("ReLU", {"max_value": 6.0})], None, IMAGE),
    ("recurrent_relu", [("LSTM", {"units": 8, **RELU}), dense(1)],
     [("LSTM", {"units": 8}), dense(1)], None, (6, 4)),
    ("no_nonlinearity", [dense(16), dense(8, "relu"), dense(1)],
     [dense(16, "relu"), dense(8, "relu"), dense(1)], NUMBER, (13,)),
    ("no_nonlinearity", [dense(16, use_bias=False), "BatchNormalization", dense(1)],
     [dense(16, use_bias=False), "BatchNormalization", "ReLU", dense(1)], NUMBER, (8,)),
    ("no_nonlinearity", [dense(16), ("Dropout", {"rate": 0.2}), dense(17)],
     [dense(4), dense(64, "relu")], None, (13,)),  # a narrow middle is made on purpose
    ("no_nonlinearity", [conv(8), conv(8, 3, "relu")], [conv(8, 1), conv(8, 3, "relu")], None,
     IMAGE),
    ("no_nonlinearity", [conv(8), "Flatten", dense(3, "softmax")],
     [conv(8, (1, 3)), conv(8, (3, 1), "relu")], None, IMAGE),
    ("alike_at_start", [dense(8, "relu", kernel_initializer="zeros"), dense(1)],
     [dense(8, "relu", kernel_initializer="he_normal"), dense(1, kernel_initializer="zeros")],
     NUMBER, (13,)),
    ("alike_at_start", [conv(8, 3, "relu", kernel_initializer="ones"), conv(8, 3, "relu")],
     [conv(8, 3, "relu"), conv(8, 3, "relu")], None, IMAGE),
    ("dying_relu", [dense(8, "relu", bias_initializer=NEGATIVE), dense(1)],
     [dense(8, "tanh", bias_initializer=NEGATIVE), dense(1)], NUMBER, (13,)),
    ("dying_relu", [dense(8, "relu", kernel_initializer=LARGE), dense(1)],
     [dense(8, "relu", kernel_initializer=SMALL), dense(1)], NUMBER, (13,)),
    ("saturating_stack", [*[dense(8, "sigmoid")] * 5, dense(1)],
     [*[dense(8, "sigmoid")] * 3, dense(1)], NUMBER, (13,)),
    ("saturating_stack", [*[dense(8, "tanh")] * 4, dense(1)],
     [dense(8, "tanh"), dense(8, "tanh"), "BatchNormalization", dense(8, "tanh"),
      dense(8, "tanh"), dense(1)], NUMBER, (13,)),
    ("stride_skips", [conv(8, 3, strides=5)], [conv(8, 3, strides=2), conv(8, 1, strides=2)], None,
     IMAGE),
    ("stride_skips", [("MaxPooling2D", {"pool_size": 2, "strides": 3})],
     [("MaxPooling2D", {"pool_size": 1, "strides": 2}), ("MaxPooling2D", {"pool_size": 3})], None,
     IMAGE),
    ("stride_gaps", [("Conv2DTranspose", {"filters": 4, "kernel_size": 2, "strides": 3})],
     [("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "strides": 2})], None, IMAGE),
    ("pooled_away", [conv(8, 3, "relu", padding="same")],
     [conv(8, 1, "relu")], None, (1, 1, 4)),
    ("pooled_away", [("MaxPooling2D", {"pool_size": 2, "padding": "same"})],
     [("MaxPooling2D", {"pool_size": 1})], None, (1, 1, 4)),
    ("useless_bias", [conv(8), "BatchNormalization", "ReLU"],
     [conv(8, use_bias=False), "BatchNormalization", "ReLU"], None, IMAGE),
    ("useless_bias", [dense(8), "BatchNormalization", "ReLU"],
     [dense(8), ("BatchNormalization", {"center": False}), "ReLU"], None, (13,)),
    ("large_dense", [conv(64, 3, "relu"), "Flatten", dense(64, "relu")],
     [conv(64, 3, "relu"), "GlobalAveragePooling2D", dense(64, "relu")], None, IMAGE),
    ("every_step_flattened",
     [("LSTM", {"units": 8, "return_sequences": True}), "Flatten", dense(1)],
     [("LSTM", {"units": 8, "return_sequences": True}), ("LSTM", {"units": 8}), dense(1)], None,
     (6, 4)),
    ("every_step_flattened", [both(return_sequences=True), "Flatten", dense(1)],
     [both(), dense(1)], None, (6, 4)),
]  # fmt: skip


def found(net, signature=None):
    return [p for p in net.infer(signature).problems if p.why]


def told(net, signature=None):
    return [p.code for p in found(net, signature)]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)])
def test_a_rule_fires_is_silent_and_is_repaired(new_net, case):
    code, bad, good, signature, shape = case
    net = new_net()
    net.chain(*good, shape=shape)
    assert code not in told(net, signature)
    net = new_net()
    net.chain(*bad, shape=shape)
    problems = [p for p in found(net, signature) if p.code == code]
    assert problems
    problem = problems[0]
    assert problem.severity in ("warning", "info")
    assert problem.why and can_be_ignored(problem)
    assert net.graph.node(problem.place.id).name in problem.message
    before = net.graph.copy()
    for fix in problem.fixes:
        undo = net.graph.apply(fix.change)
        assert (code, problem.place) not in [(p.code, p.place) for p in found(net, signature)]
        assert net.shapes.infer(net.graph).nodes.keys() == net.graph.nodes.keys()
        net.graph.apply(undo)
        assert net.graph == before


def test_every_rule_has_a_case_and_a_section_in_the_help():
    tested = {case[0] for case in CASES} | {"vocabulary_size", "output_frozen"}
    assert tested == set(RULES)
    page = (resource("help") / "advice.md").read_text(encoding="utf-8")
    for code in (*RULES, *ELSEWHERE):
        assert f"## {advice_title(code)}\n" in page, code


def test_embedding_against_the_codes_of_the_data(new_net):
    for size, wrong in ((40, False), (60, False), (39, True), (1000, True)):
        net = new_net()
        entry = net.add("InputLayer", {"source": "city"})
        table = net.after(entry, "Embedding", {"input_dim": size, "output_dim": 4})
        net.after(net.after(table, "Flatten"), "Dense", {"units": 1})
        problems = [p for p in found(net, CITY) if p.code == "vocabulary_size"]
        assert bool(problems) is wrong
        if wrong:
            assert "40 codes" in problems[0].message
            net.graph.apply(problems[0].fixes[0].change)
            assert told(net, CITY) == []


def test_frozen_output(net):
    from workbench.graph.changes import SetTrainable

    *_, last = net.chain(dense(8, "relu"), dense(1), shape=(13,))
    assert told(net, NUMBER) == []
    net.graph.apply(SetTrainable(last, False))
    (problem,) = found(net, NUMBER)
    assert problem.code == "output_frozen"
    net.graph.apply(problem.fixes[0].change)
    assert told(net, NUMBER) == []


def test_weights_against_rows(net):
    net.chain(dense(100, "relu"), dense(1), shape=(13,))
    few = DataSignature(NUMBER.inputs, "regression", 1, (), 50)
    (problem,) = found(net, few)
    assert problem.code == "more_weights_than_rows" and "30 for each" in problem.message
    assert told(net, NUMBER) == []


@pytest.mark.parametrize("signature", [CLASSES, BINARY])
def test_logits_are_advice_and_training_takes_them(net, signature):
    net.chain(dense(8, "relu"), dense(signature.units), shape=(13,))
    (problem,) = found(net, signature)
    assert (problem.code, problem.severity) == ("output_logits", "warning")
    assert not net.infer(signature).has_errors
    net.graph.apply(problem.fixes[0].change)
    assert told(net, signature) == []


def test_values_behind_a_normalisation_are_not_taken_for_logits(net):
    """Training would take them for probabilities: an error, not advice."""
    net.chain(dense(8, "relu"), dense(3), "LayerNormalization", shape=(13,))
    assert net.infer(CLASSES).has_errors


def test_advice_is_put_aside_and_shown_again(net):
    net.chain(dense(16), dense(8), dense(1), shape=(4,))
    first, second = [p for p in found(net) if p.code == "no_nonlinearity"]
    undo = net.graph.apply(ignore(first))
    assert [p.place for p in found(net)] == [second.place]
    assert ignored(net.graph) == [Ignored("no_nonlinearity", first.place.id)]
    copied = type(net.graph).from_plain(net.graph.to_plain())
    assert ignored(copied) == ignored(net.graph)
    net.graph.apply(ignore(second))
    assert found(net) == []
    net.graph.apply(show_again(ignored(net.graph)))
    assert len(found(net)) == 2
    net.graph.apply(ignore(first))
    net.graph.apply(undo)
    assert len(found(net)) == 2


def test_a_shared_layer_is_not_changed_by_a_repair(net):
    _, first, _ = net.chain(dense(4, use_bias=True), "BatchNormalization", shape=(4,))
    change, twin = share(net.graph, first, (0.0, 0.0))
    net.graph.apply(change)
    net.connect(first, twin)
    assert "useless_bias" not in told(net)


def residual(net, at, filters, strides):
    short = at
    x = net.after(at, "Conv2D", {"filters": filters, "kernel_size": 1, "strides": strides,
                                 "use_bias": False})  # fmt: skip
    for size in (3, 1):
        x = net.after(net.after(x, "BatchNormalization"), "ReLU")
        wide = filters * (4 if size == 1 else 1)
        same = {"padding": "same", "use_bias": False}
        x = net.after(x, "Conv2D", {"filters": wide, "kernel_size": size, **same})
    x = net.after(x, "BatchNormalization")
    short = net.after(at, "Conv2D", {"filters": 4 * filters, "kernel_size": 1, "strides": strides,
                                     "use_bias": False})  # fmt: skip
    short = net.after(short, "BatchNormalization")
    join = net.after(x, "Add")
    net.connect(short, join, "inputs", 1)
    return net.after(join, "ReLU")


def test_nothing_is_said_about_a_residual_network(net):
    at = net.add("InputLayer", {"shape": [64, 64, 3]})
    at = net.after(at, "Conv2D", {"filters": 16, "kernel_size": 7, "strides": 2, "use_bias": False})
    at = net.after(net.after(at, "BatchNormalization"), "ReLU")
    at = net.after(at, "MaxPooling2D", {"pool_size": 3, "strides": 2})
    for filters, strides in ((8, 1), (16, 2), (32, 2)):
        at = residual(net, at, filters, strides)
    at = net.after(at, "GlobalAveragePooling2D")
    net.after(at, "Dense", {"units": 3, "activation": "softmax"})
    inference = net.infer(CLASSES)
    assert [p.message for p in inference.problems if p.why] == []
    assert [p.code for p in net.infer().problems] == []


def test_nothing_is_said_about_a_transformer(net):
    at = net.add("InputLayer", {"shape": [20], "dtype": "int32"})
    at = net.after(at, "Embedding", {"input_dim": 1000, "output_dim": 32})
    for _ in range(2):
        heads = net.after(at, "MultiHeadAttention", {"num_heads": 2, "key_dim": 16})
        added = net.after(heads, "Add")
        net.connect(at, added, "inputs", 1)
        normal = net.after(added, "LayerNormalization")
        inner = net.after(normal, "Dense", {"units": 64, "activation": "gelu"})
        outer = net.after(net.after(inner, "Dense", {"units": 32}), "Dropout", {"rate": 0.1})
        join = net.after(outer, "Add")
        net.connect(normal, join, "inputs", 1)
        at = net.after(join, "LayerNormalization")
    at = net.after(at, "GlobalAveragePooling1D")
    net.after(net.after(at, "Dropout", {"rate": 0.1}), "Dense", {"units": 2})
    assert [p.message for p in net.infer().problems] == []


def test_nothing_is_said_about_the_templates(tmp_path, catalog):
    from workbench.build.shapes import ShapeInference
    from workbench.data.signature import signature_of
    from workbench.project.templates import create_from_template, list_templates

    for template in list_templates():
        document = create_from_template(template.name, tmp_path / template.name)
        signature = signature_of(document.data, document.folder)
        inference = ShapeInference(catalog).infer(document.graph, signature)
        assert list(inference.problems) == []
        document.close()


def test_an_edit_of_a_long_network_asks_few_rules(net):
    ids = net.chain(*[dense(8, "relu")] * 300, shape=(13,))
    net.infer()
    advisor = net.shapes._advisor
    assert advisor.asked > 600
    from workbench.graph.changes import SetParam

    net.graph.apply(SetParam(ids[150], "activation", "linear"))
    assert told(net) == ["no_nonlinearity"]
    assert advisor.asked < 300
    net.infer()
    assert advisor.asked == 0


def test_asking_again_gives_what_asking_anew_gives(net, catalog):
    """Random edits: the advisor that saw all of them says what a new one says."""
    import random

    from workbench.build.shapes import ShapeInference
    from workbench.graph.changes import SetParam
    from workbench.graph.edits import delete, insert_on_edge

    start = [dense(8), "BatchNormalization", dense(8), dense(8)]
    net.chain(*start, *[dense(8, "tanh")] * 12, dense(3), shape=(13,))
    dice = random.Random(3)
    seen = set()
    for _ in range(150):
        nodes = [n for n in net.graph if n.layer != "InputLayer"]
        node = dice.choice(nodes)
        what = dice.random()
        if what < 0.6 and node.layer == "Dense":
            value = dice.choice(["linear", "tanh", "relu", "softmax"])
            net.graph.apply(SetParam(node.id, "activation", value))
        elif what < 0.8:
            edge = dice.choice(list(net.graph.edges))
            key = dice.choice(["Dropout", "BatchNormalization", "Softmax"])
            net.graph.apply(insert_on_edge(net.graph, catalog, key, edge)[0])
        elif len(nodes) > 6:
            net.graph.apply(delete(net.graph, [node.id], bridge=True))
        again = net.infer(CLASSES).problems
        anew = ShapeInference(catalog).infer(net.graph, CLASSES).problems
        assert again == anew
        seen.update(p.code for p in again)
    assert {"no_nonlinearity", "useless_bias", "squashed_twice"} <= seen
