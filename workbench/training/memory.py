"""Refuses a training that cannot fit into memory, before any of it is allocated."""

from __future__ import annotations

from workbench.errors import Place, RunError
from workbench.graph.costs.memory import layers_of, training_memory
from workbench.graph.inference import Inference
from workbench.wording import bytes_

_RESERVE = 0.95


def training_bytes(shapes: Inference, batch_size: int, optimizer: str, data_bytes: int) -> int:
    """Return the least memory that a training needs: see `workbench.graph.costs.memory`.

    Args:
        shapes: What inference found out about the network.
        batch_size: Rows per step.
        optimizer: Name of the optimizer.
        data_bytes: Memory of the encoded rows.
    """
    found = training_memory(layers_of(shapes), batch_size, optimizer, data_bytes=data_bytes)
    return found.least


def refuse_large(
    shapes: Inference, batch_size: int, optimizer: str, data_bytes: int, available: int
) -> None:
    """Raise when a training cannot fit.

    Args:
        shapes: What inference found out about the network.
        batch_size: Rows per step.
        optimizer: Name of the optimizer.
        data_bytes: Memory of the encoded rows.
        available: Free memory in bytes.

    Raises:
        RunError: It does not fit; says how much it needs and what to make smaller.
    """
    needed = training_bytes(shapes, batch_size, optimizer, data_bytes)
    if needed <= available * _RESERVE:
        return
    by_batch = training_bytes(shapes, 1, optimizer, data_bytes) < needed / 2
    raise RunError(
        f"This training needs {bytes_(needed)} of memory.",
        expected=f"at most {bytes_(available)}, which is free now",
        remedy=(
            f"Use a smaller batch size than {batch_size:,}."
            if by_batch
            else "Make the largest layers smaller, or close other programs."
        ),
        place=Place("field", "batch_size") if by_batch else Place("graph"),
    )


def free_memory() -> int:
    """Return the free memory of this computer in bytes."""
    import psutil

    return int(psutil.virtual_memory().available)
