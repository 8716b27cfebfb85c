"""Whose weights a preview uses: the runs to choose from, and the one that is taken unasked.

Unasked it is the newest run of the very network that is shown, without one the weights that were
imported with it; a choice of the person's stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from ui.jobs import Task, run_in_thread
from workbench.graph.sameness import same_network
from workbench.graph.starting_weights import IMPORTED, StartingWeights, origins, weights_of

if TYPE_CHECKING:
    from ui.design.preview.asking import PreviewSync
    from ui.design.preview.bar import PreviewBar
    from ui.session import ProjectSession
    from workbench.graph import Change, Graph
    from workbench.runs.store import RunStore

_MOST: Final = 50
_COMPARED: Final = 5
"""How many of the newest runs are compared with the network."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs with weights.

    Attributes:
        entries: Id and name, the newest first.
        networks: Id and network of the newest ones, as plain data.
    """

    entries: list[tuple[str, str]]
    networks: list[tuple[str, Any]]


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
        self._records: list[StartingWeights] = []
        bar.run_wanted.connect(self._wanted)

    def set_session(self, session: ProjectSession | None) -> None:
        """Offer the runs of another project, or none."""
        if self._session is not None:
            self._session.runs_changed.disconnect(self.list_runs)
            self._session.changed.disconnect(self._document_changed)
        if self._task is not None:  # what it finds is of the project that was open
            self._task.drop()
            self._task = None
        self._session, self._asked = session, False
        self._bar.taken = ""
        if session is not None:
            session.runs_changed.connect(self.list_runs)
            session.changed.connect(self._document_changed)
            self._records = weights_of(session.document.graph)
            self.list_runs()

    @Slot()
    def list_runs(self) -> None:
        """Read the runs anew, while the preview is on."""
        session = self._session
        if not self._sync.on or session is None:
            return
        if self._task is not None:
            self._task.drop()
        self._task = run_in_thread(_runs_with_weights, session.store)
        self._task.done.connect(self._listed)

    @Slot(object)
    def _listed(self, runs: _Runs) -> None:
        self._task = None
        imported = origins(self._session.document.graph) if self._session is not None else ""
        chosen = self._sync.question.run_id
        known = [run_id for run_id, _ in runs.entries] + ([IMPORTED] if imported else [])
        if chosen and chosen not in known:
            self._asked = False
            self._sync.use_run("")
        self._bar.show_runs(runs.entries, imported)
        if self._asked or self._session is None:
            return
        graph = self._session.document.graph
        alike = [(i, plain) for i, plain in runs.networks if _size(plain) == len(graph)]
        if alike:
            self._task = run_in_thread(_newest_of, alike, graph.copy())
            self._task.done.connect(self._found)
        else:
            self._found("")

    @Slot(object)
    def _document_changed(self, _change: Change) -> None:
        """Offer imported weights when they come or go."""
        if self._session is None:
            return
        records = weights_of(self._session.document.graph)
        if records != self._records:
            self._records, self._asked = records, False
            self.list_runs()

    @Slot(object)
    def _found(self, run_id: str) -> None:
        self._task = None
        if self._asked or self._session is None:
            return
        if not run_id and weights_of(self._session.document.graph):
            run_id = IMPORTED
        if run_id and run_id != self._sync.question.run_id:
            self._bar.taken = run_id if run_id != IMPORTED else ""
            self._sync.use_run(run_id)
            self._bar.show_chosen()

    @Slot(str)
    def _wanted(self, run_id: str) -> None:
        self._asked = True
        self._bar.taken = ""
        self._sync.use_run(run_id)


def _runs_with_weights(store: RunStore) -> _Runs:
    """Return the runs that can be looked into."""
    records = sorted(store.runs(), key=lambda record: -record.created)
    able = [record for record in records if record.has_weights][:_MOST]
    networks = [(record.run_id, record.spec.get("graph")) for record in able[:_COMPARED]]
    return _Runs([(record.run_id, record.name) for record in able], networks)


def _size(plain: Any) -> int:
    return len(plain.get("nodes", ())) if isinstance(plain, dict) else 0


def _newest_of(networks: list[tuple[str, Any]], graph: Graph) -> str:
    """Return the id of the newest run of a network, or ""."""
    plain = graph.to_plain()
    return next((run_id for run_id, other in networks if same_network(other, plain)), "")
