"""Tables: reading, column meaning, splitting, encoding. No Keras."""

from workbench.data.spec import (
    MAIN_INPUT,
    ColumnSpec,
    DataSignature,
    DataSpec,
    InputSignature,
    SourceSpec,
    SplitSpec,
)

__all__ = [
    "MAIN_INPUT",
    "ColumnSpec",
    "DataSignature",
    "DataSpec",
    "InputSignature",
    "SourceSpec",
    "SplitSpec",
]
