"""The job `train`: from a frozen spec to weights in a run's folder.

Spec: `RunSpec.to_plain()`. Events, besides `phase` and `progress` (which also has `epoch` and
`steps_per_second`):

- `run_started`: `run_id`, `epochs`, `steps_per_epoch`, `epoch` and `step` (made before), `rows`
  {train, validation, test}, `parameters`, `metrics` (names), `monitor`, `backend`, `device`,
  `begins` (what it says about imported weights, "" without any);
- `batches`: `first_step` (global, from 0), `values` {"loss": float32 array}: the loss of every
  single batch, each exactly once;
- `epoch`: `epoch` (from 1), `step` (steps so far), `values` (means over the epoch; `val_` for the
  validation part; errors in the target's own units), `seconds`, `best`, `learning_rate`,
  `patience` [epochs without improvement, allowed] ([n, 0] without early stopping);
- `paused`, `resumed`, `learning_rate` (`value`, `step`).

A spec with `resumed` true goes on from the checkpoint in the run's folder; `run_started` then has
`epoch` and `step` greater than 0: what was reported beyond them is made again.

Result: `run_id`, `state`, `epochs`, `best_epoch`, `values` (of the best epoch), `test` (`loss` and
exact scores), `seconds`, `backend`, `device`, `parameters`, `begins`. Stop keeps the best weights,
Cancel removes the run's folder. Control settings: `learning_rate`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from workbench.build.starting_weights import begin_with
from workbench.errors import GraphError, JobCancelled, RunError, WorkbenchError
from workbench.graph.inference import Inference
from workbench.graph.starting_weights import weights_of
from workbench.jobs import Control, Emit
from workbench.recipe.presets import ResolvedRecipe, resolve
from workbench.runs.files import (
    CHECKPOINT,
    make_folder,
    remove_checkpoint,
    remove_folder,
    remove_torn_folder,
    run_folder,
)
from workbench.runs.spec import RunSpec, RunState
from workbench.runs.versions import library_versions
from workbench.training.checkpoint import read_position
from workbench.training.checkpoints import Checkpoints
from workbench.training.compiling import make_loss, make_metrics, make_optimizer
from workbench.training.conductor import Conductor
from workbench.training.material import (
    Rows,
    build_network,
    evaluation_rows,
    infer_shapes,
    part_arrays,
    read_rows,
    refuse_bad_recipe,
    refuse_other_data,
)
from workbench.training.memory import free_memory, refuse_large
from workbench.training.outputs import raw_outputs, user_outputs
from workbench.training.saving import save_beginning, save_end
from workbench.training.scores import scores
from workbench.training.surroundings import devices, precision, refuse_other_engine, seed_everything
from workbench.training.trainer import Trainer
from workbench.training.watch import Watch


def train(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Train; see the module.

    Raises:
        WorkbenchError: The documents do not allow a training, it went wrong, or was cancelled.
    """
    started = time.monotonic()
    run = RunSpec.from_plain(spec)
    run_folder(Path(run.project), run.run_id)
    rows = read_rows(run, emit)
    control.check()
    refuse_bad_recipe(run.recipe, rows.signature, run.graph)
    recipe = resolve(
        run.recipe, rows.signature, run.graph, validation=len(rows.validation.row_ids) > 0
    )
    refuse_other_engine(run.recipe)
    emit({"event": "phase", "text": "Building the network"})
    shapes = infer_shapes(run.graph, rows.signature)
    refuse_large(
        shapes, run.recipe.batch_size, run.recipe.optimizer.name, rows.bytes, free_memory()
    )
    seed_everything(run.recipe.seed)
    with precision(run.recipe.precision):
        resumed = bool(spec.get("resumed"))
        return Training(run, rows, recipe, shapes, emit, control, started, resumed=resumed).run()


class Training:
    """One training, from its network to its result.

    Args:
        run: The frozen spec.
        rows: The table, encoded and divided.
        recipe: The recipe without `"auto"`.
        shapes: What is known about the network.
        emit: Hears the events.
        control: What the person asks.
        started: When the job began, `time.monotonic()`.
        resumed: Whether to go on from the checkpoint in the run's folder.
    """

    def __init__(
        self,
        run: RunSpec,
        rows: Rows,
        recipe: ResolvedRecipe,
        shapes: Inference,
        emit: Emit,
        control: Control,
        started: float,
        *,
        resumed: bool = False,
    ) -> None:
        self._rows, self._recipe, self._emit, self._started = rows, recipe, emit, started
        self._backend = keras.backend.backend()
        self._device = devices()[0]
        versions = {**library_versions(), "backend": self._backend, "device": self._device}
        self._run = run = replace(run, versions=versions)
        self._network = build_network(run.graph, rows.signature, shapes)
        self._train, self._validation, self._test = (
            part_arrays(self._network, part, rows.encoder, weight)
            for part, weight in (
                (rows.train, run.recipe.class_weight),
                (rows.validation, "none"),
                (rows.test, "none"),
            )
        )
        self._trainer = self._compiled()
        self._conductor = Conductor(
            self._train.rows, run.recipe.batch_size, run.recipe.epochs, run.recipe.seed,
            emit, control, self._set_learning_rate,
        )  # fmt: skip
        self._evaluation_rows = evaluation_rows(shapes, run.recipe.batch_size)
        self._watch = Watch(self._conductor, recipe, run.recipe.early_stopping, self._scale())
        self._folder = run_folder(Path(run.project), run.run_id)
        self._checkpoints = Checkpoints(
            self._folder / CHECKPOINT, self._conductor, self._watch, resumed=resumed
        )
        self._resumed = resumed
        self._begins = ""

    def run(self) -> dict[str, Any]:
        """Train and return the job's result.

        Raises:
            WorkbenchError: It went wrong or was cancelled.
        """
        project = Path(self._run.project)
        folder = make_folder(project, self._run.run_id)
        try:
            self._begin()
            self._fit()
            result = self._result(RunState.STOPPED if self._conductor.stopped else RunState.DONE)
            save_end(folder, self._network, result)
            remove_checkpoint(folder)
        except JobCancelled:
            remove_folder(project, self._run.run_id)
            raise
        except BaseException as error:
            if not self._keep_best(folder, error):
                remove_torn_folder(project, self._run.run_id)
            raise
        return result

    # ---- inside --------------------------------------------------------------------------

    def _compiled(self) -> Trainer:
        trainer = Trainer(self._network)
        classes = len(self._rows.encoder.classes)
        trainer.compile(
            optimizer=make_optimizer(self._run.recipe.optimizer),
            loss=make_loss(self._recipe, classes),
            metrics=make_metrics(self._recipe, classes),
            jit_compile=False,
        )
        return trainer

    def _scale(self) -> float:
        if self._rows.encoder.task != "regression":
            return 1.0
        zero, one = self._rows.encoder.to_user_units(np.array([[0.0], [1.0]])).ravel()
        return float(one - zero)

    def _set_learning_rate(self, rate: float) -> None:
        self._trainer.stepper.set_learning_rate(rate)

    def _begin(self) -> None:
        """Write what is known before the first step, or look up where to go on."""
        self._begins = self._beginning()
        if not self._resumed:
            save_beginning(self._folder, self._run, self._rows.encoder)
            return
        refuse_other_data(self._folder, self._rows.encoder)
        steps = self._conductor.steps_per_epoch
        self._conductor.go_on(*read_position(self._folder / CHECKPOINT, steps))

    def _beginning(self) -> str:
        """Take over the imported weights; return what to say about them, "" without any.

        A resumed run gets all weights from its checkpoint; it only says what it began with.
        """
        run = self._run
        if run.recipe.begin_with != "imported" or not weights_of(run.graph):
            return ""
        try:
            return begin_with(self._network, run.graph, Path(run.project)).words
        except GraphError:
            if self._resumed:
                return ""
            raise

    def _fit(self) -> None:
        trainer = self._trainer
        validation = self._validation if self._validation.rows else None
        self._emit(self._start_event())
        try:
            trainer.run(
                self._conductor, self._train, validation, self._evaluation_rows,
                [self._watch, self._checkpoints],
            )  # fmt: skip
        except Exception:
            # Before the first step Keras has no metrics to ask for when the person cancels.
            if self._conductor.failure is None:
                raise
        self._conductor.flush()
        if self._conductor.failure is not None:
            raise self._conductor.failure
        self._network.set_weights(self._watch.best_weights)

    def _start_event(self) -> dict[str, Any]:
        return {
            "event": "run_started",
            "run_id": self._run.run_id,
            "epochs": self._run.recipe.epochs,
            "epoch": self._conductor.first_epoch,
            "step": self._conductor.step,
            "steps_per_epoch": self._conductor.steps_per_epoch,
            "rows": {
                "train": self._train.rows,
                "validation": self._validation.rows,
                "test": self._test.rows,
            },
            "parameters": int(self._network.count_params()),
            "metrics": ["loss", *self._recipe.metrics],
            "monitor": self._recipe.monitor,
            "backend": self._backend,
            "device": self._device,
            "begins": self._begins,
        }

    def _result(self, state: RunState) -> dict[str, Any]:
        return {
            "run_id": self._run.run_id,
            "state": state.value,
            "epochs": self._watch.epochs,
            "best_epoch": self._watch.best_epoch,
            "values": self._watch.best_values,
            "test": self._tested() if state.has_weights else {},
            "seconds": self._seconds(),
            "backend": self._backend,
            "device": self._device,
            "parameters": int(self._network.count_params()),
            "begins": self._begins,
        }

    def _seconds(self) -> float:
        spent = time.monotonic() - self._started - self._conductor.paused_seconds
        return self._checkpoints.seconds + spent

    def _tested(self) -> dict[str, float]:
        if not self._test.rows:
            return {}
        self._emit({"event": "phase", "text": "Testing"})
        loss = self._trainer.measure(self._test)["loss"]
        if self._conductor.failure is not None:  # cancelled while it was tested
            raise self._conductor.failure
        raw = raw_outputs(self._network, self._test.inputs, self._evaluation_rows)
        encoder = self._rows.encoder
        outputs = user_outputs(raw, encoder, self._recipe.from_logits)
        return {"loss": loss, **scores(outputs, self._test.target, encoder)}

    def _keep_best(self, folder: Path, error: BaseException) -> bool:
        """Keep the best weights of a training that went wrong; tell whether there are any."""
        if not self._watch.best_weights:
            return False
        said = error.to_plain() if isinstance(error, WorkbenchError) else None
        with suppress(RunError, OSError, RuntimeError, ValueError):
            self._network.set_weights(self._watch.best_weights)
            save_end(folder, self._network, {**self._result(RunState.FAILED), "error": said})
            return True
        return False
