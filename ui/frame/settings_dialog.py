"""The few things that a person sets once: theme, backend, the spare engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets import FormRow, PrimaryButton, Text

if TYPE_CHECKING:
    from ui.services import Services

KEEP_SPARE: Final = "engines.keep_spare"
"""Name of the setting, in `Settings.values`."""

_THEMES: Final = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_BACKENDS: Final = (
    ("auto", "The first one that is installed"),
    ("tensorflow", "TensorFlow"),
    ("torch", "PyTorch"),
    ("jax", "JAX"),
)


class SettingsDialog(QDialog):
    """Every change acts at once and is remembered.

    Args:
        services: The window's services.
        parent: The window.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        settings = services.settings
        self.setObjectName("settings.dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.theme = _choices(_THEMES, settings.theme, "settings.theme")
        self.backend = _choices(_BACKENDS, settings.backend, "settings.backend")
        self.spare = QCheckBox("Keep a training engine warm")
        self.spare.setObjectName("settings.spare")
        self.spare.setChecked(bool(settings.values.get(KEEP_SPARE, True)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(Text("Appearance", "heading"))
        layout.addWidget(FormRow("Theme", self.theme))
        layout.addSpacing(16)
        layout.addWidget(Text("Engines", "heading"))
        layout.addWidget(FormRow("Backend", self.backend))
        note = Text(
            "Networks and shapes are computed with this backend unless a project's own training "
            "settings name another one.", "secondary", wrap=True,
        )  # fmt: skip
        layout.addWidget(note)
        layout.addSpacing(8)
        layout.addWidget(self.spare)
        layout.addWidget(
            Text("Training starts at once instead of after some seconds; it costs about 0.8 GB "
                 "of memory.", "secondary", wrap=True)
        )  # fmt: skip
        layout.addSpacing(16)
        line = QHBoxLayout()
        line.addStretch(1)
        close = PrimaryButton("Close", self.accept, name="settings.close")
        close.setDefault(True)
        line.addWidget(close)
        layout.addLayout(line)
        self.setMinimumWidth(480)
        self.theme.currentIndexChanged.connect(self._set_theme)
        self.backend.currentIndexChanged.connect(self._set_backend)
        self.spare.toggled.connect(self._set_spare)

    @Slot()
    def _set_theme(self) -> None:
        self._services.theme.set_mode(self.theme.currentData())
        self._services.settings.theme = self.theme.currentData()
        self._services.settings.save()

    @Slot()
    def _set_backend(self) -> None:
        self._services.settings.backend = self.backend.currentData()
        self._services.settings.save()
        self._services.engines.set_backend(self.backend.currentData())

    @Slot(bool)
    def _set_spare(self, keep: bool) -> None:
        self._services.settings.values[KEEP_SPARE] = keep
        self._services.settings.save()
        self._services.engines.set_keep_spare(keep)


def _choices(entries: tuple[tuple[str, str], ...], chosen: str, name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    for value, words in entries:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
