"""The catalog as it is checked in: complete, consistent, findable."""

import json

import pytest

from workbench.bundled import resource
from workbench.catalog import Catalog, LayerSpec, load_catalog
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.layer_facts import EXCLUDED
from workbench.catalog.schema import FAMILIES
from workbench.catalog.validate import check_params, check_value


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def everything(catalog):
    cells = [
        catalog.get(key) for key in ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")
    ]
    return [*catalog, *cells]


def test_what_is_in_it(catalog):
    keys = {layer.key for layer in catalog}
    assert len([layer for layer in catalog if not layer.is_operation]) == 133
    assert len([layer for layer in catalog if layer.is_operation]) == 281
    assert {
        "Dense",
        "Conv2D",
        "LSTM",
        "MultiHeadAttention",
        "Bidirectional",
        "Add",
        "GroupQueryAttention",
        "RMSNormalization",
        "InputLayer",
        "TextVectorization",
    } <= keys
    assert not keys & set(EXCLUDED)
    assert not keys & {"Convolution2D", "GlobalAvgPool2D", "MaxPool1D", "LSTMCell", "InputSpec"}
    assert catalog.get("LSTMCell").role == "cell"
    assert [layer.family for layer in catalog] == sorted(
        (layer.family for layer in catalog), key=FAMILIES.index
    )


def test_every_entry_is_described(catalog):
    for layer in everything(catalog):
        assert layer.summary.endswith("."), layer.key
        assert layer.family != "custom", layer.key
        allowed = ("keras.layers", "keras.ops", *APPLICATION_LAYERS.values())
        assert layer.module in allowed, layer.key
        for param in layer.params:
            assert param.help.endswith("."), (layer.key, param.name)
            assert len(param.help) < 90, (layer.key, param.name)
        for name in layer.headline:
            assert layer.param(name) is not None, (layer.key, name)


def test_defaults_and_suggestions_are_legal(catalog):
    for layer in everything(catalog):
        for param in layer.params:
            if param.required:
                assert param.suggestion is not None, (layer.key, param.name)
                assert check_value(param, param.suggestion, catalog) is None
            else:
                assert check_value(param, param.default, catalog) is None, (layer.key, param.name)
        usual = {p.name: p.suggestion for p in layer.params if p.required}
        assert check_params(layer, usual, catalog) == {}


def test_ports(catalog):
    for layer in catalog:
        ids = [port.id for port in layer.inputs]
        assert len(ids) == len(set(ids))
        assert layer.outputs
        assert bool(ids) == (layer.key != "InputLayer")
        if (
            ids
            and layer.key
            not in (
                "MultiHeadAttention",
                "GroupQueryAttention",
                "Attention",
                "AdditiveAttention",
            )
            and not layer.is_operation
        ):
            assert ids[0] in ("input", "inputs")
    assert [p.id for p in catalog.get("MultiHeadAttention").inputs] == [
        "query",
        "value",
        "key",
        "query_mask",
        "value_mask",
        "key_mask",
        "attention_mask",
    ]
    subtract = catalog.get("Subtract").inputs[0]
    assert (subtract.variadic, subtract.minimum, subtract.maximum) == (True, 2, 2)
    assert catalog.get("Conv2D").input("input").rank == 4
    assert catalog.get("MultiHeadAttention").param("use_causal_mask").call


def test_plain_round_trip_and_compactness(catalog):
    for layer in everything(catalog):
        assert LayerSpec.from_plain(json.loads(json.dumps(layer.to_plain()))) == layer
    assert resource("catalog", "keras.json").stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("dense", "Dense"),
        ("mha", "MultiHeadAttention"),
        ("conv2", "Conv2D"),
        ("bn", "BatchNormalization"),
        ("gap2d", "GlobalAveragePooling2D"),
        ("residual", "Add"),
        ("global average", "GlobalAveragePooling1D"),
        ("Lstm", "LSTM"),
        ("fully connected", "Dense"),
        ("fl", "Flatten"),
        ("flip", "ops.flip"),
        ("add", "Add"),
        ("+", "Add"),
        ("-", "Subtract"),
        ("@", "ops.matmul"),
        ("matmul", "ops.matmul"),
        ("ops.mean", "ops.mean"),
        ("[]", "ops.take"),
        ("einsum", "ops.einsum"),
        ("resize", "ops.image.resize"),
        ("layer scale", "applications.LayerScale"),
    ],
)
def test_search_finds_what_is_meant(catalog, text, first):
    assert catalog.search(text)[0].key == first


def test_search_edges(catalog):
    assert len(catalog.search("  ")) == len(catalog)
    assert catalog.search("zzzz") == []
    assert all(layer.role == "layer" for layer in catalog.search("lstm"))
    assert Catalog([]).search("x") == []
    assert catalog.family("merge")[0].key == "Add"
