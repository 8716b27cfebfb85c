"""Makes an engine warm: what the first job of its kind would wait for is done before it comes.

Importing Keras with TensorFlow takes about ten seconds, the first `fit` of a process one or two
more (tracing machinery, thread pools). A warm spare has both behind it. Imports Keras.
"""

from __future__ import annotations

from collections.abc import Callable


def import_backend() -> tuple[str, list[str]]:
    """Import Keras with the backend that the environment names.

    Returns:
        The backend's name and its devices, for example `("tensorflow", ["cpu"])`.
    """
    import keras

    from workbench.training.surroundings import devices

    # A settings file in the user's home must not change what a network means.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.disable_traceback_filtering()
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
    return backend, devices()


def warm_up(role: str, wanted: Callable[[], bool]) -> None:
    """Do a tiny piece of the role's work.

    Args:
        role: `"design"`: infer a shape; `"run"`: fit a tiny network for one step.
        wanted: Tells whether a job waits already; then it is not kept waiting for this.
    """
    if wanted():
        return
    if role == "design":
        _infer_once()
    else:
        _fit_once()


def _infer_once() -> None:
    from workbench.build.infer_job import infer
    from workbench.graph.model import Edge, Endpoint, Graph, Node
    from workbench.jobs import Control, ignore

    graph = Graph()
    graph.put_node(Node("input", "InputLayer", "warm_input", {"shape": [2]}))
    graph.put_node(Node("dense", "Dense", "warm_dense", {"units": 1}))
    graph.put_edge(Edge(Endpoint("input", "output"), Endpoint("dense", "input")))
    infer({"graph": graph.to_plain(), "signature": None, "revision": 0}, ignore, Control())


def _fit_once() -> None:
    import workbench.predict.predict
    import workbench.training.train  # noqa: F401 - imported so that the first job need not
    from workbench.training.warm import train_once

    train_once()
