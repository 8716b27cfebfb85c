"""The window comes up, shows templates, and begins a project from one."""

from PySide6.QtCore import Qt

from ui.welcome.cards import RecentRow, TemplateCard


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
