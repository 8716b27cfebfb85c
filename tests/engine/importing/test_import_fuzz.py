"""Whatever a file holds, reading it ends in a network or in a `GraphError`, soon, and runs nothing.

Valid models are mutated: values, keys, whole entries, bytes. An audit hook watches for programs
that are started, files that are written and sockets.
"""

import json
import sys
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import GraphError
from workbench.graph import Graph
from workbench.importing.from_settings import read_network

pytestmark = [pytest.mark.backend, pytest.mark.slow]
LONGEST = 20.0
WATCHED = ("os.system", "subprocess.Popen", "os.posix_spawn", "os.exec", "socket.connect",
           "os.remove", "os.rename", "shutil.rmtree", "ctypes.dlopen")  # fmt: skip

odd = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9),
    st.sampled_from([
        10**400, -(10**400), 2**31, 2**63 - 1, 1e308, float("nan"), float("inf"), -0.0,
        "", "relu", "/etc/passwd", "../x", "os", "system", "builtins", "eval", "keras.layers",
        "Dense", "Lambda", "keras.src.saving", "\ud800", "a" * 200_000, "__import__('os')",
    ]),
    st.sampled_from([
        {"class_name": "Lambda", "config": {}},
        {"module": "os", "class_name": "system", "config": "touch x", "registered_name": None},
        {"module": "builtins", "class_name": "function", "config": "eval",
         "registered_name": "function"},
        {"module": "builtins", "class_name": "eval", "config": {}, "registered_name": None},
        {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}},
        {"class_name": "__tensor__", "config": {"value": [[1]], "dtype": "float32"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": None},
        {"module": "keras.layers", "class_name": "StringLookup", "registered_name": None,
         "config": {"vocabulary": ["a", "a"]}},
        {"class_name": None}, {"class_name": 3}, {"class_name": []}, {"module": 3}, [], {},
        [[[]]], [None] * 50,
    ]),
)  # fmt: skip


@pytest.fixture(scope="module")
def models(catalog):
    import keras
    from keras import layers, ops

    start = keras.Input((8, 8, 3), name="start")
    tower = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)], name="tower")
    x = layers.Flatten()(layers.Concatenate()([tower(start), tower(start)]))
    x = layers.Dense(4, kernel_regularizer="l2", activation="gelu")(x)
    functional = keras.Model(start, ops.tanh(x[:, 1:3]) * 2.0)
    words = keras.Input((6,), dtype="int32", name="words")
    y = layers.Bidirectional(layers.LSTM(3))(layers.Embedding(9, 4, mask_zero=True)(words))
    recurrent = keras.Model({"words": words}, {"y": layers.Dense(1)(y)})
    row = keras.Sequential([layers.Normalization(), layers.Dense(2, dtype="mixed_float16")])
    return [json.loads(model.to_json()) for model in (functional, recurrent, row)]


@pytest.fixture(scope="module")
def watch():
    """Return the list that fills with what must not happen while a file is read."""
    seen, on = [], [False]

    def hook(event, arguments):
        writes = (
            event == "open" and isinstance(arguments[1], str) and set(arguments[1]) - set("rbt")
        )
        if on[0] and (event in WATCHED or writes):
            seen.append((event, str(arguments)[:200]))

    sys.addaudithook(hook)
    on[0] = True
    yield seen
    on[0] = False


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from places(entry, (*path, index))


def changed(plain, data):
    """Return a copy in which one value is another, is gone, stands twice or has another key."""
    plain = json.loads(json.dumps(plain))
    all_places = [place for place in places(plain) if place]
    place = data.draw(st.sampled_from(all_places))
    holder = plain
    for key in place[:-1]:
        holder = holder[key]
    last = place[-1]
    kind = data.draw(st.sampled_from(["replace", "replace", "remove", "rename", "move", "wrap"]))
    if kind == "remove":
        del holder[last]
    elif kind == "rename" and isinstance(holder, dict):
        holder[data.draw(st.sampled_from(["module", "class_name", "x", "name"]))] = holder.pop(last)
    elif kind == "move":
        other = plain
        for key in data.draw(st.sampled_from(all_places)):
            other = other[key] if _holds(other, key) else other
        holder[last] = json.loads(json.dumps(other))
    elif kind == "wrap":
        holder[last] = [holder[last]]
    else:
        holder[last] = data.draw(odd)
    return plain


def _holds(value, key):
    return (isinstance(value, dict) and key in value) or (
        isinstance(value, list) and isinstance(key, int) and key < len(value)
    )


def outcome(path, watch):
    """Read a file; return the network or None, and fail on anything else."""
    watch.clear()
    begun = time.monotonic()
    try:
        found = read_network(path)
    except GraphError as error:
        assert error.message.startswith(f"{path.name} was not imported: ")
        error.message.encode("utf-8")
        found = None
    assert time.monotonic() - begun < LONGEST
    assert watch == []
    if found is not None:
        json.dumps(found, allow_nan=False).encode("utf-8")
        Graph.from_plain(found["graph"])
    return found


COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}


@settings(max_examples=120, **COMMON)
@given(st.data())
def test_mutated_settings_give_a_network_or_a_refusal(models, watch, tmp_path, data):
    plain = data.draw(st.sampled_from(models))
    for _ in range(data.draw(st.integers(1, 3))):
        plain = changed(plain, data)
    path = tmp_path / "mutated.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    outcome(path, watch)


@settings(max_examples=60, **COMMON)
@given(st.data())
def test_mutated_archives_give_a_network_or_a_refusal(models, watch, tmp_path, data):
    path = tmp_path / "mutated.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(models[0]))
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    outcome(path, watch)


@settings(max_examples=100, **COMMON)
@given(st.text(max_size=200) | st.recursive(odd, lambda s: st.lists(s, max_size=3)))
def test_other_json_is_refused(watch, tmp_path, value):
    path = tmp_path / "other.json"
    text = value if isinstance(value, str) else json.dumps(value)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    assert outcome(path, watch) is None


def test_the_models_themselves_are_read(models, watch, tmp_path):
    for number, plain in enumerate(models):
        path = tmp_path / f"whole{number}.json"
        path.write_text(json.dumps(plain), encoding="utf-8")
        found = outcome(path, watch)
        assert found is not None and found["graph"]["nodes"]
