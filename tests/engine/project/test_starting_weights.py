"""Starting weights are part of the document: saved, copied along, undone, recovered."""

from __future__ import annotations

from workbench.graph import AddNode, Graph, Node
from workbench.graph.sameness import same_network
from workbench.graph.starting_weights import new_weights, weights_of, weights_problems
from workbench.importing.replacing import replace_network
from workbench.project import create_project, open_project

FILE = "0" * 64 + ".h5"


def test_they_are_saved_copied_undone_and_recovered(tmp_path):
    document = create_project(tmp_path / "one")
    other = Graph()
    other.apply(AddNode(Node("a", "Dense", "body", {"units": 2})))
    record = new_weights(FILE, "body.keras", {"a": "0"})
    document.apply(replace_network(document.graph, other, weights=record))
    (tmp_path / "one" / "weights").mkdir()
    (tmp_path / "one" / "weights" / FILE).write_bytes(b"arrays")
    document.close()
    document = open_project(tmp_path / "one")
    assert document.recovered == 1 and weights_of(document.graph) == [record]
    document.undo()
    assert weights_of(document.graph) == [] and len(document.graph) == 0
    document.redo()
    document.save_as(tmp_path / "two")
    assert (tmp_path / "two" / "weights" / FILE).read_bytes() == b"arrays"
    assert weights_problems(document.graph, document.folder) == []
    document.close()
    document = open_project(tmp_path / "two")
    assert weights_of(document.graph) == [record]
    document.close()


def test_a_run_of_the_same_network_is_found_whatever_it_began_with():
    graph = Graph()
    graph.apply(AddNode(Node("a", "Dense", "body", {"units": 2})))
    before = graph.to_plain()
    graph.apply(replace_network(Graph(), Graph(), weights=new_weights(FILE, "x.keras", {"a": "0"})))
    assert same_network(before, graph.to_plain())


def test_a_record_that_is_nonsense_opens_and_is_named(tmp_path):
    graph = Graph.from_plain({"nodes": [], "edges": [], "weights": [{"id": "w", "file": "../x"}]})
    (problem,) = weights_problems(graph, tmp_path)
    assert problem.severity == "warning" and problem.fixes
