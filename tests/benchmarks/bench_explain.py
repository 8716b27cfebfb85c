"""Explaining rows, against SHAP used as its documentation shows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.benchmarks.harness import Measurement, benchmark

ROWS = 20
STOCK_ROWS = 3


@benchmark(
    "explain",
    title=f"SHAP values, breast cancer, {ROWS} rows, 30 columns, per row",
    unit="s",
    target=0.1,
    judged="ratio",
)
def explain() -> Measurement:
    """The program's automatic choice against `shap.PermutationExplainer(model.predict, …)`."""
    import numpy as np

    from workbench.cli.train import train
    from workbench.engine.local import prepare_process, run_local
    from workbench.explain.results import Explanation
    from workbench.jobs import ignore
    from workbench.project import create_from_template
    from workbench.project.freeze import freeze

    prepare_process("tensorflow", "cpu")
    with tempfile.TemporaryDirectory() as scratch:
        document = create_from_template("breast_cancer", Path(scratch) / "p")
        project = str(document.folder)
        run_id = str(train(freeze(document), ignore)["run_id"])
        part = {"project": project, "run_id": run_id, "part": "test", "csv": None}
        rows = [int(row) for row in run_local("predict", part)["rows"][:ROWS]]
        spec = {"project": project, "run_id": run_id, "rows": rows, "explainer": "auto",
                "background": 50, "space": "logit", "seed": 0}  # fmt: skip
        run_local("explain", {**spec, "rows": rows[:1]})
        begun = time.perf_counter()
        result = run_local("explain", spec)
        own = (time.perf_counter() - begun) / ROWS
        made = Explanation.from_plain(result["explanation"])

        import shap

        from workbench.training.load import load_run

        loaded = load_run(document.folder, run_id)
        document.close()
        from workbench.data.prepare import prepare

        prepared = prepare(loaded.spec.data, Path(project))
        inputs = prepared.part("train").inputs["features"]
        test = prepared.part("test").inputs["features"][:STOCK_ROWS]
        chosen = np.random.default_rng(0).choice(len(inputs), 50, replace=False)
        masker = shap.maskers.Independent(inputs[chosen], max_samples=50)

        def predict(values: np.ndarray) -> np.ndarray:
            return np.asarray(loaded.model.predict(values, verbose=0))[:, 0]

        explainer = shap.PermutationExplainer(predict, masker)
        explainer(test[:1])  # numba compiles here
        begun = time.perf_counter()
        explainer(test)
        stock = (time.perf_counter() - begun) / STOCK_ROWS
    return Measurement(
        own,
        compared_with="shap.PermutationExplainer(model.predict)",
        compared_value=stock,
        note=f"{made.explainer}, additivity {made.additivity:.1e}",
    )
