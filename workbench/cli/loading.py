"""What the headless verbs share: opening a project to read, its signature, all its problems."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.output import show_error
from workbench.errors import DataError, Place, WorkbenchError

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature
    from workbench.graph.elements import Node
    from workbench.graph.inference import Inference
    from workbench.graph.problems import Problem
    from workbench.project import ProjectDocument

_IN_GRAPH = ("node", "port", "param")


@contextmanager
def opened(folder: Path) -> Iterator[ProjectDocument]:
    """Open a project to read it, with its unsaved changes; the window may have it open too.

    Raises:
        ProjectError: There is no project, or it cannot be read.
    """
    from workbench.project import open_project

    document = open_project(folder, read_only=True)
    for note in document.notes:
        print(f"Note: {note}", file=sys.stderr)
    try:
        yield document
    finally:
        document.close()


def signature_of(document: ProjectDocument) -> tuple[DataSignature | None, list[Problem]]:
    """Return what the network sees of the data, and what is wrong with the data.

    Returns:
        The signature, None when the project has no usable data, and the problems.
    """
    from workbench.data.checks import check_data
    from workbench.data.signature import signature_of as read_signature
    from workbench.data.source import open_table
    from workbench.graph.problems import Problem

    if not document.data.source.path:
        return None, check_data(document.data, None)
    try:
        table = open_table(document.data.source, document.folder)
        problems = check_data(document.data, table)
        signature = read_signature(document.data, document.folder)
    except DataError as error:
        place = error.place or Place("file", document.data.source.path)
        return None, [Problem("data", "error", error.describe(), place)]
    return signature, problems


def look_at(document: ProjectDocument) -> tuple[Inference, list[Problem]]:
    """Infer all shapes and collect every problem of a project; loads Keras.

    Returns:
        The inference, and the problems, errors first.
    """
    from workbench.engine.local import run_local
    from workbench.graph.ignoring import without_ignored
    from workbench.graph.inference import Inference
    from workbench.graph.starting_weights import weights_problems
    from workbench.recipe.presets import check_recipe
    from workbench.recipe.scaling import unscaled_inputs

    signature, problems = signature_of(document)
    spec: dict[str, Any] = {
        "graph": document.graph.to_plain(),
        "signature": signature.to_plain() if signature else None,
        "revision": document.revision,
    }
    inference = Inference.from_plain(run_local("infer", trusted(spec)))
    told = [
        *check_recipe(document.recipe, signature, document.graph),
        *unscaled_inputs(document.data, document.graph),
    ]
    if document.recipe.begin_with == "imported":
        told += weights_problems(document.graph, document.folder)
    problems = [*problems, *inference.problems, *without_ignored(document.graph, told)]
    rank = {"error": 0, "warning": 1, "info": 2}
    unique = {(p.code, p.place, p.message): p for p in problems}
    return inference, sorted(unique.values(), key=lambda p: rank[p.severity])


def trusted(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a job's spec that says which own code may be run: what was trusted in the window."""
    from workbench.settings import load_settings
    from workbench.trust import fingerprints

    return {**spec, "trusted_code": fingerprints(load_settings())}


def where(document: ProjectDocument, problem: Problem) -> str:
    """Return the place of a problem in words: the layer's name, the column, the setting."""
    place = problem.place
    node = _node(document, place)
    if node is not None:
        inside = place.id != node.id  # the message says where in the block
        return f"{node.name}, {place.part}" if place.part and not inside else node.name
    return f"{place.kind} {place.id}".strip()


def refuse_errors(document: ProjectDocument) -> None:
    """Print the errors of a project that can be told without Keras, and raise the first.

    Raises:
        WorkbenchError: There is at least one.
    """
    from workbench.catalog import load_catalog
    from workbench.graph.checks import check_graph
    from workbench.recipe.presets import check_recipe

    signature, problems = signature_of(document)
    problems = [
        *problems,
        *check_graph(document.graph, load_catalog(), signature),
        *check_recipe(document.recipe, signature, document.graph),
    ]
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return
    for problem in errors[1:]:
        show_error(WorkbenchError(problem.message), prefix=f"Error ({where(document, problem)})")
    raise WorkbenchError(
        errors[0].message,
        remedy="Run keras-workbench check for the whole list.",
        place=_named(document, errors[0].place),
    )


def _named(document: ProjectDocument, place: Place) -> Place:
    """Return a place with a layer's name instead of its id, which nobody sees."""
    node = _node(document, place)
    return dataclasses.replace(place, id=node.name) if node else place


def _node(document: ProjectDocument, place: Place) -> Node | None:
    """Return the node of a place, or the use of the block that the place is in."""
    at = place.id.partition("/")[0].partition("#")[0]
    return document.graph.nodes.get(at) if place.kind in _IN_GRAPH else None
