"""What can be done to compare networks, and how the windows open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from ui.compare.choosing import SourceDialog
    from ui.compare.sources import Source
    from ui.compare.window import ComparisonWindow
    from ui.main_window import MainWindow

# The windows are loaded when they are asked for: the table of actions is part of the start.


def compare_actions(window: MainWindow) -> list[Action]:
    """Return the actions of comparing."""
    return [
        Action("compare.with", "Compare with…", lambda: ask(window), "Ctrl+Alt+C", "",
               menu="Design", group="compare", enabled_when=lambda: window.has_project,
               tip="The saved version, the network of a run, or another project"),
        Action("compare.runs", "Compare networks of runs", lambda: compare_runs(window), "", "",
               menu="Train", group="runs", enabled_when=lambda: len(_selected(window)) == 2,
               tip="How the networks of the two selected runs differ"),
    ]  # fmt: skip


def ask(window: MainWindow) -> SourceDialog | None:
    """Ask which network to compare the present one with."""
    from ui.compare.choosing import SourceDialog
    from ui.compare.sources import present, run_sources, saved

    session = window.session
    if session is None:
        return None
    dialog = SourceDialog([saved(session), *run_sources(session)], window)
    dialog.chosen.connect(lambda source: open_comparison(window, source, present(session), True))
    dialog.open()
    return dialog


def compare_runs(window: MainWindow) -> ComparisonWindow | None:
    """Compare the networks of the two selected runs, the earlier one first."""
    from ui.compare.sources import run_source

    session, chosen = window.session, _selected(window)
    if session is None or len(chosen) != 2:
        return None
    records = [record for record in session.store.runs() if record.run_id in chosen]
    records.sort(key=lambda record: record.created)
    if len(records) != 2:
        return None
    return open_comparison(window, run_source(records[0]), run_source(records[1]), False)


def open_comparison(
    window: MainWindow, before: Source, after: Source, current: bool
) -> ComparisonWindow | None:
    """Read two networks and show how they differ; an error is shown instead."""
    from ui.compare.window import ComparisonWindow
    from workbench.graph.compare import compare

    try:
        found = compare(before.read(), after.read())
    except WorkbenchError as error:
        window.services.show_error(error)
        return None
    shapes = window.session.inference if current and window.session is not None else None
    shown = ComparisonWindow(
        found, before.title, after.title, window.services,
        current=current, shapes=shapes, parent=window,
    )  # fmt: skip
    shown.show()
    return shown


def _selected(window: MainWindow) -> list[str]:
    """Return the ids of the runs that are selected on the Train page."""
    if window.pages.current_id != "train":
        return []
    selected = getattr(window.pages.page("train"), "selected", None)  # not on a broken page
    return list(selected()) if selected is not None else []
