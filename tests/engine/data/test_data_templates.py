import json

import numpy as np
import pytest

from workbench.bundled import template_folder
from workbench.data.checks import check_data
from workbench.data.infer import infer_columns
from workbench.data.prepare import prepare, signature_of
from workbench.data.source import open_table, sniff
from workbench.data.spec import DataSpec
from workbench.graph.model import Graph
from workbench.recipe.spec import RecipeSpec

TEMPLATES = {
    "breast_cancer": ("binary", 1, 569, 30, ("benign", "malignant")),
    "wine": ("multiclass", 3, 178, 13, ("Barbera", "Barolo", "Grignolino")),
    "diabetes": ("regression", 1, 442, 10, ()),
}


@pytest.fixture(params=TEMPLATES)
def template(request):
    folder = template_folder(request.param)
    plain = json.loads((folder / "project.json").read_text(encoding="utf-8"))
    return request.param, folder, plain


def test_opens_ready_to_train(template):
    name, folder, plain = template
    task, units, rows, features, classes = TEMPLATES[name]
    spec = DataSpec.from_plain(plain["data"])
    assert check_data(spec, open_table(spec.source, folder)) == []
    signature = signature_of(spec, folder)
    assert (signature.task, signature.units, signature.rows) == (task, units, rows)
    assert signature.inputs[0].shape == (features,)
    assert signature.classes == classes
    prepared = prepare(spec, folder)
    assert len(prepared.split.test) / rows >= 0.19
    assert len(prepared.split.validation) / rows >= 0.14


def test_documents_are_in_their_stored_form(template):
    _, _, plain = template
    assert plain["format"] == 1
    assert Graph.from_plain(plain["graph"]).to_plain() == plain["graph"]
    assert DataSpec.from_plain(plain["data"]).to_plain() == plain["data"]
    assert RecipeSpec.from_plain(plain["recipe"]).to_plain() == plain["recipe"]


def test_the_network_fits_the_data(template):
    name, _, plain = template
    task, units, *_ = TEMPLATES[name]
    graph = Graph.from_plain(plain["graph"])
    last = list(graph)[-1]
    activation = {"binary": "sigmoid", "multiclass": "softmax", "regression": None}[task]
    assert (last.params["units"], last.params.get("activation")) == (units, activation)
    assert [node.position for node in graph] == [(0.0, 120.0 * i) for i in range(len(graph))]
    assert len(graph.edges) == len(graph) - 1


def test_data_is_what_scikit_learn_carries(template):
    from sklearn import datasets

    name, folder, plain = template
    more = {"scaled": False} if name == "diabetes" else {}
    original = getattr(datasets, f"load_{name}")(**more)
    table = open_table(DataSpec.from_plain(plain["data"]).source, folder)
    values = np.column_stack([table.column(c).to_numpy() for c in table.columns[:-1]])
    np.testing.assert_array_equal(values, original.data)
    target = table.column(table.columns[-1]).to_numpy()
    if name == "diabetes":
        np.testing.assert_array_equal(target, original.target)
    else:
        for code in range(len(original.target_names)):
            assert len(set(target[original.target == code])) == 1


def test_dropping_the_file_on_the_data_page_gives_the_same_meaning(template):
    _, folder, plain = template
    table = open_table(sniff(folder / "data.csv"), folder)
    inferred = {c.name: (c.role, c.kind) for c in infer_columns(table)}
    stored = {c.name: (c.role, c.kind) for c in DataSpec.from_plain(plain["data"]).columns}
    stored.pop("sex", None)
    inferred.pop("sex", None)  # coded 1 and 2: only a person knows that it is no number
    assert inferred == stored


def test_card_and_summary(template):
    _, folder, _ = template
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert 400 < len(card) < 1200
    assert "\n\n" not in card.strip()
    described = json.loads((folder / "template.json").read_text(encoding="utf-8"))
    assert described["title"]
    assert described["summary"].endswith(".")
    assert described["task"] == TEMPLATES[folder.name][0]
