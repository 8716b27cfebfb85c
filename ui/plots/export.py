"""Values and pictures of a plot for other programs: CSV, SVG, PNG."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from ui.plots.series import Floats
from workbench.errors import Place, WorkbenchError

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (an apostrophe is put before it)."""
    return f"'{text}" if text.startswith(_RISKY) else text


@dataclass(frozen=True, slots=True)
class Column:
    """One curve for a table.

    Attributes:
        label: Its name.
        x: Positions, ascending.
        y: Values.
    """

    label: str
    x: Floats
    y: Floats


def csv_text(x_title: str, columns: Sequence[Column]) -> str:
    """Return all values as CSV: a row per position, a column per curve, blank where it has none.

    Args:
        x_title: Name of the first column.
        columns: The curves.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(x_title), *(safe_cell(c.label) for c in columns)])
    writer.writerows(_rows(columns))
    return out.getvalue()


def _rows(columns: Sequence[Column]) -> Iterator[list[str]]:
    if not columns:
        return
    positions = np.unique(np.concatenate([c.x for c in columns]))
    cells: list[list[str]] = []
    for column in columns:
        texts = [""] * len(positions)
        for place, value in zip(np.searchsorted(positions, column.x), column.y, strict=True):
            texts[place] = _exact(value)
        cells.append(texts)
    for place, position in enumerate(positions):
        yield [f"{position:.12g}", *(texts[place] for texts in cells)]


def _exact(value: np.floating) -> str:
    """Return the shortest text that reads back as the same number."""
    return str(value.item() if value.dtype == np.float64 else value) if np.isfinite(value) else (
        "nan" if np.isnan(value) else ("inf" if value > 0 else "-inf")
    )  # fmt: skip


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        WorkbenchError: It could not be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError | None = None) -> WorkbenchError:
    """Return the error for a file that could not be written."""
    return WorkbenchError(
        f"{path.name} could not be written.",
        received=(error.strerror or str(error)) if error else "",
        remedy="Choose another folder, or make room on the disk.",
        place=Place("file", str(path)),
    )


@dataclass(frozen=True, slots=True)
class SvgLine:
    """A curve of a picture.

    Attributes:
        label: Its name.
        colour: `#rrggbb`.
        width: Line width, px.
        dashed: Whether it is dashed.
        x: Positions, px from the left of the plot area.
        y: Positions, px from its top; NaN where the line is broken.
    """

    label: str
    colour: str
    width: float
    dashed: bool
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class SvgPicture:
    """Everything of a picture; lengths in px.

    Attributes:
        title: Title of the plot.
        width: Width of the plot area.
        height: Height of the plot area.
        x_title: What the x axis shows.
        x_marks: (position, text) of marks.
        y_marks: (position, text) of marks.
        lines: The curves, those behind first.
        marker: Position and text of the vertical marker, or None.
        colours: Colours of `surface`, `grid`, `text`, `text_secondary`, `ok`.
        family: Font family.
    """

    title: str
    width: float
    height: float
    x_title: str
    x_marks: Sequence[tuple[float, str]]
    y_marks: Sequence[tuple[float, str]]
    lines: Sequence[SvgLine]
    marker: tuple[float, str] | None
    colours: dict[str, str]
    family: str = "sans-serif"


_LEFT, _TOP, _RIGHT, _BOTTOM = 64.0, 56.0, 16.0, 44.0


def svg_text(picture: SvgPicture) -> str:
    """Return a picture as SVG with real text and lines."""
    colour, w, h = picture.colours, picture.width, picture.height
    full_w, full_h = w + _LEFT + _RIGHT, h + _TOP + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full_w:.0f}" height="{full_h:.0f}" '
        f'viewBox="0 0 {full_w:.0f} {full_h:.0f}" font-family={quoteattr(picture.family)} '
        f'font-size="12">',
        f"<title>{escape(picture.title)}</title>",
        f'<rect width="{full_w:.0f}" height="{full_h:.0f}" fill="{colour["surface"]}"/>',
        f'<text x="{_LEFT}" y="20" font-size="15" font-weight="600" fill="{colour["text"]}">'
        f"{escape(picture.title)}</text>",
        *_svg_legend(picture),
        f'<g transform="translate({_LEFT} {_TOP})">',
        f'<clipPath id="area"><rect width="{w:.1f}" height="{h:.1f}"/></clipPath>',
    ]
    for y, text in picture.y_marks:
        parts.append(f'<path d="M0 {y:.1f}H{w:.1f}" stroke="{colour["grid"]}"/>')
        parts.append(_svg_word(-8, y + 4, text, colour["text_secondary"], "end"))
    for x, text in picture.x_marks:
        parts.append(f'<path d="M{x:.1f} 0V{h:.1f}" stroke="{colour["grid"]}"/>')
        parts.append(_svg_word(x, h + 16, text, colour["text_secondary"], "middle"))
    parts.append(_svg_word(w / 2, h + 34, picture.x_title, colour["text_secondary"], "middle"))
    parts.append('<g clip-path="url(#area)" fill="none" stroke-linejoin="round">')
    for line in picture.lines:
        dashes = ' stroke-dasharray="6 4"' if line.dashed else ""
        parts.append(
            f'<path d="{_svg_path(line.x, line.y)}" stroke="{line.colour}" '
            f'stroke-width="{line.width:g}"{dashes}><title>{escape(line.label)}</title></path>'
        )
    parts.append("</g>")
    if picture.marker is not None:
        x, text = picture.marker
        parts.append(f'<path d="M{x:.1f} 0V{h:.1f}" stroke="{colour["ok"]}" '
                     'stroke-dasharray="4 3"/>')  # fmt: skip
        side, anchor = (-6, "end") if x > w * 0.8 else (6, "start")
        parts.append(_svg_word(x + side, 12, text, colour["ok"], anchor))
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _svg_legend(picture: SvgPicture) -> Iterator[str]:
    x = _LEFT
    for line in picture.lines:
        dashes = ' stroke-dasharray="6 4"' if line.dashed else ""
        yield (f'<path d="M{x:.0f} 38h20" stroke="{line.colour}" '
               f'stroke-width="{line.width:g}"{dashes}/>')  # fmt: skip
        yield _svg_word(x + 26, 42, line.label, picture.colours["text_secondary"], "start")
        x += 26 + 7 * len(line.label) + 20


def _svg_word(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _svg_path(x: Floats, y: Floats) -> str:
    words: list[str] = []
    pen_down = False
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        if not math.isfinite(py):
            pen_down = False
            continue
        words.append(f"{'L' if pen_down else 'M'}{px:.1f} {py:.1f}")
        pen_down = True
    return "".join(words)
