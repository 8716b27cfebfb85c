"""A live plot as a page shows it: title, legend, chart, cursor, and ways to take it along."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from ui.jobs import Task, run_in_thread
from ui.plots.chart import Chart
from ui.plots.colours import line_pen
from ui.plots.cursor import Cursor
from ui.plots.curve import Curve, LineStyle
from ui.plots.export import csv_text, write_text
from ui.plots.legend import Entry, Legend
from ui.plots.picture import columns_of, picture_of, svg_of
from ui.plots.series import SeriesStore
from ui.theme import active_theme, color, font
from ui.widgets import IconButton, Text
from workbench.errors import WorkbenchError
from workbench.wording import number

_WORDS_EVERY: Final = 0.25
"""Seconds between two updates of legend values and accessible text."""


class LivePlot(QFrame):
    """A plot of growing curves.

    Args:
        title: What it shows ("Loss").
        name: Object name; parts are `name + ".chart"`, `".log"`, `".fit"`, `".legend"`, …
        x_title: What the x axis shows.
        describe_x: Says a position in words; the axis title and the number by default.
        parent: Parent widget.

    Attributes:
        chart: The drawing area.
        cursor_moved: Emitted with the position of the cursor, or None when it is gone.
        problem_raised: Emitted with a `WorkbenchError` when a file could not be written.
    """

    cursor_moved = Signal(object)
    problem_raised = Signal(object)

    def __init__(
        self,
        title: str,
        *,
        name: str = "plot",
        x_title: str = "Epoch",
        describe_x: Callable[[float], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title, self.x_title = title, x_title
        self._describe_x = describe_x or (lambda x: f"{x_title} {x:g}")
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._words_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._say)
        self._tasks: set[Task] = set()
        self._build(name)
        active_theme().changed.connect(self._theme_changed)

    def _build(self, name: str) -> None:
        self._title = Text(self.title)
        self._title.setFont(font(bold=True))
        self.legend = Legend(f"{name}.legend")
        self.legend.toggled.connect(self.set_visible)
        self._notice = Text("", "warning", name=f"{name}.notice")
        self._notice.hide()
        self._log = IconButton(
            "log_scale", "Logarithmic scale", name=f"{name}.log", checkable=True, size=16
        )
        self._log.toggled.connect(self.set_log)
        self._fit = IconButton("fit", "Show everything", self.fit, name=f"{name}.fit", size=16)
        self._more = IconButton("more", "Copy and save", name=f"{name}.more", size=16)
        self._more.clicked.connect(self._drop_menu)
        self._menu = self._make_menu()
        self.chart = Chart(x_title=self.x_title, parent=self)
        self.chart.setObjectName(f"{name}.chart")
        self.chart.setAccessibleName(f"{self.title}, plot")
        self.chart.setFrameShape(QFrame.Shape.NoFrame)
        self.chart.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chart.setMinimumHeight(96)
        self.chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.chart.customContextMenuRequested.connect(self._open_menu)
        self.chart.redrawn.connect(self._redrawn)
        self.chart.following_changed.connect(self._following_changed)
        self.chart.scene().sigMouseMoved.connect(self._pointer_moved)
        self.chart.installEventFilter(self)
        self.chart.viewport().installEventFilter(self)
        self.cursor_values = Cursor(self.chart, self._describe_x)
        header = QHBoxLayout()
        header.setContentsMargins(12, 4, 4, 0)
        header.setSpacing(8)
        header.addWidget(self._title)
        header.addWidget(self.legend, 1)
        header.addWidget(self._notice)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self._fit, self._log, self._more):
            buttons.addWidget(button)
        header.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 4)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.chart, 1)
        self._fit.hide()

    def set_title(self, title: str) -> None:
        """Change the title."""
        if title != self.title:
            self.title = title
            self._title.setText(title)
            self.setAccessibleName(title)

    # ---- curves --------------------------------------------------------------------------

    def add_curve(
        self,
        key: str,
        label: str,
        *,
        hue: int = 1,
        style: LineStyle = "solid",
        store: SeriesStore | None = None,
        steps: float = 1.0,
    ) -> Curve:
        """Add a curve.

        Args:
            key: Unique in this plot; a curve with the same key is replaced.
            label: What legend, cursor and export call it.
            hue: Number of its colour, from 1 on; training and validation of one metric share it.
            style: Solid, dashed, or `"batch"`: thin and faint behind the others.
            store: Its points; a new empty store when None. The plot never copies it.
            steps: See `Curve.steps`.
        """
        points = store if store is not None else SeriesStore()
        return self.chart.add(Curve(key, label, hue, style, points, steps=steps))

    def remove_curve(self, key: str) -> None:
        """Remove a curve if it is there."""
        self.chart.remove(key)

    def clear(self) -> None:
        """Remove all curves and the marker, and follow again."""
        for key in list(self.chart.curves):
            self.chart.remove(key)
        self.set_marker(None)
        self.chart.fit()
        self._say()

    def append(self, key: str, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Add points to a curve (see `SeriesStore.append`); it is redrawn soon."""
        self.chart.append(key, x, y)

    @Slot(str, bool)
    def set_visible(self, key: str, visible: bool) -> None:
        """Draw a curve or not."""
        self.chart.set_visible(key, visible)
        self._say()

    # ---- how it is shown -----------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether everything is shown and new values are followed."""
        return self.chart.following

    @Slot(bool)
    def set_log(self, log: bool) -> None:
        """Show values on a logarithmic axis, or not."""
        self._log.setChecked(log)
        self.chart.set_log(log)

    def set_smoothing(self, weight: float) -> None:
        """Smooth all curves; see `Chart.set_smoothing`."""
        self.chart.set_smoothing(weight)

    def set_marker(self, x: float | None, text: str = "") -> None:
        """Mark a position by a vertical line, the best epoch; None for none."""
        self.chart.marker.show_at(x, text)

    def fit(self) -> None:
        """Show everything and follow new values."""
        self.chart.fit()

    def show_cursor(self, x: float | None) -> None:
        """Show the values at a position, because a linked plot does; None hides the cursor."""
        self.cursor_values.move_to(x)

    def summary(self) -> str:
        """Return what the plot shows in words."""
        parts = []
        for curve in self.chart.curves.values():
            last = curve.store.last
            if curve.visible and last is not None:
                parts.append(f"{curve.label} {number(last[1])} at {self._describe_x(last[0])}")
        marker = self.chart.marker
        if marker.x_value is not None:
            parts.append(marker.text)
        return f"{self.title}: {', '.join(parts)}." if parts else f"{self.title}: no values yet."

    # ---- taking it along -----------------------------------------------------------------

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        self._put_cursor(None)
        QGuiApplication.clipboard().setPixmap(picture_of(self.chart, self.title, self._entries()))

    def copy_values(self) -> None:
        """Put all values on the clipboard as CSV."""
        self._in_thread(lambda columns: csv_text(self.x_title, columns), _put_on_clipboard)

    def save(self, path: Path) -> None:
        """Save as PNG, SVG or CSV, by the file's name; CSV is written in another thread."""
        try:
            if path.suffix.lower() == ".csv":
                self._in_thread(
                    lambda columns: write_text(path, csv_text(self.x_title, columns)), _nothing
                )
            elif path.suffix.lower() == ".svg":
                write_text(path, svg_of(self.chart, self.title, self.x_title))
            else:
                self._put_cursor(None)
                picture = picture_of(self.chart, self.title, self._entries())
                if not picture.save(str(path), "PNG"):
                    raise WorkbenchError(
                        f"{path.name} could not be written.",
                        remedy="Choose another folder, or make room on the disk.",
                    )
        except WorkbenchError as error:
            self.problem_raised.emit(error)

    def _in_thread(self, work: Callable[[Any], Any], then: Callable[[Any], object]) -> None:
        task = run_in_thread(work, columns_of(self.chart))
        self._tasks.add(task)
        task.done.connect(then)
        task.failed.connect(self.problem_raised)
        task.done.connect(self._forget_tasks)
        task.failed.connect(self._forget_tasks)

    @Slot()
    def _forget_tasks(self) -> None:
        self._tasks.clear()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, name, do in (
            ("Copy picture", "copy_picture", self.copy_picture),
            ("Copy values", "copy_values", self.copy_values),
            ("", "", None),
            ("Save picture as PNG…", "save_png", lambda: self._ask_save("png")),
            ("Save picture as SVG…", "save_svg", lambda: self._ask_save("svg")),
            ("Save values as CSV…", "save_csv", lambda: self._ask_save("csv")),
        ):
            if do is None:
                menu.addSeparator()
                continue
            action = QAction(text, menu)
            action.setObjectName(name)
            action.triggered.connect(do)
            menu.addAction(action)
        return menu

    @Slot(object)
    def _open_menu(self, at: Any) -> None:
        self._menu.popup(self.chart.mapToGlobal(at))

    @Slot()
    def _drop_menu(self) -> None:
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _ask_save(self, suffix: str) -> None:
        dialog = QFileDialog(self, f"Save {self.title.lower()}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"{suffix.upper()} file (*.{suffix})")
        dialog.selectFile(f"{self.title.lower().replace(' ', '_')}.{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save_chosen)
        dialog.open()

    @Slot(str)
    def _save_chosen(self, path: str) -> None:
        self.save(Path(path))

    # ---- keeping up ----------------------------------------------------------------------

    @Slot()
    def _redrawn(self) -> None:
        self.cursor_values.refresh()
        if time.monotonic() - self._words_at >= _WORDS_EVERY:
            self._say()
        elif not self._later.isActive():
            self._later.start(int(_WORDS_EVERY * 1000))

    @Slot()
    def _say(self) -> None:
        self._words_at = time.monotonic()
        self.legend.show_entries(self._entries())
        self.chart.setAccessibleDescription(self.summary())
        broken = [c for c in self.chart.curves.values() if c.store.first_missing is not None]
        if broken:
            first = min(c.store.first_missing or 0.0 for c in broken)
            self._notice.setText(f"Not a number from {self._describe_x(first)} on")
        self._notice.setVisible(bool(broken))

    def _entries(self) -> list[Entry]:
        entries = []
        for curve in self.chart.curves.values():
            last = curve.store.last
            value = number(last[1]) if last is not None and curve.style != "batch" else ""
            entries.append(
                Entry(curve.key, curve.label, curve.hue, curve.style, curve.visible, value)
            )
        return entries

    @Slot(bool)
    def _following_changed(self, following: bool) -> None:
        self._fit.setVisible(not following)

    @Slot()
    def _theme_changed(self) -> None:
        self.chart.apply_theme()
        self._say()
        self.update()

    # ---- pointer, keys, frame ------------------------------------------------------------

    @Slot(object)
    def _pointer_moved(self, at: Any) -> None:
        view = self.chart.view
        if view.sceneBoundingRect().contains(at):
            self._put_cursor(float(view.mapSceneToView(at).x()))
        elif self.cursor_values.x is not None:
            self._put_cursor(None)

    def _put_cursor(self, x: float | None) -> None:
        self.cursor_values.move_to(x)
        self.cursor_moved.emit(self.cursor_values.x)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the cursor when the pointer leaves; answer keys; show the focus."""
        kind = event.type()
        if kind == QEvent.Type.Leave and watched is self.chart.viewport():
            self._put_cursor(None)
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        view = self.chart.view
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._put_cursor(self.cursor_values.step(1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            view.zoom(1.25 if key == Qt.Key.Key_Minus else 0.8, x=True, y=False)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key == Qt.Key.Key_L:
            self._log.toggle()
        elif key == Qt.Key.Key_Escape and self.cursor_values.x is not None:
            self._put_cursor(None)
        else:
            return False
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card; its border tells where the keys go."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.chart.hasFocus()
        painter.setPen(line_pen(color("accent" if focus else "border")))
        painter.setBrush(color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _put_on_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _nothing(_result: Any) -> None:
    """Take the result of writing a file, which is none."""
