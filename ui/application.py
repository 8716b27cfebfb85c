"""Sets the application up: look, fonts, log, and what happens when something goes wrong.

An error that nobody caught is shown in the window, with its details one click away; it never
closes the window.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from ui.actions import ActionRegistry
from ui.frame.settings_dialog import KEEP_SPARE
from ui.jobs import Engines, MakeClient, finish_background
from ui.jobs.client import real_client
from ui.jobs.garbage import MainThreadCollector
from ui.layout_memory import SettingsLayout
from ui.services import Services
from ui.theme import Theme
from workbench.bundled import resource

if TYPE_CHECKING:
    from workbench.settings import Settings

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")


def make_application(arguments: list[str] | None = None) -> QApplication:
    """Return the QApplication, made and dressed on the first call."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(arguments if arguments is not None else sys.argv[:1])
    application.setApplicationName("Keras Workbench")
    application.setApplicationDisplayName("Keras Workbench")
    application.setDesktopFileName("keras-workbench")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(resource("icons", "app.svg"))))
    MainThreadCollector(application)
    return application


def make_services(
    application: QApplication,
    settings: Settings,
    *,
    make_client: MakeClient = real_client,
    keep_spare: bool = True,
) -> Services:
    """Return the window's services; engines are not started yet.

    Args:
        application: The application that the theme dresses.
        settings: The person's settings.
        make_client: Makes engine clients; tests pass one without a process.
        keep_spare: Whether a warm spare engine is kept.
    """
    theme = Theme(settings.theme)
    theme.install(application)
    return Services(
        settings,
        theme,
        Engines(
            make_client,
            keep_spare=keep_spare and bool(settings.values.get(KEEP_SPARE, True)),
            backend=settings.backend,
        ),
        ActionRegistry(),
        layout=SettingsLayout(settings),
    )


class ErrorRelay(QObject):
    """Takes uncaught exceptions from any thread to the window's thread.

    Attributes:
        raised: Emitted with the exception.
    """

    raised = Signal(object)

    def install(self) -> None:
        """Take over `sys.excepthook` and `threading.excepthook`."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            application = QApplication.instance()
            if application is not None:
                application.quit()
            return
        _log.error("Uncaught error", exc_info=(kind, error, trace))
        self.raised.emit(error.with_traceback(trace))

    def _thread_hook(self, failure: Any) -> None:
        if failure.exc_value is not None and failure.exc_type is not SystemExit:
            self._hook(failure.exc_type, failure.exc_value, failure.exc_traceback)


def log_qt_messages() -> None:
    """Send Qt's own messages to the log."""
    qInstallMessageHandler(_take_qt_message)


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _take_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", text)


def shut_down(services: Services) -> bool:
    """End engines and background work, write the settings.

    Returns:
        Whether everything ended in time.
    """
    ended = services.engines.close()
    ended = finish_background() and ended
    services.settings.save()
    return ended
