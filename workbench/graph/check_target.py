"""Checks that the network fits the data: inputs that exist, an output that fits the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.catalog import Catalog
from workbench.errors import Place
from workbench.graph.changes import UNSET, Batch, Change, SetParam
from workbench.graph.edits import add_after, delete
from workbench.graph.embedded_columns import add_embedded_input, merge_inputs
from workbench.graph.ending import ending_of
from workbench.graph.fixes import ROW, insert_fix, last_step_fixes
from workbench.graph.inference import Inference, TensorInfo, describe_shape
from workbench.graph.model import INPUT_LAYER, Endpoint, Graph, Node
from workbench.graph.order import input_nodes
from workbench.graph.problems import Fix, Problem
from workbench.graph.reasons import ELSEWHERE
from workbench.plain import Plain
from workbench.wording import listing

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_MAIN = "features"
_POINTWISE = frozenset(
    {"Activation", "Softmax", "ReLU", "LeakyReLU", "PReLU", "ELU", "Dropout", "GaussianNoise",
     "GaussianDropout", "AlphaDropout", "ActivityRegularization", "BatchNormalization",
     "LayerNormalization", "Identity"}
)  # fmt: skip
_RIGHT = {"binary": "sigmoid", "multiclass": "softmax", "regression": "linear"}
_ENDS = {
    "binary": "the probability of the second class",
    "multiclass": "a probability per class",
    "regression": "one unbounded number",
}


def source_of(node: Node) -> str:
    """Return the name of the data input that an input node reads."""
    source = node.params.get("source", _MAIN)
    return source if isinstance(source, str) else _MAIN


def input_problems(
    graph: Graph, catalog: Catalog, signature: DataSignature | None
) -> list[Problem]:
    """Return what is wrong between the input nodes and the inputs that the data offers."""
    found: list[Problem] = []
    readers: dict[str, Node] = {}
    for node_id in input_nodes(graph):
        node = graph.node(node_id)
        source = source_of(node)
        if source in readers:
            found.append(_read_twice(graph, readers[source], node))
            continue
        readers[source] = node
        if signature is None or not signature.inputs:
            if node.params.get("shape") is None:
                found.append(_shape_unknown(node))
            continue
        offered = signature.input(source)
        if offered is None:
            found.append(_unknown_source(node, source, signature))
        elif node.params.get("shape") not in (None, list(offered.shape)):
            found.append(_other_shape(node, describe_shape(TensorInfo((None, *offered.shape)))))
    if signature is not None and readers:
        found += [
            _unused(graph, catalog, entry.name, entry.cardinality, readers)
            for entry in signature.inputs
            if entry.name not in readers
        ]
    return found


def _shape_unknown(node: Node) -> Problem:
    return Problem(
        "input_shape_unknown",
        "error",
        f"The shape of {node.name} is not known: choose data, or give the input a shape.",
        Place("param", node.id, "shape"),
    )


def _unknown_source(node: Node, source: str, signature: DataSignature) -> Problem:
    names = [entry.name for entry in signature.inputs]
    return Problem(
        "unknown_source",
        "error",
        f"{node.name} reads {source}, which the data does not have. It has {listing(names)}.",
        Place("param", node.id, "source"),
        tuple(Fix(f"Read {name}", SetParam(node.id, "source", name)) for name in names[:3]),
    )


def _other_shape(node: Node, offered: str) -> Problem:
    given: Plain = node.params.get("shape")
    lengths = tuple(given) if isinstance(given, (list, tuple)) else ()
    shown = describe_shape(TensorInfo((None, *lengths)))
    return Problem(
        "input_shape_differs",
        "error",
        f"{node.name} is set to {shown}, but the data gives {offered}.",
        Place("param", node.id, "shape"),
        (Fix("Take the shape from the data", SetParam(node.id, "shape", UNSET)),),
    )


def _read_twice(graph: Graph, first: Node, second: Node) -> Problem:
    return Problem(
        "input_read_twice",
        "error",
        f"{first.name} and {second.name} read the same data.",
        Place("node", second.id),
        (Fix(f"Use {first.name} for both", merge_inputs(graph, first.id, second.id)),),
    )


def _unused(
    graph: Graph, catalog: Catalog, name: str, cardinality: int, readers: Mapping[str, Node]
) -> Problem:
    fixes: tuple[Fix, ...] = ()
    if cardinality:
        beside = readers.get(_MAIN) or next(iter(readers.values()))
        change = add_embedded_input(graph, catalog, name, cardinality, beside.id)
        fixes = (Fix(f"Add an input for {name}", change),)
        text = f"The column {name} is to be embedded, but no input reads it."
    else:
        text = f"No input reads {name} of the data."
    return Problem("unused_input", "warning", text, Place("column", name), fixes)


def output_problems(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None,
    outputs: list[str],
    shapes: Inference | None,
) -> list[Problem]:
    """Return how the network's only output misses what the target needs."""
    real = [node_id for node_id in outputs if graph.node(node_id).layer != INPUT_LAYER]
    if len(real) != 1:
        return []
    node = graph.node(real[0])
    info = shapes.nodes.get(node.id) if shapes else None
    tensor = info.output if info else None
    if signature is None or signature.task is None:
        return _dense_on_places(graph, catalog, node, tensor, shapes)
    if tensor is not None and len(tensor.shape) != 2:
        return [_not_flat(graph, catalog, node, tensor, shapes)]
    units = tensor.shape[1] if tensor is not None else None
    carrier = _carrier(graph, node)
    activation = _activation(graph, node)
    wrong_units = units is not None and units != signature.units
    wrong_activation = _wrong_activation(str(signature.task), activation)
    if not wrong_units and not wrong_activation:
        return []
    return [_misfit(graph, catalog, signature, node, carrier, units, activation, wrong_units)]


def _dense_on_places(
    graph: Graph, catalog: Catalog, node: Node, tensor: TensorInfo | None, shapes: Inference | None
) -> list[Problem]:
    """Advise where a Dense layer works on an image or volume and nothing makes it flat after."""
    if tensor is None or len(tensor.shape) < 4:
        return []
    problem = _not_flat(graph, catalog, node, tensor, shapes)
    if problem.code != "dense_needs_flat":
        return []
    name = graph.node(problem.place.id).name
    text = f"{name} works on each place of its input apart. {problem.message}"
    return [replace(problem, severity="info", message=text)]


def _carrier(graph: Graph, node: Node) -> Node:
    """Walk up through layers that keep the shape to the one that sets the number of units."""
    while node.layer in _POINTWISE:
        incoming = graph.incoming(node.id)
        if len(incoming) != 1:
            break
        node = graph.node(incoming[0].source.node)
    return node


def _activation(graph: Graph, node: Node) -> str | None:
    """Return the function that shapes the output last, or None when it cannot be told."""
    while True:
        if node.layer == "Activation":
            return str(graph.owner(node).params.get("activation", ""))
        if node.layer == "Softmax":
            return "softmax"
        if node.layer in ("ReLU", "LeakyReLU", "PReLU", "ELU"):
            return "relu"
        if node.layer == "Dense":
            value = graph.owner(node).params.get("activation")
            return "linear" if value is None else str(value)
        incoming = graph.incoming(node.id)
        if node.layer not in _POINTWISE or len(incoming) != 1:
            return None
        node = graph.node(incoming[0].source.node)


def _wrong_activation(task: str, activation: str | None) -> bool:
    if activation is None:
        return False
    if task == "regression":
        return activation in ("sigmoid", "softmax", "tanh", "relu", "relu6", "hard_sigmoid",
                              "softplus", "log_softmax", "log_sigmoid")  # fmt: skip
    return activation != _RIGHT[task]


def _misfit(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature,
    node: Node,
    carrier: Node,
    units: int | None,
    activation: str | None,
    wrong_units: bool,
) -> Problem:
    task, right = str(signature.task), _RIGHT[str(signature.task)]
    wanted = f"{signature.units} unit{'s' if signature.units != 1 else ''} with {right} activation"
    given = f"{units if units is not None else '?'} with {activation or 'unknown'} activation"
    fixes: tuple[Fix, ...]
    owner = graph.owner(carrier)
    if carrier.layer == "Dense" and not graph.sharers(owner.id):
        label, change = _set_output(graph, node, carrier, signature.units, right, wrong_units)
        fixes = (Fix(label, change),)
    else:
        x, y = node.position
        source = Endpoint(node.id, "output")
        params: dict[str, Plain] = {"units": signature.units}
        if right != "linear":
            params["activation"] = right
        batch, _ = add_after(graph, catalog, "Dense", source, (x, y + ROW), params)
        fixes = (Fix("Add a Dense output layer", batch),)
    place = Place("node", node.id)
    advice = "" if wrong_units else _trainable_ending(graph, node, task)
    if advice:
        ends = "without an activation function" if advice == "output_logits" else "with sigmoid"
        text = f"{node.name} ends {ends}; {right} gives {_ENDS[task]}."
        return Problem(advice, "warning", text, place, fixes, "", ELSEWHERE[advice].why)
    severe = wrong_units or task != "regression"
    return Problem(
        "output_units" if wrong_units else "output_activation",
        "error" if severe else "warning",
        f"The target needs {_ENDS[task]}: {wanted}. {node.name} gives {given}.",
        place,
        fixes,
    )


def _trainable_ending(graph: Graph, node: Node, task: str) -> str:
    """Return the code of the advice where training copes with the wrong function, else ""."""
    ending = ending_of(graph, node.id)
    if ending == "linear" and task != "regression":
        return "output_logits"
    return "sigmoid_exclusive" if ending == "sigmoid" and task == "multiclass" else ""


def _set_output(
    graph: Graph, node: Node, carrier: Node, units: int, right: str, wrong_units: bool
) -> tuple[str, Change]:
    """Set units and activation where they are set now."""
    changes: list[Change] = []
    parts = []
    owner = graph.owner(carrier).id
    if wrong_units:
        changes.append(SetParam(owner, "units", units))
        parts.append(f"units to {units}")
    shaper = _shaper(graph, node)
    if shaper is not None and shaper.layer == "Activation":
        target, present = shaper.id, shaper.params.get("activation")
    else:  # a Softmax or ReLU layer goes, the Dense gets the function
        if shaper is not None:
            changes.append(delete(graph, [shaper.id], bridge=True))
        target, present = owner, graph.owner(carrier).params.get("activation")
    if (present or "linear") != right:
        linear = right == "linear" and target == owner
        changes.append(SetParam(target, "activation", UNSET if linear else right))
    if shaper is not None or (present or "linear") != right:
        parts.append(f"activation to {right}")
    label = f"Set {' and '.join(parts)}"
    return label, Batch(tuple(changes), label)


def _shaper(graph: Graph, node: Node) -> Node | None:
    """Return the activation layer behind the carrier, or None when the carrier has its own."""
    while node.layer in _POINTWISE:
        if node.layer in ("Activation", "Softmax", "ReLU", "LeakyReLU", "PReLU", "ELU"):
            return node
        incoming = graph.incoming(node.id)
        if len(incoming) != 1:
            return None
        node = graph.node(incoming[0].source.node)
    return None


def _not_flat(
    graph: Graph, catalog: Catalog, node: Node, tensor: TensorInfo, shapes: Inference | None
) -> Problem:
    """The output has more axes than rows × units; blame the first Dense that gets them."""
    blamed, edge, given = node, None, tensor
    at = node
    while True:
        incoming = graph.incoming(at.id)
        if len(incoming) != 1:
            break
        feeding = (
            shapes.tensor(incoming[0].source.node, incoming[0].source.port) if shapes else None
        )
        if feeding is None or len(feeding.shape) <= 2:
            break
        if at.layer == "Dense":
            blamed, edge, given = at, incoming[0], feeding
        at = graph.node(incoming[0].source.node)
    if edge is None:
        batch, _ = add_after(
            graph, catalog, "Flatten", Endpoint(node.id, "output"),
            (node.position[0], node.position[1] + ROW),
        )  # fmt: skip
        text = (
            f"The target needs one value per unit, but {node.name} gives {describe_shape(given)}."
        )
        fix = Fix("Add Flatten", batch)
        return Problem("output_not_flat", "error", text, Place("node", node.id), (fix,))
    keys = ["Flatten"]
    if len(given.shape) in (3, 4, 5):
        keys.append(f"GlobalAveragePooling{len(given.shape) - 2}D")
    source = graph.node(edge.source.node).name
    fixes = tuple(insert_fix(graph, catalog, edge, key) for key in keys)
    return Problem(
        "dense_needs_flat",
        "error",
        f"{blamed.layer} needs a flat input, but {source} gives {describe_shape(given)}.",
        Place("node", blamed.id),
        (*last_step_fixes(graph, edge), *fixes),
    )
