"""How far the estimate of a training's memory is from what a training takes.

Every network of `memory_networks` is trained in a process of its own, as the job `train` does it;
measured is the process's largest resident size. The trainings that the estimate was not fitted to
say how good it is: how many lie in the range that the window shows, and how far off its middle is.
Those called "later" were chosen after everything about the estimate was fixed.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.benchmarks.harness import ROOT, Measurement, benchmark
from tests.benchmarks.memory_networks import CASES

if TYPE_CHECKING:
    from workbench.graph.costs.memory import TrainingMemory


def measured(name: str) -> dict[str, Any]:
    """Train a network in a fresh process and return what it found, see `memory_measure`."""
    command = [sys.executable, "-m", "tests.benchmarks.memory_measure", name]
    done = subprocess.run(
        command, cwd=ROOT, check=True, timeout=600, capture_output=True, text=True,
        env=dict(os.environ),
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def estimated(name: str, found: dict[str, Any]) -> TrainingMemory:
    """Return the estimate that the window would show for a measured training."""
    from workbench.graph.costs.memory import training_memory
    from workbench.graph.inference import NodeInfo

    case = CASES[name]
    return training_memory(
        [NodeInfo.from_plain(plain) for plain in found["nodes"].values()],
        case.batch,
        case.optimizer,
        case.precision,
        found["data"],
        momentum=bool(dict(case.params).get("momentum")),
    )


@benchmark(
    "memory-estimate",
    title="Estimated peak memory of a training",
    unit="MB",
    judged="ratio",
    limit=1800.0,
)
def memory_estimate() -> list[Measurement]:
    """Estimate and measure, network by network, each in a process of its own."""
    rows = []
    found: dict[str, list[tuple[bool, float]]] = {}
    for name, case in CASES.items():
        run = measured(name)
        needed, peak = estimated(name, run), run["peak"]
        fits = needed.low <= peak <= needed.high
        found.setdefault(case.part, []).append((fits, abs(math.log(peak / needed.total))))
        rows.append(
            Measurement(
                needed.total / 1e6,
                title=f"Estimated peak memory, {name}",
                compared_with="measured",
                compared_value=peak / 1e6,
                note=f"{case.part}; range {needed.low / 1e6:.0f} to {needed.high / 1e6:.0f} MB, "
                f"{'inside' if fits else 'outside'}; {case.batch} rows a batch, "
                f"{case.optimizer}, {case.precision}",
            )
        )
    return [*rows, *(_summary(part, judged) for part, judged in found.items())]


def _summary(part: str, judged: list[tuple[bool, float]]) -> Measurement:
    outside = sum(not fits for fits, _ in judged)
    errors = sorted(error for _, error in judged)
    middle, worst = (
        100 * (math.exp(error) - 1) for error in (errors[len(errors) // 2], errors[-1])
    )
    return Measurement(
        100 * outside / len(judged),
        title=f"Trainings outside the range that is shown, {part}",
        unit="%",
        target=None if part == "fitted" else 10.0,
        judged="value",
        note=f"{outside} of {len(judged)}; half are within {middle:.0f} % of the middle of the "
        f"range, all within {worst:.0f} %",
    )
