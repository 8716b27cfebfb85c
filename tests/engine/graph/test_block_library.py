"""The person's own blocks, and blocks in the clipboard: they go along whole, and only once."""

import errno
import os
from dataclasses import replace

import pytest

from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Connect,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    PutRecord,
    SetParam,
)
from workbench.graph.block_library import (
    bring,
    load_library,
    remove_from_library,
    save_to_library,
)
from workbench.graph.blocking import group
from workbench.graph.blocks import block_of, blocks
from workbench.graph.clipboard import copy, paste


@pytest.fixture
def nested():
    """A network with a block in a block; returns it and the id of the outer use."""
    graph = Graph()
    graph.apply(AddNode(Node("i", "InputLayer", "input", {"shape": [8]})))
    before = "i"
    for name in ("a", "b", "c"):
        graph.apply(AddNode(Node(name, "Dense", name, {"units": 3})))
        graph.apply(Connect(Edge(Endpoint(before, "output"), Endpoint(name, "input"))))
        before = name
    inner, use = group(graph, ["a", "b"], "Pair")
    graph.apply(inner)
    outer, use = group(graph, [use, "c"], "Three")
    graph.apply(outer)
    return graph, use


def test_a_saved_block_comes_back_with_what_it_needs(nested, tmp_path):
    graph, use = nested
    block = block_of(graph.records, graph.node(use).layer)
    path = save_to_library(graph.records, block, tmp_path / "new" / "blocks")
    (saved,), faults = load_library(path.parent)
    assert faults == [] and saved.block == block
    other = Graph()
    change, layer = bring(other.records, saved)
    other.apply(change)
    assert sorted(b.name for b in blocks(other.records)) == ["Pair", "Three"]
    assert block_of(other.records, layer) == block
    again, same = bring(other.records, saved)
    assert again.changes == () and same == layer
    remove_from_library(saved)
    assert load_library(path.parent) == ([], [])


def test_blocks_of_other_names_are_not_replaced_where_file_names_are_alike(nested, tmp_path):
    graph, use = nested
    block = block_of(graph.records, graph.node(use).layer)
    (tmp_path / "odd.block.json").write_text("not a block")
    names = ["a/b", "a_b", "a:b", "a_b", "a/b", "x" * 90 + "1", "x" * 90 + "2", "odd"]
    for name in names:
        graph.apply(PutRecord(replace(block, name=name)))
        block = block_of(graph.records, graph.node(use).layer)
        save_to_library(graph.records, block, tmp_path)
    found, faults = load_library(tmp_path)
    assert sorted(saved.block.name for saved in found) == sorted(set(names))
    assert len(faults) == 1
    assert (tmp_path / "odd.block.json").read_text() == "not a block"


def test_files_that_are_no_blocks_are_named_and_passed_over(nested, tmp_path):
    graph, use = nested
    save_to_library(graph.records, block_of(graph.records, graph.node(use).layer), tmp_path)
    for number, text in enumerate(["", "{", "[]", '{"format": "keras-workbench/block"}',
                                   '{"format": "x"}', "[" * 100_000]):  # fmt: skip
        (tmp_path / f"bad{number}.block.json").write_text(text)
    found, faults = load_library(tmp_path)
    assert [saved.block.name for saved in found] == ["Three"]
    assert len(faults) == 6
    assert all("not a saved block" in fault for fault in faults)


def test_a_full_disk_leaves_the_old_block(nested, tmp_path, monkeypatch):
    graph, use = nested
    block = block_of(graph.records, graph.node(use).layer)
    save_to_library(graph.records, block, tmp_path)

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(GraphError, match="disk is full"):
        save_to_library(graph.records, block, tmp_path)
    monkeypatch.undo()
    assert [saved.block for saved in load_library(tmp_path)[0]] == [block]


def test_the_clipboard_carries_definitions(nested):
    graph, use = nested
    plain = copy(graph, [use])
    other = Graph()
    change, (pasted,) = paste(other, plain)
    other.apply(change)
    assert block_of(other.records, other.node(pasted).layer) == block_of(
        graph.records, graph.node(use).layer
    )
    before = len(blocks(other.records))
    other.apply(paste(other, plain)[0])
    assert len(blocks(other.records)) == before
    pair = next(b for b in blocks(other.records) if b.name == "Pair")
    other.apply(InBlock(pair.id, SetParam("a", "units", 9)))
    change, (third,) = paste(other, plain)
    other.apply(change)
    assert len(blocks(other.records)) == before + 2
    assert other.node(third).layer != other.node(pasted).layer


def test_a_hostile_clipboard_cannot_put_a_block_into_itself(nested):
    graph, use = nested
    plain = copy(graph, [use])
    for block in plain["blocks"]:
        block["graph"]["nodes"].append(
            {"id": "x", "layer": graph.node(use).layer, "name": "x", "params": {}}
        )
    with pytest.raises(GraphError, match="contains itself"):
        paste(Graph(), plain)
