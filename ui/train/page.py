"""The Train page: the recipe at the left, the run and its curves, the list of all runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import Qt, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from shiboken6 import isValid

from ui.actions import Action
from ui.pages import Page
from ui.pages.base import PageState
from ui.sync.changes import alters_training
from ui.train.before import BeforeFirstRun
from ui.train.controls import RunButtons, SmoothingBox
from ui.train.dialogs import ask_cancel, ask_delete
from ui.train.page_actions import train_actions
from ui.train.recipe_form import RecipeForm
from ui.train.run_board import RunBoard
from ui.train.run_view import RunView
from ui.train.spec_dialog import SpecDialog
from ui.widgets import SidePanel
from workbench.errors import Place, WorkbenchError
from workbench.graph.changes import SetField
from workbench.recipe.presets import resolve

if TYPE_CHECKING:
    from ui.services import Services
    from ui.session import ProjectSession

_ASK_AFTER: Final = 60.0
"""Seconds of work from which on Cancel asks whether it may be thrown away."""


class TrainPage(Page):
    """Train the network and see it learn."""

    page_id: ClassVar[str] = "train"
    title: ClassVar[str] = "Train"
    icon: ClassVar[str] = "train"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._ending = self._glowed = False
        self._state: PageState = "empty"
        self._buttons: RunButtons | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.form = RecipeForm()
        self.before = BeforeFirstRun()
        self.view = RunView(services.layout)
        self.board = RunBoard(self.view, self)
        self.smoothing = SmoothingBox(services.layout.recall("train.smoothing", 0))
        self.view.plots.set_smoothing(self.smoothing.weight)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        panel = SidePanel("Settings", name="train.settings", memory=self.services.layout,
                          width=328, minimum=264, scroll=True)  # fmt: skip
        panel.content.addWidget(self.form)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.before)
        self._stack.addWidget(self.view)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(panel)
        line.addWidget(self._stack, 1)

    def _connect(self) -> None:
        table = self.view.table
        self.form.edited.connect(self._edited)
        self.form.learning_rate_edited.connect(self._learning_rate_edited)
        self.smoothing.changed.connect(self._smoothing_changed)
        self.view.header.go_on_requested.connect(self.go_on)
        self.before.start_requested.connect(self.start)
        self.before.problems_requested.connect(self._show_problem_list)
        self.view.explain_requested.connect(lambda: self.services.show_page("explain"))
        self.view.plots.problem_raised.connect(self.services.show_error)
        self.board.changed.connect(self._update)
        self.board.selected.connect(self._run_selected)
        table.chosen.connect(self._runs_chosen)
        table.delete_requested.connect(self.ask_delete)
        table.spec_requested.connect(self.show_spec)
        table.go_on_requested.connect(self.go_on)
        table.compare_requested.connect(lambda: self.services.command("compare.runs"))
        self.services.engines.changed.connect(self._engines_changed)

    # ---- what the window asks ------------------------------------------------------------

    def actions_table(self) -> list[Action]:
        """Return what can be done on this page."""
        return train_actions(self)

    def toolbar_widgets(self) -> list[QWidget]:
        """Return the smoothing of the plots."""
        return [self.smoothing]

    def primary_widget(self) -> QWidget:
        """Return Train, or Stop with Pause and Cancel beside it."""
        names = ("start", "pause", "resume", "stop", "cancel")
        self._buttons = RunButtons(*(self.qaction(f"train.{name}") for name in names))
        return self._buttons

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project, or none."""
        # A closed project may still report how its training ended: not to the next one.
        if self.session is not None and isValid(self.session):
            for signal, slot in self._links(self.session):
                signal.disconnect(slot)
        super().set_session(session)
        self._ending = self._glowed = False
        self.board.open(session.document.folder if session is not None else None)
        if session is not None:
            for signal, slot in self._links(session):
                signal.connect(slot)
            if session.training:
                self.board.begin(self._metrics(), session.selected_run or "")
            self._show_documents()
            self._engines_changed()
        self._update()

    def _links(self, session: ProjectSession) -> list[tuple[SignalInstance, Callable[..., None]]]:
        return [
            (session.changed, self._document_changed),
            (session.signature_changed, self._show_documents),
            (session.inference_changed, self._show_facts),
            (session.problems_changed, self._problems_changed),
            (session.runs_changed, self.board.load_list),
            (session.run_event, self._run_event),
            (session.run_finished, self._run_finished),
            (session.active_run_changed, self._active_run_changed),
            (session.training_changed, self._training_changed),
        ]

    def page_shown(self) -> None:
        """Point to the Train button once, before the first run."""
        self.setFocus()
        self._show_facts()
        if not self._glowed and not self.board.has_runs and self._buttons is not None:
            self._glowed = self.is_ready()
            if self._glowed:
                QTimer.singleShot(300, self._buttons.train, self._buttons.train.glow)

    def show_place(self, place: Place) -> bool:
        """Go to a setting or a run."""
        if place.kind == "run" and place.id in self.board.runs.records:
            self.board.show([place.id])
            return True
        return place.kind == "field" and self.form.open_section_of(place.id)

    def is_settled(self) -> bool:
        """Tell whether runs and plots are shown."""
        return not self.board.busy

    # ---- what the person does ------------------------------------------------------------

    def can_start(self) -> bool:
        """Tell whether Train does something: it trains, or says what is missing."""
        return self.session is not None and not self.session.training

    def is_ready(self) -> bool:
        """Tell whether nothing stands in the way of a training."""
        return self.session is not None and self.can_start() and not self.session.has_errors

    def is_running(self) -> bool:
        """Tell whether a training goes on."""
        return self.session is not None and self.session.training

    def is_paused(self) -> bool:
        """Tell whether the training waits."""
        live = self.board.live
        return self.is_running() and live is not None and live.paused

    @Slot()
    def start(self) -> None:
        """Train with the documents as they are."""
        if self.session is not None and not self.session.training:
            self.session.start_training()

    @Slot()
    def stop(self) -> None:
        """End the training and keep the best weights."""
        if self.session is not None and self.is_running():
            self._ending = True
            self.session.stop_training()
            self._update()

    @Slot()
    def cancel(self) -> None:
        """End the training and discard it; asks when more than a minute would be lost."""
        live = self.board.live
        if live is None or live.elapsed() < _ASK_AFTER:
            self._cancel_now()
        else:
            ask_cancel(self, live.elapsed(), self._cancel_now)

    def pause(self) -> None:
        """Let the training wait."""
        if self.session is not None and self.session.training_job is not None:
            self.session.training_job.pause()

    def resume(self) -> None:
        """Let the training go on."""
        if self.session is not None and self.session.training_job is not None:
            self.session.training_job.resume()

    def can_go_on(self) -> bool:
        """Tell whether the run that is shown broke off and can be taken up again."""
        record = self.board.record_shown
        return record is not None and record.can_go_on and self.can_start()

    @Slot()
    def go_on(self) -> None:
        """Go on with the run that is shown, which broke off."""
        if self.session is not None and self.can_go_on():
            self.session.go_on_training(self.board.shown[0])

    def selected(self) -> list[str]:
        """Return the ids of the selected runs."""
        return self.view.table.selected()

    def _cancel_now(self) -> None:
        if self.session is not None:
            self._ending = self.is_running()
            self.session.cancel_training()
            self._update()

    @Slot(object, str)
    def _edited(self, change: Any, merge: str) -> None:
        if self.session is None:
            return
        try:
            self.session.apply(change, merge)
        except WorkbenchError as error:
            self.services.show_error(error)
            self._show_documents()

    @Slot(float)
    def _learning_rate_edited(self, rate: float) -> None:
        if self.session is not None and self.session.training_job is not None:
            self.session.training_job.set("learning_rate", rate)

    @Slot(int, float)
    def _smoothing_changed(self, position: int, weight: float) -> None:
        self.view.plots.set_smoothing(weight)
        self.services.layout.remember("train.smoothing", position)

    @Slot(object)
    def _runs_chosen(self, run_ids: list[str]) -> None:
        if run_ids:
            self.view.banner.hide()
            self.board.show(run_ids)
        self._update()

    @Slot(str)
    def _run_selected(self, run_id: str) -> None:
        rows = {row.run_id: row for row in self.board.runs.rows}
        failed = run_id in rows and rows[run_id].state.is_finished and not (
            rows[run_id].state.has_weights
        )  # fmt: skip
        if self.session is not None and not failed:  # Explain follows, and needs weights
            self.session.select_run(run_id)

    @Slot(object)
    def ask_delete(self, run_ids: list[str]) -> None:
        """Delete runs, after asking."""
        live = self.board.live
        going_on = live.run_id if live is not None and self.is_running() else ""
        rows = [r for r in self.board.runs.rows if r.run_id in run_ids and r.run_id != going_on]
        chosen = [row.run_id for row in rows]
        if rows:
            ask_delete(self, [row.name for row in rows], lambda: self.board.delete(chosen))

    @Slot(str)
    def show_spec(self, run_id: str) -> None:
        """Show what a run was made with."""
        record = self.board.runs.records.get(run_id)
        if record is not None:
            dialog = SpecDialog(record, self)
            dialog.reuse_requested.connect(self._reuse)
            dialog.open()

    @Slot(object)
    def _reuse(self, recipe: Any) -> None:
        self._edited(SetField("recipe", (), recipe, "Use settings of a run"), "")

    @Slot()
    def _show_problem_list(self) -> None:
        self.services.command("view.problems")

    # ---- what happens in the project -----------------------------------------------------

    @Slot(object)
    def _document_changed(self, change: Any) -> None:
        if alters_training(change):
            self._show_documents()
        else:
            self._show_facts()

    @Slot()
    def _show_documents(self) -> None:
        session = self.session
        if session is not None:
            document = session.document
            self.form.show_documents(document.recipe, document.data, session.signature,
                                     document.graph)  # fmt: skip
            self.form.show_problems(session.problems)
            self.view.plots.prepare(["loss", *self._metrics()])
            self._show_facts()

    def _metrics(self) -> list[str]:
        """Return the names of the metrics that a training would log now."""
        session = self.session
        if session is None or session.signature is None:
            return []
        document = session.document
        try:
            return list(resolve(document.recipe, session.signature, document.graph).metrics)
        except WorkbenchError:
            return []

    @Slot()
    def _show_facts(self) -> None:
        session = self.session
        if session is not None and self.isVisible() and not self.board.has_runs:
            document = session.document
            self.before.show_facts(document.data, session.signature, document.graph,
                                   session.inference, document.recipe,
                                   session.problems)  # fmt: skip

    @Slot(object)
    def _problems_changed(self, problems: Any) -> None:
        self.form.show_problems(problems)
        self._show_facts()
        self._update()

    @Slot()
    def _engines_changed(self) -> None:
        found: dict[str, None] = {}
        for engine in self.services.engines.processes():
            if engine.ready is not None and engine.role == "run":
                found.update(dict.fromkeys(engine.ready.devices))
        if found:
            self.form.show_devices(list(found))

    @Slot(bool)
    def _training_changed(self, training: bool) -> None:
        if training:
            self._ending = False
            earlier = self.session.taken_up if self.session is not None else ""
            self.board.begin(self._metrics(), earlier, broke_off=bool(earlier))
        self._update()

    @Slot(object)
    def _active_run_changed(self, run_id: str | None) -> None:
        if run_id:
            self.board.follow(run_id)

    @Slot(object)
    def _run_event(self, event: dict[str, Any]) -> None:
        self.board.take(event)
        if event.get("event") in ("paused", "resumed"):
            self._update()

    @Slot(object)
    def _run_finished(self, outcome: Any) -> None:
        self._ending = False
        self.board.finish(outcome)
        self._update()

    # ---- state ---------------------------------------------------------------------------

    @Slot()
    def _update(self) -> None:
        running, board = self.is_running(), self.board
        if self._buttons is not None:
            self._buttons.show_state(running=running, paused=self.is_paused(), ending=self._ending)
        self.form.show_running(running)
        self.view.header.offer_going_on(self.can_go_on())
        trouble = not self.view.banner.isHidden()
        self._stack.setCurrentWidget(self.view if board.has_runs or trouble else self.before)
        self.view.show_count(len(board.runs.rows), len(board.shown))
        self.services.actions.refresh_later()
        state = self._state_now(running or board.running)
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _state_now(self, running: bool) -> PageState:
        if running:
            return "running"
        if self.session is not None and self.session.has_errors:
            return "attention"
        return "ready" if self.board.has_weights else "empty"
