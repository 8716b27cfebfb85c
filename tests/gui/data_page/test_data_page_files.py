from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLineEdit, QPushButton

from ui.data_page.option_field import OptionBox

GOOD = "height;weight;kind\n" + "".join(
    f"{150 + i % 40},{i % 10};{50 + i % 31};{'cat' if i % 3 else 'dog'}\n" for i in range(120)
)


def spec(page):
    return page.session.document.data


def choose(qtbot, page, name, title):
    box = page.findChild(OptionBox, name)
    box.setFocus()
    while box.currentText() != title:
        titles = [box.itemText(i) for i in range(box.count())]
        forward = titles.index(title) > box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down if forward else Qt.Key.Key_Up)


def drop(page, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    enter = QDragEnterEvent(QPoint(600, 300), Qt.DropAction.CopyAction, mime,
                            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    enter.ignore()
    QApplication.sendEvent(page, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, mime,
                       Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(page, event)
    return True


@pytest.fixture
def empty_page(page_of, project_on):
    return page_of(project_on())


def test_an_empty_project_invites_to_open_a_table(empty_page):
    assert empty_page.area.empty.isVisible()
    assert not empty_page.pane.isVisible()


def test_a_dropped_file_opens_in_one_step(empty_page, write, wait):
    page = empty_page
    path = write(GOOD)
    assert drop(page, path)
    wait(page)
    source = spec(page).source
    assert (source.path, source.delimiter, source.decimal) == (str(path), ";", ",")
    assert [(c.name, c.role, c.kind) for c in spec(page).columns] == [
        ("height", "feature", "numeric"), ("weight", "feature", "numeric"),
        ("kind", "target", "categorical"),
    ]  # fmt: skip
    assert page.pane.isVisible()
    assert len(page.session.document.graph) == 5  # a small network came along
    assert page.session.signature.task == "binary"
    assert page.session.document.undo_label == "Open table.csv"
    page.session.undo()
    wait(page)
    assert spec(page).source.path == ""
    assert len(page.session.document.graph) == 0
    assert page.area.empty.isVisible()
    page.session.redo()
    wait(page)
    assert page.pane.model.rows == 120


def test_a_file_inside_the_project_is_named_by_its_relative_path(empty_page, wait):
    path = empty_page.session.document.folder / "inside.csv"
    path.write_text(GOOD)
    drop(empty_page, path)
    wait(empty_page)
    assert spec(empty_page).source.path == "inside.csv"


def test_dropping_shows_where_it_goes(page, write):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(write(GOOD)))])
    enter = QDragEnterEvent(QPoint(600, 300), Qt.DropAction.CopyAction, mime,
                            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(page, enter)
    assert page._veil.isVisible()
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert not page._veil.isVisible()


def test_folders_and_several_files_are_not_taken(page, write, tmp_path):
    assert not drop(page, tmp_path)
    assert not drop(page, write(GOOD, "a.csv"), write(GOOD, "b.csv"))


def test_another_file_replaces_the_table_and_keeps_the_network(page, write, wait):
    before = len(page.session.document.graph)
    drop(page, write(GOOD))
    wait(page)
    assert page.pane.model.rows == 120
    assert page.columns.model.rowCount() == 3
    assert len(page.session.document.graph) == before
    assert page.columns.selected == ["kind"]


def test_open_file_by_the_button(empty_page, write, qtbot, wait, monkeypatch):
    path = write(GOOD)
    asked = []

    def ask(parent, title, folder, kinds):
        asked.append((title, kinds))
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    button = empty_page.findChild(QPushButton, "data.empty.open")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait(empty_page)
    assert asked[0][0] == "Open a table"
    assert empty_page.pane.model.rows == 120
    assert empty_page.services.settings.last_folder == str(path.parent)


@pytest.mark.parametrize(("name", "rows", "task"),
                         [("breast_cancer", 569, "binary"), ("wine", 178, "multiclass"),
                          ("diabetes", 442, "regression")])  # fmt: skip
def test_an_example_fills_the_project_in_one_step(empty_page, qtbot, wait, name, rows, task):
    page = empty_page
    qtbot.waitUntil(lambda: page.findChild(QPushButton, f"data.empty.{name}") is not None)
    qtbot.mouseClick(page.findChild(QPushButton, f"data.empty.{name}"), Qt.MouseButton.LeftButton)
    wait(page)
    assert page.pane.model.rows == rows
    assert page.session.signature.task == task
    assert len(page.session.document.graph) == 5
    assert page.session.document.recipe.epochs == 60
    assert (page.session.document.folder / f"{name}.csv").is_file()
    page.session.undo()
    wait(page)
    assert spec(page).source.path == ""


def test_reading_in_another_way_reads_at_once(page, qtbot, wait):
    page.file_card.open_reading()
    choose(qtbot, page, "data.separator", "Semicolon  ;")
    wait(page)
    assert page.pane.model.columnCount() == 1
    assert spec(page).source.delimiter == ";"
    assert any(p.code == "one_column" for p in page.session.problems)
    page.session.undo()
    wait(page)
    assert page.pane.model.columnCount() == 31
    assert spec(page).target.name == "diagnosis"
    assert page.findChild(OptionBox, "data.separator").currentText() == "Comma  ,"


def test_header_can_be_corrected(page, qtbot, wait):
    page.file_card.open_reading()
    qtbot.mouseClick(page.findChild(QCheckBox, "data.header"), Qt.MouseButton.LeftButton,
                     pos=QPoint(10, 10))  # fmt: skip
    wait(page)
    assert page.pane.model.rows == 570
    assert spec(page).columns[0].name == "column_1"
    page.session.undo()
    wait(page)
    assert spec(page).columns[0].name == "mean radius"


def test_a_way_of_reading_that_fails_says_why_and_changes_nothing(
    page_of, project_on, write, qtbot, wait
):
    text = "name,size\n" + "".join(f"Zoë {i % 5},{i}\n" for i in range(60))
    page = page_of(project_on(write(text, encoding="cp1252")))
    before = spec(page)
    assert before.source.encoding == "cp1252"
    page.file_card.open_reading()
    choose(qtbot, page, "data.encoding", "UTF-8")
    wait(page)
    assert page.banner.isVisible()
    assert "is not written in utf-8" in page.banner.message
    assert spec(page) == before
    assert page.findChild(OptionBox, "data.encoding").currentText() == "Windows-1252"
    assert page.pane.model.rows == 60


BAD = {
    "empty": (b"", "is empty"),
    "binary": (bytes(range(256)) * 30, "is not a text file"),
    "workbook": (b"PK\x03\x04" + b"\x00" * 60, "Excel"),
    "truncated": (b"a,b,c\n1,2,3\n4,5", "cut off"),
    "ragged": (b"a,b\n1,2\n3,4,5\n6,7\n", "Row 3"),
    "header only": (b"a,b\n", "no rows"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_cannot_be_opened_leaves_the_project_as_it_was(page, tmp_path, wait, kind):
    content, said = BAD[kind]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    before = spec(page)
    drop(page, path)
    wait(page)
    assert page.banner.isVisible()
    assert said in page.banner.message
    assert spec(page) == before
    assert page.pane.model.rows == 569
    assert not page.session.document.dirty


def test_a_file_that_needs_another_way_of_reading_can_be_taken(page, tmp_path, qtbot, wait):
    path = tmp_path / "odd.csv"
    path.write_text("a:b:c\n" + "".join(f"{i}:{i * i % 17}:{'xy'[i % 2]}\n" for i in range(40))
                    + "1,2:3:x\n")  # fmt: skip
    drop(page, path)
    wait(page)
    button = page.findChild(QPushButton, "data.banner.reading")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait(page)
    assert spec(page).source.path == str(path)
    assert page.banner.isVisible()
    box = page.findChild(OptionBox, "data.separator")
    assert box.isVisible()


def test_a_file_that_has_moved_is_found_again(page, qtbot, wait, monkeypatch, tmp_path):
    folder = page.session.document.folder
    moved = tmp_path / "moved.csv"
    (folder / "data.csv").rename(moved)
    page.read_file_again()
    wait(page)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.message == "The file data.csv does not exist."
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(moved), ""))
    qtbot.mouseClick(page.findChild(QPushButton, "data.banner.find"), Qt.MouseButton.LeftButton)
    wait(page)
    qtbot.waitUntil(lambda: not page.banner.isVisible())
    assert Path(spec(page).source.path) == moved
    assert spec(page).target.name == "diagnosis"
    assert page.pane.model.rows == 569


def test_a_file_that_changed_is_read_again(page, wait):
    path = page.session.document.folder / "data.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:101]) + "\n")
    page.read_file_again()
    wait(page)
    assert page.pane.model.rows == 100
    assert page.area.split_box.bar.sizes == (65, 15, 20)


def test_the_split_is_typed(page, qtbot, wait):
    box = page.area.split_box
    assert box.bar.sizes == (370, 85, 114)
    field = page.findChild(QLineEdit, "data.validation")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait(page)
    assert spec(page).split.validation == 0.25
    assert box.bar.sizes == (313, 142, 114)
    field.selectAll()
    qtbot.keyClicks(field, "95")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert spec(page).split.validation == 0.25
    seed = page.findChild(QLineEdit, "data.seed")
    seed.selectAll()
    qtbot.keyClicks(seed, "7")
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert spec(page).split.seed == 7
    stratify = page.findChild(QCheckBox, "data.stratify")
    qtbot.mouseClick(stratify, Qt.MouseButton.LeftButton, pos=QPoint(10, 12))
    assert spec(page).split.stratify is False
    for _ in range(3):
        page.session.undo()
    wait(page)
    assert (spec(page).split.validation, spec(page).split.seed) == (0.15, 2)
    assert field.text() == "15"


def test_parts_that_leave_nothing_to_train_are_refused(page, qtbot, wait):
    for name in ("data.validation", "data.test"):
        field = page.findChild(QLineEdit, name)
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "60")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (spec(page).split.validation, spec(page).split.test) == (0.6, 0.2)
    assert page.findChild(QLineEdit, "data.test").text() == "20"


def test_state_for_the_activity_bar(page_of, project_on, write, qtbot, wait):
    page = page_of(project_on())
    with qtbot.waitSignal(page.state_changed) as told:
        page.open_path(write(GOOD))
        wait(page)
    assert told.args[0] in ("running", "ready")
    page.columns.select(["kind"])
    with qtbot.waitSignal(page.state_changed, check_params_cb=lambda s: s == "attention"):
        page.ignore()
    page.session.undo()
    wait(page)


def test_closing_the_project_empties_the_page(page):
    page.set_session(None)
    assert page.pane.model.rows == 0
    assert not page.has_table()
