"""Advice about windows: strides that leave data out, and windows over nothing."""

from __future__ import annotations

from workbench.graph.advice.rules import Remark, advice
from workbench.graph.advice.seen import Seen, lengths, shown

_KERNELS = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D",
            "SeparableConv2D")  # fmt: skip
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
_POOLS = tuple(f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3))


def _axes(layer: str) -> int:
    return next(int(mark) for mark in layer if mark.isdigit())


def _window(seen: Seen) -> tuple[str, tuple[int, ...] | None, tuple[int, ...] | None]:
    """Return the window's parameter, its lengths and the strides."""
    axes = _axes(seen.node.layer)
    name = "pool_size" if seen.node.layer in _POOLS else "kernel_size"
    size = lengths(seen.value(name), axes)
    strides = seen.value("strides")
    return name, size, size if strides is None else lengths(strides, axes)


@advice(
    "stride_skips",
    "warning",
    "Stride that skips data",
    "The window moves on by more than its own length, so that values between two positions are "
    "never looked at.",
    (*_KERNELS, *_POOLS),
)
def stride_skips(seen: Seen) -> Remark | None:
    """A stride larger than the window; windows of length 1 are sampled on purpose."""
    _, size, strides = _window(seen)
    if size is None or strides is None or max(size) == 1:
        return None
    dilation = lengths(seen.value("dilation_rate"), len(size)) or (1,) * len(size)
    reach = [(n - 1) * d + 1 for n, d in zip(size, dilation, strict=True)]
    if all(step <= length for step, length in zip(strides, reach, strict=True)):
        return None
    skipped = max(step - n for step, n in zip(strides, reach, strict=True))
    text = (
        f"{seen.name} moves its window of {shown(size)} by {shown(strides)}: {skipped} of every "
        f"{max(strides)} positions are skipped."
    )
    if not seen.alone:
        return Remark(text)
    label = f"Set strides to {shown(size)}"
    return Remark(text, (seen.set("strides", list(size), label),))


@advice(
    "stride_gaps",
    "warning",
    "Gaps in an enlarged image",
    "Positions that no window reaches hold only the bias, which shows as a regular pattern in "
    "what the network makes.",
    _TRANSPOSED,
)
def stride_gaps(seen: Seen) -> Remark | None:
    """A transposed convolution whose stride is larger than its kernel."""
    name, size, strides = _window(seen)
    if size is None or strides is None:
        return None
    if all(step <= length for step, length in zip(strides, size, strict=True)):
        return None
    text = f"{seen.name} spreads a kernel of {shown(size)} by strides of {shown(strides)}."
    if not seen.alone:
        return Remark(text)
    wide = [max(pair) for pair in zip(size, strides, strict=True)]
    label = f"Set {name} to {shown(tuple(wide))}"
    return Remark(text, (seen.set(name, list(wide), label),))


@advice(
    "pooled_away",
    "warning",
    "Nothing left to look over",
    "Only one position is left, so that the window sees padding and nothing else: the image was "
    "made small too early.",
    (*_KERNELS, *_POOLS),
)
def pooled_away(seen: Seen) -> Remark | None:
    """A window longer than 1 over an input of a single position."""
    tensor = seen.given()
    name, size, _ = _window(seen)
    if tensor is None or size is None or max(size) == 1:
        return None
    axes = _axes(seen.node.layer)
    if seen.value("data_format") == "channels_first" or len(tensor.shape) != axes + 2:
        return None
    if any(length != 1 for length in tensor.shape[1:-1]):
        return None
    text = f"{seen.name} moves a window of {shown(size)} over a single position."
    if seen.node.layer in _POOLS:
        return Remark(text, seen.delete())
    if not seen.alone:
        return Remark(text)
    return Remark(text, (seen.set(name, 1, f"Set {name} to 1"),))
