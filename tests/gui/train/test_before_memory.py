"""The card before the first run tells what a training would take of memory."""

from ui.train.before import BeforeFirstRun, Fact
from workbench.data.spec import DataSpec
from workbench.graph import Graph
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
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
    assert any(t.startswith("About 32 MB of memory") and "are free" in t
               for t in second_lines(card))  # fmt: skip
    show(card, 1_000_000, batch_size=64)
    assert any("64 rows a batch" in text for text in second_lines(card))
    show(card, 10**13)
    assert any("; only " in text for text in second_lines(card))
    show(card, 1_000_000, device="gpu")
    assert any(text.endswith("of it on the GPU") for text in second_lines(card))
