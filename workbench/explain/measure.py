"""The job `explain_choices`: how fast this network answers here, and so what each explainer takes.

Spec: `{"project", "run_id" | None, "rows": number of rows to explain, "background": 50}`. Result:
`{"run_id", "columns", "speed": plain, "no_gradients": reason, "choices": [plain]}`; see `Speed`
and `Choice` in `choices`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import ExplainError
from workbench.explain import gradients, permutation
from workbench.explain.choices import USUAL_POINTS, USUAL_ROUNDS, Speed, choices
from workbench.explain.players import Flat
from workbench.explain.subject import Subject, load_subject
from workbench.jobs import Control, Emit

_LONGEST = 0.25
"""A measuring call that takes longer than this (s) is the last one."""
_WARM_SETUP = 0.15
"""Time that a further explanation spends beside the calls of the network."""


def explain_choices(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Measure a run's network.

    Args:
        spec: See the module's docstring.
        emit: Told what is being done.
        control: Heard between the calls.

    Raises:
        WorkbenchError: The run or its data cannot be read.
        JobCancelled: The person cancelled.
    """
    subject = load_subject(Path(spec["project"]), spec.get("run_id"), emit)
    control.check()
    emit({"event": "phase", "text": "Measuring the network"})
    size = int(spec.get("background") or 50)
    speed, reason = measure(subject, size, int(spec.get("seed") or 0), control)
    columns = len(subject.players)
    found = choices(
        subject.signature, None, columns, int(spec.get("rows") or 1), size, speed, reason
    )
    return {
        "run_id": subject.run_id,
        "columns": columns,
        "speed": speed.to_plain(),
        "no_gradients": reason,
        "choices": [choice.to_plain() for choice in found],
    }


def measure(subject: Subject, background: int, seed: int, control: Control) -> tuple[Speed, str]:
    """Return the speed of a network, and why no gradients can be taken of it ("" if they can).

    Args:
        subject: The run.
        background: Size of the background; it is chosen and kept for the explanation to come.
        seed: Seed of the background.
        control: Heard between the calls.
    """
    space = subject.space("logit")
    game = subject.game(space, background, seed, lambda _: control.check())
    rows = game.background.rows
    per_row = _seconds_per_row(subject.network(space), rows, game.chunk, control)
    try:
        network = subject.differentiable(space)
    except ExplainError as error:
        return Speed(per_row, 3 * per_row, _WARM_SETUP, measured=True), error.message
    starts, (nodes, shares) = network.embed(rows), gradients.quadrature(gradients.FEWEST_STEPS)
    slopes = _seconds_per_row(
        lambda some: network.path_gradients(some, starts[0], nodes, shares), starts,
        max(1, game.chunk // (len(nodes) * game.outputs)), control,
    ) / len(nodes)  # fmt: skip
    rounds, points = USUAL_ROUNDS, USUAL_POINTS
    some = subject.encoded(subject.rows_of_part("train")[:2])
    round_cost = permutation.evaluations(len(game.players), len(rows), 1) * per_row
    if round_cost * permutation.MOST_ROUNDS < _LONGEST:
        pairs = [permutation.permutation_values(game, row).pairs for row in some]
        rounds = sum(pairs) / len(pairs) / len(rows)
    if gradients.MOST_STEPS * len(rows) * slopes < 4 * _LONGEST:
        taken = [gradients.gradient_values(game, network, row).points for row in some]
        points = sum(taken) / len(taken) / len(rows)
    return Speed(per_row, slopes / game.outputs, _WARM_SETUP, rounds, points, True), ""


def _seconds_per_row(call: Callable[[Flat], Any], rows: Flat, most: int, control: Control) -> float:
    """Return the time that one more row takes, from growing calls that end at `most` rows."""
    call(rows[:1])
    size = min(256, most)
    while True:
        control.check()
        batch = np.ascontiguousarray(np.resize(rows, (min(size, most), rows.shape[1])))
        call(batch)  # the first call of a size may compile
        started = time.perf_counter()
        call(batch)
        taken = time.perf_counter() - started
        if taken > _LONGEST / 4 or size >= most:
            return taken / len(batch)
        size *= 4
