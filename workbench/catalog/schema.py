"""The form of a catalog entry. Property forms and validation are both made from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from workbench.plain import Plain, PlainDict

Family = Literal[
    "input", "dense", "convolution", "pooling", "recurrent", "attention", "normalisation",
    "regularisation", "activation", "merge", "reshape", "preprocessing", "operation", "block",
    "custom",
]  # fmt: skip
FAMILIES: tuple[Family, ...] = get_args(Family)

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
        choices: Legal values, for kinds that have a closed or suggested list.
        minimum: Smallest legal value (inclusive) of numbers and of numbers in tuples.
        maximum: Largest legal value (inclusive).
        help: What it does, plain text.
        advanced: True when the form shows it folded away.
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
        help: What it is for, plain text.
        when: Name of the boolean parameter that must be true for the port to exist
            (`"return_state"`), or "".
    """

    id: str
    title: str = ""
    required: bool = True
    variadic: bool = False
    minimum: int = 1
    help: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer class as the palette, the forms, the checks and the builder see it.

    Attributes:
        key: What `Node.layer` holds; the class name for Keras's own layers.
        module: Public module the class is taken from, always inside `keras`.
        family: Colour and palette group.
        summary: One sentence, plain text.
        params: Parameters, those that matter most first.
        inputs: Input ports; empty for the input layer.
        outputs: Output ports.
        headline: Names of the two or three parameters that a node shows.
        keywords: Further words the palette's search finds it by.
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

    def param(self, name: str) -> ParamSpec | None:
        """Return the parameter of that name, or None."""
        return next((p for p in self.params if p.name == name), None)

    def input(self, port: str) -> PortSpec | None:
        """Return the input port of that id, or None."""
        return next((p for p in self.inputs if p.id == port), None)

    def output(self, port: str) -> PortSpec | None:
        """Return the output port of that id, or None."""
        return next((p for p in self.outputs if p.id == port), None)

    def to_plain(self) -> PlainDict:
        """Return the entry as plain data."""
        return cast(PlainDict, asdict(self))

    @classmethod
    def from_plain(cls, plain: Any) -> LayerSpec:
        """Read an entry written by `to_plain`."""
        return cls(
            key=plain["key"],
            module=plain["module"],
            family=plain["family"],
            summary=plain.get("summary", ""),
            params=tuple(
                ParamSpec(**{**p, "choices": tuple(p.get("choices", ()))}) for p in plain["params"]
            ),
            inputs=tuple(PortSpec(**p) for p in plain["inputs"]),
            outputs=tuple(PortSpec(**p) for p in plain["outputs"]),
            headline=tuple(plain.get("headline", ())),
            keywords=tuple(plain.get("keywords", ())),
        )
