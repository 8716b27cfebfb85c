"""A chart as a picture (pixels or SVG) and as columns of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from ui.plots.chart import Chart
from ui.plots.colours import curve_colour, faint, sample_pen
from ui.plots.curve import Curve
from ui.plots.export import Column, SvgLine, SvgPicture, svg_text
from ui.plots.legend import Entry
from ui.plots.series import SeriesStore
from ui.theme import color, font

_HEADER = 64


def columns_of(chart: Chart) -> list[Column]:
    """Return copies of the values of all visible curves, safe to hand to another thread."""
    columns = [
        Column(c.label, c.store.x.copy(), c.store.y.copy())
        for c in chart.curves.values()
        if c.visible
    ]
    smoothed = [
        Column(f"{c.label} (smoothed)", c.smoother.store.x.copy(), c.smoother.store.y.copy())
        for c in chart.curves.values()
        if c.visible and c.smoother is not None
    ]
    return columns + smoothed


def picture_of(chart: Chart, title: str, entries: Sequence[Entry], scale: float = 2.0) -> QPixmap:
    """Draw title, legend and chart.

    Args:
        chart: The chart as it is shown.
        title: Its title.
        entries: The curves of the legend; hidden ones are left out.
        scale: Pixels per device-independent pixel.
    """
    width, height = chart.width() + 16, chart.height() + _HEADER + 8
    pixmap = QPixmap(round(width * scale), round(height * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(color("surface"))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font("heading"))
    painter.setPen(color("text"))
    painter.drawText(QRectF(16, 8, width - 32, 24), Qt.AlignmentFlag.AlignVCenter, title)
    _draw_legend(painter, entries, width)
    target = QRectF(8, _HEADER, chart.width(), chart.height())
    chart.render(painter, target, QRect(0, 0, chart.width(), chart.height()))
    painter.end()
    return pixmap


def _draw_legend(painter: QPainter, entries: Sequence[Entry], width: float) -> None:
    painter.setFont(font("secondary"))
    metrics = QFontMetricsF(painter.font())
    x, middle = 16.0, 46.0
    for entry in entries:
        if not entry.visible:
            continue
        text = f"{entry.label} {entry.value}".strip()
        needed = 22 + metrics.horizontalAdvance(text)
        if x + needed > width - 16:
            break
        colour = curve_colour(entry.hue)
        shown = faint(colour) if entry.style == "batch" else colour
        painter.setPen(sample_pen(shown, dashed=entry.style == "dashed"))
        painter.drawLine(QPointF(x, middle), QPointF(x + 16, middle))
        painter.setPen(color("text_secondary"))
        painter.drawText(QPointF(x + 22, middle + metrics.ascent() / 2 - 1), text)
        x += needed + 16


def svg_of(chart: Chart, title: str, x_title: str) -> str:
    """Return the chart, as it is shown, as SVG."""
    view = chart.view
    (x0, x1), (y0, y1) = view.viewRange()
    width, height = float(view.width()), float(view.height())

    def across(x: float) -> float:
        return float((x - x0) / (x1 - x0) * width)

    def down(y: float) -> float:
        return float((y1 - y) / (y1 - y0) * height)

    lines: list[SvgLine] = []
    order = sorted(
        (c for c in chart.curves.values() if c.visible), key=lambda c: c.style != "batch"
    )
    for curve in order:
        stores = [(curve.shown_store, curve.style == "batch" and curve.smoother is None)]
        if curve.smoother is not None:
            stores.insert(0, (curve.store, True))
        lines += [_svg_line(chart, curve, store, behind) for store, behind in stores]
    marker = chart.marker
    return svg_text(
        SvgPicture(
            title=title,
            width=width,
            height=height,
            x_title=x_title,
            x_marks=[(across(value), text) for value, text in chart.bottom.marks()],
            y_marks=[(down(value), text) for value, text in chart.left.marks()],
            lines=lines,
            marker=None if marker.x_value is None else (across(marker.x_value), marker.text),
            colours={
                role: color(role).name()
                for role in ("surface", "grid", "text", "text_secondary", "ok")
            },
            family=f"{font().family()}, sans-serif",
        )
    )


def _svg_line(chart: Chart, curve: Curve, store: SeriesStore, behind: bool) -> SvgLine:
    view = chart.view
    (x0, x1), (y0, y1) = view.viewRange()
    envelope = store.envelope(x0, x1, max(1, round(view.width())))
    x = (np.asarray(envelope.x) - x0) / (x1 - x0) * view.width()
    y = (y1 - chart.to_view(envelope.y, curve)) / (y1 - y0) * view.height()
    colour = faint(curve.colour) if behind else curve.colour
    wide = 1.0 if behind or len(x) > 600 else 2.0
    return SvgLine(curve.label, colour.name(), wide, curve.style == "dashed", x, y)
