"""Which runs can be taken up again, and with what."""

from __future__ import annotations

from workbench.errors import Place, RunError
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunRecord, RunStore


def spec_to_go_on(store: RunStore, run_id: str = "") -> RunSpec:
    """Return the frozen spec of a run that broke off, to go on with it.

    Args:
        store: The project's runs.
        run_id: The run; "" for the latest that can go on.

    Raises:
        RunError: There is no such run, or it left no checkpoint.
    """
    record = store.run(run_id) if run_id else _latest(store)
    if record is None:
        raise RunError(
            f"There is no run {run_id}." if run_id else "No run of this project broke off.",
            expected="a run that ended before its end and left a checkpoint",
            remedy="Train anew.",
            place=Place("run", run_id) if run_id else Place("project"),
        )
    if not record.can_go_on:
        raise RunError(
            f"{record.name} cannot go on: it has ended, or it left no checkpoint.",
            expected="a run that broke off after its first half minute",
            remedy="Train anew.",
            place=Place("run", record.run_id),
        )
    try:
        # The folder may have moved since.
        return RunSpec.from_plain({**record.spec, "project": str(store.project)})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"The record of {record.name} is damaged.",
            received=f"{type(error).__name__}: {error}",
            remedy="Train anew; the other runs are not affected.",
            place=Place("run", record.run_id),
        ) from error


def _latest(store: RunStore) -> RunRecord | None:
    return next((record for record in store.runs() if record.can_go_on), None)
