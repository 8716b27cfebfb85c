"""What a person can choose for a column, with one line of explanation each.

The data page shows these; the encoder understands exactly these.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.data.spec import CategoryEncoding, ColumnKind, ColumnSpec, Missing, Role, Scaling


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice.

    Attributes:
        value: What the document stores.
        title: What the person reads.
        explanation: One line that says what it does.
    """

    value: str
    title: str
    explanation: str


ROLES: tuple[Option, ...] = (
    Option("feature", "Feature", "The network sees this column."),
    Option("target", "Target", "The network learns to predict this column."),
    Option("ignore", "Ignore", "This column is left out."),
)

KINDS: tuple[Option, ...] = (
    Option("numeric", "Number", "The size of the values matters: 2 lies between 1 and 3."),
    Option("categorical", "Category", "Values are names without an order, also when digits."),
    Option("boolean", "Yes / no", "Two values, passed to the network as 0 and 1."),
)

SCALINGS: tuple[Option, ...] = (
    Option("standard", "Standardise", "Subtract the mean, divide by the standard deviation."),
    Option("minmax", "0 to 1", "Spread the training values over 0 to 1."),
    Option("none", "As it is", "Pass the numbers on unchanged."),
)

ENCODINGS: tuple[Option, ...] = (
    Option("one_hot", "One-hot", "One input per category; good up to a few dozen categories."),
    Option("embedding", "Embedding", "One code for an Embedding layer; good for many categories."),
)

_MISSING = {
    "mean": Option("mean", "Mean", "Fill in the mean of the training rows."),
    "median": Option("median", "Median", "Fill in the middle value; outliers do not pull it."),
    "zero": Option("zero", "Zero", "Fill in 0."),
    "most_frequent": Option("most_frequent", "Most frequent", "Fill in the most frequent value."),
    "own_category": Option("own_category", "Own category", "Missing is a category of its own."),
    "drop_row": Option("drop_row", "Drop the row", "Leave out rows where this value is missing."),
}

_MISSING_BY_KIND: dict[ColumnKind, tuple[Missing, ...]] = {
    "numeric": ("mean", "median", "zero", "most_frequent", "drop_row"),
    "boolean": ("most_frequent", "mean", "zero", "drop_row"),
    "categorical": ("own_category", "most_frequent", "drop_row"),
}


def missing_options(kind: ColumnKind, role: Role = "feature") -> tuple[Option, ...]:
    """Return what can be done about missing values of a column, the default first.

    A row without a target value can teach nothing: it is always dropped.
    """
    if role == "target":
        return (_MISSING["drop_row"],)
    return tuple(_MISSING[value] for value in _MISSING_BY_KIND[kind])


def effective_missing(column: ColumnSpec) -> Missing:
    """Return what happens to missing values; a choice that the kind lacks becomes its default."""
    if column.role == "target":
        return "drop_row"
    allowed = _MISSING_BY_KIND[column.kind]
    return column.missing if column.missing in allowed else allowed[0]


def default_missing(kind: ColumnKind, role: Role = "feature") -> Missing:
    """Return the treatment of missing values that a kind starts with."""
    return "drop_row" if role == "target" else _MISSING_BY_KIND[kind][0]


def scaling_of(column: ColumnSpec) -> Scaling:
    """Return how a column is scaled: only numbers are."""
    return column.scaling if column.kind == "numeric" else "none"


def encoding_of(column: ColumnSpec) -> CategoryEncoding | None:
    """Return how a column is encoded; None unless it is a categorical feature."""
    return column.encoding if column.kind == "categorical" and column.role == "feature" else None
