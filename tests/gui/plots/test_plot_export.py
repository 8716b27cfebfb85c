"""Pictures and values for other programs."""

import csv
import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from ui.plots import LivePlot
from ui.plots.export import Column, csv_text, safe_cell

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def plot(qtbot):
    made = LivePlot("Loss <&>", name="loss")
    qtbot.addWidget(made)
    made.add_curve("train", "=training")
    made.add_curve("val", "validation", style="dashed")
    made.append("train", [1, 2, 3], [0.5, np.nan, 0.25])
    made.append("val", [1, 3], [0.5, 1 / 3])
    made.set_marker(3, "best epoch 3")
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    made.chart.redraw_now()
    return made


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_plain_words_stay_as_they_are():
    assert safe_cell("validation loss") == "validation loss"


def test_values_read_back_exactly():
    y32 = np.array([0.1, 1 / 3], np.float32)
    text = csv_text(
        "Epoch",
        [Column("=a", np.array([1.0, 2.0]), y32), Column("b", np.array([2.0]), np.array([1 / 3]))],
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Epoch", "'=a", "b"]
    assert rows[1] == ["1", "0.1", ""]
    assert np.float32(rows[2][1]) == y32[1]
    assert float(rows[2][2]) == 1 / 3


def test_csv_of_a_plot(plot, qtbot, tmp_path):
    path = tmp_path / "loss.csv"
    plot.save(path)
    qtbot.waitUntil(path.exists, timeout=2000)
    qtbot.waitUntil(lambda: path.read_text().count("\n") == 4, timeout=2000)
    assert path.read_text().splitlines() == [
        "Epoch,'=training,validation", "1,0.5,0.5", "2,nan,", "3,0.25,0.3333333333333333",
    ]  # fmt: skip


def test_svg_has_lines_and_words(plot, tmp_path):
    path = tmp_path / "loss.svg"
    plot.save(path)
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert words[0] == "Loss <&>"
    assert {"=training", "validation", "best epoch 3", "Epoch"} <= set(words)
    lines = [e.get("d") for e in root.iter(f"{SVG}path") if e.find(f"{SVG}title") is not None]
    assert len(lines) == 2
    assert lines[0].count("M") == 2  # broken where there is no number
    assert "nan" not in path.read_text(encoding="utf-8")


def test_png_is_sharp(plot, tmp_path):
    path = tmp_path / "loss.png"
    plot.save(path)
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") >= 2 * plot.chart.width()


@pytest.mark.parametrize("name", ["x.csv", "x.svg", "x.png"])
def test_a_folder_that_is_not_there_is_said(plot, qtbot, tmp_path, name):
    with qtbot.waitSignal(plot.problem_raised, timeout=2000) as raised:
        plot.save(tmp_path / "missing" / name)
    assert name in raised.args[0].message
    assert raised.args[0].remedy
