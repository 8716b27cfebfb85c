"""Runs Keras layers without giving their weights memory.

Inside a `keras.StatelessScope` a variable only notes its shape and its initializer; nothing is
allocated, so that a layer of 10⁹ units can be asked for its size. Keras keeps a list of such
variables, to initialise them later; it is emptied here, else the next scope that ends would
allocate them all.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def weightless() -> Iterator[None]:
    """Make layers and call them on symbolic tensors in here; their weights take no memory.

    Must not be entered inside another stateless scope; all in one thread, as Keras keeps the
    scope per thread.
    """
    import keras
    from keras.src.backend.common import global_state

    waiting = global_state.get_global_attribute("uninitialized_variables") or []
    global_state.set_global_attribute("uninitialized_variables", [])
    try:
        with keras.StatelessScope(initialize_variables=False), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice belongs to the checks, not to a log
            yield
    finally:
        global_state.set_global_attribute("uninitialized_variables", waiting)


def trace(layer: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """Run a layer's call symbolically, to meet errors that its shape rule does not see.

    Returns:
        The symbolic outputs.

    Raises:
        Exception: Whatever the layer or the backend raises.
    """
    import keras

    return keras.Operation.compute_output_spec(layer, *arguments, **keywords)
