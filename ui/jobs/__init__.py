"""Engine processes and background work on the window's side."""

from ui.jobs.background import Task, finish_background, run_in_thread
from ui.jobs.client import Client, EngineChoice, MakeClient
from ui.jobs.engines import Engines
from ui.jobs.handle import JobHandle
from ui.jobs.thread import Recorder

__all__ = [
    "Client",
    "EngineChoice",
    "Engines",
    "JobHandle",
    "MakeClient",
    "Recorder",
    "Task",
    "finish_background",
    "run_in_thread",
]
