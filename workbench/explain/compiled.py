"""A Keras network as fast plain functions on flat rows: outputs, and gradients of outputs.

One compiled function per network and backend; `model.predict` costs 50 ms a call and eager calls
3-36 ms, a compiled function about one. TensorFlow traces once for any number of rows. JAX compiles
per shape, so rows are padded to a few fixed sizes. PyTorch runs eagerly without recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import ExplainError
from workbench.explain.game import CHUNK
from workbench.explain.players import Flat, Layout

Function = Callable[[Flat], npt.NDArray[Any]]
_BYTES_PER_CALL = 256 * 2**20


class CompiledNetwork:
    """A network on flat rows.

    Args:
        model: Keras model with one output of shape (rows, outputs).
        layout: How its inputs are packed.
        sources: For each input of the model, in its order, the name in the layout.
        scale: Factor and offset that turn outputs into user units; applied in float64, since a
            large offset would swallow float32's digits.

    Attributes:
        chunk: Rows per call that keep activations within 256 MB; fixed by the network alone, so
            that results do not depend on timing.
    """

    def __init__(
        self,
        model: Any,
        layout: Layout,
        sources: Sequence[str],
        scale: tuple[float, float] = (1.0, 0.0),
    ) -> None:
        self._scale = scale
        self._slots = [layout.slot(name) for name in sources]
        self._call = _compile(
            lambda flat: model(self._split(flat), training=False), model, layout.width
        )
        self.chunk = rows_per_call(model)

    def __call__(self, rows: Flat) -> npt.NDArray[Any]:
        """Return the outputs of flat rows, shape (rows, outputs)."""
        factor, offset = self._scale
        return np.asarray(self._call(rows), np.float64) * factor + offset

    def _split(self, flat: Any) -> list[Any]:
        from keras import ops

        return [
            ops.cast(ops.reshape(flat[:, s.start : s.stop], (-1, *s.shape)), s.dtype)
            for s in self._slots
        ]


class DifferentiableNetwork:
    """A network on the space in which paths are straight: embedded columns after their embedding.

    Args:
        model: Keras model with one output of shape (rows, outputs).
        layout: How its inputs are packed.
        sources: For each input of the model, in its order, the name in the layout.
        owner: Player of each flat position.
        factor: Turns outputs into user units.

    Attributes:
        owner: Player of each position of the space.

    Raises:
        ExplainError: A whole-number input goes elsewhere than into an embedding.
    """

    def __init__(
        self,
        model: Any,
        layout: Layout,
        sources: Sequence[str],
        owner: npt.NDArray[np.intp],
        factor: float = 1.0,
    ) -> None:
        import keras

        self._factor = factor
        entries, points, owners = [], [], []
        for tensor, name in zip(model.inputs, sources, strict=True):
            slot = layout.slot(name)
            of_slot = owner[slot.start : slot.stop]
            starts = [tensor] if slot.dtype.startswith("float") else _embeddings(tensor, name)
            for start in starts:
                entries.append((tensor, start))
                points.append(start)
                size = int(np.prod(start.shape[1:])) // max(1, len(of_slot))
                owners.append(np.repeat(of_slot, size))
        self.owner = np.concatenate(owners)
        self._shapes = [tuple(int(n) for n in point.shape[1:]) for point in points]
        outer = [start for tensor, start in entries]
        self._embed = CompiledNetwork(
            keras.Model(model.inputs, _side_by_side(outer)), layout, sources
        )
        inner = keras.Model(points, model.outputs[0])
        self._slopes = _compile_slopes(
            lambda flat: inner(self._split(flat), training=False),
            inner,
            int(model.outputs[0].shape[-1]),
        )

    def embed(self, rows: Flat) -> Flat:
        """Return flat encoded rows as points of the space."""
        return np.asarray(self._embed(rows), np.float32)

    def path_gradients(
        self, starts: Flat, end: Flat, nodes: Flat, shares: Flat
    ) -> npt.NDArray[Any]:
        """Return the weighted mean gradient along each path, shape (starts, outputs, width)."""
        found = self._slopes(starts, end, nodes, shares.astype(np.float32))
        return np.asarray(found, np.float64) * self._factor

    def _split(self, flat: Any) -> list[Any]:
        from keras import ops

        parts, at = [], 0
        for shape in self._shapes:
            size = int(np.prod(shape))
            parts.append(ops.reshape(flat[:, at : at + size], (-1, *shape)))
            at += size
        return parts


def rows_per_call(model: Any) -> int:
    """Return how many rows a call may take: a power of two, 64 … 32,768."""
    values = sum(
        int(np.prod([n or 1 for n in output.shape[1:]], dtype=np.int64))
        for layer in model.layers
        for output in _outputs_of(layer)
    )
    most = _BYTES_PER_CALL // (4 * max(1, values))
    return int(min(CHUNK, max(64, 2 ** (max(1, most).bit_length() - 1))))


def _outputs_of(layer: Any) -> list[Any]:
    try:
        output = layer.output
    except (AttributeError, ValueError):  # a layer applied several times has no single output
        return []
    return list(output) if isinstance(output, list | tuple) else [output]


def _embeddings(tensor: Any, name: str) -> list[Any]:
    """Return the outputs of the embeddings that a whole-number input goes into."""
    found = []
    for node in tensor._keras_history.operation._outbound_nodes:
        if type(node.operation).__name__ != "Embedding":
            raise ExplainError(
                f"Expected gradients cannot be taken of {name}: its codes do not go into an "
                "embedding.",
                remedy="Choose another explainer.",
            )
        found.extend(node.output_tensors)
    return found


def _side_by_side(tensors: list[Any]) -> Any:
    from keras import ops

    flat = [ops.reshape(ops.cast(t, "float32"), (-1, int(np.prod(t.shape[1:])))) for t in tensors]
    return flat[0] if len(flat) == 1 else ops.concatenate(flat, axis=-1)


def _compile(function: Callable[[Any], Any], model: Any, width: int) -> Function:
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _in_tensorflow(function, width)
    if backend == "jax":
        import jax

        return _padded(jax.jit(_with_state(function, model)))
    return _in_torch(function)


def _in_tensorflow(function: Callable[[Any], Any], width: int) -> Function:
    import tensorflow as tf

    compiled = tf.function(function, input_signature=[tf.TensorSpec((None, width), tf.float32)])
    return lambda rows: compiled(tf.convert_to_tensor(rows)).numpy()


def _in_torch(function: Callable[[Any], Any]) -> Function:
    import torch
    from keras import ops

    def call(rows: Flat) -> npt.NDArray[Any]:
        with torch.no_grad():
            return ops.convert_to_numpy(function(ops.convert_to_tensor(rows)))

    return call


def _compile_slopes(
    function: Callable[[Any], Any], model: Any, outputs: int
) -> Callable[[Flat, Flat, Flat, Flat], npt.NDArray[Any]]:
    """Return the mean gradients along paths as a compiled function.

    The gradient is taken with respect to a shift of each whole path, so that the sum over its
    points is made inside and only one gradient per path comes out.
    """
    import keras
    from keras import ops

    backend = keras.backend.backend()

    def totals(shift: Any, starts: Any, end: Any, nodes: Any, shares: Any, call: Any) -> Any:
        direction = end - starts
        points = (starts + shift)[:, None, :] + nodes[None, :, None] * direction[:, None, :]
        values = call(ops.reshape(points, (-1, points.shape[-1])))
        values = ops.reshape(values, (-1, ops.shape(nodes)[0], outputs))
        return ops.sum(values * shares[None, :, None], axis=(0, 1))

    if backend == "tensorflow":
        return _slopes_in_tensorflow(totals, function, outputs)
    if backend == "jax":
        return _slopes_in_jax(totals, _with_state(function, model))
    return _slopes_in_torch(totals, function, outputs)


def _slopes_in_tensorflow(totals: Any, function: Any, outputs: int) -> Any:
    import tensorflow as tf

    def traced(starts: Any, end: Any, nodes: Any, shares: Any) -> Any:
        shift = tf.zeros_like(starts)
        with tf.GradientTape(persistent=outputs > 1) as tape:
            tape.watch(shift)
            sums = tf.unstack(totals(shift, starts, end, nodes, shares, function), outputs)
        zero = tf.UnconnectedGradients.ZERO
        found = [tape.gradient(s, shift, unconnected_gradients=zero) for s in sums]
        return tf.stack(found, axis=1)

    slopes = tf.function(traced, reduce_retracing=True)
    return lambda *arrays: slopes(*map(tf.convert_to_tensor, arrays)).numpy()


def _slopes_in_jax(totals: Any, function: Any) -> Any:
    import jax
    import jax.numpy as jnp

    def traced(starts: Any, end: Any, nodes: Any, shares: Any) -> Any:
        def sums(shift: Any) -> Any:
            return totals(shift, starts, end, nodes, shares, function)

        return jnp.moveaxis(jax.jacrev(sums)(jnp.zeros_like(starts)), 0, 1)

    slopes = jax.jit(traced)

    def padded(starts: Flat, *others: Flat) -> npt.NDArray[Any]:
        rows = np.resize(starts, (1 << max(0, len(starts) - 1).bit_length(), starts.shape[1]))
        return np.asarray(slopes(rows, *others))[: len(starts)]

    return padded


def _slopes_in_torch(totals: Any, function: Any, outputs: int) -> Any:
    import torch
    from keras import ops

    def call(*arrays: Flat) -> npt.NDArray[Any]:
        with torch.enable_grad():
            tensors = [ops.convert_to_tensor(array).detach() for array in arrays]
            shift = torch.zeros_like(tensors[0]).requires_grad_(True)
            sums = totals(shift, *tensors, function)
            found = [
                torch.autograd.grad(
                    sums[k], shift, retain_graph=k + 1 < outputs, allow_unused=True
                )[0]
                for k in range(outputs)
            ]
            filled = [torch.zeros_like(shift) if f is None else f for f in found]
            return ops.convert_to_numpy(torch.stack(filled, dim=1).detach())

    return call


def _with_state(function: Callable[[Any], Any], model: Any) -> Callable[[Any], Any]:
    """Return a pure function for JAX: variables are constants, changes of them are dropped."""
    import keras

    mapping = [(variable, variable.value) for variable in model.variables]

    def pure(flat: Any) -> Any:
        with keras.StatelessScope(state_mapping=mapping):
            return function(flat)

    return pure


def _padded(compiled: Callable[[Any], Any]) -> Function:
    """Return a function that sees few different numbers of rows: powers of two from 64."""

    def call(rows: Flat) -> npt.NDArray[Any]:
        size = max(64, 1 << max(0, len(rows) - 1).bit_length())
        padded = np.zeros((size, rows.shape[1]), np.float32)
        padded[: len(rows)] = rows
        return np.asarray(compiled(padded))[: len(rows)]

    return call
