"""Why some problems matter: advice that other checks than the rules of `advice` give.

Apart from the rules, since the checks of target and data need it and the rules need those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Told:
    """Advice that another check finds.

    Attributes:
        title: Heading of its section in the help.
        why: Why it matters.
    """

    title: str
    why: str


ELSEWHERE: Final[dict[str, Told]] = {
    "learning_rate_large": Told(
        "Learning rate that is too large",
        "Steps that are too long jump over what they look for: the loss jumps about or grows until "
        "it is no number. Relu units that are thrown far below 0 stay dead.",
    ),
    "more_weights_than_rows": Told(
        "Far more weights than rows",
        "With so many weights a network can learn its rows by heart. Watch the validation loss; "
        "fewer units, dropout or more rows help.",
    ),
    "output_logits": Told(
        "Output without sigmoid or softmax",
        "Training adds the missing function to the loss, so that the network learns as well; but "
        "the network itself, also an exported one, gives values that are no probabilities.",
    ),
    "sigmoid_exclusive": Told(
        "Sigmoid for classes that exclude each other",
        "Sigmoid judges each class by itself: the values do not add up to 1, and several classes "
        "can be likely at once. Softmax shares 1 among the classes.",
    ),
    "unscaled_inputs": Told(
        "Columns that are not scaled",
        "Columns with large numbers drown the others, and the usual learning rates do not fit "
        "them: training is slow or fails. Scaling to mean 0 and spread 1 is the usual choice.",
    ),
}
"""Code → what there is to say, for advice of the checks of target, data and size."""
