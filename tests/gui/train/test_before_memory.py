"""The card before the first run tells what a training would take of memory."""

import re

import pytest

from ui.analyze.memory import Room, memory_words
from ui.train.before import BeforeFirstRun, Fact
from workbench.data.spec import DataSpec
from workbench.graph import Graph
from workbench.graph.costs.memory import TrainingMemory
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graphics import GraphicsMemory, graphics_memory
from workbench.recipe.spec import RecipeSpec


def second_lines(card):
    return [fact._second.text() for fact in card.findChildren(Fact)]


def show(card, kept, **recipe):
    info = NodeInfo({"output": TensorInfo((None, 4))}, 1000, 1000, 4000, kept_bytes=kept)
    card.show_facts(DataSpec(), None, Graph(), Inference({"n": info}), RecipeSpec(**recipe), [])


def test_memory_against_what_is_free(qtbot):
    card = BeforeFirstRun()
    qtbot.addWidget(card)
    show(card, 1_000_000)
    assert any(re.match(r"About 7..–8.. MB of memory to train at 32 rows.*; it fits, ", t)
               for t in second_lines(card))  # fmt: skip
    show(card, 1_000_000, batch_size=64)
    assert any("64 rows a batch" in text for text in second_lines(card))
    show(card, 10**13)
    assert any("it does not fit, only " in text for text in second_lines(card))
    show(card, 1_000_000, device="gpu")
    assert any(text.endswith(" lie on the GPU") for text in second_lines(card))


GB = 10**9


def needed(gigabytes):
    """An estimate whose range is from the engine and three quarters up to 1.4 times."""
    return TrainingMemory(0, 0, 0, 0, round(gigabytes * GB), 0, 0, 0, engine=GB)


@pytest.mark.parametrize(
    ("free", "words", "doubt"),
    [(10.1, "; it fits, 10.1 GB are free", False), (8.7, "; it may not fit, 8.7 GB are free", True),
     (4.7, "; it does not fit, only 4.7 GB are free", True)],
)  # fmt: skip
def test_it_fits_only_where_well_more_than_the_upper_end_is_free(free, words, doubt):
    text, doubtful = memory_words(needed(5), RecipeSpec(batch_size=8), Room(round(free * GB)))
    assert text == f"About 4.7–8.1 GB of memory to train at 8 rows a batch{words}"
    assert doubtful is doubt


@pytest.mark.parametrize(("free", "words"), [(12, "it fits"), (6, "it may not fit"),
                                             (2, "it does not fit")])  # fmt: skip
def test_a_graphics_processor_is_asked_as_well(free, words):
    room = Room(100 * GB, GraphicsMemory(16 * GB, free * GB))
    text, doubtful = memory_words(needed(5), RecipeSpec(device="auto"), room)
    assert f"; up to 7.6 GB lie on the GPU, {words}" in text
    assert doubtful is (words != "it fits")
    assert "GPU" not in memory_words(needed(5), RecipeSpec(device="cpu"), room)[0]


def test_the_driver_s_tool_is_read(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '81559, 80994'\necho '81559, 100'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = graphics_memory()
    assert (found.total, found.free) == (81559 * 2**20, 80994 * 2**20)
    tool.write_text("#!/bin/sh\necho 'No devices were found'\n")
    assert graphics_memory() is None
    monkeypatch.setenv("PATH", "")
    assert graphics_memory() is None
