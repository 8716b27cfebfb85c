"""A project that begins with a person's own table: columns guessed, a small network that fits.

It is meant to work at once and to be changed: two hidden layers, and an output that matches what
the target column asks for.
"""

from __future__ import annotations

from pathlib import Path

from workbench.data.infer import infer_columns
from workbench.data.signature import signature_from
from workbench.data.sniff import sniff
from workbench.data.source import open_table
from workbench.data.spec import DataSignature, DataSpec, Task
from workbench.errors import DataError
from workbench.graph.model import Edge, Endpoint, Graph, Node, new_node_id
from workbench.plain import PlainDict
from workbench.project.document import ProjectDocument
from workbench.project.documents import Documents
from workbench.project.folder import create_project

_STEP = 120.0
"""Distance of two layers on the canvas, scene units."""
_ACTIVATIONS: dict[Task | None, str] = {
    "binary": "sigmoid",
    "multiclass": "softmax",
    "regression": "linear",
    None: "linear",
}


def documents_for_table(path: Path) -> Documents:
    """Return what a project on a table begins with.

    Args:
        path: A CSV or Parquet file.

    Raises:
        DataError: The file cannot be read as a table.
    """
    source = sniff(path)
    table = open_table(source, path.parent)
    spec = DataSpec(source=source, columns=infer_columns(table))
    try:
        signature = signature_from(spec, table)
    except DataError:  # the data page says what is wrong; the project opens all the same
        signature = DataSignature()
    return Documents(name=_title(path), graph=starter_network(signature), data=spec)


def create_from_table(path: Path, folder: Path) -> ProjectDocument:
    """Make a project on a table and open it.

    Args:
        path: A CSV or Parquet file; it stays where it is.
        folder: A new or empty folder.

    Raises:
        DataError: The file cannot be read as a table.
        ProjectError: The folder is in use or cannot be written.
    """
    documents = documents_for_table(path.absolute())
    return create_project(folder, documents.name, documents)


def starter_network(signature: DataSignature) -> Graph:
    """Return input, two hidden layers and an output for what the data asks for."""
    width = max((i.shape[0] for i in signature.inputs if i.shape), default=8)
    first = 64 if width > 16 else 32
    output: PlainDict = {"units": max(1, signature.units)}
    if _ACTIVATIONS[signature.task] != "linear":
        output["activation"] = _ACTIVATIONS[signature.task]
    layers: list[tuple[str, str, PlainDict]] = [
        ("InputLayer", "input", {}),
        ("Dense", "hidden_1", {"units": first, "activation": "relu"}),
        ("Dropout", "dropout_1", {"rate": 0.2}),
        ("Dense", "hidden_2", {"units": first // 2, "activation": "relu"}),
        ("Dense", "output", output),
    ]
    graph = Graph()
    before = ""
    for place, (layer, name, params) in enumerate(layers):
        node = Node(new_node_id(), layer, name, params, (0.0, place * _STEP))
        graph.put_node(node)
        if before:
            graph.put_edge(Edge(Endpoint(before, "output"), Endpoint(node.id, "input")))
        before = node.id
    return graph


def _title(path: Path) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else "Untitled"
