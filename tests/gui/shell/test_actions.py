"""Actions: enabled where and when they are possible, found in menus, palette and shortcut page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.actions import Action, ActionRegistry
from ui.frame.command_palette import full_title, fuzzy_score


@pytest.fixture
def owner(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_an_action_of_another_page_is_off(owner, qapp):
    done = []
    registry = ActionRegistry(owner)
    registry.add(
        [
            Action("a.one", "One", lambda: done.append("one"), "Ctrl+1", scope="a"),
            Action("b.two", "Two", lambda: done.append("two"), scope="b"),
            Action("w.all", "All", lambda: done.append("all")),
        ],
        owner,
    )
    registry.set_scope("a")
    assert [a.id for a in registry.possible()] == ["a.one", "w.all"]
    registry.trigger("b.two")
    registry.trigger("a.one")
    assert done == ["one"]
    registry.set_scope("b")
    assert [a.id for a in registry.possible()] == ["b.two", "w.all"]


def test_enabled_checked_and_title_are_asked_again(owner, qtbot):
    state = {"on": False, "label": "Add Dense"}
    registry = ActionRegistry(owner)
    registry.add(
        [
            Action("x", "Undo", lambda: None, enabled_when=lambda: state["on"],
                   title_now=lambda: f"Undo {state['label']}"),
            Action("y", "Grid", lambda on: state.update(on=on), checkable=True,
                   checked_when=lambda: state["on"]),
        ],
        owner,
    )  # fmt: skip
    assert not registry.qaction("x").isEnabled()
    registry.trigger("y")
    assert state["on"] is True
    registry.refresh()
    assert registry.qaction("x").isEnabled()
    assert registry.qaction("x").text() == "Undo Add Dense"
    assert registry.qaction("y").isChecked()


def test_tooltips_name_the_keys_and_what_the_title_does_not_say(owner):
    registry = ActionRegistry(owner)
    registry.add([Action("s", "Save…", lambda: None, "Ctrl+S", tip="Into the folder")], owner)
    keys = QKeySequence("Ctrl+S").toString(QKeySequence.SequenceFormat.NativeText)
    assert registry.qaction("s").toolTip() == f"Save ({keys})\nInto the folder"


def test_a_replaced_action_is_gone(owner, qapp):
    done = []
    registry = ActionRegistry(owner)
    registry.add([Action("s", "Old", lambda: done.append("old"), "Ctrl+S")], owner)
    old = registry.qaction("s")
    registry.add([Action("s", "New", lambda: done.append("new"), "Ctrl+S")], owner)
    old.trigger()
    registry.trigger("s")
    assert done == ["new"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("restart", "Engine: Restart engine"),
        ("dt", "View: Dark theme"),
        ("np", "File: New project"),
        ("saveas", "File: Save as"),
        ("short", "Help: Keyboard shortcuts"),
    ],
)
def test_the_best_fit_comes_first(typed, first):
    titles = ["File: New project", "File: New project from a table", "File: Save",
              "File: Save as", "View: Dark theme", "View: Theme of the system",
              "Help: Keyboard shortcuts", "Engine: Restart engine"]  # fmt: skip
    scored = [(fuzzy_score(t, typed), t) for t in titles]
    best = max((found for found in scored if found[0] is not None), key=lambda found: found[0])
    assert best[1] == first


def test_what_does_not_fit_is_left_out():
    assert fuzzy_score("Save", "sx") is None
    assert fuzzy_score("Save", "") == 0.0


def test_every_shortcut_is_given_once_and_every_action_is_reachable(main_window):
    registry = main_window.services.actions
    taken: dict[tuple[str, str], str] = {}
    for action in registry.all():
        for keys in action.shortcut.split(", "):
            if keys:
                scope = "window" if action.scope == "window" else action.scope
                for where in {scope, "window"}:
                    other = taken.get((where, keys))
                    assert other is None or scope != "window", f"{keys}: {action.id} and {other}"
                taken[scope, keys] = action.id
        assert action.in_palette or action.menu or action.id == "view.problems", action.id


def test_menus_are_made_from_the_table(main_window, qtbot):
    bar = main_window.menuBar()
    qtbot.waitUntil(lambda: [a.text() for a in bar.actions()][:3] == ["File", "Edit", "View"])
    file_menu = bar.actions()[0].menu()
    shown = [a.objectName() for a in file_menu.actions() if isinstance(a, QAction)]
    assert "file.new" in shown
    assert "file.save" in shown


def test_the_palette_opens_by_keys_finds_and_does(main_window, qtbot):
    window = main_window
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_P, control | shift)
    palette = window.palette_popup
    qtbot.waitUntil(palette.isVisible)
    assert not window.services.theme.is_dark
    qtbot.keyClicks(palette.field, "dark")
    assert full_title(palette.model.action(0)) == "View: Dark theme"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.services.theme.is_dark
    assert not palette.isVisible()
    window.set_theme("light")


def test_the_palette_closes_with_escape_and_gives_the_focus_back(main_window, qtbot):
    window = main_window
    button = window.activity.button("welcome")
    button.setFocus()
    window.open_palette()
    qtbot.waitUntil(window.palette_popup.field.hasFocus)
    qtbot.keyClick(window.palette_popup.field, Qt.Key.Key_Down)
    assert window.palette_popup.list.currentIndex().row() == 1
    qtbot.keyClick(window.palette_popup.field, Qt.Key.Key_Escape)
    assert not window.palette_popup.isVisible()
    qtbot.waitUntil(button.hasFocus)


def test_what_is_not_possible_is_not_offered(main_window):
    window = main_window
    window.open_palette()
    offered = [window.palette_popup.model.action(row).id
               for row in range(window.palette_popup.model.rowCount())]  # fmt: skip
    assert "file.new" in offered
    assert "file.save" not in offered
    window.palette_popup.dismiss()
