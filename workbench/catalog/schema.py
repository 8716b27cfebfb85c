"""The form of a catalog entry. Property forms and validation are both made from it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from workbench.plain import Plain, PlainDict

Family = Literal[
    "input", "dense", "convolution", "pooling", "recurrent", "attention", "normalisation",
    "regularisation", "activation", "merge", "reshape", "preprocessing", "operation", "block",
    "custom",
]  # fmt: skip
FAMILIES: tuple[Family, ...] = get_args(Family)

OPERATIONS = "ops."
"""How the keys of functions of `keras.ops` start: "ops.matmul", "ops.image.resize"."""
APPLICATIONS = "applications."
"""How the keys of layers that only `keras.applications` has start."""

PART_KINDS: tuple[Literal["initializer", "regularizer", "constraint"], ...] = (
    "initializer", "regularizer", "constraint",
)  # fmt: skip
"""Kinds of parameters that are described themselves, as entries of the role "part"."""

ParamKind = Literal[
    "int",          # a whole number
    "float",        # a number
    "bool",
    "str",          # free text
    "choice",       # one of `choices`
    "int_tuple",    # one whole number or a list of them, e.g. kernel_size, strides, axis
    "float_tuple",  # one number or a list, e.g. factor
    "shape",        # a list of whole numbers or nulls, e.g. Reshape.target_shape
    "activation",   # the name of an activation function; choices are given
    "initializer",  # null, a name, or {"class_name": …, "config": {…}}
    "regularizer",  # null, a name, or {"class_name": …, "config": {…}}
    "constraint",   # null, a name, or {"class_name": …, "config": {…}}
    "dtype",        # null or a dtype / dtype-policy name; choices are given
    "layer",        # another layer: {"layer": catalog key, "params": {…}} (wrappers)
    "layers",       # a list of such layers
    "constant",     # a number, a truth value or nested lists of them, in place of a tensor
    "index",        # what stands between square brackets, as text: ":, 0"
    "json",         # anything else that JSON can hold (vocabularies, nested lists)
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One parameter of a layer.

    Attributes:
        name: Keyword of the layer's constructor.
        kind: Which editor and which check it gets.
        default: The value Keras uses when it is left alone (plain data).
        required: True when the constructor has no default for it.
        nullable: True when null is a legal value.
        choices: Legal values, for kinds that have a closed or suggested list; for `layer` the
            catalog keys that may stand there (empty: any layer with one input).
        minimum: Smallest legal value (inclusive) of numbers and of numbers in tuples.
        maximum: Largest legal value (inclusive).
        help: What it does, plain text.
        advanced: True when the form shows it folded away.
        suggestion: The value a freshly added layer starts with; None for the default.
        call: True when it is an argument of calling the layer, not of making it. Each
            application of a shared layer has its own.
        exclusive: True when `minimum` itself is not legal (a learning rate above 0).
    """

    name: str
    kind: ParamKind
    default: Plain = None
    required: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    help: str = ""
    advanced: bool = False
    suggestion: Plain = None
    call: bool = False
    exclusive: bool = False

    def to_plain(self) -> PlainDict:
        """Return the parameter as plain data; fields at their defaults are left out."""
        return _without_defaults(self)

    @classmethod
    def from_plain(cls, plain: Any) -> ParamSpec:
        """Read a parameter written by `to_plain`."""
        return cls(**{**plain, "choices": tuple(plain.get("choices", ()))})


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One input or output port of a layer.

    Attributes:
        id: Stable name: `"input"` for the one ordinary input, `"inputs"` for a merge's, the
            argument's name for call arguments (`"query"`, `"value"`, `"initial_state"`);
            outputs `"output"`, further ones by meaning (`"state_h"`).
        title: What the window shows.
        required: True when the layer cannot be called without it.
        variadic: True when it takes any number of edges, ordered by `Edge.index`.
        minimum: Fewest edges a variadic port needs.
        maximum: Most edges a variadic port takes; 0 for any number.
        help: What it is for, plain text.
        when: Conditions on parameters under which the port exists, or "" for always: names of
            parameters that must be true, joined by commas (`"return_state"`); `name=a|b` asks
            for one of these values; `name>2` for a number above 2 or, of a list of places to
            cut at, more than 2 pieces; `layer.name` looks at the layer inside a wrapper, and
            `layer=LSTM` at its catalog key.
        argument: Argument of the layer's call that the tensor goes to; "" for the first one.
            Ports with the same argument make up a list, in the order of the ports.
        rank: Fewest axes, the batch axis included, that the tensor must have; 0 when unknown.
    """

    id: str
    title: str = ""
    required: bool = True
    variadic: bool = False
    minimum: int = 1
    maximum: int = 0
    help: str = ""
    when: str = ""
    argument: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer class as the palette, the forms, the checks and the builder see it.

    Attributes:
        key: What `Node.layer` holds; the class name for Keras's own layers.
        module: Module the class or function is taken from: `keras.layers`, `keras.ops`, or
            one that `workbench.catalog.applications` allows.
        family: Colour and palette group.
        summary: One sentence, plain text.
        params: Parameters, those that matter most first.
        inputs: Input ports; empty for the input layer.
        outputs: Output ports.
        headline: Names of the two or three parameters that a node shows.
        keywords: Further words the palette's search finds it by.
        role: `"layer"`, or `"cell"` for what can only stand inside another layer (an LSTMCell
            inside RNN); cells are found by key and stay out of the palette. `"part"` for an
            initializer, regularizer or constraint, found by `Catalog.part`.
    """

    key: str
    module: str
    family: Family
    summary: str = ""
    params: tuple[ParamSpec, ...] = ()
    inputs: tuple[PortSpec, ...] = (PortSpec("input"),)
    outputs: tuple[PortSpec, ...] = (PortSpec("output"),)
    headline: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    role: Literal["layer", "cell", "part"] = "layer"

    @property
    def name(self) -> str:
        """The name of the class or function without what its key starts with: "matmul"."""
        return self.key.removeprefix(OPERATIONS).removeprefix(APPLICATIONS)

    @property
    def is_operation(self) -> bool:
        """Whether this is a function of `keras.ops`: no weights, no layer object."""
        return self.key.startswith(OPERATIONS)

    @property
    def gives_list(self) -> bool:
        """Whether it gives a list of as many pieces as a parameter says."""
        return any(">" in port.when for port in self.outputs)

    def param(self, name: str) -> ParamSpec | None:
        """Return the parameter of that name, or None."""
        for param in self.params:  # a loop: asked hundreds of times for an edit
            if param.name == name:
                return param
        return None

    def input(self, port: str) -> PortSpec | None:
        """Return the input port of that id, or None."""
        return next((p for p in self.inputs if p.id == port), None)

    def output(self, port: str) -> PortSpec | None:
        """Return the output port of that id, or None."""
        return next((p for p in self.outputs if p.id == port), None)

    def to_plain(self) -> PlainDict:
        """Return the entry as plain data; fields at their defaults are left out."""
        plain = _without_defaults(self)
        plain["params"] = [param.to_plain() for param in self.params]
        plain["inputs"] = [_without_defaults(port) for port in self.inputs]
        plain["outputs"] = [_without_defaults(port) for port in self.outputs]
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> LayerSpec:
        """Read an entry written by `to_plain`."""
        return cls(
            key=plain["key"],
            module=plain["module"],
            family=plain["family"],
            summary=plain.get("summary", ""),
            params=tuple(ParamSpec.from_plain(p) for p in plain["params"]),
            inputs=tuple(PortSpec(**p) for p in plain["inputs"]),
            outputs=tuple(PortSpec(**p) for p in plain["outputs"]),
            headline=tuple(plain.get("headline", ())),
            keywords=tuple(plain.get("keywords", ())),
            role=plain.get("role", "layer"),
        )


def _without_defaults(value: LayerSpec | ParamSpec | PortSpec) -> PlainDict:
    plain: PlainDict = {}
    for entry in fields(value):
        content = getattr(value, entry.name)
        if content != entry.default or type(content) is not type(entry.default):
            plain[entry.name] = list(content) if isinstance(content, tuple) else content
    return plain
