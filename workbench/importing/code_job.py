"""The job `import_code`: Python that builds a Keras model, as graphs.

The text runs in a throwaway process, never in the engine. The job itself asks nobody: whoever
starts it has asked the person first.
"""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any, Final

from workbench.errors import GraphError, Place
from workbench.graph.model import Graph
from workbench.importing import throwaway
from workbench.importing.bounds import check_bounds
from workbench.jobs import Control, Emit

LARGEST_TEXT: Final = 1_000_000
"""Characters of a text that is taken."""
CHILD: Final = "workbench.importing.code_child"
"""The module that the throwaway process runs."""
_EXPECTED: Final = "a Keras model in a variable, or a function without parameters that returns one"
_STEPS: Final = 3
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


def import_code(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Run a text and return the networks of the models that it makes.

    Args:
        spec: `{"text", "name"}`, name for messages; `"pick"`: the variable or the function
            whose model is wanted, all when it is left out.
        emit: Told what is being done.
        control: Asked whether to go on.

    Returns:
        `{"models": {name: {"graph": plain, "lost": [sentence …]}}}`, one at least.

    Raises:
        GraphError: The text has a fault, takes too long, or makes no model.
    """
    text, name = str(spec["text"]), str(spec.get("name") or "The text")
    check_text(text, name)
    emit(_progress(0, "Starting Python"))
    pick = str(spec.get("pick") or "")
    with throwaway.Throwaway(CHILD, pick, text, throwaway.SECONDS) as process:

        def ask() -> None:
            control.check()
            if process.started and not told:
                told.append(True)
                emit(_progress(1, f"Running {name}"))

        told: list[bool] = []
        code = process.wait(ask)
        data, output = process.result(), process.output
    control.check()
    if process.too_large:
        memory = throwaway.MEMORY // 2**30
        raise _refusal(name, f"it took more than {memory} GiB of memory and was ended", output)
    if process.timed_out:
        what = "it ran" if process.started else "Python and Keras took"
        seconds = throwaway.SECONDS if process.started else throwaway.STARTING
        raise _refusal(
            name, f"{what} longer than {seconds:.0f} seconds and was ended", output,
            remedy="Leave out training and loading of data; only the model is needed.",
        )  # fmt: skip
    emit(_progress(2, "Drawing the network"))
    return {"models": _models(name, pick, _read(name, data, code, output))}


def check_text(text: str, name: str) -> None:
    """Raise when a text can be no Python for this job; nothing of it is run.

    Raises:
        GraphError: It is too long, or holds characters that no file holds.
    """
    if len(text) > LARGEST_TEXT:
        raise _refusal(name, "it is too long for the description of a network")
    found = _NO_TEXT.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise GraphError(
            f"{name} was not imported: line {line} holds a character that is no text.",
            place=Place("file", name, str(line)),
        )


def read_code(path: Path) -> str:
    """Return the text of a Python file; nothing of it is run.

    Raises:
        GraphError: It is no file, too large, or no text.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unreadable(path, "it is no file")
        with path.open("rb") as stream:
            data = stream.read(4 * LARGEST_TEXT + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is no text in UTF-8") from error
    if len(text) > LARGEST_TEXT:
        raise _unreadable(path, "it is too large for the description of a network")
    return text.replace("\r\n", "\n")


def _unreadable(path: Path, reason: str) -> GraphError:
    return GraphError(
        f"{path.name} was not imported: {reason}.",
        expected="Python text in UTF-8",
        place=Place("file", str(path)),
    )


def _read(name: str, data: bytes, code: int | None, output: str) -> dict[str, Any]:
    """Return the result of the process.

    Raises:
        GraphError: There is none, or it is a fault.
    """
    try:
        result = json.loads(data)
        fault = result.get("fault")
    except (ValueError, RecursionError, AttributeError) as error:
        memory = f"it may have needed more than {throwaway.MEMORY // 2**30} GiB of memory"
        reason = f"Python ended with the code {code}" + (f"; {memory}" if code else "")
        raise _refusal(name, reason, output) from error
    if fault is not None:
        raise _faulty(name, fault, output)
    return dict(result)


def _faulty(name: str, fault: Any, output: str) -> GraphError:
    try:
        line, source = int(fault["line"]), str(fault["source"])
        fault = {key: str(fault[key]) for key in ("kind", "words", "trace")}
    except (KeyError, TypeError, ValueError):
        return _refusal(name, "what it left is damaged", output)
    words = (fault["words"].splitlines() or [""])[0][:300].rstrip(".")
    where = f"line {line}: " if line else ""
    return GraphError(
        f"{name} was not imported: {where}{fault['kind']}: {words}.",
        received=f"“{source}” in line {line}" if source else "",
        place=Place("file", name, str(line) if line else ""),
        details="\n".join(part for part in (fault["trace"], output) if part),
    )


def _models(name: str, pick: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return the models of a result, each with a graph that can be read.

    Raises:
        GraphError: There is none.
    """
    models: dict[str, Any] = {}
    try:
        check_bounds(Path(name), result["models"])
        for key, found in result["models"].items():
            graph = Graph.from_plain(found["graph"])
            lost = [str(sentence) for sentence in found["lost"]]
            models[str(key)] = {"graph": graph.to_plain(), "lost": lost}
        unfit = [str(sentence) for sentence in result["unfit"]]
        ended_at = int(result["ended_at"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refusal(name, "what it left is damaged") from error
    if not models:
        reason = f"it makes no model called {pick}" if pick else "it makes no Keras model"
        if ended_at:
            reason += f"; it ended itself in line {ended_at}"
        if unfit:
            reason = "its models cannot be drawn"
        raise _refusal(name, reason, received=" ".join(unfit))
    return models


def _refusal(
    name: str, reason: str, output: str = "", *, received: str = "", remedy: str = ""
) -> GraphError:
    return GraphError(
        f"{name} was not imported: {reason}.",
        expected=_EXPECTED,
        received=received.rstrip("."),
        remedy=remedy,
        place=Place("file", name),
        details=output,
    )


def _progress(done: int, text: str) -> dict[str, Any]:
    return {"event": "progress", "done": done, "total": _STEPS, "text": text}
