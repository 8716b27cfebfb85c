"""The drawer under the page: problems, log, code and analysis. Closed by default."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.frame.code_beside import CodeBeside
from ui.frame.code_view import CodeView
from ui.frame.problem_list import ProblemList
from ui.theme import font
from ui.widgets import IconButton, OwnKeys
from workbench.graph.advice import grouped

if TYPE_CHECKING:
    from ui.analyze import AnalyzeView
    from ui.frame.page_host import PageHost
    from ui.session import ProjectSession
    from ui.widgets import LayoutMemory
    from workbench.graph.problems import Problem

_MOST_LINES: Final = 2000
_TALL: Final = {"analyze": 320}
"""Height (px) that a tab takes when the drawer was left lower than that."""


class LogView(QPlainTextEdit):
    """What the program has logged in this session.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFont(font("mono"))
        self.setMaximumBlockCount(_MOST_LINES)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("drawer.log")
        self.setAccessibleName("Log")
        self._relay = _LogRelay()
        self._handler = _RelayHandler(self._relay)
        self._relay.line.connect(self._append)
        for name in ("workbench", "ui", "qt"):
            logging.getLogger(name).addHandler(self._handler)

    def close_log(self) -> None:
        """Listen to the log no more."""
        for name in ("workbench", "ui", "qt"):
            logging.getLogger(name).removeHandler(self._handler)

    @Slot(str)
    def _append(self, line: str) -> None:
        bar = self.verticalScrollBar()
        reading = self.isVisible() and bar.value() < bar.maximum()
        self.appendPlainText(line)
        if not reading and not self.textCursor().hasSelection():
            self.moveCursor(QTextCursor.MoveOperation.End)


class _LogRelay(QObject):
    line = Signal(str)


class _RelayHandler(logging.Handler):
    """Sends log lines to the view; lines come from any thread."""

    def __init__(self, relay: _LogRelay) -> None:
        super().__init__(logging.INFO)
        self._relay = relay
        self.setFormatter(
            logging.Formatter("%(asctime)s  %(levelname)-7s  %(message)s", "%H:%M:%S")
        )

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._relay.line.emit(self.format(record).partition("\n")[0])
        except RuntimeError:  # the window is gone already
            logging.getLogger("workbench").removeHandler(self)


class Drawer(QFrame):
    """Tabs above a pane that opens and closes; its height is remembered.

    Args:
        memory: Where height and state are remembered.
        parent: Parent widget.

    Attributes:
        beside: The pages with the code at their right, when it stands there.
        problem_chosen: Emitted with the `Problem` that was double-clicked.
        fix_chosen: Emitted with the `Fix` whose button was clicked.
        opened_changed: Emitted when the drawer was opened or closed.
        said: Emitted with a short message for the status bar.
        failed: Emitted with the error when something could not be saved.
    """

    problem_chosen = Signal(object)
    fix_chosen = Signal(object)
    opened_changed = Signal(bool)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, memory: LayoutMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setAccessibleName("Drawer")
        self._memory = memory
        self._height = int(memory.recall("drawer.height", 184))
        self._drag: tuple[float, int] | None = None
        self.problems = ProblemList()
        self.problems.problem_chosen.connect(self.problem_chosen)
        self.problems.fix_chosen.connect(self.fix_chosen)
        self.log = LogView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.problems)
        self._stack.addWidget(self.log)
        self.code = CodeView()
        self.beside = CodeBeside(self.code, memory)
        self.code.place_wanted.connect(lambda: self.put_code_beside(not self.beside.beside))
        self._stack.addWidget(self.beside.slot)
        self._analyze: AnalyzeView | None = None
        self._pages: PageHost | None = None
        self._session: ProjectSession | None = None
        self._analyze_slot = QWidget()
        self._stack.addWidget(self._analyze_slot)
        self.code.said.connect(self.said)
        self.code.failed.connect(self.failed)
        self._tabs = {
            "problems": self._tab("Problems", "drawer.tab.problems"),
            "log": self._tab("Log", "drawer.tab.log"),
            "code": self._tab("Code", "drawer.tab.code"),
            "analyze": self._tab("Analyze", "drawer.tab.analyze"),
        }
        self._group = QButtonGroup(self)
        line = QHBoxLayout()
        line.setContentsMargins(12, 4, 12, 4)
        line.setSpacing(4)
        for tab in self._tabs.values():
            self._group.addButton(tab)
            line.addWidget(tab)
        line.addStretch(1)
        self._close = IconButton("close", "Close the drawer", self.close_drawer, size=16,
                                 name="drawer.close")  # fmt: skip
        line.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._stack, 1)
        self._grip = QWidget(self)
        self._grip.setCursor(Qt.CursorShape.SplitVCursor)
        self._grip.installEventFilter(self)
        OwnKeys(self, taking=True)
        self._group.buttonClicked.connect(self._tab_clicked)
        self.setFixedHeight(self._height)
        self.hide()

    @property
    def opened(self) -> bool:
        """Whether the drawer is open."""
        return not self.isHidden()

    @property
    def tab(self) -> str:
        """Which tab is in front: `"problems"`, `"log"`, `"code"` or `"analyze"`."""
        return tuple(self._tabs)[self._stack.currentIndex()]

    @property
    def analyze(self) -> AnalyzeView:
        """The analysis, made when it is first asked for: the window's start does not need it."""
        if self._analyze is None:
            from ui.analyze import AnalyzeView

            self._analyze = view = AnalyzeView()
            view.said.connect(self.said)
            view.failed.connect(self.failed)
            view.set_session(self._session)
            if self._pages is not None:
                view.follow_pages(self._pages)
            room = QVBoxLayout(self._analyze_slot)
            room.setContentsMargins(0, 0, 0, 0)
            room.addWidget(view)
        return self._analyze

    @Slot(object)
    def set_session(self, session: ProjectSession | None) -> None:
        """Show code and analysis of another project, or of none."""
        self._session = session
        self.code.set_session(session)
        if self._analyze is not None:
            self._analyze.set_session(session)

    def follow_pages(self, pages: PageHost) -> None:
        """Mark in code and analysis what is selected on the Design page."""
        self._pages = pages
        self.code.follow_pages(pages)
        if self._analyze is not None:
            self._analyze.follow_pages(pages)

    def open_tab(self, tab: str) -> None:
        """Open the drawer with a tab in front."""
        room = self.window().height() - 240
        self.setFixedHeight(max(self._height, min(_TALL.get(tab, 0), room)))
        self._tabs[tab].setChecked(True)
        if tab == "analyze":
            self.analyze.show()
        self._stack.setCurrentIndex(tuple(self._tabs).index(tab))
        self.show()
        self.opened_changed.emit(True)

    def put_code_beside(self, beside: bool) -> None:
        """Show the code beside the pages, or in the drawer."""
        self.beside.put_beside(beside)
        if beside and self.opened and self.tab == "code":
            self.close_drawer()
        elif not beside:
            self.open_tab("code")

    def toggle_tab(self, tab: str) -> None:
        """Open the drawer with a tab, or close it when that tab is in front already."""
        if self.opened and self.tab == tab:
            self.close_drawer()
        else:
            self.open_tab(tab)

    def close_drawer(self) -> None:
        """Close the drawer."""
        self.hide()
        self.opened_changed.emit(False)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show another list of problems."""
        self.problems.show_problems(problems)
        rows = len(grouped(problems))
        self._tabs["problems"].setText(f"Problems ({rows})" if rows else "Problems")

    def resizeEvent(self, _event: object) -> None:
        """Keep the grip at the upper edge."""
        self._grip.setGeometry(0, 0, self.width(), 4)
        self._grip.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Change the height by dragging the upper edge."""
        if watched is not self._grip or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        y = event.globalPosition().y()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._drag = (y, self.height())
        elif event.type() == QEvent.Type.MouseMove and self._drag is not None:
            height = self._drag[1] + round(self._drag[0] - y)
            self._height = max(96, min(height, self.window().height() - 240))
            self.setFixedHeight(self._height)
        elif event.type() == QEvent.Type.MouseButtonRelease and self._drag is not None:
            self._drag = None
            self._memory.remember("drawer.height", self._height)
        return True

    def _tab(self, title: str, name: str) -> QPushButton:
        tab = QPushButton(title)
        tab.setObjectName(name)
        tab.setAccessibleName(title)
        tab.setProperty("kind", "tab")
        tab.setCheckable(True)
        tab.setAutoDefault(False)
        return tab

    @Slot()
    def _tab_clicked(self) -> None:
        QTimer.singleShot(0, self, self._show_checked)

    def _show_checked(self) -> None:
        self.open_tab(next(name for name, tab in self._tabs.items() if tab.isChecked()))
