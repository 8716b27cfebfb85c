"""PyTorch: a chunk is a plain loop over steps; the losses stay on the device until its end."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from keras import ops, tree

from workbench.training.arrays import Arrays
from workbench.training.steppers.base import Losses, Stepper


class TorchStepper(Stepper):
    """Steps one by one, without a data loader between them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ordered: Any = None

    def place(self, arrays: Arrays) -> Any:
        """Return the arrays as tensors on Keras's device."""
        return tree.map_structure(ops.convert_to_tensor, arrays.structure)

    def begin_epoch(self) -> None:
        """Put the rows in their order once: a batch is then a view, not a copy."""
        device = tree.flatten(self._train)[0].device
        order = torch.as_tensor(self.conductor.order().astype(np.int64)).to(device)
        self._ordered = tree.map_structure(lambda values: values[order], self._train)

    def train_chunk(self, first: int, steps: int) -> Losses:
        """Run training steps and return the loss of each."""
        losses = []
        self.trainer.inside_step = True
        try:
            for step in range(first, first + steps):
                part = slice(step * self.batch_size, (step + 1) * self.batch_size)
                self.trainer.train_step(
                    tree.map_structure(lambda values, at=part: values[at], self._ordered)
                )
                losses.append(self.noted.detach())
        finally:
            self.trainer.inside_step = False
            self.noted = None
        return np.asarray(torch.stack(losses).float().cpu(), np.float32)

    def test_chunk(self, first: int, steps: int) -> None:
        """Run evaluation steps."""
        self.trainer.inside_step = True
        try:
            with torch.no_grad():
                for step in range(first, first + steps):
                    part = slice(step * self.evaluation_rows, (step + 1) * self.evaluation_rows)
                    self.trainer.test_step(
                        tree.map_structure(lambda values, at=part: values[at], self._evaluation)
                    )
        finally:
            self.trainer.inside_step = False
