"""`main(folder)`: the window from its start to its end."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from ui.application import (
    ErrorRelay,
    log_qt_messages,
    make_application,
    make_services,
    shut_down,
)
from ui.main_window import MainWindow
from workbench.logs import start_logging
from workbench.settings import load_settings


def main(folder: Path | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        folder: Project to open, or None for the welcome page.

    Returns:
        The exit code of the application.
    """
    # Ctrl+C ends the program at once; the journal keeps every edit.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    start_logging()
    log_qt_messages()
    application = make_application()
    services = make_services(application, load_settings())
    window = MainWindow(services)
    relay = ErrorRelay()
    relay.raised.connect(window.show_error)
    relay.install()
    window.start(folder)
    try:
        return application.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        shut_down(services)
