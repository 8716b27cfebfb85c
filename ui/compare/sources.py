"""Networks to compare with: the saved version, runs, other projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import Place, ProjectError
from workbench.graph import Graph
from workbench.project.documents import Documents
from workbench.project.folder import locate, read_plain
from workbench.project.migrations import migrate
from workbench.runs.store import RunRecord, RunStore

if TYPE_CHECKING:
    from ui.session import ProjectSession

PROJECT_FILE = "project.json"


@dataclass(frozen=True, slots=True)
class Source:
    """A network that can be compared.

    Attributes:
        title: What it is called.
        detail: Further words, for lists.
        read: Reads the network, in any thread; raises WorkbenchError where it cannot be read.
        earlier: Whether it is an earlier state of the open project.
        follows: Whether it is another one after each saving.
    """

    title: str
    detail: str
    read: Callable[[], Graph]
    earlier: bool = False
    follows: bool = False


def saved(session: ProjectSession) -> Source:
    """Return the network as the project's file holds it."""
    folder = session.document.folder
    detail = "without the changes since then" if session.document.dirty else "nothing changed since"
    return Source("Saved version", detail, lambda: project_graph(folder), True, True)


def project_graph(path: Path) -> Graph:
    """Return the network of a project's folder or file, without changes that were not saved.

    Raises:
        ProjectError: There is no project, or it cannot be read.
    """
    file = locate(path) / PROJECT_FILE if path.is_dir() else path
    plain = read_plain(file)
    if not isinstance(plain, dict) or "graph" not in plain:
        raise ProjectError(
            f"{file.name} holds no project.",
            expected="a project of this program",
            place=Place("file", str(file)),
        )
    return Documents.from_plain(migrate(plain, str(file))).graph


def is_project(path: Path) -> bool:
    """Tell whether a path looks like a project: a folder, or a file with its parts.

    Raises:
        ProjectError: It is called a JSON file and is none.
    """
    if path.is_dir() or path.name == PROJECT_FILE:
        return True
    if path.suffix.lower() != ".json":
        return False
    plain = _read_json(path)
    return isinstance(plain, dict) and "graph" in plain and "recipe" in plain


def _read_json(path: Path) -> object:
    try:
        return read_plain(path)
    except ProjectError as error:
        raise ProjectError(
            f"{path.name} cannot be read.",
            expected=error.expected, received=error.received, place=error.place,
        ) from error  # fmt: skip


def given(title: str, graph: Graph, detail: str = "") -> Source:
    """Return a network that has been read already."""
    return Source(title, detail, lambda: graph)


def run_source(record: RunRecord) -> Source:
    """Return the network that a run trained."""
    when = f"{datetime.fromtimestamp(record.created):%Y-%m-%d %H:%M}"
    plain = record.spec.get("graph")
    return Source(record.name, f"run of {when}", lambda: Graph.from_plain(plain), True)


def run_sources(store: RunStore) -> list[Source]:
    """Return the networks of all runs, the latest first; in any thread."""
    runs = sorted(store.runs(), key=lambda record: -record.created)
    return [run_source(record) for record in runs if record.spec.get("graph")]
