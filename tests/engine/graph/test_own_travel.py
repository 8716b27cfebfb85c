"""Own layers come along with copies and saved blocks, and never change what is there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workbench.errors import GraphError
from workbench.graph import AddNode, Graph, Node, PutRecord
from workbench.graph.block_library import bring, load_library, save_to_library
from workbench.graph.blocking import group
from workbench.graph.blocks import block_of
from workbench.graph.clipboard import copy, paste
from workbench.graph.own_layers import described, own_files, own_layers_of, used_files

SPEC = {"key": "Scale", "module": "", "family": "custom", "params": [],
        "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip


def network(text: str, record_id: str = "f1") -> Graph:
    graph = Graph()
    graph.apply(PutRecord(described("mine.py", text, [SPEC], record_id=record_id)))
    key = f"own:{record_id}.Scale"
    graph.apply(AddNode(Node("s", key, "scale")))
    graph.apply(AddNode(Node("w", "TimeDistributed", "each", {"layer": {"layer": key}})))
    return graph


def texts(graph: Graph, ids: list[str]) -> set[str]:
    found = set()
    for node in (graph.node(node_id) for node_id in ids):
        inner = node.params.get("layer")
        file = own_layers_of(graph.records, inner["layer"] if inner else node.layer)
        found.add(file.text if file else "missing")
    return found


def pasted(source: Graph, target: Graph, *nodes: str) -> list[str]:
    batch, ids = paste(target, json.dumps(copy(source, nodes or ("s", "w"))))
    before = target.to_plain()
    undo = target.apply(batch)
    after = target.to_plain()
    target.apply(undo)
    assert target.to_plain() == before
    target.apply(batch)
    assert target.to_plain() == after
    return ids


def test_another_text_under_the_same_id_stays_apart():
    target = network("two")
    ids = pasted(network("one"), target)
    assert texts(target, ids) == {"one"} and texts(target, ["s", "w"]) == {"two"}
    assert len(own_files(target.records)) == 2
    again = pasted(network("one"), target)  # now it is there
    assert texts(target, again) == {"one"} and len(own_files(target.records)) == 2


def test_the_same_text_under_another_id_is_used_as_it_is():
    target = network("one", "other")
    ids = pasted(network("one"), target)
    assert texts(target, ids) == {"one"} and [f.id for f in own_files(target.records)] == ["other"]


def test_what_stands_inside_a_wrapper_counts_as_used():
    graph = network("one")
    assert [f.id for f in used_files(graph.records, [graph.node("w")])] == ["f1"]
    assert "layers" in copy(graph, ["w"])


def test_a_saved_block_holds_the_text(tmp_path):
    graph = network("one")
    change, use = group(graph, ["s", "w"], "scaled")
    graph.apply(change)
    block = block_of(graph.records, graph.node(use).layer)
    save_to_library(graph.records, block, tmp_path)
    (saved,), faults = load_library(tmp_path)
    assert not faults
    for target, number in ((Graph(), 1), (network("two"), 2), (network("one", "x"), 1)):
        batch, key = bring(target.records, saved)
        target.apply(batch)
        inner = block_of(target.records, key).graph
        layers = [node.id for node in inner if not node.layer.startswith("Block")]
        assert texts(inner, layers) == {"one"}
        assert len(own_files(target.records)) == number


@pytest.mark.parametrize("layers", ["x", [1], [{"id": "f1"}], [{"id": "f1", "text": 3}]])
def test_damaged_layers_on_the_clipboard_are_refused_or_harmless(layers):
    plain = copy(network("one"), ["s"])
    plain["layers"] = layers
    target = network("two")
    before = target.to_plain()
    try:
        target.apply(paste(target, plain)[0])
    except GraphError:
        assert target.to_plain() == before


def test_whoever_reads_a_network_knows_its_own_layers():
    """Kinds of records are known with the package, whichever of its modules is loaded first."""
    code = (
        "import json, sys\n"
        "from workbench.graph.model import Graph\n"
        "graph = Graph.from_plain(json.loads(sys.stdin.read()))\n"
        "print(len(graph.records.of('layer')))\n"
    )
    plain = json.dumps(network("one").to_plain())
    done = subprocess.run(
        [sys.executable, "-c", code], input=plain, capture_output=True, text=True, check=True,
        timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "1"
