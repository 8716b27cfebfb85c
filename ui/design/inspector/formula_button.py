"""The button beside a field that lets it follow a parameter of the block."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from ui.widgets import IconButton
from workbench.catalog import Catalog, ParamSpec
from workbench.catalog.validate import check_value, format_value
from workbench.plain import Plain


class FormulaButton(IconButton):
    """Offers the block's parameters for one field.

    Args:
        param: The field's parameter.
        catalog: The layers that exist.
        parent: The row.
        can_make: Whether a new parameter can be made of the field's value.

    Attributes:
        chosen: Emitted with the name of a parameter of the block.
        fresh_wanted: Emitted when a new parameter is to be made of the field's value.
        value_wanted: Emitted when the field is to have a value of its own again.
    """

    chosen = Signal(str)
    fresh_wanted = Signal()
    value_wanted = Signal()

    def __init__(
        self, param: ParamSpec, catalog: Catalog, parent: QWidget | None = None, *,
        can_make: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(
            "formula", "Use block parameter…", self._open, size=16,
            name=f"design.use_parameter.{param.name}", parent=parent,
        )  # fmt: skip
        self.setFixedWidth(24)
        self._param, self._catalog = param, catalog
        self._values: Mapping[str, Plain] = {}
        self._follows = False
        self._can_make = can_make

    def show_values(self, values: Mapping[str, Plain], *, follows: bool) -> None:
        """Take notice of the block's parameters and of whether the field follows one."""
        self._values, self._follows = values, follows

    @Slot()
    def _open(self) -> None:
        menu = self.menu_of()
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        menu.aboutToHide.connect(menu.deleteLater)

    def menu_of(self) -> QMenu:
        """Return a menu of what the field can follow."""
        menu = QMenu(self)
        menu.setObjectName("design.use_parameter.menu")
        for name, value in self._values.items():
            fits = check_value(self._param, value, self._catalog) is None
            action = menu.addAction(f"{name}  ({_words(self._param, value)})".replace("&", "&&"))
            action.setEnabled(fits)
            action.triggered.connect(lambda _on=False, name=name: self.chosen.emit(name))
        if self._values and (self._follows or self._can_make):
            menu.addSeparator()
        if self._follows:
            menu.addAction("Use a value of its own").triggered.connect(self.value_wanted)
        elif self._can_make:
            menu.addAction("New block parameter from this value").triggered.connect(
                self.fresh_wanted
            )
        return menu


def _words(param: ParamSpec, value: Plain) -> str:
    try:
        return format_value(param, value)
    except (TypeError, ValueError, AttributeError):
        return str(value)
