import pytest

from workbench.errors import GraphError
from workbench.graph import Edge, Endpoint, Graph
from workbench.graph.clipboard import copy, duplicate, paste
from workbench.graph.edits import (
    add_before,
    add_layer,
    delete,
    insert_existing,
    insert_on_edge,
    name_stem,
    share,
)


def edges(graph):
    return sorted((graph.node(e.source.node).name, graph.node(e.target.node).name)
                  for e in graph.edges)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "name"),
    [("InputLayer", "input"), ("Conv2D", "conv2d"), ("MultiHeadAttention", "multi_head_attention"),
     ("LSTM", "lstm"), ("GlobalAveragePooling2D", "global_average_pooling2d"),
     ("Conv2DTranspose", "conv2d_transpose"), ("BatchNormalization", "batch_normalization")],
)  # fmt: skip
def test_names_are_those_that_keras_gives(key, name):
    assert name_stem(key) == name


def test_a_new_layer_has_what_it_needs(net, catalog):
    dense = net.add("Dense")
    assert net.graph.node(dense).params == {"units": 64}
    again = net.add("Dense", {"units": 3})
    assert net.graph.node(again).params == {"units": 3}
    assert net.name(again) == "dense_2"
    with pytest.raises(GraphError, match="no layer called Nonsense"):
        add_layer(net.graph, catalog, "Nonsense", (0, 0))
    with pytest.raises(GraphError, match="no layer called LSTMCell"):
        add_layer(net.graph, catalog, "LSTMCell", (0, 0))


def test_attention_starts_as_self_attention(net):
    _, attention = net.chain("MultiHeadAttention", shape=(8, 16))
    ports = {e.target.port: e.source.node for e in net.graph.incoming(attention)}
    assert set(ports) == {"query", "value"}
    assert len(set(ports.values())) == 1


def test_insert_on_an_edge_keeps_the_place_in_a_merge(net, catalog):
    first, second = net.add("InputLayer"), net.add("InputLayer", {"source": "b"}, (200.0, 0.0))
    join = net.after(first, "Concatenate")
    net.connect(second, join, "inputs", 1)
    edge = net.graph.incoming(join)[1]
    batch, new = insert_on_edge(net.graph, catalog, "Dense", edge)
    inverse = net.graph.apply(batch)
    assert [(net.name(e.source.node), e.index) for e in net.graph.incoming(join)] == [
        ("input", 0), ("dense", 1),
    ]  # fmt: skip
    assert net.graph.node(new).position == (100.0, 55.0)
    net.graph.apply(inverse)
    assert net.graph.incoming(join)[1] == edge
    with pytest.raises(GraphError, match="no input"):
        insert_on_edge(net.graph, catalog, "InputLayer", edge)


def test_an_unconnected_node_can_be_put_into_an_edge(net, catalog):
    net.chain("Dense")
    free = net.add("Dropout")
    net.graph.apply(insert_existing(net.graph, catalog, free, next(iter(net.graph.edges))))
    assert edges(net.graph) == [("dropout", "dense"), ("input", "dropout")]


def test_add_before_replaces_what_led_there(net, catalog):
    _, dense = net.chain("Dense")
    batch, _ = add_before(net.graph, catalog, "Flatten", Endpoint(dense, "input"), (0, 0))
    net.graph.apply(batch)
    assert edges(net.graph) == [("flatten", "dense")]


def test_delete_bridges_over_several(net):
    a, b, c, d = net.chain("Dense", "Dropout", "Dense")
    before = net.graph.copy()
    inverse = net.graph.apply(delete(net.graph, [b, c], bridge=True))
    assert edges(net.graph) == [("input", "dense_2")]
    net.graph.apply(inverse)
    assert net.graph == before
    net.graph.apply(delete(net.graph, [b]))
    assert edges(net.graph) == [("dropout", "dense_2")]
    assert delete(net.graph, ["missing"]).changes == ()
    assert a in net.graph and d in net.graph


def test_delete_does_not_bridge_a_merge(net):
    first, second = net.add("InputLayer"), net.add("InputLayer", {"source": "b"})
    join = net.after(first, "Add")
    net.connect(second, join, "inputs", 1)
    net.after(join, "Dense")
    net.graph.apply(delete(net.graph, [join], bridge=True))
    assert edges(net.graph) == []


def test_deleting_edges_alone(net):
    net.chain("Dense")
    edge = next(iter(net.graph.edges))
    batch = delete(net.graph, [], [edge, Edge(Endpoint("x", "y"), Endpoint("z", "w"))])
    assert batch.label == "Delete connection"
    net.graph.apply(batch)
    assert not net.graph.edges


def test_deleting_an_owner_deletes_those_that_share(net):
    entry, dense = net.chain("Dense")
    change, twin = share(net.graph, dense, (0, 0))
    net.graph.apply(change)
    assert net.name(twin) == "dense_shared"
    with pytest.raises(GraphError, match="no weights"):
        share(net.graph, entry, (0, 0))
    before = net.graph.copy()
    inverse = net.graph.apply(delete(net.graph, [dense]))
    assert list(net.graph.nodes) == [entry]
    net.graph.apply(inverse)
    assert net.graph == before


def test_copy_and_paste(net):
    a, b, c = net.chain(("Dense", {"units": 7}), "Dropout")
    plain = copy(net.graph, [b, c])
    batch, ids = paste(net.graph, plain, (10.0, 20.0))
    inverse = net.graph.apply(batch)
    assert [net.name(i) for i in ids] == ["dense_2", "dropout_2"]
    assert net.graph.node(ids[0]).params == {"units": 7}
    assert net.graph.node(ids[0]).position == (10.0, 130.0)
    assert ("dense_2", "dropout_2") in edges(net.graph)
    assert len(net.graph.edges) == 3, "the edge from outside is not copied"
    net.graph.apply(inverse)
    assert len(net.graph) == 3
    other, ids = paste(Graph(), plain)
    empty = Graph()
    empty.apply(other)
    assert len(empty) == 2 and a not in empty
    batch, ids = duplicate(net.graph, [a, b])
    assert batch.label == "Duplicate" and len(ids) == 2


def test_pasted_sharing_follows_its_owner(net):
    _, dense = net.chain(("Dense", {"units": 5}))
    change, twin = share(net.graph, dense, (0, 0))
    net.graph.apply(change)
    both, (new_dense, new_twin) = paste(net.graph, copy(net.graph, [dense, twin]))
    net.graph.apply(both)
    assert net.graph.node(new_twin).shared_with == new_dense
    alone, (only,) = paste(net.graph, copy(net.graph, [twin]))
    net.graph.apply(alone)
    assert net.graph.node(only).shared_with == dense, "the owner is here"
    elsewhere = Graph()
    batch, (moved,) = paste(elsewhere, copy(net.graph, [twin]))
    elsewhere.apply(batch)
    assert elsewhere.node(moved).shared_with == ""
    assert elsewhere.node(moved).params == {"units": 5}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "{", "[]", "3", '{"nodes": []}', "[" * 100_000,
     '{"format": "keras-workbench/graph"}',
     '{"format": "keras-workbench/graph", "nodes": [{}], "edges": []}',
     '{"format": "keras-workbench/graph", "nodes": 3}', None, 5, {"format": "other"}],
)  # fmt: skip
def test_foreign_clipboard_text_is_refused(text):
    with pytest.raises(GraphError):
        paste(Graph(), text)
