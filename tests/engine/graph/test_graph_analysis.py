"""The table of layers, its totals, CSV and Markdown; the estimate of a training's memory."""

import csv
import io

from workbench.errors import Place
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, Problem
from workbench.graph.analysis import COLUMNS, as_csv, as_markdown, places_of, rows_of, totals_of
from workbench.graph.costs.memory import layers_of, range_words, training_memory
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

AT = {column.id: number for number, column in enumerate(COLUMNS)}


def graph_of(*names):
    graph = Graph()
    for number, name in enumerate(names):
        graph.apply(AddNode(Node(f"n{number}", "Dense", name, {"units": 4})))
        if number:
            edge = Edge(Endpoint(f"n{number - 1}", "output"), Endpoint(f"n{number}", "input"))
            graph.apply(Connect(edge))
    return graph


def info(**more):
    given = {"parameters": 30, "trainable": 20, "states": 4, "weight_bytes": 120, "macs": 24,
             "kept_bytes": 16, "axes": {"output": ("batch", "feature")}} | more  # fmt: skip
    return NodeInfo({"output": TensorInfo((None, 4))}, **given)


def test_rows_and_totals():
    graph = graph_of("one", "two")
    found = Inference({"n0": info(), "n1": info(receptive=(3, 5), macs=None)})
    first, second = rows_of(graph, found, batch_size=8)
    assert first.texts[AT["output"]] == "feature 4"
    assert [first.keys[AT[c]] for c in ("trainable", "frozen", "states")] == [20, 6, 4]
    assert first.keys[AT["activations"]] == 128
    assert (second.texts[AT["macs"]], second.texts[AT["receptive"]]) == ("—", "3 × 5")
    totals = totals_of(found, 8)
    assert (totals[AT["trainable"]], totals[AT["activations"]]) == ("40", "256 bytes")
    assert totals[AT["macs"]] == "—"
    assert totals_of(Inference({"n0": info()}), 8)[AT["macs"]] == "24"


def test_totals_are_unknown_while_an_error_exists():
    wrong = Problem("bad", "error", "Wrong.", Place("node", "n1"))
    found = Inference({"n0": info()}, (wrong,))
    rows = rows_of(graph_of("one", "two"), found)
    assert rows[1].texts[AT["output"]] == "—" and rows[1].problem == "Wrong."
    totals = totals_of(found)
    sums = ("trainable", "frozen", "states", "weights", "activations", "macs")
    assert [totals[AT[name]] for name in sums] == ["—"] * 6
    assert len(rows[1].texts) == len(rows[1].keys) == len(totals) == len(COLUMNS)


def test_csv_escapes_formulas_and_keeps_numbers():
    graph = graph_of("=1+1", 'a,"b')
    found = Inference({"n0": info(parameters=12345, trainable=12345, states=0), "n1": info()})
    read = list(csv.reader(io.StringIO(as_csv(rows_of(graph, found), totals_of(found)))))
    assert read[0] == [column.title for column in COLUMNS]
    assert read[1][0] == "'=1+1" and read[1][AT["trainable"]] == "12345"
    assert read[2][0] == 'a,"b'
    assert len(read) == 4 and read[3][0] == "In all"


def test_markdown_keeps_its_columns():
    graph = graph_of("a|b\nc*", "two")
    lines = as_markdown(rows_of(graph, Inference({"n0": info(), "n1": info()}))).splitlines()
    assert len(lines) == 4 and "a\\|b c\\*" in lines[2]
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(COLUMNS) + 1}


def test_layers_in_blocks_stand_behind_their_block():
    found = Inference({"n0": info(), "n1": info()}, inside={"n0/x": info(), "n0#2/x": info()})
    graph = graph_of("one", "two")
    assert places_of(graph, found) == ["n0", "n0/x", "n0#2/x", "n1"]
    assert places_of(graph, found, inner=False) == ["n0", "n1"]
    assert [row.depth for row in rows_of(graph, found)] == [0, 1, 1, 0]


def test_memory_of_a_training():
    dense = NodeInfo({"output": TensorInfo((None, 100))}, 1000, 500, 4000, kept_bytes=400)
    adam = training_memory([dense], 10, "Adam", data_bytes=70)
    assert (adam.weights, adam.gradients, adam.optimizer) == (4000, 2000, 4000)
    assert (adam.activations, adam.data, adam.best) == (3400, 140, 12000)
    assert training_memory([dense], 10, "SGD").optimizer == 0
    assert training_memory([dense], 10, "SGD", momentum=True).optimizer == 2000
    half = training_memory([dense], 10, "Adam", "mixed_float16")
    assert half.activations == 3400 and half.weights == 6000
    assert training_memory([dense], 10, "Adam", "mixed_float16", on_gpu=True).activations == 1700
    assert adam.total == adam.on_device + adam.best + adam.data + adam.graph + adam.engine
    assert adam.least < adam.rise and adam.low < adam.total < adam.high


def test_a_range_of_sizes_has_one_unit():
    assert range_words(1_840_000_000, 2_610_000_000) == "1.8–2.7 GB"
    assert range_words(744_000_000, 824_000_000) == "740–830 MB"
    assert range_words(760_000_000, 1_300_000_000) == "0.8–1.3 GB"
    assert range_words(2_000_000_000, 2_000_000_000) == "2 GB"
    assert range_words(12_300_000_000, 123_000_000_000) == "12–130 GB"


def test_layers_in_blocks_are_counted_each_for_itself():
    """The heaviest layer is one of a block, not the block."""
    inner = {"use/a": info(weight_bytes=100), "use/b": info(weight_bytes=50)}
    found = Inference({"use": info(weight_bytes=150)}, inside=inner)
    assert sorted(i.weight_bytes for i in layers_of(found)) == [50, 100]
    assert len(layers_of(Inference({"n": info()}))) == 1
