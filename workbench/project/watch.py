"""How the reading of a project tells how far it is, and hears that it is not wanted any more."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Called now and then while a project is read."""

    def __call__(self, share: float, layers: int = 0) -> None:
        """Take note of how far it is.

        Args:
            share: What is done, 0 to 1.
            layers: Number of layers of the project; 0 while it is not known.

        Raises:
            JobCancelled: The project is not wanted any more.
        """


def unwatched(share: float, layers: int = 0) -> None:
    """Take no note."""
    del share, layers
