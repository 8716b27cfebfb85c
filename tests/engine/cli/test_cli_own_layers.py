"""Own layers on the command line: nothing runs before a yes to exactly this text."""

from __future__ import annotations

import pytest

from workbench.cli.main import main
from workbench.graph import AddNode, Connect, Disconnect, Edge, Endpoint, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.project import create_from_template
from workbench.settings import load_settings
from workbench.trust import fingerprint, is_trusted, trust

TEXT = """import keras

open({mark!r}, "a").write("ran")


class Same(keras.layers.Layer):
    def call(self, x):
        return x  # \u202e hidden
"""


@pytest.fixture
def project(tmp_path):
    """A project with an own layer, whose text leaves a mark when it runs."""
    mark = tmp_path / "mark"
    text = TEXT.format(mark=str(mark))
    document = create_from_template("wine", tmp_path / "wine")
    spec = {"key": "Same", "module": "", "family": "custom", "params": [],
            "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip
    file = described("mine.py", text, [spec], path=str(tmp_path / "mine.py"), record_id="f1")
    document.apply(PutRecord(file))
    graph = document.graph
    first = next(node for node in graph if node.layer == "Dense")
    edge = next(iter(graph.leaving(first.id)))
    document.apply(AddNode(Node("own", "own:f1.Same", "own")))
    document.apply(Connect(Edge(Endpoint(first.id, "output"), Endpoint("own", "input"))))
    document.apply(Disconnect(edge))
    document.apply(Connect(Edge(Endpoint("own", "output"), edge.target)))
    document.save()
    document.close()
    return tmp_path / "wine", text, mark


def test_trust_shows_the_text_and_wants_its_fingerprint(project, capsys):
    folder, text, mark = project
    assert main(["trust", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "class Same" in told and fingerprint(text) in told and "\u202e" not in told
    for wrong in ("", "0" * 64, fingerprint(text)[:4]):
        assert main(["trust", str(folder), "--yes", wrong]) == 1
    assert not is_trusted(load_settings(), text) and not mark.exists()
    assert main(["trust", str(folder), "--yes", fingerprint(text)[:12]]) == 0
    assert is_trusted(load_settings(), text) and not mark.exists()
    assert main(["trust", str(folder)]) == 0


@pytest.mark.backend
@pytest.mark.slow
def test_no_verb_runs_the_text_before_a_yes(project, tmp_path, capsys):
    folder, text, mark = project
    trust(load_settings(), text, "program")  # another question
    out = str(tmp_path / "out.py")
    for verb in (["check", str(folder)], ["train", str(folder), "--epochs", "1"],
                 ["predict", str(folder)], ["explain", str(folder)],
                 ["export", str(folder), "--out", out],
                 ["export", str(folder), "--what", "script", "--out", out]):  # fmt: skip
        main(verb)
        capsys.readouterr()
        assert not mark.exists(), verb
    assert main(["check", str(folder)]) == 1
    assert "has not been trusted on this computer" in capsys.readouterr().out
    assert main(["trust", str(folder), "--yes", fingerprint(text)]) == 0
    assert main(["train", str(folder), "--epochs", "1"]) == 0
    assert mark.exists()
