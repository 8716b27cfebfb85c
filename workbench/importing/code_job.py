"""The job `import_code`: Python that builds a Keras model, run, as a graph. Engines only.

The code runs with the person's rights, so the spec must carry the SHA-256 of the text that the
person said yes to. Nothing here asks: the window and the command line do.
"""

from __future__ import annotations

import inspect
import traceback
from typing import Any, Final

from workbench.catalog import load_catalog
from workbench.errors import GraphError, Place
from workbench.importing.from_keras import graph_from_model
from workbench.jobs import Control, Emit
from workbench.trust import fingerprint

_FILE: Final = "<imported network>"
_MODULE: Final = "imported_network"


def import_code(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Run Python and read the network of the model it makes.

    Args:
        spec: `{"source": text, "trusted": SHA-256 of the text}` and, to take one of several
            models, `"choice": name`.
        emit: Told what is being done.
        control: Asked whether to go on; while the code runs, only ending the engine stops it.

    Returns:
        `{"name", "graph": plain, "lost": [sentence …]}`, or `{"choices": [name …]}` when there
        are several models and none was chosen.

    Raises:
        GraphError: The text is not the trusted one, it fails, or it makes no such model.
    """
    source = str(spec["source"])
    if spec.get("trusted") != fingerprint(source):
        raise GraphError(
            "The code was not run: nobody said that this text may be run.",
            remedy="Read the code, then say yes to it.",
            place=Place("file", _FILE),
        )
    emit({"event": "progress", "done": 0, "total": 2, "text": "Running the code"})
    models = _models(_run(source))
    control.check()
    choice = spec.get("choice")
    if choice is None and len(models) > 1:
        return {"choices": list(models)}
    name = next(iter(models), "") if choice is None else str(choice)
    if name not in models:
        raise GraphError(
            "The code was run, but it makes no Keras model." if not models
            else f"The code makes no model {name!r}.",
            expected=" or ".join(models) or "a variable that holds a keras.Model, or a function "
            "without required arguments that returns one",
            place=Place("file", _FILE),
        )  # fmt: skip
    emit({"event": "progress", "done": 1, "total": 2, "text": "Drawing the network"})
    imported = graph_from_model(models[name], load_catalog())
    return {"name": name, "graph": imported.graph.to_plain(), "lost": imported.lost}


def _run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": _MODULE}
    try:
        exec(compile(source, _FILE, "exec"), names)  # noqa: S102 - the person said yes to it
    except (Exception, SystemExit) as error:
        raise _fault(error) from error
    return names


def _models(names: dict[str, Any]) -> dict[str, Any]:
    """Return the models by name: those in variables, else those that functions return."""
    import keras

    found: dict[str, Any] = {}
    for name, value in names.items():
        known = any(value is other for other in found.values())
        if isinstance(value, keras.Model) and not known:
            found[name] = value
    if found:
        return found
    for name, value in list(names.items()):
        if not inspect.isfunction(value) or value.__module__ != _MODULE or _needs(value):
            continue
        try:
            made = value()
        except (Exception, SystemExit) as error:
            raise _fault(error) from error
        if isinstance(made, keras.Model):
            found[name] = made
    return found


def _needs(function: Any) -> bool:
    return any(
        each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        for each in inspect.signature(function).parameters.values()
    )


def _fault(error: BaseException) -> GraphError:
    """Return what went wrong in the code, with the line of the code that did it."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == _FILE
    ]  # fmt: skip
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    words = (error.msg if isinstance(error, SyntaxError) else str(error)).strip()
    where = f"Line {line} of the code" if line else "The code"
    return GraphError(
        f"{where} failed: {type(error).__name__}: {words[:500]}",
        place=Place("file", _FILE, str(line or "")),
        details="".join(traceback.format_exception(error)),
    )
