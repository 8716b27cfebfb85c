"""Keeps what depends on the project document up to date: shapes, table, problems, runs."""

from ui.sync.data import DataSync
from ui.sync.inference import InferenceSync
from ui.sync.training import Training

__all__ = ["DataSync", "InferenceSync", "Training"]
