"""The person's settings: versioned, migrated, and never a reason not to start.

Kept in the platform's own settings folder (or under `KERAS_WORKBENCH_HOME`). A damaged file or a
bad value costs that value, not the start: it is dropped with a warning in the log. Settings are
passed to whoever needs them; there is no global instance.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

HOME_VARIABLE = "KERAS_WORKBENCH_HOME"
VERSION = 1
MOST_RECENT = 12
"""Longest list of recent projects."""

ThemeName = Literal["light", "dark", "system"]
BackendName = Literal["auto", "tensorflow", "torch", "jax"]

_log = logging.getLogger(__name__)


def settings_folder() -> Path:
    """Return the folder for settings, not necessarily existing."""
    return _folder("user_config_dir", "settings")


def log_folder() -> Path:
    """Return the folder for log files, not necessarily existing."""
    return _folder("user_log_dir", "logs")


def documents_folder() -> Path:
    """Return the folder where new projects go unless the person says otherwise."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "documents"
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / "Keras Workbench"


def _folder(kind: str, below: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / below
    import platformdirs

    name = "keras-workbench" if sys.platform.startswith("linux") else "Keras Workbench"
    return Path(getattr(platformdirs, kind)(name, appauthor=False))


@dataclass
class Settings:
    """What a person has chosen and what the window remembers.

    Attributes:
        theme: `"light"`, `"dark"`, or `"system"` to follow the system.
        recent: Folders of recently opened projects, the latest first.
        layout: Opaque texts (base64) by name: window geometry, docks, splitters, collapsed panels.
        backend: Keras backend of new engines; `"auto"` takes the first one installed.
        last_folder: Where file dialogs open.
        values: Small things pages remember (a plot's smoothing …): name → text, number or flag.
        path: File that `save` writes.
    """

    theme: ThemeName = "system"
    recent: list[str] = field(default_factory=list)
    layout: dict[str, str] = field(default_factory=dict)
    backend: BackendName = "auto"
    last_folder: str = ""
    values: dict[str, str | int | float | bool] = field(default_factory=dict)
    path: Path = field(default_factory=lambda: settings_folder() / "settings.json")

    def remember_project(self, folder: Path) -> None:
        """Put a project at the head of the recent list."""
        entry = str(folder)
        self.recent = [entry, *(other for other in self.recent if other != entry)][:MOST_RECENT]

    def forget_project(self, folder: Path) -> None:
        """Take a project out of the recent list."""
        self.recent = [other for other in self.recent if other != str(folder)]

    def to_plain(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "path"}
        return {"version": VERSION, **plain}

    def save(self) -> bool:
        """Write the settings, whole or not at all.

        Returns:
            False when they could not be written: that is logged, and no reason to stop.
        """
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as stream:
                json.dump(self.to_plain(), stream, indent=1, ensure_ascii=False)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.path)
        except OSError as error:
            _log.warning("Settings were not saved: %s", error)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False
        return True


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; what cannot be read is left at its default and logged.

    Args:
        path: Another file, for tests.
    """
    settings = Settings(path=path) if path else Settings()
    try:
        plain = json.loads(settings.path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return settings
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("The settings file cannot be read; defaults are used: %s", error)
        _set_aside(settings.path)
        return settings
    if not isinstance(plain, dict):
        _log.warning("The settings file holds no settings; defaults are used")
        _set_aside(settings.path)
        return settings
    for name, value in migrate(plain).items():
        check = _CHECKS.get(name)
        if check is None:
            if name != "version":
                _log.warning("Unknown setting dropped: %s", name)
        elif not check(value):
            _log.warning("Setting dropped, its value does not fit: %s", name)
        else:
            setattr(settings, name, value)
    settings.recent = settings.recent[:MOST_RECENT]
    return settings


def migrate(plain: dict[str, Any]) -> dict[str, Any]:
    """Bring settings of an older version up to the present one.

    Settings of a newer version are read as far as they are understood.
    """
    version = plain.get("version")
    number = version if isinstance(version, int) and not isinstance(version, bool) else 0
    while number < VERSION:
        plain = _MIGRATIONS[number](dict(plain))
        number += 1
    return plain


def _from_0(plain: dict[str, Any]) -> dict[str, Any]:
    """Version 0 (before any release) named the list of recent projects `recent_projects`."""
    if "recent_projects" in plain:
        plain["recent"] = plain.pop("recent_projects")
    return plain


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_0}


def _set_aside(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.replace(path.with_name(path.name + ".damaged"))


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "theme": lambda v: v in get_args(ThemeName),
    "recent": lambda v: isinstance(v, list) and all(isinstance(entry, str) for entry in v),
    "layout": _is_texts,
    "backend": lambda v: v in get_args(BackendName),
    "last_folder": lambda v: isinstance(v, str),
    "values": lambda v: (
        isinstance(v, dict)
        and all(isinstance(entry, str | int | float | bool) for entry in v.values())
    ),
}
