"""Writes a run into the project's store, beside the process or thread that trains it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import JobCancelled, WorkbenchError
from workbench.runs.spec import RunState

if TYPE_CHECKING:
    from workbench.runs.spec import RunSpec
    from workbench.runs.store import RunStore


class Recorder:
    """Records one run. The store is opened, and the run created in it, at the first event.

    Args:
        spec: The frozen run.
        resumed: Whether the run is there already and goes on.
    """

    def __init__(self, spec: RunSpec, *, resumed: bool = False) -> None:
        self._spec, self._resumed = spec, resumed
        self._store: RunStore | None = None

    def event(self, event: dict[str, Any]) -> None:
        """Write what belongs to the store.

        Raises:
            RunError: The store cannot be written.
        """
        store = self._open()
        if event.get("event") == "batches":
            store.add_batches(self._spec.run_id, event["first_step"], event["values"])
        elif event.get("event") == "run_started" and self._resumed:
            store.rewind(self._spec.run_id, event["epoch"], event["step"])
        elif event.get("event") == "epoch":
            store.add_epoch(self._spec.run_id, event)

    def done(self, result: dict[str, Any]) -> None:
        """Write how the run ended."""
        self._finish(RunState(str(result["state"])), result)

    def failed(self, error: WorkbenchError) -> None:
        """Write that the run came to nothing."""
        state = RunState.CANCELLED if isinstance(error, JobCancelled) else RunState.FAILED
        self._finish(state, {"error": error.to_plain()})

    def _finish(self, state: RunState, result: dict[str, Any]) -> None:
        store = self._open()
        store.finish(self._spec.run_id, state, result)
        store.close()
        self._store = None

    def _open(self) -> RunStore:
        if self._store is None:
            from workbench.runs.store import RunStore

            self._store = RunStore(Path(self._spec.project))
            if self._resumed:
                self._store.reopen(self._spec.run_id)
            else:
                self._store.create(self._spec)
        return self._store
