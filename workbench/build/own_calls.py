"""Making and calling an own layer: under guard, and what it gives looked at before it is used."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.build import own_code
from workbench.build.own_guard import CALL_SECONDS, asked_to_end, at_line, guarded, key_of
from workbench.build.scope import trace
from workbench.catalog import LayerSpec, PortSpec
from workbench.errors import GraphError
from workbench.graph.own_layers import class_name, is_own, own_keys, own_layers_of
from workbench.graph.records import Records


@contextlib.contextmanager
def calling(spec: LayerSpec, records: Records, settings: Any, purpose: str = "") -> Iterator[None]:
    """Make and call a layer in here; own ones, also inside a wrapper, are under guard.

    Args:
        spec: Description of the layer.
        records: Records of the document.
        settings: Plain data that tells this use of the class from others.
        purpose: What it is called for, where that decides how long it takes.

    Raises:
        GraphError: It ended an engine before, or raised what would end this job (`SystemExit`).
        Exception: Whatever else it raises.
    """
    own_layers = own_keys(spec.key, settings)
    for own in own_layers:
        own_code.class_of(records, own)  # a file that has not run yet runs under a guard of its own
    for own in own_layers:
        file = own_layers_of(records, own)
        if file is not None:
            key = key_of(file.text, class_name(own), [spec.key, settings], purpose)
            try:
                with guarded(file, key, CALL_SECONDS):
                    yield
            except BaseException as error:
                if isinstance(error, Exception) or asked_to_end(error):
                    raise
                raise own_code.fault(error, file.name, file.text) from error
            return
    yield


def check_shape_rule(
    layer: Any, spec: LayerSpec, records: Records, arguments: list[Any], keywords: dict[str, Any],
    outputs: Any,
) -> None:  # fmt: skip
    """Raise when a shape rule of an own layer says something else than its call gives.

    Keras does not run the call of a layer with a rule before the training.

    Args:
        layer: The layer, built.
        spec: Its description.
        records: Records of the document.
        arguments: What it was called with.
        keywords: Keyword arguments.
        outputs: What the rule gave.

    Raises:
        GraphError: They differ; the line of the rule is told.
        Exception: Whatever the call raises.
    """
    import keras

    file = own_layers_of(records, spec.key) if is_own(spec.key) else None
    rules = ("compute_output_shape", "compute_output_spec")
    own = [rule for rule in rules if getattr(type(layer), rule) is not getattr(keras.Layer, rule)]
    if file is None or not own:
        return
    traced = trace(layer, arguments, keywords)
    said, given = ([tuple(e.shape) for e in _flat(found) if _is_tensor(e)]
                   for found in (outputs, traced))  # fmt: skip
    if len(said) != len(given) or any(map(_differ, said, given)):
        line = getattr(getattr(type(layer), own[-1]), "__code__", None)
        raise at_line(
            file, line.co_firstlineno if line else 0,
            f"{own[-1]} gives {_shown(said)}, but call gives {_shown(given)}",
        )  # fmt: skip


def _differ(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(one) != len(other) or any(
        a is not None and b is not None and a != b for a, b in zip(one, other, strict=True)
    )


def _shown(shapes: Sequence[Any]) -> str:
    return " and ".join(str(shape) for shape in shapes) or "nothing"


def check_outputs(
    spec: LayerSpec, records: Records, ports: Sequence[PortSpec], returned: Any
) -> None:
    """Raise when the call of an own layer gives what no edge can carry.

    Args:
        spec: Description of the layer.
        records: Records of the document.
        ports: The output ports that the node has.
        returned: What the call returned.

    Raises:
        GraphError: It is no tensor, a dictionary, or another number of tensors; the line is told.
    """
    file = own_layers_of(records, spec.key) if is_own(spec.key) else None
    if file is None:
        return
    flat = _flat(returned)
    wrong = next((entry for entry in flat if not _is_tensor(entry)), None)
    sort: type[ast.expr] | None = ast.Tuple
    if isinstance(returned, Mapping):
        sort = ast.Dict
        what = "call returns a dictionary; return one tensor, or several as a tuple"
    elif not flat or wrong is not None or returned is None:
        sort = ast.Constant
        given = "nothing" if wrong is None else f"a {type(wrong).__name__}"
        what = f"call returns {given} where a tensor is expected"
    elif len(flat) != len(ports):
        what = (
            f"call returns {_tensors(len(flat))}, but the layer has "
            f"{len(ports)} output{'s' if len(ports) > 1 else ''}; write the tensors into every "
            "return as a tuple, then reload the file"
        )
    else:
        return
    raise at_line(file, _line_of_return(own_code.class_of(records, spec.key), sort), what)


def _tensors(number: int) -> str:
    return f"{number} tensor{'s' if number > 1 else ''}"


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [entry for part in value for entry in _flat(part)]
    return [] if value is None else [value]


def _is_tensor(value: Any) -> bool:
    return isinstance(getattr(value, "shape", None), (tuple, list)) and hasattr(value, "dtype")


def known_refusal(
    error: BaseException, spec: LayerSpec, records: Records, keys: Sequence[str]
) -> GraphError | None:
    """Return in the person's words what Keras refuses about an own layer; None for others.

    Args:
        error: What Keras raised; none of it is in the person's code.
        spec: Description of the layer, an own one or a wrapper.
        records: Records of the document.
        keys: Keys of the own layers in it.
    """
    text = str(error)
    no_tensor = re.search(r"Non-tensor received: (.*)", text, re.DOTALL)
    no_shape = re.search(r"Layer (\w+) does not have a .?compute_output_shape", text)
    no_config = "could not be deserialized properly" in text or "get_config" in text
    for key in keys:
        file, name = own_layers_of(records, key), class_name(key)
        if file is None:
            continue
        if no_tensor is not None and key == spec.key:
            line = _line_of_return(own_code.class_of(records, key), ast.Constant)
            words = " ".join(no_tensor[1].split())[:60]
            return at_line(file, line, f"call returns {words} where a tensor is expected")
        first = _line_of_class(own_code.class_of(records, key))
        if no_shape is not None and no_shape[1] == name:
            what = (
                f"{spec.name} asks {name} for its output shape; write "
                "compute_output_shape(self, input_shape) into the class"
            )
            return at_line(file, first, what)
        if no_config and key != spec.key:
            what = (
                f"{spec.name} copies what is inside it by its configuration; write get_config "
                f"into {name}, and @keras.saving.register_keras_serializable() above it"
            )
            return at_line(file, first, what)
    return None


def _line_of_class(cls: Any) -> int:
    try:
        return inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return 0


def _line_of_return(cls: Any, sort: type[ast.expr] | None = None) -> int:
    """Return the line of a `return` in a class's call: one of that sort, else the last, else 0."""
    try:
        lines, first = inspect.getsourcelines(cls.call)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return 0
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    of_sort = [node for node in found if sort is not None and isinstance(node.value, sort)]
    chosen = of_sort or sorted(found, key=lambda node: node.lineno)
    return first + (chosen[-1].lineno - 1 if chosen else 0)
