"""The job `explain`: contributions of columns to a run's outputs, for some rows of its data.

Spec: `{"project", "run_id" | None, "rows": [table rows] or "part": "test", "explainer": "auto",
"background": 50, "space": "logit" | "probability", "seed": 0}`. Result: `{"explanation": plain}`,
see `results.Explanation`. Regressions are always explained in the target's own units.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import ExplainError, Place
from workbench.explain import exact, gradients, library, permutation
from workbench.explain.choices import AUTO, TITLES, automatic, why_blocked
from workbench.explain.game import Game
from workbench.explain.players import Flat, Floats
from workbench.explain.progress import Progress
from workbench.explain.results import Explanation, Space, for_both_classes
from workbench.explain.subject import Subject, load_subject
from workbench.jobs import Control, Emit

MOST_VALUES = 20_000_000
"""Contributions in one explanation (rows × columns × outputs); 160 MB."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to explain and how; see the module's docstring."""

    project: Path
    run_id: str | None
    rows: tuple[int, ...] | None
    part: str
    explainer: str
    background: int
    space: str
    seed: int

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Request:
        """Read a job's spec.

        Raises:
            ExplainError: A value is out of range.
        """
        rows, size = spec.get("rows"), spec.get("background")
        request = cls(
            Path(spec["project"]),
            spec.get("run_id"),
            None if rows is None else tuple(int(row) for row in rows),
            str(spec.get("part") or "test"),
            str(spec.get("explainer") or AUTO),
            int(50 if size is None else size),
            str(spec.get("space") or "logit"),
            int(spec.get("seed") or 0),
        )
        if request.explainer not in TITLES:
            raise ExplainError(
                f"There is no explainer called {request.explainer}.",
                expected="one of " + ", ".join(TITLES),
                place=Place("field", "explainer"),
            )
        if not 1 <= request.background <= 10_000:
            raise ExplainError(
                "The background cannot have this size.",
                expected="1 to 10,000 rows",
                received=f"{request.background}",
                place=Place("field", "background"),
            )
        return request


def explain(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Explain rows of a run.

    Args:
        spec: See the module's docstring.
        emit: Receives "phase" and "progress" events.
        control: Heard before every call of the network.

    Returns:
        `{"explanation": plain}`.

    Raises:
        WorkbenchError: The run, its data or the spec cannot be used.
        JobCancelled: The person cancelled.
    """
    request = Request.from_spec(spec)
    subject = load_subject(request.project, request.run_id, emit)
    control.check()
    rows = np.asarray(
        subject.rows_of_part(request.part) if request.rows is None else request.rows, np.int64
    )
    _check_size(len(rows), len(subject.players), len(subject.output_names))
    emit({"event": "phase", "text": f"Explaining {len(rows):,} row{'s' * (len(rows) != 1)}"})
    return {"explanation": explain_rows(subject, request, rows, emit, control).to_plain()}


def explain_rows(
    subject: Subject,
    request: Request,
    rows: npt.NDArray[np.int64],
    emit: Emit,
    control: Control,
) -> Explanation:
    """Explain table rows of a loaded run.

    Raises:
        ExplainError: The explainer cannot be used here.
        JobCancelled: The person cancelled.
    """
    columns = len(subject.players)
    name = automatic(columns) if request.explainer == AUTO else request.explainer
    reason = why_blocked(name, columns)
    if reason:
        raise ExplainError(
            f"{TITLES[name]} cannot be used here.",
            received=reason.rstrip("."),
            remedy="Choose another explainer.",
            place=Place("field", "explainer"),
        )
    encoded, space = subject.encoded(rows), subject.space(request.space)
    expected = _expected(name, columns, request.background)
    progress = Progress(emit, control, len(rows), expected)
    game = subject.game(space, request.background, request.seed, progress.tick)
    values = np.empty((len(rows), columns, game.outputs))
    errors = np.empty_like(values) if name == "permutation" else None
    for at, row in enumerate(encoded):
        values[at], error = _values(name, subject, game, row, space, request.seed)
        if errors is not None and error is not None:
            errors[at] = error
        progress.row_done()
    output = game.evaluate(encoded)
    additivity = np.abs(values.sum(1) + game.base - output) / game.spread
    found = Explanation(
        columns=subject.players.names,
        values=values,
        base=game.base,
        output=output,
        rows=rows,
        raw=subject.raw(rows),
        output_names=subject.output_names,
        space=space,
        additivity=float(additivity.max()) if additivity.size else 0.0,
        spread=game.spread,
        explainer=name,
        quantity="aumann_shapley" if name == "gradients" else "shapley",
        background_size=len(game.background),
        seconds=progress.seconds,
        standard_error=errors,
        run_id=subject.run_id,
        seed=request.seed,
    )
    return _with_probabilities(_for_every_class(found), subject, request, encoded)


def _values(
    name: str, subject: Subject, game: Game, row: Flat, space: Space, seed: int
) -> tuple[Floats, Floats | None]:
    if name == "exact":
        return exact.exact_values(game, row), None
    if name == "permutation":
        sampled = permutation.permutation_values(game, row, seed)
        return sampled.values, sampled.standard_error
    if name == "gradients":
        return gradients.gradient_values(game, subject.differentiable(space), row).values, None
    return library.library_values(game, row, name, seed), None  # type: ignore[arg-type]


def _expected(name: str, columns: int, background: int) -> int:
    if name == "exact":
        return exact.evaluations(columns, background)
    if name == "permutation":
        return permutation.evaluations(columns, background, 2 * permutation.FEWEST_ROUNDS)
    if name == "gradients":
        return gradients.evaluations(background)
    return library.coalitions(name, columns) * background  # type: ignore[arg-type]


def _for_every_class(found: Explanation) -> Explanation:
    """Return an explanation with an output per class, also where one unit speaks for two."""
    from dataclasses import replace

    if len(found.output_names) != 2 or found.values.shape[2] != 1:
        return found
    errors = found.standard_error
    return replace(
        found,
        values=np.concatenate([-found.values, found.values], axis=2),
        base=for_both_classes(found.base, found.space),
        output=for_both_classes(found.output, found.space),
        spread=np.repeat(found.spread, 2),
        standard_error=None if errors is None else np.repeat(errors, 2, axis=2),
    )


def _with_probabilities(
    found: Explanation, subject: Subject, request: Request, encoded: Flat
) -> Explanation:
    """Return a classification's explanation with the probabilities beside it."""
    from dataclasses import replace

    if found.space == "value":
        return found
    if found.space == "probability":
        return replace(found, probability=found.output, base_probability=found.base)
    game = subject.game("probability", request.background, request.seed)
    probability, base = game.evaluate(encoded), game.base
    if probability.shape[1] == 1:
        probability = for_both_classes(probability, "probability")
        base = for_both_classes(base, "probability")
    return replace(found, probability=probability, base_probability=base)


def _check_size(rows: int, columns: int, outputs: int) -> None:
    if rows == 0:
        raise ExplainError("There are no rows to explain.", place=Place("field", "rows"))
    if rows * columns * outputs > MOST_VALUES:
        raise ExplainError(
            "This explanation would be too large.",
            expected=f"at most {MOST_VALUES:,} contributions",
            received=f"{rows:,} rows × {columns:,} columns × {outputs:,} classes",
            remedy="Choose fewer rows.",
            place=Place("field", "rows"),
        )
