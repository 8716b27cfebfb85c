"""The throwaway process that runs a person's Python and looks for Keras models in it.

Started by `workbench.importing.throwaway` with a folder of its own: `text.py` is the text,
`started` is written when Keras is there and the text begins, `result.json` when it has ended.
The process ends itself, with all it started, when the one that started it has gone.
"""

from __future__ import annotations

import inspect
import linecache
import sqlite3  # noqa: F401 - TensorFlow exports its own SQLite symbols: load Python's first
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from workbench.errors import GraphError
from workbench.importing.confinement import confine, leave
from workbench.importing.throwaway import MEMORY

MODULE: Final = "__keras_workbench__"
"""What `__name__` is inside the text."""
_FIRST: Final = "build_model"


def main(folder: str, pick: str) -> None:
    """Run the text of a folder and write what came of it."""
    root = Path(folder)
    confine(root, MEMORY)
    import keras  # before the text: it must not choose another backend than the project's

    from workbench.catalog import load_catalog
    from workbench.importing.from_keras import graph_from_model

    def draw(model: Any) -> dict[str, Any]:
        imported = graph_from_model(model, catalog)
        return {"graph": imported.graph.to_plain(), "lost": imported.lost}

    catalog = load_catalog()
    (root / "started").write_text("", encoding="utf-8")
    try:
        result = _Search(root, pick, keras.Model, draw).run()
    except BaseException as error:
        result = {"fault": _fault(error, root / "text.py")}
    leave(root, result)


class _Search:
    """Runs the text and takes the models out of it."""

    def __init__(
        self, root: Path, pick: str, model_class: type, draw: Callable[[Any], dict[str, Any]]
    ) -> None:
        self._draw = draw
        self._path, self._pick, self._class = root / "text.py", pick, model_class
        self._faults: list[BaseException] = []
        self._unfit: list[str] = []
        self._ended_at = 0

    def run(self) -> dict[str, Any]:
        """Return `{"models": …, "unfit": …, "ended_at": …}`.

        Raises:
            BaseException: What the text raised.
        """
        space = self._execute()
        found = self._variables(space)
        if not found or (self._pick and self._pick not in found):
            found.update(self._functions(space, only_first=not self._pick))
        if self._pick:
            found = {name: model for name, model in found.items() if name == self._pick}
        models = self._drawn(found)
        if not models and self._faults:
            raise self._faults[0]
        return {"models": models, "unfit": self._unfit, "ended_at": self._ended_at}

    def _execute(self) -> dict[str, Any]:
        text = self._path.read_text(encoding="utf-8")
        name = str(self._path)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        module = types.ModuleType(MODULE)
        module.__file__ = name
        sys.modules[MODULE] = module
        sys.argv = [name]
        space = module.__dict__
        try:
            exec(compile(text, name, "exec", dont_inherit=True), space)  # noqa: S102 - its purpose
        except SystemExit as error:  # a script that ends itself may have made its model before
            if error.code not in (None, 0):
                raise
            self._ended_at = _line(error, self._path)
        return space

    def _variables(self, space: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in list(space.items()):
            fits = isinstance(value, self._class) and not name.startswith("_")
            if fits and not any(value is other for other in found.values()):
                found[name] = value
        return found

    def _functions(self, space: dict[str, Any], *, only_first: bool) -> dict[str, Any]:
        candidates = [n for n, v in space.items() if self._can_be_called(v) and n[:1] != "_"]
        candidates.sort(key=lambda name: name != _FIRST)
        if self._pick:
            candidates = [name for name in candidates if name == self._pick]
        found: dict[str, Any] = {}
        for name in candidates:
            try:
                value = space[name]()
            except (Exception, SystemExit) as error:
                self._faults.append(error)
                continue
            if isinstance(value, self._class):
                found[name] = value
                if name == _FIRST and only_first:
                    break
        return found

    def _can_be_called(self, value: Any) -> bool:
        if not isinstance(value, types.FunctionType) or value.__module__ != MODULE:
            return False
        if inspect.iscoroutinefunction(value) or inspect.isgeneratorfunction(value):
            return False
        return all(
            parameter.default is not parameter.empty
            or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
            for parameter in inspect.signature(value).parameters.values()
        )

    def _drawn(self, found: dict[str, Any]) -> dict[str, Any]:
        models = {}
        for name, model in found.items():
            try:
                models[name] = self._draw(model)
            except GraphError as error:
                self._unfit.append(f"{name}: {error.describe()}")
        return models


def _fault(error: BaseException, path: Path) -> dict[str, Any]:
    """Return an error as plain data, with the line of the text where it came up."""
    line = _line(error, path)
    kind = type(error).__name__
    words = str(error) or repr(error)
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line, words = error.lineno or 0, error.msg or ""
    if isinstance(error, SystemExit):
        words = f"the text ended itself with the code {error.code!r}"
    trace = "".join(traceback.format_exception(error))
    source = linecache.getline(str(path), line).strip() if line else ""
    return {
        "kind": kind,
        "words": words.strip()[:2000],
        "line": line,
        "source": source[:300],
        "trace": trace[-20_000:],
    }


def _line(error: BaseException, path: Path) -> int:
    """Return the last line of the text that an error passed, or 0."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return (lines or [0])[-1] or 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
