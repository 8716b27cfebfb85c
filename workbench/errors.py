"""The error tree: what was expected, what was received, what to do, and where it belongs.

Every error that a person can meet is a `WorkbenchError`. It knows its place (a node, a column,
a file …), so that the window can show it where the cause is, and it survives the trip through a
pipe (`to_plain` / `from_plain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from workbench.plain import PlainDict

PlaceKind = Literal[
    "node", "edge", "port", "param", "column", "file", "field", "run", "project", "engine", "graph"
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error or a problem belongs.

    Attributes:
        kind: What sort of thing is meant.
        id: The thing: node id, column name, file path, field name, run id.
        part: A part of it: the parameter or port of a node, the line of a file.
    """

    kind: PlaceKind
    id: str = ""
    part: str = ""

    def to_plain(self) -> PlainDict:
        """Return the place as plain data."""
        return {"kind": self.kind, "id": self.id, "part": self.part}

    @classmethod
    def from_plain(cls, plain: Any) -> Place:
        """Read a place written by `to_plain`."""
        return cls(plain["kind"], str(plain.get("id", "")), str(plain.get("part", "")))


class WorkbenchError(Exception):
    """An error in the user's words.

    Args:
        message: What happened, one sentence in the user's words.
        expected: What would have been right ("a file with a header line").
        received: What was there instead ("an empty file").
        remedy: What to do ("Choose another file or …").
        place: Where the cause is.
        details: Technical details (a traceback, the last lines of stderr), one click away.
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        expected: str = "",
        received: str = "",
        remedy: str = "",
        place: Place | None = None,
        details: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.received = received
        self.remedy = remedy
        self.place = place
        self.details = details

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> str:
        """Return the whole message: what happened, expected, received, what to do."""
        parts = [self.message]
        if self.expected:
            parts.append(f"Expected: {self.expected}.")
        if self.received:
            parts.append(f"Received: {self.received}.")
        if self.remedy:
            parts.append(self.remedy)
        return " ".join(parts)

    def to_plain(self) -> PlainDict:
        """Return the error as plain data, for a message or a log line."""
        return {
            "code": self.code,
            "message": self.message,
            "expected": self.expected,
            "received": self.received,
            "remedy": self.remedy,
            "place": self.place.to_plain() if self.place else None,
            "details": self.details,
        }

    @staticmethod
    def from_plain(plain: Any) -> WorkbenchError:
        """Rebuild an error from `to_plain`; an unknown code becomes a plain `WorkbenchError`."""
        kind = _by_code().get(str(plain.get("code")), WorkbenchError)
        place = plain.get("place")
        return kind(
            str(plain.get("message", "")),
            expected=str(plain.get("expected", "")),
            received=str(plain.get("received", "")),
            remedy=str(plain.get("remedy", "")),
            place=Place.from_plain(place) if place else None,
            details=str(plain.get("details", "")),
        )


class DataError(WorkbenchError):
    """A data file or a column cannot be used as it is."""

    code = "data"


class GraphError(WorkbenchError):
    """A change of the graph is impossible, or the graph cannot be built."""

    code = "graph"


class RecipeError(WorkbenchError):
    """A training setting is out of range or does not fit the data."""

    code = "recipe"


class ProjectError(WorkbenchError):
    """A project folder cannot be opened or written."""

    code = "project"


class RunError(WorkbenchError):
    """A run cannot be read, or training went wrong."""

    code = "run"


class ExplainError(WorkbenchError):
    """An explanation cannot be made for this network and data."""

    code = "explain"


class EngineError(WorkbenchError):
    """An engine process died, did not answer, or could not start."""

    code = "engine"


class JobCancelled(WorkbenchError):  # noqa: N818 - it is not an error to cancel
    """The person cancelled the job; what it had made is discarded."""

    code = "cancelled"


def _by_code() -> dict[str, type[WorkbenchError]]:
    kinds: list[type[WorkbenchError]] = [
        DataError, GraphError, RecipeError, ProjectError, RunError, ExplainError, EngineError,
        JobCancelled,
    ]  # fmt: skip
    return {kind.code: kind for kind in kinds}
