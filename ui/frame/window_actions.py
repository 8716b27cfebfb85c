"""Everything that can be done in the window whatever page is shown, as one table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from ui.actions import Action
from ui.compare.actions import compare_actions
from ui.frame.page_table import PAGES

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.theme import ThemeMode


def window_actions(window: MainWindow) -> list[Action]:
    """Return the window's actions, in the order in which menus show them."""
    return [
        *_file(window), *_edit(window), *_view(window), *_engine(window),
        *compare_actions(window), *_help(window),
    ]  # fmt: skip


def _file(window: MainWindow) -> list[Action]:
    flow = window.flow
    return [
        Action("file.new", "New project", flow.new_empty, "Ctrl+N", "new", menu="File",
               tip="Empty, in your documents folder"),
        Action("file.open_table", "New project from a table…", flow.new_from_table,
               "Ctrl+Shift+N", "data", menu="File",
               tip="A CSV or Parquet file; columns and a first network are suggested"),
        Action("file.open", "Open project…", flow.open_asking, "Ctrl+O", "open", menu="File"),
        Action("file.import", "Import network…", flow.networks.ask, "Ctrl+Shift+I", "import",
               menu="File", tip="The layers of a saved Keras model, or of Python that makes one"),
        Action("file.paste_python", "Paste Python…", flow.networks.python.paste, "", "paste",
               menu="File", tip="A network from Python that builds a Keras model"),
        Action("file.save", "Save", flow.save, "Ctrl+S", "save", menu="File", group="save",
               enabled_when=lambda: window.has_project and window.can_save),
        Action("file.save_as", "Save as…", flow.save_as, "Ctrl+Shift+S", "save_as", menu="File",
               group="save", enabled_when=lambda: window.has_project),
        Action("file.export", "Export as Python…", partial(_export, window), "Ctrl+Shift+E",
               "export", menu="File", group="export", enabled_when=lambda: window.has_project,
               tip="The network, the network with its weights, or the complete training"),
        Action("file.settings", "Settings…", window.open_settings, "Ctrl+,", "settings",
               menu="File", group="settings"),
        Action("file.close", "Close project", flow.close, "Ctrl+W", "", menu="File", group="close",
               enabled_when=lambda: window.has_project),
        Action("file.quit", "Quit", window.close, "Ctrl+Q", "", menu="File", group="quit"),
    ]  # fmt: skip


def _export(window: MainWindow) -> None:
    from ui.frame.export_dialog import open_export

    open_export(window)


def _edit(window: MainWindow) -> list[Action]:
    return [
        Action("edit.undo", "Undo", window.undo, "Ctrl+Z", "undo", menu="Edit",
               enabled_when=lambda: window.can_undo, title_now=partial(_undo_title, window)),
        Action("edit.redo", "Redo", window.redo, "Ctrl+Shift+Z, Ctrl+Y", "redo", menu="Edit",
               enabled_when=lambda: window.can_redo, title_now=partial(_redo_title, window)),
    ]  # fmt: skip


def _view(window: MainWindow) -> list[Action]:
    pages = [
        Action(f"view.page.{entry.id}", f"Go to {entry.title}",
               partial(window.show_page, entry.id), f"Ctrl+{number}", entry.icon, menu="View",
               group="pages", enabled_when=partial(window.can_show, entry.id))
        for number, entry in enumerate(PAGES, 1)
    ]  # fmt: skip
    drawer = window.drawer
    themes = [
        Action(f"view.theme.{mode}", title, partial(_set_theme, window, mode), "", mode,
               menu="View", group="theme", checkable=True,
               checked_when=partial(_theme_is, window, mode))
        for mode, title in (("light", "Light theme"), ("dark", "Dark theme"),
                            ("system", "Theme of the system"))
    ]  # fmt: skip
    return [
        Action("view.palette", "Command palette…", window.open_palette, "Ctrl+Shift+P", "command",
               menu="View", in_palette=False),
        *pages,
        Action("view.problems", "Show problems", lambda: drawer.open_tab("problems"), "",
               "problems", menu="", enabled_when=lambda: window.has_project, in_palette=False),
        Action("view.toggle_problems", "Problems", lambda _on: drawer.toggle_tab("problems"),
               "Ctrl+Shift+M", "problems", menu="View", group="drawer", checkable=True,
               checked_when=lambda: drawer.opened and drawer.tab == "problems"),
        Action("view.toggle_log", "Log", lambda _on: drawer.toggle_tab("log"), "Ctrl+Shift+L",
               "log", menu="View", group="drawer", checkable=True,
               checked_when=lambda: drawer.opened and drawer.tab == "log"),
        Action("view.toggle_code", "Code", lambda _on: drawer.toggle_tab("code"), "Ctrl+Shift+K",
               "code", menu="View", group="drawer", checkable=True,
               checked_when=lambda: drawer.opened and drawer.tab == "code"),
        Action("view.toggle_analyze", "Analyze", lambda _on: drawer.toggle_tab("analyze"),
               "Ctrl+Shift+A", "table", menu="View", group="drawer", checkable=True,
               checked_when=lambda: drawer.opened and drawer.tab == "analyze"),
        Action("view.code_beside", "Code beside the page", drawer.put_code_beside,
               "Ctrl+Alt+K", "panel_right", menu="View", group="drawer", checkable=True,
               checked_when=lambda: drawer.beside.beside,
               tip="At the right, where it follows the canvas, instead of in the drawer"),
        *themes,
        Action("view.full_screen", "Full screen", lambda _on: window.toggle_full_screen(), "F11",
               "", menu="View", group="window", checkable=True,
               checked_when=window.isFullScreen),
    ]  # fmt: skip


def _engine(window: MainWindow) -> list[Action]:
    return [
        Action("engine.restart", "Restart engine", window.restart_engine, "", "refresh",
               menu="Engine", tip="Ends the process that computes shapes and starts a new one"),
    ]  # fmt: skip


def _help(window: MainWindow) -> list[Action]:
    return [
        Action("help.open", "Help", window.open_help, "F1", "help", menu="Help"),
        Action("help.shortcuts", "Keyboard shortcuts", window.open_shortcuts, "Ctrl+K", "keyboard",
               menu="Help"),
        Action("help.about", "About Keras Workbench", window.open_about, "", "info", menu="Help",
               group="about"),
    ]  # fmt: skip


def _set_theme(window: MainWindow, mode: str, _on: bool) -> None:
    window.set_theme(cast("ThemeMode", mode))


def _theme_is(window: MainWindow, mode: str) -> bool:
    return window.services.theme.mode == mode


def _undo_title(window: MainWindow) -> str:
    label = window.session.document.undo_label if window.session else ""
    return f"Undo {_lower(label)}" if label else "Undo"


def _redo_title(window: MainWindow) -> str:
    label = window.session.document.redo_label if window.session else ""
    return f"Redo {_lower(label)}" if label else "Redo"


def _lower(label: str) -> str:
    """Return a label for the middle of a sentence; names of layers keep their capitals."""
    first, _, rest = label.partition(" ")
    return f"{first.lower()} {rest}" if rest or first.istitle() else label
