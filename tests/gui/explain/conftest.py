"""A project with a run that can predict, and an engine whose answers are known."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from workbench.errors import JobCancelled
from workbench.explain.results import Explanation
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunStore

ROWS = np.arange(3, 63)
CLASSES = ("benign", "malignant")


class Answers:
    """What the stand-in engine answers; values depend on the row alone, as the real ones do."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.row_seconds = 1e-7
        self.steps = 0
        self.error = None
        self.regression = False
        generator = np.random.default_rng(0)
        self.chance = generator.random(len(ROWS)).round(3)
        self.actual = np.where(generator.random(len(ROWS)) < 0.9, self.chance > 0.5,
                               self.chance <= 0.5)  # fmt: skip

    @property
    def wrong(self) -> np.ndarray:
        return (self.chance > 0.5) != self.actual

    def predict(self, spec, emit, control):
        if self.regression:
            target = (self.chance * 100).tolist()
            output = np.float32(self.chance * 100 + np.where(ROWS % 2, 7, -3))
            return {"run_id": spec["run_id"], "rows": ROWS, "output": output[:, None],
                    "labels": None, "target": target, "classes": []}  # fmt: skip
        return {
            "run_id": spec["run_id"],
            "rows": ROWS,
            "output": np.float32(self.chance)[:, None],
            "labels": [CLASSES[int(c > 0.5)] for c in self.chance],
            "target": [CLASSES[int(a)] for a in self.actual],
            "classes": list(CLASSES),
        }

    def choices(self, spec, emit, control):
        speed = {"row": self.row_seconds, "gradient_row": self.row_seconds, "setup": 0.0,
                 "rounds": 10.0, "points": 64.0, "measured": True}  # fmt: skip
        return {"run_id": spec["run_id"], "columns": len(self.columns), "speed": speed,
                "no_gradients": "", "choices": []}  # fmt: skip

    def explain(self, spec, emit, control):
        emit({"event": "phase", "text": f"Explaining {len(spec['rows'])} rows"})
        for step in range(self.steps):
            if control.cancelled.is_set():
                raise JobCancelled("Cancelled.")
            emit({"event": "progress", "done": step, "total": self.steps, "seconds_left": 9.0})
            time.sleep(0.005)
        if self.error is not None:
            raise self.error
        return {"explanation": self.explanation(spec["rows"], spec["space"]).to_plain()}

    def explanation(self, rows, space="logit") -> Explanation:
        values = np.stack([
            np.random.default_rng(int(row)).normal(size=len(self.columns)) for row in rows
        ])  # fmt: skip
        values *= np.linspace(2, 0.1, len(self.columns))
        raw = [[round(float(row) + at / 100, 2) for at in range(len(self.columns))]
               for row in rows]  # fmt: skip
        one = self.regression
        space = "value" if one else space
        both = values[:, :, None] if one else np.stack([-values, values], axis=2)
        base = np.array([50.0]) if one else np.array([-0.25, 0.25])
        output = both.sum(1) + base
        chance = None if one else 1 / (1 + np.exp(-output))
        return Explanation(
            columns=self.columns, values=both, base=base, output=output,
            rows=np.asarray(rows, np.int64), raw=raw,
            output_names=("progression",) if one else CLASSES, space=space, additivity=2e-5,
            spread=np.ones(both.shape[2]), explainer="permutation", background_size=50,
            seconds=0.02 * len(rows), standard_error=np.full(both.shape, 0.002),
            probability=chance,
            base_probability=None if one else np.array([0.56, 0.44]),
        )  # fmt: skip


@pytest.fixture
def answers(fake_engine, document):
    made = Answers(tuple(column.name for column in document.data.features))
    fake_engine.answers.update(
        predict=made.predict, explain=made.explain, explain_choices=made.choices
    )
    return made


def add_run(document, run_id: str, *, weights: bool = True) -> None:
    """Enter a finished run with (empty) weights into a project's store."""
    spec = RunSpec(run_id, str(document.folder), document.graph, document.data, document.recipe)
    store = RunStore(document.folder)
    store.create(spec)
    folder = document.folder / "runs" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    if weights:
        (folder / "model.weights.h5").write_bytes(b"weights")
    store.finish(run_id, "done", {"test": {"accuracy": 0.97}})
    store.close()


@pytest.fixture
def run(document):
    add_run(document, "run-1")
    return "run-1"


@pytest.fixture
def make_page(services, qtbot):
    """Returns a page in its frame, as the window shows it."""

    def make(session):
        from ui.explain import ExplainPage
        from ui.frame.page_host import PageFrame

        page = ExplainPage(services)
        services.actions.add(page.actions_table(), page)
        frame = PageFrame(page)
        qtbot.addWidget(frame)
        frame.resize(1290, 700)
        page.set_session(session)
        frame.show()
        frame.activateWindow()
        qtbot.waitUntil(frame.isActiveWindow, timeout=5000)
        services.actions.set_scope("explain")
        page.page_shown()
        page.frame = frame
        return page

    return make


@pytest.fixture
def page(make_page, answers, run, session, qtbot):
    """The page with predictions and the first row explained."""
    made = make_page(session)
    qtbot.waitUntil(made.is_settled, timeout=5000)
    assert made.result.found is not None
    yield made
    made.set_session(None)


def explanation_of(columns: tuple[str, ...], rows: int, seed: int = 0, **changes) -> Explanation:
    """Return an explanation for pictures."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(rows, len(columns), 1)) * np.linspace(2, 0.1, len(columns))[
        None, :, None
    ]  # fmt: skip
    raw = generator.normal(size=(rows, len(columns))).round(2).tolist()
    made = Explanation(
        columns=columns, values=values, base=np.array([1.5]), output=values.sum(1) + 1.5,
        rows=np.arange(rows), raw=raw, output_names=("price",), space="value", additivity=1e-9,
        spread=np.ones(1), explainer="exact", background_size=50,
    )  # fmt: skip
    return replace(made, **changes)
