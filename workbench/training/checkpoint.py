"""The file that a training leaves behind while it goes on, and from which it can go on.

`checkpoint.h5` in the run's folder: HDF5 with numbered arrays in three groups – `trainer` (weights,
statistics, states of random generators), `optimizer`, `best` (weights of the best epoch) – and one
attribute with everything else as JSON. Numbers only: a project may come from somewhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from workbench.build.weights_file import check_weights_file
from workbench.errors import Place, RunError
from workbench.plain import PlainDict
from workbench.runs.files import write_atomically

GROUPS: Final = ("trainer", "optimizer", "best")
_ABOUT: Final = "about"
_LONGEST_ABOUT: Final = 60_000
"""HDF5 keeps attributes up to 64 KiB beside the object itself."""

Arrays = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a training stands at the end of an epoch.

    Attributes:
        epoch: Epochs that ended.
        step: Steps that were made.
        seconds: Time spent in training so far, s, pauses left out.
        watch: What `Watch.state` tells.
        arrays: Group → values of its variables, in their order.
    """

    epoch: int
    step: int
    seconds: float
    watch: PlainDict
    arrays: Arrays


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint whole or not at all; an older one is replaced.

    Raises:
        RunError: It cannot be written.
    """
    about = json.dumps(
        {
            "epoch": checkpoint.epoch,
            "step": checkpoint.step,
            "seconds": checkpoint.seconds,
            "watch": checkpoint.watch,
        }
    )

    def write(new: Path) -> None:
        with h5py.File(new, "w") as file:
            file.attrs[_ABOUT] = about
            for name in GROUPS:
                group = file.create_group(name)
                for number, value in enumerate(checkpoint.arrays[name]):
                    group.create_dataset(str(number), data=_storable(value))

    write_atomically(path, write)


def read_position(path: Path, steps_per_epoch: int) -> tuple[int, int]:
    """Read at which epoch and step a training stands.

    Args:
        path: The file.
        steps_per_epoch: Steps of an epoch, as the data and the recipe have it now.

    Returns:
        Epochs that ended, steps that were made.

    Raises:
        RunError: The file is damaged, or its training had other steps.
    """
    try:
        with h5py.File(path, "r") as file:
            about = _read_about(file)
        epoch, step = int(about["epoch"]), int(about["step"])
    except Exception as error:  # h5py raises a family of unrelated types
        raise damaged(path, f"{type(error).__name__}: {error}") from error
    if epoch < 1 or step != epoch * steps_per_epoch:
        raise damaged(path, f"{step:,} steps in {epoch:,} epochs of {steps_per_epoch:,}")
    return epoch, step


def read_checkpoint(path: Path, expected: Mapping[str, Sequence[Any]]) -> Checkpoint:
    """Read a checkpoint.

    Args:
        path: The file.
        expected: Group → variables (anything with a shape) that its arrays are for; for `"best"`
            they may also be missing: no epoch had ended with a value to compare.

    Raises:
        RunError: It is damaged, or belongs to another network or optimizer.
    """
    room = sum(8 * int(np.prod(v.shape)) for some in expected.values() for v in some)
    try:
        check_weights_file(path, room)
        with h5py.File(path, "r") as file:
            about = _read_about(file)
            arrays = {name: _read_group(file[name]) for name in GROUPS}
        checkpoint = Checkpoint(
            int(about["epoch"]), int(about["step"]), float(about["seconds"]),
            dict(about["watch"]), arrays,
        )  # fmt: skip
    except RunError:
        raise
    except Exception as error:  # h5py raises a family of unrelated types
        raise damaged(path, f"{type(error).__name__}: {error}") from error
    for name, variables in expected.items():
        shapes = [tuple(array.shape) for array in arrays[name]]
        if name == "best" and not shapes:
            continue
        if shapes != [tuple(variable.shape) for variable in variables]:
            raise damaged(path, f"other arrays in the part “{name}” than the network has")
    return checkpoint


def _read_about(file: Any) -> dict[str, Any]:
    text = file.attrs[_ABOUT]
    if not isinstance(text, str) or len(text) > _LONGEST_ABOUT:
        raise ValueError("no description")
    about = json.loads(text)
    if not isinstance(about, dict):
        raise ValueError("no description")
    return about


def _read_group(group: Any) -> list[Any]:
    return [np.array(group[str(number)]) for number in range(len(group))]


def _storable(value: Any) -> Any:
    """Return an array as HDF5 can hold it: bfloat16 as float32, which holds all its values."""
    array = np.asarray(value)
    return array if array.dtype.kind in "fiub" else array.astype(np.float32)


def damaged(path: Path, received: str) -> RunError:
    """Return the error that says that a checkpoint is of no use."""
    return RunError(
        "This training cannot go on from where it was: its checkpoint is not usable.",
        received=received,
        remedy="Train again; the other runs are not affected.",
        place=Place("file", str(path)),
    )
