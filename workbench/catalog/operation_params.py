"""What we say about the parameters of the functions of `keras.ops`: kind, limits, help."""

from __future__ import annotations

from workbench.catalog.operation_facts import MOST_PIECES
from workbench.catalog.param_forms import (
    ParamFacts,
    choice_of,
    count_of,
    flag_of,
    range_of,
    share_of,
    sizes_of,
)

NUMBER_FORMATS = ("float32", "float16", "bfloat16", "float64", "int8", "int16", "int32", "int64",
                  "uint8", "uint16", "uint32", "bool")  # fmt: skip
_FORMAT = ParamFacts("dtype", "Number format of the result.", choices=NUMBER_FORMATS,
                     suggestion="float32")  # fmt: skip
_SCALINGS = ("linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3",
             "lanczos5")  # fmt: skip
_AXIS = sizes_of("Axis, counted with the batch axis as 0; -1 for the last.", -1, minimum=None)
_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")
_FILLS = ("constant", "nearest", "wrap", "mirror", "reflect")
_FILTERS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
_ROWS = count_of("Rows of pixels.", minimum=0)


def _number(text: str, suggestion: float | None = None, *, low: float | None = None) -> ParamFacts:
    return ParamFacts("float", text, low, suggestion=suggestion)


def _any_int(text: str, suggestion: int | None = None) -> ParamFacts:
    return ParamFacts("int", text, suggestion=suggestion)


OPERATION_PARAMS: dict[str, ParamFacts] = {
    # ---- axes and shapes -------------------------------------------------------------------
    "axis": _AXIS,
    "axes": sizes_of("Axes, counted with the batch axis as 0.", minimum=None),
    "axis1": _any_int("First axis, counted with the batch axis as 0.", 1),
    "axis2": _any_int("Second axis, counted with the batch axis as 0.", 2),
    "axisa": _any_int("Axis of the first input that holds the vectors."),
    "axisb": _any_int("Axis of the second input that holds the vectors."),
    "axisc": _any_int("Axis of the result that holds the vectors."),
    "source": sizes_of("Axis that moves.", 1, minimum=None),
    "destination": sizes_of("Place it moves to.", -1, minimum=None),
    "keepdims": flag_of("Keep the reduced axes with length 1."),
    "newshape": ParamFacts("shape", "Shape afterwards, batch axis included; one axis may be -1.",
                           -1, suggestion=[-1, 4]),
    "shape": ParamFacts("shape", "Shape of the result, batch axis included.", 1,
                        suggestion=[1, 4]),
    "output_shape": ParamFacts("shape", "Shape of the result, batch axis included.", 1,
                               suggestion=[1, 4]),
    "start_indices": sizes_of("Where the block starts, along each axis.", [0, 0], minimum=0),
    "pad_width": sizes_of("Values added before and after each axis, batch axis included: "
                        "(0, 0), (1, 1).", [[0, 0], [1, 1]], minimum=0),
    "constant_values": _number("What is added in constant mode; 0 when empty."),
    "repeats": sizes_of("Number of repetitions, or one per axis.", 2, minimum=0),
    "shift": sizes_of("Places that values move by.", 1, minimum=None),
    "indices_or_sections": ParamFacts(
        "int_tuple", f"Number of equal pieces (up to {MOST_PIECES}), or where to cut: 2, 5.", 1,
        suggestion=2),
    "num": ParamFacts("int", "Number of pieces: the length of the axis.", 1, MOST_PIECES,
                      suggestion=2),
    "spatial_dims": sizes_of("The two axes of height and width.", [1, 2], minimum=None),
    # ---- indices, counts -------------------------------------------------------------------
    "key": ParamFacts("index", "What stands between square brackets, batch axis first: “:, 0”.",
                      suggestion=":, 0"),
    "k": _any_int("Diagonal: 0 the main one, above it positive."),
    "kth": _any_int("Place whose value ends up where it would when sorted.", 1),
    "n": count_of("How often differences are taken.", minimum=0),
    "N": count_of("Columns of the result; the length of the input when empty.", nullable=True),
    "offset": _any_int("Diagonal: 0 the main one, above it positive."),
    "num_classes": count_of("Number of different codes.", 10),
    "num_segments": count_of("Number of segments.", 4),
    "minlength": count_of("Fewest counts in the result.", minimum=0),
    "decimals": _any_int("Decimal places; negative rounds before the point."),
    "block_size": count_of("Side of a block.", 2),
    "sorted": flag_of("Sorted by size."),
    "increasing": flag_of("Powers rise from left to right."),
    "side": choice_of("Which place equal values get.", "left", "right"),
    "reduction": choice_of("What happens with values that are there: replaced when empty.",
                         "add", "max", "min", "mul", nullable=True),
    # ---- numbers ---------------------------------------------------------------------------
    "dtype": _FORMAT,
    "rtol": _number("Relative tolerance.", low=0.0),
    "atol": _number("Absolute tolerance.", low=0.0),
    "equal_nan": flag_of("Missing numbers count as equal.", advanced=True),
    "x_min": ParamFacts("constant", "Smallest value that is kept.", suggestion=0.0),
    "x_max": ParamFacts("constant", "Largest value that is kept.", suggestion=1.0),
    "fill_value": ParamFacts("constant", "Value that fills.", suggestion=0.0),
    "default": _number("Value where no condition holds."),
    "default_value": _number("Value for what is below the threshold.", 0.0),
    "threshold": _number("Threshold.", 0.5),
    "initial": _number("Bound that the result cannot pass; none when empty."),
    "q": range_of("Quantile, or several.", 0.5, low=0.0, high=1.0),
    "method": choice_of("How values between two are made.", *_METHODS),
    "nan": _number("What missing numbers become."),
    "posinf": _number("What infinity becomes; the largest number when empty."),
    "neginf": _number("What negative infinity becomes; the lowest number when empty."),
    "dx": _number("Distance between neighbouring values."),
    "ord": ParamFacts("json", "Kind of the norm: 1, 2, \"fro\", \"nuc\"; 2 when empty.",
                      nullable=True),
    "order": _number("Kind of the norm: 1, 2 or another.", low=1.0),
    "epsilon": ParamFacts("float", "Small number that avoids a division by zero.", 0.0,
                          advanced=True),
    "alpha": _number("Depth of the curve for negative values.", low=0.0),
    "negative_slope": _number("Slope for negative values."),
    "b": _number("Roundness of the bend.", low=0.0),
    "approximate": flag_of("Use the fast approximation."),
    "scale": _number("Factor for the scores; from the key's length when empty.", low=0.0),
    "attn_logits_soft_cap": ParamFacts("float", "Bound that scores are bent to stay within.", 0.0,
                                       nullable=True, advanced=True, exclusive=True),
    "is_causal": flag_of("Let each position look at earlier ones only."),
    "from_logits": flag_of("The output is scores, not probabilities."),
    "max_val": _number("Largest value that a pixel can have.", 1.0, low=0.0),
    "mode": choice_of("How the ends are treated.", "valid", "same", "full"),
    # ---- linear algebra --------------------------------------------------------------------
    "upper": flag_of("Use the upper triangle."),
    "lower": flag_of("The matrix is lower triangular."),
    "full_matrices": flag_of("Give square matrices."),
    "rcond": ParamFacts("float", "Singular values below this share of the largest count as zero.",
                        0.0, nullable=True, advanced=True),
    "tol": ParamFacts("float", "Singular values below it count as zero.", 0.0, nullable=True,
                      advanced=True),
    # ---- windows, sound --------------------------------------------------------------------
    "pool_size": sizes_of("Size of the window.", 2),
    "kernel_size": sizes_of("Size of the window.", 2),
    "output_size": sizes_of("Size of the result.", 2),
    "size": sizes_of("Size of the result, height and width.", [32, 32]),
    "strides": sizes_of("Step by which the window moves."),
    "stride": sizes_of("Step by which the window moves."),
    "dilation": sizes_of("Spacing between the points of the window.", advanced=True),
    "dilation_rate": sizes_of("Spacing between the points of the window.", advanced=True),
    "padding": choice_of("What happens at the borders: valid keeps inside, same pads with zeros.",
                       "valid", "same"),
    "data_format": choice_of("Where the channel axis is.", "channels_last", "channels_first",
                           nullable=True, advanced=True),
    "sequence_length": count_of("Samples per frame.", 8),
    "sequence_stride": count_of("Samples between frames.", 4),
    "fft_length": count_of("Samples of each Fourier transform.", 8),
    "length": count_of("Samples of the result; all that there are when empty.", nullable=True),
    "window": choice_of("Shape of the window.", "hann", "hamming", nullable=True),
    "center": flag_of("Centre each frame on its time."),
    # ---- images ----------------------------------------------------------------------------
    "interpolation": choice_of("How values between pixels are made.", *_FILTERS),
    "fill_mode": choice_of("What fills empty borders.", *_FILLS),
    "antialias": flag_of("Smooth when shrinking."),
    "crop_to_aspect_ratio": flag_of("Crop rather than distort."),
    "pad_to_aspect_ratio": flag_of("Pad rather than distort."),
    "sigma": _number("Width of the blur.", low=0.0),
    "seed": count_of("Seed of the randomness; another each time when empty.", minimum=0,
                   nullable=True, advanced=True),
    "target_height": count_of("Height of the result.", nullable=True),
    "target_width": count_of("Width of the result.", nullable=True),
    **{f"{side}_{what}": _ROWS for side in ("top", "left", "bottom", "right")
       for what in ("cropping", "padding")},
    "filter_size": count_of("Side of the window."),
    "filter_sigma": _number("Width of the window's weights.", low=0.0),
    "k1": _number("Constant that steadies the brightness term.", low=0.0),
    "k2": _number("Constant that steadies the contrast term.", low=0.0),
    # ---- sequences of codes ----------------------------------------------------------------
    "strategy": choice_of("How sequences are searched.", "greedy", "beam_search"),
    "beam_width": count_of("Sequences kept while searching."),
    "top_paths": count_of("Sequences that are given."),
    "merge_repeated": flag_of("Join equal neighbours."),
    "mask_index": count_of("Code of the blank.", minimum=0),
    # ---- text ------------------------------------------------------------------------------
    "subscripts": ParamFacts("str", "Einstein sum over the inputs, for example ab,cb->ac.",
                             suggestion="ab,cb->ac"),
}  # fmt: skip

OPERATION_OVERRIDES: dict[tuple[str, str], ParamFacts] = {
    ("fold", "padding"): sizes_of("Rows added at each side.", minimum=0),
    ("fold", "output_size"): sizes_of("Size of the result, height and width.", [4, 4]),
    ("top_k", "k"): count_of("How many values are kept.", 2),
    ("in_top_k", "k"): count_of("How many predictions count.", 2),
    ("rot90", "k"): _any_int("Quarter turns."),
    ("rot90", "axes"): sizes_of("The plane of the turn; counted with the batch axis as 0.",
                              [1, 2], minimum=None),
    ("transpose", "axes"): sizes_of("New order of the axes, the batch axis 0 included; reversed "
                                  "when empty.", [0, 2, 1], minimum=0, nullable=True),
    ("moments", "axes"): sizes_of("Axes that are averaged over; the batch axis is 0.", -1,
                                minimum=None),
    ("tensordot", "axes"): sizes_of("Number of axes that are summed, or which of each input.",
                                  minimum=None),
    ("qr", "mode"): choice_of("Shape of the result.", "reduced", "complete"),
    ("pad", "mode"): choice_of("What is added.", "constant", "reflect", "symmetric", "edge"),
    ("percentile", "q"): range_of("Percentile, or several.", 50, low=0.0, high=100.0),
    ("layer_normalization", "epsilon"): ParamFacts(
        "float", "Small number that avoids a division by zero.", 0.0, nullable=True, advanced=True),
    ("norm", "axis"): sizes_of("Axes, counted with the batch axis as 0; all when empty.", -1,
                             minimum=None),
    ("image.extract_patches", "size"): sizes_of("Height and width of a patch.", 4),
    ("image.extract_patches_3d", "size"): sizes_of("Size of a patch.", 2),
    ("image.gaussian_blur", "sigma"): range_of("Width of the blur, both directions.", high=None),
    ("image.elastic_transform", "alpha"): _number("Strength of the warp.", low=0.0),
    ("image.scale_and_translate", "method"): ParamFacts(
        "choice", "How values between pixels are made.", choices=_SCALINGS,
        suggestion="bilinear"),
    ("image.scale_and_translate", "output_shape"): ParamFacts(
        "shape", "Shape of the result, batch axis included.", 1, suggestion=[1, 8, 8, 3]),
    ("batch_normalization", "axis"): ParamFacts("int", "Channel axis, -1 for the last.",
                                                suggestion=-1),
    ("dot_product_attention", "scale"): ParamFacts(
        "float", "Factor for the scores; from the key's length when empty.", 0.0, nullable=True),
    ("expand_dims", "axis"): sizes_of("Where the new axis is; the batch axis is 0.", -1,
                                    minimum=None),
    ("hard_shrink", "threshold"): share_of("Values closer to zero than this become zero."),
    ("vander", "N"): count_of("Columns of the result; the length of the input when empty.",
                            nullable=True),
}  # fmt: skip

REQUIRED_HERE = frozenset({
    ("unstack", "num"),
    *((f"segment_{what}", "num_segments") for what in ("max", "min", "prod", "sum")),
})  # fmt: skip
"""Parameters that have a default in Keras, with which the result has no known shape."""

SUGGESTED_AXIS = -1
"""Axis that a freshly added operation works on: Keras's usual one mixes the rows of a batch."""
