"""Comparing on the Design page: marks that follow edits, taking over, files, trust, leaving."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.compare.test_compare_window import find, lines
from ui.compare.actions import compare_path, mode
from ui.compare.choosing import SourceDialog
from ui.frame.trust_question import TrustQuestion
from ui.widgets import Button
from workbench.errors import GraphError
from workbench.graph import InBlock, RenameNode, SetParam
from workbench.graph.blocking import group
from workbench.graph.direction import towards
from workbench.graph.edits import delete
from workbench.project import create_project
from workbench.runs.spec import RunSpec

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def pages_on_demand(monkeypatch):
    monkeypatch.setattr("ui.frame.page_host.PageHost.eager", False)


@pytest.fixture
def window(project_window, qtbot):
    project_window.resize(1366, 768)
    project_window.show()
    session = project_window.session
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    session.save()
    project_window.show_page("design")
    return project_window


@pytest.fixture
def comparing(window, qtbot):
    window.services.actions.trigger("compare.saved")
    shown = mode(window)
    qtbot.waitUntil(lambda: shown.live.fresh)
    yield shown
    shown.end()
    if window.session is not None:
        window.session.save()


def graph_of(window):
    return window.session.document.graph


def node_of(window, layer="Dense"):
    return next(node for node in graph_of(window) if node.layer == layer)


def edit(comparing, window, change, qtbot):
    window.session.apply(change)
    assert not comparing.live.fresh
    qtbot.waitUntil(lambda: comparing.live.fresh)


# ---- what is shown -----------------------------------------------------------------------


def test_nothing_differs_at_first_and_edits_are_marked_as_they_are_made(comparing, window, qtbot):
    panel, node = comparing.panel, node_of(window)
    assert panel.head.text() == "From Saved version to Network now"
    assert panel.nothing.text().startswith("No differences.") and panel.nothing.isVisible()
    assert comparing.overlay.marks == {}
    edit(comparing, window, SetParam(node.id, "units", 77), qtbot)
    assert comparing.overlay.marks == {node.id: "changed"}
    assert lines(panel)[0] == "Changed (1)" and lines(panel)[2].endswith("→ 77")
    window.session.undo()
    qtbot.waitUntil(lambda: comparing.live.fresh)
    assert panel.model.rows == ()


def test_saving_makes_the_saved_version_the_other_one(comparing, window, qtbot):
    edit(comparing, window, SetParam(node_of(window).id, "units", 77), qtbot)
    window.session.save()
    qtbot.waitUntil(lambda: comparing.live.fresh and not comparing.panel.model.rows)


def test_a_removed_layer_is_a_ghost_that_can_be_pressed_and_put_back(comparing, window, qtbot):
    page, node = window.pages.page("design"), node_of(window)
    before = graph_of(window).copy()
    place = page.picture.nodes[node.id].rect.center()
    edit(comparing, window, delete(graph_of(window), [node.id], bridge=True), qtbot)
    ghost = comparing.overlay.ghosts.nodes[node.id]
    assert ghost.rect.center() == place and len(comparing.overlay.ghosts.edges) == 2
    page.canvas.navigation.fit()
    at = page.canvas.camera.to_view(ghost.rect.center()).toPoint()
    qtbot.mouseClick(page.canvas, LEFT, pos=at)
    assert comparing.overlay.chosen == node.id
    assert comparing.panel.current().old == node.id
    qtbot.mouseClick(comparing.panel.take, LEFT)
    qtbot.waitUntil(lambda: comparing.live.fresh and not comparing.panel.model.rows)
    assert graph_of(window).node(node.id).position == before.node(node.id).position
    assert graph_of(window).edges.keys() == before.edges.keys()
    window.session.undo()  # it was one step
    assert node.id not in graph_of(window)


def test_one_parameter_is_put_back_from_its_line(comparing, window, qtbot):
    panel, node = comparing.panel, node_of(window)
    edit(comparing, window, SetParam(node.id, "units", 77), qtbot)
    edit(comparing, window, RenameNode(node.id, "other"), qtbot)
    row = panel.model.rows[0]
    parent = panel.model.index_of(row.key)
    child = next(
        panel.model.index(n, 0, parent)
        for n in range(panel.model.rowCount(parent))
        if panel.model.index(n, 0, parent).data().startswith("units")
    )
    qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=panel.tree.visualRect(child).center())
    qtbot.mouseClick(panel.take, LEFT)
    now = graph_of(window).node(node.id)
    assert now.params == node.params and now.name == "other"


def test_everything_is_put_back_in_one_step(comparing, window, qtbot):
    before = graph_of(window).copy()
    edit(comparing, window, SetParam(node_of(window).id, "units", 77), qtbot)
    edit(comparing, window, delete(graph_of(window), [node_of(window).id], bridge=True), qtbot)
    qtbot.mouseClick(comparing.panel.take_all, LEFT)
    assert graph_of(window) == before
    window.session.undo()
    assert graph_of(window) != before


def test_what_cannot_be_put_back_alone_says_why(comparing, window, qtbot):
    node = node_of(window)
    edit(comparing, window, delete(graph_of(window), [node.id], bridge=True), qtbot)
    row = next(r for r in comparing.panel.model.rows if r.mark == "rewired")
    comparing.taking.take_over(row, "")
    assert "was fed by" in window.pages.page("design").notice.words.text()


def test_list_and_canvas_follow_each_other(comparing, window, qtbot):
    page = window.pages.page("design")
    nodes = [node for node in graph_of(window) if node.layer == "Dense"][:2]
    for node in nodes:
        edit(comparing, window, SetParam(node.id, "units", 55), qtbot)
    page.selection.select([nodes[1].id])
    assert comparing.panel.current().node == nodes[1].id
    page.canvas.setFocus()
    window.activateWindow()
    window.services.actions.trigger("compare.next")
    assert page.selection.single == nodes[0].id
    window.services.actions.trigger("compare.previous")
    assert page.selection.single == nodes[1].id


def test_inside_a_block(comparing, window, qtbot):
    page, node = window.pages.page("design"), node_of(window)
    change, use = group(graph_of(window), [node.id], "part")
    window.session.apply(change)
    window.session.save()
    qtbot.waitUntil(lambda: comparing.live.fresh and not comparing.panel.model.rows)
    block = next(iter(graph_of(window).records.of("block")))
    edit(comparing, window, InBlock(block, SetParam(node.id, "units", 9)), qtbot)
    assert page.editor.scope == (use,)  # a change from elsewhere is shown where it is
    page.go_up()
    assert comparing.overlay.marks == {use: "changed"}
    comparing.panel.next()
    assert page.editor.scope == (use,) and page.selection.single == node.id
    assert comparing.overlay.marks == {node.id: "changed"}
    comparing.panel.take_current()
    assert graph_of(window).records.get("block", block).graph.node(node.id).params == node.params


def test_names_need_not_count(comparing, window, qtbot):
    nodes = [node for node in graph_of(window) if node.layer == "Dense"]
    edit(comparing, window, RenameNode(nodes[0].id, "one"), qtbot)
    edit(comparing, window, RenameNode(nodes[1].id, "two"), qtbot)
    edit(comparing, window, SetParam(nodes[1].id, "units", 77), qtbot)
    assert len(comparing.panel.model.rows) == 2
    qtbot.mouseClick(comparing.panel.more, LEFT)
    menu = next(m for m in comparing.panel.findChildren(QMenu) if m.isVisible())
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[-1]).center())
    (row,) = comparing.panel.model.rows
    assert (row.node, [d.field for d in row.details]) == (nodes[1].id, ["units"])
    assert comparing.overlay.marks == {nodes[1].id: "changed"}


def test_ghosts_follow_the_direction_of_the_network(comparing, window, qtbot):
    page, node = window.pages.page("design"), node_of(window)
    edit(comparing, window, towards(graph_of(window), "horizontal"), qtbot)
    assert comparing.panel.model.rows == ()  # how it is drawn does not count
    edit(comparing, window, delete(graph_of(window), [node.id], bridge=True), qtbot)
    ghost = comparing.overlay.ghosts.nodes[node.id]
    assert ghost.port_point("input", "input").x() == ghost.rect.left()
    assert all(edge.across for edge in comparing.overlay.ghosts.edges.values())
    page.canvas.grab()


def test_the_pane_is_reached_by_key(comparing, window, qtbot):
    page = window.pages.page("design")
    edit(comparing, window, SetParam(node_of(window).id, "units", 77), qtbot)
    window.activateWindow()
    page.canvas.setFocus()
    page.panes.next()
    assert window.focusWidget() is comparing.panel.search
    qtbot.keyClick(comparing.panel.search, Qt.Key.Key_Down)
    assert window.focusWidget() is comparing.panel.tree


def test_no_other_action_has_the_keys_of_comparing(window):
    keys = {}
    for action in window.services.actions.all():
        for one in filter(None, action.shortcut.split(", ")):
            keys.setdefault(one, []).append(action.id)
    ours = {key: ids for key, ids in keys.items() if any(i.startswith("compare.") for i in ids)}
    assert len(ours) == 5 and all(len(ids) == 1 for ids in ours.values()), ours


# ---- leaving -----------------------------------------------------------------------------


def test_escape_leaves_and_the_canvas_knows_nothing_more(comparing, window, qtbot):
    page = window.pages.page("design")
    parts = (len(page.canvas.frame.above), len(page.canvas.frame.below))
    page.selection.select([node_of(window).id])
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert comparing.on and not page.selection  # the selection goes first
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert not comparing.on and not comparing.side.isVisible()
    now = (len(page.canvas.frame.above), len(page.canvas.frame.below))
    assert now == (parts[0] - 1, parts[1] - 1)
    assert not page.palette_panel.collapsed
    next_one = window.services.actions.qaction("compare.next")
    qtbot.waitUntil(lambda: not next_one.isEnabled())


def test_escape_out_of_a_block_goes_on_comparing(comparing, window, qtbot):
    page = window.pages.page("design")
    change, use = group(graph_of(window), [node_of(window).id], "part")
    edit(comparing, window, change, qtbot)
    page.scopes.open(use)
    page.selection.clear()
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert page.editor.scope == () and comparing.on


def test_keys_of_the_list(comparing, window, qtbot):
    panel = comparing.panel
    qtbot.keyClicks(panel.search, "x")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert not panel.search.text() and comparing.on
    qtbot.keyClick(panel.tree, Qt.Key.Key_Escape)
    assert not comparing.on


def test_done_and_another_project_end_it(comparing, window, qtbot, tmp_path):
    qtbot.mouseClick(comparing.panel.findChild(Button, "compare.done"), LEFT)
    assert not comparing.on
    window.services.actions.trigger("compare.saved")
    qtbot.waitUntil(lambda: comparing.live.fresh)
    create_project(tmp_path / "other").close()
    with qtbot.waitSignal(window.flow.session_changed, timeout=10_000):
        window.flow.open(tmp_path / "other")
    qtbot.waitUntil(lambda: not comparing.on)


# ---- other networks ----------------------------------------------------------------------


def copy_of(window, tmp_path, units):
    """Return the folder of a copy of the project, its first Dense changed."""
    folder = tmp_path / "copy"
    folder.mkdir()
    shutil.copy(window.session.document.folder / "project.json", folder)
    plain = json.loads((folder / "project.json").read_text())
    node = next(n for n in plain["graph"]["nodes"] if n["layer"] == "Dense")
    node["params"]["units"] = units
    (folder / "project.json").write_text(json.dumps(plain))
    return folder


@pytest.mark.parametrize("what", ["folder", "file", "renamed"])
def test_another_project(window, qtbot, tmp_path, what):
    folder = copy_of(window, tmp_path, 123)
    path = {"folder": folder, "file": folder / "project.json", "renamed": folder / "x.json"}[what]
    if what == "renamed":
        (folder / "project.json").rename(path)
    compare_path(window, path)
    shown = mode(window)
    qtbot.waitUntil(lambda: shown.live.fresh)
    assert shown.panel.head.text() == "From copy to Network now"
    (row,) = shown.live.rows
    assert "units: 123 →" in row.text and shown.panel.take.text() == "Take over"
    shown.end()


def test_a_dropped_keras_file_is_read_by_an_engine(window, qtbot, tmp_path, fake_engine):
    other = graph_of(window).copy()
    other.apply(SetParam(node_of(window).id, "units", 5))
    fake_engine.answers["import_file"] = lambda spec, emit, control: {
        "name": "model", "graph": other.to_plain(), "lost": ["One."]
    }  # fmt: skip
    path = tmp_path / "model.keras"
    path.write_bytes(b"PK")
    window.services.actions.trigger("compare.saved")
    shown = mode(window)
    qtbot.waitUntil(lambda: shown.live.fresh)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, keys)
    QApplication.sendEvent(shown.panel, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, keys)
    QApplication.sendEvent(shown.panel, drop)
    qtbot.waitUntil(lambda: "model.keras" in shown.panel.head.text() and shown.live.fresh)
    assert fake_engine.specs("import_file") == [{"path": str(path)}]
    assert [r.text.partition(" →")[0] for r in shown.live.rows] == ["units: 5"]
    shown.end()


def test_python_runs_only_after_the_person_said_so(window, qtbot, tmp_path, fake_engine):
    plain = graph_of(window).to_plain()
    fake_engine.answers["import_code"] = lambda spec, emit, control: {
        "models": {"net": {"graph": plain, "lost": []}}
    }
    path = tmp_path / "net.py"
    path.write_text("import keras\nnet = keras.Sequential([keras.layers.Dense(3)])\n")
    shown = mode(window)
    for answer in ("refuse_button", "run_button"):
        compare_path(window, path)
        qtbot.waitUntil(lambda: find(window, TrustQuestion) is not None)
        question = find(window, TrustQuestion)
        assert "keras.Sequential" in question.source.toPlainText()
        assert not fake_engine.specs("import_code")
        qtbot.mouseClick(getattr(question, answer), LEFT)
        qtbot.waitUntil(lambda: find(window, TrustQuestion) is None)
        if answer == "refuse_button":
            assert not shown.on and not shown.reader.busy
    qtbot.waitUntil(lambda: shown.live.fresh)
    assert len(fake_engine.specs("import_code")) == 1
    assert shown.panel.head.text() == "From net of net.py to Network now"
    assert shown.live.rows == ()
    shown.end()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("bad.json", "{", "bad.json cannot be read"),
        ("notes.txt", "x", "holds no network"),
        ("gone.py", None, "gone.py was not read"),
    ],
)
def test_files_that_cannot_be_read_are_errors_in_words(window, qtbot, tmp_path, name, text, words):
    errors = []
    window.services.error_raised.connect(errors.append)
    if text is not None:
        (tmp_path / name).write_text(text)
    compare_path(window, tmp_path / name)
    qtbot.waitUntil(lambda: bool(errors))
    assert words in errors[0].message and not mode(window).on


def test_an_error_leaves_the_comparison_that_is_shown(
    comparing, window, qtbot, tmp_path, fake_engine
):
    errors = []
    window.services.error_raised.connect(errors.append)

    def fails(spec, emit, control):
        raise GraphError("The file is no model.")

    fake_engine.answers["import_file"] = fails
    (tmp_path / "x.keras").write_bytes(b"?")
    comparing.begin_file(tmp_path / "x.keras")
    qtbot.waitUntil(lambda: bool(errors))
    assert comparing.on and comparing.panel.head.text() == "From Saved version to Network now"


def test_the_dialog_offers_runs_and_takes_files(window, qtbot, tmp_path):
    session = window.session
    document = session.document
    spec = RunSpec("r1", str(document.folder), document.graph, document.data, document.recipe)
    session.store.create(spec, "First run")
    session.apply(SetParam(node_of(window).id, "units", 44))
    window.services.actions.trigger("compare.with")
    qtbot.waitUntil(lambda: find(window, SourceDialog) is not None)
    dialog = find(window, SourceDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    texts = [dialog.list.item(n).text() for n in range(dialog.list.count())]
    assert texts[0].startswith("Saved version – without") and texts[1].startswith("First run – run")
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    shown = mode(window)
    qtbot.waitUntil(lambda: shown.live.fresh)
    assert shown.panel.head.text() == "From First run to Network now"
    assert shown.live.rows[0].text.endswith("→ 44") and shown.panel.take.text() == "Put back"
    shown.end()
    session.save()


# ---- the list elsewhere ------------------------------------------------------------------


def test_copy_and_save_the_list(comparing, window, qtbot, tmp_path, monkeypatch):
    edit(comparing, window, SetParam(node_of(window).id, "units", 77), qtbot)
    qtbot.mouseClick(comparing.panel.more, LEFT)
    menu = next(m for m in comparing.panel.findChildren(QMenu) if m.isVisible())
    assert [a.text() for a in menu.actions()] == [
        "Copy list as Markdown", "Copy list as CSV", "Save list…", "", "Compare names too",
    ]  # fmt: skip
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text().startswith("# Saved version → Network now")
    menu.close()
    comparing.panel.saver.save(tmp_path / "a.csv")
    table = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert table[1][0] == "Changed" and table[1][-1] == "77"
    errors = []
    comparing.panel.saver.failed.connect(errors.append)
    comparing.panel.saver.save(tmp_path / "missing" / "a.md")
    assert errors and errors[0].message.startswith("The list was not saved")


# ---- large ones --------------------------------------------------------------------------


def test_a_large_comparison_is_made_elsewhere_and_can_be_given_up(qtbot):
    from tests.gui.compare.large import large
    from ui.compare.live import LiveComparison

    before, after = large(4000), large(4000)
    after.apply(SetParam("n7", "units", 99))
    live = LiveComparison()
    live.start(before, lambda: after)
    assert live.working and live.found is None
    live.stop()
    assert not live.working
    live.start(before, lambda: after)
    with qtbot.waitSignal(live.changed, timeout=20_000):
        pass
    assert [row.node for row in live.rows] == ["n7"]
    after.apply(SetParam("n8", "units", 98))
    live.note_edit()
    assert not live.fresh
    with qtbot.waitSignal(live.changed, timeout=20_000):
        pass
    assert [row.node for row in live.rows] == ["n7", "n8"] and live.fresh
    live.stop()


def test_names_are_kept_out_of_markup(services, qtbot):
    from ui.compare.panel import DifferencePanel
    from workbench.graph.differences import Difference

    panel = DifferencePanel(editable=True)
    qtbot.addWidget(panel)
    panel.show_names("<b>x</b>", "y")
    panel.show_rows((Difference("added", "n", "", "<b>bold</b>", "Dense"),))
    assert panel.head.text() == "From <b>x</b> to y"
    assert panel.head.textFormat() == Qt.TextFormat.PlainText
    tip = panel.model.index(0, 0, panel.model.index(0, 0)).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip


def test_marks_may_change_while_a_layer_is_dragged_in_a_far_view(comparing, window, qtbot):
    canvas, overlay = window.pages.page("design").canvas, comparing.overlay
    edit(comparing, window, SetParam(node_of(window).id, "units", 77), qtbot)
    canvas.repaint()
    canvas.picture.lift([node_of(window, "Dropout").id])
    overlay.show(replace(overlay._found, fields={}))
    canvas.camera.zoom_to(0.02, canvas.free_rect().center())
    canvas.repaint()  # an error while painting would fail the test
    canvas.picture.land()
    assert overlay.marks == {}
