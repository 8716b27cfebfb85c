"""One bare engine (no Keras) for the tests of the client."""

from __future__ import annotations

import time

import pytest

from workbench.engine.client import EngineClient


def until(client, kind, seconds=20.0):
    """Return the messages up to the first of a kind, that one last."""
    found = []
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        message = client.receive(0.2)
        if message is not None:
            found.append(message)
            if isinstance(message, kind):
                return found
    raise AssertionError(f"no {kind} within {seconds} s: {found}")


@pytest.fixture
def client():
    client = EngineClient("bare")
    client.start()
    yield client
    client.close()


@pytest.fixture
def await_message():
    return until
