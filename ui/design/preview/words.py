"""What the preview says, in words."""

from __future__ import annotations

import math

from workbench.graph.preview import Activation, NodePreview, Preview, Sample, Statistics
from workbench.graph.starting_weights import IMPORTED
from workbench.wording import listing, number

_MEMBERS = {"train": "a training row", "validation": "a validation row", "test": "a test row"}


def value_words(value: float) -> str:
    """Return a number as people read it; what is not finite by its name."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return number(value)


def bad_words(about: Statistics) -> str:
    """Return how many values are not finite ("3 NaN, 1 infinite"), or ""."""
    words = []
    if about.nan:
        words.append(f"{about.nan:,} NaN")
    if about.infinite:
        words.append(f"{about.infinite:,} infinite")
    return ", ".join(words)


def shape_words(shape: tuple[int, ...]) -> str:
    """Return a shape without the batch axis ("26 × 26 × 32")."""
    return " × ".join(str(n) for n in shape) if shape else "one number"


def statistics_words(about: Statistics) -> list[tuple[str, str]]:
    """Return the facts about values, for a list of facts."""
    facts = [
        ("Smallest", value_words(about.minimum)),
        ("Largest", value_words(about.maximum)),
        ("Mean", value_words(about.mean)),
        ("Deviation", value_words(about.std)),
        ("Zeros", percent(about.zeros)),
    ]
    if about.bad:
        facts.insert(0, ("Not finite", f"{bad_words(about)} of {about.count:,}"))
    return facts


def percent(share: float) -> str:
    """Return a share in percent; never 0 or 100 % for what is not exactly that."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %" if share not in (0, 1) else f"{100 * share:.0f} %"


def drawn_words(output: Activation) -> str:
    """Return what the picture leaves out, or ""."""
    steps = output.step[1:] if output.kind == "maps" else output.step
    if all(step == 1 for step in steps):
        return ""
    return f"Each point is the mean of {' × '.join(str(step) for step in steps)} values."


def sample_title(sample: Sample) -> str:
    """Return which row it is ("Row 17, a test row")."""
    member = _MEMBERS.get(sample.member, "")
    place = f"Row {sample.row:,}"
    return f"{place}, {member}" if member else place


def sample_words(sample: Sample, most: int = 40) -> str:
    """Return the row's values as the table has them, the target first."""
    parts = []
    if sample.target[0]:
        parts.append(f"{sample.target[0]}: {sample.target[1]} (target)")
    parts += [f"{name} {value}" for name, value in sample.raw[:most]]
    if len(sample.raw) > most:
        parts.append("…")
    return "  ·  ".join(parts)


def weights_words(preview: Preview) -> str:
    """Return which layers carry the weights of the run, where not all do."""
    if not preview.run_id or not preview.fresh:
        return ""
    if preview.run_id == IMPORTED:
        return f"No imported weights fit, so fresh: {listing(list(preview.fresh))}."
    if not preview.trained:
        return "No layer fits the run's weights any more: all are fresh."
    return f"Edited since the run, so with fresh weights: {listing(list(preview.fresh))}."


def hint_words(*, zoomed_out: bool) -> str:
    """Return what to do where no picture is shown."""
    if zoomed_out:
        return "Zoom in: the pictures are too small to see here."
    return "Select a layer to see what it gives for a row of your data."


def tip_words(name: str, found: NodePreview) -> str:
    """Return what the tooltip of a picture says."""
    output = found.output
    if output is None:
        return f"{name}: {found.message}"
    about = output.statistics
    lines = [f"{name} gives {shape_words(output.shape)}, {output.dtype}"]
    if output.kind != "text":
        lines.append(f"{value_words(about.minimum)} … {value_words(about.maximum)}, "
                     f"{percent(about.zeros)} zeros")  # fmt: skip
    if about.bad:
        lines.append(f"Not finite: {bad_words(about)}")
    for tensor in found.spread or ():
        seen = tensor.statistics
        lines.append(f"{tensor.name} {shape_words(tensor.shape)}: {value_words(seen.minimum)} … "
                     f"{value_words(seen.maximum)}, deviation {value_words(seen.std)}")  # fmt: skip
    others = list(found.outputs)[1:]
    if others:
        lines.append("Further outputs: " + ", ".join(others))
    lines.append("Click to look closer")
    return "\n".join(lines)
