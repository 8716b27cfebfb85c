"""What the Train page asks before work is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.wording import duration, listing, plural


def ask_cancel(parent: QWidget, seconds: float, then: Callable[[], None]) -> QMessageBox:
    """Ask whether a training may be discarded.

    Args:
        parent: The page.
        seconds: How much work would be lost, s.
        then: Called when it may.
    """
    return _ask(
        parent,
        "train.ask_cancel",
        f"Discard {duration(seconds)} of training?",
        "Stop would keep the best epoch so far.",
        "Discard",
        "Keep training",
        then,
    )


def ask_delete(parent: QWidget, names: Sequence[str], then: Callable[[], None]) -> QMessageBox:
    """Ask whether runs may be deleted.

    Args:
        parent: The page.
        names: Names of the runs.
        then: Called when they may.
    """
    what = names[0] if len(names) == 1 else plural(len(names), "run")
    return _ask(
        parent,
        "train.ask_delete",
        f"Delete {what}?",
        f"The curves and weights of {listing(list(names))} are removed from the disk. "
        "This cannot be undone.",
        "Delete",
        "Keep",
        then,
    )


def _ask(
    parent: QWidget, name: str, text: str, more: str, do: str, leave: str,
    then: Callable[[], None],
) -> QMessageBox:  # fmt: skip
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    yes = box.addButton(do, QMessageBox.ButtonRole.DestructiveRole)
    yes.setObjectName(f"{name}.yes")
    yes.setProperty("kind", "danger")
    no = box.addButton(leave, QMessageBox.ButtonRole.RejectRole)
    no.setObjectName(f"{name}.no")
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.buttonClicked.connect(lambda button: then() if button is yes else None)
    box.open()
    return box
