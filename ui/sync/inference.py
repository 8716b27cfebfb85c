"""Shapes that follow the network: every edit goes to the design engine, the answer comes back.

At most one question is on its way; edits made meanwhile are sent together afterwards, so that a
slider that is dragged never builds a queue. The engine keeps the network and gets changes only;
a new engine, or one that lost track, gets the whole network.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from ui.sync.changes import shape_changes
from workbench.errors import EngineError, JobCancelled, WorkbenchError
from workbench.graph.changes import Change, MoveNodes, graph_part
from workbench.graph.inference import Inference
from workbench.graph.inference_delta import SINCE, joined

if TYPE_CHECKING:
    from ui.jobs import Engines, JobHandle
    from workbench.data.spec import DataSignature
    from workbench.project.document import ProjectDocument

_WAIT: Final = 0
"""Edits within this time (ms) are asked about together: those of one event. Later ones wait while a
question is on its way, so that a longer time would only make every single edit slower."""

_log = logging.getLogger(__name__)


class InferenceSync(QObject):
    """Asks the design engine for shapes whenever the network or the data signature changes.

    Args:
        document: The project.
        engines: The window's engines.
        parent: Parent object.

    Attributes:
        inferred: Emitted with an `Inference` of the network as it is now.
        failed: Emitted with a `WorkbenchError` when the engine cannot answer.
    """

    inferred = Signal(object)
    failed = Signal(object)
    _due = Signal()

    def __init__(
        self, document: ProjectDocument, engines: Engines, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._engines = document, engines
        self._signature: DataSignature | None = None
        self._revision = 1
        self._asked = self._answered = 0
        self._pending: list[Change] | None = None
        self._job: JobHandle | None = None
        self._last: Inference | None = None
        self._retried = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._ask)
        self._due_soon = False
        self._due.connect(self._ask_now, Qt.ConnectionType.QueuedConnection)
        engines.design_restarted.connect(self._begin_again)
        engines.changed.connect(self._engines_changed)
        engines.trust_changed.connect(self._trust_changed)

    @property
    def up_to_date(self) -> bool:
        """Whether the last answer is about the network as it is now."""
        return self._answered == self._revision

    def start(self, signature: DataSignature | None) -> None:
        """Ask for the first time."""
        self._signature = signature
        self._timer.start()

    def note(self, change: Change) -> None:
        """Take notice of a change of the document."""
        edits = graph_part(change)
        if edits is not None and self._pending is not None:
            self._remember(edits)
        if not shape_changes(change):
            return
        self._revision += 1
        self._ask_soon()

    def _ask_soon(self) -> None:
        """Ask once the event of now is done, before anything is painted.

        A timer would come after the painting; so the engine works while the window paints.
        """
        if self._job is None and not self._timer.isActive() and not self._due_soon:
            self._due_soon = True
            self._due.emit()

    @Slot()
    def _ask_now(self) -> None:
        due, self._due_soon = self._due_soon, False
        if due:
            self._ask()

    def _remember(self, edits: Change) -> None:
        """Keep edits for the next question.

        Moves ask no question of their own, but repairs put layers where their neighbours are;
        of moves in a row one is enough.
        """
        pending = self._pending or []
        last = pending[-1] if pending else None
        if isinstance(edits, MoveNodes) and isinstance(last, MoveNodes):
            pending[-1] = MoveNodes({**last.positions, **edits.positions})
        else:
            pending.append(edits)
        self._pending = pending

    def set_signature(self, signature: DataSignature | None) -> None:
        """Take notice of another data signature."""
        if signature == self._signature:
            return
        self._signature = signature
        self._revision += 1
        if self._job is None and not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._due_soon = False
        self._engines.design_restarted.disconnect(self._begin_again)
        self._engines.changed.disconnect(self._engines_changed)
        self._engines.trust_changed.disconnect(self._trust_changed)
        if self._job is not None:
            self._job.done.disconnect(self._answer)
            self._job.failed.disconnect(self._no_answer)
            self._job.finished.connect(self._job.deleteLater)
            self._job = None

    @Slot()
    def _begin_again(self) -> None:
        self._pending = None
        self._last = None
        self._answered = 0
        self._timer.start()

    @Slot()
    def _engines_changed(self) -> None:
        if self._answered == 0 and self._job is None and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _trust_changed(self) -> None:
        """Ask anew: own layers that could not be run may be now."""
        self._revision += 1
        if self._job is None and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _ask(self) -> None:
        design = self._engines.design
        if self._job is not None or self.up_to_date or design is None or design.state == "dead":
            return
        spec: dict[str, Any] = {
            "signature": self._signature.to_plain() if self._signature else None,
            "revision": self._revision,
        }
        if self._pending is None:
            spec["graph"] = self._document.graph.to_plain()
        else:
            spec["changes"] = [change.to_plain() for change in self._pending]
            if self._last is not None:
                spec[SINCE] = self._last.revision
        self._pending = []
        self._asked = self._revision
        self._job = self._engines.design_job("infer", spec, "Computing shapes")
        self._job.done.connect(self._answer)
        self._job.failed.connect(self._no_answer)

    @Slot(object)
    def _answer(self, result: dict[str, Any]) -> None:
        self._end_job()
        self._retried = False
        self._answered = self._asked
        if SINCE in result and self._last is not None:
            self._last = joined(self._last, result)
        else:
            self._last = Inference.from_plain(result)
        if self.up_to_date:
            self.inferred.emit(self._last)
        else:
            self._ask()

    @Slot(object)
    def _no_answer(self, error: WorkbenchError) -> None:
        self._end_job()
        self._pending = None
        self._last = None
        if isinstance(error, JobCancelled):
            return
        if isinstance(error, EngineError):
            self.failed.emit(error)  # the restarted engine is asked by `_begin_again`
        elif not self._retried:
            self._retried = True
            _log.warning("Shape inference is asked anew: %s", error)
            self._timer.start()
        else:
            self._answered = self._asked
            self.failed.emit(error)

    def _end_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
            self._job = None
