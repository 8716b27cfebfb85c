"""Writes what a training leaves in its run's folder; `result.json` last, as the seal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.data.encoder import Encoder
from workbench.runs.files import ENCODER, RESULT, SPEC, WEIGHTS, write_atomically, write_json
from workbench.runs.spec import RunSpec


def save_beginning(folder: Path, run: RunSpec, encoder: Encoder) -> None:
    """Write what is known before the first step.

    Raises:
        RunError: It cannot be written.
    """
    write_json(folder / SPEC, run.to_plain())
    write_json(folder / ENCODER, encoder.to_plain())


def save_end(folder: Path, network: Any, result: dict[str, Any]) -> None:
    """Write the weights and how the training ended.

    Args:
        folder: The run's folder.
        network: The Keras model with the kept weights.
        result: The job's result, `"state"` included.

    Raises:
        RunError: It cannot be written; nothing half-written is left.
    """
    write_atomically(folder / WEIGHTS, network.save_weights)
    write_json(folder / RESULT, json.loads(json.dumps(result)))
