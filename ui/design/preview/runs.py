"""Whose weights a preview uses: the runs to choose from, and the one that is taken unasked.

Unasked it is the newest run of the very network that is shown; a choice of the person's stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from ui.jobs import Task, run_in_thread
from workbench.graph.sameness import same_network

if TYPE_CHECKING:
    from ui.design.preview.asking import PreviewSync
    from ui.design.preview.bar import PreviewBar
    from ui.session import ProjectSession
    from workbench.graph import Graph
    from workbench.runs.store import RunStore

_MOST: Final = 50
_COMPARED: Final = 5
"""How many of the newest runs are compared with the network."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs with weights.

    Attributes:
        entries: Id and name, the newest first.
        fitting: Id of the newest run of this network, or "".
    """

    entries: list[tuple[str, str]]
    fitting: str


class RunChoice(QObject):
    """Lists runs in the strip and takes the one that fits.

    Args:
        sync: What is asked.
        bar: The strip.
    """

    def __init__(self, sync: PreviewSync, bar: PreviewBar) -> None:
        super().__init__(bar)
        self._sync, self._bar = sync, bar
        self._session: ProjectSession | None = None
        self._task: Task | None = None
        self._asked = False
        bar.run_wanted.connect(self._wanted)

    def set_session(self, session: ProjectSession | None) -> None:
        """Offer the runs of another project, or none."""
        if self._session is not None:
            self._session.runs_changed.disconnect(self.list_runs)
        self._session, self._asked = session, False
        self._bar.taken = ""
        if session is not None:
            session.runs_changed.connect(self.list_runs)
            self.list_runs()

    @Slot()
    def list_runs(self) -> None:
        """Read the runs anew, while the preview is on."""
        session = self._session
        if not self._sync.on or session is None:
            return
        if self._task is not None:
            self._task.drop()
        graph = session.document.graph.copy()
        self._task = run_in_thread(lambda: _runs_with_weights(session.store, graph))
        self._task.done.connect(self._listed)

    @Slot(object)
    def _listed(self, runs: _Runs) -> None:
        self._task = None
        chosen = self._sync.question.run_id
        known = {run_id for run_id, _ in runs.entries}
        if chosen and chosen not in known:
            self._asked, chosen = False, ""
            self._sync.use_run("")
        if not self._asked and runs.fitting and runs.fitting != chosen:
            self._bar.taken = runs.fitting
            self._sync.use_run(runs.fitting)
        self._bar.show_runs(runs.entries)

    @Slot(str)
    def _wanted(self, run_id: str) -> None:
        self._asked = True
        self._bar.taken = ""
        self._sync.use_run(run_id)


def _runs_with_weights(store: RunStore, graph: Graph) -> _Runs:
    """Return the runs that can be looked into, and the newest one of a network."""
    records = sorted(store.runs(), key=lambda record: -record.created)
    able = [record for record in records if record.has_weights][:_MOST]
    plain: Any = graph.to_plain() if able else {}
    fitting = next(
        (r.run_id for r in able[:_COMPARED] if same_network(r.spec.get("graph"), plain)), ""
    )
    return _Runs([(record.run_id, record.name) for record in able], fitting)
