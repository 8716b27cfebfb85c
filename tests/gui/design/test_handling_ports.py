"""Connecting by keyboard alone, and names for screen readers on the whole page."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QListView, QWidget

from workbench.graph.edits import share

SHIFT = Qt.KeyboardModifier.ShiftModifier


def tab(desk, keys=Qt.KeyboardModifier.NoModifier):
    key = Qt.Key.Key_Backtab if keys else Qt.Key.Key_Tab
    QTest.keyClick(desk.canvas, key, keys)


def port(desk):
    at = desk.page.handling.ports.at
    return (at.end.node, at.side) if at else None


def test_tab_walks_the_ports_and_then_leaves(desk):
    desk.click(desk.at("hidden"))
    tab(desk)
    assert port(desk) == ("hidden", "input")
    assert desk.canvas.accessibleDescription() == "input Input of hidden"
    tab(desk)
    assert port(desk) == ("hidden", "output")
    tab(desk, SHIFT)
    assert port(desk) == ("hidden", "input")
    tab(desk)
    tab(desk)
    assert port(desk) is None
    assert not desk.canvas.hasFocus()


def test_a_connection_is_made_by_keys(desk):
    desk.click(desk.at("hidden"))
    tab(desk)
    tab(desk)
    desk.key(Qt.Key.Key_Return)
    ports = desk.page.handling.ports
    assert ports.carried is not None and ports.at.side == "input"
    for _ in range(4):
        if port(desk)[0] == "loose":
            break
        desk.key(Qt.Key.Key_Right)
    assert port(desk) == ("loose", "input")
    desk.key(Qt.Key.Key_Return)
    assert ("hidden", "loose") in desk.edges()
    assert ports.at is None and desk.selected == {"hidden"}
    desk.session.undo()
    assert ("hidden", "loose") not in desk.edges()


def test_escape_gives_the_connection_up_then_the_cursor_then_the_selection(desk):
    before = desk.edges()
    desk.click(desk.at("loose"))
    tab(desk)
    desk.key(Qt.Key.Key_Return)
    assert desk.page.handling.ports.carried is not None
    desk.key(Qt.Key.Key_Escape)
    assert port(desk) == ("loose", "input") and desk.page.handling.ports.carried is None
    desk.key(Qt.Key.Key_Escape)
    assert port(desk) is None and desk.selected == {"loose"}
    desk.key(Qt.Key.Key_Escape)
    assert desk.selected == set()
    assert desk.edges() == before


def test_arrows_leave_the_port_and_walk_on(desk):
    desk.click(desk.at("features"))
    tab(desk)
    desk.key(Qt.Key.Key_Down)
    assert port(desk) is None and desk.selected == {"hidden"}


def test_typing_at_a_port_adds_a_layer_there(desk):
    before = set(desk.graph.nodes)
    desk.click(desk.at("out"))
    tab(desk)
    tab(desk)
    desk.key(Qt.Key.Key_D)
    desk.type("ropout")
    desk.find(QListView, "design.quick_add.list")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    assert ("out", desk.only_new(before).name) in desk.edges()


def test_several_layers_of_which_one_shares_show_what_they_really_have(desk):
    change, lent = share(desk.graph, "hidden", (0.0, 500.0))
    desk.session.apply(change)
    assert "units" not in desk.graph.node(lent).params
    desk.page.selection.select(["hidden", lent])
    pane = desk.page.inspector.several
    desk.page.inspector.refresh()
    units = pane.form.findChild(QLineEdit, "design.param.units")
    assert units is not None and units.text() == "16"


def test_every_widget_that_takes_the_focus_has_a_name(desk):
    desk.page.handling.finder.open_bar()
    for node_id in ("features", "hidden", "loose"):
        desk.page.selection.select([node_id])
        QTest.qWait(0)
        nameless = [
            f"{type(w).__name__} {w.objectName()}"
            for w in desk.window.findChildren(QWidget)
            if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not w.accessibleName() and not getattr(w, "text", lambda: "")()
            and not w.objectName().startswith("qt_")
            and not isinstance(w.parentWidget(), QAbstractScrollArea)  # a viewport
        ]  # fmt: skip
        assert nameless == []


def test_tab_visits_palette_canvas_and_properties_once_each(desk):
    desk.page.selection.select(["hidden"])
    QTest.qWait(0)
    start = desk.page.palette_box.findChildren(QWidget)[0]
    seen, widget = [], start.nextInFocusChain()
    while widget is not start and len(seen) < 2000:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen.append(widget)
        widget = widget.nextInFocusChain()
    order = [
        "palette" if desk.page.palette_panel.isAncestorOf(w)
        else "canvas" if w is desk.canvas
        else "properties" if desk.page.inspector_panel.isAncestorOf(w) else ""
        for w in seen
    ]  # fmt: skip
    assert order.count("canvas") == 1
    blocks = [p for i, p in enumerate(order) if p and p != next(
        (q for q in reversed(order[:i]) if q), "")]  # fmt: skip
    assert len([p for p in blocks if p == "properties"]) == 1
