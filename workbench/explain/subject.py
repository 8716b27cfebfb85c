"""What is explained: a run's network, ready to be asked, and the rows of its data.

Loading a run, tracing its network and choosing a background take a second; a person who walks
through a table asks for one row after the other. So the last subject is kept in the process, with
everything made for it, and dropped as soon as another run is asked for or its files change.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.data.columns import NumberEncoding
from workbench.data.signature import layout_of
from workbench.data.source import open_table
from workbench.data.spec import DataSignature, DataSpec
from workbench.data.split import Rows, Split
from workbench.data.table import Table
from workbench.errors import DataError, ExplainError, Place
from workbench.explain.background import choose_background, draw_candidates
from workbench.explain.compiled import CompiledNetwork, DifferentiableNetwork
from workbench.explain.game import Background, Game, Tick, silent
from workbench.explain.head import in_space
from workbench.explain.players import Flat, Layout, Players
from workbench.explain.results import Space
from workbench.jobs import Emit
from workbench.runs.files import ENCODER, SPEC, WEIGHTS, run_folder
from workbench.runs.trained import latest_run
from workbench.training.load import LoadedRun, load_run

_kept: dict[tuple[Any, ...], Subject] = {}


class Subject:
    """A trained network and its data.

    Args:
        loaded: The run.
        held: Its data.

    Attributes:
        run_id: The run.
        players: The columns.
        task: What the target asks for.
    """

    def __init__(self, loaded: LoadedRun, held: Held) -> None:
        self.run_id = loaded.spec.run_id
        self._held = held
        self._encoder = encoder = loaded.encoder
        self._model = loaded.model
        self.task = encoder.task
        self._layout = Layout(
            (entry.name, tuple(entry.shape), entry.dtype) for entry in encoder.signature.inputs
        )
        grid = [e.name for e in encoder.features if not isinstance(e, NumberEncoding)]
        self.players = Players.from_groups(encoder.groups, self._layout, grid)
        self._sources = [str(tensor.name) for tensor in self._model.inputs]
        self._spaces: dict[Space, Any] = {}
        self._networks: dict[Space, CompiledNetwork] = {}
        self._differentiable: dict[Space, DifferentiableNetwork] = {}
        self._backgrounds: dict[tuple[int, int], Background] = {}

    # ---- the network ---------------------------------------------------------------------

    def space(self, wanted: str) -> Space:
        """Return the space that an explanation is given in: values for regression.

        Raises:
            ExplainError: There is no such space.
        """
        if self.task == "regression":
            return "value"
        if wanted == "logit":
            return "logit"
        if wanted == "probability":
            return "probability"
        raise ExplainError(
            f"A classification cannot be explained as {wanted}.",
            expected="logit or probability",
            place=Place("field", "space"),
        )

    def network(self, space: Space) -> CompiledNetwork:
        """Return the network as a compiled function in a space."""
        if space not in self._networks:
            model = self._model_in(space)
            scale = self._scale(space)
            self._networks[space] = CompiledNetwork(model, self._layout, self._sources, scale)
        return self._networks[space]

    def differentiable(self, space: Space) -> DifferentiableNetwork:
        """Return the network with its gradients in a space.

        Raises:
            ExplainError: No gradient can be taken.
        """
        if space not in self._differentiable:
            self._differentiable[space] = DifferentiableNetwork(
                self._model_in(space), self._layout, self._sources, self.players.owner,
                self._scale(space)[0],
            )  # fmt: skip
        return self._differentiable[space]

    def game(self, space: Space, background: int, seed: int, tick: Tick = silent) -> Game:
        """Return the game of this network."""
        network = self.network(space)
        rows = self.background(background, seed)
        return Game(network, self.players, rows, chunk=network.chunk, tick=tick)

    def _model_in(self, space: Space) -> Any:
        if space not in self._spaces:
            self._spaces[space] = in_space(self._model, space, self.task != "regression")
        return self._spaces[space]

    def _scale(self, space: Space) -> tuple[float, float]:
        """Return factor and offset that turn network outputs into the target's own units."""
        if space != "value":
            return 1.0, 0.0
        zero, one = self._encoder.to_user_units(np.array([[0.0], [1.0]])).ravel()
        return float(one - zero), float(zero)

    # ---- the data ------------------------------------------------------------------------

    @property
    def signature(self) -> DataSignature:
        """What the network sees of the table."""
        return self._encoder.signature

    @property
    def output_names(self) -> tuple[str, ...]:
        """Class labels; the target's name for regression."""
        target = self._encoder.target
        return self._encoder.classes or (target.name if target else "output",)

    def is_current(self, project: Path) -> bool:
        """Tell whether the table is still the one that was read."""
        return self._held.is_current(project)

    def background(self, size: int, seed: int) -> Background:
        """Return the background, chosen from the training part."""
        if (size, seed) not in self._backgrounds:
            train = self._held.rows_of_part("train")
            candidates = self.encoded(train[draw_candidates(len(train), seed)])
            self._backgrounds[size, seed] = choose_background(candidates, self.players, size, seed)
        return self._backgrounds[size, seed]

    def rows_of_part(self, part: str) -> Rows:
        """Return the table rows of a part ("test", "validation", "train", "all")."""
        return self._held.rows_of_part(part)

    def encoded(self, rows: Rows) -> Flat:
        """Return table rows as flat encoded rows.

        Raises:
            DataError: A row is not in the table or not usable.
        """
        return self._layout.pack(self._encoder.transform(self._held.raw_columns(rows)))

    def raw(self, rows: Rows) -> list[list[Any]]:
        """Return the raw values of table rows, in the order of the columns."""
        return self._encoder.raw_values(self._held.raw_columns(rows))


@dataclass(frozen=True)
class Held:
    """A run's table and its division. Rows are encoded when they are asked for, not all at once.

    Attributes:
        spec: The run's data document.
        table: The table.
        row_ids: Usable table rows, ascending.
        split: Positions of each part among them.
        columns: Feature columns of the run.
    """

    spec: DataSpec
    table: Table
    row_ids: Rows
    split: Split
    columns: tuple[str, ...]

    @classmethod
    def of(cls, loaded: LoadedRun, project: Path) -> Held:
        """Open the table of a run.

        Raises:
            DataError: It cannot be read, or has changed beyond use.
        """
        spec = loaded.spec.data
        table = open_table(spec.source, project)
        layout = layout_of(spec, table)
        split = layout.split(spec, table)
        return cls(spec, table, layout.row_ids, split, loaded.encoder.columns)

    def is_current(self, project: Path) -> bool:
        """Tell whether the file has not changed since."""
        return open_table(self.spec.source, project) is self.table

    def rows_of_part(self, part: str) -> Rows:
        """Return the table rows of a part."""
        return self.row_ids[self.split.part(part)]

    def raw_columns(self, rows: Rows) -> dict[str, pa.ChunkedArray]:
        """Return the raw feature columns of table rows.

        Raises:
            DataError: A row is not in the table, or a missing value drops it.
        """
        found = np.minimum(np.searchsorted(self.row_ids, rows), len(self.row_ids) - 1)
        absent = rows[self.row_ids[found] != rows]
        if len(absent):
            raise DataError(
                f"Row {int(absent[0])} cannot be used: it is not in the table, or a missing value "
                "drops it.",
                expected=f"rows from 0 to {self.table.rows - 1}",
            )
        indices = pa.array(rows)
        return {name: self.table.column(name).take(indices) for name in self.columns}


def load_subject(project: Path, run_id: str | None, emit: Emit) -> Subject:
    """Return a run as the subject of explanations; the last one is kept.

    Args:
        project: The project folder.
        run_id: The run; None for the latest with weights.
        emit: Told what is being done.

    Raises:
        WorkbenchError: The run or its data cannot be read.
    """
    run_id = run_id or latest_run(project)
    folder = run_folder(project, run_id)
    key = tuple(_state_of(folder / name) for name in (WEIGHTS, ENCODER, SPEC))
    kept = _kept.get(key)
    if kept is not None and kept.is_current(project):
        return kept
    emit({"event": "phase", "text": "Opening the run"})
    loaded = load_run(project, run_id)
    emit({"event": "phase", "text": "Reading data"})
    subject = Subject(loaded, Held.of(loaded, project))
    _kept.clear()
    _kept[key] = subject
    return subject


def _state_of(path: Path) -> tuple[str, int, int]:
    """Return what tells one state of a file from another."""
    try:
        state = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), state.st_mtime_ns, state.st_size
