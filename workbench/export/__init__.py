"""Networks and trainings as Python that runs with Keras alone, without this program.

What writes the code is imported when it is first asked for: the window shows itself before that.
"""

from typing import TYPE_CHECKING, Any

from workbench.export.code import Code

if TYPE_CHECKING:
    from workbench.export.model import model_code

__all__ = ["Code", "model_code"]


def __getattr__(name: str) -> Any:
    if name != "model_code":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.export.model import model_code

    return model_code
