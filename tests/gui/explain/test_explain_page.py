"""The page, by mouse and keyboard, with an engine whose answers are known."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QToolButton

from ui.explain.cache import ExplainedRows, Manner
from ui.explain.rows_model import RowsModel
from workbench.errors import ExplainError

from .conftest import CLASSES, ROWS, Answers, add_run


def child(page, kind, name):
    found = page.frame.findChild(kind, name)
    assert found is not None, name
    return found


def cell(page, line, column):
    return page.rows.model.index(line, column).data()


def click_row(qtbot, page, line, modifier=Qt.KeyboardModifier.NoModifier):
    table = page.rows.table
    where = table.visualRect(page.rows.model.index(line, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, where)


def shown_rows(page):
    return [] if page.result.found is None else page.result.found.rows.tolist()


def wait_rows(qtbot, page, rows):
    qtbot.waitUntil(lambda: shown_rows(page) == list(rows), timeout=5000)


# ---- states --------------------------------------------------------------------------------


def test_without_a_run_the_page_leads_to_train(make_page, session, services, qtbot):
    page = make_page(session)
    button = child(page, QPushButton, "explain.go_to_train")
    assert button.isVisible()
    with qtbot.waitSignal(services.page_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["train"]
    assert page.is_settled()
    assert not child(page, QComboBox, "explain.run").isVisible()


def test_a_run_without_weights_does_not_count(make_page, document, session):
    add_run(document, "broken", weights=False)
    page = make_page(session)
    assert page.toolbar.run_id == ""


def test_nothing_is_asked_before_somebody_looks(
    services, answers, run, session, fake_engine, qtbot
):
    from ui.explain import ExplainPage

    page = ExplainPage(services)
    qtbot.addWidget(page)
    page.set_session(session)
    qtbot.waitUntil(lambda: session.settled, timeout=5000)
    assert not fake_engine.specs("predict")
    page.set_session(None)


def test_first_row_is_explained_at_once(page, answers, fake_engine):
    assert [cell(page, 0, at) for at in range(5)] == [
        "3",
        CLASSES[int(answers.actual[0])],
        CLASSES[int(answers.chance[0] > 0.5)],
        f"{max(answers.chance[0], 1 - answers.chance[0]):.3f}",
        f"{abs(answers.actual[0] - answers.chance[0]):.3f}",
    ]
    assert shown_rows(page) == [3]
    assert page.result.current == "waterfall"
    spec = fake_engine.specs("explain")[0]
    assert spec["rows"] == [3]
    assert (spec["explainer"], spec["background"], spec["space"]) == ("auto", 50, "logit")
    assert "additivity error 0.002 %" in page.result.quality
    assert "standard error at most 0.2 %" in page.result.quality
    assert page.result._title.text().startswith("Row 3: predicted")


def test_one_thing_after_the_other(page, fake_engine):
    kinds = [kind for kind, _ in fake_engine.asked if kind != "infer"]
    assert kinds.index("predict") == 0
    assert sorted(kinds) == ["explain", "explain_choices", "predict"]
    assert len([c for c in fake_engine.clients if c.role == "run"]) == 1


# ---- selecting -----------------------------------------------------------------------------


def test_arrow_keys_move_and_update(page, fake_engine, qtbot):
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Down)
    wait_rows(qtbot, page, [4])
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Down)
    wait_rows(qtbot, page, [5])
    asked = len(fake_engine.specs("explain"))
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Up)
    wait_rows(qtbot, page, [4])
    assert len(fake_engine.specs("explain")) == asked  # it was there already


def test_several_rows_make_a_beeswarm(page, fake_engine, answers, qtbot):
    click_row(qtbot, page, 2)
    click_row(qtbot, page, 5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(shown_rows(page)) == 4, timeout=5000)
    assert sorted(shown_rows(page)) == [5, 6, 7, 8]
    assert page.result.current == "beeswarm"
    assert page.result._title.text() == "4 rows selected"
    truth = answers.explanation(shown_rows(page))
    assert np.array_equal(page.result.found.values, truth.values)
    qtbot.mouseClick(child(page, QPushButton, "explain.tab.bars"), Qt.MouseButton.LeftButton)
    shown = page.result.view.figure
    assert shown._sizes == pytest.approx(np.abs(truth.values[:, :, 1]).mean(0))
    click_row(qtbot, page, 0)
    wait_rows(qtbot, page, [3])
    assert page.result.current == "waterfall"
    assert not child(page, QPushButton, "explain.tab.beeswarm").isEnabled()


def test_control_click_adds_only_what_is_missing(page, fake_engine, qtbot):
    click_row(qtbot, page, 3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(shown_rows(page)) == 2, timeout=5000)
    assert fake_engine.specs("explain")[-1]["rows"] == [6]


def test_wrong_only_filters(page, answers, qtbot):
    box = child(page, QCheckBox, "explain.wrong_only")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=_near_left(box))
    wrong = ROWS[answers.wrong]
    model = page.rows.model
    assert [model.row_id(line) for line in range(model.rowCount())] == wrong.tolist()
    wait_rows(qtbot, page, [int(wrong[0])])
    assert f"{len(wrong)} wrong" in page.rows._summary.text()


def _near_left(box):
    from PySide6.QtCore import QPoint

    return QPoint(8, box.height() // 2)


def test_clicking_the_header_sorts(page, answers, qtbot):
    header = page.rows.table.horizontalHeader()
    for _ in range(2):
        x = header.sectionViewportPosition(4) + 20
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=_at(header, x))
    errors = np.abs(answers.actual - answers.chance)
    model = page.rows.model
    first = [float(cell(page, line, 4)) for line in range(5)]
    assert (
        sorted([*first], reverse=header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)
        == first
    )
    extreme = errors.max() if first[0] > first[-1] else errors.min()
    assert first[0] == pytest.approx(extreme, abs=6e-4)
    assert model.row_id(page.rows.table.currentIndex().row()) == 3  # the selection moved along


def _at(header, x):
    from PySide6.QtCore import QPoint

    return QPoint(x, header.height() // 2)


# ---- long work -----------------------------------------------------------------------------


@pytest.fixture
def slow_page(make_page, answers, run, session, qtbot):
    """The page with a network that was measured as slow."""
    answers.row_seconds = 1e-3
    page = make_page(session)
    qtbot.waitUntil(lambda: page.inquiry.speed("run-1") is not None, timeout=5000)
    qtbot.waitUntil(lambda: page.inquiry.idle, timeout=5000)
    yield page
    page.set_session(None)


def test_long_work_waits_for_the_button(slow_page, fake_engine, qtbot):
    page = slow_page
    before = len(fake_engine.specs("explain"))
    page.rows.table.setFocus()
    qtbot.keyClick(page.rows.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.result.empty._title.text() == "60 rows selected", timeout=5000)
    assert "takes about" in page.result.empty._text.text()
    assert len(fake_engine.specs("explain")) == before
    button = page.frame.primary
    qtbot.waitUntil(button.isEnabled, timeout=2000)
    assert button.text().startswith("Explain ")
    assert "Takes about" in button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown_rows(page)) == 60, timeout=5000)


def test_cancel_keeps_the_page_and_asks_nothing_more(slow_page, answers, qtbot):
    page = slow_page
    answers.steps = 2000
    page.rows.table.selectAll()
    qtbot.waitUntil(lambda: page.result.empty._title.text() == "60 rows selected", timeout=5000)
    qtbot.waitUntil(page.frame.primary.isEnabled, timeout=2000)
    qtbot.keyClick(page.frame, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.result.progress._left.text() == "9.0 s left", timeout=5000)
    assert page._state == "running"
    cancel = child(page, QToolButton, "explain.progress.cancel")
    with qtbot.waitSignal(page.inquiry.cancelled, timeout=5000):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert page.result.empty._title.text() == "Cancelled"
    assert page.inquiry.idle
    assert page.result.progress.isHidden()
    qtbot.waitUntil(page.frame.primary.isEnabled, timeout=2000)


def test_blocked_explainers_say_why(page, qtbot):
    box = page.toolbar.explainer
    box.showPopup()
    texts = {}
    for at in range(box.count()):
        item = box.model().item(at)
        texts[item.text()] = (item.isEnabled(), item.toolTip())
    box.hidePopup()
    assert texts["Exact Shapley values"] == (
        False,
        "Exact Shapley values\n"
        "30 columns have 2^30 combinations to try; feasible up to 18 columns.",
    )
    assert not texts["SHAP library: DeepExplainer"][0]
    enabled, tip = texts["Shapley values by permutations"]
    assert enabled
    assert "standard error" in tip
    assert texts["Automatic: Shapley values by permutations"][0]


# ---- other manners -------------------------------------------------------------------------


def test_another_class_needs_no_engine(page, answers, fake_engine, qtbot):
    before = len(fake_engine.asked)
    steps = page.result.view.figure._steps.copy()
    box = child(page, QComboBox, "explain.class")
    assert box.currentText() == "malignant"
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.currentText() == "benign"
    assert page.result.view.figure._steps == pytest.approx(-steps)
    assert page.result.view.figure.x_title == "log-odds of benign"
    assert len(fake_engine.asked) == before


def test_scale_explainer_and_background_are_asked_for(page, fake_engine, qtbot):
    page.toolbar.space.setFocus()
    qtbot.keyClick(page.toolbar.space, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.inquiry.idle, timeout=5000)
    assert fake_engine.specs("explain")[-1]["space"] == "probability"
    page.toolbar.explainer.select("gradients")
    qtbot.waitUntil(lambda: page.inquiry.idle, timeout=5000)
    assert fake_engine.specs("explain")[-1]["explainer"] == "gradients"
    page.toolbar.background.setCurrentText("10")
    qtbot.waitUntil(lambda: page.inquiry.idle, timeout=5000)
    assert fake_engine.specs("explain")[-1]["background"] == 10
    asked = len(fake_engine.specs("explain"))
    page.toolbar.background.setCurrentText("50")
    qtbot.waitUntil(lambda: page.inquiry.idle, timeout=5000)
    assert len(fake_engine.specs("explain")) == asked


def test_regression_has_values_and_no_classes(make_page, answers, run, session, qtbot):
    answers.regression = True
    page = make_page(session)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    assert not page.toolbar.output.isVisible()
    assert not page.toolbar.space.isVisible()
    assert page.rows.model.columnCount() == 4
    assert cell(page, 0, 3) == "+7.0"
    assert page.result.view.figure.x_title == "progression"
    assert not child(page, QCheckBox, "explain.wrong_only").isVisible()
    page.set_session(None)


def test_another_part_of_the_data(page, fake_engine, qtbot):
    box = child(page, QComboBox, "explain.part")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: len(fake_engine.specs("predict")) == 2, timeout=5000)
    assert fake_engine.specs("predict")[-1]["part"] == "validation"
    qtbot.waitUntil(page.is_settled, timeout=5000)


def test_the_newest_run_is_shown_and_selection_follows(page, document, session, fake_engine, qtbot):
    add_run(document, "run-2")
    session.runs_changed.emit()
    assert page.toolbar.run_id == "run-1"  # what is looked at stays
    assert page.toolbar.run.count() == 2
    session.select_run("run-2")
    assert page.toolbar.run_id == "run-2"
    qtbot.waitUntil(lambda: fake_engine.specs("predict")[-1]["run_id"] == "run-2", timeout=5000)
    qtbot.waitUntil(page.is_settled, timeout=5000)


def test_a_run_that_ends_is_shown_when_it_was_looked_at(page, document, session, qtbot):
    session.select_run("run-3")  # a training has begun
    assert page.toolbar.run_id == "run-1"
    add_run(document, "run-3")
    session.runs_changed.emit()
    assert page.toolbar.run_id == "run-3"
    page.toolbar.run.setFocus()
    qtbot.keyClick(page.toolbar.run, Qt.Key.Key_Down)
    assert session.selected_run == "run-1"
    qtbot.waitUntil(page.is_settled, timeout=5000)


# ---- failures ------------------------------------------------------------------------------


def test_an_error_is_shown_where_it_happened(page, answers, qtbot):
    answers.error = ExplainError("The network gives <b>NaN</b>.", remedy="Train it again.")
    qtbot.keyClick(page.rows.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: not page.result.banner.isHidden(), timeout=5000)
    assert page.result.banner.message == "The network gives <b>NaN</b>."
    assert page.result.banner._message.textFormat() == Qt.TextFormat.PlainText
    qtbot.waitUntil(lambda: page._state == "attention", timeout=2000)
    answers.error = None
    qtbot.mouseClick(child(page, QPushButton, "explain.try_again"), Qt.MouseButton.LeftButton)
    wait_rows(qtbot, page, [4])
    assert page.result.banner.isHidden()


def test_failed_predictions_can_be_tried_again(
    make_page, answers, run, session, fake_engine, qtbot
):
    def fail(spec, emit, control):
        raise ExplainError("The table is gone.")

    fake_engine.answers["predict"] = fail
    page = make_page(session)
    qtbot.waitUntil(lambda: not page.result.banner.isHidden(), timeout=5000)
    fake_engine.answers["predict"] = answers.predict
    qtbot.mouseClick(child(page, QPushButton, "explain.try_again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.is_settled, timeout=5000)
    page.set_session(None)


def test_closing_the_project_while_it_explains(slow_page, answers, qtbot):
    answers.steps = 2000
    slow_page.rows.table.selectAll()
    qtbot.waitUntil(
        lambda: slow_page.result.empty._title.text() == "60 rows selected", timeout=5000
    )
    slow_page.explain()
    qtbot.waitUntil(lambda: slow_page.inquiry.running == "explain", timeout=5000)
    slow_page.set_session(None)
    assert slow_page.inquiry.idle
    assert child(slow_page, QPushButton, "explain.go_to_train").isVisible()


# ---- export --------------------------------------------------------------------------------


def test_values_are_saved_as_csv_and_json(page, answers, tmp_path):
    page.export.save_values(tmp_path / "values.csv")
    lines = list(csv.reader((tmp_path / "values.csv").open(encoding="utf-8")))
    assert lines[0][5] == answers.columns[0]
    total = float(lines[2][3]) + sum(map(float, lines[2][6::2]))
    assert total == pytest.approx(float(lines[2][4]), abs=1e-9)
    page.export.save_values(tmp_path / "values.json")
    plain = json.loads((tmp_path / "values.json").read_text(encoding="utf-8"))
    assert plain["columns"] == list(answers.columns)
    assert plain["additivity"] == 2e-5


def test_pictures_are_saved_and_copied(page, tmp_path, qtbot):
    page.export.save_picture(tmp_path / "picture.png")
    assert QImage(str(tmp_path / "picture.png")).width() > 1000
    page.export.save_picture(tmp_path / "picture.svg")
    assert "Average prediction" in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    qtbot.mouseClick(child(page, QToolButton, "explain.copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().image().width() > 1000


def test_a_full_disk_is_told(page, tmp_path):
    page.export.save_values(tmp_path / "no such folder" / "values.csv")
    assert page.result.banner.message == "values.csv could not be written."


# ---- parts ---------------------------------------------------------------------------------


def test_model_holds_what_qt_asks_for(qtbot, qtmodeltester):
    from ui.explain.predictions import Predictions

    answers = Answers(("a", "b"))
    model = RowsModel()
    model.show_predictions(Predictions.from_result(answers.predict({"run_id": "r"}, None, None)),
                           "diagnosis")  # fmt: skip
    qtmodeltester.check(model)
    model.sort(3, Qt.SortOrder.DescendingOrder)
    qtmodeltester.check(model)
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.headerData(4, Qt.Orientation.Horizontal) == "Error"
    assert model.data(QModelIndex()) is None


def test_a_million_rows_sort_and_scroll(qtbot):
    from PySide6.QtWidgets import QTableView

    from ui.explain.predictions import Predictions

    rows = 1_000_000
    none = np.empty(0, np.int64)
    generator = np.random.default_rng(0)
    output = generator.normal(size=(rows, 1))
    found = Predictions("r", np.arange(rows), (), output, none, none, output[:, 0] * 2,
                        -output[:, 0])  # fmt: skip
    model = RowsModel()
    model.show_predictions(found, "price")
    view = QTableView()
    view.setModel(model)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    model.sort(2, Qt.SortOrder.AscendingOrder)
    view.selectionModel().setCurrentIndex(
        model.index(rows - 1, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    assert model.row_id(0) == int(output[:, 0].argmin())
    assert model.row_id(rows - 1) == int(output[:, 0].argmax())


def test_cache_joins_blocks_in_the_order_asked_for():
    answers = Answers(("a", "b", "c"))
    cache, manner = ExplainedRows(), Manner("r")
    cache.add(manner, answers.explanation([1, 2, 3]))
    cache.add(manner, answers.explanation([7, 8]))
    assert cache.missing(manner, [8, 9, 1]) == [9]
    assert cache.get(manner, [9]) is None
    found = cache.get(manner, [8, 2, 7])
    assert found.rows.tolist() == [8, 2, 7]
    assert np.array_equal(found.values, answers.explanation([8, 2, 7]).values)
    assert cache.get(Manner("r", background=10), [1]) is None
    whole = cache.get(manner, [1, 2, 3])
    assert whole.rows.tolist() == [1, 2, 3]
