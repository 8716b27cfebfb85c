"""What could come next: layers that fit a tensor, ranked by the place and by what a person uses.

Knows no Keras: what is suggested fits by its construction (axes, lengths, integers or not), and a
test asks Keras about every suggestion in many places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workbench.catalog import Catalog
from workbench.errors import WorkbenchError
from workbench.graph.changes import AddNode
from workbench.graph.edits import new_node
from workbench.graph.ending import ending_of
from workbench.graph.inference import Inference, TensorInfo, describe_shape
from workbench.graph.model import Endpoint, Graph, Node
from workbench.graph.ports import why_not
from workbench.graph.specs import spec_of
from workbench.plain import Plain

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_LOOK_BACK: Final = 40
_FEW_CODES: Final = 200
_ENDINGS: Final = {"binary": "sigmoid", "multiclass": "softmax", "regression": "linear"}
_WHAT: Final = {
    "binary": "the probability of the second class",
    "multiclass": "a probability per class",
    "regression": "one number",
}
_FEWER_AXES: Final = ("Flatten", "Global", "LSTM", "GRU", "Bidirectional")
_WEIGHTED: Final = ("Dense", "Conv1D", "Conv2D", "Conv3D")
_DROPOUTS: Final = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
_ANYWHERE: Final = frozenset(
    {"Dropout", "GaussianNoise", "Activation", "ReLU", "LeakyReLU", "ELU", "LayerNormalization",
     "BatchNormalization"}
)  # fmt: skip
"""Layers that fit behind any tensor of numbers; used ones are suggested too."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A layer that could come next.

    Attributes:
        key: Catalog key.
        reason: Why, a few words.
        params: Parameters that fit the place.
    """

    key: str
    reason: str
    params: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the next layer would stand.

    Attributes:
        tensor: What leads into it.
        node: The layer before.
        kinds: Layers from there upwards along first inputs, the nearest first.
        linear: Whether the values come out of weights without an activation function since.
        open: Whether nothing follows yet.
        signature: What the data offers.
    """

    tensor: TensorInfo
    node: Node
    kinds: tuple[str, ...]
    linear: bool
    open: bool
    signature: DataSignature | None

    def last(self, *kinds: str) -> bool:
        """Tell whether the layer before is one of these."""
        return self.kinds[0] in kinds

    def count(self, *kinds: str) -> int:
        """Return how many layers of these kinds lead here."""
        return sum(kind in kinds for kind in self.kinds)


_Scored = tuple[float, Suggestion]


def suggest(
    graph: Graph,
    catalog: Catalog,
    shapes: Inference | None,
    source: Endpoint,
    uses: Mapping[str, int] | None = None,
    signature: DataSignature | None = None,
    most: int = 5,
) -> list[Suggestion]:
    """Return the layers that could follow an output port, the likeliest first.

    Args:
        graph: The network.
        catalog: The layers that exist.
        shapes: What is known about its tensors; nothing is suggested behind an unknown one.
        source: The output port.
        uses: How often the person has added a layer (`"Conv2D"`), and a layer behind another
            (`"Conv2D>ReLU"`).
        signature: What the data offers, for the output layer.
        most: Longest answer.
    """
    tensor = shapes.tensor(source.node, source.port) if shapes else None
    if tensor is None or source.node not in graph:
        return []
    node = graph.node(source.node)
    place = _Place(
        tensor, node, _kinds(graph, node), _is_linear(graph, node), not graph.feeds(node.id),
        signature,
    )  # fmt: skip
    if _is_the_end(graph, place):
        return []
    known = uses or {}
    best: dict[str, _Scored] = {}
    for score, entry in (*_candidates(place), *_habits(place, known)):
        habit = math.log1p(known.get(entry.key, 0)) * 0.25
        habit += math.log1p(known.get(f"{node.layer}>{entry.key}", 0)) * 0.75
        if not place.open and entry.key.startswith(_FEWER_AXES):
            habit -= 3  # it would come between, and what follows was made for all axes
        if entry.key not in best or best[entry.key][0] < score + habit:
            best[entry.key] = (score + habit, entry)
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    found = [entry for _, entry in ranked if _fits(graph, catalog, entry, source, shapes)]
    return found[:most]


def _kinds(graph: Graph, node: Node) -> tuple[str, ...]:
    kinds = [node.layer]
    for _ in range(_LOOK_BACK):
        edge = next(iter(graph.entering(node.id)), None)
        if edge is None:
            break
        node = graph.node(edge.source.node)
        kinds.append(node.layer)
    return tuple(kinds)


def _is_linear(graph: Graph, node: Node) -> bool:
    while node.layer in (*_DROPOUTS, "BatchNormalization"):
        edge = next(iter(graph.entering(node.id)), None)
        if edge is None:
            return False
        node = graph.node(edge.source.node)
    if node.layer not in _WEIGHTED:
        return False
    return graph.owner(node).params.get("activation") in (None, "linear")


def _is_the_end(graph: Graph, place: _Place) -> bool:
    """Tell whether the network gives what the target needs already."""
    signature = place.signature
    if signature is None or signature.task is None or len(place.tensor.shape) != 2:
        return False
    right = _ENDINGS[signature.task]
    ends = ending_of(graph, place.node.id) == right
    return ends and place.tensor.shape[1] == signature.units and place.count("Dense") > 0


def _candidates(place: _Place) -> Iterator[_Scored]:
    rank = len(place.tensor.shape)
    whole = "int" in place.tensor.dtype
    if whole:
        if rank <= 3:
            yield from _codes(place)
        return
    yield from _activations(place)
    if rank == 2:
        yield from _flat(place)
    elif rank == 3:
        yield from _steps(place)
        yield from _images(place, 1)
    elif rank in (4, 5):
        yield from _images(place, rank - 2)


def _codes(place: _Place) -> Iterator[_Scored]:
    size = 1000
    signature = place.signature
    if signature is not None:
        offered = signature.input(str(place.node.params.get("source", "features")))
        size = offered.cardinality if offered and offered.cardinality else size
    params: dict[str, Plain] = {"input_dim": size, "output_dim": min(64, max(2, size // 2))}
    yield 6, Suggestion("Embedding", "Whole numbers: a learned row of values for each", params)
    if len(place.tensor.shape) == 2 and size <= _FEW_CODES:
        mode = "one_hot" if place.tensor.shape[1] == 1 else "multi_hot"
        coded: dict[str, Plain] = {"num_tokens": size, "output_mode": mode}
        yield 3, Suggestion("CategoryEncoding", f"A column for each of the {size} codes", coded)


def _activations(place: _Place) -> Iterator[_Scored]:
    if not place.linear:
        return
    if place.last("BatchNormalization"):
        yield 7, Suggestion("ReLU", "No nonlinearity since the last layer with weights")
    elif place.last(*_WEIGHTED):
        yield 5.5, Suggestion("BatchNormalization", "Keeps values at one scale, before relu")
        yield 5, Suggestion("ReLU", f"{place.node.name} has no activation function")


def _flat(place: _Place) -> Iterator[_Scored]:
    width = place.tensor.shape[1]
    if width is None:
        return
    hidden = place.count("Dense")
    signature = place.signature
    if place.open and signature is not None and signature.task is not None:
        params: dict[str, Plain] = {"units": signature.units}
        if _ENDINGS[signature.task] != "linear":
            params["activation"] = _ENDINGS[signature.task]
        reason = f"The output: {_WHAT[signature.task]}"
        yield 3.5 + min(hidden, 3) * 1.25, Suggestion("Dense", reason, params)
    units = _power_of_two(width // 2 if hidden else min(max(width, 16), 64))
    yield (
        5.2 - hidden * 0.4,
        Suggestion("Dense", f"Combines all {width} values", {"units": units, "activation": "relu"}),
    )
    if place.last("Dense", "Activation", "ReLU") and not place.linear:
        yield 4.5, Suggestion("Dropout", "Against learning rows by heart", {"rate": 0.3})
    if place.last("InputLayer"):
        yield 3, Suggestion("BatchNormalization", "Brings the inputs to one scale")
        noise: dict[str, Plain] = {"stddev": 0.1}
        yield 1, Suggestion("GaussianNoise", "A little noise, against learning by heart", noise)
    elif not place.last("BatchNormalization", "LayerNormalization", "Dropout"):
        yield 1.6, Suggestion("BatchNormalization", "Keeps values at one scale")
        yield 1.2, Suggestion("LayerNormalization", "Keeps each row at one scale")


def _power_of_two(number: int) -> int:
    return int(2 ** round(math.log2(min(max(number, 8), 256))))


def _steps(place: _Place) -> Iterator[_Scored]:
    steps, width = place.tensor.shape[1:]
    if width is None:
        return
    recurrent = place.count("LSTM", "GRU", "SimpleRNN")
    shown = describe_shape(place.tensor)
    heads: dict[str, Plain] = {"num_heads": 2, "key_dim": max(8, min(64, width // 2))}
    yield 5.5 - recurrent, Suggestion("LSTM", f"Reads the {shown} step by step", {"units": 64})
    yield 4.8 - recurrent, Suggestion("GRU", "A lighter LSTM", {"units": 64})
    if not recurrent:
        inner: dict[str, Plain] = {"layer": "LSTM", "params": {"units": 64}}
        yield 4.2, Suggestion("Bidirectional", "An LSTM that reads both ways", {"layer": inner})
    if place.last("Embedding", "LayerNormalization", "Add"):
        yield 5, Suggestion("MultiHeadAttention", "Relates every step to every other", heads)
    if place.last("MultiHeadAttention"):
        yield 5.8, Suggestion("LayerNormalization", "Usual behind attention")
    yield 4.5, Suggestion("GlobalAveragePooling1D", "The mean over all steps: a flat row")
    if steps is not None and place.last("InputLayer", "LSTM", "GRU"):
        yield 2, Suggestion("Flatten", f"One row of {steps * width} values")


def _images(place: _Place, axes: int) -> Iterator[_Scored]:
    *lengths, channels = place.tensor.shape[1:]
    if channels is None:
        return
    sides = [n for n in lengths if n is not None]
    shown = describe_shape(place.tensor)
    made = place.count(f"Conv{axes}D")
    pooled = place.count(f"MaxPooling{axes}D", f"AveragePooling{axes}D")
    filters = min(
        256, 32 if not made else channels * (2 if place.last(f"MaxPooling{axes}D") else 1)
    )
    params: dict[str, Plain] = {
        "filters": filters, "kernel_size": 3, "padding": "same", "activation": "relu"
    }  # fmt: skip
    small = bool(sides) and len(sides) == axes and min(sides) <= 4
    yield (
        5 - 1.5 * small - (1 if axes == 1 else 0) - (1 if place.last(f"Conv{axes}D") else 0),
        Suggestion(f"Conv{axes}D", f"Finds local patterns in {shown}", params),
    )
    if made and not place.linear and not place.last(f"MaxPooling{axes}D"):
        if all(n >= 4 for n in sides):
            yield 5.2, Suggestion(f"MaxPooling{axes}D", "Half the length of each side")
        if axes > 1:
            yield 2, Suggestion(f"SpatialDropout{axes}D", "Drops whole channels", {"rate": 0.2})
    if made and axes > 1:
        reason = "The mean of each channel: a flat row"
        yield 3 + pooled * 0.6 + 1.5 * small, Suggestion(f"GlobalAveragePooling{axes}D", reason)
    if axes > 1 and place.last("InputLayer"):
        scale: dict[str, Plain] = {"scale": 1 / 255}
        yield 3.2, Suggestion("Rescaling", "Pixels from 0 to 255 become 0 to 1", scale)
        if axes == 2:
            yield 2.4, Suggestion("RandomFlip", "Training sees mirrored pictures as well")
    elif not place.last("BatchNormalization", "LayerNormalization"):
        yield 1.8, Suggestion("BatchNormalization", "Keeps values at one scale")
    if axes < 3:
        reason = f"Fewer weights than Conv{axes}D"
        yield 1.5, Suggestion(f"SeparableConv{axes}D", reason, params)
    if axes > 1 and len(sides) == axes and math.prod(sides) * channels <= 4096:
        total = math.prod(sides) * channels
        yield 3 + 0.5 * small, Suggestion("Flatten", f"One row of {total} values")


def _habits(place: _Place, uses: Mapping[str, int]) -> Iterator[_Scored]:
    """Suggest what the person often adds, where it fits behind anything."""
    if "int" in place.tensor.dtype or place.tensor.shape[-1] is None:
        return
    for key in _ANYWHERE:
        if uses.get(f"{place.node.layer}>{key}", 0) >= 2 and key != place.node.layer:
            params: dict[str, Plain] = {}
            if key == "Activation":
                params = {"activation": "relu"}
            reason = f"You often add it behind {place.node.layer}"
            yield 2, Suggestion(key, reason, params)


def _fits(
    graph: Graph, catalog: Catalog, entry: Suggestion, source: Endpoint, shapes: Inference | None
) -> bool:
    spec = spec_of(graph, catalog, entry.key)
    if spec is None or not spec.inputs:
        return False
    trial = Graph(graph.records)
    trial.apply(AddNode(graph.node(source.node)))
    try:
        node = new_node(trial, catalog, entry.key, (0.0, 0.0), entry.params)
    except WorkbenchError:
        return False
    trial.apply(AddNode(node))
    return why_not(trial, catalog, source, Endpoint(node.id, spec.inputs[0].id), shapes) is None


def note_use(uses: Mapping[str, int], key: str, before: str = "") -> dict[str, int]:
    """Return the counts after a person added a layer.

    Args:
        uses: The counts so far; see `suggest`.
        key: What was added.
        before: Layer key of what leads into it, or "".
    """
    counted = dict(uses)
    for name in (key, f"{before}>{key}" if before else ""):
        if name:
            counted[name] = min(counted.get(name, 0) + 1, 9999)
    return counted


def uses_text(uses: Mapping[str, int], most: int = 200) -> str:
    """Return counts as text for the settings, the highest ones."""
    kept = sorted(uses.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return ",".join(f"{name}={number}" for name, number in kept)


def uses_from(text: str) -> dict[str, int]:
    """Read what `uses_text` wrote; what cannot be read is left out."""
    pairs = (entry.rpartition("=") for entry in text.split(","))
    return {name: int(number) for name, _, number in pairs if name and number.isdecimal()}
