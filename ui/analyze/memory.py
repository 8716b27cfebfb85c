"""What a training of the network would take of memory, in a line, against what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.graph.costs.memory import TrainingMemory, training_memory
from workbench.wording import bytes_

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature
    from workbench.graph.inference import Inference
    from workbench.recipe.spec import RecipeSpec


def needed_memory(
    inference: Inference, recipe: RecipeSpec, signature: DataSignature | None
) -> TrainingMemory | None:
    """Estimate the memory of a training; None while an error exists.

    Args:
        inference: What is known about the network.
        recipe: The recipe.
        signature: What the data offers, or None.
    """
    if inference.has_errors or not inference.nodes or recipe.batch_size < 1:
        return None
    params = recipe.optimizer.params
    return training_memory(
        inference.nodes.values(),
        recipe.batch_size,
        recipe.optimizer.name,
        recipe.precision,
        _data_bytes(signature),
        momentum=bool(params.get("momentum") or params.get("centered")),
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


def free_memory() -> int:
    """Return the free memory of this computer in bytes."""
    import psutil

    return int(psutil.virtual_memory().available)


def memory_words(needed: TrainingMemory | None, recipe: RecipeSpec, free: int) -> tuple[str, bool]:
    """Return the estimate in words, and whether it does not fit.

    Args:
        needed: The estimate, or None.
        recipe: The recipe; where it asks for a GPU, the part that lies there is told instead of
            what is free, as the memory of a GPU is not known before its engine runs.
        free: Free memory in bytes.
    """
    if needed is None:
        return "", False
    text = f"About {bytes_(needed.total)} of memory to train at {recipe.batch_size} rows a batch"
    if recipe.device.startswith("gpu"):
        return f"{text}, {bytes_(needed.on_device)} of it on the GPU", False
    if needed.total > free:
        return f"{text}; only {bytes_(free)} are free on this computer", True
    return f"{text}; {bytes_(free)} are free", False


def memory_parts(needed: TrainingMemory) -> str:
    """Return what the estimate is made of, a line each."""
    parts = (
        ("Weights", needed.weights), ("Gradients", needed.gradients),
        ("Optimizer", needed.optimizer), ("Best weights", needed.best),
        ("Values kept of a batch", needed.activations), ("While a layer is updated",
        needed.scratch), ("Encoded rows", needed.data),
    )  # fmt: skip
    lines = [f"{name}: {bytes_(size)}" for name, size in parts if size]
    return "\n".join(
        [
            *lines,
            "An estimate, the engine itself apart: up to a half more was measured.",
        ]
    )
