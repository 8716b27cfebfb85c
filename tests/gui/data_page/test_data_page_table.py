import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.data_page.cells import column_texts, shortened
from ui.theme import TARGET


def cell(page, line, name):
    model = page.pane.model
    return model.index(line, model.table.index(name)).data()


def click_cell(qtbot, page, line, column):
    view = page.pane.view
    place = view.visualRect(page.pane.model.index(line, column)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    schema = pa.schema({"row": pa.int64(), "value": pa.float64(), "kind": pa.string()})
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, 10_000_000, 1_000_000):
            row = np.arange(start, start + 1_000_000)
            kinds = pa.DictionaryArray.from_arrays(
                pa.array((row % 3).astype(np.int32)), pa.array(["a", "b", "c"])
            )
            writer.write_table(
                pa.Table.from_arrays(
                    [pa.array(row), pa.array(row / 8), kinds.cast("string")], schema=schema
                )
            )
    return path


def test_the_table_shows_the_file(page):
    model = page.pane.model
    assert (model.rows, model.columnCount()) == (569, 31)
    assert cell(page, 0, "mean radius") == "17.99"
    assert cell(page, 2, "mean area") == "1203"
    assert model.headerData(0, Qt.Orientation.Horizontal) == "mean radius"
    assert model.headerData(3, Qt.Orientation.Vertical) == "3"


def test_a_click_on_a_cell_selects_its_column_everywhere(page, qtbot, wait):
    click_cell(qtbot, page, 3, 1)
    wait(page)
    assert page.columns.selected == ["mean texture"]
    assert page.inspector.distribution.summary.name == "mean texture"
    assert page.inspector.distribution.summary.rows == 569
    assert page.pane.view.current_row == 3
    assert page.pane.model.is_selected(1)


def test_a_click_on_a_header_selects_its_column(page, qtbot):
    header = page.pane.view.header
    place = QPoint(header.sectionViewportPosition(2) + 20, 20)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.columns.selected == ["mean perimeter"]


def test_selecting_in_the_list_brings_the_column_into_view(page, qtbot):
    view = page.pane.view
    last = page.pane.model.columnCount() - 1
    assert view.horizontalScrollBar().value() == 0
    page.columns.list.setFocus()
    qtbot.keyClick(page.columns.list, Qt.Key.Key_Home)
    qtbot.keyClick(page.columns.list, Qt.Key.Key_End)
    assert page.columns.selected == ["diagnosis"]
    assert view.header.sectionViewportPosition(last) < view.viewport().width()


def test_keys_walk_through_the_table(page, qtbot):
    view = page.pane.view
    view.setFocus()
    click_cell(qtbot, page, 0, 0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert (view.current_row, page.columns.selected) == (1, ["mean texture"])
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.rows_in_view()[0] > 0
    qtbot.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert view.current_row == 568
    assert view.rows_in_view()[1] == 568
    qtbot.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert view.rows_in_view()[0] == 0
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.current_row == 0


def test_copy_takes_the_whole_number(page_of, project_on, write, qtbot, wait):
    path = write("x,y\n" + "".join(f"{1 / (i + 3)},{i % 2}\n" for i in range(30)))
    page = page_of(project_on(path))
    click_cell(qtbot, page, 0, 0)
    assert cell(page, 0, "x") == "0.333333"
    qtbot.keyClick(page.pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert float(QGuiApplication.clipboard().text()) == pytest.approx(1 / 3, abs=1e-15)


def test_the_wheel_scrolls_rows_and_with_shift_columns(page, qtbot):
    view = page.pane.view

    def turn(notches, modifiers=Qt.KeyboardModifier.NoModifier):
        middle = QPointF(view.viewport().rect().center())
        event = QWheelEvent(
            middle, QPointF(view.viewport().mapToGlobal(middle.toPoint())), QPoint(),
            QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    turn(-4)
    assert view.rows_in_view()[0] == 12
    turn(1)
    assert view.rows_in_view()[0] == 9
    turn(-3, Qt.KeyboardModifier.ShiftModifier)
    assert view.horizontalScrollBar().value() > 100
    assert view.rows_in_view()[0] == 9


def test_ten_million_rows_scroll(page_of, project_on, large, qtbot, wait):
    page = page_of(project_on(large))
    view, model = page.pane.view, page.pane.model
    assert model.rows == 10_000_000
    assert model.rowCount() <= 40
    field = page.footer.findChild(QLineEdit, "data.go_to_row")
    for row in (9_999_999, 4_999_990, 0, 7_654_321):
        qtbot.keyClicks(field, str(row))
        qtbot.keyClick(field, Qt.Key.Key_Return)
        wait(page)
        first, last = view.rows_in_view()
        assert first <= row <= last
        assert cell(page, row - first, "row") == str(row)
        assert cell(page, row - first, "value") == shortened(f"{row / 8:.16g}")
        assert cell(page, row - first, "kind") == "abc"[row % 3]
    text = page.footer._where.text()
    assert text.startswith("Rows 7,65")
    assert text.endswith("of 10,000,000")


def test_dragging_through_the_rows_never_waits_for_the_file(page, qtbot, monkeypatch, wait):
    import threading

    release = threading.Event()
    table = page.pane.model.table
    real = table.read

    def slow(*args):
        release.wait(10)
        return real(*args)

    monkeypatch.setattr(table, "read", slow)
    page.pane.model.pages.set_table(table)
    page.pane.bar.setValue(300)
    assert cell(page, 0, "mean radius") == "…"
    page.pane.bar.setValue(500)
    assert cell(page, 0, "mean radius") == "…"
    release.set()
    wait(page)
    assert cell(page, 0, "mean radius") == shortened(f"{real(500, 501)['mean radius'][0].as_py()}")


def test_a_file_that_breaks_while_scrolling_says_so(page, qtbot, monkeypatch):
    from workbench.errors import DataError, Place

    def broken(*_):
        raise DataError("The disk is gone.", place=Place("file", "x"))

    table = page.pane.model.table
    monkeypatch.setattr(table, "read", broken)
    page.pane.model.pages.set_table(table)
    page.pane.bar.setValue(400)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.message == "The disk is gone."


def test_the_view_holds_only_the_rows_that_fit(page, qtbot):
    model, view = page.pane.model, page.pane.view
    fits = view.viewport().height() // TARGET
    assert model.rowCount() == fits + 1
    page.window().resize(1280, 480)
    qtbot.waitUntil(lambda: model.rowCount() == view.viewport().height() // TARGET + 1)
    assert model.rowCount() < fits


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.3333333333333333", "0.333333"), ("1234567.25", "1234567.25"), ("12", "12"),
        ("123456789012345678", "123456789012345678"), ("1.5e-12", "1.5e-12"),
        ("-0.00012345678901", "-0.000123457"), ("123456.78901234567", "123456.789"),
    ],
)  # fmt: skip
def test_numbers_are_shortened_without_losing_millions(text, shown):
    assert shortened(text) == shown


def test_texts_of_cells():
    values = pa.chunked_array([[1.5, None, 2.0, float("nan")]])
    assert column_texts(values) == ["1.5", None, "2", None]
    assert column_texts(pa.chunked_array([[True, None]])) == ["true", None]
    assert column_texts(pa.chunked_array([["a\n b", "x" * 300]])) == ["a b", "x" * 199 + "…"]
    assert column_texts(pa.chunked_array([pa.array([0.1], pa.float32())])) == ["0.1"]
