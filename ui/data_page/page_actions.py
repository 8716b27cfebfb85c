"""What can be done on the Data page, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.data_page.page import DataPage

SCOPE = "data"


def data_actions(page: DataPage) -> list[Action]:
    """Return the actions of the page, in the order in which menus show them."""

    def action(
        name: str, title: str, handler: object, shortcut: str = "", icon: str = "", *,
        group: str, when: object, tip: str = "",
    ) -> Action:  # fmt: skip
        return Action(
            f"data.{name}", title, handler, shortcut, icon, scope=SCOPE,  # type: ignore[arg-type]
            enabled_when=when, menu="Data", group=group, tip=tip,  # type: ignore[arg-type]
        )  # fmt: skip

    some, one, table = page.has_selection, page.has_one_selected, page.has_table
    return [
        action("open", "Open file…", page.open_asking, "", "open", group="file",
               when=lambda: page.session is not None,
               tip="A CSV or Parquet file for this project; dropping it here does the same"),
        action("reload", "Read the file again", page.read_file_again, "F5", "refresh",
               group="file", when=page.has_source, tip="When it has changed on disk"),
        action("use", "Use as feature", page.use, "Ctrl+U", "feature", group="column", when=some),
        action("ignore", "Ignore column", page.ignore, "Ctrl+I", "ignore", group="column",
               when=some, tip="The network does not see it"),
        action("target", "Use as target", page.use_as_target, "Ctrl+T", "target", group="column",
               when=one, tip="The network learns to predict it"),
        action("filter", "Filter columns", page.focus_filter, "Ctrl+F", "search", group="find",
               when=table),
        action("go_to_row", "Go to row…", page.focus_go_to_row, "Ctrl+G", "row", group="find",
               when=table),
        action("design", "Design network", page.go_to_design, "Ctrl+Return", "design",
               group="next", when=page.has_table, tip="The next step: draw what learns from this"),
    ]  # fmt: skip
