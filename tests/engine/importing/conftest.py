"""What tests of importing share."""

import pytest

from workbench.catalog import load_catalog
from workbench.engine.local import prepare_process


@pytest.fixture(scope="session")
def catalog():
    prepare_process("auto", "cpu")
    return load_catalog()
