"""Values, contributions and qualities as the Explain page writes them."""

from __future__ import annotations

import math
from typing import Any

from ui.explain.predictions import Predictions
from workbench.explain.choices import TITLES
from workbench.explain.results import Explanation, Space
from workbench.wording import count, duration, number, plural

SPACE_TITLES: dict[Space, str] = {
    "logit": "Log-odds",
    "probability": "Probability",
    "value": "Value",
}
SPACE_TIPS: dict[Space, str] = {
    "logit": "The network's output before its last step. Contributions add up honestly here, also "
             "where the network is sure.",
    "probability": "Easy to read, but squeezed near 0 and 1: the contributions of columns that "
                   "agree then look small.",
    "value": "The target's own units.",
}  # fmt: skip


def value_text(value: Any) -> str:
    """Return a raw value of a column: "14.2", "red", "missing"."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value).replace("-", "−", 1) if value < 0 else number(value)
    return str(value)


def figure_text(value: float, digits: int = 3) -> str:
    """Return a number of a plot: "0.42", "−3.1", "0"."""
    if value == 0 or abs(value) < 1e-12:
        return "0"
    return number(value, digits).replace("-", "−", 1) if value < 0 else number(value, digits)


def decimals_for(largest: float) -> int:
    """Return how many decimals numbers need whose largest is shown with three digits."""
    if not largest or not math.isfinite(largest):
        return 0
    return min(8, max(0, 2 - math.floor(math.log10(abs(largest)))))


def aligned_text(value: float, decimals: int, *, sign: bool = False) -> str:
    """Return a number with so many decimals: "3.20", "+3.20", "−0.05"."""
    text = f"{abs(value):.{decimals}f}" if abs(value) < 1e6 else number(abs(value), 3)
    return f"−{text}" if value < 0 else f"+{text}" if sign and value > 0 else text


def signed_text(value: float) -> str:
    """Return a contribution: "+0.42", "−3.1", "0"."""
    return figure_text(value) if value <= 0 else f"+{figure_text(value)}"


def headline(predictions: Predictions, row: int) -> str:
    """Return what was predicted for a row of the table, in words."""
    at = next(iter((predictions.rows == row).nonzero()[0]), None)
    if at is None:
        return f"Row {row}"
    if not predictions.classes:
        text = f"Row {row}: predicted {figure_text(float(predictions.output[at, 0]), 4)}"
        actual = float(predictions.target[at])
        return text if math.isnan(actual) else f"{text}, actual {figure_text(actual, 4)}"
    text = f"Row {row}: predicted {predictions.classes[predictions.predicted[at]]}"
    code = int(predictions.actual[at])
    if code < 0:
        return text
    return f"{text}, {'actual' if predictions.wrong[at] else 'and is'} {predictions.classes[code]}"


def quality_text(found: Explanation) -> str:
    """Return the quiet line under a picture."""
    parts = [TITLES[found.explainer], f"background of {plural(found.background_size, 'row')}",
             duration(found.seconds), f"additivity error {_small(found.additivity)}"]  # fmt: skip
    if found.largest_error is not None:
        parts.append(f"standard error at most {_small(found.largest_error)}")
    return " · ".join(parts)


def quality_tip(found: Explanation) -> str:
    """Return what the quiet line means."""
    lines = []
    if found.quantity == "aumann_shapley":
        lines.append(
            "These are Aumann–Shapley values (expected gradients): another quantity than Shapley "
            "values wherever columns interact."
        )
    lines += [
        f"Contributions are measured against {plural(found.background_size, 'training row')} "
        "chosen to stand for all of them.",
        "Additivity: base + contributions and the network's output differ by at most this share "
        "of the output's spread over the background.",
    ]
    if found.largest_error is not None:
        lines.append(
            "Standard error: how far a sampled contribution may be off, as a share of the "
            "output's spread."
        )
    return "\n".join(lines)


def about(seconds: float | None) -> str:
    """Return an estimate: "about 0.4 s", "about 2 min"."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return "at once"
    return f"about {duration(_rounded(seconds))}"


def rows_text(rows: int) -> str:
    """Return "row 12" words for several rows: "1 row", "214 rows"."""
    return plural(rows, "row")


def columns_text(columns: int) -> str:
    """Return "1 other column", "12 other columns"."""
    return f"{count(columns)} other column{'' if columns == 1 else 's'}"


def _rounded(seconds: float) -> float:
    """Return an estimate with the two digits that it is worth."""
    scale = 10.0 ** (math.floor(math.log10(seconds)) - 1)
    return round(seconds / scale) * scale


def _small(share: float) -> str:
    if share < 1e-6:
        return "below 0.0001 %"
    return f"{number(100 * share, 2)} %"
