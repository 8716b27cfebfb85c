"""Settings act at once and are remembered; help, shortcuts and versions open and read well."""

import json

from PySide6.QtCore import Qt

from ui.frame.about import AboutDialog
from ui.frame.help import HelpDialog, ShortcutDialog, help_pages
from ui.frame.settings_dialog import SettingsDialog
from ui.theme import color
from ui.widgets import Text

CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(window, kind, qtbot):
    qtbot.waitUntil(lambda: window.findChild(kind) is not None)
    return window.findChild(kind)


def test_the_theme_is_changed_by_the_dialog_and_remembered(main_window, qtbot):
    services = main_window.services
    qtbot.mouseClick(main_window.activity.settings_button, Qt.MouseButton.LeftButton)
    dialog = opened(main_window, SettingsDialog, qtbot)
    before = color("surface").name()
    with qtbot.waitSignal(services.theme.changed):
        dialog.theme.setFocus()
        qtbot.keyClick(dialog.theme, Qt.Key.Key_Down)
    assert services.theme.is_dark
    assert color("surface").name() != before
    assert json.loads(services.settings.path.read_text())["theme"] == "dark"
    assert main_window.palette().window().color() == color("window")
    qtbot.keyClick(dialog.theme, Qt.Key.Key_Up)
    assert not services.theme.is_dark
    dialog.close()


def test_icons_follow_the_theme(main_window):
    button = main_window.activity.settings_button
    light = button.icon().pixmap(20, 20).toImage()
    main_window.set_theme("dark")
    dark = button.icon().pixmap(20, 20).toImage()
    main_window.set_theme("light")
    again = button.icon().pixmap(20, 20).toImage()
    assert light != dark
    assert light == again


def test_another_backend_replaces_the_engines(main_window, fake_engine, qtbot):
    engines = main_window.services.engines
    qtbot.waitUntil(lambda: engines.design.state == "ready")
    main_window.open_settings()
    dialog = opened(main_window, SettingsDialog, qtbot)
    dialog.backend.setFocus()
    with qtbot.waitSignal(engines.design_restarted):
        qtbot.keyClicks(dialog.backend, "P")
    qtbot.waitUntil(lambda: fake_engine.clients[-1].choice.backend == "torch")
    assert fake_engine.clients[-1].choice.device == "cpu"
    assert not main_window.notices.engine.isVisible()
    dialog.close()


def test_help_opens_by_key_at_the_page_that_is_shown(main_window, qtbot):
    qtbot.keyClick(main_window, Qt.Key.Key_F1)
    dialog = opened(main_window, HelpDialog, qtbot)
    names = [path.stem for path in help_pages()]
    assert names[:5] == ["start", "data", "design", "train", "explain"]
    assert dialog.contents.currentItem().text() == "Start"
    qtbot.keyClick(dialog.contents, Qt.Key.Key_Down)
    assert dialog.contents.currentItem().text() == "Data"
    assert len(dialog.view.toPlainText()) > 200
    dialog.close()
    assert HelpDialog("train", None).contents.currentItem().text() == "Train"


def test_help_fetches_nothing(main_window, qtbot):
    dialog = HelpDialog("", main_window)
    before = dialog.view.toPlainText()
    from PySide6.QtCore import QUrl

    dialog.view.anchorClicked.emit(QUrl("https://example.org/"))
    assert dialog.view.toPlainText() == before


def test_all_shortcuts_are_listed(main_window, qtbot):
    qtbot.keyClick(main_window, Qt.Key.Key_K, CONTROL)
    dialog = opened(main_window, ShortcutDialog, qtbot)
    texts = {label.text() for label in dialog.findChildren(Text)}
    assert {"Save", "Ctrl+S", "Command palette", "Ctrl+Shift+P", "Undo"} <= texts
    dialog.close()


def test_about_names_the_versions(main_window, qtbot):
    engines = main_window.services.engines
    qtbot.waitUntil(lambda: engines.design.state == "ready")
    main_window.open_about()
    dialog = opened(main_window, AboutDialog, qtbot)
    texts = {label.text() for label in dialog.findChildren(Text)}
    assert {"tensorflow", "2.21.0", "CPU:0"} <= texts
    dialog.close()
