"""The Data page: choose a table and say what its columns mean."""

from ui.data_page.page import DataPage

__all__ = ["DataPage"]
