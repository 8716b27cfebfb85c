"""Functions of `keras.ops` as steps of a network: how they are called, and what stands for a layer.

Needs Keras only where a step is made: the exporter asks here too how arguments are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.catalog import LayerSpec, PortSpec
from workbench.catalog.indexing import read_index
from workbench.catalog.operation_facts import (
    EXCLUDED_OPERATIONS,
    INTERRUPTED,
    SCALARS_AS_TENSORS,
)
from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.plain import Plain

_TUPLES = ("int_tuple", "float_tuple", "shape")
_AS_LIST = frozenset({"q"})
"""Parameters whose lists are numbers to compute with: Keras wants no tuple there."""
_FIRST = frozenset({"subscripts"})
"""Parameters that come before the tensors."""
_SPREAD = frozenset({"operands"})
"""Lists of tensors that are passed one by one."""


def operation_arguments(
    spec: LayerSpec,
    ports: Sequence[PortSpec],
    tensors: Mapping[str, Sequence[Any]],
    params: Mapping[str, Plain],
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments with which an operation is called.

    Tensors come first, in the order of the function's own arguments, as far as none is left out;
    numbers in the place of a tensor stand where it would. Everything else is a keyword.

    Args:
        spec: Description of the operation.
        ports: The input ports that the node has.
        tensors: Port id → the tensors connected to it, in order.
        params: The node's parameters.

    Returns:
        Positional and keyword arguments; values of parameters are `Value` objects.
    """
    existing = {port.id for port in ports}
    positional: list[Any] = [_value(spec, n, params[n]) for n in _FIRST if n in params]
    keywords: dict[str, Any] = {}
    inside = True
    for argument, members in _arguments(spec).items():
        given = _given(members, existing, tensors)
        if given is None and params.get(argument) is not None:
            given = _value(spec, argument, params[argument])
        if given is None:
            inside = False
        elif argument in _SPREAD:
            positional += given
        elif inside and not (positional and spec.name in INTERRUPTED):
            positional.append(given)
        else:
            keywords[argument] = given
    for param in spec.params:
        if param.name in _FIRST or param.name in _arguments(spec) or param.name not in params:
            continue
        value = params[param.name]
        if param.required or not _same(value, param.default):
            keywords[param.name] = Value(param, value)
    return positional, keywords


class Value:
    """A parameter's value as it goes into the call.

    Attributes:
        param: The parameter.
        plain: The plain value.
    """

    def __init__(self, param: ParamSpec, plain: Plain, *, tensor: bool = False) -> None:
        self.param, self.plain = param, plain
        self._tensor = tensor

    @property
    def as_tensor(self) -> bool:
        """Whether a tensor is made of it: lists of numbers, and numbers where Keras wants it."""
        return self.param.kind == "constant" and (self._tensor or isinstance(self.plain, list))

    @property
    def as_tuple(self) -> bool:
        """Whether lists are written as tuples."""
        return self.param.kind in _TUPLES and self.param.name not in _AS_LIST

    def made(self) -> Any:
        """Return the Python object that Keras gets."""
        if self.as_tensor:
            from keras import ops

            return ops.convert_to_tensor(self.plain)
        if self.param.kind == "index":
            return read_index(str(self.plain))
        return _tuples(self.plain) if self.as_tuple else self.plain


def _value(spec: LayerSpec, name: str, plain: Plain) -> Value:
    param = spec.param(name)
    if param is None:
        raise GraphError(f"{spec.key} has no parameter called {name}.")
    return Value(param, plain, tensor=spec.name in SCALARS_AS_TENSORS)


def _arguments(spec: LayerSpec) -> dict[str, list[PortSpec]]:
    """Return the function's tensor arguments with their ports, in order."""
    found: dict[str, list[PortSpec]] = {}
    for port in spec.inputs:
        found.setdefault(port.argument or port.id, []).append(port)
    return found


def _given(
    members: Sequence[PortSpec], existing: set[str], tensors: Mapping[str, Sequence[Any]]
) -> Any:
    connected = [list(tensors.get(port.id, ())) for port in members if port.id in existing]
    if len(members) == 1:
        found = connected[0] if connected else []
        if members[0].variadic:
            return found or None
        return found[0] if found else None
    return [entry for found in connected for entry in found] or None


def _same(value: Plain, default: Plain) -> bool:
    return value == default and isinstance(value, bool) == isinstance(default, bool)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list) else value


class OperationStep:
    """Stands where a layer does: called on tensors, without weights.

    Attributes:
        name: What the operation is called in the model.
        weights: Always empty, as `trainable_weights` is.
    """

    def __init__(self, spec: LayerSpec, name: str) -> None:
        self.name = name
        self.trainable = True
        self.built = True
        self.weights: list[Any] = []
        self.trainable_weights: list[Any] = []
        self._function = operation_function(spec)

    def __call__(self, *positional: Any, **keywords: Any) -> Any:
        """Return what the function gives; a symbolic result's operation gets the step's name."""
        import keras

        outputs = self.call(*positional, **keywords)
        for tensor in keras.tree.flatten(outputs):
            history = getattr(tensor, "_keras_history", None)
            if history is not None:
                history.operation.name = self.name
                break
        return outputs

    def call(self, *positional: Any, **keywords: Any) -> Any:
        """Return what the function gives for these arguments."""
        return self._function(*_made(positional), **_made(keywords))


def trace_call(step: OperationStep, positional: list[Any], keywords: dict[str, Any]) -> None:
    """Run an operation on placeholders, to meet errors that its shape rule does not see.

    Raises:
        Exception: Whatever the operation or the backend raises.
    """
    import keras

    tensors = [entry for entry in keras.tree.flatten((positional, keywords)) if _is_symbolic(entry)]

    def call(*placeholders: Any) -> Any:
        rest = iter(placeholders)
        filled = keras.tree.map_structure(
            lambda entry: next(rest) if _is_symbolic(entry) else entry, (positional, keywords)
        )
        return step.call(*filled[0], **filled[1])

    keras.src.backend.compute_output_spec(call, *tensors)


def _is_symbolic(value: Any) -> bool:
    return hasattr(value, "_keras_history") or type(value).__name__ == "KerasTensor"


def _made(value: Any) -> Any:
    if isinstance(value, Value):
        return value.made()
    if isinstance(value, dict):
        return {name: _made(entry) for name, entry in value.items()}
    return [_made(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def operation_function(spec: LayerSpec) -> Any:
    """Return the function of `keras.ops` that a catalog entry stands for.

    Raises:
        GraphError: It is none that may stand in a network.
    """
    from keras import ops

    module, _, name = spec.name.rpartition(".")
    where: Any = {"": ops, "image": ops.image}.get(module)
    found = None if where is None or name.startswith("_") else getattr(where, name, None)
    if not spec.is_operation or found is None or spec.name in EXCLUDED_OPERATIONS:
        raise GraphError(f"There is no operation called {spec.key}.")
    return found
