"""Values as a person types them, and what is said about wrong ones."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.catalog import load_catalog
from workbench.catalog.validate import check_params, check_value, format_value, parse_text
from workbench.errors import GraphError

CATALOG = load_catalog()


def param(layer, name):
    return CATALOG.get(layer).param(name)


@pytest.mark.parametrize(
    ("layer", "name", "text", "value"),
    [
        ("Conv2D", "kernel_size", "3", 3),
        ("Conv2D", "kernel_size", "3 x 5", [3, 5]),
        ("Conv2D", "kernel_size", "3×5", [3, 5]),
        ("Conv2D", "kernel_size", "(3, 5)", [3, 5]),
        ("Conv2D", "kernel_size", "[3,5]", [3, 5]),
        ("Conv2D", "kernel_size", "3,", [3]),
        ("ZeroPadding2D", "padding", "(1, 2), (3, 4)", [[1, 2], [3, 4]]),
        ("ZeroPadding2D", "padding", "((1,2),(3,4))", [[1, 2], [3, 4]]),
        ("InputLayer", "shape", "28, 28, ?", [28, 28, None]),
        ("InputLayer", "shape", "30", [30]),
        ("InputLayer", "shape", " ", None),
        ("Reshape", "target_shape", "-1, 4", [-1, 4]),
        ("Dense", "units", " 64 ", 64),
        ("Dropout", "rate", "0,5", 0.5),
        ("Dropout", "rate", ".25", 0.25),
        ("RandomRotation", "factor", "-0.1, 0.2", [-0.1, 0.2]),
        ("Dense", "use_bias", "no", False),
        ("Bidirectional", "merge_mode", "none", None),
        ("Dense", "activation", "relu", "relu"),
        ("StringLookup", "vocabulary", "cat, dog", ["cat", "dog"]),
        ("StringLookup", "vocabulary", '["a", "b,c"]', ["a", "b,c"]),
        (
            "Dense",
            "kernel_regularizer",
            '{"class_name": "L2", "config": {"l2": 0.01}}',
            {"class_name": "L2", "config": {"l2": 0.01}},
        ),
    ],
)
def test_text_becomes_a_value_and_back(layer, name, text, value):
    described = param(layer, name)
    found = parse_text(described, text)
    assert found == value and type(found) is type(value)
    assert check_value(described, found, CATALOG) is None
    assert parse_text(described, format_value(described, found)) == value


@pytest.mark.parametrize(
    ("layer", "name", "text", "says"),
    [
        ("Dense", "units", "many", "units must be a whole number"),
        ("Dense", "units", "", "needs a value"),
        ("Dense", "units", "3.5", "whole number"),
        ("Dropout", "rate", "half", "must be a number"),
        ("Dense", "use_bias", "maybe", "true or false"),
        ("Conv2D", "kernel_size", "3; 5", "or several"),
        ("Conv2D", "kernel_size", "3.5, 2", "or several"),
        ("InputLayer", "shape", "big", "axis lengths"),
        ("Conv2D", "kernel_size", "(" * 5000, "or several"),
        ("StringLookup", "vocabulary", "[1,", "a value"),
        ("Bidirectional", "layer", "LSTM", "a layer with its parameters"),
    ],
)
def test_text_that_cannot_be_understood(layer, name, text, says):
    with pytest.raises(GraphError, match=says):
        parse_text(param(layer, name), text)


@pytest.mark.parametrize(
    ("layer", "name", "value", "says"),
    [
        ("Dense", "units", 0, "units must be a whole number of at least 1; it is 0."),
        ("Dense", "units", True, "whole number"),
        ("Dense", "units", None, "units needs a value."),
        ("Dense", "units", 2**40, "at most 2,147,483,647"),
        ("Dense", "units", math.nan, "whole number"),
        ("Dropout", "rate", math.inf, "from 0 to 1"),
        ("Dropout", "rate", -0.1, "from 0 to 1"),
        ("MixUp", "alpha", 0.0, "above 0"),
        ("Dense", "activation", "soft", "activation function"),
        ("Conv2D", "padding", "causal", "one of valid, same"),
        ("Conv1D", "padding", "full", "causal"),
        ("Dense", "kernel_initializer", {"class_name": "os.system"}, "one of constant"),
        ("Dense", "kernel_initializer", {"class_name": "Zeros", "module": "os"}, "one of constant"),
        (
            "Dense",
            "kernel_initializer",
            {"class_name": "Constant", "config": {"value": [1]}},
            "kernel_initializer: value must be a number",
        ),
        ("StringLookup", "vocabulary", "/etc/passwd", "vocabulary must be a list"),
        ("StringLookup", "idf_weights", "weights.txt", "must be a list"),
        ("Conv2D", "kernel_size", [3, "a"], "or a list of them"),
        ("Conv2D", "kernel_size", [], "or a list"),
        ("Conv2D", "kernel_size", [[[[3]]]], "or a list"),
        ("InputLayer", "shape", [0], "axis lengths"),
        ("InputLayer", "shape", [-1], "axis lengths"),
        ("InputLayer", "shape", 30, "axis lengths"),
        ("AdaptiveMaxPooling2D", "output_size", 1, "at least 2"),
        ("TextVectorization", "ngrams", 10**9, "to 10"),
        ("Bidirectional", "layer", {"layer": "Dense", "params": {}}, "must be one of LSTM"),
        ("TimeDistributed", "layer", {"layer": "Lambda", "params": {}}, "no layer called Lambda"),
        (
            "TimeDistributed",
            "layer",
            {"layer": "Dense", "params": {"units": 0}},
            "Dense inside layer: units",
        ),
        ("TimeDistributed", "layer", "Dense", "a layer with its parameters"),
        ("StackedRNNCells", "cells", [], "a list of layers"),
        ("RNN", "cell", {"layer": "LSTM", "params": {"units": 1}}, "must be one of LSTMCell"),
    ],
)
def test_wrong_values_are_named(layer, name, value, says):
    reason = check_value(param(layer, name), value, CATALOG)
    assert reason is not None and says in reason


def test_layers_inside_layers_inside_layers():
    value = {"layer": "Dense", "params": {"units": 1}}
    for _ in range(3):
        value = {"layer": "TimeDistributed", "params": {"layer": value}}
    assert check_value(param("TimeDistributed", "layer"), value, CATALOG) is None
    for _ in range(50):
        value = {"layer": "TimeDistributed", "params": {"layer": value}}
    assert "too deeply" in check_value(param("TimeDistributed", "layer"), value, CATALOG)


def test_both_spellings_of_names():
    for value in ("he_normal", "HeNormal", {"class_name": "he_normal"}, {"class_name": "HeNormal"}):
        assert check_value(param("Dense", "kernel_initializer"), value) is None
    assert check_value(param("Dense", "kernel_regularizer"), "L1L2") is None


def test_check_params_lists_everything():
    reasons = check_params(CATALOG.get("Conv2D"), {"kernel_size": 0, "colour": 1}, CATALOG)
    assert set(reasons) == {"filters", "kernel_size", "colour"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
PARAMS = [p for layer in CATALOG for p in layer.params]


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PARAMS), ANYTHING)
def test_any_plain_value_gets_an_answer(described, value):
    reason = check_value(described, value, CATALOG)
    assert reason is None or (reason.startswith(described.name) and len(reason) < 600)
    assert isinstance(format_value(described, value), str)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PARAMS), st.text(max_size=20) | st.from_regex(r"[\d,.x ()\[\]?-]{1,12}"))
def test_any_text_is_a_value_or_a_graph_error(described, text):
    try:
        value = parse_text(described, text)
    except GraphError as error:
        assert described.name in error.message
    else:
        json.dumps(value)
        if check_value(described, value, CATALOG) is None:
            assert parse_text(described, format_value(described, value)) == value
