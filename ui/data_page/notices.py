"""What stands above the table: why a file did not open, what is wrong with the document."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from ui.data_page.opening import NotReadableError
from ui.widgets import Button, ErrorBanner
from workbench.errors import WorkbenchError
from workbench.graph.problems import Problem

_HEADS = ("columns", "source", "split")


class Notices(QObject):
    """Fills the banner: the last failure, else why there is no table, else a problem.

    Args:
        banner: Where it is shown.

    Attributes:
        failure: What a person last asked for and did not get, or None.
        changed: Emitted when the banner came or went.
        fix_chosen: Emitted with the `Fix` to apply.
        find_wanted: Emitted when the file is to be looked for elsewhere.
        again_wanted: Emitted when the file is to be read again.
        anyway_wanted: Emitted with the `SourceSpec` to take although it cannot be read yet.
    """

    changed = Signal()
    fix_chosen = Signal(object)
    find_wanted = Signal()
    again_wanted = Signal()
    anyway_wanted = Signal(object)

    def __init__(self, banner: ErrorBanner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner = banner
        self.failure: WorkbenchError | None = None
        self._shown: object = None
        self._dismissed: object = None
        banner.dismissed.connect(self._dismiss)

    def forget(self) -> None:
        """Forget the failure and what was dismissed: another project, or it went well."""
        self.failure, self._dismissed = None, None

    def show(self, no_table: WorkbenchError | None, problems: list[Problem]) -> None:
        """Show what is most urgent.

        Args:
            no_table: Why there is no table, or None.
            problems: All problems of the project.
        """
        error = self.failure or no_table
        wanted: object = error or next((p for p in problems if is_of_document(p)), None)
        if wanted == self._dismissed:
            wanted = None
        if wanted == self._shown:
            return
        self._shown = wanted
        if isinstance(wanted, WorkbenchError):
            self._banner.show_error(wanted, self._ways_out(wanted))
        elif isinstance(wanted, Problem):
            buttons = [
                Button(
                    fix.label, partial(self.fix_chosen.emit, fix), name=f"data.banner.fix.{place}"
                )
                for place, fix in enumerate(wanted.fixes[:3])
            ]
            self._banner.show_notice(wanted.message, tone=wanted.severity, buttons=buttons)
        else:
            self._banner.clear()
        self.changed.emit()

    def _ways_out(self, error: WorkbenchError) -> list[Button]:
        if isinstance(error, NotReadableError):
            take = partial(self.anyway_wanted.emit, error.source)
            return [Button("Choose how to read it", take, name="data.banner.reading")]
        if self.failure is None and error.place is not None and error.place.kind == "file":
            return [
                Button("Find the file…", self.find_wanted.emit, name="data.banner.find"),
                Button("Read again", self.again_wanted.emit, name="data.banner.again"),
            ]
        return []

    @Slot()
    def _dismiss(self) -> None:
        self._dismissed, self._shown, self.failure = self._shown, None, None
        self.changed.emit()


def is_of_document(problem: Problem) -> bool:
    """Return whether a problem belongs to the data document as a whole and is worth a banner."""
    place = problem.place
    if problem.severity == "info" or place.kind != "field":
        return False
    return problem.code != "no_data" and place.id.partition(".")[0] in _HEADS


def is_data_error(problem: Problem) -> bool:
    """Return whether a problem of the data prevents training."""
    if problem.severity != "error":
        return False
    return problem.place.kind in ("column", "file") or is_of_document(problem)
