"""Python that builds a model becomes a graph, when exactly this text was said yes to."""

import pytest

from workbench.engine.local import run_local
from workbench.errors import GraphError
from workbench.trust import fingerprint

pytestmark = pytest.mark.backend

HEAD = "import keras\nfrom keras import layers\n"
SMALL = "keras.Sequential([keras.Input((4,)), layers.Dense({})])"


def imported(source, **more):
    return run_local("import_code", {"source": source, "trusted": fingerprint(source), **more})


def units(found):
    return [n["params"]["units"] for n in found["graph"]["nodes"] if n["layer"] == "Dense"]


def test_a_text_nobody_said_yes_to_is_not_run(tmp_path):
    mark = tmp_path / "ran"
    source = f"open({str(mark)!r}, 'w')"
    for trusted in (None, fingerprint(source + " ")):
        with pytest.raises(GraphError, match="not run"):
            run_local("import_code", {"source": source, "trusted": trusted})
    assert not mark.exists()


def test_a_variable_or_a_function_gives_the_model():
    found = imported(HEAD + "model = " + SMALL.format(3))
    assert found["name"] == "model" and units(found) == [3] and found["lost"] == []
    source = f"def build(n=5):\n    return {SMALL.format('n')}\ndef other(x):\n    return x\n"
    assert units(imported(HEAD + source)) == [5]


def test_several_models_are_offered_and_one_is_taken():
    source = f"{HEAD}a = {SMALL.format(2)}\nb = {SMALL.format(7)}\nagain = a\n"
    assert imported(source) == {"choices": ["a", "b"]}
    assert units(imported(source, choice="b")) == [7]
    with pytest.raises(GraphError, match="no model 'c'"):
        imported(source, choice="c")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\ny = (", "Line 2 of the code failed: SyntaxError"),
        ("x = 1\n\nz = 1 / 0", "Line 3 of the code failed: ZeroDivisionError"),
        ("def f():\n    raise KeyError('no')", "Line 2 of the code failed: KeyError"),
        ("raise SystemExit(3)", "Line 1 of the code failed: SystemExit"),
        ("x = 1", "makes no Keras model"),
    ],
)
def test_a_fault_is_told_with_its_line(source, words):
    with pytest.raises(GraphError) as caught:
        imported(source)
    assert words in caught.value.message
