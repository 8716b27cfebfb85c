"""The Design page: the network, drawn and edited."""

from ui.design.page import DesignPage

__all__ = ["DesignPage"]
