"""Reads the weights of a saved model in the throwaway process, and writes them as plain arrays.

Keras itself puts the values into a second model of the same settings, one with memory; which of
its layers belongs to which layer of the graph follows from the order, which is the same in both.
Before that the file is looked through, so that it holds nothing but numbers of a fitting size.
"""

from __future__ import annotations

import math
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from workbench.errors import GraphError
from workbench.importing.files import look_at_links, refusal
from workbench.importing.from_keras import Imported
from workbench.importing.unbuilt import is_unbuilt_row
from workbench.wording import bytes_

LARGEST: Final = 2**30
"""Most bytes of weights that are taken over; the process holds them up to three times."""
NOT_READ: Final = (
    "The weights were not taken over: reading them takes too much memory or time, or the file is "
    "damaged."
)
"""What is lost when the process ends while it reads the weights."""
_MEMBER: Final = "model.weights.h5"
_SLACK: Final = 2**16


@dataclass
class Kept:
    """What was kept of a file's weights.

    Attributes:
        groups: Id of a layer in the expanded network → group in the file of arrays.
        names: Names of those layers in the model.
        lost: Why weights were not taken over, a sentence each.
    """

    groups: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


def weights_member(path: Path) -> bool:
    """Tell whether a file of this kind can hold weights."""
    return path.suffix.lower() in (".keras", ".h5", ".hdf5")


def keep_weights(
    path: Path, weightless: Any, imported: Imported, make: Callable[[], Any], target: Path
) -> Kept:
    """Write the weights of a saved model to a file of arrays.

    Args:
        path: The saved model.
        weightless: The model without memory for its weights.
        imported: The graph made of it.
        make: Makes the model once more.
        target: The file to write: HDF5, a group per layer, arrays numbered as `layer.weights`.

    Returns:
        What was kept; the file is written only when something was.

    Raises:
        GraphError: The file holds what is made to harm.
    """
    if not any(_sizes(layer) for layer in imported.layers.values()):
        return (
            _lost("the file does not say what goes into its layers")
            if is_unbuilt_row(weightless)
            else Kept()
        )
    expected = sum(4 * count for layer in weightless._flatten_layers() for count in _own(layer))
    if expected > LARGEST:
        return _lost(f"they take {bytes_(expected)}, more than {bytes_(LARGEST)}")
    try:
        model = make()
        _load(path, model, expected, target.parent)
    except _NoWeightsError:
        return _lost("the file holds none")
    except GraphError:
        raise
    except MemoryError:
        return Kept(lost=[NOT_READ])
    except Exception as error:  # h5py, Keras and the backends raise whatever comes up
        words = str(error).strip().splitlines() or [type(error).__name__]
        return _lost(f"they do not fit the layers ({words[0][:160].rstrip('.')})")
    before, after = weightless._flatten_layers(), model._flatten_layers()
    twins = {id(a): b for a, b in zip(before, after, strict=True)}
    return _write(imported, twins, target)


class _NoWeightsError(Exception):
    """The file holds no weights."""


def _lost(reason: str) -> Kept:
    return Kept(lost=[f"The weights were not taken over: {reason}."])


def _sizes(layer: Any) -> list[int]:
    return [math.prod(w.shape) for w in getattr(layer, "weights", ())]


def _own(layer: Any) -> list[int]:
    """Return the sizes of the weights that a layer holds itself, not through others."""
    held = [*layer._trainable_variables, *layer._non_trainable_variables]
    return [math.prod(weight.shape) for weight in held]


def _load(path: Path, model: Any, expected: int, room: Path) -> None:
    """Let Keras read the weights, after a look at the file; `room` takes what is unpacked."""
    import h5py

    if path.suffix.lower() == ".keras":
        with tempfile.TemporaryDirectory(dir=room) as folder:
            file = Path(folder) / _MEMBER
            with zipfile.ZipFile(path) as archive:
                if _MEMBER not in archive.namelist():
                    raise _NoWeightsError
                archive.extract(_MEMBER, folder)
            with h5py.File(file, "r", locking=False) as content:
                _look_at_arrays(path, content, expected)
            model.load_weights(file)
        return
    from keras.src.legacy.saving.legacy_h5_format import load_weights_from_hdf5_group

    with h5py.File(path, "r", locking=False) as content:
        _look_at_arrays(path, content, expected)
        if "model_weights" not in content:
            raise _NoWeightsError
        load_weights_from_hdf5_group(content["model_weights"], model)


def _look_at_arrays(path: Path, file: Any, expected: int) -> None:
    """Refuse arrays larger than the whole model, and what leads elsewhere.

    Raises:
        GraphError: There is such.
    """
    import h5py

    look_at_links(path, file)

    def look(name: str, part: Any) -> None:
        if not isinstance(part, h5py.Dataset):
            return
        kind = part.dtype.kind
        if part.dtype.itemsize * math.prod(part.shape) > 2 * expected + _SLACK:
            raise refusal(path, f"{name[:80]!r} in it declares more numbers than the model has")
        if kind not in "fiub" and part.dtype.metadata is not None:
            return  # texts beside the weights; Keras reads none of them as weights
        if kind not in "fiubSV":
            raise refusal(path, f"{name[:80]!r} in it is something that is not numbers")

    file.visititems(look)


def _write(imported: Imported, twins: dict[int, Any], target: Path) -> Kept:
    """Write the arrays of the layers that stand in the graph."""
    import h5py
    import keras

    kept = Kept()
    unfit: list[str] = []
    with h5py.File(target, "w") as file:
        for at, layer in imported.layers.items():
            twin = twins.get(id(layer))
            if twin is None or not getattr(twin, "weights", ()):
                continue
            after = getattr(twin, "activation", None)
            others = {id(w) for w in after.weights} if isinstance(after, keras.Layer) else set()
            arrays = [
                np.asarray(keras.ops.convert_to_numpy(w))
                for w in twin.weights
                if id(w) not in others
            ]
            if not arrays:
                continue
            arrays = [a if a.dtype.kind in "fiub" else a.astype(np.float32) for a in arrays]
            if not all(np.isfinite(array).all() for array in arrays):
                unfit.append(str(layer.name))
                continue
            name = str(len(kept.groups))
            group = file.create_group(name)
            for number, array in enumerate(arrays):
                group.create_dataset(str(number), data=array)
            kept.groups[at] = name
            kept.names.add(str(layer.name))
    kept.lost += [f"{name}: its weights are not finite and were not taken over." for name in unfit]
    return kept
