"""A problem: something about the documents that a person should know before training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from workbench.errors import Place
from workbench.graph.changes import Change, change_from_plain
from workbench.plain import PlainDict

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that one click applies.

    Attributes:
        label: Text of the button, a verb first ("Insert Flatten").
        change: The change that repairs the problem.
    """

    label: str
    change: Change


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and how to repair it.

    Attributes:
        code: Stable name of the sort of problem, for tests and help links.
        severity: An error prevents training; a warning does not; info is advice.
        message: One or two sentences in the user's words.
        place: Where it belongs.
        fixes: Repairs, the likeliest first.
        details: A traceback or Keras's own words, one click away.
        why: Why it matters, for advice; the help has a section of its code then.
    """

    code: str
    severity: Severity
    message: str
    place: Place
    fixes: tuple[Fix, ...] = ()
    details: str = ""
    why: str = ""

    def to_plain(self) -> PlainDict:
        """Return the problem as plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "place": self.place.to_plain(),
            "fixes": [{"label": f.label, "change": f.change.to_plain()} for f in self.fixes],
            "details": self.details,
            **({"why": self.why} if self.why else {}),
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Problem:
        """Read a problem written by `to_plain`."""
        return cls(
            code=plain["code"],
            severity=plain["severity"],
            message=plain["message"],
            place=Place.from_plain(plain["place"]),
            fixes=tuple(
                Fix(f["label"], change_from_plain(f["change"])) for f in plain.get("fixes", ())
            ),
            details=plain.get("details", ""),
            why=plain.get("why", ""),
        )
