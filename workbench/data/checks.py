"""What a person should know about the data before training, with repairs that one click applies.

Errors here are exactly what `workbench.data.prepare` would refuse; warnings and hints are what it
would silently accept.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.data.choices import default_missing, effective_missing
from workbench.data.edits import in_one_change, make_target, set_column, set_columns
from workbench.data.infer import FEW_CATEGORIES, infer_columns, merge_columns
from workbench.data.limits import MAX_ONE_HOT
from workbench.data.signature import usable_rows
from workbench.data.spec import ColumnSpec, DataSpec
from workbench.data.split import check_fractions, part_sizes
from workbench.data.summary import Facts, class_balance, facts_of
from workbench.data.table import Table
from workbench.data.target import target_layout
from workbench.data.values import column_codes
from workbench.errors import DataError, Place
from workbench.graph.changes import Batch, SetField
from workbench.graph.problems import Fix, Problem, Severity

_SHOWN = 20
"""More problems of one sort than this are told as one."""

_MOST_MISSING = 0.5
_MANY_CLASSES = 100
_FEW_TRAINING_ROWS = 20


def check_data(spec: DataSpec, table: Table | None) -> list[Problem]:
    """Return what is wrong with, or worth knowing about, a data document.

    Args:
        spec: The data document.
        table: Its table; None when there is none or it cannot be opened.

    Raises:
        DataError: The file cannot be read any more.
    """
    if not spec.source.path:
        return [
            Problem("no_data", "error", "No data file is chosen.", Place("file", ""))
        ]  # fmt: skip
    if table is None:
        return []
    problems = check_document(spec, table)
    if any(problem.code in ("columns_missing", "no_columns") for problem in problems):
        return problems
    found = column_problems(spec, table)
    problems += _told_as_one(spec, [problem for some in found.values() for problem in some])
    if not any(problem.severity == "error" for problem in problems):
        problems += _check_rows(spec, table)
    return sorted(problems, key=lambda p: ("error", "warning", "info").index(p.severity))


def column_problems(spec: DataSpec, table: Table) -> dict[str, list[Problem]]:
    """Return the problems of single columns by column name, for badges.

    Raises:
        DataError: The file cannot be read any more.
    """
    found: dict[str, list[Problem]] = {}
    for column in spec.columns:
        if column.role == "ignore" or column.name not in table:
            continue
        problems = _check_target(column, table) if column.role == "target" else []
        problems = problems or _check_column(column, table)
        if problems:
            found[column.name] = problems
    return found


def check_document(spec: DataSpec, table: Table) -> list[Problem]:
    """Return the problems that the document itself has: columns, roles, split."""
    everywhere = Place("field", "columns")
    if not spec.columns:
        return [
            Problem("no_columns", "error", "The columns of the file have not been read yet.",
                    everywhere, (Fix("Read the columns", set_columns(infer_columns(table))),))
        ]  # fmt: skip
    gone = [c.name for c in spec.columns if c.role != "ignore" and c.name not in table]
    if gone:
        names = _names(gone)
        return [
            Problem("columns_missing", "error",
                    f"The file lacks {names}, which this project uses. It may have changed.",
                    everywhere,
                    (Fix("Read the columns again",
                         set_columns(merge_columns(spec.columns, table))),))
        ]  # fmt: skip
    problems: list[Problem] = []
    if len(table.columns) == 1:
        problems.append(
            Problem("one_column", "error",
                    "The table has one column only. A network needs at least one feature and a "
                    "target. If the file has more, another separator may be right.",
                    Place("field", "source.delimiter"))
        )  # fmt: skip
    else:
        problems += _check_roles(spec, table)
    try:
        check_fractions(spec.split)
    except DataError as error:
        place = error.place or Place("field", "split")
        fix = Fix("Use 15 % and 15 %", Batch((
            SetField("data", ("split", "validation"), 0.15),
            SetField("data", ("split", "test"), 0.15)), "Reset the split"))  # fmt: skip
        problems.append(Problem("split", "error", error.describe(), place, (fix,)))
    return problems


def _check_roles(spec: DataSpec, table: Table) -> list[Problem]:
    problems: list[Problem] = []
    everywhere = Place("field", "columns")
    targets = [column.name for column in spec.columns if column.role == "target"]
    if not targets:
        guess = next((c.name for c in infer_columns(table) if c.role == "target"), None)
        fixes: tuple[Fix, ...] = (
            (Fix(f"Use {guess}", make_target(spec, guess, table)),) if guess else ()
        )
        problems.append(
            Problem("no_target", "error",
                    "No column is the target. Choose the one that the network is to predict.",
                    everywhere, fixes)
        )  # fmt: skip
    if len(targets) > 1:
        fixes = tuple(Fix(f"Keep {name}", make_target(spec, name, table)) for name in targets[:3])
        problems.append(
            Problem("several_targets", "error",
                    f"{len(targets)} columns are targets: {_names(targets)}. One is possible.",
                    everywhere, fixes)
        )  # fmt: skip
    if not spec.features:
        inferred = [c.name for c in infer_columns(table) if c.role == "feature"]
        change = Batch(tuple(SetField("data", ("columns", n, "role"), "feature")
                             for n in inferred if n not in targets), "Use columns")  # fmt: skip
        fixes = (Fix("Use the usable columns", change),) if change.changes else ()
        problems.append(
            Problem("no_features", "error",
                    "No column is a feature, so the network has nothing to predict from.",
                    everywhere, fixes)
        )  # fmt: skip
    return problems


def _check_target(column: ColumnSpec, table: Table) -> list[Problem]:
    facts = facts_of(table, column.name, column.kind)
    place = Place("column", column.name)
    fixes: list[Fix] = []
    if column.kind != "categorical" and (facts.unparsed or column.kind == "boolean"):
        fixes = [Fix("Treat as category", set_column(column.name, kind="categorical"))]
    try:
        target_layout(column, table)
    except DataError as error:
        code = {0: "target_missing", 1: "target_one_class"}.get(facts.distinct, "target_kind")
        return [Problem(code, "error", error.describe(), place, tuple(fixes))]
    problems: list[Problem] = []
    if facts.missing:
        what = "has no number" if column.kind == "numeric" else "is empty"
        problems.append(
            Problem("target_gaps", "info",
                    f"The target {column.name} {what} in {_rows(facts.missing)}. "
                    "They are left out.", place, tuple(fixes))
        )  # fmt: skip
    if column.kind == "numeric":
        return problems
    balance = class_balance(column_codes(table, column.name))
    if len(balance) > _MANY_CLASSES:
        numeric = facts_of(table, column.name, "numeric").missing <= facts.missing
        fix = Fix("Treat as number", set_column(column.name, kind="numeric"))
        problems.append(
            Problem("target_many_classes", "warning",
                    f"The target {column.name} has {len(balance):,} classes.", place,
                    (fix,) if numeric else ())
        )  # fmt: skip
    rare = [text for text, count in balance if count < 3]
    if rare:
        problems.append(
            Problem("target_rare_class", "warning",
                    f"{_names(rare)} {'occurs' if len(rare) == 1 else 'occur'} in fewer than "
                    "three rows: too few to learn from and to test with.", place)
        )  # fmt: skip
    return problems


def _check_column(column: ColumnSpec, table: Table) -> list[Problem]:
    name, place = column.name, Place("column", column.name)
    if column.role == "target":
        return []
    ignore = Fix("Ignore the column", set_column(name, role="ignore"))
    facts = facts_of(table, name, column.kind)
    category = Fix("Treat as category", set_column(name, kind="categorical"))
    number = Fix("Treat as number", set_column(name, kind="numeric"))

    def problem(code: str, severity: Severity, message: str, *fixes: Fix) -> list[Problem]:
        return [Problem(code, severity, message, place, fixes)]

    if facts.distinct == 0:
        if facts.unparsed:
            return problem("not_numbers", "warning", f"{name} holds text, no numbers.",
                           category, ignore)  # fmt: skip
        return problem("all_missing", "warning", f"{name} is empty in every row.", ignore)
    if column.kind == "boolean" and facts.distinct > 2:
        return problem("not_boolean", "error",
                       f"{name} is set to yes / no but has {facts.distinct:,} different values.",
                       *((number, category) if _is_numeric(name, table) else (category,)),
                       )  # fmt: skip
    if facts.distinct == 1 and not (facts.missing and effective_missing(column) == "own_category"):
        return problem("constant", "warning",
                       f"{name} is {facts.only} in every row: it tells the network nothing.",
                       ignore)  # fmt: skip
    if facts.unparsed:
        return problem("some_words", "info",
                       f"{name} holds text instead of a number in {_rows(facts.unparsed)}. "
                       "They count as missing.", category)  # fmt: skip
    if column.kind == "categorical":
        many = _check_categories(column, facts, table, ignore)
        if many:
            return problem(*many[:3], *many[3])
    if facts.missing > _MOST_MISSING * table.rows:
        share = 100 * facts.missing / table.rows
        return problem("mostly_missing", "warning", f"{name} is empty in {share:.0f} % of rows.",
                       ignore)  # fmt: skip
    return []


def _check_categories(
    column: ColumnSpec, facts: Facts, table: Table, ignore: Fix
) -> tuple[str, Severity, str, tuple[Fix, ...]] | None:
    embed = Fix("Use an embedding", set_column(column.name, encoding="embedding"))
    known = table.rows - facts.missing
    if facts.distinct > 50 and facts.distinct > 0.5 * known:
        return ("mostly_unique", "warning",
                f"{column.name} has {facts.distinct:,} different values in {_rows(known)}: like "
                "an identifier, it cannot be learnt from.", (ignore,))  # fmt: skip
    if column.encoding != "one_hot" or facts.distinct <= 2 * FEW_CATEGORIES:
        return None
    severity: Severity = "error" if facts.distinct > MAX_ONE_HOT else "warning"
    return ("many_categories", severity,
            f"{column.name} has {facts.distinct:,} categories, as many one-hot inputs.",
            (embed, ignore))  # fmt: skip


def _check_rows(spec: DataSpec, table: Table) -> list[Problem]:
    usable = len(usable_rows(spec, table))
    place = Place("field", "columns")
    if usable == 0:
        fill = tuple(
            SetField("data", ("columns", column.name, "missing"), default_missing(column.kind))
            for column in spec.features
            if effective_missing(column) == "drop_row"
        )
        return [
            Problem("no_rows", "error",
                    "Every row has a missing value somewhere and is dropped. Fill missing values "
                    "in instead, or ignore columns that are mostly empty.", place,
                    (Fix("Fill in missing values", Batch(fill, "Fill in missing values")),))
        ]  # fmt: skip
    problems: list[Problem] = []
    dropped = table.rows - usable
    if dropped > 0.2 * table.rows:
        problems.append(
            Problem("many_dropped", "warning",
                    f"{_rows(dropped)} of {table.rows:,} are dropped for missing values.", place)
        )  # fmt: skip
    train, validation, _ = part_sizes(spec.split, usable)
    if train < _FEW_TRAINING_ROWS:
        problems.append(
            Problem("few_rows", "warning", f"Only {_rows(train)} are left for training.",
                    Place("field", "split"))
        )  # fmt: skip
    if validation == 0:
        problems.append(
            Problem("no_validation", "info",
                    "No rows are held out for validation, so overfitting will not be seen and "
                    "training cannot end early by itself.", Place("field", "split.validation"))
        )  # fmt: skip
    return problems


_TOGETHER: dict[str, tuple[str, str]] = {
    "constant": ("have the same value in every row", "Ignore them"),
    "all_missing": ("are empty in every row", "Ignore them"),
    "mostly_missing": ("are empty in most rows", "Ignore them"),
    "mostly_unique": ("have a different value in almost every row", "Ignore them"),
    "not_numbers": ("hold text, no numbers", "Treat them as categories"),
    "some_words": ("hold text in some rows", "Treat them as categories"),
    "many_categories": ("have many categories", "Use embeddings"),
    "not_boolean": ("are set to yes / no but have more than two values", "Treat them anew"),
}


def _told_as_one(spec: DataSpec, problems: list[Problem]) -> list[Problem]:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    told: list[Problem] = []
    for code, some in by_code.items():
        if len(some) <= _SHOWN or code not in _TOGETHER:
            told += some
            continue
        what, label = _TOGETHER[code]
        change = in_one_change(spec, [p.fixes[0].change for p in some], label)
        names = [problem.place.id for problem in some]
        told.append(
            Problem(code, some[0].severity, f"{len(some):,} columns {what}: {_names(names)}.",
                    Place("field", "columns"), (Fix(label, change),), ", ".join(names))
        )  # fmt: skip
    return told


def _is_numeric(name: str, table: Table) -> bool:
    facts = facts_of(table, name, "numeric")
    return facts.distinct > 0 and not facts.unparsed


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _names(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")
