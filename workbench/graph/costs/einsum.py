"""Multiply-adds of an Einstein sum over two tensors: the product of all its index lengths."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.graph.costs.step import product

Shape = tuple[int | None, ...]


def einsum_products(equation: str, shapes: Sequence[Shape | None], output: Shape) -> int | None:
    """Return the multiply-adds of one row.

    Args:
        equation: For example `"abc,cd->abd"`; an ellipsis stands for further axes.
        shapes: Shape of every operand, the batch axis first; None for one that is a weight.
        output: Shape of the result.

    Returns:
        The product of the lengths of all indices, the batch axis counting as one; 0 for one
        operand; None for three and more, where the order of the products decides.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    operands = left.split(",")
    if not arrow or len(operands) != len(shapes) or len(operands) > 2:
        return None
    if len(operands) == 1:
        return 0
    known: dict[str, int | None] = {}
    for letters, shape in [*zip(operands, shapes, strict=True), (right, output)]:
        if shape is None:
            continue
        named = _named(letters, shape)
        if named is None:
            return None
        for name, length in named.items():
            known[name] = known.get(name) if length is None else length
    wanted = {letter for letters in operands for letter in letters if letter.isalpha()}
    if not wanted <= known.keys():
        return None
    batch = next(iter(_named(operands[0], shapes[0]) or {}), "") if shapes[0] else ""
    return product([1 if name == batch else length for name, length in known.items()])


def _named(letters: str, shape: Shape) -> dict[str, int | None] | None:
    """Return index → length; the axes of an ellipsis are called -1, -2 … from its right end."""
    before, dots, after = letters.partition("...")
    more = len(shape) - len(before) - len(after)
    if more < 0 or (not dots and more):
        return None
    names = [*before, *(str(n - more) for n in range(more)), *after]
    return dict(zip(names, shape, strict=True))
