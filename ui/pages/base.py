"""What the window asks of a page.

A page is one step of the work (Data, Design, Train …). It shows a `ProjectSession`, tells its
state to the activity bar, and offers its actions as a table. It never imports another page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.widgets import ActionButton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.actions import Action
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.errors import Place
    from workbench.project.document import ProjectDocument

PageState = Literal["empty", "attention", "ready", "running"]


class Page(QWidget):
    """Base class of all pages.

    The window makes a page with `PageClass(services)`, then registers `actions()` under the scope
    `page_id`, then builds the toolbar from `toolbar_widgets()` and `primary_action()`, then calls
    `set_session`. `set_session(None)` means: no project is open.

    Args:
        services: The window's services.
        parent: Parent widget.

    Attributes:
        page_id: Stable name, `"train"`; scope of its actions.
        title: Name in the activity bar.
        icon: Name of its icon.
        state_changed: Emitted with a `PageState` whenever it changes.
    """

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    icon: ClassVar[str] = ""

    state_changed = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.session: ProjectSession | None = None
        self.setObjectName(f"{self.page_id}.page")
        self.setAccessibleName(self.title)

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project, or none. Subclasses extend it."""
        self.session = session

    def prepare(self, document: ProjectDocument) -> Iterator[float]:
        """Get ready for a project that is shown next, a little at a time.

        The project that is open stays shown meanwhile, also when the other one is given up.

        Args:
            document: The project; nobody edits it yet.

        Yields:
            The share that is done, 0 to 1, well under a millisecond after the last one.
        """
        del document
        return iter(())

    def actions_table(self) -> list[Action]:
        """Return what can be done on this page; read once, when the page is made."""
        return []

    def toolbar_widgets(self) -> list[QWidget]:
        """Return the widgets at the left of the page's toolbar."""
        return []

    def primary_action(self) -> QAction | None:
        """Return the action of the page's one primary button, or None."""
        return None

    def primary_widget(self) -> QWidget | None:
        """Return an own widget for the right of the toolbar instead of the primary button."""
        return None

    def show_place(self, place: Place) -> bool:
        """Go to where a problem is.

        Returns:
            Whether this page shows such places.
        """
        del place
        return False

    def page_shown(self) -> None:
        """Called whenever the page comes to the front."""

    def is_settled(self) -> bool:
        """Tell whether everything that loads by itself is shown (screenshots wait for it)."""
        return True

    def qaction(self, action_id: str) -> QAction:
        """Return the QAction of one of the page's actions."""
        return self.services.actions.qaction(action_id)

    def action_button(self, action_id: str, *, with_text: bool = False) -> ActionButton:
        """Return a toolbar button of one of the page's actions."""
        return ActionButton(self.qaction(action_id), with_text=with_text)
