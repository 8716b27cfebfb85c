"""The person's own code in an engine: run only when the job says that this text is trusted.

A job that may run own code lists the SHA-256 of every trusted text under `"trusted_code"`. A text
is run once per process, as a module of its own; whatever goes wrong in it is told with its line.
"""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from collections.abc import Iterable
from types import ModuleType
from typing import Any, Final

from workbench.build.own_guard import LOAD_SECONDS, asked_to_end, avoided, guarded, key_of
from workbench.errors import GraphError, Place
from workbench.graph.own_layers import OwnLayers, class_name, own_files, own_layers_of
from workbench.graph.own_problems import NOT_TRUSTED
from workbench.graph.records import Records
from workbench.trust import fingerprint

TRUSTED: Final = "trusted_code"
"""Key of a job's spec: fingerprints of the texts that may be run."""

_allowed: set[str] = set()
_modules: dict[str, ModuleType | GraphError] = {}


def allow(fingerprints: Iterable[str]) -> None:
    """Say which texts may be run from now on; all others may not."""
    _allowed.clear()
    _allowed.update(str(entry) for entry in fingerprints)


def state_of(records: Records) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """Return what decides about the own layers of a document.

    Returns:
        Of each text its fingerprint, whether it may run, and what of it ended an engine before.
    """
    digests = records.memo(
        "own code", lambda: tuple(fingerprint(file.text) for file in own_files(records))
    )
    faulty = avoided()
    return tuple(
        (digest, digest in _allowed, tuple(key for key in faulty if key.startswith(digest[:32])))
        for digest in digests
    )


def class_of(records: Records, key: str) -> Any:
    """Return the class that the key of an own layer means.

    Raises:
        GraphError: Its text may not be run, has a fault, or has no such class.
    """
    file = own_layers_of(records, key)
    name = class_name(key)
    if file is None:
        raise GraphError(f"The file of the own layer {name} is not in this project.")
    if fingerprint(file.text) not in _allowed:
        raise GraphError(
            f"{name} is from {file.name}; {NOT_TRUSTED}. "
            "Choose Design › Trust this project's layers."
        )
    found = vars(_module_of(file)).get(name)
    if not isinstance(found, type):
        raise GraphError(f"{file.name} has no class {name}.")
    return found


def _module_of(file: OwnLayers) -> ModuleType:
    digest = fingerprint(file.text)
    if digest not in _modules:
        key = key_of(file.text, "", purpose="load")
        try:
            with guarded(file, key, LOAD_SECONDS):
                _modules[digest] = load(file.name, file.text)
        except GraphError as error:
            if key not in avoided():  # that one may be tried again later
                _modules[digest] = error
            raise
    found = _modules[digest]
    if isinstance(found, GraphError):
        raise found
    return found


def load(name: str, text: str) -> ModuleType:
    """Run a text as a module of its own.

    Args:
        name: Name of the file, for messages.
        text: The text; the caller knows that it is trusted.

    Raises:
        GraphError: The text has a fault; place and message name its line.
    """
    digest = fingerprint(text)
    filename = _filename(digest)
    module = ModuleType(f"own_layers_{digest[:16]}")
    module.__file__ = filename
    # Tracebacks and TensorFlow's tracing look for the lines there; there is no such file.
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), vars(module))  # noqa: S102 - trusted
    except BaseException as error:  # SystemExit too, and whatever else a file may raise
        sys.modules.pop(module.__name__, None)
        if asked_to_end(error):
            raise
        raise fault(error, name, text) from error
    return module


def _filename(digest: str) -> str:
    return f"<own layers {digest[:16]}>"


def line_of(error: BaseException, text: str) -> int:
    """Return the line of a text where an exception came from; 0 when it is not in there."""
    filename = _filename(fingerprint(text))
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno or 0
    lines = [
        frame.lineno or 0
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == filename
    ]
    if lines:
        return lines[-1]
    # TensorFlow traces a rewritten copy and tells the lines of the original in the message.
    told = re.findall(rf'File "{re.escape(filename)}", line (\d+)', str(error))
    return int(told[-1]) if told else 0


def fault(error: BaseException, name: str, text: str) -> GraphError:
    """Return what went wrong in a text, with its line.

    Args:
        error: What was raised.
        name: Name of the file.
        text: Its text.
    """
    details = "".join(traceback.format_exception(error))
    error = _origin(error, text)
    line = line_of(error, text)
    words = (error.msg if isinstance(error, SyntaxError) else _last_line(error)).rstrip(".")
    kind = type(error).__name__
    what = f"{kind}: {words}" if words and not words.startswith(kind) else words or kind
    if not line:
        return GraphError(f"{name}: {what}.", place=Place("file", name), details=details)
    lines = text.splitlines()
    source = lines[line - 1].strip()[:120] if line <= len(lines) else ""
    return GraphError(
        f"{name}, line {line}: {what}.",
        received=source.rstrip("."),
        remedy="Put the file right, then add or reload it.",
        place=Place("file", name, str(line)),
        details=details,
    )


def _origin(error: BaseException, text: str) -> BaseException:
    """Return what was raised first in a text, of all that one exception made of the other."""
    found, at = error, error
    while (before := at.__cause__ or at.__context__) is not None:
        at = before
        if line_of(at, text):
            found = at
    return found


def _last_line(error: BaseException) -> str:
    """Return the words of an exception without what Keras and TensorFlow put around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    text = re.sub(r"\n+Arguments received by .*", "", text, flags=re.DOTALL)
    text = text.rpartition("Error encountered:")[2]
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if "in user code:" in text or text.startswith("Exception encountered"):
        return lines[-1][:300] if lines else ""
    return lines[0][:300] if lines else ""


def fault_in_layer(error: BaseException, records: Records, key: str) -> GraphError | None:
    """Return what went wrong in the code of an own layer; None for any other layer.

    Args:
        error: What was raised.
        records: Records of the document.
        key: Key of the own layer.
    """
    file = own_layers_of(records, key)
    if file is None:
        return None
    found = fault(error, file.name, file.text)
    source = f" ({found.received})" if found.received else ""
    return GraphError(found.message.rstrip(".") + source, details=found.details)
