"""What a run was made with: settings, data, network, versions; and taking the settings up again."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import font
from ui.widgets import Button, Text
from workbench.runs.store import RunRecord


class SpecDialog(QDialog):
    """Shows the frozen spec of a run.

    Args:
        record: The run.
        parent: Parent widget.

    Attributes:
        reuse_requested: Emitted with the run's recipe as plain data.
    """

    reuse_requested = Signal(object)

    def __init__(self, record: RunRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.spec")
        self.setWindowTitle(f"Settings of {record.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 520)
        self._record = record
        self._text = QPlainTextEdit(spec_text(record))
        self._text.setObjectName("train.spec.text")
        self._text.setAccessibleName("Settings of the run")
        self._text.setReadOnly(True)
        self._text.setFont(font("mono"))
        reuse = Button("Use these settings again", self._reuse, name="train.spec.reuse")
        reuse.setEnabled(isinstance(record.spec.get("recipe"), dict))
        copy = Button("Copy", self._copy, icon="copy", name="train.spec.copy")
        close = Button("Close", self.close, name="train.spec.close")
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(reuse)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(
            Text("Everything this run depended on, frozen when it began.", "secondary")
        )
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)

    def _reuse(self) -> None:
        self.reuse_requested.emit(self._record.spec["recipe"])
        self.close()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


def spec_text(record: RunRecord) -> str:
    """Return the spec of a run as text that a person can read."""
    spec = record.spec
    parts = [
        f"Run {record.run_id}",
        _section("Training", spec.get("recipe")),
        _section("Split", (spec.get("data") or {}).get("split")),
        _section("Source", (spec.get("data") or {}).get("source")),
        _layers(spec.get("graph")),
        _section("Versions", spec.get("versions")),
    ]
    return "\n\n".join(part for part in parts if part)


def _section(title: str, values: Any) -> str:
    if not isinstance(values, dict) or not values:
        return ""
    lines = [title]
    for name, value in values.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append(f"  {name.replace('_', ' ')}: {shown}")
    return "\n".join(lines)


def _layers(graph: Any) -> str:
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if not nodes:
        return ""
    entries = nodes.values() if isinstance(nodes, dict) else nodes
    lines = ["Network"]
    for node in entries:
        params = ", ".join(f"{k}={json.dumps(v)}" for k, v in (node.get("params") or {}).items())
        lines.append(f"  {node.get('name')}: {node.get('layer')}({params})")
    return "\n".join(lines)
