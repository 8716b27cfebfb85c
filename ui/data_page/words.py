"""Words and icons of the data page: what roles, types and separators are called."""

from __future__ import annotations

from typing import Final

from workbench.data.choices import ENCODINGS, KINDS, ROLES, SCALINGS, Option
from workbench.data.spec import ColumnSpec
from workbench.wording import count

KIND_ICONS: Final = {"numeric": "numeric", "categorical": "categorical", "boolean": "boolean"}

SEPARATORS: Final = (
    Option(",", "Comma  ,", "Values are separated by commas."),
    Option(";", "Semicolon  ;", "Values are separated by semicolons."),
    Option("\t", "Tab", "Values are separated by tabs."),
    Option("|", "Bar  |", "Values are separated by bars."),
    Option(" ", "Space", "Values are separated by single spaces."),
)
DECIMALS: Final = (
    Option(".", "Point  1.5", "Fractions follow a point."),
    Option(",", "Comma  1,5", "Fractions follow a comma."),
)
TEXT_ENCODINGS: Final = (
    Option("utf-8", "UTF-8", "Usual today."),
    Option("cp1252", "Windows-1252", "Western European files from Windows."),
    Option("latin-1", "Latin-1", "Older Western European files."),
    Option("utf-16", "UTF-16", "“Unicode text” of Excel."),
    Option("utf-16-le", "UTF-16 LE", "UTF-16 without a byte order mark."),
    Option("utf-16-be", "UTF-16 BE", "UTF-16 without a byte order mark."),
    Option("utf-32", "UTF-32", "Four bytes a letter."),
    Option("cp1250", "Windows-1250", "Central European files from Windows."),
    Option("cp1251", "Windows-1251", "Cyrillic files from Windows."),
    Option("gb18030", "GB 18030", "Chinese files."),
    Option("shift_jis", "Shift JIS", "Japanese files."),
    Option("mac-roman", "Mac Roman", "Files from old Macintoshes."),
    Option("cp437", "DOS (437)", "Files from DOS."),
)


def role_title(role: str) -> str:
    """Return what a role is called."""
    return _title(ROLES, role)


def kind_title(kind: str) -> str:
    """Return what a type is called."""
    return _title(KINDS, kind)


def treatment(column: ColumnSpec) -> str:
    """Return in a word or two how a feature reaches the network ("Standardise", "One-hot")."""
    if column.kind == "numeric":
        return _title(SCALINGS, column.scaling)
    return _title(ENCODINGS, column.encoding) if column.kind == "categorical" else "0 and 1"


def rows_figure(rows: int) -> str:
    """Return a number of rows, every digit of it below ten million."""
    return f"{rows:,}" if rows < 10_000_000 else count(rows)


def figure(value: float) -> str:
    """Return a measured value without a power of ten where that can be helped: "11,130"."""
    size = abs(value)
    if size >= 1e9 or 0 < size < 1e-3:
        return f"{value:.3g}"
    return f"{value:,.0f}" if size >= 10_000 else f"{value:.4g}"


def with_value(options: tuple[Option, ...], value: str) -> tuple[Option, ...]:
    """Return options that include a value which a file or a person chose otherwise."""
    if any(option.value == value for option in options):
        return options
    return (*options, Option(value, value, "As this project has it."))


def _title(options: tuple[Option, ...], value: str) -> str:
    return next((option.title for option in options if option.value == value), value)
