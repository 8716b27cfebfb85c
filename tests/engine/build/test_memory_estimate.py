"""The estimate of a training's memory against trainings that were measured.

`tests/benchmarks/memory_measured.json` holds the largest resident size of each process and its
rows, in bytes, as `make bench ONLY=memory-estimate` measures them (Linux, two cores, 23 GB,
TensorFlow 2.21); here nothing is trained.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.benchmarks.memory_networks import CASES
from workbench.build.scope import weightless
from workbench.build.shapes import ShapeInference
from workbench.graph.costs.memory import layers_of, training_memory
from workbench.importing.from_keras import graph_from_model

pytestmark = [pytest.mark.backend, pytest.mark.slow]
MEASURED = Path(__file__).parents[2] / "benchmarks" / "memory_measured.json"


def estimate(case, data, catalog):
    import keras

    with weightless():
        graph = graph_from_model(case.build(keras), catalog).graph
    found = ShapeInference(catalog).infer(graph)
    assert not found.has_errors
    return training_memory(
        layers_of(found), case.batch, case.optimizer, case.precision, data,
        momentum=bool(dict(case.params).get("momentum")),
    )  # fmt: skip


def test_nine_of_ten_trainings_lie_in_the_range_and_none_beyond_what_is_called_safe(catalog):
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    assert measured.keys() == CASES.keys()
    inside: dict[str, list[bool]] = {}
    errors: dict[str, list[float]] = {}
    for name, case in CASES.items():
        peak = measured[name]["peak"]
        needed = estimate(case, measured[name]["data"], catalog)
        assert peak <= needed.safe, name
        assert peak - needed.engine >= needed.least - 50e6, name  # what training refuses by
        inside.setdefault(case.part, []).append(needed.low <= peak <= needed.high)
        errors.setdefault(case.part, []).append(abs(math.log(peak / needed.total)))
    assert {part: len(judged) for part, judged in inside.items()} == {
        "fitted": 17, "held out": 18, "later": 12
    }  # fmt: skip
    for part, judged in inside.items():
        assert sum(judged) >= 0.9 * len(judged), part
        middle = sorted(errors[part])[len(judged) // 2]
        assert middle < 0.1, part
