"""The list of runs: sort, select, compare, rename, delete, take settings up again."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QMessageBox, QPushButton

from ui.train.run_table import RunRow, RunTable
from workbench.runs.spec import RunState
from workbench.runs.store import RunStore


def rows(count=3):
    return [
        RunRow(f"r{n}", f"Run {n}", RunState.DONE, 10 + n, {"val_loss": 1 / n, "loss": 0.1},
               {"accuracy": 0.9 + n / 100}, 60.0 * n, n, 1_700_000_000 + n)
        for n in range(count, 0, -1)
    ]  # fmt: skip


@pytest.fixture
def table(qtbot):
    made = RunTable()
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show_rows(rows())
    made.show()
    qtbot.waitExposed(made)
    return made


def cell(table, row, column):
    titles = [
        table.model().headerData(i, Qt.Orientation.Horizontal)
        for i in range(table.model().columnCount())
    ]
    return table.model().index(row, titles.index(column)).data()


def click_row(qtbot, table, row, keys=Qt.KeyboardModifier.NoModifier, column=1):
    at = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, at)


def test_columns_are_what_matters(table):
    titles = [
        table.model().headerData(i, Qt.Orientation.Horizontal)
        for i in range(table.model().columnCount())
    ]
    assert titles == ["Run", "State", "Epochs", "Val. loss", "Test accuracy", "Duration", "Seed",
                      "Started"]  # fmt: skip
    assert cell(table, 0, "Run") == "Run 3"
    assert cell(table, 0, "Duration") == "3 min"
    assert cell(table, 2, "Test accuracy") == "0.91"


def test_a_click_on_a_title_sorts_numbers_as_numbers(table, qtbot):
    header = table.horizontalHeader()
    at = header.sectionViewportPosition(3) + 20
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton,
                     pos=header.viewport().rect().center().__class__(at, 10))  # fmt: skip
    values = [float(cell(table, row, "Val. loss")) for row in range(3)]
    assert values == sorted(values)


def test_selecting_tells_the_runs(table, qtbot):
    with qtbot.waitSignal(table.chosen) as chosen:
        click_row(qtbot, table, 1)
    assert chosen.args[0] == ["r2"]
    with qtbot.waitSignal(table.chosen) as chosen:
        click_row(qtbot, table, 2, Qt.KeyboardModifier.ControlModifier)
    assert chosen.args[0] == ["r2", "r1"]


def test_the_selection_outlives_new_rows(table, qtbot):
    click_row(qtbot, table, 1)
    table.show_rows([*rows(4)])
    assert table.selected() == ["r2"]


def test_renaming_in_place(table, qtbot):
    click_row(qtbot, table, 0)
    table.rename_current()
    editor = table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "Wider")
    with qtbot.waitSignal(table.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["r3", "Wider"]


def test_an_empty_name_is_refused(table, qtbot):
    click_row(qtbot, table, 0)
    table.rename_current()
    editor = table.findChild(QLineEdit)
    editor.clear()
    with qtbot.assertNotEmitted(table.renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_names_are_plain_text(qtbot):
    table = RunTable()
    qtbot.addWidget(table)
    table.show_rows([RunRow("r", "<b>bold</b>", RunState.DONE)])
    assert cell(table, 0, "Run") == "<b>bold</b>"


# ---- on the page -----------------------------------------------------------------------------


@pytest.fixture
def three_runs(window, page, qtbot):
    """The page after three runs."""
    for number in range(3):
        page.start()
        qtbot.waitUntil(page.is_running)
        qtbot.waitUntil(lambda: not page.is_running(), timeout=10_000)
        qtbot.waitUntil(lambda n=number: len(page.board.runs.rows) == n + 1, timeout=5000)
        qtbot.waitUntil(page.is_settled, timeout=5000)
    qtbot.waitUntil(lambda: page.board.runs.rows[0].epochs == 17, timeout=5000)
    return page


def test_earlier_runs_are_shown_from_the_store(three_runs, window, qtbot):
    page = three_runs
    page.board._loader._kept.clear()
    page.board.live = None
    click_row(qtbot, page.view.table, 2)
    qtbot.waitUntil(lambda: page.view.plots._runs[0].name == "Run 1", timeout=5000)
    plot = page.view.plots.plots["loss"]
    plot.chart.redraw_now()
    assert np.nanmax(plot.chart.drawn("batch")[1]) == 7.5
    assert window.findChild(object, "train.run_name").text() == "Run 1"
    headline = window.findChild(object, "train.result.headline")
    assert headline.isVisible()
    assert headline.text() == "97.7 % of the test rows are classified correctly."
    assert window.session.selected_run == page.board.shown[0]


def test_several_runs_are_laid_over_each_other(three_runs, window, qtbot):
    page = three_runs
    table = page.view.table
    click_row(qtbot, table, 0)
    click_row(qtbot, table, 2, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(page.view.plots._runs) == 3, timeout=5000)
    chart = page.view.plots.plots["loss"].chart
    assert len(chart.curves) == 6  # training and validation of each
    assert len({curve.hue for curve in chart.curves.values()}) == 3
    assert {curve.style for curve in chart.curves.values()} == {"solid", "dashed"}
    assert not page.view.header.isVisible()
    assert chart.marker.x_value is None
    click_row(qtbot, table, 1)
    qtbot.waitUntil(lambda: len(page.view.plots._runs) == 1)
    assert set(page.view.plots.plots["loss"].chart.curves) == {"batch", "train", "val"}


def test_a_name_is_stored(three_runs, window, qtbot):
    page = three_runs
    run_id = page.board.runs.rows[0].run_id
    page.view.table.renamed.emit(run_id, "Wider")
    qtbot.waitUntil(lambda: page.board.runs.rows[0].name == "Wider", timeout=5000)
    store = RunStore(window.session.document.folder)
    assert store.run(run_id).name == "Wider"
    store.close()


def test_deleting_asks_and_then_deletes(three_runs, window, qtbot):
    page = three_runs
    click_row(qtbot, page.view.table, 0)
    page.ask_delete(page.selected())
    box = page.findChild(QMessageBox, "train.ask_delete")
    assert box.text() == "Delete Run 3?"
    yes = box.findChild(QPushButton, "train.ask_delete.yes")
    qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.board.runs.rows) == 2, timeout=5000)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert page.view.table.selected() == [page.board.runs.rows[0].run_id]
    assert page.view.plots._runs[0].name == "Run 2"


def test_the_settings_of_a_run_can_be_taken_up_again(three_runs, window, qtbot):
    page = three_runs
    from workbench.graph.changes import SetField

    before = window.session.document.recipe
    window.session.apply(SetField("recipe", ("epochs",), 5))
    click_row(qtbot, page.view.table, 1)
    page.show_spec(page.selected()[0])
    dialog = page.findChild(QDialog, "train.spec")
    text = dialog.findChild(object, "train.spec.text").toPlainText()
    assert "epochs: 60" in text
    assert "Network" in text
    qtbot.mouseClick(dialog.findChild(object, "train.spec.reuse"), Qt.MouseButton.LeftButton)
    assert window.session.document.recipe == before
    assert window.session.document.undo_label == "Use settings of a run"


def test_curves_take_the_name_that_the_store_gave(three_runs, window, qtbot):
    page = three_runs
    names = {row.run_id: row.name for row in page.board.runs.rows}
    assert sorted(names.values()) == ["Run 1", "Run 2", "Run 3"]
    for run_id, name in names.items():
        assert page.board._loader.curves(run_id).name == name
