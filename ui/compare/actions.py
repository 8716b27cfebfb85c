"""What can be done to compare networks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakKeyDictionary

from ui.actions import Action
from ui.jobs import run_in_thread
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from pathlib import Path

    from ui.compare.choosing import SourceDialog
    from ui.compare.mode import CompareMode
    from ui.compare.sources import Source
    from ui.design import DesignPage
    from ui.main_window import MainWindow
    from workbench.graph.compare import Comparison
    from workbench.graph.differences import Difference

# What shows comparisons is loaded when it is asked for: the table of actions is part of the start.

_modes: Final[WeakKeyDictionary[MainWindow, CompareMode]] = WeakKeyDictionary()
"""What compares on the Design page of a window, once it was asked for."""


def compare_actions(window: MainWindow) -> list[Action]:
    """Return the actions of comparing."""

    def open_project() -> bool:
        return window.has_project

    def on() -> bool:
        shown = _modes.get(window)
        return shown is not None and shown.on

    return [
        Action("compare.with", "Compare with…", lambda: ask(window), "Ctrl+Alt+C", "",
               menu="Design", group="compare", enabled_when=open_project,
               tip="The saved version, the network of a run, a file, or another project"),
        Action("compare.saved", "Compare with saved version", lambda: compare_saved(window),
               "Ctrl+Alt+D", "", menu="Design", group="compare", enabled_when=open_project,
               tip="What was changed since the project was saved"),
        Action("compare.file", "Compare with file…", lambda: compare_file(window), "", "",
               menu="Design", group="compare", enabled_when=open_project,
               tip="A project, a Keras model (.keras, .json, .h5) or Python that makes one"),
        Action("compare.next", "Next difference", partial(_do, window, "next"), "F4", "",
               menu="Design", group="compare", enabled_when=on),
        Action("compare.previous", "Previous difference",
               partial(_do, window, "previous"), "Shift+F4", "",
               menu="Design", group="compare", enabled_when=on),
        Action("compare.take", "Take difference over",
               partial(_do, window, "take_current"), "Ctrl+Alt+T", "",
               menu="Design", group="compare", enabled_when=on,
               tip="Puts what the other network has into this one"),
        Action("compare.done", "End comparing", lambda: mode(window).end(), "", "",
               menu="Design", group="compare", enabled_when=on),
        Action("compare.runs", "Compare networks of runs", lambda: compare_runs(window), "", "",
               menu="Train", group="runs", enabled_when=lambda: len(_selected(window)) == 2,
               tip="How the networks of the two selected runs differ"),
        Action("compare.run", "Compare network of run with the present one",
               lambda: compare_run(window), "", "",
               menu="Train", group="runs", enabled_when=lambda: len(_selected(window)) == 1),
    ]  # fmt: skip


def _do(window: MainWindow, what: str) -> None:
    """Let the list of differences do something."""
    getattr(mode(window).panel, what)()


def mode(window: MainWindow) -> CompareMode:
    """Go to the Design page and return what compares there, made at the first use."""
    from ui.compare.mode import CompareMode

    window.show_page("design")
    found = _modes.get(window)
    if found is None:
        page = window.pages.page("design")
        if not hasattr(page, "canvas"):
            raise WorkbenchError("The Design page cannot be shown, so that nothing is compared.")
        found = CompareMode(window, cast("DesignPage", page))
        window.flow.session_changed.connect(found.follow_session)
        _modes[window] = found
    return found


def ask(window: MainWindow) -> SourceDialog | None:
    """Ask which network to compare the present one with."""
    from ui.compare.choosing import SourceDialog
    from ui.compare.sources import run_sources, saved

    session = window.session
    if session is None:
        return None
    dialog = SourceDialog([saved(session)], window.services.settings.last_folder, window)
    runs = run_in_thread(run_sources, session.store)
    runs.done.connect(dialog.add)
    runs.failed.connect(window.services.show_error)
    dialog.chosen.connect(lambda source: compare_with(window, source))
    dialog.file_chosen.connect(lambda path: compare_path(window, path))
    dialog.open()
    return dialog


def compare_with(window: MainWindow, source: Source) -> None:
    """Compare the present network with another one, on the Design page."""
    if window.session is not None:
        mode(window).begin(window.session, source)


def compare_saved(window: MainWindow) -> None:
    """Compare the present network with the saved one."""
    from ui.compare.sources import saved

    if window.session is not None:
        compare_with(window, saved(window.session))


def compare_file(window: MainWindow) -> None:
    """Ask for a file and compare the present network with that in it."""
    from ui.compare.choosing import ask_file

    path = ask_file(window, window.services.settings.last_folder)
    if path is not None:
        window.services.settings.last_folder = str(path.parent)
        compare_path(window, path)


def compare_path(window: MainWindow, path: Path) -> None:
    """Compare the present network with that of a file or a project's folder."""
    if window.session is not None:
        mode(window).begin_file(path)


def compare_run(window: MainWindow) -> None:
    """Compare the present network with that of the selected run."""
    from ui.compare.sources import run_source

    session, chosen = window.session, _selected(window)
    if session is None or len(chosen) != 1:
        return
    record = next((record for record in session.store.runs() if record.run_id in chosen), None)
    if record is not None:
        compare_with(window, run_source(record))


def compare_runs(window: MainWindow) -> None:
    """Compare the networks of the two selected runs, the earlier one first."""
    from ui.compare.sources import run_source

    session, chosen = window.session, _selected(window)
    if session is None or len(chosen) != 2:
        return
    records = [record for record in session.store.runs() if record.run_id in chosen]
    records.sort(key=lambda record: record.created)
    if len(records) == 2:
        open_comparison(window, run_source(records[0]), run_source(records[1]))


def open_comparison(window: MainWindow, before: Source, after: Source) -> None:
    """Read two networks in the background and show in a window how they differ."""

    def show(result: tuple[Comparison, tuple[Difference, ...]]) -> None:
        from ui.compare.window import ComparisonWindow

        found, rows = result
        ComparisonWindow(
            found, before.title, after.title, window.services, rows=rows, parent=window
        ).show()

    window.services.show_message(f"Comparing {before.title} with {after.title}…")
    task = run_in_thread(_compared, before, after)
    task.done.connect(show)
    task.failed.connect(window.services.show_error)


def _compared(before: Source, after: Source) -> tuple[Comparison, tuple[Difference, ...]]:
    from workbench.graph.compare import compare
    from workbench.graph.differences import differences

    found = compare(before.read(), after.read())
    return found, differences(found)


def _selected(window: MainWindow) -> list[str]:
    """Return the ids of the runs that are selected on the Train page."""
    if window.pages.current_id != "train":
        return []
    selected = getattr(window.pages.page("train"), "selected", None)  # not on a broken page
    return list(selected()) if selected is not None else []
