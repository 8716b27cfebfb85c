"""The recipe document: optimizer, loss, metrics, epochs, device. Plain data in `project.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.errors import RecipeError
from workbench.plain import Plain, PlainDict

Backend = Literal["auto", "tensorflow", "torch", "jax"]
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """An optimizer.

    Attributes:
        name: Class name in `keras.optimizers`, for example `"Adam"`.
        learning_rate: Step size, > 0.
        params: Further constructor arguments that differ from the defaults.
    """

    name: str = "Adam"
    learning_rate: float = 1e-3
    params: dict[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EarlyStopping:
    """When training ends by itself.

    Attributes:
        enabled: Whether it does.
        monitor: A logged value, `"val_loss"` for the validation loss; `"auto"` for the
            validation loss where there is validation data, else the training loss.
        patience: Epochs without improvement before it ends, >= 1.
        min_delta: Smallest change that counts as improvement, >= 0.
    """

    enabled: bool = True
    monitor: str = AUTO
    patience: int = 15
    min_delta: float = 0.0


@dataclass(frozen=True, slots=True)
class RecipeSpec:
    """The whole recipe.

    Attributes:
        optimizer: The optimizer.
        loss: Name of a Keras loss, or `"auto"`: preset from the target and the output layer.
        metrics: Names of Keras metrics, or `("auto",)`.
        epochs: Most epochs, >= 1.
        batch_size: Rows per step, >= 1.
        early_stopping: When training ends by itself.
        class_weight: `"none"`, or `"balanced"` to weigh rare classes up.
        seed: Seed of weights, shuffling and dropout.
        backend: Keras backend of the run engine.
        device: `"auto"`, `"cpu"`, `"gpu"` or `"gpu:1"` …
        precision: Keras dtype policy: `"float32"`, `"mixed_float16"`, `"mixed_bfloat16"`.
        begin_with: `"imported"` for the weights that were imported with the network, where there
            are some, or `"fresh"`.
    """

    optimizer: OptimizerSpec = field(default_factory=OptimizerSpec)
    loss: str = AUTO
    metrics: tuple[str, ...] = (AUTO,)
    epochs: int = 100
    batch_size: int = 32
    early_stopping: EarlyStopping = field(default_factory=EarlyStopping)
    class_weight: Literal["none", "balanced"] = "none"
    seed: int = 0
    backend: Backend = "auto"
    device: str = AUTO
    precision: str = "float32"
    begin_with: Literal["imported", "fresh"] = "imported"

    def to_plain(self) -> PlainDict:
        """Return the recipe as plain data."""
        o, e = self.optimizer, self.early_stopping
        return {
            "optimizer": {
                "name": o.name, "learning_rate": o.learning_rate, "params": dict(o.params),
            },
            "loss": self.loss,
            "metrics": list(self.metrics),
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "early_stopping": {
                "enabled": e.enabled, "monitor": e.monitor,
                "patience": e.patience, "min_delta": e.min_delta,
            },
            "class_weight": self.class_weight,
            "seed": self.seed,
            "backend": self.backend,
            "device": self.device,
            "precision": self.precision,
            "begin_with": self.begin_with,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> RecipeSpec:
        """Read a recipe written by `to_plain`; unknown keys are ignored, missing ones default.

        Raises:
            RecipeError: The data does not describe a recipe.
        """
        try:
            known = {k: plain[k] for k in cls.__dataclass_fields__ if k in plain}
            if "optimizer" in known:
                known["optimizer"] = OptimizerSpec(**known["optimizer"])
            if "early_stopping" in known:
                known["early_stopping"] = EarlyStopping(**known["early_stopping"])
            if "metrics" in known:
                known["metrics"] = tuple(str(m) for m in known["metrics"])
            return cls(**known)
        except (TypeError, AttributeError, ValueError) as error:
            raise RecipeError(
                "The training settings of this project cannot be read.",
                received=f"{type(error).__name__}: {error}",
            ) from error
