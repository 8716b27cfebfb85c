"""What can be done with the preview, as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.design.preview.part import PreviewPart

_SCOPE = "design"


def preview_actions(part: PreviewPart, possible: Callable[[], bool]) -> list[Action]:
    """Return the actions of the preview, in the order in which menus show them.

    Args:
        part: The preview of the page.
        possible: Tells whether there is a network.
    """

    def switched_on() -> bool:
        return part.on

    def action(
        name: str, title: str, handler: Callable[..., object], shortcut: str, icon: str,
        when: Callable[[], bool], tip: str, checked: Callable[[], bool] | None = None,
    ) -> Action:  # fmt: skip
        return Action(
            f"design.{name}", title, handler, shortcut, icon, scope=_SCOPE, enabled_when=when,
            menu="Design", group="preview", tip=tip, checkable=checked is not None,
            checked_when=checked,
        )  # fmt: skip

    return [
        action("preview", "Preview", part.switch, "F9", "eye", possible,
               "Sends a row of the data through the network and shows what each layer gives",
               part.is_on),
        action("preview_everywhere", "Preview under every layer", part.show_everywhere,
               "Shift+F9", "", switched_on, "A picture under every layer in view",
               part.is_everywhere),
        action("preview_pin", "Pin the picture", part.pin, "Ctrl+F9", "pin", part.has_layer,
               "The selected layers keep their picture when others are selected",
               part.is_pinned),
        action("preview_next", "Preview the next row", part.next_row, "F8", "", switched_on, ""),
        action("preview_previous", "Preview the row before", part.previous_row, "Shift+F8", "",
               switched_on, ""),
        action("preview_any", "Preview any row", part.any_row, "F7", "seed", switched_on,
               "A row chosen by chance"),
    ]  # fmt: skip
