"""The text of the person's own layers as it stands in exported code, in front of what uses it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Final

from workbench.errors import GraphError, Place
from workbench.graph.model import Graph
from workbench.graph.own_layers import OwnLayers, used_files

FUTURE: Final = "from __future__ import annotations"
_NEEDED: Final = frozenset({"keras", "layers", "sys", "build_model"})


def own_text(graph: Graph) -> list[str]:
    """Return the lines of all files whose layers a network uses; none when it uses none.

    Imports from `__future__` are left out, as they must stand first (`needs_future`); so are the
    lines that run when the file is started by itself.

    Args:
        graph: The network without blocks.

    Raises:
        GraphError: Two files define the same name, or one takes a name that the code needs.
    """
    lines: list[str] = []
    taken: dict[str, str] = {}
    for file in used_files(graph.records, graph):
        tree = _tree(file)
        for name in _defined(tree):
            if name in _NEEDED or name in taken:
                other = taken.get(name, "the code around it")
                raise GraphError(
                    f"{file.name} defines {name}, and so does {other}.",
                    remedy="Give one of them another name.",
                    place=Place("file", file.name),
                )
            taken[name] = file.name
        lines += [f"# Own layers, from {file.name.encode('ascii', 'replace').decode()}."]
        lines += [*_kept(file.text, tree), "", ""]
    return lines


def own_names(graph: Graph) -> set[str]:
    """Return the names that the files define whose layers a network uses.

    Raises:
        GraphError: A file is no Python.
    """
    return {name for file in used_files(graph.records, graph) for name in _defined(_tree(file))}


def needs_future(graph: Graph) -> bool:
    """Tell whether a file imports `annotations` from `__future__`."""
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for file in used_files(graph.records, graph)
        for node in _tree(file).body
    )


def refuse_clashes(own: Sequence[str], rest: Sequence[str]) -> None:
    """Raise when own code and the code around it define the same name.

    Raises:
        GraphError: They do.
    """
    if not own:
        return
    both = _defined(ast.parse("\n".join(own))) & _defined(ast.parse("\n".join(rest)))
    for name in sorted(both):
        raise GraphError(
            f"Your own layers define {name}, and so does the exported code.",
            remedy="Give it another name in your file.",
        )


def _tree(file: OwnLayers) -> ast.Module:
    try:
        return ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise GraphError(
            f"{file.name} is no Python code.", place=Place("file", file.name)
        ) from error


def _kept(text: str, tree: ast.Module) -> list[str]:
    dropped: set[int] = set()
    for node in tree.body:
        started = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
        if started or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            dropped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = [line.rstrip() for at, line in enumerate(text.splitlines(), 1) if at not in dropped]
    return "\n".join(lines).strip("\n").split("\n")


def _defined(tree: ast.Module) -> set[str]:
    """Return the names that a module defines itself; imported ones are left out."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets: Iterable[ast.expr] = (
                node.targets if isinstance(node, ast.Assign) else [node.target]
            )
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found
