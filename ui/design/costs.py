"""What a layer costs, as names and values for the inspector and the canvas's tooltips."""

from __future__ import annotations

from workbench.graph.inference import NodeInfo
from workbench.wording import bytes_, count

UNKNOWN = "—"


def parameter_facts(info: NodeInfo) -> list[tuple[str, str]]:
    """Return the parameters: how many, and how training treats them where that differs."""
    facts = [("Parameters", count(info.parameters))]
    if info.frozen:
        facts.append(("Trainable", count(info.trainable)))
        facts.append(("Frozen", count(info.frozen)))
    if info.states:
        facts.append(("States", count(info.states)))
    if info.parameters:
        facts.append(("Weights", bytes_(info.weight_bytes)))
    return facts


def work_facts(info: NodeInfo, batch_size: int) -> list[tuple[str, str]]:
    """Return memory of a batch's values, multiply-adds and receptive field.

    Args:
        info: What is known about the layer.
        batch_size: Rows of a batch; 0 leaves their memory out.
    """
    facts = []
    if batch_size and info.kept_bytes:
        facts.append(("Activations", f"{bytes_(info.kept_bytes * batch_size)} a batch"))
    if info.macs != 0:
        known = UNKNOWN if info.macs is None else f"{count(info.macs)} a row"
        facts.append(("Multiply-adds", known))
    if info.receptive is not None:
        facts.append(("Receptive field", seen_words(info.receptive)))
    return facts


def seen_words(receptive: tuple[int, ...]) -> str:
    """Return a receptive field in words: "7 × 7"."""
    return " × ".join(f"{length:,}" for length in receptive)
