"""The field of a number format or dtype policy, with what each one means.

Quantised formats are not on the list: Keras turns a trained layer into one (`layer.quantize`),
a layer that starts out quantised cannot be trained.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

from ui.design.inspector.fields import ChoiceField
from workbench.catalog import Catalog, ParamSpec

MEANINGS: Final = {
    "float32": "32 bits: the usual, exact enough for all training",
    "float16": "16 bits: small range, weights too; training may overflow",
    "bfloat16": "16 bits: range of float32, fewer digits, weights too",
    "float64": "64 bits: twice the memory, slow on GPUs",
    "mixed_float16": "computes in float16, keeps weights in float32; for NVIDIA GPUs",
    "mixed_bfloat16": "computes in bfloat16, keeps weights in float32; for TPUs and newer GPUs",
    "int8": "whole numbers from -128 to 127",
    "int16": "whole numbers of 16 bits",
    "int32": "whole numbers of 32 bits",
    "int64": "whole numbers of 64 bits",
    "uint8": "whole numbers from 0 to 255",
    "uint16": "whole numbers from 0 to 65,535",
    "uint32": "whole numbers of 32 bits, not negative",
    "bool": "yes or no",
    "string": "text",
}
WITHOUT_QUANTISED: Final = (
    "Quantised formats are not offered: Keras makes them from a trained network."
)


class FormatField(ChoiceField):
    """A list of number formats; the tooltip of each says what it means."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        for at in range(self.combo.count()):
            meaning = MEANINGS.get(str(self.combo.itemData(at)), "")
            if meaning:
                self.combo.setItemData(at, meaning, Qt.ItemDataRole.ToolTipRole)
                self.combo.setItemData(
                    at, f"{self.combo.itemText(at)}: {meaning}",
                    Qt.ItemDataRole.AccessibleTextRole,
                )  # fmt: skip

    def meaning(self) -> str:
        """Return what the chosen format means, and why some are missing from a list of policies."""
        said = MEANINGS.get(str(self.combo.currentData()), "")
        parts = [f"{self.combo.currentData()}: {said}."] if said else []
        if "mixed_float16" in self.param.choices:
            parts.append(WITHOUT_QUANTISED)
        return " ".join(parts)
