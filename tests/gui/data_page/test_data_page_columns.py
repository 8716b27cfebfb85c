import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from ui.data_page.option_field import OptionBox


def choose(qtbot, page, name, title):
    """Choose in a combo box with the mouse, as a person does."""
    box = page.findChild(OptionBox, name)
    assert box.isVisible()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    line = [box.itemText(i) for i in range(box.count())].index(title)
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    place = view.visualRect(box.model().index(line, 0)).center()
    qtbot.mouseMove(view.viewport(), place)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert box.currentText() == title


def select(qtbot, page, name, modifiers=Qt.KeyboardModifier.NoModifier):
    """Click a column in the list."""
    columns = page.columns
    index = columns.model.index(columns.model.line_of(name))
    columns.list.scrollTo(index)
    place = columns.list.visualRect(index).center()
    qtbot.mouseClick(columns.list.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def column(page, name):
    return next(c for c in page.session.document.data.columns if c.name == name)


def test_the_target_is_selected_first_and_shows_its_balance(page):
    assert page.columns.selected == ["diagnosis"]
    summary = page.inspector.distribution.summary
    assert summary.top == (("benign", 357), ("malignant", 212))
    assert page.inspector.distribution.accessibleName() == "Values"
    assert page.inspector.distribution._bars.words(1) == "malignant: 212 rows, 37 %"


def test_a_feature_shows_histogram_and_figures(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    wait(page)
    view = page.inspector.distribution._histogram
    assert view.isVisible()
    histogram = page.inspector.distribution.summary.histogram
    assert sum(histogram.counts) == 569
    assert view.bin_words(0).startswith("6.981 to ")
    qtbot.mouseMove(view, QPoint(view.width() // 2, 60))
    mean = page.inspector.distribution
    assert mean.figure("Mean") == "14.13"


def test_role_by_the_inspector_and_undo(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    choose(qtbot, page, "data.role", "Ignore")
    wait(page)
    assert column(page, "mean radius").role == "ignore"
    assert page.session.signature.inputs[0].shape == (29,)
    assert page.columns._summary.text() == "29 features · 1 target · 1 ignored"
    page.session.undo()
    wait(page)
    assert column(page, "mean radius").role == "feature"
    assert page.findChild(OptionBox, "data.role").currentText() == "Feature"
    assert page.session.signature.inputs[0].shape == (30,)


def test_another_target_by_keyboard(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    page.use_as_target()
    wait(page)
    assert column(page, "mean radius").role == "target"
    assert column(page, "diagnosis").role == "feature"
    assert page.session.signature.task == "regression"
    assert page.session.document.undo_label == "Use mean radius as target"
    page.session.undo()
    wait(page)
    assert column(page, "diagnosis").role == "target"
    assert page.session.signature.task == "binary"


def test_shortcuts_of_roles(project_window, qtbot, wait):
    project_window.show_page("data")
    page = project_window.pages.page("data")
    wait(page)
    select(qtbot, page, "mean texture")
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(page.columns.list, Qt.Key.Key_I, control)
    assert column(page, "mean texture").role == "ignore"
    qtbot.keyClick(page.columns.list, Qt.Key.Key_U, control)
    assert column(page, "mean texture").role == "feature"
    qtbot.keyClick(page.columns.list, Qt.Key.Key_T, control)
    wait(page)
    assert column(page, "mean texture").role == "target"
    qtbot.waitUntil(page.services.actions.qaction("edit.undo").isEnabled)
    qtbot.keyClick(page.columns.list, Qt.Key.Key_Z, control)
    assert column(page, "diagnosis").role == "target"


def test_scaling_type_and_missing(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    choose(qtbot, page, "data.scaling", "0 to 1")
    choose(qtbot, page, "data.missing", "Median")
    assert (column(page, "mean radius").scaling, column(page, "mean radius").missing) == (
        "minmax", "median",
    )  # fmt: skip
    assert not page.findChild(OptionBox, "data.encoding_of_categories").isVisible()
    choose(qtbot, page, "data.kind", "Category")
    wait(page)
    assert column(page, "mean radius").kind == "categorical"
    choose(qtbot, page, "data.encoding_of_categories", "Embedding")
    wait(page)
    assert page.session.signature.input("mean radius").dtype == "int32"


def test_every_choice_has_a_line_of_explanation(page, qtbot):
    select(qtbot, page, "mean radius")
    for name in ("data.role", "data.kind", "data.missing", "data.scaling"):
        box = page.findChild(OptionBox, name)
        assert box.accessibleDescription()
        assert all(option.explanation for option in box.options)


def test_several_columns_are_changed_together(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    select(qtbot, page, "mean area", Qt.KeyboardModifier.ShiftModifier)
    wait(page)
    names = ["mean radius", "mean texture", "mean perimeter", "mean area"]
    assert sorted(page.columns.selected) == sorted(names)
    choose(qtbot, page, "data.scaling", "As it is")
    assert [column(page, name).scaling for name in names] == ["none"] * 4
    page.session.undo()
    assert [column(page, name).scaling for name in names] == ["standard"] * 4
    select(qtbot, page, "worst area", Qt.KeyboardModifier.ControlModifier)
    assert len(page.columns.selected) == 5


def test_mixed_settings_read_mixed(page, qtbot, wait):
    select(qtbot, page, "mean radius")
    choose(qtbot, page, "data.scaling", "0 to 1")
    select(qtbot, page, "mean texture", Qt.KeyboardModifier.ControlModifier)
    box = page.findChild(OptionBox, "data.scaling")
    assert box.currentIndex() == -1
    assert box.placeholderText() == "Mixed"


def test_context_menu(page, qtbot):
    select(qtbot, page, "mean radius")
    place = page.columns.list.visualRect(page.columns.model.index(0)).center()
    page.columns.list.customContextMenuRequested.emit(place)
    menu = page.findChild(QMenu, "data.menu")
    titles = [action.text() for action in menu.actions()]
    assert titles == ["Use as feature", "Use as target", "Ignore column"]
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert column(page, "mean radius").role == "ignore"


def test_filter(page, qtbot):
    qtbot.keyClicks(page.columns.search, "AREA")
    assert page.columns.model.names(range(9)) == ["mean area", "area error", "worst area"]
    assert page.columns._summary.text() == "3 of 31 columns"
    assert page.columns.selected == ["mean area"]
    qtbot.keyClick(page.columns.search, Qt.Key.Key_Escape)
    assert page.columns.model.rowCount() == 31


def test_problem_badge_and_repair(page_of, project_on, write, qtbot, wait):
    rows = "".join(f"{i * 37 % 101},5,{'ab'[i % 3 == 0]}\n" for i in range(90))
    page = page_of(project_on(write("x,same,label\n" + rows)))
    assert page.columns.model.problems("same")[0].code == "constant"
    select(qtbot, page, "same")
    wait(page)
    button = page.findChild(QPushButton, "data.problem.0.fix.0")
    assert button.text() == "Ignore the column"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait(page)
    assert column(page, "same").role == "ignore"
    assert page.columns.model.problems("same") == []


def test_what_is_wrong_with_the_whole_document_stands_above_the_table(page, qtbot, wait):
    select(qtbot, page, "diagnosis")
    page.ignore()
    wait(page)
    assert page.banner.isVisible()
    assert page.banner.message.startswith("No column is the target.")
    button = page.findChild(QPushButton, "data.banner.fix.0")
    assert button.text() == "Use diagnosis"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait(page)
    assert column(page, "diagnosis").role == "target"
    assert not page.banner.isVisible()


def test_missing_values_are_counted(page_of, project_on, write, qtbot, wait):
    rows = "".join(f"{'' if i % 4 == 0 else i * 37 % 101},{'ab'[i % 3 == 0]}\n" for i in range(80))
    page = page_of(project_on(write("x,label\n" + rows)))
    select(qtbot, page, "x")
    wait(page)
    assert page.inspector.distribution.figure("Missing") == "20 (25 %)"
    box = page.findChild(OptionBox, "data.missing")
    assert box.accessibleDescription().endswith("Concerns 20 rows.")


@pytest.mark.slow
def test_ten_thousand_columns(page_of, project_on, tmp_path, qtbot, wait):
    rng = np.random.default_rng(0)
    path = tmp_path / "wide.csv"
    lines = [",".join([*(f"gene {i}" for i in range(9_999)), "kind"])]
    lines += [",".join([*map(str, rng.normal(size=9_949).round(3)), *["7"] * 50, "ab"[i % 2]])
              for i in range(20)]  # fmt: skip
    path.write_text("\n".join(lines) + "\n")
    page = page_of(project_on(path))
    assert page.columns.model.rowCount() == 10_000
    assert len(page.badges.found) >= 50
    assert page.columns.model.problems("gene 9990")[0].code == "constant"
    page.columns.list.setFocus()
    start = time.monotonic()
    qtbot.keyClick(page.columns.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.ignore()
    assert time.monotonic() - start < 10
    wait(page)
    assert page.session.document.data.features == []
    page.session.undo()
    wait(page)
    assert len(page.session.document.data.features) == 9_999
    page.pane.view.setFocus()
    qtbot.keyClick(page.pane.view, Qt.Key.Key_End)
    wait(page)
    assert page.columns.selected == ["kind"]
    assert page.pane.model.index(1, 9_999).data() == "b"


def test_going_to_a_problem_selects_its_column(page):
    from workbench.errors import Place

    assert page.show_place(Place("column", "worst area"))
    assert page.columns.selected == ["worst area"]
    assert page.show_place(Place("field", "split.seed"))
    assert not page.show_place(Place("field", "optimizer.learning_rate"))
    assert not page.show_place(Place("node", "n1"))
    assert not page.show_place(Place("column", "no such column"))


def test_names_from_a_file_are_never_read_as_markup(page_of, project_on, write):
    page = page_of(project_on(write("<b>x</b>,y\n" + "1,2\n3,5\n" * 20)))
    model = page.pane.model
    tip = model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip
    assert QApplication.instance() is not None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_part_can_be_drawn_in_both_themes(page, services, theme, qtbot):
    services.theme.set_mode(theme)
    for name in ("mean radius", "diagnosis"):
        select(qtbot, page, name)
        assert not page.grab().toImage().isNull()
    services.theme.set_mode("light")
