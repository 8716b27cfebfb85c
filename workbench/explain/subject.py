"""What is explained: a run's network, ready to be asked, and the rows of its data.

Loading a run, tracing its network and choosing a background take a second; a person who walks
through a table asks for one row after the other. So the last subject is kept in the process, with
everything made for it, and dropped as soon as another run is asked for or its files change.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.data.columns import NumberEncoding
from workbench.data.prepare import Prepared
from workbench.data.spec import DataSignature
from workbench.errors import ExplainError, Place
from workbench.explain.background import choose_background, draw_candidates
from workbench.explain.compiled import CompiledNetwork, DifferentiableNetwork
from workbench.explain.game import Background, Game, Tick, silent
from workbench.explain.head import in_space
from workbench.explain.players import Flat, Layout, Players
from workbench.explain.results import Space
from workbench.jobs import Emit
from workbench.training.load import LoadedRun, load_run

_kept: dict[tuple[Any, ...], Subject] = {}


class Subject:
    """A trained network and its data.

    Args:
        loaded: The run.

    Attributes:
        run_id: The run.
        players: The columns.
        task: What the target asks for.
    """

    def __init__(self, loaded: LoadedRun, prepared: Prepared) -> None:
        self.run_id = loaded.spec.run_id
        self._prepared = prepared
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

    def background(self, size: int, seed: int) -> Background:
        """Return the background, chosen from the training part."""
        if (size, seed) not in self._backgrounds:
            train = self._prepared.split.train
            candidates = self._encoded(train[draw_candidates(len(train), seed)])
            self._backgrounds[size, seed] = choose_background(candidates, self.players, size, seed)
        return self._backgrounds[size, seed]

    def rows_of_part(self, part: str) -> npt.NDArray[np.int64]:
        """Return the table rows of a part ("test", "validation", "train", "all")."""
        return self._prepared.row_ids[self._prepared.split.part(part)]

    def encoded(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Flat:
        """Return table rows as flat encoded rows.

        Raises:
            DataError: A row is not in the table or not usable.
        """
        return self._encoded(self._prepared.positions_of(rows))

    def raw(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> list[list[Any]]:
        """Return the raw values of table rows, in the order of the columns."""
        return self._prepared.raw_values(rows)

    def _encoded(self, positions: npt.NDArray[np.integer]) -> Flat:
        return self._layout.pack(self._prepared.take(positions).inputs)


def load_subject(project: Path, run_id: str | None, emit: Emit) -> Subject:
    """Return a run as the subject of explanations; the last one is kept.

    Args:
        project: The project folder.
        run_id: The run; None for the latest with weights.
        emit: Told what is being done.

    Raises:
        WorkbenchError: The run or its data cannot be read.
    """
    loaded = load_run(project, run_id)
    raise NotImplementedError
