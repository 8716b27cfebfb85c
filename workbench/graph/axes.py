"""Names of tensor axes: batch, time, height, width, channel, feature … as far as they are certain.

A layer tells what its axes are (a two-dimensional convolution gives height, width and channels),
or passes on what it got. What no rule is certain about has no name: "" – never a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workbench.graph.costs.reach import VALUE_BY_VALUE
from workbench.graph.costs.step import Step
from workbench.graph.inference import TensorInfo

Axes = tuple[str, ...]
PLACES: Final[dict[int, Axes]] = {
    1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")
}  # fmt: skip
_SEQUENCE: Final[Axes] = ("batch", "time", "feature")
_KEEPING: Final = frozenset({"normalisation", "regularisation", "activation", "custom"})
_IMAGES: Final = frozenset({
    "Resizing", "CenterCrop", "RandomCrop", "RandomFlip", "RandomRotation", "RandomZoom",
    "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomShear", "RandomHue",
    "RandomSaturation", "RandomSharpness", "RandomGrayscale", "RandomPerspective",
    "RandomGaussianBlur", "RandomErasing", "RandomColorJitter", "RandomColorDegeneration",
    "RandomElasticTransform", "RandomInvert", "RandomPosterization", "Solarization",
    "AutoContrast", "RandAugment", "AugMix", "CutMix", "MixUp",
})  # fmt: skip
_RECURRENT: Final = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN"})
_MERGES: Final = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract",
                            "Concatenate"})  # fmt: skip
_ATTENTION: Final = frozenset({"Attention", "AdditiveAttention", "MultiHeadAttention",
                               "GroupQueryAttention"})  # fmt: skip


def axes_of_input(tensor: TensorInfo, wanted: Axes) -> Axes:
    """Return the axes of an input, by what the layer behind it wants to have."""
    if len(wanted) == len(tensor.shape):
        return wanted
    return ("batch", *("" for _ in tensor.shape[1:]))


def wanted_axes(step_key: str, channels_first: bool, rank: int) -> Axes:
    """Return how a layer reads the axes of its input; () when it does not say."""
    places = _places_of(step_key)
    if places and "LSTM" not in step_key:
        return _picture(places, channels_first) if rank == places + 2 else ()
    if step_key in _IMAGES and rank == 4:
        return _picture(2, channels_first)
    if step_key in _RECURRENT or step_key == "Bidirectional":
        return _SEQUENCE if rank == 3 else ()
    if step_key == "Embedding":
        return ("batch", "token") if rank == 2 else ()
    if step_key in ("Dense", "BatchNormalization", "Normalization"):
        return ("batch", "feature") if rank == 2 else ()
    return ()


def axes_after(step: Step, given: Sequence[Axes]) -> dict[str, Axes]:
    """Return the axes of a layer's outputs.

    Args:
        step: The layer.
        given: Axes of every input tensor, in order; () where nothing is known.

    Returns:
        Output port → one name per axis, "" where it is not certain.
    """
    first = given[0] if given else ()
    named = {}
    for number, (port, tensor) in enumerate(step.outputs.items()):
        axes = _axes(step, port, number, first, given)
        rank = len(tensor.shape)
        named[port] = axes if len(axes) == rank else ("",) * rank
    return named


def _axes(step: Step, port: str, number: int, first: Axes, given: Sequence[Axes]) -> Axes:
    key, family = step.key, step.spec.family
    rank = len(step.outputs[port].shape)
    if key in _ATTENTION:
        return _attended(step, port, given)
    if key in _RECURRENT or key == "Bidirectional" or key.startswith("ConvLSTM"):
        return _recurred(step, port, first, rank)
    if number:
        return ()
    if key == "Dense" or (key == "Embedding" and len(first) + 1 == rank):
        return (*(first[:-1] if key == "Dense" else _tokens(first)), "feature")
    if key == "Flatten":
        return ("batch", "feature")
    if key == "RepeatVector":
        return _SEQUENCE
    if key == "TimeDistributed":
        return _over_time(step, first)
    if key == "Permute":
        dims = step.get("dims")
        if isinstance(dims, (list, tuple)) and len(first) == len(dims) + 1:
            return ("batch", *(first[d] if isinstance(d, int) else "" for d in dims))
        return ()
    places = _places_of(key)
    if places:
        return _placed(step, places, first, rank)
    if key in _IMAGES:
        return _picture(2, step.channels_first) if rank == 4 else ()
    if key in _MERGES:
        return _agreed(given, rank)
    if key in VALUE_BY_VALUE and len(given) > 1:
        return _agreed(given, rank)
    same = step.output == step.input
    if same and (family in _KEEPING or key in VALUE_BY_VALUE or key in _UNCHANGED):
        return first
    return ()


_UNCHANGED: Final = frozenset({"Identity", "Masking", "Rescaling", "Normalization", "Reshape",
                               "SpectralNormalization"})  # fmt: skip


def _places_of(key: str) -> int:
    """Return how many axes a convolution, pooling or resizing of places has; 0 for other layers."""
    words = ("Conv", "DepthwiseConv", "SeparableConv", "MaxPooling", "AveragePooling",
             "GlobalMaxPooling", "GlobalAveragePooling", "AdaptiveMaxPooling",
             "AdaptiveAveragePooling", "UpSampling", "ZeroPadding", "Cropping",
             "SpatialDropout")  # fmt: skip
    stem = key.removesuffix("Transpose")
    if stem[-1:] == "D" and stem[-2:-1] in "123" and stem[:-2] in words:
        return int(stem[-2])
    return 0


def _picture(places: int, channels_first: bool) -> Axes:
    names = PLACES[places]
    return ("batch", "channel", *names) if channels_first else ("batch", *names, "channel")


def _placed(step: Step, places: int, first: Axes, rank: int) -> Axes:
    usual = _picture(places, step.channels_first)
    last = usual.index("channel")
    if step.key.startswith("Global") and rank == 2:
        name = first[last] if len(first) == len(usual) and first[last] else "channel"
        return ("batch", name)
    if len(first) != len(usual):
        return usual
    kept = [old or name for old, name in zip(first, usual, strict=True)]
    if "Conv" in step.key:
        kept[last] = "channel"
    return tuple(kept)


def _tokens(first: Axes) -> Axes:
    return tuple(name or ("token" if at == 1 == len(first) - 1 else "")
                 for at, name in enumerate(first))  # fmt: skip


def _over_time(step: Step, first: Axes) -> Axes:
    layer = step.inner("layer")
    if layer is None or len(step.output) < 2 or not step.inputs:
        return ()
    tensors = [(port, TensorInfo((t.shape[0], *t.shape[2:]), t.dtype)) for port, t in step.inputs]
    shape = step.output
    inner = Step(step.catalog, *layer, tensors[:1], {"output": TensorInfo((shape[0], *shape[2:]))})
    axes = axes_after(inner, [("batch", *first[2:])])["output"]
    time = (first[1] if len(first) > 1 else "") or "time"
    return ("batch", time, *axes[1:])


def _recurred(step: Step, port: str, first: Axes, rank: int) -> Axes:
    time = (first[1] if len(first) > 1 else "") or "time"
    if step.key.startswith("ConvLSTM"):
        places = int(step.key[-2])
        picture = _picture(places, step.channels_first)
        if rank == len(picture):
            return picture
        return ("batch", time, *picture[1:]) if rank == len(picture) + 1 else ()
    if rank == 2:
        return ("batch", "feature")
    return ("batch", time, "feature") if rank == 3 and "state" not in port else ()


def _attended(step: Step, port: str, given: Sequence[Axes]) -> Axes:
    by_port = dict(zip((name for name, _ in step.inputs), given, strict=True))
    query, value = by_port.get("query", ()), by_port.get("value", ())
    if port != "attention_scores":
        return (*query[:-1], query[-1] or "feature") if query else ()
    pairs = (*query[1:2], *value[1:2])
    if len(query) != 3 or len(value) != 3:
        return ()
    return ("batch", "head", *pairs) if "Multi" in step.key or "Group" in step.key else (
        "batch", *pairs
    )  # fmt: skip


def _agreed(given: Sequence[Axes], rank: int) -> Axes:
    """Return per axis, counted from the right, the name that all inputs agree on."""
    names = []
    for at in range(-rank, 0):
        told = {axes[at] for axes in given if len(axes) >= -at and axes[at]}
        names.append(told.pop() if len(told) == 1 else "")
    return tuple(names)
