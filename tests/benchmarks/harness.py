"""How a benchmark is written, run and reported.

A benchmark is a function in a file `bench_*.py` of this folder:

    from tests.benchmarks.harness import Measurement, benchmark

    @benchmark("redraw", title="Redraw 10 x 1,000,000 points", unit="ms", target=20.0)
    def redraw() -> Measurement:
        ...
        return Measurement(value=12.3)

    @benchmark("start-up", title="Process start to usable window", unit="s",
               target=0.25, judged="ratio")
    def start_up() -> Measurement:
        return Measurement(value=0.9, compared_with="python -c 'import keras'", compared_value=9.4)

- The name is what `make bench ONLY=name` takes (several: `ONLY=a,b`).
- `target` is the largest value that meets it; it is compared with the value, or, with
  `judged="ratio"`, with value / compared_value. None: no target, the row only informs.
- A benchmark that gives several rows returns a list; a `Measurement` may then set `title`, `unit`,
  `target` and `judged` of its own row.
- `bench_*.py` files are imported by every run: import Qt, Keras and the program inside the
  function. Every benchmark runs in a process of its own, started in the repository's root with
  `QT_QPA_PLATFORM=offscreen` (unless set), `KERAS_WORKBENCH_HOME` in a throwaway folder, and is
  killed after `limit` seconds.
- An exception in the function is reported as a failed row; it does not stop the others.

Results: a table on stdout, and `.bench/results.json`: a list of rows with name, value, unit,
compared_with, compared_value, ratio, target, met (and title, judged, error).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

Judged: TypeAlias = Literal["value", "ratio"]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Measurement:
    """What a benchmark measured: one row.

    Attributes:
        value: The figure, in the row's unit.
        compared_with: What it was compared with, in words; "" for nothing.
        compared_value: The figure of that, in the same unit and the same run.
        title: Title of this row; the benchmark's when empty.
        unit: Unit of this row; the benchmark's when empty.
        target: Target of this row; the benchmark's when None.
        judged: What the target is compared with; as the benchmark says when None.
        note: Anything a reader should know (sizes, versions).
    """

    value: float
    compared_with: str = ""
    compared_value: float | None = None
    title: str = ""
    unit: str = ""
    target: float | None = None
    judged: Judged | None = None
    note: str = ""


Function: TypeAlias = Callable[[], "Measurement | Sequence[Measurement]"]


@dataclass(frozen=True)
class Benchmark:
    """A registered benchmark; the fields are those of `benchmark`."""

    name: str
    title: str
    unit: str
    target: float | None
    judged: Judged
    limit: float
    function: Function


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str,
    *,
    title: str,
    unit: str,
    target: float | None = None,
    judged: Judged = "value",
    limit: float = 600.0,
) -> Callable[[Function], Function]:
    """Register a benchmark.

    Args:
        name: Short name, words joined by `-`, unique.
        title: What it measures, for the table.
        unit: Unit of the value ("ms", "s", "x", "MB").
        target: Largest value (or ratio) that meets it; None for none.
        judged: Whether the target is compared with the value or with the ratio.
        limit: Seconds after which its process is killed.
    """

    def register(function: Function) -> Function:
        if name in REGISTRY:
            raise ValueError(f"Two benchmarks are called {name}")
        REGISTRY[name] = Benchmark(name, title, unit, target, judged, limit, function)
        return function

    return register


def load_all() -> dict[str, Benchmark]:
    """Import every `bench_*.py` and return the benchmarks by name, in file order."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.benchmarks.{path.stem}")
    return REGISTRY


def rows_of(bench: Benchmark) -> list[dict[str, Any]]:
    """Run a benchmark in this process and return its rows."""
    measured = bench.function()
    if isinstance(measured, Measurement):
        measured = [measured]
    return [_row(bench, one) for one in measured]


def _row(bench: Benchmark, measured: Measurement) -> dict[str, Any]:
    target = measured.target if measured.target is not None else bench.target
    judged = measured.judged or bench.judged
    ratio = measured.value / measured.compared_value if measured.compared_value else None
    figure = ratio if judged == "ratio" else measured.value
    return {
        "name": bench.name,
        "title": measured.title or bench.title,
        "value": measured.value,
        "unit": measured.unit or bench.unit,
        "compared_with": measured.compared_with,
        "compared_value": measured.compared_value,
        "ratio": ratio,
        "target": target,
        "judged": judged,
        "met": None if target is None or figure is None else figure <= target,
        "note": measured.note,
    }


def failed_row(bench: Benchmark, error: str) -> dict[str, Any]:
    """Return the row of a benchmark that raised or was killed."""
    return {
        "name": bench.name,
        "title": bench.title,
        "value": None,
        "unit": bench.unit,
        "compared_with": "",
        "compared_value": None,
        "ratio": None,
        "target": bench.target,
        "judged": bench.judged,
        "met": False,
        "note": "",
        "error": error,
    }
