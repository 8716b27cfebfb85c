"""Who plays: the columns of the person's table, and where each one sits in the encoded inputs.

A network sees encoded inputs: a category becomes several one-hot values, or a code of its own
input. An explanation must speak of the column, so all slices of a column move together: they are
one player. For speed all inputs of a row are packed into one flat float32 vector; codes of
embedded columns are whole numbers far below 2^24 and survive that exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from workbench.errors import ExplainError

Flat: TypeAlias = npt.NDArray[np.float32]
"""Encoded rows, all inputs side by side: shape (rows, width)."""
Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]


class Group(Protocol):
    """A slice of an encoded input that belongs to one column (`data.encoder.ColumnGroup`)."""

    @property
    def column(self) -> str:
        """Name of the column."""

    @property
    def input(self) -> str:
        """Name of the encoded input."""

    @property
    def start(self) -> int:
        """First position along the input's flattened row."""

    @property
    def stop(self) -> int:
        """Position after the last."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one encoded input sits in the flat vector.

    Attributes:
        name: Name of the input.
        shape: Shape of one row of it, without the batch axis.
        dtype: numpy dtype name that the network expects.
        start: First position in the flat vector.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    start: int

    @property
    def stop(self) -> int:
        """Position after the last in the flat vector."""
        return self.start + prod(self.shape)


class Layout:
    """How encoded inputs are packed into one flat vector per row, and unpacked again.

    Args:
        inputs: Name, row shape and dtype of each input, in the order of packing.
    """

    def __init__(self, inputs: Iterable[tuple[str, tuple[int, ...], str]]) -> None:
        slots: list[Slot] = []
        at = 0
        for name, shape, dtype in inputs:
            slots.append(Slot(name, tuple(shape), dtype, at))
            at = slots[-1].stop
        self.slots = tuple(slots)
        self.width = at

    @classmethod
    def of(cls, inputs: Mapping[str, npt.NDArray[Any]]) -> Layout:
        """Return the layout that fits encoded arrays."""
        return cls((name, value.shape[1:], str(value.dtype)) for name, value in inputs.items())

    def slot(self, name: str) -> Slot:
        """Return where an input sits.

        Raises:
            ExplainError: There is no such input.
        """
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise ExplainError(f"The network has no input {name}.")

    def pack(self, inputs: Mapping[str, npt.NDArray[Any]]) -> Flat:
        """Return encoded inputs as one array of shape (rows, width)."""
        parts = [
            np.asarray(inputs[s.name]).reshape(len(inputs[s.name]), -1).astype(np.float32)
            for s in self.slots
        ]
        return np.ascontiguousarray(np.concatenate(parts, axis=1))

    def unpack(self, flat: Flat) -> dict[str, npt.NDArray[Any]]:
        """Return flat rows as the inputs that the network expects."""
        return {
            s.name: flat[:, s.start : s.stop].reshape(len(flat), *s.shape).astype(s.dtype)
            for s in self.slots
        }


@dataclass(frozen=True)
class Players:
    """The columns, and which positions of the flat vector belong to each.

    Attributes:
        names: Column names.
        owner: Player of each flat position, shape (width,).
        discrete: True for columns whose values lie on a grid (categories, booleans): a
            background row must hold a real value of them, never an average.
    """

    names: tuple[str, ...]
    owner: npt.NDArray[np.intp]
    discrete: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def from_groups(
        cls, groups: Sequence[Group], layout: Layout, discrete: Iterable[str] = ()
    ) -> Players:
        """Return the players of an encoded table.

        Args:
            groups: Slices of the encoded inputs; several may belong to one column.
            layout: How the inputs are packed.
            discrete: Names of the columns that hold categories or booleans.

        Raises:
            ExplainError: A position of the inputs belongs to no column.
        """
        names = tuple(dict.fromkeys(group.column for group in groups))
        at = {name: player for player, name in enumerate(names)}
        owner = np.full(layout.width, -1, np.intp)
        for group in groups:
            start = layout.slot(group.input).start
            owner[start + group.start : start + group.stop] = at[group.column]
        if (owner < 0).any():
            raise ExplainError(
                "Some inputs of the network belong to no column of the table.",
                remedy="Train the network again with the present data settings.",
            )
        grid = set(discrete)
        return cls(names, owner, tuple(name in grid for name in names))

    def spread_out(self, masks: Mask) -> Mask:
        """Return coalitions of players as masks over flat positions.

        Args:
            masks: Shape (..., players), True for players that take the explained row's value.

        Returns:
            Shape (..., width).
        """
        return masks[..., self.owner]
