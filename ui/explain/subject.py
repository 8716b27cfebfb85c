"""What the page knows of a run before any engine has answered: columns, target, classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.runs.spec import RunSpec

if TYPE_CHECKING:
    from ui.session import ProjectSession
    from workbench.data.spec import DataSignature
    from workbench.graph.model import Graph


@dataclass(frozen=True)
class RunFacts:
    """A run, as far as its frozen documents tell.

    Attributes:
        run_id: The run.
        columns: Number of feature columns.
        target: Name of the target column.
        classes: Class labels; empty for regression and while they are not known.
        graph: The network.
        signature: What the network sees of the data, or None.
    """

    run_id: str
    columns: int
    target: str
    classes: tuple[str, ...]
    graph: Graph
    signature: DataSignature | None

    def with_classes(self, classes: tuple[str, ...]) -> RunFacts:
        """Return the same with the classes that the predictions named."""
        return replace(self, classes=classes)


def facts_of(session: ProjectSession, run_id: str) -> RunFacts:
    """Return what is known of a run of the open project.

    Args:
        session: The open project.
        run_id: One of its runs.

    Raises:
        RunError: The record of the run cannot be read.
    """
    record = next(r for r in session.store.runs() if r.run_id == run_id)
    spec = RunSpec.from_plain(record.spec)
    signature = session.signature if session.document.data == spec.data else None
    target = spec.data.target
    return RunFacts(
        run_id=run_id,
        columns=len(spec.data.features),
        target=target.name if target else "target",
        classes=signature.classes if signature else (),
        graph=spec.graph,
        signature=signature,
    )
