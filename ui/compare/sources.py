"""Networks to compare with: the saved version, runs, other projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ui.session import ProjectSession
from workbench.graph import Graph
from workbench.project.documents import Documents
from workbench.project.folder import locate, read_plain
from workbench.project.migrations import migrate
from workbench.runs.store import RunRecord

_PROJECT_FILE = "project.json"


@dataclass(frozen=True, slots=True)
class Source:
    """A network that can be compared.

    Attributes:
        title: What it is called.
        detail: Further words, for lists.
        read: Reads the network; raises WorkbenchError where it cannot be read.
    """

    title: str
    detail: str
    read: Callable[[], Graph]


def present(session: ProjectSession) -> Source:
    """Return the network as it is now."""
    return Source("Network now", session.document.name, lambda: session.document.graph)


def saved(session: ProjectSession) -> Source:
    """Return the network as the project's file holds it."""
    folder = session.document.folder
    detail = "Without the changes since the last save" if session.document.dirty else "No changes"
    return Source("Saved version", detail, lambda: saved_graph(folder))


def saved_graph(folder: Path) -> Graph:
    """Return the network of a project's file, without changes that were not saved.

    Raises:
        ProjectError: There is no project, or it cannot be read.
    """
    path = locate(folder) / _PROJECT_FILE
    return Documents.from_plain(migrate(read_plain(path), str(path))).graph


def other_project(folder: Path) -> Source:
    """Return the network of another project, as it was saved."""
    return Source(folder.name, str(folder), lambda: saved_graph(folder))


def run_source(record: RunRecord) -> Source:
    """Return the network that a run trained."""
    when = f"{datetime.fromtimestamp(record.created):%Y-%m-%d %H:%M}"
    return Source(record.name, f"Run of {when}", lambda: Graph.from_plain(record.spec.get("graph")))


def run_sources(session: ProjectSession) -> list[Source]:
    """Return the networks of all runs, the latest first."""
    runs = sorted(session.store.runs(), key=lambda record: -record.created)
    return [run_source(record) for record in runs if record.spec.get("graph")]
