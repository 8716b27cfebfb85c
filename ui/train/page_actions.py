"""What can be done on the Train page, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.train.page import TrainPage


def train_actions(page: TrainPage) -> list[Action]:
    """Return the actions of the page, in the order in which menus show them."""

    def one() -> bool:
        return len(page.selected()) == 1

    def some() -> bool:
        return bool(page.selected())

    running = page.is_running
    scope = page.page_id
    return [
        Action("train.start", "Train", page.start, "Ctrl+Return", "play", scope=scope,
               enabled_when=page.can_start, menu="Train", group="run",
               tip="Train the network with these settings"),
        Action("train.pause", "Pause", page.pause, "Ctrl+Shift+Space", "pause", scope=scope,
               enabled_when=lambda: running() and not page.is_paused(), menu="Train", group="run",
               tip="Let the training wait; it goes on where it was"),
        Action("train.resume", "Resume", page.resume, "", "resume", scope=scope,
               enabled_when=page.is_paused, menu="Train", group="run"),
        Action("train.stop", "Stop", page.stop, "Ctrl+.", "stop", scope=scope,
               enabled_when=running, menu="Train", group="run",
               tip="End the training and keep the best epoch"),
        Action("train.cancel", "Cancel", page.cancel, "", "cancel", scope=scope,
               enabled_when=running, menu="Train", group="run",
               tip="End the training and discard it"),
        Action("train.go_on", "Continue run", page.go_on, "", "resume", scope=scope,
               enabled_when=page.can_go_on, menu="Train", group="runs",
               tip="Go on with a run that broke off, from its last checkpoint"),
        Action("train.rename_run", "Rename run", page.view.table.rename_current, "", "rename",
               scope=scope, enabled_when=one, menu="Train", group="runs"),
        Action("train.show_spec", "Show settings of run",
               lambda: page.show_spec(page.selected()[0]), "", "settings", scope=scope,
               enabled_when=one, menu="Train", group="runs"),
        Action("train.delete_runs", "Delete runs…",
               lambda: page.ask_delete(page.selected()), "", "delete", scope=scope,
               enabled_when=some, menu="Train", group="runs"),
        Action("train.fit_plots", "Show all of the plots", page.view.plots.fit, "Ctrl+0", "fit",
               scope=scope, menu="Train", group="plots"),
    ]  # fmt: skip
