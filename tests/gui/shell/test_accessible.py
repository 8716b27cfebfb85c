"""Names for screen readers, room for fingers, a visible focus, drawings for all icons."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

import ui
from ui.theme import icon_exists
from ui.theme.tokens import LIGHT
from ui.widgets import Button, IconButton, NumberField, PrimaryButton

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit,
            QPlainTextEdit)  # fmt: skip
OF_QT = ("qt_", "QtPrivate", "ScrollLeftButton", "ScrollRightButton")


def is_part_of_a_control(widget):
    """Buttons that Qt puts into its own controls (the cross in a search field …)."""
    parent = widget.parentWidget()
    return widget.objectName().startswith(OF_QT) or isinstance(
        parent, QLineEdit | QAbstractSpinBox | QComboBox | QAbstractItemView
    ) or type(parent).__name__ in ("QTabBar", "QMenuBar", "QComboBoxPrivateContainer")  # fmt: skip


def controls(root):
    found = [w for w in root.findChildren(QWidget) if isinstance(w, CONTROLS)]
    return [w for w in found if w.isVisibleTo(root) and not is_part_of_a_control(w)]


def described(widget):
    name = f"{type(widget).__name__} {widget.objectName()!r}"
    parent = widget.parentWidget()
    return f"{name} in {type(parent).__name__}"


PAGES = ("welcome", "data", "design", "train", "explain")


@pytest.fixture
def filled_window(project_window, qtbot):
    qtbot.waitUntil(lambda: project_window.session.settled, timeout=10_000)
    return project_window


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name(filled_window, page):
    filled_window.show_page(page)
    nameless = [
        described(w) for w in controls(filled_window)
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
    ]  # fmt: skip
    assert nameless == []


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_is_clicked_is_24_px_high_and_wide(filled_window, page):
    filled_window.show_page(page)
    small = [
        f"{described(w)}: {w.width()} × {w.height()}" for w in controls(filled_window)
        if isinstance(w, QAbstractButton | QComboBox | QLineEdit | QAbstractSpinBox)
        and (w.height() < 24 or w.width() < 24)
    ]  # fmt: skip
    assert small == []


@pytest.mark.parametrize(
    "make",
    [lambda: Button("Do it"), lambda: PrimaryButton("Do it"), lambda: IconButton("play", "Play"),
     lambda: NumberField(3.0), QComboBox, lambda: Button("Link", kind="link")],
    ids=["button", "primary", "icon", "number", "combo", "link"],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_focus_is_visible(services, qtbot, make, mode):
    services.theme.set_mode(mode)
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(200, 80)
    widget, other = make(), Button("Other")
    for place, child in enumerate((widget, other)):
        child.setParent(holder)
        child.move(8, 8 + 34 * place)
    with qtbot.waitActive(holder):
        holder.show()
        holder.activateWindow()
    other.setFocus()
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus()
    with_focus = widget.grab().toImage()
    services.theme.set_mode("light")
    assert with_focus != without
    edge = [with_focus.pixelColor(x, with_focus.height() // 2).name() for x in range(3)]
    before = [without.pixelColor(x, without.height() // 2).name() for x in range(3)]
    assert edge != before


def test_the_keys_go_through_the_frame(filled_window, qtbot):
    window = filled_window
    window.show_page("welcome")
    with qtbot.waitActive(window):
        window.activateWindow()
    window.activity.button("welcome").setFocus()
    for page in PAGES[1:]:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Down)
        assert window.focusWidget() is window.activity.button(page)
        assert window.pages.current_id == page
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is window.activity.settings_button


def test_all_icons_that_the_window_names_are_drawn():
    calls = re.compile(
        r"(?:\bicon|set_icon|Symbol|IconButton|icon_pixmap|show_icon)\(\s*(?:[\w.]+,\s*)?\"([a-z0-9_]+)\""
        r"|\bicon(?:: ClassVar\[str\])? ?= ?\"([a-z0-9_]+)\""
    )
    missing = {}
    for path in sorted(Path(ui.__path__[0]).rglob("*.py")):
        for found in calls.finditer(path.read_text(encoding="utf-8")):
            name = found.group(1) or found.group(2)
            if name not in LIGHT and not icon_exists(name):
                missing[name] = path.name
    assert missing == {}


def test_actions_name_icons_that_are_drawn(filled_window):
    actions = filled_window.services.actions.all()
    assert [a.id for a in actions if a.icon and not icon_exists(a.icon)] == []


def test_activity_buttons_say_their_state(main_window):
    button = main_window.activity.button("train")
    main_window.activity.set_state("train", "attention")
    assert button.accessibleName() == "Train, needs attention"
    assert "needs attention" in button.toolTip()
