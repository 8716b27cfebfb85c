"""Frozen specs for the tests of the store."""

from __future__ import annotations

import pytest

from workbench.data.spec import DataSpec
from workbench.graph.model import Graph
from workbench.recipe.spec import RecipeSpec
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunStore


@pytest.fixture
def make_spec(tmp_path):
    def make(run_id="run-1", **recipe):
        return RunSpec(run_id, str(tmp_path), Graph(), DataSpec(), RecipeSpec(**recipe))

    return make


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path)
    yield store
    store.close()
