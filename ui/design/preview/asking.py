"""Asks the design engine what a row looks like at the nodes, and knows which answers still hold.

Nothing is asked while the preview is off. At most one question is on its way; an edit stops it
(politely: the engine must stay free for the shapes) and asks again once the shapes are known. An
answer belongs to a question (network, row, weights): those to other questions are stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.design.preview.question import Answer, Question
from ui.services import as_workbench_error
from ui.sync.changes import shape_changes, touches
from workbench.errors import DataError, EngineError, JobCancelled, Place, WorkbenchError
from workbench.graph.preview import NodePreview, Preview, Sample

if TYPE_CHECKING:
    from ui.jobs import Engines, JobHandle
    from ui.session import ProjectSession
    from workbench.data.spec import DataSpec
    from workbench.graph import Change
    from workbench.graph.inference import Inference

_WAIT: Final = 120
"""Wishes within this time (ms) are asked about together."""
_MOST_AT_ONCE: Final = 120
_MOST_KEPT: Final = 600
_MOST_BYTES: Final = 64 << 20
_RETRIES: Final = 20
_GONE: Final = "The engine says nothing about this layer."


class PreviewSync(QObject):
    """Keeps previews of the nodes that are looked at.

    Args:
        engines: The window's engines.
        scope: Returns the uses of blocks that lead to the network on the canvas.
        parent: Parent object.

    Attributes:
        changed: Emitted when there are new answers, or old ones became stale.
        state_changed: Emitted when it was switched, began or ended work, or failed.
        on: Whether the preview is on.
        sample: The row that was sent through last, or None.
        preview: The last answer as a whole, or None.
        error: Why there is no answer, or None.
        progress: Share of the work that is done, 0 … 1; None while it is not known.
    """

    changed = Signal()
    state_changed = Signal()

    def __init__(
        self,
        engines: Engines,
        scope: Callable[[], Sequence[str]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engines, self._scope = engines, scope
        self._session: ProjectSession | None = None
        self.on = False
        self.question = Question()
        self.sample: Sample | None = None
        self.preview: Preview | None = None
        self.error: WorkbenchError | None = None
        self.progress: float | None = None
        self._answers: dict[str, Answer] = {}
        self._turn = 0
        self._shapes_known = False
        self._held = False
        self._seen = True
        self._retries = 0
        self._wanted: dict[str, None] = {}
        self._detail = ""
        self._first = 0
        self._job: JobHandle | None = None
        self._asked: tuple[int, int] = (0, 0)
        self._asked_nodes: list[str] = []
        self._data: tuple[DataSpec, Any] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._ask)

    # ---- what the window says --------------------------------------------------------------

    def set_session(self, session: ProjectSession | None) -> None:
        """Follow another project, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self._document_changed)
            self._session.inference_changed.disconnect(self._inferred)
        self._drop_job()
        self._session = session
        self.question = Question()
        self.sample = self.preview = self.error = None
        self._answers.clear()
        self._wanted.clear()
        self._detail = ""
        self._shapes_known = session is not None and session.inference.revision > 0
        if session is not None:
            session.changed.connect(self._document_changed)
            session.inference_changed.connect(self._inferred)
        self._new_turn()

    def switch(self, on: bool) -> None:
        """Switch the preview on or off."""
        if on == self.on:
            return
        self.on = on
        self._held = False
        if not on:
            self._drop_job()
            self._timer.stop()
            self._answers.clear()
            self.error = None
        else:
            self._timer.start()
        self.state_changed.emit()
        self.changed.emit()

    def set_seen(self, seen: bool) -> None:
        """Say whether the canvas is seen at the moment; nothing is asked while it is not."""
        self._seen = seen
        if seen:
            self._ask_soon()

    def want(self, nodes: Iterable[str], detail: str, first: int = 0) -> None:
        """Say which nodes are looked at, and which of them closely.

        Args:
            nodes: Ids of nodes, the most wanted first.
            detail: Id of the node to look at closely, or "".
            first: Its first channel.
        """
        self._wanted = dict.fromkeys(self._at(node) for node in nodes)
        detail = self._at(detail) if detail else ""
        if detail != self._detail:
            self._held = False
        self._detail, self._first = detail, first
        self._ask_soon()

    def choose(self, part: str = "all", index: int = 0, row: int | None = None) -> None:
        """Look at another row."""
        self._set_question(replace(self.question, part=part, index=index, row=row))

    def use_run(self, run_id: str) -> None:
        """Use the weights of a run; "" for fresh ones."""
        self._set_question(replace(self.question, run_id=run_id))

    def show_weights(self, shown: bool) -> None:
        """Ask for the weights of every node that is looked at too, or no more."""
        self._set_question(replace(self.question, weights=shown))

    def ask_again(self) -> None:
        """Ask once more, after an error or a cancel."""
        self._held = False
        self._new_turn()

    def cancel(self) -> None:
        """Give up what is being computed, until something is asked anew."""
        self._held = True
        if self._job is not None:
            self._job.cancel()
        self.state_changed.emit()

    # ---- what is known ---------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._job is not None

    @property
    def waiting(self) -> bool:
        """Whether it will be asked again by itself."""
        return self._timer.isActive() or (self.on and not self._shapes_known)

    @property
    def settled(self) -> bool:
        """Whether nothing more will come by itself."""
        return not self.on or not (self.busy or self._timer.isActive())

    def answer(self, node_id: str) -> NodePreview | None:
        """Return what is known about a node of the canvas, stale or not."""
        found = self._answers.get(self._at(node_id))
        return found.found if found else None

    def serial(self, node_id: str) -> int:
        """Return a number that changes with every answer about a node; 0 for none."""
        found = self._answers.get(self._at(node_id))
        return found.serial if found else 0

    def is_stale(self, node_id: str) -> bool:
        """Tell whether what is known about a node is about another network, row or weights."""
        return self._out_of_date(self._at(node_id))

    def _at(self, node_id: str) -> str:
        """Return the id of a node of the canvas in the expanded network."""
        return "/".join((*self._scope(), node_id))

    def _out_of_date(self, at: str) -> bool:
        found = self._answers.get(at)
        return found is None or found.turn != self._turn

    # ---- what makes answers stale ----------------------------------------------------------

    def _set_question(self, question: Question) -> None:
        self._held = False
        if question != self.question:
            self.question = question
            self._new_turn()
        else:
            self._ask_soon()

    @Slot(object)
    def _document_changed(self, change: Change) -> None:
        if shape_changes(change):
            self._shapes_known = False
            self._new_turn()
        elif touches(change, "data") or touches(change, "recipe"):
            self._new_turn()

    @Slot(object)
    def _inferred(self, _inference: Inference) -> None:
        self._shapes_known = True
        self._new_turn()

    def _new_turn(self) -> None:
        """Take everything for stale and ask again soon."""
        self._turn += 1
        self._retries = 0
        self._held = False  # what was cancelled or failed may work now
        if self._job is not None:
            self._job.stop()
        if not self.on:
            return
        self._ask_soon()
        self.changed.emit()

    def _ask_soon(self) -> None:
        if self.on and self._session is not None:
            self._timer.start()

    # ---- asking ----------------------------------------------------------------------------

    def _needed(self) -> tuple[list[str], str]:
        """Return the nodes that must be asked about, and the one to look at closely."""
        nodes = [n for n in self._wanted if self._out_of_date(n)][:_MOST_AT_ONCE]
        detail = self._detail
        known = self._answers.get(detail)
        fresh = known is not None and known.turn == self._turn and known.first == self._first
        if fresh and known is not None and (known.found.detail or known.found.message):
            detail = ""
        return [n for n in nodes if n != detail], detail

    @Slot()
    def _ask(self) -> None:
        session = self._session
        if not self.on or session is None or self._job is not None or self._held or not self._seen:
            return
        if not self._shapes_known:
            return  # `_inferred` asks
        nodes, detail = self._needed()
        if not nodes and not detail:
            return
        if not session.document.data.source.path:
            self._fail(_no_data())
            return
        recipe = session.document.recipe
        spec: dict[str, Any] = {
            "project": str(session.document.folder),
            "data": self._data_plain(session.document.data),
            "revision": session.inference.revision,
            "run_id": self.question.run_id or None,
            "seed": recipe.seed,
            "precision": recipe.precision,
            "part": self.question.part,
            "index": self.question.index,
            "row": self.question.row,
            "nodes": nodes,
            "detail": detail or None,
            "first": self._first,
            "weights": self.question.weights,
        }
        self._asked = (self._turn, self._first)
        self._asked_nodes = [*nodes, *([detail] if detail else [])]
        self.progress = None
        job = self._job = self._engines.design_job("preview", spec, "Preview")
        job.event.connect(self._event)
        job.done.connect(self._done)
        job.failed.connect(self._failed)
        self.state_changed.emit()

    def _data_plain(self, data: DataSpec) -> Any:
        if self._data is None or self._data[0] is not data:
            self._data = (data, data.to_plain())
        return self._data[1]

    @Slot(object)
    def _event(self, event: dict[str, Any]) -> None:
        if event.get("event") == "progress" and event.get("total"):
            self.progress = event["done"] / event["total"]
            self.state_changed.emit()

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        self._end_job()
        turn, first = self._asked
        preview = Preview.from_plain(result)
        if turn == self._turn:
            self.error = None
            self.sample, self.preview = preview.sample, preview
            told = dict(preview.nodes)
            if not preview.stopped:  # what is not told would be asked for again and again
                for node_id in self._asked_nodes:
                    told.setdefault(node_id, NodePreview(node_id, message=_GONE))
            for node_id, found in told.items():
                self._answers.pop(node_id, None)
                self._answers[node_id] = Answer(found, turn, first if found.detail else 0)
            self._forget_old()
        self._ask()
        self.state_changed.emit()
        self.changed.emit()

    def _forget_old(self) -> None:
        """Forget the oldest answers beyond a number and an amount of memory."""
        size = sum(answer.bytes for answer in self._answers.values())
        for at in list(self._answers):
            if len(self._answers) <= _MOST_KEPT and size <= _MOST_BYTES:
                break
            size -= self._answers.pop(at).bytes

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        self._end_job()
        if self._asked[0] != self._turn:
            self._ask()
        elif isinstance(error, EngineError) and self._engine_lives and self._retries < _RETRIES:
            self._retries += 1  # it knows another revision by now; the shapes are on their way
            self._ask_soon()
        elif not isinstance(error, JobCancelled):
            if isinstance(error, EngineError):
                self._shapes_known = False  # a new engine asks again
            self._fail(error)
        self.state_changed.emit()

    @property
    def _engine_lives(self) -> bool:
        design = self._engines.design
        return design is not None and design.state != "dead"

    def _fail(self, error: WorkbenchError) -> None:
        self.error = as_workbench_error(error)
        self._held = not isinstance(error, EngineError)
        self.state_changed.emit()
        self.changed.emit()

    def _end_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
            self._job = None
        self.progress = None

    def _drop_job(self) -> None:
        """Forget the job; what it says is not heard any more."""
        job, self._job = self._job, None
        if job is not None:
            job.event.disconnect(self._event)
            job.done.disconnect(self._done)
            job.failed.disconnect(self._failed)
            job.stop()
            job.finished.connect(job.deleteLater)
        self.progress = None


def _no_data() -> WorkbenchError:
    return DataError(
        "There is no data to send through the network.",
        remedy="Choose a table on the data page.",
        place=Place("field", "source"),
    )
