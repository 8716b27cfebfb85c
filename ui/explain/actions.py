"""What can be done on the Explain page, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.explain.page import ExplainPage


def page_actions(page: ExplainPage) -> list[Action]:
    """Return the actions of the page."""

    def shown() -> bool:
        return page.result.found is not None

    scope, export = page.page_id, page.export
    return [
        Action(
            "explain.start", "Explain", page.explain, "Ctrl+Return", "explain", scope,
            page.can_explain, tip="Explain the predictions of the selected rows",
        ),
        Action(
            "explain.copy_picture", "Copy picture", export.copy, "Ctrl+Shift+C", "copy", scope,
            shown,
        ),
        Action(
            "explain.save_picture", "Save picture…", export.ask_picture_file, "", "picture", scope,
            shown,
        ),
        Action(
            "explain.save_values", "Save values…", export.ask_values_file, "", "export", scope,
            shown,
        ),
    ]  # fmt: skip
