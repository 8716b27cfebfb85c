"""`python -m tests.benchmarks [NAME …]`: run benchmarks, print a table, write the results."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import ROOT, Benchmark, failed_row, load_all, rows_of

RESULTS = ROOT / ".bench" / "results.json"
_TAIL = 12


def main() -> int:
    """Run what was asked for.

    Returns:
        0 when every benchmark ran, 1 when one failed (or, with `--strict`, missed its target).
    """
    benches = load_all()
    args = _arguments(benches)
    if args.worker:
        rows = rows_of(benches[args.worker])
        Path(args.out).write_text(json.dumps(rows), encoding="utf-8")
        return 0
    if args.list:
        for bench in benches.values():
            print(f"{bench.name:<24} {bench.title}")
        return 0
    names = [name for entry in args.names for name in entry.split(",") if name] or list(benches)
    unknown = [name for name in names if name not in benches]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(benches)}.",
              file=sys.stderr)  # fmt: skip
        return 2
    rows = [row for name in names for row in _run(benches[name])]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print_table(rows)
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}."
          f" Written to {RESULTS.relative_to(ROOT)}.")  # fmt: skip
    failed = any("error" in row for row in rows)
    missed = args.strict and any(row["met"] is False for row in rows)
    return 1 if failed or missed else 0


def _arguments(benches: dict[str, Benchmark]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help=f"which ones: {', '.join(benches)}")
    parser.add_argument("--list", action="store_true", help="list the benchmarks")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(bench: Benchmark) -> list[dict[str, Any]]:
    print(f"· {bench.name}: {bench.title} …", file=sys.stderr, flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        out = Path(scratch) / "rows.json"
        log = Path(scratch) / "log.txt"
        environment = {
            "QT_QPA_PLATFORM": "offscreen",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **os.environ,
            "KERAS_WORKBENCH_HOME": scratch,
        }
        command = [sys.executable, "-m", "tests.benchmarks", "--worker", bench.name, "--out", out]
        with log.open("wb") as stream:
            try:
                code = subprocess.run(
                    command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=stream,
                    stderr=stream, timeout=bench.limit, check=False,
                ).returncode  # fmt: skip
                reason = f"exit code {code}"
            except subprocess.TimeoutExpired:
                code, reason = -1, f"killed after {bench.limit:.0f} s"
        if code == 0 and out.exists():
            rows: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
        else:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            for line in lines[-_TAIL:]:
                print("    " + line, file=sys.stderr)
            rows = [failed_row(bench, reason + (f": {lines[-1]}" if lines else ""))]
    print(f"  {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return rows


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table on stdout."""
    head = ("name", "what", "value", "compared with", "ratio", "target", "met")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for number, line in enumerate(lines):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)))
        if number == 0:
            print("  ".join("-" * width for width in widths))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    unit = row["unit"]
    compared = ""
    if row["compared_with"]:
        compared = f"{row['compared_with']}: {_number(row['compared_value'])} {unit}"
    sign = {True: "yes", False: "no", None: ""}[row["met"]]
    of = "×" if row["judged"] == "ratio" else f" {unit}"
    target = "" if row["target"] is None else f"≤ {_number(row['target'])}{of}"
    value = row.get("error", "")[:40] or f"{_number(row['value'])} {unit}"
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f}"
    return (row["name"], row["title"], value, compared, ratio, target, sign)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


if __name__ == "__main__":
    sys.exit(main())
