"""Networks from Python: nothing runs before "Run it"; faults and several models are shown."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from workbench.errors import GraphError, Place
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.settings import load_settings
from workbench.trust import is_trusted

TEXT = "import keras\nmodel = keras.Sequential()\n"
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def network(end):
    graph = Graph()
    graph.apply(AddNode(Node("a", "InputLayer", "start", {"shape": [4]})))
    graph.apply(AddNode(Node("b", "Dense", end, {"units": 2})))
    graph.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("b", "input"))))
    return {"graph": graph.to_plain(), "lost": []}


@pytest.fixture
def found(fake_engine):
    models = {"model": network("end")}
    fake_engine.answers["import_code"] = lambda spec, emit, control: {"models": models}
    return models


@pytest.fixture
def python(project_window):
    return project_window.flow.networks.python


def names(window):
    return [node.name for node in window.session.document.graph]


def replace(window, qtbot):
    """Answer the bar that asks where the network goes."""
    place = window.flow.networks.place
    qtbot.waitUntil(lambda: place.bar is not None and place.bar.isVisible())
    qtbot.mouseClick(place.bar.replace, LEFT)


def paste(window, qtbot, text=TEXT):
    """Open the dialog by the command palette, the text being in the clipboard."""
    QGuiApplication.clipboard().setText(text)
    window.open_palette()
    qtbot.waitUntil(window.palette_popup.isVisible)
    qtbot.keyClicks(window.palette_popup.field, "paste python")
    qtbot.keyClick(window.palette_popup.field, Qt.Key.Key_Return)
    dialog = window.flow.networks.python.dialog
    qtbot.waitExposed(dialog)
    return dialog


def ask(python, qtbot):
    """Click Import and return the question."""
    qtbot.mouseClick(python.dialog.go, LEFT)
    qtbot.waitExposed(python.question)
    return python.question


def test_nothing_runs_before_run_it(project_window, python, found, fake_engine, qtbot):
    window = project_window
    before = names(window)
    dialog = paste(window, qtbot)
    assert dialog.text == TEXT
    question = ask(python, qtbot)
    assert question.source.toPlainText() == TEXT and question.source.isReadOnly()
    assert "read and delete files" in question.findChild(object, "trust.words").text()
    assert "SHA-256" in question.about.text() and not question.remember.isChecked()
    assert question.refuse_button.isDefault()
    assert question.focusWidget() is question.refuse_button
    assert fake_engine.specs("import_code") == []
    qtbot.mouseClick(question.run_button, LEFT)
    replace(window, qtbot)
    assert names(window) == ["start", "end"]
    assert fake_engine.specs("import_code") == [{"text": TEXT, "name": "The pasted text"}]
    qtbot.waitUntil(lambda: python.dialog is None)
    assert window.pages.current_id == "design"
    window.activateWindow()  # an offscreen screen gives no window the focus back
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert names(window) == before
    assert not is_trusted(window.services.settings, TEXT, "program")
    paste(window, qtbot)
    assert ask(python, qtbot) is not None  # not remembered: asked again
    python.dialog.reject()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_and_the_default_run_nothing(project_window, python, found, fake_engine, qtbot, key):
    dialog = paste(project_window, qtbot)
    question = ask(python, qtbot)
    qtbot.mouseClick(question.remember, LEFT)
    qtbot.keyClick(question.refuse_button, key)
    assert python.question is None and python.dialog is dialog
    assert dialog.text == TEXT and dialog.go.isEnabled()
    assert fake_engine.specs("import_code") == []
    assert not is_trusted(project_window.services.settings, TEXT, "program")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert python.dialog is None


def test_a_remembered_text_is_not_asked_again_a_changed_one_is(
    project_window, python, found, fake_engine, qtbot, settings
):
    paste(project_window, qtbot)
    question = ask(python, qtbot)
    qtbot.keyClick(question.remember, Qt.Key.Key_Space)
    qtbot.mouseClick(question.run_button, LEFT)
    qtbot.waitUntil(lambda: python.dialog is None)
    assert is_trusted(load_settings(settings.path), TEXT, "program")
    dialog = paste(project_window, qtbot)
    qtbot.mouseClick(dialog.go, LEFT)
    assert python.question is None
    qtbot.waitUntil(lambda: python.dialog is None)
    assert len(fake_engine.specs("import_code")) == 2
    dialog = paste(project_window, qtbot)
    qtbot.keyClicks(dialog.editor, "#")
    assert ask(python, qtbot) is not None
    assert len(fake_engine.specs("import_code")) == 2
    dialog.reject()


def test_several_models_are_chosen_from(project_window, python, found, qtbot):
    found["other"] = network("second")
    dialog = paste(project_window, qtbot)
    qtbot.mouseClick(ask(python, qtbot).run_button, LEFT)
    qtbot.waitUntil(dialog.models.isVisible)
    before = names(project_window)
    assert [dialog.models.item(n).text() for n in range(2)] == [
        "model – 2 layers", "other – 2 layers"]  # fmt: skip
    qtbot.keyClick(dialog.models, Qt.Key.Key_Down)
    assert names(project_window) == before
    qtbot.mouseClick(dialog.go, LEFT)
    replace(project_window, qtbot)
    assert names(project_window) == ["start", "second"] and python.dialog is None


def test_a_fault_marks_its_line_and_the_text_stays(project_window, python, fake_engine, qtbot):
    def refuse(spec, emit, control):
        raise GraphError("Line 2: NameError.", place=Place("file", "Pasted text", "2"))

    fake_engine.answers["import_code"] = refuse
    dialog = paste(project_window, qtbot)
    qtbot.mouseClick(ask(python, qtbot).run_button, LEFT)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.banner.message == "Line 2: NameError." and dialog.text == TEXT
    assert dialog.editor.textCursor().blockNumber() == 1
    assert len(dialog.editor.extraSelections()) == 1
    qtbot.keyClicks(dialog.editor, "x")
    assert dialog.text == "import keras\nxmodel = keras.Sequential()\n"
    dialog.reject()


def test_cancel_ends_what_runs(project_window, python, fake_engine, qtbot):
    def loop(spec, emit, control):
        emit({"event": "progress", "done": 1, "total": 3, "text": "Running"})
        control.cancelled.wait(30)
        return {"models": {}}

    fake_engine.answers["import_code"] = loop
    dialog = paste(project_window, qtbot)
    qtbot.mouseClick(ask(python, qtbot).run_button, LEFT)
    assert not dialog.go.isEnabled() and dialog.editor.isReadOnly()
    qtbot.mouseClick(dialog.findChild(object, "python.progress.cancel"), LEFT)
    qtbot.waitUntil(dialog.go.isEnabled)
    assert not dialog.banner.isVisible() and dialog.text == TEXT
    qtbot.mouseClick(dialog.go, LEFT)
    qtbot.mouseClick(python.question.run_button, LEFT)
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert python.dialog is None


def test_a_file_is_shown_and_asked_about(
    main_window, found, fake_engine, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_WORKBENCH_HOME", str(tmp_path / "home"))
    path = tmp_path / "net.py"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(main_window, Qt.Key.Key_I, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    python = main_window.flow.networks.python
    qtbot.waitUntil(lambda: python.question is not None)
    assert "net.py" in python.question.about.text()
    assert main_window.session is None and fake_engine.specs("import_code") == []
    qtbot.mouseClick(python.question.run_button, LEFT)
    qtbot.waitUntil(
        lambda: main_window.session is not None and names(main_window) == ["start", "end"],
        timeout=10_000,
    )


def test_files_that_are_no_text_are_named(project_window, python, qtbot, tmp_path):
    shown = []
    project_window.services.error_raised.connect(shown.append)
    (tmp_path / "bad.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "long.py").write_bytes(b"#" * 1_000_001)
    for name in ("bad.py", "long.py", "gone.py"):
        project_window.flow.open_dropped(tmp_path / name)
        assert shown[-1].message.startswith(f"{name} was not imported: ")
    assert python.dialog is None


def test_the_clipboard_is_taken_only_when_it_looks_like_python(project_window, python, qtbot):
    dialog = paste(project_window, qtbot, "Dear Ada, see you on Friday.")
    assert dialog.text == "" and not dialog.go.isEnabled()
    dialog.reject()


def test_hidden_characters_are_pointed_out(project_window, python, found, qtbot):
    paste(project_window, qtbot, TEXT + "x = '\u202e'\n")
    question = ask(python, qtbot)
    assert question.hidden_characters.isVisible()
    assert question.hidden_characters.text().startswith("Line 3 ")
    python.dialog.reject()


def test_what_is_no_text_is_said_before_any_question(project_window, python, qtbot):
    dialog = paste(project_window, qtbot, TEXT + "x = '\x00'")
    if "\x00" not in dialog.text:  # a clipboard may end at it
        dialog.editor.setPlainText(TEXT + "x = '\x00'")
    qtbot.mouseClick(dialog.go, LEFT)
    assert python.question is None and dialog.banner.isVisible()
    assert "line 3 holds" in dialog.banner.message
    dialog.reject()


@pytest.mark.backend
@pytest.mark.slow
def test_a_real_engine_runs_it_apart(project_window, python, qtbot):
    text = "import keras\ndef build_model():\n    return keras.Sequential([\n        "
    text += "keras.Input((5,), name='start'), keras.layers.Dense(3, name='end')])\n"
    paste(project_window, qtbot, text)
    qtbot.mouseClick(ask(python, qtbot).run_button, LEFT)
    qtbot.waitUntil(lambda: python.dialog is None, timeout=120_000)
    replace(project_window, qtbot)
    assert len(names(project_window)) == 2


def test_keys_lead_out_of_the_editor(project_window, python, found, qtbot):
    dialog = paste(project_window, qtbot)
    qtbot.waitUntil(dialog.editor.hasFocus)
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Tab, CONTROL)
    assert not dialog.editor.hasFocus()
    assert dialog.text == TEXT
    dialog.editor.setFocus()
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Return, CONTROL)
    assert python.question is not None
    python.question.reject()
    dialog.begin()  # it runs: nothing is asked once more
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Return, CONTROL)
    assert python.question is None
    dialog.reject()
