"""How a network is trained: the recipe document, its presets and its checks. No Keras."""

from workbench.recipe.spec import EarlyStopping, OptimizerSpec, RecipeSpec

__all__ = ["EarlyStopping", "OptimizerSpec", "RecipeSpec"]
