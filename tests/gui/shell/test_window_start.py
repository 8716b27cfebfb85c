"""The window comes up, shows templates, and begins a project from one."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from ui.welcome.cards import RecentRow, TemplateCard

ROOT = Path(__file__).parents[3]


def cards(window):
    return window.findChildren(TemplateCard)


def test_the_welcome_page_shows_the_templates(main_window, qtbot):
    qtbot.waitUntil(lambda: len(cards(main_window)) >= 3)
    titles = [card.accessibleName() for card in cards(main_window)]
    assert "Template: Breast cancer" in titles
    assert main_window.pages.current_id == "welcome"
    assert main_window.windowTitle() == "Welcome"


def test_a_click_on_a_template_makes_a_project_in_the_persons_folder(main_window, qtbot, own_home):
    qtbot.waitUntil(lambda: len(cards(main_window)) >= 3)
    card = next(c for c in cards(main_window) if c.property("template") == "wine")
    with qtbot.waitSignal(main_window.flow.created):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    document = main_window.session.document
    assert document.folder == own_home / "documents" / "Wine"
    assert (document.folder / "project.json").is_file()
    assert main_window.pages.current_id == "design"
    assert document.name in main_window.windowTitle()
    assert main_window.services.settings.recent == [str(document.folder)]


def test_a_second_project_of_the_same_name_gets_a_folder_of_its_own(main_window, qtbot):
    for expected in ("Wine", "Wine 2"):
        with qtbot.waitSignal(main_window.flow.created):
            main_window.flow.new_from_template("wine", "Wine")
        assert main_window.session.document.folder.name == expected


def test_recent_projects_are_listed_and_open_with_a_click(project_window, qtbot):
    window = project_window
    folder = window.session.document.folder
    assert window.flow.close()
    rows = window.findChildren(RecentRow)
    row = next(r for r in rows if r.property("folder") == str(folder))
    with qtbot.waitSignal(window.flow.session_changed):
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert window.session.document.folder == folder


class Shown(QObject):
    """Notes every widget that comes up as a window of its own."""

    def __init__(self):
        super().__init__()
        self.names = []

    def eventFilter(  # noqa: N802
        self, watched, event
    ):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def test_nothing_flashes_up_as_a_window_of_its_own(services, document, qapp, qtbot, monkeypatch):
    from ui.main_window import MainWindow

    monkeypatch.setattr("ui.frame.page_host.PageHost.eager", True)
    document.close()
    shown = Shown()
    qapp.installEventFilter(shown)
    window = MainWindow(services)
    qtbot.addWidget(
        window, before_close_func=lambda w: (w.flow.give_up(), w.drawer.log.close_log())
    )
    window.start(document.folder, engines=False)
    qtbot.waitUntil(lambda: len(window.pages.made_pages()) == 5, timeout=20_000)
    for page in ("data", "design", "train", "explain", "welcome"):
        window.show_page(page)
    qapp.removeEventFilter(shown)
    assert shown.names == ["MainWindow"]


def test_the_windows_process_never_loads_keras(project_window, qtbot):
    window = project_window
    for page in ("data", "design", "train", "explain"):
        window.show_page(page)
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert loaded.isdisjoint({"keras", "tensorflow", "torch", "jax", "shap", "sklearn"})


def test_the_first_picture_of_the_window_needs_nothing_heavy(own_home):
    script = (
        "import sys; from ui.application import make_application, make_services\n"
        "from ui.main_window import MainWindow; from workbench.settings import Settings\n"
        # The templates are read in a thread, which may or may not have begun by then.
        "import ui.welcome.page; ui.welcome.page.read_templates = list\n"
        "window = MainWindow(make_services(make_application(), Settings())); window.show()\n"
        "heavy = {'numpy', 'pyarrow', 'pyqtgraph', 'msgpack', 'psutil', 'igraph', 'sqlite3',\n"
        "         'workbench.export.model', 'workbench.graph.costs.memory', 'ui.analyze.view'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "window.close(); import os; sys.stdout.flush(); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_every_page_can_be_made(project_window, caplog):
    for page in ("data", "design", "train", "explain"):
        assert type(project_window.pages.page(page)).__name__ != "BrokenPage", page


def test_a_page_that_cannot_be_made_says_so_and_the_others_work(project_window, monkeypatch):
    from ui.frame.page_table import PageEntry

    def broken(self, services):
        raise ZeroDivisionError("in the page")

    monkeypatch.setattr(PageEntry, "make", broken)
    window = project_window
    window.pages._frames.pop("train", None)
    window.show_page("train")
    assert window.pages.current_id == "train"
    window.show_page("welcome")
    assert window.pages.current_id == "welcome"


def test_actions_of_a_page_that_cannot_be_shown_are_forgotten(project_window, monkeypatch):
    page_type = type(project_window.pages.page("train"))

    def broken(self, session):
        raise ZeroDivisionError("in the page")

    monkeypatch.setattr(page_type, "set_session", broken)
    window = project_window
    window.pages._frames.pop("train")
    window.show_page("train")
    assert type(window.pages.page("train")).__name__ == "BrokenPage"
    assert not [a.id for a in window.services.actions.all() if a.scope == "train"]


def test_a_recent_project_can_be_taken_off_the_list(main_window, tmp_path, qtbot):
    window = main_window
    window.services.settings.recent = [str(tmp_path / "gone"), str(tmp_path / "other")]
    window.show_page("welcome")
    row = next(r for r in window.findChildren(RecentRow) if r.property("folder").endswith("gone"))
    row.actions()[0].trigger()
    assert window.services.settings.recent == [str(tmp_path / "other")]
    qtbot.waitUntil(lambda: len(window.findChildren(RecentRow)) == 1)


def test_the_theme_follows_the_system(qapp, monkeypatch):
    from ui.theme import Theme

    changed = qapp.styleHints().colorSchemeChanged
    theme = Theme("system")
    assert not theme.is_dark  # the test platform says nothing
    monkeypatch.setattr("ui.theme.theme.system_theme", lambda: "dark")
    changed.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark
    theme.set_mode("light")
    changed.emit(Qt.ColorScheme.Dark)
    assert not theme.is_dark
    theme.set_mode("system")
    assert theme.is_dark
    theme.set_mode("light")
