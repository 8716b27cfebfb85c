"""What can be done with own layers, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.design.own_layers.part import OwnLayersPart


def own_layers_actions(part: OwnLayersPart) -> list[Action]:
    """Return the actions on own layers, in the order in which menus show them."""
    return [
        Action(
            "design.add_own_layers", "Add layers from a Python file…", part.add_from_file,
            icon="family_custom", scope="design", enabled_when=part.can_add, menu="Design",
            group="own", tip="Your own Keras layers, under My layers in the palette",
        ),
        Action(
            "design.trust_own_layers", "Trust this project's layers…", part.trust_project,
            scope="design", enabled_when=part.has_untrusted, menu="Design", group="own",
            tip="Shows the Python files of this project and asks whether they may run",
        ),
    ]  # fmt: skip
