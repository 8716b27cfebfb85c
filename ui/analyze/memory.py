"""What a training of the network would take of memory, in a line, against what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import ref

from workbench.graph.costs.memory import (
    TrainingMemory,
    layers_of,
    range_words,
    training_memory,
)
from workbench.wording import bytes_

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature
    from workbench.graph.inference import Inference
    from workbench.graphics import GraphicsMemory
    from workbench.recipe.spec import RecipeSpec


@dataclass(frozen=True, slots=True)
class Room:
    """The memory that there is, in bytes.

    Attributes:
        free: Free memory of this computer.
        graphics: The graphics processor's, or None without one.
    """

    free: int
    graphics: GraphicsMemory | None = None


def needed_memory(
    inference: Inference, recipe: RecipeSpec, signature: DataSignature | None
) -> TrainingMemory | None:
    """Estimate the memory of a training; None while an error exists.

    Args:
        inference: What is known about the network.
        recipe: The recipe.
        signature: What the data offers, or None.
    """
    last = _last.get("estimate")
    if last and last[0]() is inference and last[1:3] == (recipe, signature):
        return last[3]  # several parts of the window ask after every edit
    found = _estimate(inference, recipe, signature)
    _last["estimate"] = (ref(inference), recipe, signature, found)
    return found


_last: dict[
    str, tuple[ref[Inference], RecipeSpec, DataSignature | None, TrainingMemory | None]
] = {}


def _estimate(
    inference: Inference, recipe: RecipeSpec, signature: DataSignature | None
) -> TrainingMemory | None:
    if inference.has_errors or not inference.nodes or recipe.batch_size < 1:
        return None
    params = recipe.optimizer.params
    return training_memory(
        layers_of(inference),
        recipe.batch_size,
        recipe.optimizer.name,
        recipe.precision,
        _data_bytes(signature),
        momentum=bool(params.get("momentum") or params.get("centered")),
        on_gpu=recipe.device.startswith("gpu"),
    )


def _data_bytes(signature: DataSignature | None) -> int:
    """Return the memory of the encoded rows: four bytes a value."""
    if signature is None:
        return 0
    values = 1
    for entry in signature.inputs:
        size = 1
        for length in entry.shape:
            size *= length
        values += size
    return 4 * values * signature.rows


def free_memory() -> Room:
    """Return the memory that is free now."""
    import psutil

    from ui.analyze.graphics import known_graphics

    return Room(int(psutil.virtual_memory().available), known_graphics())


def memory_words(needed: TrainingMemory | None, recipe: RecipeSpec, room: Room) -> tuple[str, bool]:
    """Return the estimate in words, and whether it may not fit.

    That it fits is said only where well more than the upper end of the range is free.

    Args:
        needed: The estimate, or None.
        recipe: The recipe.
        room: The memory that there is.
    """
    if needed is None:
        return "", False
    words = range_words(needed.low, needed.high)
    text = f"About {words} of memory to train at {recipe.batch_size} rows a batch"
    verdict, doubtful = _verdict(needed.low, needed.safe, room.free)
    text = f"{text}; {verdict}"
    if recipe.device == "cpu" or (room.graphics is None and recipe.device == "auto"):
        return text, doubtful
    lies = f"up to {bytes_(needed.device_high)} lie on the GPU"
    if room.graphics is None:
        return f"{text}; {lies}", doubtful
    verdict, full = _verdict(needed.on_device, needed.device_high, room.graphics.free)
    return f"{text}; {lies}, {verdict}", doubtful or full


def _verdict(low: int, safe: int, free: int) -> tuple[str, bool]:
    if safe <= free:
        return f"it fits, {bytes_(free)} are free", False
    if low > free:
        return f"it does not fit, only {bytes_(free)} are free", True
    return f"it may not fit, {bytes_(free)} are free", True


def memory_parts(needed: TrainingMemory) -> str:
    """Return what the estimate is made of, a line each."""
    parts = (
        ("Engine with Keras", needed.engine), ("Network and its steps", needed.graph),
        ("Weights", needed.weights), ("Gradients", needed.gradients),
        ("Optimizer", needed.optimizer), ("Weights kept aside", needed.best),
        ("Values kept of a batch", needed.activations),
        ("While a layer is computed and updated", needed.scratch), ("Encoded rows", needed.data),
    )  # fmt: skip
    lines = [f"{name}: {bytes_(size)}" for name, size in parts if size]
    return "\n".join([f"About {bytes_(needed.total)} at the peak, of it", *lines])
