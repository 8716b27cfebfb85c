"""The job `import_file`: a saved model as a graph.

The file is read, and Keras makes its layers, in a throwaway process with limits: a file that is
made to crash the reader, to take all memory or to take for ever costs that process and nothing
else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from workbench.errors import GraphError, WorkbenchError
from workbench.graph.model import Graph
from workbench.importing import throwaway
from workbench.importing.files import refusal
from workbench.jobs import Control, Emit

CHILD: Final = "workbench.importing.file_child"
"""The module that the throwaway process runs."""
MEMORY: Final = 4 * 2**30
"""Bytes of memory that reading a file may take; Keras itself takes about one GiB."""
SECONDS: Final = 120.0
"""How long reading a file may take, once Keras is loaded."""
_STEPS: Final = 3


def import_file(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Read the network of a saved model. Its weights are not read.

    Args:
        spec: `{"path": file}`.
        emit: Told what is being done.
        control: Asked whether to go on.

    Returns:
        `{"name", "graph": plain, "lost": [sentence …]}`.

    Raises:
        GraphError: The file cannot be read, takes too much memory or time, or names what is not
            plain Keras.
    """
    path = Path(spec["path"]).absolute()
    emit(_progress(0, "Starting Keras"))
    with throwaway.Throwaway(CHILD, str(path), seconds=SECONDS, memory=MEMORY) as process:
        told: list[bool] = []

        def ask() -> None:
            control.check()
            if process.started and not told:
                told.append(True)
                emit(_progress(1, f"Reading {path.name}"))

        code = process.wait(ask)
        data, output = process.result(), process.output
    control.check()
    if process.too_large:
        raise _too_large(path)
    if process.timed_out:
        raise refusal(path, f"reading it took longer than {SECONDS:.0f} seconds and was ended")
    emit(_progress(2, "Drawing the network"))
    return _network(path, data, code, output)


def _network(path: Path, data: bytes, code: int | None, output: str) -> dict[str, Any]:
    """Return the network that the process has left.

    Raises:
        GraphError: It has left none.
    """
    try:
        result = json.loads(data)
        if "error" in result:
            raise WorkbenchError.from_plain(result["error"])
        if "memory" in result:
            raise _too_large(path)
        found = result["network"]
        name, lost = str(found["name"]), [str(sentence) for sentence in found["lost"]]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        refused = refusal(
            path,
            f"reading it ended without a result (code {code}); it may be damaged, made to harm, or "
            "too large for the memory",
        )
        refused.details = output
        raise refused from error
    return {"name": name, "graph": Graph.from_plain(found["graph"]).to_plain(), "lost": lost}


def _too_large(path: Path) -> GraphError:
    gigabytes = MEMORY // 2**30
    return refusal(path, f"reading it took more than {gigabytes} GiB of memory and was ended")


def _progress(done: int, text: str) -> dict[str, Any]:
    return {"event": "progress", "done": done, "total": _STEPS, "text": text}
