"""Networks and trainings as Python that runs with Keras alone, without this program."""

from workbench.export.model import Code, model_code

__all__ = ["Code", "model_code"]
