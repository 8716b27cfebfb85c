"""The checked-in catalog is what the installed Keras gives."""

import json

import pytest

from workbench.bundled import resource


@pytest.mark.backend
def test_regenerating_gives_the_checked_in_file():
    import keras

    from workbench.catalog.generate import render
    from workbench.catalog.layer_facts import EXCLUDED, LAYER_FACTS
    from workbench.catalog.operation_facts import EXCLUDED_OPERATIONS

    text = resource("catalog", "keras.json").read_text(encoding="utf-8")
    pinned = json.loads(text)["keras_version"]
    if keras.__version__ != pinned:
        pytest.skip(f"the catalog is of Keras {pinned}, this is {keras.__version__}")
    assert render() == text, "run: python -m workbench.catalog.generate"
    assert all(hasattr(keras.ops, name.partition(".")[0]) for name in EXCLUDED_OPERATIONS)
    for name in (*EXCLUDED, *LAYER_FACTS):
        if name not in ("TFSMLayer",):
            assert hasattr(keras.layers, name), f"{name} is not in Keras any more"


@pytest.mark.backend
def test_the_command_writes_a_file(tmp_path):
    from workbench.catalog import load_catalog
    from workbench.catalog.generate import main

    main(["--out", str(tmp_path / "new" / "keras.json")])
    assert len(load_catalog(tmp_path / "new" / "keras.json")) == len(load_catalog())
