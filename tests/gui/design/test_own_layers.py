"""The person's own layers in the whole window: the question, the palette, the form, faults."""

from __future__ import annotations

from typing import ClassVar

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget

from ui.design.own_layers import part
from ui.design.own_layers.dialogs import FaultDialog, TrustQuestion
from workbench.engine.messages import Died, ExitReason
from workbench.errors import GraphError, Place
from workbench.graph.inference import Inference
from workbench.graph.own_layers import described, own_files
from workbench.graph.problems import Problem
from workbench.graph.record_changes import PutRecord
from workbench.trust import fingerprint, is_trusted, trust

LEFT = Qt.MouseButton.LeftButton
TEXT = '''import keras


class Scale(keras.layers.Layer):
    """Multiplies by a factor."""

    def __init__(self, factor: float = 2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        if self.factor < 0:
            raise ValueError("negative factor")
        return inputs * self.factor
'''
SPEC = {
    "key": "Scale",
    "module": "",
    "family": "custom",
    "summary": "Multiplies by a factor.",
    "params": [{"name": "factor", "kind": "float", "default": 2.0}],
    "inputs": [{"id": "input", "title": "Input"}],
    "outputs": [{"id": "output", "title": "Output"}],
    "headline": ["factor"],
}


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A Python file that the file dialog answers with."""
    path = tmp_path / "mine.py"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(path), ""))
    return path


class Answering:
    """Presses a key or a button in the dialog that comes up next."""

    kept: ClassVar[list[Answering]] = []

    def __init__(self, kind, press):
        self.kind, self.press, self.seen = kind, press, []
        Answering.kept.append(self)  # Qt holds on to methods weakly
        self.timer = QTimer(QApplication.instance())
        self.left = 500
        self.timer.setInterval(20)
        self.timer.timeout.connect(self._look)
        self.timer.start()

    def _look(self):
        dialog = QApplication.activeModalWidget()
        self.left -= 1
        if not self.left:  # the test fails rather than waits for ever
            self.timer.stop()
            if dialog is not None:
                dialog.close()
        if isinstance(dialog, self.kind):
            self.timer.stop()
            self.seen.append(dialog)
            self.press(dialog)


def button(name):
    return lambda d: QTest.mouseClick(d.findChild(QPushButton, name), LEFT)


yes = button("own_layers.trust.yes")


def add(window):
    window.services.actions.qaction("design.add_own_layers").trigger()


@pytest.fixture
def design(project_window):
    project_window.show_page("design")
    return project_window


def describing(fake_engine, answer=None):
    def describe(spec, _emit, _control):
        if isinstance(answer, Exception):
            raise answer
        return {"specs": [SPEC]}

    fake_engine.answers["describe_layers"] = describe


def test_no_is_the_default_and_nothing_is_sent(design, file, fake_engine, settings):
    describing(fake_engine)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        shown = Answering(TrustQuestion, lambda d, key=key: QTest.keyClick(d.focusWidget(), key))
        add(design)
        assert shown.seen and "class Scale" in shown.seen[0].source.toPlainText()
    assert not fake_engine.specs("describe_layers")
    assert not is_trusted(settings, TEXT)
    assert not own_files(design.session.document.graph.records)


def test_yes_fills_the_palette_and_the_form(design, file, fake_engine, settings, qtbot):
    describing(fake_engine)
    shown = Answering(TrustQuestion, yes)
    add(design)
    assert shown.seen and is_trusted(settings, TEXT)
    page, graph = design.pages.page("design"), design.session.document.graph
    qtbot.waitUntil(lambda: bool(own_files(graph.records)))
    (asked,) = fake_engine.specs("describe_layers")
    assert asked["text"] == TEXT and fingerprint(TEXT) in asked["trusted_code"]
    key = own_files(graph.records)[0].specs[0].key
    palette = page.palette_box
    index = palette.tree.model().index_of(key)
    assert index.data() == "Scale" and index.parent().data() == "My layers"
    assert palette.tree.isExpanded(index.parent())

    before = set(graph.nodes)
    QTest.keyClicks(palette.search, "scale")
    palette.tree.setCurrentIndex(palette.tree.model().index_of(key))
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    (new,) = set(graph.nodes) - before
    assert graph.node(new).layer == key and graph.node(new).name == "scale"
    assert page.canvas.picture.nodes[new].title == "Scale"
    assert page.canvas.picture.nodes[new].family == "custom"
    page.selection.select([new])
    page.inspector.refresh()
    field = next(f for f in design.findChildren(QLineEdit, "design.param.factor") if f.isVisible())
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "3.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert graph.node(new).params["factor"] == 3.5

    menu = page.block_menu(key)
    titles = {a.text(): a for a in menu.actions() if a.isVisible()}
    assert not titles["Remove mine.py from this project"].isEnabled()
    page.selection.select([new])
    page.delete() if hasattr(page, "delete") else page.editor.delete_selected()
    menu = page.block_menu(key)
    titles = {a.text(): a for a in menu.actions() if a.isVisible()}
    titles["Remove mine.py from this project"].trigger()
    assert not own_files(graph.records) and not palette.tree.model().index_of(key).isValid()


def test_reload_asks_about_the_new_text(design, file, fake_engine, qtbot):
    describing(fake_engine)
    Answering(TrustQuestion, yes)
    add(design)
    records = design.session.document.graph.records
    qtbot.waitUntil(lambda: bool(own_files(records)))
    (before,) = own_files(records)
    page = design.pages.page("design")
    page.own_layers.reload(before.id)
    assert len(fake_engine.specs("describe_layers")) == 1
    file.write_text(TEXT + "\n# other\n", encoding="utf-8")
    shown = Answering(TrustQuestion, yes)
    page.own_layers.reload(before.id)
    assert shown.seen
    qtbot.waitUntil(lambda: own_files(records)[0].text != before.text)
    (after,) = own_files(records)
    assert after.id == before.id and after.specs == before.specs


def test_a_fault_is_shown_at_its_line(design, file, fake_engine, qtbot):
    describing(
        fake_engine,
        GraphError("mine.py, line 7: NameError: no.", place=Place("file", "mine.py", "7")),
    )
    Answering(TrustQuestion, yes)
    lines = []

    def look(dialog):
        lines.append(dialog.source.textCursor().block().text())
        lines.append(dialog.message.text())
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    shown = Answering(FaultDialog, look)
    add(design)
    qtbot.waitUntil(lambda: bool(shown.seen))
    assert "def __init__" in lines[0] and lines[0].strip().startswith("7")
    assert "line 7: NameError" in lines[1]
    assert not own_files(design.session.document.graph.records)


def test_a_file_that_cannot_be_read_is_told(design, file, fake_engine):
    describing(fake_engine)
    file.write_bytes(b"\xff\xfe\x00")
    errors = []
    design.services.error_raised.connect(errors.append)
    add(design)
    assert "no UTF-8 text" in errors[0].message and not fake_engine.specs("describe_layers")


@pytest.mark.backend
def test_with_keras_trust_makes_the_problem_go(project_window, file, qtbot, settings):
    window = project_window
    window.show_page("design")
    page, session = window.pages.page("design"), window.session
    graph = session.document.graph
    shown = Answering(TrustQuestion, yes)
    add(window)
    assert shown.seen
    qtbot.waitUntil(lambda: bool(own_files(graph.records)), timeout=120_000)
    before = set(graph.nodes)
    page.palette_box.chosen.emit(own_files(graph.records)[0].specs[0].key)
    (new,) = set(graph.nodes) - before

    def problems():
        return [p.message for p in session.problems if p.place.id == new and p.severity == "error"]

    hidden = next(node for node in graph if node.name == "hidden_1")
    page.editor.delete_selected()
    page.selection.select([hidden.id])
    page.palette_box.chosen.emit(own_files(graph.records)[0].specs[0].key)
    (new,) = set(graph.nodes) - before
    settled = lambda: session.settled and page.canvas.picture.nodes[new].shape != ""  # noqa: E731
    qtbot.waitUntil(settled, timeout=120_000)
    assert problems() == []

    from workbench.graph import SetParam

    session.apply(SetParam(new, "factor", -1.0))
    qtbot.waitUntil(lambda: session.settled and bool(problems()), timeout=60_000)
    assert "mine.py, line 13: ValueError: negative factor" in problems()[0]
    session.apply(SetParam(new, "factor", 2.0))

    settings.values["trusted_layers"] = ""
    window.services.engines.trust_changed.emit()
    qtbot.waitUntil(lambda: session.settled and bool(problems()), timeout=60_000)
    assert "has not been trusted on this computer" in problems()[0]
    window.services.actions.refresh()
    shown = Answering(TrustQuestion, yes)
    window.services.actions.qaction("design.trust_own_layers").trigger()
    assert shown.seen
    qtbot.waitUntil(lambda: session.settled and not problems(), timeout=60_000)


def added(design, fake_engine, qtbot):
    describing(fake_engine)
    Answering(TrustQuestion, yes)
    add(design)
    records = design.session.document.graph.records
    qtbot.waitUntil(lambda: bool(own_files(records)))
    return records, design.pages.page("design")


def test_a_change_on_disk_is_noticed_and_shown_as_a_difference(design, file, fake_engine, qtbot):
    records, page = added(design, fake_engine, qtbot)
    other = TEXT.replace("2.0", "3.0") + "\n# more\n"
    replaced = file.with_suffix(".new")  # as editors do: another file in its place
    replaced.write_text(other, encoding="utf-8")
    replaced.replace(file)
    qtbot.waitUntil(lambda: shown(page, "own_layers.changed.words") is not None, timeout=10_000)
    words = shown(page, "own_layers.changed.words")
    assert words.text() == "mine.py has changed on disk."
    asked = Answering(TrustQuestion, lambda d: QTest.keyClick(d.focusWidget(), Qt.Key.Key_Escape))
    QTest.mouseClick(page.findChild(QPushButton, "own_layers.changed.review"), LEFT)
    difference = asked.seen[0].changes.toPlainText()
    assert "- " in difference and "+ # more" in difference and "factor: float = 3.0" in difference
    assert own_files(records)[0].text == TEXT
    assert shown(page, "own_layers.changed.words") is None  # No was said to this text

    file.write_text(other + "# and more\n", encoding="utf-8")
    qtbot.waitUntil(lambda: shown(page, "own_layers.changed.words") is not None, timeout=10_000)
    asked = Answering(TrustQuestion, yes)
    QTest.mouseClick(page.findChild(QPushButton, "own_layers.changed.review"), LEFT)
    qtbot.waitUntil(lambda: own_files(records)[0].text.endswith("# and more\n"))
    assert shown(page, "own_layers.changed.words") is None
    file.unlink()  # the project has its own copy
    page.own_layers._look_at_files()
    assert shown(page, "own_layers.changed.words") is None


def shown(page, name):
    return next((w for w in page.findChildren(QWidget, name) if w.isVisible()), None)


def test_a_path_in_a_project_is_not_read_before_the_text_is_trusted(
    design, file, fake_engine, settings, qtbot, tmp_path, monkeypatch
):
    read = []
    monkeypatch.setattr(part, "_text_of", lambda path: read.append(path) or "other")
    foreign = described("mine.py", TEXT, [SPEC], path=str(file), record_id="f9")
    design.session.apply(PutRecord(foreign))
    page = design.pages.page("design")
    page.own_layers._look_at_files()
    assert not read and shown(page, "own_layers.changed.words") is None
    asked = Answering(TrustQuestion, yes)
    page.own_layers.trust_project()
    assert asked.seen and read == [file]  # now it may be looked at
    assert shown(page, "own_layers.changed.words") is not None
    assert not fake_engine.specs("describe_layers")


def test_problems_of_own_layers_lead_to_their_line_and_to_the_question(
    design, file, fake_engine, settings, qtbot
):
    _records, page = added(design, fake_engine, qtbot)
    node = next(iter(design.session.document.graph))
    messages = {
        "own_layer": f"{node.name}: mine.py, line 13: ValueError: negative factor (raise …)",
        "own_untrusted": f"{node.name}: Scale is from mine.py; its code has not been trusted …",
    }

    def answer(spec, _emit, _control):
        problem = Problem(answer.code, "error", messages[answer.code], Place("node", node.id))
        return Inference({}, (problem,), spec["revision"]).to_plain()

    fake_engine.answers["infer"] = answer
    answer.code = "own_layer"
    design.services.engines.trust_changed.emit()
    page.selection.select([node.id])
    line = "design.problem.0.line"
    qtbot.waitUntil(lambda: shown(page, line) is not None, timeout=10_000)
    lines = []

    def look(dialog):
        lines.append(dialog.source.textCursor().block().text())
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    Answering(FaultDialog, look)
    QTest.mouseClick(shown(page, line), LEFT)
    assert "raise ValueError" in lines[0]

    answer.code = "own_untrusted"
    settings.values["trusted_layers"] = ""
    design.services.engines.trust_changed.emit()
    trusts = "design.problem.0.trust"
    qtbot.waitUntil(lambda: shown(page, trusts) is not None, timeout=10_000)
    asked = Answering(TrustQuestion, yes)
    QTest.mouseClick(shown(page, trusts), LEFT)
    assert asked.seen and is_trusted(settings, TEXT)


def test_what_runs_is_what_was_shown_though_the_file_changes_meanwhile(
    design, file, fake_engine, settings, qtbot
):
    describing(fake_engine)
    other = TEXT + "\nimport shutil\n"

    def change_and_say_yes(dialog):
        file.write_text(other, encoding="utf-8")
        yes(dialog)

    Answering(TrustQuestion, change_and_say_yes)
    add(design)
    records = design.session.document.graph.records
    qtbot.waitUntil(lambda: bool(own_files(records)))
    (asked,) = fake_engine.specs("describe_layers")
    assert asked["text"] == TEXT == own_files(records)[0].text
    assert asked["trusted_code"] == [fingerprint(TEXT)]
    assert is_trusted(settings, TEXT) and not is_trusted(settings, other)
    page = design.pages.page("design")
    qtbot.waitUntil(lambda: shown(page, "own_layers.changed.words") is not None, timeout=10_000)


def test_a_yes_to_importing_a_program_adds_no_layers(design, file, fake_engine, settings):
    describing(fake_engine)
    trust(settings, TEXT, "program")
    asked = Answering(TrustQuestion, lambda d: QTest.keyClick(d.focusWidget(), Qt.Key.Key_Escape))
    add(design)
    assert asked.seen and not fake_engine.specs("describe_layers")


def test_code_that_ended_the_engine_is_told_to_the_next_one(design, fake_engine, settings, qtbot):
    """The window keeps what a layer did, until the engine is restarted by hand."""
    trust(settings, TEXT)
    engines = design.services.engines
    fault = {"key": "k", "line": 3, "what": "call did not end within 10 s"}
    died = []
    engines.died.connect(died.append)
    before = len(fake_engine.specs("infer"))
    client = next(c for c in fake_engine.clients if c.role == "design")
    client._messages.put(Died(ExitReason(1, own_code=fault)))
    told = lambda: fake_engine.specs("infer")[before:]  # noqa: E731
    qtbot.waitUntil(lambda: any("faulty_code" in spec for spec in told()), timeout=10_000)
    assert told()[-1]["faulty_code"] == [fault] and not died
    engines.restart()
    qtbot.waitUntil(lambda: "faulty_code" not in told()[-1], timeout=10_000)


def test_an_own_layer_is_chosen_inside_a_wrapper_and_follows_the_file(
    design, file, fake_engine, qtbot
):
    records, page = added(design, fake_engine, qtbot)
    graph, key = design.session.document.graph, own_files(records)[0].specs[0].key
    before = set(graph.nodes)
    page.palette_box.chosen.emit("TimeDistributed")
    (new,) = set(graph.nodes) - before
    page.selection.select([new])
    qtbot.waitUntil(lambda: shown(page, "design.param.layer") is not None)
    combo = shown(page, "design.param.layer")
    at = combo.findData(key)
    assert combo.itemText(at) == "Scale"
    combo.setFocus()
    combo.setCurrentIndex(at)
    combo.activated.emit(at)
    assert graph.node(new).params["layer"]["layer"] == key
    qtbot.waitUntil(lambda: shown(page, "design.param.factor") is not None)
    factor = shown(page, "design.param.factor")
    factor.setFocus()
    factor.selectAll()
    QTest.keyClicks(factor, "4")
    QTest.keyClick(factor, Qt.Key.Key_Return)
    assert graph.node(new).params["layer"]["params"] == {"factor": 4.0}
    assert page.own_layers.used(own_files(records)[0].id)

    again = {**SPEC, "params": [*SPEC["params"], {"name": "other", "kind": "int", "default": 1}]}
    fake_engine.answers["describe_layers"] = lambda *_: {"specs": [again]}
    file.write_text(TEXT + "\n# other\n", encoding="utf-8")
    Answering(TrustQuestion, yes)
    page.own_layers.reload(own_files(records)[0].id)
    qtbot.waitUntil(lambda: len(own_files(records)[0].specs[0].params) == 2)
    page.selection.select([])
    page.selection.select([new])
    qtbot.waitUntil(lambda: shown(page, "design.param.other") is not None)
