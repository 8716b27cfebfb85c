"""The controls that all pages share."""

from ui.widgets.buttons import ActionButton, Button, IconButton, PrimaryButton, identify
from ui.widgets.fields import FormRow, NumberField, SearchField, mark_invalid
from ui.widgets.labels import ElidedText, Line, Text, as_tip, restyle
from ui.widgets.notices import EmptyState, ErrorBanner, StatusProgress, Symbol
from ui.widgets.own_keys import OwnKeys
from ui.widgets.panels import LayoutMemory, Section, SidePanel

__all__ = [
    "ActionButton",
    "Button",
    "ElidedText",
    "EmptyState",
    "ErrorBanner",
    "FormRow",
    "IconButton",
    "LayoutMemory",
    "Line",
    "NumberField",
    "OwnKeys",
    "PrimaryButton",
    "SearchField",
    "Section",
    "SidePanel",
    "StatusProgress",
    "Symbol",
    "Text",
    "as_tip",
    "identify",
    "mark_invalid",
    "restyle",
]
