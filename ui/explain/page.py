"""The Explain page: what the network predicts for held-out rows, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ui.actions import Action
from ui.explain.actions import page_actions
from ui.explain.cache import Manner
from ui.explain.export import Export
from ui.explain.inquiry import CHEAP, Inquiry
from ui.explain.predictions import Predictions
from ui.explain.result_panel import ResultPanel
from ui.explain.rows_panel import RowsPanel
from ui.explain.subject import RunFacts, facts_of
from ui.explain.toolbar import Toolbar
from ui.explain.words import about, headline, rows_text
from ui.pages import Page
from ui.widgets import Button, EmptyState
from workbench.errors import RunError, WorkbenchError
from workbench.explain.choices import choices, guess_speed

if TYPE_CHECKING:
    from ui.services import Services
    from ui.session import ProjectSession


class ExplainPage(Page):
    """Predictions of held-out rows and their explanations."""

    page_id: ClassVar[str] = "explain"
    title: ClassVar[str] = "Explain"
    icon: ClassVar[str] = "explain"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._facts: RunFacts | None = None
        self._found: Predictions | None = None
        self._selected: list[int] = []
        self._state = ""
        self.inquiry = Inquiry(self)
        self.toolbar = Toolbar(self)
        self.rows = RowsPanel(services.layout)
        self.result = ResultPanel()
        self.export = Export(self.result, services, self)
        self._nothing = EmptyState(
            "Train a network first",
            "Here you see what a trained network predicts for rows it has never seen, and how "
            "much each column contributed.",
            [Button("Go to Train", self._go_to_train, kind="normal", name="explain.go_to_train")],
            icon="explain",
            name="explain.empty",
        )
        self._arrange()
        self._connect()
        self._show_state()

    def _arrange(self) -> None:
        work = QWidget()
        line = QHBoxLayout(work)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.rows)
        line.addWidget(self.result, 1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(work)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(holder)

    def _connect(self) -> None:
        self.toolbar.run_changed.connect(self._run_chosen)
        self.toolbar.view_changed.connect(self._show_result)
        self.toolbar.manner_changed.connect(self._manner_changed)
        self.rows.rows_selected.connect(self._rows_selected)
        self.rows.part_changed.connect(self._ask_predictions)
        self.inquiry.predicted.connect(self._predicted)
        self.inquiry.measured.connect(self._measured)
        self.inquiry.explained.connect(self._explained)
        self.inquiry.progressed.connect(self._progressed)
        self.inquiry.changed.connect(self._show_state)
        self.inquiry.failed.connect(self._failed)
        self.inquiry.cancelled.connect(self._cancelled)
        self.result.cancel_requested.connect(self.inquiry.cancel)
        self.result.copy_requested.connect(self.export.copy)
        self.result.picture_requested.connect(self.export.ask_picture_file)
        self.result.values_requested.connect(self.export.ask_values_file)

    # ---- what the window asks ------------------------------------------------------------

    def actions_table(self) -> list[Action]:
        """Return what can be done on this page."""
        return page_actions(self)

    def toolbar_widgets(self) -> list[QWidget]:
        """Return the selectors."""
        return self.toolbar.widgets()

    def primary_action(self) -> QAction:
        """Return Explain."""
        return self.qaction("explain.start")

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project, or none."""
        old = self.session
        if old is not None:
            old.runs_changed.disconnect(self._runs_changed)
            old.active_run_changed.disconnect(self._follow_run)
            old.training_changed.disconnect(self._runs_changed)
        super().set_session(session)
        self.inquiry.set_session(session)
        self.export.folder = session.document.folder if session is not None else None
        self._facts = self._found = None
        self.rows.show_predictions(None, "")
        if session is not None:
            session.runs_changed.connect(self._runs_changed)
            session.active_run_changed.connect(self._follow_run)
            session.training_changed.connect(self._runs_changed)
        self._runs_changed()

    def page_shown(self) -> None:
        """Begin to ask the engine: not before somebody looks."""
        self._load_run()
        if self._facts is not None:
            self.rows.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask the engine, also when the page was in front before it was visible."""
        super().showEvent(event)
        self._load_run()

    def is_settled(self) -> bool:
        """Tell whether predictions and the picture of the selection are shown."""
        if self._facts is None:
            return True
        return self.inquiry.idle and self._found is not None and bool(self._selected)

    # ---- runs ----------------------------------------------------------------------------

    @Slot()
    def _runs_changed(self) -> None:
        session = self.session
        records = []
        if session is not None:
            try:
                records = [r for r in session.store.runs() if r.has_weights]
            except RunError as error:
                self.result.banner.show_error(error)
        records.sort(key=lambda record: record.created, reverse=True)
        known = {record.run_id for record in records}
        looked_at = session.selected_run if session is not None else None
        kept = looked_at if looked_at in known else self._facts.run_id if self._facts else ""
        self.toolbar.show_runs(records, kept or "")
        training = session is not None and session.training
        self._nothing.set_text(
            "The first training is going on" if training else "Train a network first",
            "Predictions and their explanations appear here when it has ended."
            if training
            else "Here you see what a trained network predicts for rows it has never seen, and "
            "how much each column contributed.",
        )
        self._load_run()

    @Slot(object)
    def _follow_run(self, run_id: str | None) -> None:
        at = self.toolbar.run.findData(run_id or "")
        if at >= 0:
            self.toolbar.run.setCurrentIndex(at)

    @Slot(str)
    def _run_chosen(self, run_id: str) -> None:
        if self.session is not None:
            self.session.select_run(run_id)
        self._load_run()

    def _load_run(self) -> None:
        """Show the chosen run; asks the engine only while the page is looked at."""
        run_id = self.toolbar.run_id
        if self.session is None or not run_id:
            self._facts = self._found = None
            self._show_state()
            return
        if not self.isVisible():
            self._show_state()
            return
        if self._facts is None or self._facts.run_id != run_id:
            self._facts = facts_of(self.session, run_id)
            self.toolbar.show_classes(self._facts.classes)
            self._show_choices()
            self._ask_predictions()
        self._show_state()

    @Slot()
    def _ask_predictions(self) -> None:
        if self._facts is None:
            return
        self._found, self._selected = None, []
        self.rows.show_predictions(None, self._facts.target)
        self.result.banner.clear()
        self.result.show_hint("Predicting", "The predictions of the run appear in a moment.")
        self.inquiry.ask_predictions(self._facts.run_id, self.rows.part)

    @Slot(object)
    def _predicted(self, found: Predictions) -> None:
        if self._facts is None or found.run_id != self._facts.run_id:
            return
        self._found = found
        self._facts = self._facts.with_classes(found.classes)
        self.toolbar.show_classes(found.classes)
        self.rows.show_predictions(found, self._facts.target)
        if not len(found):
            self.result.show_hint("No rows", "This part of the data has no rows.")
        self.inquiry.ask_speed(found.run_id)

    # ---- explaining ----------------------------------------------------------------------

    @property
    def manner(self) -> Manner:
        """How rows are to be explained now."""
        facts, bar = self._facts, self.toolbar
        return Manner(
            facts.run_id if facts else "", bar.explainer.name, bar.background_size,
            bar.space_name if facts and facts.classes else "logit",
        )  # fmt: skip

    def explain(self) -> None:
        """Explain the selected rows, however long it takes."""
        self.result.banner.clear()
        self.inquiry.ask_explanation(self.manner, self._selected)
        self._show_result()

    def select_rows(self, rows: list[int]) -> None:
        """Select table rows."""
        self.rows.select_rows(rows)

    def can_explain(self) -> bool:
        """Tell whether rows are selected that are not explained yet, and nothing runs."""
        return self._facts is not None and bool(self._missing()) and self.inquiry.running == ""

    def _missing(self) -> list[int]:
        return self.inquiry.explained_rows.missing(self.manner, self._selected)

    def _estimate(self, rows: int) -> float:
        facts = self._facts
        assert facts is not None
        return self.inquiry.estimate(
            self.manner, rows, facts.columns, max(1, len(facts.classes)), guess_speed(facts.graph)
        )

    @Slot(object)
    def _rows_selected(self, rows: list[int]) -> None:
        self._selected = rows
        self._show_choices()
        self._begin_if_cheap()

    @Slot()
    def _manner_changed(self) -> None:
        self._show_choices()
        self._begin_if_cheap()

    def _begin_if_cheap(self) -> None:
        self.inquiry.drop_explanation()
        missing = self._missing() if self._facts else []
        if missing and self._estimate(len(missing)) <= CHEAP:
            self.result.banner.clear()
            self.inquiry.ask_explanation(self.manner, self._selected)
        self._show_result()

    @Slot()
    def _measured(self) -> None:
        self._show_choices()
        if self._missing():
            self._begin_if_cheap()

    @Slot()
    def _explained(self) -> None:
        self._show_result()

    def _show_choices(self) -> None:
        """Show the explainers with the time that the selection would take."""
        facts = self._facts
        if facts is None:
            return
        rows = len(self._missing()) or 1
        self.toolbar.explainer.show_choices(
            choices(
                facts.signature, facts.graph, facts.columns, rows, self.toolbar.background_size,
                self.inquiry.speed(facts.run_id), self.inquiry.no_gradients(facts.run_id),
                self.manner.space,
            )
        )  # fmt: skip

    # ---- showing -------------------------------------------------------------------------

    @Slot()
    def _show_result(self) -> None:
        found = self.inquiry.explained_rows.get(self.manner, self._selected)
        if found is not None:
            row = headline(self._found, int(found.rows[0])) if self._found else ""
            selected = f"{rows_text(len(found))} selected"
            self.result.show_explanation(found, self.toolbar.output_code, row, selected)
        elif self._found is not None and len(self._found):
            self._show_waiting()
        self._show_state()

    def _show_waiting(self) -> None:
        missing = self._missing()
        if not self._selected:
            self.result.show_hint(
                "Select a row", "Select one row to see its explanation, or several for a summary."
            )
        elif self.inquiry.running == "explain" or self._estimate(len(missing)) <= CHEAP:
            if self.result.found is None or len(self._selected) > 1:
                self.result.show_hint("Explaining", f"{rows_text(len(self._selected))} selected.")
        else:
            time = about(self._estimate(len(missing)))
            self.result.show_hint(
                f"{rows_text(len(self._selected))} selected",
                f"Explaining {'it' if len(missing) == 1 else 'them'} takes {time}. Press Explain "
                "to begin; you can cancel at any time.",
            )

    @Slot(object)
    def _progressed(self, event: dict[str, Any]) -> None:
        if event.get("event") == "phase":
            self.result.progress.set_progress(str(event["text"]), 0, 0)
        elif event.get("event") == "progress":
            self.result.progress.set_progress(
                "", float(event["done"]), float(event["total"]), event.get("seconds_left")
            )

    @Slot()
    def _show_state(self) -> None:
        usable = self.session is not None and bool(self.toolbar.run_id)
        self._stack.setCurrentIndex(1 if usable else 0)
        self.toolbar.set_shown(usable, bool(self._facts and self._facts.classes))
        running = self.inquiry.running
        if running in ("predict", "explain"):
            if self.result.progress.isHidden():
                self.result.progress.start("Predicting" if running == "predict" else "Explaining")
        else:
            self.result.progress.finish()
        state = "running" if running == "explain" else "ready" if usable else "empty"
        if not self.result.banner.isHidden():
            state = "attention"
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
        self._name_primary()
        self.services.actions.refresh_later()

    def _name_primary(self) -> None:
        if "explain.start" not in self.services.actions:
            return
        action = self.qaction("explain.start")
        missing = self._missing() if self._facts else []
        action.setText(f"Explain {rows_text(len(missing))}" if len(missing) > 1 else "Explain")
        time = f"Takes {about(self._estimate(len(missing)))}" if missing else "All is explained"
        action.setToolTip(f"{action.text()} (Ctrl+Return)\n{time}")

    # ---- what goes wrong -----------------------------------------------------------------

    @Slot(str, object)
    def _failed(self, kind: str, error: WorkbenchError) -> None:
        if kind == "explain_choices":
            return  # the estimates stay guesses; the explanation itself will tell what is wrong
        again = Button("Try again", self._try_again, kind="link", name="explain.try_again")
        self.result.banner.show_error(error, [again])
        if kind == "predict":
            self.result.show_hint("No predictions", "The predictions could not be made.")
        elif self.result.found is None:
            self.result.show_hint("No explanation", "The explanation could not be made.")

    @Slot(str)
    def _cancelled(self, kind: str) -> None:
        if kind == "predict":
            self._facts = None
            self.result.show_hint("Cancelled", "Choose the run again to see its predictions.")
        elif kind == "explain":
            self.result.show_hint(
                "Cancelled", f"{rows_text(len(self._selected))} selected. Press Explain to begin "
                "anew."
            )  # fmt: skip

    def _try_again(self) -> None:
        self.result.banner.clear()
        if self._found is None:
            self._ask_predictions()
        else:
            self.explain()

    def _go_to_train(self) -> None:
        self.services.show_page("train")
