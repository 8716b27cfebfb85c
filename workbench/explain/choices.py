"""Which explainers fit, what blocks the others, and about how long each will take.

Keras-free, so that the window can answer before any engine runs. The times come from counting
how many rows the network will see, multiplied by a speed: first a guess from the network's size,
then, once the job `explain_choices` has measured this network here, the measured one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.explain import exact, library, permutation
from workbench.explain.background import DEFAULT_SIZE
from workbench.graph.readers import Reader, readers

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature
    from workbench.graph.model import Graph

AUTO = "auto"
AUTO_EXACT = 14
AUTO_PERMUTATION = 200
LIBRARY_EXACT = 12
"""The library's exact explainer orders coalitions in Python: slow beyond this many columns."""

TITLES: dict[str, str] = {
    AUTO: "Automatic",
    "exact": "Exact Shapley values",
    "permutation": "Shapley values by permutations",
    "gradients": "Expected gradients",
    "kernel": "SHAP library: KernelExplainer",
    "shap_exact": "SHAP library: ExactExplainer",
    "shap_permutation": "SHAP library: PermutationExplainer",
    "shap_deep": "SHAP library: DeepExplainer",
}
EXACTNESS: dict[str, str] = {
    "exact": "Exact to float precision: values every coalition of columns.",
    "permutation": "Sampled; each value carries its standard error, the sum is exact.",
    "gradients": "Aumann–Shapley values: another quantity than Shapley values where columns "
                 "interact. Adds up; does not slow down with more columns.",
    "kernel": "Exact up to 11 columns; sampled without an error estimate beyond.",
    "shap_exact": "Exact; the library's own code, to cross-check.",
    "shap_permutation": "Sampled without a usable error estimate, to cross-check.",
    "shap_deep": "",
}  # fmt: skip
_NO_DEEP = (
    "Not offered: it fails on many layers and leaves TensorFlow damaged when it does, and where "
    "it runs its values add up and are still 14–172 % off exact Shapley values."
)
_IMPORT_SHAP = 5.0
_COMPILE_NUMBA = 10.0
_PER_ROW = 1e-3
_KERNEL_SAMPLE = 3e-5
_ROUND = 8e-4
USUAL_ROUNDS = 20.0
"""Rounds of permutation sampling that a network is expected to need."""
USUAL_POINTS = 500.0
"""Points per path of expected gradients that a network is expected to need."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a network answers here. Seconds.

    Attributes:
        row: One more row in a large call.
        gradient_row: The gradient of all outputs for one more row.
        setup: Loading the run, choosing the background, compiling.
        rounds: Rounds that permutation sampling needs until its error is small.
        points: Points per path that expected gradients need, refinements included.
        measured: False for a guess from the network's size.
    """

    row: float
    gradient_row: float
    setup: float
    rounds: float = USUAL_ROUNDS
    points: float = USUAL_POINTS
    measured: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Return the speed as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_plain(cls, plain: Any) -> Speed:
        """Read a speed written by `to_plain`."""
        return cls(**{name: plain[name] for name in cls.__dataclass_fields__ if name in plain})


@dataclass(frozen=True, slots=True)
class Choice:
    """One explainer as the window offers it.

    Attributes:
        name: What an explain spec calls it.
        title: What the window calls it.
        reason_blocked: Why it cannot be used here; "" when it can.
        seconds: About how long it will take, None when blocked.
        exactness: What its values are worth, one sentence.
    """

    name: str
    title: str
    reason_blocked: str = ""
    seconds: float | None = None
    exactness: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return the choice as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_plain(cls, plain: Any) -> Choice:
        """Read a choice written by `to_plain`."""
        return cls(**{name: plain[name] for name in cls.__dataclass_fields__})


def automatic(columns: int) -> str:
    """Return the explainer that `"auto"` stands for: exact, permutation or gradients."""
    if columns <= AUTO_EXACT:
        return "exact"
    return "permutation" if columns <= AUTO_PERMUTATION else "gradients"


def guess_speed(graph: Graph | None, parameters: int = 0) -> Speed:
    """Return a first guess of a network's speed.

    Args:
        graph: The network, or None.
        parameters: Number of weight values; 0 when not known.
    """
    layers = max(1, len(graph) - 1) if graph is not None else 4
    row = 1.5e-7 + 2e-8 * layers + 2e-10 * max(parameters, 1_000)
    return Speed(row, 3 * row, setup=1.0)


def choices(
    signature: DataSignature | None,
    graph: Graph | None,
    columns: int,
    rows: int,
    background: int = DEFAULT_SIZE,
    speed: Speed | None = None,
    no_gradients: str = "",
    space: str = "logit",
) -> list[Choice]:
    """Return every explainer with its time and, where it is blocked, the reason.

    Args:
        signature: What the network sees of the table; None when not known.
        graph: The network, or None.
        columns: Number of feature columns.
        rows: Number of rows to explain.
        background: Size of the background.
        speed: Measured speed; guessed from the graph when None.
        no_gradients: Why no gradients can be taken of this network, or "".
        space: What is explained; probabilities take more sampling.

    Returns:
        The automatic choice first.
    """
    speed = speed or guess_speed(graph)
    outputs = signature.units if signature else 1
    made = []
    for name, title in TITLES.items():
        reason = why_blocked(name, columns)
        if name == "gradients" and not reason:
            reason = no_gradients or _why_no_gradients(signature, graph)
        taken = seconds(name, columns, rows, background, speed, max(1, outputs), space)
        if name != AUTO:
            made.append(Choice(name, title, reason, None if reason else taken, EXACTNESS[name]))
    chosen = next(choice for choice in made if choice.name == automatic(columns))
    first = Choice(AUTO, f"Automatic: {chosen.title}", "", chosen.seconds, chosen.exactness)
    return [first, *made]


def seconds(
    name: str, columns: int, rows: int, background: int, speed: Speed, outputs: int = 1,
    space: str = "logit",
) -> float:  # fmt: skip
    """Return about how long an explainer takes, loading included.

    Args:
        name: The explainer, not `"auto"`.
        columns: Number of feature columns.
        rows: Number of rows to explain.
        background: Size of the background.
        speed: The network's speed.
        outputs: Outputs of the network; a gradient is taken of each.
        space: What is explained.
    """
    masking = 1.2e-9 * columns  # building one row for the network
    if name == "gradients":
        points = background * speed.points
        per_row = points * (speed.gradient_row * outputs + 3 * masking)
        return speed.setup + rows * (per_row + _PER_ROW)
    if name == "exact":
        count = exact.evaluations(columns, background)
    elif name == "permutation":
        usual = permutation.MOST_ROUNDS if space == "probability" else speed.rounds
        rounds = max(usual, permutation.fewest_rounds(background))
        count = permutation.evaluations(columns, background, round(rounds))
    else:
        count = library.coalitions(name, columns) * background  # type: ignore[arg-type]
    start = speed.setup
    if name in library.NAMES:
        start += _IMPORT_SHAP + (0.0 if name == "kernel" else _COMPILE_NUMBA)
    per_row = count * (speed.row + masking) + _PER_ROW
    if name == "permutation":
        per_row += rounds * _ROUND
    if name == "kernel" and columns > 11:
        per_row += library.coalitions("kernel", columns) * _KERNEL_SAMPLE
    return start + rows * per_row


def why_blocked(name: str, columns: int) -> str:
    """Return why an explainer cannot be used for that many columns, or ""."""
    if name == "shap_deep":
        return _NO_DEEP
    most = {"exact": exact.MOST_COLUMNS, "shap_exact": LIBRARY_EXACT}.get(name)
    if most is not None and columns > most:
        return (
            f"{columns:,} columns have 2^{columns} combinations to try; feasible up to {most} "
            "columns."
        )
    if name == "kernel" and columns > 500:
        return f"Its regression over {columns:,} columns does not settle; feasible up to 500."
    return ""


def _why_no_gradients(signature: DataSignature | None, graph: Graph | None) -> str:
    """Return why no straight path leads through a network's inputs, as far as the graph tells."""
    if signature is None or graph is None:
        return ""
    codes = {entry.name for entry in signature.inputs if not entry.dtype.startswith("float")}
    for node in graph:
        source = str(node.params.get("source", ""))
        if node.layer == "InputLayer" and source in codes:
            layers = {reader.node.layer for reader in readers(Reader(node, graph))}
            if layers - {"Embedding"}:
                return f"The codes of {source} do not go into an embedding: no path to follow."
    return ""
