"""A whole training as one script: data, encoding, network, recipe. Needs Keras, NumPy and PyArrow.

The script reads, encodes and divides the table as the program does, with the values that the
program fitted to the training rows written out as constants. The order in which batches are
drawn is that of `keras.Model.fit`, so that the weights come out alike but not bit for bit.
"""

from __future__ import annotations

import dataclasses
import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.catalog import Catalog
from workbench.data.columns import CategoryEncodingFitted
from workbench.data.encoder import Encoder, input_name
from workbench.data.signature import layout_of
from workbench.data.sniff import declared_separator, decode_sample
from workbench.data.source import open_table, resolve
from workbench.data.spec import DataSpec, SourceSpec
from workbench.errors import DataError, GraphError, Place, RecipeError
from workbench.export.bundle import bundle, merged
from workbench.export.code import Code
from workbench.export.expressions import Text, literal, quoted, written
from workbench.export.layer_calls import layer_imports
from workbench.export.model import function_code
from workbench.export.own_text import own_text, refuse_clashes
from workbench.export.recipe_code import recipe_functions
from workbench.graph.check_target import source_of
from workbench.graph.expand import expand
from workbench.graph.model import INPUT_LAYER, Graph
from workbench.graph.order import input_nodes, output_nodes
from workbench.recipe import presets
from workbench.recipe.spec import AUTO, RecipeSpec

_BODY = "workbench.export.script_body"
_MAIN = ("main", "Split")
_THIRD = ("keras", "numpy", "pyarrow")
_OWN = (
    "DATA_FILE", "READING", "FEATURES", "TARGET", "SPLIT", "INPUTS", "EPOCHS",
    "BATCH_SIZE", "SEED", "BALANCED", "build_model", "compile_model", "fit_callbacks", "start",
    "Split",
)  # fmt: skip
_ORDINARY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_TITLE = '''\
"""Trains a Keras network. Written by Keras Workbench; needs keras, numpy and pyarrow.

    python {name} [DATA_FILE]
"""'''


def training_script(
    graph: Graph,
    catalog: Catalog,
    data: DataSpec,
    recipe: RecipeSpec,
    base: Path,
    *,
    data_file: str = "",
    name: str = "train.py",
) -> Code:
    """Return a script that trains the network of a project.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        data: The data document; its table is read, to fit the encoding.
        recipe: The recipe.
        base: The project folder.
        data_file: How the script names the table, relative to its own folder or absolute; the
            absolute path when empty.
        name: File name of the script, for its usage line; "train.py" stands for names with other
            characters than letters, digits, points and hyphens.

    Raises:
        WorkbenchError: A document has an error; message and place say where.
    """
    encoder, validation = _fitted(data, base)
    signature = encoder.signature
    resolved = presets.resolve(recipe, signature, graph, validation=validation)
    flat = expand(graph).graph
    if len(output_nodes(flat)) != 1:
        raise GraphError("Training needs a network with one output.", place=Place("graph"))
    classes = len(encoder.classes)
    recipe_lines, classes_needed = recipe_functions(recipe, resolved, classes)
    parts = bundle([(_BODY, entry) for entry in _MAIN] + classes_needed, _OWN)
    around = "\n".join((*parts.definitions, *parts.constants, *parts.imports, *recipe_lines))
    taken = set(re.findall(r"[A-Za-z_]\w*", around))
    function, spans = function_code(graph, catalog, signature, taken=taken)
    source = resolve(data.source, base)
    head = [
        _TITLE.format(name=name if _ORDINARY.fullmatch(name) else "train.py"),
        "",
        "from __future__ import annotations",
        "",
    ]
    used = {node.layer for node in flat if node.layer != INPUT_LAYER}
    imported = (*parts.imports, *layer_imports(used))
    head += _imports(imported, recipe.backend, deep=any("sys." in line for line in function))
    head += ["", *_constants(graph, data, recipe, encoder, data_file or str(source), source)]
    own = own_text(flat)
    before = [*"\n".join(head).split("\n"), "", "", *own]
    text = [*before, *function, "", "", *recipe_lines, "", "", *parts.constants]
    for definition in parts.definitions:
        text += ["", "", definition]
    text += ["", "", 'if __name__ == "__main__":', "    main()", ""]
    refuse_clashes(own, [*head, *text[len(before) :]])
    moved = {key: (first + len(before), last + len(before)) for key, (first, last) in spans.items()}
    return Code("\n".join(text), moved)


def _fitted(data: DataSpec, base: Path) -> tuple[Encoder, bool]:
    """Fit the encoding to the training rows; tell whether there are validation rows."""
    if data.target is None:
        raise RecipeError(
            "There is no target to train for.",
            remedy="Choose a target column on the data page.",
            place=Place("field", "columns"),
        )
    table = open_table(data.source, base)
    layout = layout_of(data, table)
    split = layout.split(data, table)
    rows = layout.row_ids
    return Encoder.fit(table, data, rows[split.train], usable=len(rows)), len(split.validation) > 0


def _imports(needed: tuple[str, ...], backend: str, *, deep: bool) -> list[str]:
    lines = [*needed, "import keras"]
    if deep:
        lines.append("import sys")
    if backend != AUTO:
        lines.append("import os")
    own = [line for line in lines if line.split()[1].split(".")[0] in _THIRD]
    standard = merged(line for line in lines if line not in own)
    if backend == AUTO:
        return [*standard, "", *merged(own)]
    chosen = f'os.environ.setdefault("KERAS_BACKEND", {quoted(backend)})'
    return [*standard, "", chosen, "", *(f"{line}  # noqa: E402" for line in merged(own))]


def _constants(
    graph: Graph,
    data: DataSpec,
    recipe: RecipeSpec,
    encoder: Encoder,
    data_file: str,
    source: Path,
) -> list[str]:
    sources = [source_of(graph.node(node_id)) for node_id in input_nodes(graph)]
    offered = {entry.name for entry in encoder.signature.inputs}
    for wanted in sources:
        if wanted not in offered:
            raise GraphError(f"The data has no input called {wanted}.", place=Place("graph"))
    values: Mapping[str, Any] = {
        "READING": _reading(data.source, source),
        "FEATURES": [_feature(encoding) for encoding in encoder.features],
        "TARGET": _target(encoder),
        "SPLIT": {
            "validation": data.split.validation,
            "test": data.split.test,
            "seed": abs(data.split.seed),
            "stratify": data.split.stratify,
        },
        "INPUTS": sources,
        "EPOCHS": recipe.epochs,
        "BATCH_SIZE": recipe.batch_size,
        "SEED": recipe.seed,
        "BALANCED": recipe.class_weight == "balanced" and encoder.task != "regression",
    }
    lines = written("DATA_FILE = ", Text(data_file))
    for name, value in values.items():
        lines += written(f"{name} = ", literal(value))
    return lines


def _reading(source: SourceSpec, path: Path) -> dict[str, Any]:
    if source.format == "parquet":
        return {"format": "parquet", "header": True}
    plain = dataclasses.asdict(source)
    utf8 = source.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    return {
        "format": "csv",
        "encoding": "utf8" if utf8 else source.encoding,
        **{key: plain[key] for key in ("delimiter", "decimal", "header")},
        "skip_lines": _lines_to_skip(source, path),
    }


def _lines_to_skip(source: SourceSpec, path: Path) -> int:
    """Return 1 for a file whose first line only names its separator (`sep=;`)."""
    try:
        with path.open("rb") as file:
            head = file.read(1 << 12)
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                head = unpacked.read(1 << 12)
        return 1 if declared_separator(decode_sample(head, source.encoding)) else 0
    except (UnicodeError, LookupError, EOFError):
        return 0
    except OSError as error:
        raise DataError("The table cannot be read.", place=Place("file", str(path))) from error


def _feature(encoding: Any) -> dict[str, Any]:
    plain: dict[str, Any] = dict(encoding.to_plain())
    if isinstance(encoding, CategoryEncodingFitted) and encoding.encoding == "embedding":
        plain["input"] = input_name(encoding.name)
    return plain


def _target(encoder: Encoder) -> dict[str, Any]:
    target = encoder.target
    assert target is not None  # `_fitted` asks for one
    if target.number is not None:
        return dict(target.number.to_plain())
    return {
        "kind": "classes",
        "name": target.name,
        "missing": "drop_row",
        "classes": list(target.classes),
    }
