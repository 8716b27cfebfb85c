import pytest

from workbench.errors import GraphError
from workbench.graph import Batch, Endpoint, SetParam
from workbench.graph.edits import share
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.ports import (
    connect,
    first_free_input,
    input_ports,
    node_params,
    output_ports,
    why_not,
)


def ids(ports):
    return [port.id for port in ports]


def test_ports_follow_parameters(net, catalog):
    lstm = net.add("LSTM")
    assert ids(output_ports(net.graph, catalog, net.graph.node(lstm))) == ["output"]
    net.graph.apply(SetParam(lstm, "return_state", True))
    outputs = output_ports(net.graph, catalog, net.graph.node(lstm))
    assert ids(outputs) == ["output", "state_h", "state_c"]
    assert ids(input_ports(net.graph, catalog, net.graph.node(lstm))) == [
        "input", "initial_state_h", "initial_state_c", "mask",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "merge", "expected"),
    [("LSTM", "concat", ["output", "forward_h", "forward_c", "backward_h", "backward_c"]),
     ("GRU", "concat", ["output", "forward_h", "backward_h"]),
     ("GRU", None, ["forward", "backward", "forward_h", "backward_h"])],
)  # fmt: skip
def test_ports_of_a_wrapper_follow_what_is_inside(net, catalog, inner, merge, expected):
    layer = {"layer": inner, "params": {"units": 4, "return_state": True}}
    node = net.add("Bidirectional", {"layer": layer, "merge_mode": merge})
    assert ids(output_ports(net.graph, catalog, net.graph.node(node))) == expected


def test_a_shared_layer_has_its_owners_parameters_and_its_own_call(net, catalog):
    owner = net.add("MultiHeadAttention", {"num_heads": 2, "key_dim": 8, "use_causal_mask": True})
    change, twin = share(net.graph, owner, (0, 0))
    net.graph.apply(change)
    net.graph.apply(SetParam(twin, "return_attention_scores", True))
    spec = catalog.get("MultiHeadAttention")
    params = node_params(net.graph, net.graph.node(twin), spec)
    assert params == {"num_heads": 2, "key_dim": 8, "return_attention_scores": True}
    assert "attention_scores" in ids(output_ports(net.graph, catalog, net.graph.node(twin)))


def test_why_not(net, catalog):
    a, b, c = net.chain("Dense", "Dense")
    free = net.add("Add")
    pair = net.add("Subtract")

    def reason(source, target, port="input", output="output", shapes=None):
        return why_not(net.graph, catalog, Endpoint(source, output), Endpoint(target, port), shapes)

    assert reason(a, c) is None, "an occupied ordinary port is replaced"
    assert reason(b, b) == "A layer cannot feed itself."
    assert reason(c, b) == "This would make a cycle: dense_2 depends on dense."
    assert reason(b, c) == "These ports are connected already."
    assert reason(b, a) == "input has no input of this kind."
    assert reason(b, c, output="state_h") == "dense has no output of this kind."
    assert reason("gone", c) == "One of the layers is not in the network any more."
    assert reason(b, free, "inputs") is None
    net.graph.apply(connect(net.graph, catalog, Endpoint(a, "output"), Endpoint(pair, "inputs")))
    net.graph.apply(connect(net.graph, catalog, Endpoint(a, "output"), Endpoint(pair, "inputs")))
    assert [e.index for e in net.graph.incoming(pair)] == [0, 1]
    assert reason(b, pair, "inputs") == "subtract takes 2 inputs at most."


def test_tensors_with_too_few_axes_are_refused(net, catalog):
    entry = net.add("InputLayer")
    conv = net.add("Conv2D")
    shapes = Inference({entry: NodeInfo({"output": TensorInfo((None, 30))})})
    args = (net.graph, catalog, Endpoint(entry, "output"), Endpoint(conv, "input"))
    assert why_not(*args) is None
    assert why_not(*args, shapes) == ("Conv2D needs height × width × channels, but input gives 30.")


def test_connect_replaces_and_undoes(net, catalog):
    a, _, c = net.chain("Dense", "Dense")
    before = net.graph.copy()
    change = connect(net.graph, catalog, Endpoint(a, "output"), Endpoint(c, "input"))
    assert isinstance(change, Batch)
    inverse = net.graph.apply(change)
    assert [e.source.node for e in net.graph.incoming(c)] == [a]
    net.graph.apply(inverse)
    assert net.graph == before
    with pytest.raises(GraphError, match="no input of this kind") as caught:
        connect(net.graph, catalog, Endpoint(a, "output"), Endpoint(c, "nonsense"))
    assert (caught.value.place.kind, caught.value.place.id) == ("port", c)


def test_first_free_input(net, catalog):
    entry = net.add("InputLayer", {"shape": [8, 16]})
    attention = net.add("MultiHeadAttention")

    def free(node_id):
        port = first_free_input(net.graph, catalog, net.graph.node(node_id))
        return port.id if port else None

    assert free(attention) == "query"
    net.connect(entry, attention, "query")
    assert free(attention) == "value"
    assert free(entry) is None
    join = net.after(entry, "Add")
    assert free(join) == "inputs"
