from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.data.checks import check_data, column_problems
from workbench.data.edits import make_target, set_choice, set_column, set_kind, set_role
from workbench.data.infer import infer_columns
from workbench.data.prepare import signature_of
from workbench.data.source import open_table, sniff
from workbench.data.spec import ColumnSpec, DataSpec, SplitSpec
from workbench.errors import DataError
from workbench.graph.changes import Batch
from workbench.graph.problems import Problem


def apply(spec, change):
    """Make a change of the data document, as a project does."""
    changes = change.changes if isinstance(change, Batch) else (change,)
    plain = spec.to_plain()
    for one in changes:
        if isinstance(one, Batch):
            plain = apply(DataSpec.from_plain(plain), one).to_plain()
            continue
        assert one.document == "data"
        at = plain
        for key in one.path[:-1]:
            at = at[key]
        at[one.path[-1]] = one.value
    return DataSpec.from_plain(plain)


@pytest.fixture
def open_spec(write):
    def open_spec(content, split=None, **changes):
        path = write(content)
        source = sniff(path)
        table = open_table(source, path.parent)
        columns = tuple(
            replace(c, **changes.get(c.name, {})) for c in infer_columns(table)
        )  # fmt: skip
        return DataSpec(source, columns, split or SplitSpec(0.1, 0.1)), table

    return open_spec


def rows(count=100, **columns):
    names = list(columns)
    lines = [",".join(names)]
    lines += [",".join(str(columns[n](i)) for n in names) for i in range(count)]
    return "\n".join(lines) + "\n"


def number(i):
    return (i * 37 % 101) / 10


def label(i):
    return "ab"[i * 7 % 3 == 0]


def only(spec, table):
    problems = check_data(spec, table)
    assert len(problems) == 1, [p.message for p in problems]
    assert Problem.from_plain(problems[0].to_plain()) == problems[0]
    return problems[0]


def fixed(spec, table, problem, index=0):
    """Return what the problems are after a fix."""
    return check_data(apply(spec, problem.fixes[index].change), table)


def test_good_data_has_no_problem(open_spec):
    spec, table = open_spec(rows(x=number, y=label))
    assert check_data(spec, table) == []


def test_no_data():
    problems = check_data(DataSpec(), None)
    assert [(p.code, p.severity, p.place.kind) for p in problems] == [("no_data", "error", "file")]


def test_one_column(open_spec):
    problem = only(*open_spec(rows(x=number)))
    assert (problem.code, problem.severity) == ("one_column", "error")
    assert "separator" in problem.message


def test_columns_not_read_yet(open_spec):
    spec, table = open_spec(rows(x=number, y=label))
    spec = replace(spec, columns=())
    problem = only(spec, table)
    assert problem.code == "no_columns"
    assert fixed(spec, table, problem) == []


def test_the_file_lost_a_column(open_spec):
    spec, table = open_spec(rows(x=number, y=label))
    spec = replace(spec, columns=(*spec.columns, ColumnSpec("gone")))
    problem = only(spec, table)
    assert (problem.code, "gone" in problem.message) == ("columns_missing", True)
    assert fixed(spec, table, problem) == []


def test_no_target(open_spec):
    spec, table = open_spec(rows(x=number, z=number, y=label), y={"role": "feature"})
    problem = only(spec, table)
    assert (problem.code, problem.fixes[0].label) == ("no_target", "Use y")
    assert fixed(spec, table, problem) == []


def test_several_targets(open_spec):
    spec, table = open_spec(rows(x=number, z=number, y=label), z={"role": "target"})
    problem = only(spec, table)
    assert (problem.code, [f.label for f in problem.fixes]) == (
        "several_targets", ["Keep z", "Keep y"],
    )  # fmt: skip
    assert fixed(spec, table, problem, 1) == []


def test_no_features(open_spec):
    spec, table = open_spec(rows(x=number, z=number, y=label), x={"role": "ignore"},
                            z={"role": "ignore"})  # fmt: skip
    problem = only(spec, table)
    assert problem.code == "no_features"
    assert fixed(spec, table, problem) == []


@pytest.mark.parametrize(
    ("make", "kind", "code"),
    [
        (lambda i: "a", "categorical", "target_one_class"),
        (lambda i: 7, "numeric", "target_one_class"),
        (lambda i: "", "categorical", "target_missing"),
        (lambda i: "NaN", "numeric", "target_missing"),
        (label, "numeric", "target_missing"),
        (lambda i: "abc"[i % 3], "boolean", "target_kind"),
    ],
)
def test_targets_that_cannot_be_learnt(open_spec, make, kind, code):
    spec, table = open_spec(rows(x=number, z=number, y=make),
                            x={"role": "feature"}, z={"role": "feature"},
                            y={"role": "target", "kind": kind})  # fmt: skip
    problem = only(spec, table)
    assert (problem.code, problem.severity, problem.place.id) == (code, "error", "y")
    with pytest.raises(DataError) as caught:
        signature_of(spec, Path(table.place.id).parent)
    assert caught.value.describe() == problem.message
    if make is label or code == "target_kind":
        assert fixed(spec, table, problem) == []


def test_gaps_in_the_target_are_told(open_spec):
    problem = only(*open_spec(rows(x=number, y=lambda i: label(i) if i % 9 else "")))
    assert (problem.code, problem.severity) == ("target_gaps", "info")
    assert "12 rows" in problem.message


def test_a_class_too_rare_to_learn(open_spec):
    problem = only(*open_spec(rows(x=number, y=lambda i: label(i) if i else "once")))
    assert (problem.code, "once occurs" in problem.message) == ("target_rare_class", True)


def test_a_number_taken_for_classes(open_spec):
    spec, table = open_spec(rows(600, x=number, y=lambda i: i * 0.5 % 101),
                            y={"kind": "categorical"})  # fmt: skip
    problem = next(p for p in check_data(spec, table) if p.code == "target_many_classes")
    assert fixed(spec, table, problem) == []


FEATURES = [
    (lambda i: 5, {}, "constant", "warning", "5 in every row"),
    (lambda i: "", {"role": "feature"}, "all_missing", "warning", "empty in every row"),
    (lambda i: "" if i % 5 else 1 + i, {}, "mostly_missing", "warning", "empty in 80 % of rows"),
    (lambda i: f"u{i}", {"role": "feature"}, "mostly_unique", "warning", "100 different values"),
    (lambda i: f"c{i % 45}", {"encoding": "one_hot"}, "many_categories", "warning", "45 categor"),
    (lambda i: "xyz"[i % 3], {"kind": "boolean"}, "not_boolean", "error", "3 different values"),
    (lambda i: "xyz"[i % 3], {"kind": "numeric"}, "not_numbers", "warning", "holds text"),
    (lambda i: i * 1.5 if i % 33 else "few", {}, "some_words", "info", "in 4 rows"),
]


@pytest.mark.parametrize(("make", "settings", "code", "severity", "said"), FEATURES,
                         ids=[f[2] for f in FEATURES])  # fmt: skip
def test_features(open_spec, make, settings, code, severity, said):
    spec, table = open_spec(rows(x=number, z=make, y=label),
                            z={"role": "feature", **settings})  # fmt: skip
    problem = only(spec, table)
    assert (problem.code, problem.severity, problem.place.id) == (code, severity, "z")
    assert said in problem.message
    assert column_problems(spec, table) == {"z": [problem]}
    assert problem.fixes
    for index in range(len(problem.fixes)):
        after = fixed(spec, table, problem, index)
        assert code not in [p.code for p in after]
        assert not [p for p in after if p.severity == "error"]


def test_missing_as_a_category_of_its_own_is_no_constant(open_spec):
    spec, table = open_spec(rows(x=number, z=lambda i: "seen" if i % 2 else "", y=label))
    assert spec.columns[1].missing == "own_category"
    assert check_data(spec, table) == []


def test_ignored_columns_have_no_problems(open_spec):
    spec, table = open_spec(rows(x=number, z=lambda i: 5, y=label), z={"role": "ignore"})
    assert check_data(spec, table) == []


def test_many_constant_columns_are_one_problem_with_one_fix(open_spec):
    names = {f"z{i}": (lambda i: 3) for i in range(50)}
    spec, table = open_spec(rows(x=number, **names, y=label))
    problem = only(spec, table)
    assert problem.message == "50 columns have the same value in every row: z0, z1, z2 and 47 more."
    assert len(column_problems(spec, table)) == 50
    assert fixed(spec, table, problem) == []


def test_rows(open_spec):
    drop = {"missing": "drop_row"}
    gap = {"x": number, "z": lambda i: "" if i % 3 == 0 else i, "y": label}
    assert only(*open_spec(rows(**gap), z=drop)).code == "many_dropped"
    never = {"x": number, "z": lambda i: "", "y": label}
    spec, table = open_spec(rows(**never), z={"role": "feature", **drop})
    assert [p.code for p in check_data(spec, table)] == ["no_rows", "all_missing"]
    opposite = {"x": lambda i: i if i % 2 else "", "z": lambda i: "" if i % 2 else i, "y": label}
    spec, table = open_spec(rows(**opposite), z=drop, x=drop)
    problem = only(spec, table)
    assert problem.code == "no_rows"
    assert fixed(spec, table, problem) == []
    assert only(*open_spec(rows(20, x=number, y=label), SplitSpec(0.2, 0.2))).code == "few_rows"
    assert only(*open_spec(rows(x=number, y=label), SplitSpec(0, 0.2))).code == "no_validation"


def test_impossible_split(open_spec):
    spec, table = open_spec(rows(x=number, y=label), SplitSpec(0.6, 0.6))
    problem = only(spec, table)
    assert (problem.code, problem.severity) == ("split", "error")
    assert fixed(spec, table, problem) == []


def test_make_target_swaps_the_roles(open_spec):
    spec, table = open_spec(rows(x=number, z=lambda i: i % 2, y=label))
    change = make_target(spec, "z", table)
    after = apply(spec, change)
    assert [(c.name, c.role, c.kind) for c in after.columns] == [
        ("x", "feature", "numeric"),
        ("z", "target", "categorical"),
        ("y", "feature", "categorical"),
    ]  # fmt: skip
    assert after.columns[2].missing != "drop_row"
    assert change.label == "Use z as target"


def test_a_single_setting_is_a_single_change():
    change = set_column("x", role="ignore")
    assert (change.path, change.value) == (("columns", "x", "role"), "ignore")


def test_edits_of_many_columns_are_one_change(open_spec):
    names = {f"z{i}": number for i in range(60)}
    spec, table = open_spec(rows(30, **names, y=label))
    change = set_role(spec, names, "ignore", table)
    assert change.path == ("columns",)
    assert change.label == "Ignore 60 columns"
    after = apply(spec, change)
    assert [c.role for c in after.columns] == ["ignore"] * 60 + ["target"]
    again = apply(after, set_role(after, ["z3", "z5"], "feature", table))
    assert [c.name for c in again.features] == ["z3", "z5"]


def test_another_type_gets_a_treatment_of_missing_values_that_it_knows(open_spec):
    spec, table = open_spec(rows(x=number, z=number, y=label))
    after = apply(spec, set_kind(spec, ["x"], "categorical"))
    assert (after.columns[0].kind, after.columns[0].missing) == ("categorical", "own_category")
    after = apply(after, set_choice(after, ["x"], "missing", "drop_row"))
    assert apply(after, set_kind(after, ["x"], "numeric")).columns[0].missing == "drop_row"
    target = apply(spec, set_kind(spec, ["y"], "boolean"))
    assert target.columns[2].missing == "drop_row"
    assert table.columns == ("x", "z", "y")


def test_ten_thousand_columns_are_checked_in_seconds(write):
    import time

    rng = np.random.default_rng(0)
    path = write([[f"c{i}" for i in range(10_000)], *rng.normal(size=(30, 10_000)).tolist()])
    source = sniff(path)
    table = open_table(source, path.parent)
    spec = DataSpec(source, infer_columns(table))
    start = time.monotonic()
    assert check_data(spec, table) == []
    assert time.monotonic() - start < 10
