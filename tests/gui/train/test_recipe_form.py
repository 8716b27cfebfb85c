"""The recipe form: every edit reaches the document, can be undone, and says what is wrong."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from ui.actions import Action
from workbench.graph.changes import SetField


def field(window, name):
    found = window.findChild(object, f"train.{name}")
    assert found.isVisible(), f"{name} cannot be seen"
    return found


def type_number(qtbot, window, name, text):
    number = field(window, name)
    qtbot.mouseClick(number, Qt.MouseButton.LeftButton)
    number.selectAll()
    qtbot.keyClicks(number, text)
    qtbot.keyClick(number, Qt.Key.Key_Return)
    return number


def choose(qtbot, window, name, text):
    """Choose in a box with the keyboard, as a person does."""
    box: QComboBox = field(window, name)
    box.setFocus()
    place = box.findText(text)
    assert place >= 0, f"{text} is not offered: {[box.itemText(i) for i in range(box.count())]}"
    while box.currentIndex() != place:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < place else Qt.Key.Key_Up)
    return box


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("epochs", "37", lambda d: d.recipe.epochs == 37),
        ("batch_size", "64", lambda d: d.recipe.batch_size == 64),
        ("split.validation", "20", lambda d: d.data.split.validation == 0.2),
        ("early_stopping.patience", "4", lambda d: d.recipe.early_stopping.patience == 4),
        ("optimizer.learning_rate", "2e-3", lambda d: d.recipe.optimizer.learning_rate == 0.002),
    ],
)
def test_a_typed_number_changes_the_document_and_can_be_undone(window, qtbot, name, typed, value):
    document = window.session.document
    before = (document.recipe, document.data)
    type_number(qtbot, window, name, typed)
    assert value(document)
    window.session.undo()
    assert (document.recipe, document.data) == before
    window.session.redo()
    assert value(document)


def test_the_field_follows_undo(window, qtbot):
    number = type_number(qtbot, window, "epochs", "37")
    assert number.text() == "37"
    window.session.undo()
    assert number.text() == "60"
    assert window.session.document.can_redo


def test_changes_from_elsewhere_are_shown(window):
    window.session.apply(SetField("recipe", ("batch_size",), 128))
    assert field(window, "batch_size").text() == "128"
    window.session.apply(SetField("recipe", ("optimizer", "name"), "SGD"))
    assert field(window, "optimizer.name").currentText() == "SGD"


def test_quick_steps_are_one_undo_step(window, qtbot):
    number = field(window, "epochs")
    number.setFocus()
    for _ in range(4):
        qtbot.keyClick(number, Qt.Key.Key_Up)
    assert window.session.document.recipe.epochs == 100
    window.session.undo()
    assert window.session.document.recipe.epochs == 60


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("epochs", "0", "smallest possible value is 1"),
        ("epochs", "2.5", "whole number"),
        ("batch_size", "many", "not a number"),
        ("split.validation", "95", "largest possible value is 90"),
    ],
)
def test_an_impossible_number_is_refused_in_place(window, qtbot, name, typed, words):
    before = window.session.document.to_plain()
    type_number(qtbot, window, name, typed)
    assert window.session.document.to_plain() == before
    row = window.page.form.row(name)
    assert words in row._problem.text()
    assert row._problem.isVisible()


def test_a_doubtful_value_is_said_in_place(window, qtbot):
    type_number(qtbot, window, "optimizer.learning_rate", "20")
    row = window.page.form.row("optimizer.learning_rate")
    qtbot.waitUntil(lambda: "is too large for" in row._problem.text())
    window.session.undo()
    qtbot.waitUntil(lambda: row._problem.text() == "")


def test_what_prevents_training_is_said(window, qtbot):
    button = window.findChild(object, "train.start.button")
    title = window.findChild(object, "train.before.title")
    window.services.actions.add([Action("view.problems", "Show problems", list)], window)
    window.session.apply(SetField("recipe", ("optimizer", "name"), "Adamm"))
    qtbot.waitUntil(lambda: title.text() == "Not ready to train yet", timeout=2000)
    assert "There is no optimizer Adamm" in window.page.form.row("optimizer.name")._problem.text()
    with qtbot.waitSignal(window.services.error_raised) as raised:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "There is no optimizer Adamm" in raised.args[0].received
    assert not window.session.training
    window.session.undo()
    qtbot.waitUntil(lambda: title.text() == "Ready to train", timeout=2000)


def test_presets_come_from_the_target(window, qtbot):
    assert field(window, "loss").currentText() == "Automatic (binary cross-entropy)"
    assert field(window, "metrics").currentText() == "Automatic (accuracy)"
    assert field(window, "early_stopping.monitor").currentText() == "Automatic (validation loss)"
    texts = [field(window, "loss").itemText(i) for i in range(field(window, "loss").count())]
    assert texts[1:] == ["Binary cross-entropy", "Binary focal cross-entropy"]


def test_a_chosen_loss_is_kept(window, qtbot):
    choose(qtbot, window, "loss", "Binary focal cross-entropy")
    assert window.session.document.recipe.loss == "binary_focal_crossentropy"
    choose(qtbot, window, "loss", "Automatic (binary cross-entropy)")
    assert window.session.document.recipe.loss == "auto"


def test_metrics_are_chosen_in_a_menu(window, qtbot):
    box = field(window, "metrics")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    menu = box._menu
    qtbot.waitUntil(menu.isVisible)
    by_text = {action.text(): action for action in menu.actions()}
    assert list(by_text)[2:] == ["Accuracy", "AUC", "Precision", "Recall", "F1"]
    by_text["AUC"].trigger()
    menu.close()
    assert window.session.document.recipe.metrics == ("auc",)
    box._fill()
    {a.text(): a for a in menu.actions()}["Accuracy"].trigger()
    assert window.session.document.recipe.metrics == ("accuracy", "auc")
    assert box.currentText() == "Accuracy, AUC"
    box._fill()
    menu.actions()[0].trigger()
    assert window.session.document.recipe.metrics == ("auto",)


def test_another_optimizer_brings_its_own_parameters(window, qtbot):
    section = window.page.form._params
    section._clicked()
    type_number(qtbot, window, "optimizer.params.beta_1", "0.8")
    assert window.session.document.recipe.optimizer.params == {"beta_1": 0.8}
    window.session.apply(SetField("recipe", ("optimizer", "learning_rate"), 1e-3))
    choose(qtbot, window, "optimizer.name", "SGD")
    recipe = window.session.document.recipe
    assert recipe.optimizer.name == "SGD"
    assert recipe.optimizer.params == {}
    assert recipe.optimizer.learning_rate == 0.01  # the default followed
    momentum = window.findChild(object, "train.optimizer.params.momentum")
    qtbot.waitUntil(momentum.isVisible)
    assert momentum.text() == "0"


def test_a_learning_rate_of_ones_own_stays_with_another_optimizer(window, qtbot):
    type_number(qtbot, window, "optimizer.learning_rate", "0.005")
    choose(qtbot, window, "optimizer.name", "AdamW")
    assert window.session.document.recipe.optimizer.learning_rate == 0.005


def test_an_emptied_parameter_is_off(window, qtbot):
    window.page.form._params._clicked()
    type_number(qtbot, window, "optimizer.params.clipnorm", "1")
    assert window.session.document.recipe.optimizer.params == {"clipnorm": 1.0}
    number = field(window, "optimizer.params.clipnorm")
    number.selectAll()
    qtbot.keyClick(number, Qt.Key.Key_Delete)
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert window.session.document.recipe.optimizer.params == {}


def test_early_stopping_is_switched_by_a_click(window, qtbot):
    switch = field(window, "early_stopping.enabled")
    assert switch.isChecked()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=switch.rect().center() / 4)
    switch.click() if switch.isChecked() else None
    assert not window.session.document.recipe.early_stopping.enabled
    assert not window.page.form.row("early_stopping.patience").isEnabled()


def test_the_wheel_over_a_box_scrolls_and_changes_nothing(window, qtbot):
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    box = field(window, "optimizer.name")
    centre = QPointF(box.rect().center())
    QApplication.sendEvent(
        box,
        QWheelEvent(centre, QPointF(box.mapToGlobal(centre)), QPoint(), QPoint(0, -240),
                    Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                    Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip
    assert window.session.document.recipe.optimizer.name == "Adam"


def test_every_field_can_be_found_and_read_out(window):
    for bound in window.page.form._bound:
        assert bound.row.field.accessibleName()
        assert bound.row.field.objectName().startswith("train.")


def test_only_installed_backends_are_offered(window):
    window.page.form.open_section_of("backend")
    box = field(window, "backend")
    texts = [box.itemText(i) for i in range(box.count())]
    assert texts[0] == "Automatic"
    assert "TensorFlow" in texts


def test_devices_are_those_of_the_engine(window):
    window.page.form.show_devices(("CPU:0", "GPU:0"))
    window.page.form.open_section_of("device")
    box = field(window, "device")
    assert [box.itemText(i) for i in range(box.count())] == ["Automatic", "CPU", "GPU"]
