"""The recipe as code: optimizer, loss, metrics, early stopping, seed, precision."""

from __future__ import annotations

from workbench.errors import RecipeError
from workbench.export.expressions import (
    Atom,
    Call,
    Expression,
    Group,
    Item,
    arguments,
    identifier,
    literal,
    written,
)
from workbench.recipe.presets import ResolvedRecipe, optimizer
from workbench.recipe.spec import RecipeSpec

_CLASSES = "workbench.training.compiling"
"""Where losses and metrics are that Keras lacks. Only its text is read (see `bundle`)."""

_LOSSES = {
    "binary_crossentropy": "keras.losses.BinaryCrossentropy",
    "binary_focal_crossentropy": "keras.losses.BinaryFocalCrossentropy",
    "sparse_categorical_crossentropy": "keras.losses.SparseCategoricalCrossentropy",
    "mean_squared_error": "keras.losses.MeanSquaredError",
    "mean_absolute_error": "keras.losses.MeanAbsoluteError",
    "huber": "keras.losses.Huber",
    "log_cosh": "keras.losses.LogCosh",
}
_NUMBER_METRICS = {
    "mae": "keras.metrics.MeanAbsoluteError",
    "rmse": "keras.metrics.RootMeanSquaredError",
    "r2": "keras.metrics.R2Score",
}


def recipe_functions(
    recipe: RecipeSpec, resolved: ResolvedRecipe, classes: int
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the functions `start`, `compile_model` and `fit_callbacks`.

    Args:
        recipe: The recipe.
        resolved: The recipe without `"auto"`.
        classes: Number of classes; 0 for regression.

    Returns:
        Lines of code, and module and name of the classes that they use.

    Raises:
        RecipeError: There is no such optimizer.
    """
    loss, needed = _loss(resolved, classes)
    metrics = [_metric(name, classes, resolved.from_logits) for name in resolved.metrics]
    needed = needed | {m.head for m in metrics if "." not in m.head}
    lines = ["def start(seed):", '    """Make everything random depend on the seed."""']
    lines.append("    keras.utils.set_random_seed(seed)")
    if recipe.precision != "float32":
        lines += written("keras.config.set_dtype_policy(", literal(recipe.precision), ")", 4)
    lines += ["", "", "def compile_model(model):", '    """Choose optimizer, loss and metrics."""']
    if recipe.precision != "float32":
        lines.append("    # Probabilities near 0 and 1 do not survive 16 bits.")
        lines += [
            "    for layer in model.layers:",
            "        if layer.name in model.output_names:",
            '            layer.dtype_policy = "float32"',
        ]
    choices = {
        "optimizer": _optimizer(recipe),
        "loss": loss,
        "metrics": Group("[", "]", [Item(metric) for metric in metrics]),
    }
    lines += written("", Call("model.compile", (arguments((), choices),)), "", 4)
    lines += ["", "", "def fit_callbacks():"]
    lines += [
        '    """Keep the best weights; end when nothing gets better."""',
        *_stopping(recipe, resolved),
    ]
    return lines, [(_CLASSES, name) for name in sorted(needed)]


def _optimizer(recipe: RecipeSpec) -> Expression:
    spec = recipe.optimizer
    known = optimizer(spec.name)
    if known is None:
        raise RecipeError(f"There is no optimizer {spec.name}.")
    settings = {"learning_rate": literal(float(spec.learning_rate))}
    for name, value in spec.params.items():
        param = known.param(name)
        if param is None:
            raise RecipeError(f"{spec.name} has no setting called {name}.")
        if value != param.default:
            settings[name] = literal(value)
    return Call(f"keras.optimizers.{identifier(spec.name)}", (arguments((), settings),))


def _loss(resolved: ResolvedRecipe, classes: int) -> tuple[Call, set[str]]:
    logits = {"from_logits": Atom("True")} if resolved.from_logits else {}
    if resolved.loss == "categorical_focal_crossentropy":
        values = [literal(classes), literal(resolved.from_logits)]
        return Call("SparseFocal", (arguments(values),)), {"SparseFocal"}
    return Call(_LOSSES[resolved.loss], (arguments((), logits),)), set()


def _metric(name: str, classes: int, logits: bool) -> Call:
    named = {"name": literal(name)}
    threshold = literal(0.0 if logits else 0.5)
    if classes == 0:
        return Call(_NUMBER_METRICS[name], (arguments((), named),))
    if classes > 2:
        if name == "accuracy":
            return Call("keras.metrics.SparseCategoricalAccuracy", (arguments((), named),))
        if name == "top_3_accuracy":
            settings = {"k": literal(3), **named}
            return Call("keras.metrics.SparseTopKCategoricalAccuracy", (arguments((), settings),))
        return Call("SparseF1", (arguments([literal(classes), literal(name)]),))
    if name == "accuracy":
        settings = {**named, "threshold": threshold}
        return Call("keras.metrics.BinaryAccuracy", (arguments((), settings),))
    if name == "auc":
        settings = {**named, **({"from_logits": literal(True)} if logits else {})}
        return Call("keras.metrics.AUC", (arguments((), settings),))
    return Call("BinaryCounts", (arguments([literal(name), threshold]),))


def _stopping(recipe: RecipeSpec, resolved: ResolvedRecipe) -> list[str]:
    stopping = recipe.early_stopping
    settings = {
        "monitor": literal(resolved.monitor),
        "mode": literal(resolved.mode),
        "patience": literal(stopping.patience) if stopping.enabled else Atom("EPOCHS"),
        "min_delta": literal(float(stopping.min_delta)),
        "restore_best_weights": Atom("True"),
    }
    call = Call("keras.callbacks.EarlyStopping", (arguments((), settings),))
    return written("return ", Group("[", "]", [Item(call)]), "", 4)
