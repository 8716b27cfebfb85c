"""What a network says about rows: probabilities, or values in the person's units."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.data.encoder import Encoder
from workbench.training.arrays import Inputs

Outputs = npt.NDArray[np.float32]
_ROWS = 1024


def raw_outputs(network: Any, inputs: Inputs, batch_size: int = _ROWS) -> Outputs:
    """Return the outputs of a network as it gives them.

    Args:
        network: The Keras model.
        inputs: As `network_inputs` returns them.
        batch_size: Rows at a time.

    Returns:
        float32 array (rows, units).
    """
    rows = len(next(iter(inputs.values())) if isinstance(inputs, dict) else inputs)
    if rows == 0:
        return np.zeros((0, int(network.outputs[0].shape[-1])), np.float32)
    output = network.predict(inputs, batch_size=min(batch_size, rows), verbose=0)
    return np.asarray(output, np.float32).reshape(rows, -1)


def user_outputs(raw: Outputs, encoder: Encoder, from_logits: bool) -> Outputs:
    """Return outputs as a person reads them.

    Args:
        raw: Outputs of the network, (rows, units).
        encoder: Knows task and scale.
        from_logits: The network ends without a sigmoid or softmax.

    Returns:
        float32 array (rows, units): the probability of the second class (one unit), of every
        class, or the value in the target's own units.
    """
    if encoder.task == "regression":
        return np.asarray(encoder.to_user_units(raw), np.float32)
    if not from_logits:
        return raw
    exact = raw.astype(np.float64)
    if raw.shape[1] == 1:
        return (0.5 * (1.0 + np.tanh(0.5 * exact))).astype(np.float32)
    powers = np.exp(exact - exact.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def class_codes(outputs: Outputs) -> npt.NDArray[np.int64]:
    """Return the predicted class of each row from its probabilities."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return np.asarray(outputs.argmax(axis=1), np.int64)
