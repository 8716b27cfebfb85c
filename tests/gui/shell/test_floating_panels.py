"""Side panels: undocked into a window of their own, docked again, remembered."""

import gc

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QWidget

from ui.widgets import SidePanel
from ui.widgets.floating import FloatingPanel

LEFT = Qt.MouseButton.LeftButton


class Memory(dict):
    def recall(self, key, default):
        return self.get(key, default)

    def remember(self, key, value):
        self[key] = value

    def flush(self):
        pass


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def make(qtbot, memory):
    def make_panel():
        window = QMainWindow()
        page = QWidget()
        line = QHBoxLayout(page)
        panel = SidePanel("Properties", "right", name="test.panel", memory=memory)
        panel.content.addWidget(QLabel("what is selected"))
        line.addWidget(QWidget(), 1)
        line.addWidget(panel)
        window.setCentralWidget(page)
        window.resize(900, 500)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window, panel

    return make_panel


def label(window):
    return next(w for w in window.findChildren(QLabel) if w.text() == "what is selected")


def floating_of(window):
    return [w for w in window.findChildren(FloatingPanel) if w.isVisible()]


def undock(window, qtbot):
    qtbot.mouseClick(window.findChild(QWidget, "test.panel.undock"), LEFT)
    return floating_of(window)[0]


def test_a_click_undocks_and_closing_docks_again(make, qtbot):
    window, panel = make()
    width = panel.width()
    floating = undock(window, qtbot)
    assert label(window).window() is floating
    assert label(window).isVisible()
    assert panel.collapsed and panel.floating
    assert panel.width() < width
    floating.close()
    assert label(window).window() is window
    assert label(window).isVisible()
    assert not panel.floating
    assert panel.width() == width
    assert floating_of(window) == []


def test_unfolding_the_strip_docks(make, qtbot):
    window, panel = make()
    undock(window, qtbot)
    qtbot.mouseClick(window.findChild(QWidget, "test.panel.fold"), LEFT)
    assert not panel.floating and not panel.collapsed
    assert label(window).window() is window


def test_the_window_goes_and_comes_with_its_page(make, qtbot):
    window, _panel = make()
    floating = undock(window, qtbot)
    window.centralWidget().hide()
    assert not floating.isVisible()
    window.centralWidget().show()
    assert floating.isVisible()


def test_the_next_session_finds_it_undocked(make, memory, qtbot):
    window, _panel = make()
    undock(window, qtbot)
    window.close()
    again, panel = make()
    qtbot.waitUntil(lambda: panel.floating, timeout=2000)
    assert label(again).window() is not again
    panel.dock()
    assert memory["panel.test.panel.floating"] is False


def test_the_window_keeps_its_place(make, qtbot):
    window, panel = make()
    floating = undock(window, qtbot)
    floating.setGeometry(120, 140, 300, 260)
    floating.close()
    assert not panel.floating
    again = undock(window, qtbot)
    assert again.geometry().getRect() == (120, 140, 300, 260)


def test_a_window_from_a_screen_that_is_gone_comes_back_into_view(make, memory, qtbot):
    memory["panel.test.panel.window"] = [9000, 9000, 300, 260]
    window, _panel = make()
    floating = undock(window, qtbot)
    assert window.screen().availableGeometry().contains(floating.geometry().topLeft())


def test_a_double_click_on_the_title_undocks(make, qtbot):
    _window, panel = make()
    title = next(w for w in panel.findChildren(QLabel) if w.text() == "Properties")
    qtbot.mouseDClick(title, LEFT)
    assert panel.floating


def test_a_window_that_python_drops_while_undocked_and_docked_is_destroyed_once(make, qtbot):
    window, panel = make()
    undock(window, qtbot).close()
    undock(window, qtbot)
    window.close()
    del window, panel
    gc.collect()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
