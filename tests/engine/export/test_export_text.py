"""What exported code looks like, and that no text of a document ever becomes code."""

import ast
import keyword

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.export import model_code
from workbench.export.expressions import WIDTH, literal, quoted, written
from workbench.export.names import VariableNames, variable_name
from workbench.graph import Disconnect, Graph, Node
from workbench.graph.edits import share
from workbench.graph.model import Edge, Endpoint

_SNIPPETS = st.sampled_from(
    ["')", '")', '"""', "'''", "\\", "\n", "import os", "__import__('os').system('x')", "#",
     "{}", "\u202e", "\ud800", "\x00", "%s", "f'{1}'", "); exec('1')", "…", "\r", "\u2028"]
)  # fmt: skip
HOSTILE = st.lists(st.one_of(_SNIPPETS, st.text(max_size=12)), max_size=8).map("".join)


def chain(*layers):
    graph = Graph()
    for at, (layer, name, params) in enumerate(layers):
        graph.put_node(Node(f"n{at}", layer, name, params))
        if at:
            graph.put_edge(Edge(Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")))
    return graph


def called(text):
    """Return the dotted names of everything that is called, and check what else there is."""
    tree = ast.parse(text)
    assert [type(node).__name__ for node in tree.body[1:]] == [
        "Import",
        "ImportFrom",
        "FunctionDef",
    ]
    names = set()
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Lambda | ast.JoinedStr | ast.Await | ast.NamedExpr)
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert [alias.name for alias in node.names] in (["keras"], ["layers"])
        if isinstance(node, ast.Call):
            names.add(ast.unparse(node.func) if not isinstance(node.func, ast.Call) else "(call)")
    return names


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(HOSTILE, HOSTILE, HOSTILE, st.dictionaries(HOSTILE, st.floats() | HOSTILE, max_size=3))
def test_text_of_a_document_never_becomes_code(first, second, word, config):
    graph = chain(
        ("InputLayer", first, {"shape": [None], "dtype": "string", "source": second}),
        ("StringLookup", second, {"vocabulary": [word, first], "oov_token": word or "x"}),
        ("Embedding", word, {"input_dim": 9, "output_dim": 2,
                             "embeddings_initializer": {"class_name": "Constant",
                                                        "config": config}}),
    )  # fmt: skip
    try:
        code = model_code(graph, load_catalog(), None)
    except GraphError:
        return
    allowed = {
        "keras.Input", "layers.StringLookup", "layers.Embedding", "(call)", "keras.Model",
        "keras.initializers.Constant",
    }  # fmt: skip
    assert called(code.text) <= allowed
    strings = {node.value for node in ast.walk(ast.parse(code.text))
               if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    assert {first, second, word} <= strings


@given(HOSTILE)
def test_text_is_read_back_as_it_was(text):
    assert ast.literal_eval(quoted(text)) == text
    lines = written("x = ", literal([text, {"k": text}, (text,)]))
    assert ast.literal_eval("\n".join(lines)[4:]) == [text, {"k": text}, (text,)]
    if text.isascii():
        assert max(map(len, lines)) <= WIDTH


@given(st.lists(HOSTILE, max_size=6))
def test_variables_are_valid_and_unique(texts):
    names = VariableNames()
    taken = [names.take(text) for text in texts]
    assert len(set(taken)) == len(taken)
    for name in taken:
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert name not in ("keras", "layers", "print", "build_model")


@pytest.mark.parametrize(
    ("text", "name"),
    [("Größe 1", "grosse_1"), ("2nd", "layer_2nd"), ("class", "class_"), ("input", "input_"),
     ("__", ""), ("層", ""), ("a" * 90, "a" * 40)],
)  # fmt: skip
def test_names_become_variables(text, name):
    assert variable_name(text) == name


def test_only_what_differs_from_the_defaults_is_written(catalog):
    graph = chain(
        ("InputLayer", "pixels", {"shape": [8]}),
        ("Dense", "hidden", {"units": 4, "use_bias": True, "activation": None,
                             "kernel_initializer": "glorot_uniform"}),
    )  # fmt: skip
    code = model_code(graph, catalog, None)
    assert (
        code.text
        == '''\
"""A Keras network, written by Keras Workbench."""

import keras
from keras import layers


def build_model():
    """Return the network with fresh weights."""
    pixels = keras.Input(shape=(8,), name="pixels")
    hidden = layers.Dense(units=4, name="hidden")(pixels)
    return keras.Model(inputs=pixels, outputs=hidden, name="network")
'''
    )
    assert code.lines == {"n0": (9, 9), "n1": (10, 10)}


def test_lines_point_at_the_layers_and_fit_the_width(net, catalog):
    entry = net.add("InputLayer", {"shape": [8]})
    first = net.after(
        entry, "Dense",
        {"units": 4, "activation": "leaky_relu", "kernel_initializer": "he_normal",
         "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.01, "l2": 0.02}},
         "bias_initializer": "ones", "bias_regularizer": "l2"},
    )  # fmt: skip
    change, again = share(net.graph, first, (0.0, 0.0))
    net.graph.apply(change)
    net.connect(entry, again)
    join = net.add("Add")
    net.connect(first, join, "inputs", 0)
    net.connect(again, join, "inputs", 1)
    code = model_code(net.graph, catalog, None)
    lines = code.text.splitlines()
    assert max(map(len, lines)) <= WIDTH

    def at(node):
        begin, end = code.lines[node]
        return "\n".join(lines[begin - 1 : end])

    assert at(first).startswith("    dense_layer = layers.Dense(\n        units=4,\n")
    assert "keras.regularizers.L1L2(l1=0.01, l2=0.02)" in at(first)
    assert at(first).endswith("    dense = dense_layer(input_)")
    assert at(again).strip() == "dense_shared = dense_layer(input_)"
    assert at(join).strip() == 'add = layers.Add(name="add")([dense, dense_shared])'
    assert sorted(code.lines) == sorted(net.graph.nodes)


def test_equal_graphs_give_equal_code(net, catalog):
    entry = net.add("InputLayer", {"shape": [8]})
    for _ in range(3):
        net.after(entry, "Dense", {"activation": "relu", "units": 4})
    text = model_code(net.graph, catalog, None).text
    again = Graph.from_plain(net.graph.to_plain())
    assert model_code(again, catalog, None).text == text
    for edge in list(again.edges):  # drawn in another order
        again.apply(Disconnect(edge))
    for edge in reversed(list(net.graph.edges)):
        again.put_edge(edge)
    assert model_code(again, catalog, None).text == text


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((), "no layers"),
        ((("InputLayer", "a", {}),), "shape of a is not known"),
        ((("InputLayer", "a", {"shape": [2]}), ("Nothing", "b", {})), "no layer called Nothing"),
        ((("InputLayer", "a", {"shape": [2]}), ("Dense", "b", {})), "units needs a value"),
        ((("InputLayer", "a", {"shape": [2]}), ("Flatten", "a", {})), "taken twice"),
        ((("InputLayer", "a", {"shape": [2]}), ("Flatten", "b/c", {})), "cannot be used"),
        ((("InputLayer", "a", {"shape": [2]}), ("Add", "b", {})), "needs a connection"),
    ],
)
def test_a_network_that_is_not_whole_is_refused_in_words(catalog, layers, words):
    with pytest.raises(GraphError, match=words):
        model_code(chain(*layers), catalog, None)


def test_long_text_is_broken_into_pieces(catalog):
    graph = chain(
        ("InputLayer", "words", {"shape": [None], "dtype": "string"}),
        ("StringLookup", "lookup", {"vocabulary": [f"word {n}" for n in range(60)],
                                    "oov_token": "unknown " * 30}),
    )  # fmt: skip
    lines = model_code(graph, catalog, None).text.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) < 40  # the vocabulary fills its lines
