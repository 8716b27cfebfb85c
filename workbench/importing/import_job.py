"""The job `import_file`: a saved model as a graph.

The file is read, and Keras makes its layers, in a throwaway process with limits: a file that is
made to crash the reader, to take all memory or to take for ever costs that process and nothing
else.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from workbench.atomic import reason, replace_file
from workbench.errors import GraphError, WorkbenchError
from workbench.graph.model import Graph
from workbench.graph.starting_weights import FOLDER
from workbench.importing import throwaway
from workbench.importing.files import refusal
from workbench.jobs import Control, Emit

CHILD: Final = "workbench.importing.file_child"
"""The module that the throwaway process runs."""
ARRAYS: Final = "arrays.h5"
"""The file in the process's folder that it writes the weights to."""
MEMORY: Final = 4 * 2**30
"""Bytes of memory that reading a file may take; Keras itself takes about one GiB."""
SECONDS: Final = 120.0
"""How long reading a file may take, once Keras is loaded."""
_STEPS: Final = 3


def import_file(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Read the network of a saved model, and its weights into the project's folder.

    Args:
        spec: `{"path": file, "project": folder}`; without a project the weights are left.
        emit: Told what is being done.
        control: Asked whether to go on.

    Returns:
        `{"name", "graph": plain, "lost": [sentence …], "weights": {"file", "origin", "layers"}}`;
        `"weights"` is None where there are none, see `workbench.graph.starting_weights`.

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
        if process.too_large and not data:
            raise _too_large(path)
        if process.timed_out and not data:
            raise refusal(path, f"reading it took longer than {SECONDS:.0f} seconds and was ended")
        emit(_progress(2, "Drawing the network"))
        found = _network(path, data, code, output)
        layers = found.pop("layers")
        found["weights"] = None
        if layers and spec.get("project"):
            file, unkept = _keep(process.folder / ARRAYS, Path(spec["project"]))
            found["lost"] += unkept
            if file:
                found["weights"] = {"file": file, "origin": path.name, "layers": layers}
    return found


def _keep(arrays: Path, project: Path) -> tuple[str, list[str]]:
    """Copy the arrays that the process wrote into a project, named after their content.

    What is in them is looked at when they are used, as a project may come from elsewhere as well.

    Returns:
        The file's name, "" for none; what is lost then.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(arrays, flags | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return "", ["The weights were not read."]
            name = f"{file_digest(stream, 'sha256').hexdigest()}.h5"
            target = project / FOLDER / name
            if not _is_whole(target):
                target.parent.mkdir(exist_ok=True)

                def write(new: Path) -> None:
                    stream.seek(0)
                    with new.open("wb") as output:
                        shutil.copyfileobj(stream, output, 2**20)

                replace_file(target, write)
    except OSError as error:
        happened, _, words = reason(error)
        return "", [f"The weights were not kept. {happened or words}".strip()]
    return name, []


def _is_whole(path: Path) -> bool:
    """Tell whether a file named after its content is there and undamaged."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return f"{file_digest(stream, 'sha256').hexdigest()}.h5" == path.name


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
        layers = {str(at): str(group) for at, group in found["layers"].items()}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        refused = refusal(
            path,
            f"reading it ended without a result (code {code}); it may be damaged, made to harm, or "
            "too large for the memory",
        )
        refused.details = output
        raise refused from error
    graph = Graph.from_plain(found["graph"]).to_plain()
    return {"name": name, "graph": graph, "lost": lost, "layers": layers}


def _too_large(path: Path) -> GraphError:
    gigabytes = MEMORY // 2**30
    return refusal(path, f"reading it took more than {gigabytes} GiB of memory and was ended")


def _progress(done: int, text: str) -> dict[str, Any]:
    return {"event": "progress", "done": done, "total": _STEPS, "text": text}
