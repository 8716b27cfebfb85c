"""The whole main job by mouse and keyboard: template, train, explain, save, close, reopen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ui.welcome.cards import RecentRow, TemplateCard
from workbench.runs.spec import RunState

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.backend
@pytest.mark.slow
def test_from_a_template_to_an_explanation_and_back(main_window, qtbot):
    window = main_window
    qtbot.waitUntil(lambda: len(window.findChildren(TemplateCard)) >= 3)
    card = next(c for c in window.findChildren(TemplateCard) if c.property("template") == "wine")
    with qtbot.waitSignal(window.flow.created, timeout=20_000):
        qtbot.mouseClick(card, LEFT)
    session = window.session
    assert window.pages.current_id == "design"
    qtbot.waitUntil(lambda: session.settled and session.checked, timeout=90_000)
    assert session.problems == []
    assert session.inference.parameters > 0

    train = window.pages.frame("design").primary
    qtbot.mouseClick(train, LEFT)
    assert window.pages.current_id == "train"
    with qtbot.waitSignal(session.run_finished, timeout=120_000) as finished:
        pass
    assert finished.args[0]["state"] == "done"
    assert finished.args[0]["test"]["accuracy"] >= 0.95
    assert session.store.runs()[0].state is RunState.DONE

    explain = window.findChild(QPushButton, "train.result.explain")
    qtbot.waitUntil(lambda: explain is not None and explain.isVisible(), timeout=10_000)
    qtbot.mouseClick(explain, LEFT)
    assert window.pages.current_id == "explain"
    page = window.pages.page("explain")
    qtbot.waitUntil(page.is_settled, timeout=90_000)
    assert window.activity.button("explain").state == "ready"

    folder = session.document.folder
    assert not session.document.dirty
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert window.session is None
    row = next(r for r in window.findChildren(RecentRow) if r.property("folder") == str(folder))
    with qtbot.waitSignal(window.flow.session_changed, timeout=20_000):
        qtbot.mouseClick(row, LEFT)
    assert window.session.document.folder == folder
    assert window.session.store.runs()[0].has_weights
    qtbot.waitUntil(lambda: window.session.settled, timeout=30_000)
