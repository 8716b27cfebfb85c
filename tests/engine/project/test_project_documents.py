"""One change of any document, and its precise inverse."""

import pytest

from workbench.errors import DataError, ProjectError, RecipeError, WorkbenchError
from workbench.graph import AddNode, Batch, Node, SetField, SetParam
from workbench.project.documents import Documents

COLUMNS = {
    "age": {"role": "feature", "kind": "numeric"},
    "city": {"role": "feature", "kind": "categorical"},
    "ill": {"role": "target", "kind": "boolean"},
}


@pytest.fixture
def documents():
    made = Documents("Cells")
    made.apply(SetField("data", ("columns",), COLUMNS))
    made.apply(AddNode(Node("a", "Dense", "dense")))
    return made


@pytest.mark.parametrize(
    ("document", "path", "value", "read"),
    [
        ("recipe", ("epochs",), 7, lambda d: d.recipe.epochs),
        ("recipe", ("optimizer", "learning_rate"), 0.25,
         lambda d: d.recipe.optimizer.learning_rate),
        ("recipe", ("optimizer", "params", "beta_1"), 0.5,
         lambda d: d.recipe.optimizer.params["beta_1"]),
        ("recipe", ("early_stopping", "enabled"), False, lambda d: d.recipe.early_stopping.enabled),
        ("data", ("split", "seed"), 3, lambda d: d.data.split.seed),
        ("data", ("columns", "city", "encoding"), "embedding",
         lambda d: d.data.columns[1].encoding),
        ("data", ("source", "path"), "data.csv", lambda d: d.data.source.path),
        ("project", ("name",), "Sugar", lambda d: d.name),
    ],
)  # fmt: skip
def test_a_field_is_set_and_put_back(documents, document, path, value, read):
    before = documents.to_plain()
    inverse = documents.apply(SetField(document, path, value))
    assert read(documents) == value
    again = documents.apply(inverse)
    assert documents.to_plain() == before
    documents.apply(again)
    assert read(documents) == value


def test_metrics_are_a_list_that_is_replaced_whole(documents):
    inverse = documents.apply(SetField("recipe", ("metrics",), ["accuracy", "AUC"]))
    assert documents.recipe.metrics == ("accuracy", "AUC")
    documents.apply(inverse)
    assert documents.recipe.metrics == ("auto",)


def test_undoing_an_added_column_leaves_no_trace_and_keeps_the_order(documents):
    before = documents.to_plain()
    inverse = documents.apply(SetField("data", ("columns", "new"), {"role": "ignore"}))
    assert [c.name for c in documents.data.columns] == ["age", "city", "ill", "new"]
    documents.apply(inverse)
    assert documents.to_plain() == before
    assert list(documents.to_plain()["data"]["columns"]) == ["age", "city", "ill"]


def test_the_whole_document_can_be_replaced(documents):
    before = documents.to_plain()
    inverse = documents.apply(SetField("recipe", (), {"epochs": 2}))
    assert documents.recipe.epochs == 2
    assert documents.recipe.batch_size == 32
    documents.apply(inverse)
    assert documents.to_plain() == before


@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        (SetField("recipe", ("epochs",), "many"), RecipeError, "whole number"),
        (SetField("recipe", ("epochs",), True), RecipeError, "whole number"),
        (SetField("recipe", ("epochs",), 2.5), RecipeError, "whole number"),
        (SetField("recipe", ("epohcs",), 3), RecipeError, "no setting"),
        (SetField("recipe", ("optimizer", "speed"), 3), RecipeError, "cannot be read"),
        (SetField("recipe", ("metrics",), "accuracy"), RecipeError, "as a list"),
        (SetField("recipe", ("class_weight",), "heavy"), RecipeError, "none, balanced"),
        (SetField("recipe", (), 5), RecipeError, "no setting"),
        (SetField("data", ("split", "tset"), 0.1), DataError, "no setting"),
        (SetField("data", ("split", "test"), "much"), DataError, "a number"),
        (SetField("data", ("split", "test", "deep"), 1), DataError, "no setting"),
        (SetField("data", ("columns", "age", "role"), "boss"), DataError, "one of feature"),
        (SetField("data", ("columns", "age"), "feature"), DataError, "cannot be read"),
        (SetField("data", ("columns",), ["age"]), DataError, "cannot be read"),
        (SetField("data", ("columns", "nobody", "role"), "feature"), DataError, "no setting"),
        (SetField("project", ("name",), "  "), ProjectError, "name of a project"),
        (SetField("project", ("colour",), "red"), ProjectError, "no setting"),
        (SetField("kitchen", ("sink",), 1), ProjectError, "kitchen"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(documents, change, error, word):
    before = documents.to_plain()
    with pytest.raises(error) as caught:
        documents.apply(change)
    assert word in str(caught.value)
    assert documents.to_plain() == before


def test_a_wrong_column_setting_names_the_column(documents):
    with pytest.raises(DataError) as caught:
        documents.apply(SetField("data", ("columns", "age", "kind"), "colour"))
    assert caught.value.place.kind == "column"
    assert caught.value.place.id == "age"


def test_a_batch_over_all_documents_is_made_whole_or_not_at_all(documents):
    before = documents.to_plain()
    good = (
        SetField("recipe", ("epochs",), 9),
        SetParam("a", "units", 4),
        SetField("data", ("split", "seed"), 9),
        SetField("project", ("name",), "Other"),
    )
    inverse = documents.apply(Batch(good, "Everything"))
    assert (documents.recipe.epochs, documents.data.split.seed, documents.name) == (9, 9, "Other")
    documents.apply(inverse)
    assert documents.to_plain() == before
    with pytest.raises(WorkbenchError):
        documents.apply(Batch((*good, SetParam("nobody", "units", 4)), "Everything and too much"))
    assert documents.to_plain() == before
