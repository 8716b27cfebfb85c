"""The Train page."""

from ui.train.page import TrainPage

__all__ = ["TrainPage"]
