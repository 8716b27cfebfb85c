"""Imported weights in the window: the import, the preview, the training, with a real engine."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from ui.frame.export_dialog import ExportDialog
from workbench.graph import SetField
from workbench.graph.starting_weights import IMPORTED, weights_of

pytestmark = [pytest.mark.backend, pytest.mark.slow]

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
MAKE = """
import sys, keras, numpy as np
inputs, folder = int(sys.argv[1]), sys.argv[2]
keras.utils.set_random_seed(1)
start = keras.Input((inputs,), name="start")
x = keras.layers.Dense(4, activation="relu", name="body")(start)
model = keras.Model(start, keras.layers.Dense(1, activation="sigmoid", name="head")(x))
for weight in model.weights:
    weight.assign(np.random.default_rng(3).uniform(-0.9, 0.9, weight.shape))
model.save(folder + "/trained.keras")
"""


def _make(folder, inputs):
    """Save a model in another process: the window's has no Keras."""
    subprocess.run([sys.executable, "-c", MAKE, str(inputs), str(folder)], check=True)
    return folder / "trained.keras"


def _text(window, name):
    return next(w for w in window.findChildren(QLabel, name) if w.isVisible()).text()


def test_import_preview_train_and_undo(project_window, qtbot, tmp_path):
    window = project_window
    session = window.session
    qtbot.waitUntil(lambda: session.settled and session.signature is not None, timeout=60_000)
    width = session.signature.inputs[0].shape[0]
    window.flow.networks.start(_make(tmp_path, width))
    place = window.flow.networks.place
    qtbot.waitUntil(lambda: place.bar is not None and place.bar.isVisible(), timeout=120_000)
    qtbot.mouseClick(place.bar.replace, LEFT)
    (record,) = weights_of(session.document.graph)
    assert record.path(session.document.folder).is_file()
    assert record.origin == "trained.keras"

    page = window.pages.page("design")
    window.show_page("design")
    page.preview.switch(True)
    chooser = window.findChild(QComboBox, "design.preview.weights")
    qtbot.waitUntil(lambda: chooser.currentText() == "Imported: trained.keras", timeout=30_000)
    head = next(node.id for node in session.document.graph if node.name == "head")
    page.selection.select([head])
    sync = page.preview.sync
    qtbot.waitUntil(lambda: sync.preview is not None and head in sync.preview.nodes, timeout=60_000)
    assert sync.preview.run_id == IMPORTED
    assert sync.preview.nodes[head].weights == "trained"
    trained = sync.preview.nodes[head].output.values.copy()
    chooser.setCurrentIndex(chooser.findText("Untrained"))
    qtbot.waitUntil(lambda: sync.settled and sync.preview.run_id == "", timeout=60_000)
    assert not np.array_equal(sync.preview.nodes[head].output.values, trained)
    chooser.setCurrentIndex(chooser.findData(IMPORTED))
    qtbot.waitUntil(lambda: sync.settled and sync.preview.run_id == IMPORTED, timeout=60_000)
    assert np.array_equal(sync.preview.nodes[head].output.values, trained)

    window.show_page("train")
    row = window.pages.page("train").form.row("begin_with")
    assert row.isVisibleTo(window)
    with qtbot.waitSignal(session.run_finished, timeout=180_000) as ended:
        assert session.start_training()
    assert ended.args[0]["begins"] == "Begins with the weights of trained.keras: 2 of 2 layers"
    qtbot.waitUntil(lambda: _text(window, "train.begins") == ended.args[0]["begins"])

    record.path(session.document.folder).unlink()
    session.apply(SetField("recipe", ("epochs",), 3))
    missing = "weights_missing"
    qtbot.waitUntil(lambda: missing in [problem.code for problem in session.problems])
    session.apply(SetField("recipe", ("begin_with",), "fresh"))
    qtbot.waitUntil(lambda: missing not in [problem.code for problem in session.problems])

    for _ in range(3):
        window.undo()
    assert weights_of(session.document.graph) == []
    assert not row.isVisibleTo(window)
    window.redo()
    assert weights_of(session.document.graph) == [record]
    session.save()


def test_export_offers_imported_weights_until_there_is_a_run(project_window, qtbot, tmp_path):
    window = project_window
    session = window.session
    qtbot.waitUntil(lambda: session.settled and session.signature is not None, timeout=60_000)
    window.flow.networks.start(_make(tmp_path, session.signature.inputs[0].shape[0]))
    place = window.flow.networks.place
    qtbot.waitUntil(lambda: place.bar is not None and place.bar.isVisible(), timeout=120_000)
    qtbot.mouseClick(place.bar.replace, LEFT)
    dialog = ExportDialog(session, window)
    dialog.open()
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert "A folder: model.py and the imported weights of trained.keras" in words
    dialog.write("weights", tmp_path / "out")
    qtbot.waitUntil(lambda: dialog.written.text() != "", timeout=120_000)
    assert dialog.written.text() == (
        "Begins with the weights of trained.keras: 2 of 2 layers. Saved: model.py, model.weights.h5"
    )
    assert (tmp_path / "out" / "model.weights.h5").is_file()
    dialog.reject()
    session.save()
