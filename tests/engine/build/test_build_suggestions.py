"""Suggestions: each connects and is computed by Keras; place, target and habit rank them."""

from __future__ import annotations

import itertools

import pytest

from workbench.data.spec import DataSignature, InputSignature
from workbench.graph import Endpoint
from workbench.graph.edits import add_after
from workbench.graph.suggest import note_use, suggest, uses_from, uses_text
from workbench.graph.suggest_joins import suggest_joining

CLASSES = DataSignature((InputSignature("features", (13,)),), "multiclass", 3, tuple("abc"), 500)
NUMBER = DataSignature((InputSignature("features", (13,)),), "regression", 1, (), 500)
CITY = DataSignature((InputSignature("city", (1,), "int32", 40),), "regression", 1, (), 500)

RELU = {"activation": "relu"}
CONV = ("Conv2D", {"filters": 8, "kernel_size": 3, **RELU})
PLACES = [
    ((13,), []), ((13,), [("Dense", {"units": 8, **RELU})]), ((13,), [("Dense", {"units": 8})]),
    ((32, 32, 3), []), ((32, 32, 3), [CONV]), ((32, 32, 3), [CONV, "MaxPooling2D"]),
    ((32, 32, 3), [("Conv2D", {"filters": 8, "kernel_size": 3})]),
    ((32, 32, 3), [("Conv2D", {"filters": 8, "kernel_size": 3}), "BatchNormalization"]),
    ((8, 8, 3), [CONV, "MaxPooling2D", CONV]), ((1, 1, 3), [("Conv2D", {"filters": 4,
     "kernel_size": 1})]),
    ((None, None, 3), [CONV]), ((8, 8, 8, 2), []), ((8, 8, 8, 2), [("Conv3D", {"filters": 4,
     "kernel_size": 3, **RELU})]),
    ((20, 6), []), ((None, 6), [("LSTM", {"units": 4, "return_sequences": True})]),
    ((20, 6), [("LSTM", {"units": 4})]), ((2, 6), [("Conv1D", {"filters": 4, "kernel_size": 2})]),
    ((20, 6), [("MultiHeadAttention", {"num_heads": 2, "key_dim": 4})]),
    ((20, 6), ["LayerNormalization"]), ((1,), []), ((5, 4, 3, 2, 2), []), ((), []),
]  # fmt: skip


def here(net, at, uses=None, signature=None, most=20):
    source = Endpoint(at, "output")
    return suggest(net.graph, net.catalog, net.infer(signature), source, uses, signature, most)


def all_compute(net, at, found, signature=None):
    for entry in found:
        change, _ = add_after(net.graph, net.catalog, entry.key, Endpoint(at, "output"),
                              (0.0, 0.0), entry.params)  # fmt: skip
        undo = net.graph.apply(change)
        wrong = [p.message for p in net.infer().problems if p.severity == "error"]
        assert wrong == [], entry
        assert entry.reason and not entry.reason.endswith(".")
        net.graph.apply(undo)


@pytest.mark.parametrize("signature", [None, CLASSES, NUMBER])
def test_everything_suggested_connects_and_computes(new_net, signature):
    pairs = itertools.product(
        ("InputLayer", "Dense", "Conv2D", "LSTM"), ("Dropout", "Activation", "LeakyReLU")
    )
    habits = {f"{before}>{key}": 9 for before, key in pairs}
    number = 0
    for shape, layers in PLACES:
        for uses in ({}, habits):
            net = new_net()
            at = net.chain(*layers, shape=shape)[-1]
            source = Endpoint(at, "output")
            found = suggest(net.graph, net.catalog, net.infer(), source, uses, signature, 20)
            assert len({entry.key for entry in found}) == len(found)
            all_compute(net, at, found)
            number += len(found)
    assert number > 150


def test_what_comes_first(new_net):
    expected = {
        0: "Dense", 1: "Dense", 3: "Conv2D", 4: "MaxPooling2D", 5: "Conv2D",
        6: "BatchNormalization", 7: "ReLU", 13: "LSTM", 17: "LayerNormalization",
    }  # fmt: skip
    for place, key in expected.items():
        shape, layers = PLACES[place]
        net = new_net()
        at = net.chain(*layers, shape=shape)[-1]
        assert here(net, at)[0].key == key, (shape, layers)


def test_the_output_follows_the_target(net):
    *_, at = net.chain(*[("Dense", {"units": 16, **RELU})] * 2, shape=(13,))
    first = here(net, at, signature=CLASSES)[0]
    assert (first.key, first.params) == ("Dense", {"units": 3, "activation": "softmax"})
    assert here(net, at, signature=NUMBER)[0].params == {"units": 1}
    end = net.after(at, first.key, dict(first.params))
    assert all(
        entry.params.get("activation") != "softmax" for entry in here(net, at, signature=CLASSES)
    )
    assert here(net, end, signature=CLASSES) == []


def test_codes_are_embedded_with_their_number(net):
    entry = net.add("InputLayer", {"source": "city"})
    first, second = here(net, entry, signature=CITY)
    assert first.key == "Embedding" and first.params["input_dim"] == 40
    assert second.key == "CategoryEncoding" and second.params["num_tokens"] == 40
    net.after(entry, second.key, dict(second.params))
    assert [p.code for p in net.infer(CITY).problems if p.place.kind == "node"] == ["output_units"]


SCENES = {
    "a picture": ([], (32, 32, 3), {"Conv2D", "Rescaling"}),
    "behind a plain convolution": (
        [("Conv2D", {"filters": 8, "kernel_size": 3})], (32, 32, 3),
        {"Conv2D", "BatchNormalization", "ReLU"},
    ),
    "behind a convolution with relu": ([CONV], (32, 32, 3), {"Conv2D", "MaxPooling2D"}),
    "behind an embedding": (
        [("Embedding", {"input_dim": 50, "output_dim": 16})], (20,),
        {"LSTM", "MultiHeadAttention", "GlobalAveragePooling1D"},
    ),
    "a series": ([], (50, 6), {"LSTM", "GRU", "Bidirectional"}),
    "a row": ([], (13,), {"Dense", "BatchNormalization"}),
    "behind a hidden layer": ([("Dense", {"units": 32, **RELU})], (13,), {"Dense", "Dropout"}),
}  # fmt: skip


@pytest.mark.parametrize("scene", SCENES)
def test_scenes_that_people_know(net, scene):
    """Among the first five is what a textbook would put there; three at least are offered."""
    layers, shape, wanted = SCENES[scene]
    dtype = "int32" if layers and layers[0][0] == "Embedding" else None
    at = net.chain(*layers, shape=shape, dtype=dtype)[-1]
    keys = [entry.key for entry in here(net, at, most=5)]
    assert wanted <= set(keys), keys
    assert len(keys) >= 3


def test_habits_move_a_layer_up(net):
    *_, at = net.chain(("Dense", {"units": 16, **RELU}), shape=(13,))
    keys = [entry.key for entry in here(net, at)]
    assert keys.index("Dense") < keys.index("Dropout")
    uses = {}
    for _ in range(20):
        uses = note_use(uses, "Dropout", "Dense")
    keys = [entry.key for entry in here(net, at, uses)]
    assert keys[0] == "Dropout"


def test_nothing_behind_what_is_unknown(net):
    _, at = net.chain("Conv2D", shape=(5,))
    assert here(net, at) == []
    assert suggest(net.graph, net.catalog, None, Endpoint(at, "output")) == []


def test_counts_survive_the_settings():
    uses = {"Dense": 3, "Dense>ReLU": 12, "block:b1": 1}
    assert uses_from(uses_text(uses)) == uses
    assert uses_from("") == {} and uses_from("a=b,=3,x=4") == {"x": 4}
    assert len(uses_text({str(n): n for n in range(1, 500)}).split(",")) == 200


def test_between_two_layers_what_keeps_the_axes_comes_first(net):
    """What is chosen goes into the connection: a flat row would spoil what follows."""
    _, first, _ = net.chain(CONV, CONV, shape=(8, 8, 3))
    keys = [entry.key for entry in here(net, first)]
    flat = [keys.index(key) for key in ("Flatten", "GlobalAveragePooling2D")]
    assert keys.index("Conv2D") < min(flat) and keys.index("MaxPooling2D") < min(flat)


def joined(net, *ends):
    sources = [Endpoint(end, "output") for end in ends]
    return suggest_joining(net.graph, net.catalog, net.infer(), sources)


def test_what_joins_branches_computes(net):
    """Concatenate for branches, Add for a skip; nothing where shapes do not allow it."""
    entry, first = net.chain(("Conv2D", {"filters": 8, "kernel_size": 3}), shape=(12, 12, 3))
    second = net.after(entry, "Conv2D", {"filters": 8, "kernel_size": 3})
    wider = net.after(entry, "Conv2D", {"filters": 4, "kernel_size": 3})
    smaller = net.after(entry, "Conv2D", {"filters": 8, "kernel_size": 5})
    behind = net.after(first, "Conv2D", {"filters": 8, "kernel_size": 3, "padding": "same"})
    branches = joined(net, first, second)
    assert [entry.key for entry in branches][:2] == ["Concatenate", "Add"]
    assert [entry.key for entry in joined(net, first, wider)] == ["Concatenate"]
    assert joined(net, first, smaller) == []
    assert joined(net, first, behind)[0].key == "Add"
    assert joined(net, first) == []
    for suggestion in branches:
        trial = net.graph.copy()
        join = net.after(first, suggestion.key)
        net.connect(second, join, "inputs", 1)
        assert [p.message for p in net.infer().problems if p.severity == "error"] == []
        net.graph = trial
