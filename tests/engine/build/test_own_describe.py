"""Forms and ports of own layers, from signatures as people write them."""

from __future__ import annotations

import pytest

from workbench.build.own_describe import describe
from workbench.build.own_docs import arguments_in, range_in
from workbench.errors import GraphError

HEAD = """
import enum
from collections.abc import Sequence
from typing import Annotated, Literal, Optional, Union
import keras


class Mode(str, enum.Enum):
    ONE = "one"
    EACH = "each"


class Bare(enum.Enum):
    ONE = 1


class A(keras.layers.Layer):
"""
CALL = "    def call(self, x):\n        return x\n"


def spec_of(init: str, call: str = CALL, doc: str = ""):
    head = f'    """{doc}"""\n' if doc else ""
    body = "        super().__init__(**kwargs)\n"
    init = f"    def __init__({init}):\n{body}" if init else ""
    return describe("mine.py", HEAD + head + init + call)[0]


@pytest.mark.parametrize(
    ("argument", "kind", "default", "nullable", "choices"),
    [
        ("a: int = 3", "int", 3, False, ()),
        ("a: float = 1", "float", 1.0, False, ()),
        ("a: Optional[int] = None", "int", None, True, ()),
        ("a: int | None = None", "int", None, True, ()),
        ("a: Literal['x', 'y'] = 'y'", "choice", "y", False, ("x", "y")),
        ("a: Literal[1, 2] = 1", "int", 1, False, ()),
        ("a: Mode = Mode.EACH", "choice", "each", False, ("one", "each")),
        ("a: tuple[int, int] = (3, 3)", "int_tuple", [3, 3], False, ()),
        ("a: tuple[float, ...] = (0.5,)", "float_tuple", [0.5], False, ()),
        ("a: Sequence[int] = (1,)", "int_tuple", [1], False, ()),
        ("a: list[int] = None", "json", None, True, ()),
        ("a: Union[int, tuple[int, int]] = 3", "json", 3, False, ()),
        ("a: Annotated[float, 'share'] = 0.1", "float", 0.1, False, ()),
        ("a='relu'", "str", "relu", False, ()),
        ("a=None", "json", None, True, ()),
        ("a", "json", None, False, ()),
    ],
)
def test_kinds_of_parameters(argument, kind, default, nullable, choices):
    for head in ("self", "self, *"):
        spec = spec_of(f"{head}, {argument}, **kwargs")
        (param,) = spec.params
        assert (param.kind, param.default, param.nullable, param.choices) == (
            kind, default, nullable, choices,
        )  # fmt: skip
        assert param.required is ("=" not in argument)


@pytest.mark.parametrize(
    "argument", ["a=print", "a=object()", "a=Bare.ONE", "a=keras.layers.Dense(1)", "a={1, 2}"]
)
def test_odd_defaults_are_left_to_the_layer(argument):
    assert spec_of(f"self, {argument}, **kwargs").params == ()


@pytest.mark.parametrize(
    ("init", "call", "words"),
    [
        ("self, a, /, **kwargs", CALL, "a of A can only be given by its position"),
        ("self, a: Bare, **kwargs", CALL, "a of A is an Enum"),
        ("self, a: keras.layers.Layer, **kwargs", CALL, "a of A is a layer"),
        ("self, **kwargs", "    def call(self):\n        return 1\n", "takes no input"),
        ("self, **kwargs", "    def call(self, a, b, /):\n        return a\n",
         "b of the call of A can only be given by its position"),
    ],
)  # fmt: skip
def test_what_no_form_can_give_is_named_with_its_line(init, call, words):
    with pytest.raises(GraphError, match=words) as caught:
        spec_of(init, call)
    source = HEAD + f"    def __init__({init}):\n        super().__init__(**kwargs)\n" + call
    line = source.splitlines()[int(caught.value.place.part) - 1]
    assert line.strip().startswith("def ")


def test_inputs_and_outputs():
    spec = spec_of(
        "self, *args, **kwargs",
        "    def call(self, query, value, *, key=None, mask=None, training=None, scale=1.0):\n"
        "        scores = query\n"
        "        return value, scores\n",
    )
    assert [(p.id, p.title, p.required, p.argument) for p in spec.inputs] == [
        ("input", "Query", True, ""), ("value", "Value", True, "value"),
        ("key", "Key", False, "key"),
    ]  # fmt: skip
    assert [(p.id, p.title) for p in spec.outputs] == [("output", "Value"), ("output_2", "Scores")]
    assert [(p.name, p.call, p.default) for p in spec.params] == [("scale", True, 1.0)]
    mixed = "    def call(self, x):\n        if 1:\n            return x, x\n        return x\n"
    assert len(spec_of("", mixed).outputs) == 1
    inner = "    def call(self, x):\n        def f():\n            return 1, 2\n        return x\n"
    assert len(spec_of("", inner).outputs) == 1
    hinted = "    def call(self, x) -> tuple[int, int, int]:\n        return f(x)\n"
    assert len(spec_of("", hinted).outputs) == 3


def test_a_cell_is_known_by_its_state():
    spec = spec_of(
        "self, units: int, **kwargs",
        "    state_size = 4\n    def call(self, x, states):\n        return x, [x]\n",
    )
    assert spec.role == "cell" and [p.id for p in spec.inputs] == ["input"]


DOCS = [
    "Does it.\n\nArgs:\n    rate (float): Share that is dropped, between 0 and 1.\n"
    "        More.\n    units: How many.\n\nReturns:\n    other: nothing",
    "Does it.\n\nParameters\n----------\nrate : float\n    Share that is dropped, between 0 and 1."
    "\n    More.\nunits : int\n    How many.\n\nReturns\n-------\nother : x\n    y",
    "Does it.\n\n:param float rate: Share that is dropped, between 0 and 1.\n    More.\n"
    ":param units: How many.\n:returns: x",
]


@pytest.mark.parametrize("doc", DOCS)
def test_help_comes_from_the_docstring(doc):
    assert arguments_in(doc) == {
        "rate": "Share that is dropped, between 0 and 1. More.", "units": "How many.",
    }  # fmt: skip


def test_ranges_come_from_the_words_unless_the_default_says_otherwise():
    doc = "Args:\n        rate: Between 0 and 1.\n        n: At least 2.\n        m: at most 1.\n"
    spec = spec_of("self, rate: float = 0.5, n: int = 2, m: int = 5, **kwargs", doc=doc)
    found = {p.name: (p.minimum, p.maximum, p.help) for p in spec.params}
    assert found == {
        "rate": (0.0, 1.0, "Between 0 and 1."), "n": (2.0, None, "At least 2."),
        "m": (None, None, "at most 1."),
    }  # fmt: skip
    assert range_in("A number.") == (None, None)
    assert range_in(">= 0.5, <= 2") == (0.5, 2.0)
