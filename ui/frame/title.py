"""The project's name at the right of the menu bar, and whether it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets import Text, as_tip

if TYPE_CHECKING:
    from workbench.project.document import ProjectDocument


class ProjectTitle(QWidget):
    """Shows a line such as: Breast cancer ● unsaved.

    Args:
        parent: Parent widget.

    Attributes:
        window_title: The same for the title bar.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.window_title = ""
        self.setObjectName("window.title")
        self._shown: tuple[object, ...] | None = None
        self._name = Text("", name="window.title.name")
        self._state = Text("", "secondary", name="window.title.state")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._state)

    def show_document(self, document: ProjectDocument | None) -> bool:
        """Show the name and state of a project, or nothing.

        Returns:
            Whether that is another one than before: it is asked after every edit, and showing
            lays the menu bar out.
        """
        name = document.name if document else ""
        state = ""
        if document is not None:
            state = "● unsaved" if document.dirty else "read-only" if document.read_only else ""
        wanted = (name, state, document.folder if document else None)
        if wanted == self._shown:
            return False
        self._shown = wanted
        shown = name if len(name) <= 48 else f"{name[:47]}…"
        self._name.setText(shown)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.setToolTip(as_tip(str(document.folder)) if document else "")
        self.setAccessibleName(f"Project {name} {state}".strip())
        self.window_title = " ".join(filter(None, (shown, state))) or "Welcome"
        self.adjustSize()
        return True
