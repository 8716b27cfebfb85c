"""The throwaway process that reads a saved model: whatever the file does to it ends with it."""

from __future__ import annotations

import sqlite3  # noqa: F401 - TensorFlow exports its own SQLite symbols: load Python's first
import sys
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.importing.confinement import confine, leave, write_result
from workbench.importing.files import read_settings
from workbench.importing.import_job import ARRAYS, MEMORY


def main(folder: str, path: str) -> None:
    """Read a file and write the network and its weights, or why there is none, into the folder."""
    root = Path(folder)
    confine(root, MEMORY)
    result: dict[str, Any]
    try:
        settings = read_settings(Path(path))  # without Keras: what is damaged is told at once
        import keras  # noqa: F401 - the time for it is not the file's

        from workbench.importing.from_settings import read_network

        (root / "started").write_text("", encoding="utf-8")

        def told(network: dict[str, Any]) -> None:
            write_result(root, {"network": network})

        result = {"network": read_network(Path(path), settings, root / ARRAYS, told)}
    except WorkbenchError as error:
        result = {"error": error.to_plain()}
    except MemoryError:
        result = {"memory": True}
    leave(root, result)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
