"""With 16-bit numbers the exported code computes the output in 32 bits, by public means alone."""

from workbench.export.recipe_code import recipe_functions
from workbench.recipe.presets import ResolvedRecipe
from workbench.recipe.spec import RecipeSpec


def test_the_output_is_computed_in_32_bits():
    import keras

    recipe = RecipeSpec(precision="mixed_float16")
    resolved = ResolvedRecipe("mean_squared_error", ("mae",), "val_loss", "min")
    text = "\n".join(recipe_functions(recipe, resolved, 0)[0])
    assert "._" not in text
    scope = {"keras": keras}
    exec(compile(text, "exported", "exec"), scope)
    before = keras.config.dtype_policy()
    try:
        scope["start"](3)
        inputs = keras.Input((4,), name="x")
        hidden = keras.layers.Dense(3, name="hidden")(inputs)
        model = keras.Model(inputs, keras.layers.Dense(1, name="last")(hidden))
        scope["compile_model"](model)
    finally:
        keras.config.set_dtype_policy(before)
    policies = {layer.name: layer.compute_dtype for layer in model.layers}
    assert policies["hidden"] == "float16"
    assert policies["last"] == "float32"
    assert keras.backend.standardize_dtype(model(keras.ops.ones((2, 4))).dtype) == "float32"
