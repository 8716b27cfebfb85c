"""Puts functions of this program into a script that runs without it.

A script that reads data must read it exactly as the program does. So it carries the program's own
functions, taken from their source together with everything they refer to – not a second version
that would drift away. Works on source text alone; nothing is imported or run.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

_OURS = "workbench."
_FOR_TOOLS = re.compile(r"  # (noqa|fmt|type): .*$")
"""Remarks for the tools that check this program; a script has no use for them."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Definitions and the imports they need.

    Attributes:
        imports: Import statements, one a line, sorted.
        constants: Source of the constants.
        definitions: Source of each function and class: those asked for first, then what they
            refer to.
    """

    imports: tuple[str, ...]
    constants: tuple[str, ...]
    definitions: tuple[str, ...]


@dataclass(slots=True)
class _Module:
    """Top-level names of a module: their source, and where imported names come from."""

    source: dict[str, str] = field(default_factory=dict)
    uses: dict[str, list[str]] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


def bundle(wanted: Collection[tuple[str, str]], without: Collection[str] = ()) -> Bundle:
    """Return definitions with all that they refer to.

    Args:
        wanted: Module and name of each definition, in the order in which they are to stand.
        without: Names that the script defines itself.

    Raises:
        KeyError: A module has no such definition.
    """
    found: dict[tuple[str, str], None] = {}
    imports: set[str] = set()
    work = list(wanted)
    for key in work:  # grows while it is walked
        if key in found:
            continue
        found[key] = None
        module = _read(key[0])
        for name in module.uses[key[1]]:
            if name in without:
                continue
            if name in module.source:
                work.append((key[0], name))
            elif name in module.imports:
                origin, statement = module.imports[name]
                if origin.startswith(_OURS):
                    work.append((origin, name))
                else:
                    imports.add(statement)
    constants = [key for key in found if key[1] in _read(key[0]).values]
    rest = [key for key in found if key not in constants]
    return Bundle(
        tuple(merged(imports)),
        *(tuple(_read(module).source[name] for module, name in keys) for keys in (constants, rest)),
    )


def merged(statements: Iterable[str]) -> list[str]:
    """Return import statements in the usual order, those from one module joined.

    Those from `__future__` come first: Python takes them nowhere else.
    """
    lines = set(statements)
    plain = sorted(line for line in lines if line.startswith("import "))
    names: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, name = line.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).add(name)
    joined = [
        f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)
    ]
    future = [line for line in joined if line.startswith("from __future__ ")]
    return [*future, *plain, *(line for line in joined if line not in future)]


@lru_cache(maxsize=32)
def _read(name: str) -> _Module:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise KeyError(name)
    text = Path(spec.origin).read_text(encoding="utf-8")
    module = _Module()
    for node in ast.parse(text).body:
        for defined in _defined(node):
            module.source[defined] = _segment(text, node)
            names = {n.id: None for n in ast.walk(node) if isinstance(n, ast.Name)}
            module.uses[defined] = [used for used in names if used != defined]
            if isinstance(node, ast.Assign | ast.AnnAssign):
                module.values.add(defined)
        _note_imports(node, module)
    return module


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _segment(text: str, node: ast.stmt) -> str:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return "\n".join(_FOR_TOOLS.sub("", line) for line in lines)


def _note_imports(node: ast.stmt, module: _Module) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            renamed = f" as {alias.asname}" if alias.asname else ""
            module.imports[name] = alias.name, f"import {alias.name}{renamed}"
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            renamed = f" as {alias.asname}" if alias.asname else ""
            statement = f"from {node.module} import {alias.name}{renamed}"
            module.imports[alias.asname or alias.name] = node.module, statement
