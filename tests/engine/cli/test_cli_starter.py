"""`make run` without a display: the whole job and a report."""

import csv
import re

import pytest

from workbench.cli import report
from workbench.cli.main import main
from workbench.cli.starter import make_starter
from workbench.graph import SetField
from workbench.project import open_project
from workbench.settings import documents_folder

pytestmark = [pytest.mark.backend, pytest.mark.slow]


def test_without_a_display_the_starter_is_trained_explained_and_reported(monkeypatch, capsys):
    asked = []

    def picture(project, page, out, **_options):
        asked.append((project.name, page))
        out.write_bytes(b"PNG")
        return page != "train"  # as if one could not be taken

    monkeypatch.setattr(report, "take_picture", picture)
    monkeypatch.setattr("workbench.cli.system_libraries.has_display", lambda: False)
    monkeypatch.setattr("workbench.cli.system_libraries.check_qt", lambda: None)
    assert main(["starter"]) == 0
    out, err = capsys.readouterr()
    folder = documents_folder() / "Starter"
    path = documents_folder() / "Starter report" / "report.html"
    assert str(path) in out
    assert str(folder) in out
    assert "no display" in err
    assert asked == [("Starter", page) for page in ("data", "design", "train", "explain")]

    page = path.read_text(encoding="utf-8")
    accuracy = re.search(r"<td>accuracy<td class='n'>([\d.]+)", page)
    assert float(accuracy[1]) > 0.9
    assert "worst area" in page
    assert "src='design.png'" in page
    assert "src='train.png'" not in page
    assert page.count("<polyline") == 2
    with (path.parent / "predictions.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    right = sum(row["target"] == row["prediction"] for row in rows) / len(rows)
    assert right == pytest.approx(float(accuracy[1]), abs=1e-3)
    assert (path.parent / "explanation.json").exists()

    document = open_project(folder)
    document.apply(SetField("project", ("name",), "Mine"))
    document.save()
    document.close()
    make_starter(folder)  # the next `make run` finds the project as the person left it
    assert open_project(folder, read_only=True).name == "Mine"


def test_names_from_files_are_shown_as_text_in_the_report():
    shown = report._predictions("row,target,prediction,probability <b>\n1,<i>a,b,0.5\n")
    assert "<b>" not in shown
    assert "&lt;i&gt;a" in shown
    assert "class='wrong'" in shown


@pytest.mark.parametrize("losses", [{}, {"loss": [1.0]}, {"loss": [1.0, 1.0], "val_loss": []}])
def test_short_runs_draw_what_there_is(losses):
    drawn = report._curves(losses)
    assert drawn.count("<polyline") == sum(len(values) > 1 for values in losses.values())
