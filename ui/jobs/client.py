"""What the window needs of an engine's client, and which engine a job asks for.

The real one is `workbench.engine.client.EngineClient`; tests use one without a process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

EngineRole = Literal["design", "run"]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What can be chosen only before Keras is imported.

    Attributes:
        backend: `"auto"`, `"tensorflow"`, `"torch"`, `"jax"`.
        device: `"auto"`, `"cpu"`, `"gpu"`, `"gpu:1"` …
        precision: Keras dtype policy.
    """

    backend: str = "auto"
    device: str = "auto"
    precision: str = "float32"


class Client(Protocol):
    """A child process that does jobs; every method may be called from any thread."""

    def start(self) -> None:
        """Start the process."""

    def submit(self, kind: str, spec: dict[str, Any]) -> str:
        """Hand a job over and return its id."""

    def cancel(self, job_id: str) -> None:
        """Discard a job."""

    def stop(self, job_id: str) -> None:
        """End a job and keep its work."""

    def pause(self, job_id: str) -> None:
        """Let a job wait."""

    def resume(self, job_id: str) -> None:
        """Let a job go on."""

    def set(self, job_id: str, name: str, value: Any) -> None:
        """Change a setting of a running job."""

    def receive(self, timeout: float | None = None) -> Any:
        """Return the next message, or None after the time-out (s)."""

    @property
    def silent_seconds(self) -> float:
        """Seconds since the process was last heard of."""

    def kill(self) -> None:
        """End the process at once."""

    def close(self) -> None:
        """End the process and free everything."""


MakeClient = Callable[[EngineRole, EngineChoice], Client]


def real_client(role: EngineRole, choice: EngineChoice) -> Client:
    """Return the client of a real engine process, not yet started."""
    from workbench.engine.client import EngineClient

    return EngineClient(
        role, backend=choice.backend, device=choice.device, precision=choice.precision
    )
