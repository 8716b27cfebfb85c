"""Kind of job → the function that does it. A function is imported when its first job comes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from workbench.build import own_code, own_guard
from workbench.errors import EngineError, Place
from workbench.jobs import Control, Emit, Job


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    Attributes:
        module: Module that holds the function.
        function: Its name.
        title: What it does, as in "Something went wrong during …".
    """

    module: str
    function: str
    title: str


KINDS: dict[str, Kind] = {
    "echo": Kind("workbench.engine.selftest", "echo", "the self-test"),
    "infer": Kind("workbench.build.infer_job", "infer", "shape inference"),
    "import_file": Kind("workbench.importing.import_job", "import_file", "the import"),
    "import_code": Kind("workbench.importing.code_job", "import_code", "the import"),
    "describe_layers": Kind(
        "workbench.engine.own_layers_job", "describe_layers", "looking at your layers"
    ),
    "train": Kind("workbench.training.train", "train", "training"),
    "export_imported": Kind("workbench.training.export_imported", "export_imported", "the export"),
    "predict": Kind("workbench.predict.predict", "predict", "predicting"),
    "preview": Kind("workbench.predict.preview", "preview", "the preview"),
    "explain": Kind("workbench.explain.explain", "explain", "explaining"),
    "explain_choices": Kind(
        "workbench.explain.measure", "explain_choices", "measuring the explainers"
    ),
}
"""Every kind of job that an engine does."""


def find_job(kind: str) -> Job:
    """Return the function of a kind of job; importing it may take seconds (Keras).

    Raises:
        EngineError: There is no such kind.
    """
    entry = KINDS.get(kind)
    if entry is None:
        raise EngineError(
            f"There is no job {kind!r}.",
            expected=" or ".join(KINDS),
            place=Place("engine"),
        )
    return cast(Job, getattr(import_module(entry.module), entry.function))


def do_job(kind: str, spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Do a job; own code is run only where the spec lists its text as trusted.

    Code that has ended an engine before is left alone.

    Raises:
        EngineError: There is no such kind.
    """
    own_code.allow(spec.get(own_code.TRUSTED, ()))
    own_guard.avoid(spec.get(own_guard.FAULTY, ()))
    return find_job(kind)(spec, emit, control)


def title_of(kind: str) -> str:
    """Return what a kind of job does, for messages."""
    return KINDS[kind].title if kind in KINDS else "the job"
