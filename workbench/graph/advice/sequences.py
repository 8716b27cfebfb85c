"""Advice about sequences and codes: recurrent layers and embeddings."""

from __future__ import annotations

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import NOISE, RECURRENT, SHAPING, Seen
from workbench.graph.check_target import source_of
from workbench.graph.edits import delete
from workbench.graph.fixes import recurrent_of, set_recurrent
from workbench.graph.model import INPUT_LAYER
from workbench.graph.problems import Fix
from workbench.wording import count


@advice(
    "every_step_flattened",
    "info",
    "Every step's output in one row",
    "A recurrent layer's last output has read the whole sequence. Taking the outputs of all steps "
    "multiplies the weights behind by the number of steps and fixes the length of the sequence.",
    RECURRENT | {"Bidirectional"},
)
def every_step_flattened(seen: Seen) -> Remark | None:
    """A recurrent layer with return_sequences whose steps only Flatten and Dense use."""
    flatten = seen.after()
    following = seen.after(flatten) if flatten else None
    inner = recurrent_of(seen.owner)
    if inner is None or inner.get("return_sequences") is not True or inner.get("return_state"):
        return None
    if flatten is None or flatten.layer != "Flatten" or following is None:
        return None
    result = seen.result()
    if following.layer != "Dense" or result is None or len(result.shape) != 3:
        return None
    steps = result.shape[1]
    text = f"{seen.name} gives all {steps or ''} steps, and {flatten.name} makes one row of them."
    fixes: tuple[Fix, ...] = ()
    if seen.alone and not seen.graph.is_shared(flatten.id):
        fixes = (
            seen.all(
                [
                    set_recurrent(seen.owner, "return_sequences", False),
                    delete(seen.graph, [flatten.id], bridge=True),
                ],
                "Take the last step only",
            ),
        )
    return Remark(text.replace("all  steps", "all steps"), fixes)


@advice(
    "recurrent_relu",
    "info",
    "Relu inside a recurrent layer",
    "The same weights act on the state at every step: with relu the state can grow at each, until "
    "the loss is no number. The usual tanh keeps it between -1 and 1, and only with it graphics "
    "processors have a fast form of the layer.",
    ("LSTM", "GRU"),
)
def recurrent_relu(seen: Seen) -> Remark | None:
    """LSTM or GRU with relu for its state."""
    if seen.activation() not in ("relu", "elu", "gelu", "silu", "swish", "linear", "leaky_relu"):
        return None
    if "activation" not in seen.owner.params:
        return None
    text = f"{seen.name} uses {seen.activation()} for its state."
    fixes = (seen.unset("activation", "Set activation to tanh"),) if seen.alone else ()
    return Remark(text, fixes)


@advice(
    "vocabulary_size",
    "warning",
    "Embedding of another size than the data",
    "Codes beyond the table stop training or take a wrong row; rows beyond the codes are never "
    "learnt.",
    ("Embedding",),
)
def vocabulary_size(seen: Seen) -> Remark | None:
    """An Embedding whose input_dim differs from the number of codes that the data has."""
    entry = seen.source_before(NOISE | SHAPING)
    if entry is None or entry.layer != INPUT_LAYER or seen.signature is None:
        return None
    offered = seen.signature.input(source_of(entry))
    given = seen.value("input_dim")
    if offered is None or not offered.cardinality or not isinstance(given, int):
        return None
    if offered.cardinality <= given <= 2 * offered.cardinality + 2:
        return None
    text = (
        f"{seen.name} has {count(given)} rows, but {offered.name} has {count(offered.cardinality)} "
        "codes."
    )
    label = f"Set input_dim to {offered.cardinality}"
    fixes = (seen.set("input_dim", offered.cardinality, label),) if seen.alone else ()
    return Remark(text, fixes)
