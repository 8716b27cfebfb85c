"""What we say about the functions of `keras.ops`: which stay out, which arguments take a tensor.

Introspection finds the functions, their arguments and the first sentence of their documentation;
what an argument is for is not in the code of Keras.
"""

from __future__ import annotations

from workbench.catalog.schema import PortSpec

_FUNCTION = "takes a function, which a project file cannot hold"
_NO_INPUT = "makes a tensor out of nothing, which a row does not pass through"
_NO_TENSOR = "gives no tensor"
_UNKNOWN = "gives a tensor whose size depends on the values"
_ALIAS = "another name of an operation that is there"
_LENGTH = "makes a window for a length, not from values"

EXCLUDED_OPERATIONS: dict[str, str] = {
    **dict.fromkeys(
        ("associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch",
         "vectorize", "vectorized_map", "while_loop"), _FUNCTION),
    **dict.fromkeys(
        ("arange", "array", "convert_to_tensor", "empty", "empty_like", "eye", "full", "geomspace",
         "identity", "linspace", "logspace", "ones", "tri", "zeros"), _NO_INPUT),
    **dict.fromkeys(("convert_to_numpy", "dtype", "is_tensor", "ndim", "shape", "size"),
                    _NO_TENSOR),
    **dict.fromkeys(("nonzero", "unique", "unravel_index"), _UNKNOWN),
    **dict.fromkeys(("bartlett", "blackman", "hamming", "hanning", "kaiser"), _LENGTH),
    **dict.fromkeys(("abs", "conj", "bitwise_not", "hard_swish", "swish"), _ALIAS),
    **dict.fromkeys(
        ("adaptive_average_pool", "adaptive_max_pool", "corrcoef", "multi_hot", "slogdet"),
        "Keras tells a wrong shape or number format for its result"),
    **dict.fromkeys(
        ("digitize", "gcd", "image.map_coordinates", "isin", "kron", "lcm", "lstsq", "nanmedian",
         "nanpercentile", "nanquantile", "unfold", "vsplit"),
        "TensorFlow cannot compile it for batches of any size"),
    "lu_factor": "works on one matrix, not on a batch of them",
    "rearrange": "Keras cannot tell its shape while the size of the batch is not known",
    "correlate": "works on one pair of sequences, not on a batch of them",
    "conv_transpose": "Keras mixes up its arguments in a functional model",
    "copy": "changes nothing; Identity does the same",
    "meshgrid": "gives as many results as it has inputs, with the batch axis among them",
    "view_as_complex": "gives complex numbers, which layers and losses do not take",
    "polar": "gives complex numbers, which layers and losses do not take",
    "eig": "gives complex numbers, which layers and losses do not take",
    "histogram": "counts values over the whole batch and gives none per row",
    "view": "reads the bits of a number as another format, which means nothing to a network",
}  # fmt: skip
"""Public functions that stay out of the catalog, with the reason."""

TENSORS = frozenset({
    "x", "x1", "x2", "xs", "y", "a", "b", "array", "tensor", "variable", "data", "inputs",
    "images", "volumes", "image1", "image2", "condition", "indices", "values", "value", "query",
    "bias", "mask", "kernel", "depthwise_kernel", "pointwise_kernel", "mean", "variance", "gamma",
    "beta", "target", "output", "target_length", "output_length", "sequence_lengths", "targets",
    "predictions", "segment_ids", "updates", "sorted_sequence", "condlist", "choicelist",
    "weights", "transform", "start_points", "end_points", "translation", "operands",
})  # fmt: skip
"""Names of arguments that take a tensor, unless `VALUES` says otherwise."""

ALSO_TENSORS = frozenset(
    {("dot_product_attention", "key"), ("batch_normalization", "offset"),
     ("batch_normalization", "scale"), ("rms_normalization", "scale"),
     ("image.scale_and_translate", "scale")}
)  # fmt: skip

VALUES = frozenset({("squareplus", "b")})
"""Arguments with the name of a tensor that take a value."""

LISTS: dict[tuple[str, str], tuple[int, int]] = {
    ("concatenate", "xs"): (1, 0), ("stack", "x"): (1, 0), ("hstack", "xs"): (1, 0),
    ("vstack", "xs"): (1, 0), ("dstack", "xs"): (1, 0), ("einsum", "operands"): (1, 0),
    ("select", "condlist"): (1, 0), ("select", "choicelist"): (1, 0),
}  # fmt: skip
"""Arguments that take a list of tensors: fewest and most (0 for any number)."""

_COMPLEX_INPUTS = (
    PortSpec("real", "Real part", argument="x"),
    PortSpec("imag", "Imaginary part", argument="x"),
)
SPECIAL_INPUTS: dict[str, tuple[PortSpec, ...]] = dict.fromkeys(
    ("fft", "fft2", "ifft2", "irfft", "istft"), _COMPLEX_INPUTS
)
"""Operations whose one argument is a pair of tensors."""

_PARTS = ("output", "Real part"), ("imag", "Imaginary part")
OUTPUTS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("fft", "fft2", "ifft2", "rfft", "stft"), _PARTS),
    "ctc_decode": (("output", "Decoded"), ("scores", "Scores")),
    "eigh": (("output", "Eigenvalues"), ("vectors", "Eigenvectors")),
    "moments": (("output", "Mean"), ("variance", "Variance")),
    "qr": (("output", "Q"), ("r", "R")),
    "svd": (("output", "U"), ("s", "Singular values"), ("v", "V")),
    "top_k": (("output", "Values"), ("indices", "Indices")),
}  # fmt: skip
"""Operations with several results: id and title of each."""

MOST_PIECES = 32
"""Most pieces that a split gives here; each is a port."""

PIECES: dict[str, str] = {
    **dict.fromkeys(("split", "array_split", "dsplit", "hsplit"), "indices_or_sections"),
    "unstack": "num",
}
"""Operations that give as many results as a parameter says: operation → that parameter."""

INTERRUPTED = frozenset({"slice_update", "image.scale_and_translate"})
"""Operations with a value between their tensors; only the first tensor has no keyword there."""

SCALARS_AS_TENSORS = frozenset({
    "append", "binary_crossentropy", "bitwise_and", "bitwise_or", "bitwise_xor",
    "bitwise_left_shift", "bitwise_right_shift", "categorical_crossentropy", "cdist", "cross",
    "ctc_decode", "ctc_loss", "dot_product_attention", "heaviside", "hypot", "in_top_k",
    "image.affine_transform", "image.perspective_transform", "image.ssim", "left_shift", "psnr",
    "right_shift", "segment_max", "segment_min", "segment_prod", "segment_sum", "solve",
    "solve_triangular", "sparse_categorical_crossentropy", "take_along_axis",
})  # fmt: skip
"""Operations whose rule for shapes does not take a plain number in the place of a tensor."""

DROPPED_ARGUMENTS = frozenset({
    "kwargs", "sparse", "ragged", "synchronized", "compute_uv", "flash_attention",
})  # fmt: skip
"""Arguments that are no parameter here; each keeps its default."""

DROPPED_OF = frozenset({("bincount", "weights")})
"""The same for one operation: Keras keeps these weights as a setting, which cannot be a tensor."""

KEYWORDS: dict[str, tuple[str, ...]] = {
    "add": ("+", "plus", "sum"),
    "subtract": ("-", "minus", "difference"),
    "multiply": ("*", "×", "times", "product"),
    "divide": ("/", "÷", "quotient"),
    "true_divide": ("/",),
    "floor_divide": ("//",),
    "mod": ("%", "remainder", "modulo"),
    "power": ("**", "^", "exponent"),
    "matmul": ("@", "matrix product"),
    "negative": ("-", "minus", "neg"),
    "absolute": ("abs", "|x|", "magnitude"),
    "equal": ("==", "="),
    "not_equal": ("!=", "≠"),
    "less": ("<",),
    "less_equal": ("<=", "≤"),
    "greater": (">",),
    "greater_equal": (">=", "≥"),
    "logical_and": ("&", "and"),
    "logical_or": ("|", "or"),
    "logical_not": ("~", "!", "not"),
    "logical_xor": ("^", "xor"),
    "bitwise_and": ("&",),
    "bitwise_or": ("|",),
    "bitwise_xor": ("^",),
    "bitwise_invert": ("~", "bitwise_not"),
    "bitwise_left_shift": ("<<",),
    "bitwise_right_shift": (">>",),
    "left_shift": ("<<",),
    "right_shift": (">>",),
    "get_item": ("[]", "index", "slice", "getitem", "select"),
    "slice": ("[]", "crop"),
    "take": ("[]", "index", "gather"),
    "take_along_axis": ("gather",),
    "einsum": ("tensor", "contraction"),
    "concatenate": ("join",),
    "expand_dims": ("newaxis", "unsqueeze"),
    "transpose": ("permute", ".T"),
    "mean": ("average",),
    "square": ("²", "**2"),
    "sqrt": ("√", "root"),
    "sum": ("Σ", "total"),
    "prod": ("Π", "product"),
    "where": ("if", "select", "mask"),
    "conjugate": ("conj",),
    "silu": ("swish",),
    "hard_silu": ("hard_swish",),
    "cast": ("convert", "dtype", "astype"),
}
"""Further words the palette's search finds an operation by."""

SUMMARIES: dict[str, str] = {
    "get_item": "Takes a part of its input, as square brackets do.",
    "slice": "Cuts a block out of its input, from a start with a shape.",
    "average": "Averages along an axis, with weights where given.",
    "einsum": "Multiplies and sums axes as an Einstein sum names them.",
    "where": "Chooses between two tensors, value by value.",
    "stop_gradient": "Passes values on and lets no gradient back.",
    "select": "Chooses among several tensors by several conditions.",
    "searchsorted": "Finds the places where values belong in a sorted sequence.",
    "sum": "Adds up values along an axis.",
    "nansum": "Adds up values along an axis and leaves out missing ones.",
    "round": "Rounds to a number of decimal places.",
    "clip": "Keeps values between two bounds.",
    "flip": "Turns the order of values along an axis round.",
    "true_divide": "Divides value by value, as divide does.",
    "scatter": "Puts values at places of a tensor of zeros.",
    "transpose": "Puts the axes in another order, the batch axis included.",
    "add": "Adds two tensors, or a number to a tensor, value by value.",
    "subtract": "Takes the second from the first, value by value.",
    "multiply": "Multiplies two tensors, or a tensor by a number, value by value.",
    "divide": "Divides the first by the second, value by value.",
    "power": "Raises the first to the power of the second, value by value.",
    "matmul": "Multiplies two matrices, over all further axes.",
    "reshape": "Gives a tensor another shape, the batch axis included.",
    "unstack": "Takes one axis apart into that many tensors.",
    "split": "Cuts a tensor into pieces along an axis.",
    "repeat": "Repeats each value along an axis.",
    "tile": "Repeats the whole tensor along its axes.",
    "view_as_real": "Turns complex numbers into pairs of real ones.",
    "sobel_edges": "Finds edges with Sobel filters.",
}
"""Summaries in our words where the documentation's first sentence says too little."""
