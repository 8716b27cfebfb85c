"""Multiply-adds of the functions of `keras.ops`: products of matrices and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workbench.graph.costs.einsum import einsum_products
from workbench.graph.costs.step import Step, plus, product, times

_NOT_KNOWN: Final = frozenset({
    "cdist", "cholesky", "cholesky_inverse", "ctc_decode", "ctc_loss", "det", "eigh", "fft",
    "fft2", "fold", "ifft2", "inv", "irfft", "istft", "kron", "logdet", "lstsq", "matrix_rank",
    "norm", "outer", "pinv", "psnr", "qr", "rfft", "solve", "solve_triangular", "stft", "svd",
    "vander", "vdot",
})  # fmt: skip
"""Functions whose work depends on the method, or that multiply in a way of their own."""


def operation_products(step: Step) -> int | None:
    """Return the multiply-adds of one row; 0 for functions that work value by value."""
    name = step.spec.name
    rule = _RULES.get(name)
    if rule is not None:
        return rule(step)
    return None if name in _NOT_KNOWN or name.startswith("image.") else 0


def _row(step: Step) -> int | None:
    """Return the values of one row of the result; the first axis is the batch where unknown."""
    shape = step.output
    return product(shape[1:] if shape and shape[0] is None else shape)


def _matmul(step: Step) -> int | None:
    first = step.input_at("x1") or ()
    if len(first) < 2:
        return None
    return times(_row(step), first[-1])


def _tensordot(step: Step) -> int | None:
    first, axes = step.input_at("x1"), step.get("axes")
    if first is None or not isinstance(axes, int) or not 0 < axes < len(first):
        return None
    return times(_row(step), product(first[-axes:]))


def _einsum(step: Step) -> int | None:
    shapes = [tensor.shape for _, tensor in step.inputs]
    return einsum_products(str(step.get("subscripts")), shapes, step.output)


def _conv(step: Step) -> int | None:
    kernel = step.input_at("kernel")
    return times(_row(step), product(kernel[:-1])) if kernel else None


def _depthwise(step: Step) -> int | None:
    kernel = step.input_at("kernel")
    return times(_row(step), product(kernel[:-2])) if kernel else None


def _separable(step: Step) -> int | None:
    deep, point = step.input_at("depthwise_kernel"), step.input_at("pointwise_kernel")
    if deep is None or point is None:
        return None
    places = product(step.places(step.output))
    return plus(times(places, product(deep)), times(places, product(point)))


def _attention(step: Step) -> int | None:
    query, key, value = (step.input_at(port) for port in ("query", "key", "value"))
    if query is None or key is None or value is None or len(query) != 4:
        return None
    return times(query[1], key[1], query[2], plus(query[3], value[3]))


_RULES: Final[dict[str, Callable[[Step], int | None]]] = {
    "matmul": _matmul, "dot": _matmul, "inner": _matmul, "tensordot": _tensordot,
    "einsum": _einsum, "conv": _conv, "depthwise_conv": _depthwise,
    "separable_conv": _separable, "dot_product_attention": _attention,
}  # fmt: skip
