"""Bad networks: each fault is named once, where it is, and its repair repairs it."""

import pytest

from workbench.data.spec import DataSignature, InputSignature
from workbench.graph import (
    AddNode,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    Node,
    RenameNode,
    SetParam,
)
from workbench.graph.checks import GraphChecks, check_graph
from workbench.graph.edits import share
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

BINARY = DataSignature((InputSignature("features", (30,)),), "binary", 1, ("no", "yes"), 500)
CLASSES = DataSignature((InputSignature("features", (13,)),), "multiclass", 3, tuple("abc"), 178)
NUMBER = DataSignature((InputSignature("features", (10,)),), "regression", 1, (), 442)


def tensors(net, **shapes):
    """What inference would say: node name → shape."""
    by_name = {node.name: node.id for node in net.graph}
    return Inference(
        {by_name[name]: NodeInfo({"output": TensorInfo((None, *shape))})
         for name, shape in shapes.items()}
    )  # fmt: skip


def codes(net, signature=None, shapes=None):
    return [p.code for p in check_graph(net.graph, net.catalog, signature, shapes)]


def only(net, code, signature=None, shapes=None):
    """Return the only problem there is."""
    problems = check_graph(net.graph, net.catalog, signature, shapes)
    assert [p.code for p in problems] == [code], [p.message for p in problems]
    assert problems[0].message.endswith((".", "?"))
    return problems[0]


def repaired(net, problem, signature=None, shapes=None, fix=0):
    """Apply a repair; the problem must be gone and undo must bring the network back."""
    before = net.graph.copy()
    inverse = net.graph.apply(problem.fixes[fix].change)
    assert problem.code not in codes(net, signature, shapes)
    redo = net.graph.apply(inverse)
    assert net.graph == before
    net.graph.apply(redo)


def test_a_sound_network_has_no_problems(net):
    net.chain(("Dense", {"units": 1, "activation": "sigmoid"}), shape=None)
    shapes = tensors(net, input=(30,), dense=(1,))
    assert codes(net, BINARY, shapes) == []


def test_empty(net):
    problem = only(net, "empty")
    assert problem.place.kind == "graph"
    repaired(net, problem)


def test_no_input(net):
    first = net.add("Dense", position=(0.0, 300.0))
    net.after(first, "Dense")
    problem = only(net, "no_input")
    repaired(net, problem, NUMBER)
    assert codes(net, NUMBER) == []
    entry = net.graph.incoming(first)[0].source.node
    assert net.graph.node(entry).position[1] < 300.0


def test_cycle_names_its_layers(net):
    _, a, b = net.chain(("Add", None), ("Dense", {"units": 3}))
    net.connect(b, a, "inputs", 1)
    problem = only(net, "cycle")
    assert "add → dense → add" in problem.message
    repaired(net, problem, fix=0)


def test_two_components(net):
    net.chain("Dense")
    stray = net.add("Dropout")
    problem = only(net, "separate_part")
    assert problem.message == "dropout is not connected with the rest of the network."
    assert problem.place.id == stray
    repaired(net, problem)


def test_an_input_that_leads_nowhere(net):
    net.chain("Dense")
    lone = net.add("InputLayer", {"source": "colour", "shape": [1]})
    problem = only(net, "separate_part")
    assert problem.place.id == lone


def test_unconnected_port(net):
    entry, dense = net.chain("Dense")
    join = net.after(dense, "MultiHeadAttention")
    edge = net.graph.incoming(join, "value")[0]
    net.graph.apply(Disconnect(edge))
    problem = only(net, "unconnected_port")
    assert problem.place.kind == "port" and problem.place.part == "value"
    assert problem.message == "Nothing leads into the value of multi_head_attention."
    repaired(net, problem)
    assert entry in net.graph


def test_a_merge_needs_two(net):
    net.chain("Add")
    assert only(net, "too_few_inputs").message == "add joins 2 inputs at least; it has 1."


def test_connections_to_ports_that_went_away(net):
    _, lstm, dense = net.chain(("LSTM", {"units": 4, "return_state": True}), "Dense", shape=(8, 3))
    twin = net.after(lstm, "Dense", port="state_h")
    join = net.after(dense, "Concatenate")
    net.connect(twin, join, "inputs", 1)
    assert codes(net) == []
    net.graph.apply(SetParam(lstm, "return_state", False))
    problem = only(net, "missing_port")
    assert "state h of lstm" in problem.message
    repaired(net, problem)


def test_half_an_initial_state(net):
    _, state, lstm = net.chain("Dense", "Reshape", shape=(8,))
    lstm = net.after(lstm, "LSTM")
    net.connect(state, lstm, "initial_state_h")
    assert only(net, "incomplete_state").message == (
        "lstm needs its initial cell state too, or no initial state at all."
    )


@pytest.mark.parametrize(
    ("key", "params", "code", "part", "says"),
    [("Dense", {"units": 0}, "bad_param", "units", "of at least 1; it is 0"),
     ("Dense", {"units": 10**12}, "bad_param", "units", "at most 2,147,483,647"),
     ("Dense", {"units": "many"}, "bad_param", "units", "it is 'many'"),
     ("Dense", {"units": 3, "colour": 1}, "unknown_param", "colour", "no parameter called colour"),
     ("Dense", {"units": 3, "activation": "soft"}, "bad_param", "activation", "it is 'soft'"),
     ("Dropout", {"rate": 1.5}, "bad_param", "rate", "from 0 to 1"),
     ("Bidirectional", {"layer": {"layer": "LSTM", "params": {"units": -1}}}, "bad_param",
      "layer", "LSTM inside layer: units")],
)  # fmt: skip
def test_bad_parameters(net, key, params, code, part, says):
    net.chain((key, params), shape=(8, 3))
    problem = only(net, code)
    assert problem.place.kind == "param" and problem.place.part == part
    assert says in problem.message
    repaired(net, problem)


def test_every_required_parameter_left_empty_is_named(new_net, catalog):
    for spec in catalog:
        for param in spec.params:
            if param.required:
                net = new_net()
                _, node = net.chain(spec.key)
                net.graph.apply(
                    AddNode(Node("bare", spec.key, "bare", {
                        k: v for k, v in net.graph.node(node).params.items() if k != param.name
                    }))
                )  # fmt: skip
                found = [p for p in check_graph(net.graph, catalog) if p.code == "missing_param"]
                assert [(p.place.id, p.place.part) for p in found] == [("bare", param.name)]
                net.graph.apply(found[0].fixes[0].change)
                assert "missing_param" not in codes(net)


def test_unknown_layers_and_names(net):
    entry, dense = net.chain("Dense")
    net.graph.apply(AddNode(Node("x", "Quantum", "dense")))
    net.graph.apply(Connect(Edge(Endpoint(dense, "output"), Endpoint("x", "input"))))
    problems = {p.code: p for p in check_graph(net.graph, net.catalog)}
    assert set(problems) == {"unknown_layer", "duplicate_name"}
    repaired(net, problems["duplicate_name"])
    repaired(net, problems["unknown_layer"])
    net.graph.apply(AddNode(Node("y", "Dense", "a/b", {"units": 1})))
    net.connect(dense, "y")
    assert only(net, "bad_name").fixes[0].label == "Rename to dense_2"
    assert entry in net.graph


def test_a_share_without_its_owner(net):
    entry, dense = net.chain("Dense")
    change, twin = share(net.graph, dense, (0, 0))
    edge = Edge(Endpoint(entry, "output"), Endpoint(twin, "input"))
    nodes = [net.graph.node(entry).to_plain(), change.node.to_plain()]
    plain = {"nodes": nodes, "edges": [edge.to_plain()]}
    net.graph = Graph.from_plain(plain)
    repaired(net, only(net, "missing_owner"))


def test_no_output(net):
    net.chain(shape=(30,))
    problem = only(net, "no_output")
    repaired(net, problem)
    assert net.graph.node(list(net.graph.nodes)[-1]).layer == "Dense"


def test_several_outputs_bind_to_one_target(net):
    entry = net.add("InputLayer")
    net.after(net.after(entry, "Dense"), "Dense")
    last = net.after(entry, "Dense")
    problem = only(net, "several_outputs", BINARY)
    assert problem.place.id == last
    assert "dense_2 and dense_3" in problem.message
    repaired(net, problem, BINARY)
    assert len(net.graph) == 3


def test_input_shape_unknown_without_data(net):
    net.chain("Dense", shape=None)
    assert only(net, "input_shape_unknown").place.part == "shape"


def test_input_against_the_data(net):
    entry, _ = net.chain(("Dense", {"units": 1, "activation": "sigmoid"}), shape=(31,))
    problem = only(net, "input_shape_differs", BINARY)
    assert problem.message == "input is set to 31, but the data gives 30."
    repaired(net, problem, BINARY)
    net.graph.apply(SetParam(entry, "source", "colour"))
    problems = check_graph(net.graph, net.catalog, BINARY)
    assert [p.code for p in problems] == ["unknown_source", "unused_input"]
    repaired(net, problems[0], BINARY)


def test_one_column_read_twice(net):
    first, second = net.add("InputLayer"), net.add("InputLayer")
    join = net.after(first, "Concatenate")
    net.connect(second, join, "inputs", 1)
    net.after(join, "Dense")
    problem = only(net, "input_read_twice", NUMBER)
    repaired(net, problem, NUMBER)
    assert [e.source.node for e in net.graph.incoming(join)] == [first, first]


def test_embedded_columns_get_inputs(net):
    signature = DataSignature(
        (InputSignature("features", (5,)), InputSignature("colour", (1,), "int32", 12),
         InputSignature("shape", (1,), "int32", 3)),
        "binary", 1, ("a", "b"), 100,
    )  # fmt: skip
    entry, dense = net.chain(("Dense", {"units": 1, "activation": "sigmoid"}), shape=None)
    problems = check_graph(net.graph, net.catalog, signature)
    assert [(p.code, p.severity, p.place.id) for p in problems] == [
        ("unused_input", "warning", "colour"), ("unused_input", "warning", "shape"),
    ]  # fmt: skip
    net.graph.apply(problems[0].fixes[0].change)
    second = only(net, "unused_input", signature)
    net.graph.apply(second.fixes[0].change)
    assert codes(net, signature) == []
    join = net.graph.incoming(dense)[0].source.node
    assert net.graph.node(join).layer == "Concatenate"
    assert [net.graph.node(e.source.node).layer for e in net.graph.incoming(join)] == [
        "InputLayer", "Flatten", "Flatten",
    ]  # fmt: skip
    embeddings = [n.params for n in net.graph if n.layer == "Embedding"]
    assert embeddings == [{"input_dim": 12, "output_dim": 6}, {"input_dim": 3, "output_dim": 2}]
    assert entry in net.graph


@pytest.mark.parametrize(
    ("signature", "params", "units", "code", "label"),
    [(BINARY, {"units": 2, "activation": "softmax"}, 2, "output_units",
      "Set units to 1 and activation to sigmoid"),
     (BINARY, {"units": 1}, 1, "output_logits", "Set activation to sigmoid"),
     (BINARY, {"units": 1, "activation": "tanh"}, 1, "output_activation",
      "Set activation to sigmoid"),
     (CLASSES, {"units": 2, "activation": "softmax"}, 2, "output_units", "Set units to 3"),
     (CLASSES, {"units": 3, "activation": "sigmoid"}, 3, "sigmoid_exclusive",
      "Set activation to softmax"),
     (NUMBER, {"units": 1, "activation": "relu"}, 1, "output_activation",
      "Set activation to linear")],
)  # fmt: skip
def test_output_against_the_target(net, signature, params, units, code, label):
    _, dense = net.chain(("Dense", params), shape=None)
    shapes = tensors(net, dense=(units,))
    problem = only(net, code, signature, shapes)
    assert problem.fixes[0].label == label
    inverse = net.graph.apply(problem.fixes[0].change)
    assert net.graph.node(dense).params.get("units") == signature.units
    assert codes(net, signature, tensors(net, dense=(signature.units,))) == []
    net.graph.apply(inverse)
    assert net.graph.node(dense).params == params


def test_a_softmax_layer_gives_way_to_a_sigmoid(net):
    _, dense, _ = net.chain(("Dense", {"units": 2}), "Softmax", shape=None)
    problem = only(net, "output_units", BINARY, tensors(net, dense=(2,), softmax=(2,)))
    net.graph.apply(problem.fixes[0].change)
    assert net.graph.node(dense).params == {"units": 1, "activation": "sigmoid"}
    assert not net.graph.feeds(dense)


def test_an_activation_layer_is_changed_in_place(net):
    _, dense, last = net.chain(
        ("Dense", {"units": 1}), ("Activation", {"activation": "relu"}), shape=None
    )
    problem = only(net, "output_activation", BINARY, tensors(net, dense=(1,), activation=(1,)))
    net.graph.apply(problem.fixes[0].change)
    assert net.graph.node(last).params == {"activation": "sigmoid"}
    assert net.graph.node(dense).params == {"units": 1}


def test_an_output_without_units_gets_a_dense_layer(net):
    _, first, last = net.chain(("Dense", {"units": 8}), "RepeatVector", shape=None)
    flat = net.after(last, "Flatten")
    shapes = tensors(net, dense=(8,), repeat_vector=(4, 8), flatten=(32,))
    problem = only(net, "output_units", CLASSES, shapes)
    assert problem.fixes[0].label == "Add a Dense output layer"
    net.graph.apply(problem.fixes[0].change)
    new = net.graph.outgoing(flat)[0].target.node
    assert net.graph.node(new).params == {"units": 3, "activation": "softmax"}
    assert first in net.graph


def test_dense_after_a_convolution(net):
    _, conv, dense, _ = net.chain(
        "Conv2D", ("Dense", {"units": 8}), ("Dense", {"units": 3, "activation": "softmax"}),
        shape=(28, 28, 1),
    )  # fmt: skip
    images = DataSignature((InputSignature("features", (28, 28, 1)),), "multiclass", 3,
                           tuple("abc"), 9)  # fmt: skip
    shapes = tensors(net, input=(28, 28, 1), conv2d=(26, 26, 32), dense=(26, 26, 8),
                     dense_2=(26, 26, 3))  # fmt: skip
    problem = only(net, "dense_needs_flat", images, shapes)
    assert problem.message == "Dense needs a flat input, but conv2d gives 26 × 26 × 32."
    assert problem.place.id == dense
    assert [f.label for f in problem.fixes] == ["Insert Flatten", "Insert GlobalAveragePooling2D"]
    net.graph.apply(problem.fixes[0].change)
    between = net.graph.incoming(dense)[0].source.node
    assert net.graph.node(between).layer == "Flatten"
    heights = [net.graph.node(n).position[1] for n in (conv, between, dense)]
    assert heights == sorted(set(heights)), "there is room for the new layer"
    assert heights[1] - heights[0] >= 100 and heights[2] - heights[1] >= 100


def test_what_did_not_change_is_not_checked_anew(net):
    net.chain(("Dense", {"units": 0}), "Dense")
    checks = GraphChecks(net.catalog)
    first, _ = checks.before_shapes(net.graph, None)
    second, _ = checks.before_shapes(net.graph, None)
    assert first[0] is second[0]
    for node in net.graph:
        if node.params.get("units") == 0:
            net.graph.apply(SetParam(node.id, "units", 3))
    assert checks.before_shapes(net.graph, None)[0] == []


def test_repairs_are_the_same_each_time_and_can_be_used_again(net):
    net.chain(shape=(30,))
    first, second = (only(net, "no_output") for _ in range(2))
    assert first == second
    net.graph.apply(first.fixes[0].change)
    new = list(net.graph.nodes)[-1]
    net.graph.apply(RenameNode(new, "mine"))
    net.graph.apply(Disconnect(net.graph.incoming(new)[0]))
    again = next(p for p in check_graph(net.graph, net.catalog) if p.code == "no_output")
    assert again.fixes != first.fixes, "the id is taken now"
    net.graph.apply(again.fixes[0].change)


def test_problems_survive_the_pipe(net):
    from workbench.graph import Problem

    net.chain(("Dense", {"units": 0}))
    for problem in check_graph(net.graph, net.catalog):
        assert Problem.from_plain(problem.to_plain()) == problem
