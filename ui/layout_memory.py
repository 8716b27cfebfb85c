"""Remembers widths, folded panels and the like in the person's settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from workbench.settings import Settings

_SAVE_AFTER: Final = 800
"""Settings are written this long (ms) after the last change."""


class SettingsLayout(QObject):
    """The memory of panels and windows, kept in `Settings.layout` as JSON texts.

    Args:
        settings: The person's settings.
        parent: Parent object.
    """

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_AFTER)
        self._timer.timeout.connect(self.flush)

    def recall(self, key: str, default: Any) -> Any:
        """Return what was remembered under a key; the default when it is missing or damaged."""
        try:
            value = json.loads(self._settings.layout[key])
        except (KeyError, ValueError, TypeError):
            return default
        if default is None or (isinstance(value, int) and isinstance(default, float)):
            return value
        return value if isinstance(value, type(default)) else default

    def remember(self, key: str, value: Any) -> None:
        """Remember a plain value under a key."""
        text = json.dumps(value)
        if self._settings.layout.get(key) != text:
            self._settings.layout[key] = text
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Write the settings now."""
        self._timer.stop()
        self._settings.save()
