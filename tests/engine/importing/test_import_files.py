"""Saved models become graphs; what names anything but plain Keras is refused in a sentence."""

import json
import zipfile

import pytest

from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.graph import AddNode, Graph, Node
from workbench.graph.expand import expand
from workbench.importing.from_settings import read_network
from workbench.importing.known_classes import known_classes
from workbench.importing.replacing import replace_network

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def model(catalog):
    import keras
    from keras import layers, ops

    keras.utils.set_random_seed(0)
    start = keras.Input((12,), name="start")
    tower = keras.Sequential([keras.Input((12,)), layers.Dense(6, activation="gelu")], name="tower")
    x = layers.Add()([tower(start), tower(start * 2.0)])
    x = layers.Dense(4, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2))(ops.tanh(x))
    built = keras.Model(start, layers.Softmax()(x), name="saved")
    built.compile("adam", "categorical_crossentropy")
    return built


def imported(path):
    """Read a file in this process; `test_import_apart` has the process of its own."""
    return read_network(path)


def test_the_older_form_in_hdf5_files_is_read(tmp_path):
    import keras
    from keras import layers

    start = keras.Input((8, 8, 1), name="start")
    x = layers.Conv2D(3, 3, padding="same")(start)
    x = layers.Concatenate()([x, start])
    built = keras.Model(start, layers.GlobalMaxPooling2D()(x), name="old")
    built.save(tmp_path / "model.h5")
    found = imported(tmp_path / "model.h5")
    assert found["name"] == "old" and found["lost"] == []
    assert [node["layer"] for node in found["graph"]["nodes"]] == [
        "InputLayer", "Conv2D", "Concatenate", "GlobalMaxPooling2D"]  # fmt: skip


@pytest.mark.parametrize("ending", ["keras", "json"])
def test_every_form_gives_the_same_network(model, catalog, tmp_path, ending):
    path = tmp_path / f"model.{ending}"
    if ending == "json":
        path.write_text(model.to_json(), encoding="utf-8")
    else:
        model.save(path)
    found = imported(path)
    assert found["name"] == "saved" and found["lost"] == []
    flat = expand(Graph.from_plain(found["graph"])).graph
    assert sorted(node.layer for node in flat) == sorted(
        ["InputLayer", "Dense", "Dense", "Dense", "Add", "Softmax", "ops.multiply", "ops.tanh"]
    )
    assert sum(bool(node.shared_with) for node in flat) == 1


def test_compiled_models_inside_and_slices_are_read(tmp_path):
    import keras
    from keras import layers

    inner = keras.Sequential([keras.Input((3,)), layers.Dense(1)], name="inner")
    inner.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError(), metrics=["AUC"])
    start = keras.Input((6,))
    model = keras.Model(start, inner(start[:, 1:4]), name="outer")
    model.compile("adam", "mse")
    model.save(tmp_path / "model.keras")
    found = imported(tmp_path / "model.keras")
    assert found["lost"] == []
    layers_there = [node["layer"] for node in found["graph"]["nodes"]]
    assert layers_there[:2] == ["InputLayer", "ops.get_item"]


def test_a_large_layer_takes_no_memory(tmp_path, model):
    import psutil

    plain = json.loads(model.to_json())
    text = json.dumps(plain).replace('"units": 4', '"units": 900000000')
    (tmp_path / "huge.json").write_text(text)
    before = psutil.Process().memory_info().rss
    found = imported(tmp_path / "huge.json")
    assert psutil.Process().memory_info().rss - before < 200_000_000
    assert any(n["params"].get("units") == 900000000 for n in found["graph"]["nodes"])


def spoil(model, change):
    plain = json.loads(model.to_json())
    change(plain)
    return json.dumps(plain)


def first_dense(plain):
    return next(
        layer for layer in plain["config"]["layers"]
        if layer["class_name"] == "Dense"
    )  # fmt: skip


def lambda_layer(plain):
    first_dense(plain).update(class_name="Lambda", config={"function": {
        "class_name": "__lambda__", "config": {"value": "4wEAAAA="}}})  # fmt: skip


def foreign_class(plain):
    first_dense(plain).update(module="os", class_name="system")


def foreign_module(plain):
    first_dense(plain).update(module="my_layers")


def hidden_module(plain):
    first_dense(plain).update(module="keras.src.legacy.saving")


def vocabulary_file(plain):
    first_dense(plain).update(
        class_name="StringLookup", config={"name": "x", "vocabulary": "/etc/passwd"}
    )


def other_kind(plain):
    plain["class_name"] = "Trainer"


def deep(plain):
    inner = first_dense(plain)["config"]
    for _ in range(300):
        inner["x"] = {}
        inner = inner["x"]


def impossible(plain):
    first_dense(plain)["config"]["units"] = -3


def huge_number(plain):
    first_dense(plain)["config"]["units"] = 10**400


def no_number(plain):
    first_dense(plain)["config"]["bias_initializer"] = {
        "module": "keras.initializers", "class_name": "Constant", "registered_name": None,
        "config": {"value": float("nan")}}  # fmt: skip


def no_text(plain):
    first_dense(plain)["config"]["name"] = "a\udc80b"


def own_function(plain):
    first_dense(plain)["config"]["activation"] = {
        "module": "builtins", "class_name": "function", "config": "my_act",
        "registered_name": "function"}  # fmt: skip


def wrong_pair(plain):
    first_dense(plain).update(module="keras.initializers")


def other_name(plain):
    first_dense(plain).update(registered_name="evil>Dense")


def number_format(plain):
    first_dense(plain)["config"]["dtype"] = {
        "module": "keras", "class_name": "DTypePolicy", "registered_name": None,
        "config": {"name": "U999999999"}}  # fmt: skip


def packed_array(plain):
    first_dense(plain)["config"]["bias_initializer"] = {
        "class_name": "__numpy__", "config": {"value": ["a"], "dtype": "U999999999"}}  # fmt: skip


def class_of_its_own(plain):
    plain.update(class_name="MyModel", module="mine", registered_name="MyModel")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda_layer, "is a Lambda, which holds a program"), (foreign_class, "'system'"),
        (foreign_module, "'my_layers', not from Keras"), (hidden_module, "keras.src.legacy"),
        (vocabulary_file, "/etc/passwd"), (other_kind, "'Trainer'"), (deep, "too deep"),
        (impossible, "Keras cannot make it"), (huge_number, "'units' of 'dense"),
        (huge_number, "a number of 401 digits"), (no_number, "'value' of 'dense"),
        (no_text, "no text"), (own_function, "the function 'my_act'"),
        (wrong_pair, "of keras.initializers"), (other_name, "evil>Dense"),
        (number_format, "U999999999"), (packed_array, "U999999999"),
        (class_of_its_own, "a class of its own, 'MyModel'"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_settings_that_are_not_plain_keras_are_refused(model, tmp_path, change, words):
    path = tmp_path / "spoilt.json"
    path.write_text(spoil(model, change), encoding="utf-8")
    with pytest.raises(GraphError) as caught:
        imported(path)
    assert words in caught.value.message
    assert caught.value.message.startswith("spoilt.json was not imported: ")
    assert caught.value.place.id == str(path)


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("config.json", "{}")], "holds no model"),
        ([("metadata.json", "{}")], "holds no model"),
        ([("../config.json", "{}"), ("config.json", "{}")], "outside itself"),
        ([("/config.json", "{}"), ("config.json", "{}")], "outside itself"),
        ([("config.json", " " * 40_000_000)], "too large for its archive"),
        ([("config.json", "[" * 10)], "damaged"),
        ([("config.json", "{}"), ("run.py", "")], "'run.py', which is no part"),
        ([("config.json", "{}"), ("assets/a.txt", "0" * 40_000_000)], "too large for its archive"),
        ([(f"a{n}", "") for n in range(2100)], "too many files"),
    ],
)  # fmt: skip
def test_archives_made_to_harm_are_refused(tmp_path, members, words):
    path = tmp_path / "bad.keras"
    archive(path, members)
    with pytest.raises(GraphError, match=words):
        imported(path)


@pytest.mark.parametrize("name", ["empty.keras", "empty.json", "empty.h5"])
def test_empty_files_and_missing_ones_are_named(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(GraphError, match=name):
        imported(path)
    path.write_bytes(b"")
    with pytest.raises(GraphError, match=name):
        imported(path)


def test_weights_alone_are_no_network(model, tmp_path):
    model.save_weights(tmp_path / "only.weights.h5")
    with pytest.raises(GraphError, match="weights only"):
        imported(tmp_path / "only.weights.h5")


def test_replacing_is_one_step_and_back(model, tmp_path, catalog):
    (tmp_path / "model.json").write_text(model.to_json(), encoding="utf-8")
    other = Graph.from_plain(imported(tmp_path / "model.json")["graph"])
    graph = Graph()
    graph.apply(AddNode(Node("old", "Dense", "old")))
    before = graph.copy()
    undo = graph.apply(replace_network(graph, other))
    assert "old" not in graph and len(graph) == len(other)
    graph.apply(undo)
    assert graph == before


def test_the_command_makes_a_project(model, tmp_path, capsys):
    from workbench.cli.main import main
    from workbench.project import open_project

    (tmp_path / "model.json").write_text(model.to_json(), encoding="utf-8")
    assert main(["import", str(tmp_path / "model.json"), str(tmp_path / "new")]) == 0
    assert "saved: " in capsys.readouterr().out
    document = open_project(tmp_path / "new", read_only=True)
    assert len(document.graph) == 8
    document.close()
    again = ["import", str(tmp_path / "model.json"), str(tmp_path / "new"), "--as", "block"]
    assert main(again) == 0
    document = open_project(tmp_path / "new", read_only=True)
    assert len(document.graph) == 9
    document.close()
    (tmp_path / "bad.json").write_text("{}")
    assert main(["import", str(tmp_path / "bad.json"), str(tmp_path / "new")]) == 1


def test_an_archive_with_one_name_twice_is_refused(tmp_path):
    path = tmp_path / "bad.keras"
    with pytest.warns(UserWarning, match="Duplicate"):
        archive(path, [("config.json", "{}"), ("config.json", "{}")])
    with pytest.raises(GraphError, match="twice"):
        imported(path)


def test_folders_and_devices_are_no_files(tmp_path):
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(GraphError, match="no file"):
        imported(tmp_path / "folder.keras")


def whole_model(path, change):
    import h5py

    plain = {"class_name": "Sequential", "config": {"name": "m", "layers": []}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(plain)
        change(file)


def soft(file):
    import h5py

    file["elsewhere"] = h5py.SoftLink("/secret")


def outside(file):
    import h5py

    file["elsewhere"] = h5py.ExternalLink("other.h5", "/")


def kept_outside(file):
    group = file.create_group("inner")
    group.create_dataset("elsewhere", (3,), "f4", external=[("/etc/passwd", 0, 12)])


def made_of_others(file):
    import h5py

    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3,))
    file.create_virtual_dataset("elsewhere", layout)


def many_texts(file):
    file.attrs["model_config"] = ["{}"] * 3


@pytest.mark.parametrize(
    ("change", "words"),
    [(soft, "leads to another"), (outside, "leads to another"), (kept_outside, "in another file"),
     (made_of_others, "in another file"), (many_texts, "no text")],
)  # fmt: skip
def test_hdf5_that_leads_elsewhere_is_refused(tmp_path, change, words):
    whole_model(tmp_path / "bad.h5", change)
    with pytest.raises(GraphError, match=words):
        imported(tmp_path / "bad.h5")


def test_a_group_in_itself_does_not_go_on_for_ever(tmp_path):
    def ring(file):
        group = file.create_group("a")
        group["a"] = group
        file.attrs["model_config"] = "{}"

    whole_model(tmp_path / "ring.h5", ring)
    with pytest.raises(GraphError, match="holds no model"):
        imported(tmp_path / "ring.h5")


def test_no_public_layer_of_the_catalog_is_refused_by_name():
    known = known_classes(load_catalog())
    assert {
        ("keras.layers", "Dense"), ("keras.layers", "LSTMCell"), ("keras.layers", "Add"),
        ("keras.layers", "StackedRNNCells"), ("keras.initializers", "GlorotUniform"),
        ("keras.src.ops.numpy", "GetItem"), ("keras.src.ops.numpy", "Add"),
        ("keras.src.applications.convnext", "LayerScale"),
    } <= set(known)  # fmt: skip
    names = {name for _, name in known}
    assert not {"Lambda", "TFSMLayer", "TorchModuleWrapper", "Map", "Cond", "Layer"} & names
