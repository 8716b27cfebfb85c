"""What we say about each parameter: kind, limits, choices, help.

Names mean the same thing nearly everywhere in Keras, so one table by name serves all layers;
`OVERRIDES` holds the exceptions. Parameters that are missing here get their kind from the type
of their default, and no help; a test asks for the facts of the pinned version.
"""

from __future__ import annotations

from typing import NamedTuple

from workbench.catalog.schema import ParamKind
from workbench.plain import Plain


class ParamFacts(NamedTuple):
    """What introspection cannot find out. The fields are those of `ParamSpec`."""

    kind: ParamKind
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    suggestion: Plain = None
    nullable: bool | None = None
    advanced: bool = False
    exclusive: bool = False


def _count(text: str, suggestion: Plain = None, minimum: float = 1, *, nullable: bool | None = None,
           advanced: bool = False) -> ParamFacts:  # fmt: skip
    return ParamFacts("int", text, minimum, suggestion=suggestion, nullable=nullable,
                      advanced=advanced)  # fmt: skip


def _share(text: str, suggestion: Plain = None, *, advanced: bool = False) -> ParamFacts:
    return ParamFacts("float", text, 0.0, 1.0, suggestion=suggestion, advanced=advanced)


def _range(text: str, suggestion: Plain = None, *, low: float | None = 0.0,
           high: float | None = 1.0) -> ParamFacts:  # fmt: skip
    return ParamFacts("float_tuple", text, low, high, suggestion=suggestion)


def _sizes(text: str, suggestion: Plain = None, *, minimum: float | None = 1,
           nullable: bool | None = None, advanced: bool = False) -> ParamFacts:  # fmt: skip
    return ParamFacts("int_tuple", text, minimum, suggestion=suggestion, nullable=nullable,
                      advanced=advanced)  # fmt: skip


def _choice(text: str, *choices: str, nullable: bool | None = None,
            advanced: bool = False) -> ParamFacts:  # fmt: skip
    return ParamFacts("choice", text, choices=choices, nullable=nullable, advanced=advanced)


def _flag(text: str, *, advanced: bool = False) -> ParamFacts:
    return ParamFacts("bool", text, advanced=advanced)


_PARTS = {
    "kernel": "the weights",
    "bias": "the bias",
    "recurrent": "the weights of the fed-back state",
    "depthwise": "the per-channel filters",
    "pointwise": "the channel-mixing filters",
    "embeddings": "the vectors",
    "beta": "the learned offset",
    "gamma": "the learned scale",
    "alpha": "the learned slope",
    "moving_mean": "the running mean",
    "moving_variance": "the running variance",
}


def _weight_facts() -> dict[str, ParamFacts]:
    facts: dict[str, ParamFacts] = {}
    for part, words in _PARTS.items():
        facts[f"{part}_initializer"] = ParamFacts(
            "initializer", f"How {words} start out.", advanced=True
        )
        facts[f"{part}_regularizer"] = ParamFacts(
            "regularizer", f"Penalty on {words}, added to the loss.", nullable=True, advanced=True
        )
        facts[f"{part}_constraint"] = ParamFacts(
            "constraint", f"Limit that {words} are kept within.", nullable=True, advanced=True
        )
    return facts


_OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_FILL_MODES = ("reflect", "constant", "wrap", "nearest")

PARAM_FACTS: dict[str, ParamFacts] = {
    **_weight_facts(),
    # ---- sizes -----------------------------------------------------------------------------
    "units": _count("Number of output values.", 64),
    "filters": _count("Number of filters, which is the number of output channels.", 32),
    "kernel_size": _sizes("Size of the filter window.", 3),
    "strides": _sizes("Step by which the window moves."),
    "dilation_rate": _sizes("Spacing between the points of the window.", advanced=True),
    "pool_size": _sizes("Size of the window.", 2),
    "output_size": _sizes("Size of the result.", 1),
    "groups": _count("Number of groups that the channels are split into.", advanced=True),
    "depth_multiplier": _count("Output channels per input channel."),
    "output_padding": _sizes("Extra rows at the end of the result.", minimum=0, advanced=True),
    "size": _sizes("How many times larger the result is."),
    "cropping": _sizes("Rows cut off at each side.", minimum=0),
    "padding": _choice("What happens at the borders: valid keeps inside, same pads with zeros.",
                       "valid", "same"),
    "height": _count("Height of the result in pixels.", 32),
    "width": _count("Width of the result in pixels.", 32),
    "n": _count("Number of repetitions.", 4),
    "input_dim": _count("Number of different codes, 0 included.", 1000),
    "output_dim": _count("Length of each vector.", 16),
    "num_heads": _count("Number of heads.", 4),
    "key_dim": _count("Length of each head's queries and keys.", 32),
    "value_dim": _count("Length of each head's values; as the keys when empty."),
    "head_dim": _count("Length of each head.", 32),
    "num_query_heads": _count("Number of query heads.", 4),
    "num_key_value_heads": _count("Number of key and value heads; divides the query heads.", 2),
    "sliding_window": _count("Farthest position that is looked at; all when empty.",
                             nullable=True, advanced=True),
    "power_iterations": ParamFacts("int", "Steps of the estimate in each training step.", 1, 100,
                                   advanced=True),
    "target_shape": ParamFacts("shape", "Shape of a row afterwards; one axis may be -1.", -1,
                               suggestion=[-1]),
    "dims": _sizes("New order of the axes, counted from 1 without the batch axis.", [2, 1]),
    "shared_axes": _sizes("Axes along which one slope is learned.", minimum=None, nullable=True),
    # ---- axes ------------------------------------------------------------------------------
    "axis": _sizes("Axis that is treated apart, -1 for the last.", minimum=None),
    "axes": _sizes("Axis of each input that is multiplied and summed.", 1, minimum=None),
    "attention_axes": _sizes("Axes that attend to each other; all but batch and last when empty.",
                             minimum=None, nullable=True, advanced=True),
    "keepdims": _flag("Keep the pooled axes with length 1."),
    "data_format": _choice("Where the channel axis is.", "channels_last", "channels_first",
                           nullable=True, advanced=True),
    # ---- behaviour -------------------------------------------------------------------------
    "activation": ParamFacts("activation", "Function applied to the result."),
    "recurrent_activation": ParamFacts("activation", "Function of the gates.", advanced=True),
    "activity_regularizer": ParamFacts("regularizer", "Penalty on the output, added to the loss.",
                                       nullable=True, advanced=True),
    "use_bias": _flag("Add a learned offset.", advanced=True),
    "unit_forget_bias": _flag("Start by remembering: the forget gate's bias begins at one.",
                              advanced=True),
    "rate": ParamFacts("float", "Share of values dropped while training.", 0.0, 1.0,
                       suggestion=0.3),
    "dropout": _share("Share of inputs dropped while training."),
    "recurrent_dropout": _share("Share of the fed-back state dropped while training.",
                                advanced=True),
    "stddev": ParamFacts("float", "Standard deviation of the noise.", 0.0, suggestion=0.1),
    "noise_shape": ParamFacts("shape", "Shape of the dropout pattern; axes of 1 drop together.",
                              1, nullable=True, advanced=True),
    "seed": _count("Seed of the randomness; the run's own when empty.", minimum=0, nullable=True,
                   advanced=True),
    "return_sequences": _flag("Give the output of every step instead of the last."),
    "return_state": _flag("Give the final state as further outputs."),
    "go_backwards": _flag("Read the sequence from its end.", advanced=True),
    "stateful": _flag("Carry the state over to the next batch; needs a fixed batch size.",
                      advanced=True),
    "unroll": _flag("Write the loop out: faster for short sequences, more memory.", advanced=True),
    "reset_after": _flag("Apply the reset gate after the multiplication.", advanced=True),
    "zero_output_for_mask": _flag("Give zeros for hidden steps.", advanced=True),
    "merge_mode": _choice("How both directions are joined; two outputs when empty.",
                          "concat", "sum", "mul", "ave", nullable=True),
    "layer": ParamFacts("layer", "The layer inside."),
    "backward_layer": ParamFacts("layer", "Another layer for the way back; a copy when empty.",
                                 nullable=True, advanced=True),
    "cell": ParamFacts("layer", "The cell that computes one step."),
    "cells": ParamFacts("layers", "The cells, first to last."),
    "layers": ParamFacts("layers", "The layers, first to last."),
    "mask_zero": _flag("Treat code 0 as padding that later layers skip."),
    "tie_weights": _flag("Use the same weights in both directions."),
    "reverse_dtype": ParamFacts("dtype", "Number format of the way back.", nullable=True,
                                advanced=True),
    "logit_soft_cap": ParamFacts("float", "Bound that scores are bent to stay within.", 0.0,
                                 nullable=True, advanced=True, exclusive=True),
    "use_scale": _flag("Learn a factor for the scores."),
    "score_mode": _choice("How queries and keys are compared.", "dot", "concat"),
    "flash_attention": ParamFacts("bool", "Use the fast kernel; where possible when empty.",
                                  nullable=True, advanced=True),
    "use_gate": _flag("Multiply the result by a learned gate.", advanced=True),
    "lora_rank": _count("Rank of a low-rank update that is trained instead; none when empty.",
                        nullable=True, advanced=True),
    "lora_alpha": ParamFacts("float", "Strength of the low-rank update.", 0.0, nullable=True,
                             advanced=True),
    "equation": ParamFacts("str", "Einstein sum, input then weights: ab,bc->ac.",
                           suggestion="ab,bc->ac"),
    "output_shape": ParamFacts("shape", "Shape of a row afterwards.", 1, suggestion=[64]),
    "bias_axes": ParamFacts("str", "Output axes, by letter, that get a bias.", nullable=True),
    "normalize": _flag("Scale both inputs to length one first (cosine similarity)."),
    # ---- normalisation, activation ---------------------------------------------------------
    "momentum": _share("Weight of the past in the running mean.", advanced=True),
    "epsilon": ParamFacts("float", "Small number that avoids a division by zero.", 0.0,
                          advanced=True),
    "center": _flag("Learn an offset.", advanced=True),
    "scale": _flag("Learn a scale.", advanced=True),
    "renorm": _flag("Use batch renormalisation, for small batches.", advanced=True),
    "renorm_clipping": ParamFacts("json", "Bounds rmax, rmin and dmax of the renormalisation.",
                                  nullable=True, advanced=True),
    "renorm_momentum": _share("Weight of the past in the renormalisation.", advanced=True),
    "synchronized": _flag("Average over all devices.", advanced=True),
    "mean": _range("Mean that is subtracted.", low=None, high=None),
    "variance": _range("Variance that is divided by (its square root).", high=None),
    "invert": _flag("Do the reverse."),
    "l1": ParamFacts("float", "Weight of the sum of absolute values.", 0.0),
    "l2": ParamFacts("float", "Weight of the sum of squares.", 0.0),
    "max_value": ParamFacts("float", "Largest output; unbounded when empty.", 0.0, nullable=True),
    "negative_slope": ParamFacts("float", "Slope for negative values.", 0.0),
    "threshold": ParamFacts("float", "Values below it count as negative.", 0.0),
    "alpha": ParamFacts("float", "Depth of the curve for negative values.", 0.0),
    "mask_value": ParamFacts("float", "Value that marks a hidden step."),
    # ---- preprocessing ---------------------------------------------------------------------
    "value_range": _range("Lowest and highest pixel value.", low=None, high=None),
    "factor": _range("Strength, or the range it is drawn from.", 0.2),
    "brightness_factor": _range("Strength of the brightness change."),
    "contrast_factor": _range("Strength of the contrast change."),
    "saturation_factor": _range("Strength of the saturation change."),
    "hue_factor": _range("Strength of the hue shift."),
    "addition_factor": _range("Brightness added before inverting, as a share of the range."),
    "threshold_factor": _range("Threshold, as a share of the range."),
    "height_factor": _range("Vertical change as a share of the height.", 0.1, low=-1.0, high=None),
    "width_factor": _range("Horizontal change as a share of the width.", 0.1, low=-1.0, high=None),
    "x_factor": _range("Horizontal slant."),
    "y_factor": _range("Vertical slant."),
    "sigma": _range("Width of the blur.", high=None),
    "offset": _range("Added after scaling.", low=None, high=None),
    "num_chains": ParamFacts("int", "Number of chains that are blended.", 1, 20),
    "chain_depth": ParamFacts("int", "Changes in each chain.", 1, 20),
    "num_ops": ParamFacts("int", "Changes per image.", 1, 20),
    "all_ops": _flag("Use all kinds of changes."),
    "bins": _count("Number of grey levels."),
    "clip_limit": ParamFacts("float", "Limit of the local contrast.", 0.0),
    "tile_grid_size": _sizes("Number of tiles, rows and columns."),
    "interpolation": _choice("How values between pixels are made.", "bilinear", "nearest"),
    "fill_mode": _choice("What fills empty borders.", *_FILL_MODES),
    "fill_value": ParamFacts("float", "Value of empty borders in constant mode."),
    "crop_to_aspect_ratio": _flag("Crop rather than distort."),
    "pad_to_aspect_ratio": _flag("Pad rather than distort."),
    "antialias": _flag("Smooth when shrinking."),
    "mode": _choice("Directions that are mirrored.",
                    "horizontal_and_vertical", "horizontal", "vertical"),
    "num_tokens": _count("Number of different codes.", 10),
    "output_mode": _choice("Form of the result.", *_OUTPUT_MODES),
    "bin_boundaries": _range("Borders of the bins, ascending.", [0.0, 1.0], low=None, high=None),
    "num_bins": _count("Number of bins.", 16),
    "salt": _sizes("One or two numbers that vary the hash.", minimum=0, nullable=True,
                   advanced=True),
    "max_tokens": _count("Most entries of the vocabulary.", nullable=True),
    "num_oov_indices": _count("Codes set aside for unknown entries.", minimum=0),
    "mask_token": ParamFacts("str", "Entry that means padding.", nullable=True),
    "oov_token": ParamFacts("str", "Entry that means unknown."),
    "oov_method": _choice("How unknown numbers share their codes.", "floormod", "farmhash",
                          advanced=True),
    "vocabulary": ParamFacts("json", "The entries, as a list.", nullable=True),
    "idf_weights": ParamFacts("json", "Weight of each entry, for tf_idf.", nullable=True,
                              advanced=True),
    "pad_to_max_tokens": _flag("Pad the result to the most entries.", advanced=True),
    "encoding": ParamFacts("str", "Text encoding.", advanced=True),
    "standardize": _choice("Cleaning before splitting.", "lower_and_strip_punctuation", "lower",
                           "strip_punctuation", nullable=True),
    "split": _choice("How text is split; not at all when empty.", "whitespace", "character",
                     nullable=True),
    "ngrams": ParamFacts("int_tuple", "Groups of neighbouring words that count as words too.",
                         1, 10, nullable=True),
    "output_sequence_length": _count("Length that texts are cut or padded to.", nullable=True),
    "frame_length": _count("Samples per frame."),
    "frame_step": _count("Samples between frames; half a frame when empty.", nullable=True),
    "fft_length": _count("Samples of each Fourier transform.", nullable=None),
    "sequence_stride": _count("Samples between frames."),
    "sequence_length": _count("Samples per frame; the transform's length when empty.",
                              nullable=True),
    "sampling_rate": _count("Samples per second."),
    "num_mel_bins": _count("Number of mel bands."),
    "min_freq": ParamFacts("float", "Lowest frequency in hertz.", 0.0),
    "max_freq": ParamFacts("float", "Highest frequency in hertz; half the rate when empty.", 0.0,
                           nullable=True),
    "power_to_db": _flag("Give decibels."),
    "top_db": ParamFacts("float", "Decibels below the peak that are kept.", 0.0),
    "mag_exp": ParamFacts("float", "Exponent of the magnitude: 1 magnitude, 2 power.", 0.0),
    "min_power": ParamFacts("float", "Smallest power that counts.", 0.0, advanced=True),
    "ref_power": ParamFacts("float", "Power that is 0 decibels.", 0.0, advanced=True),
    "window": _choice("Shape of the window.", "hann", "hamming", nullable=True),
    "periodic": _flag("Use a periodic window.", advanced=True),
    "scaling": _choice("Scaling of the window.", "density", "spectrum", nullable=True,
                       advanced=True),
    "expand_dims": _flag("Give an image, with a channel axis of its own."),
}  # fmt: skip

_TEXT_MODES = ("int", "multi_hot", "count", "tf_idf")
_RNN_LAYERS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_LSTM_32: Plain = {"layer": "LSTM", "params": {"units": 32}}
_DENSE_32: Plain = {"layer": "Dense", "params": {"units": 32}}
_CELL_32: Plain = {"layer": "LSTMCell", "params": {"units": 32}}
_CELL_NAMES = ("LSTMCell", "GRUCell", "SimpleRNNCell")
_RESIZE_FILTERS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
_CAUSAL = _choice("What happens at the borders: causal pads the past only.",
                  "valid", "same", "causal")  # fmt: skip
_BORDER = _sizes("Rows of zeros at each side.", minimum=0)

OVERRIDES: dict[tuple[str, str], ParamFacts] = {
    **{(key, "padding"): _BORDER for key in ("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")},
    ("Conv1D", "padding"): _CAUSAL,
    ("SeparableConv1D", "padding"): _CAUSAL,
    ("DepthwiseConv1D", "padding"): _CAUSAL,
    ("GroupNormalization", "groups"): _count("Number of groups; -1 for one per channel.",
                                             minimum=-1),
    ("BatchNormalization", "axis"): ParamFacts("int", "Channel axis, -1 for the last.",
                                               advanced=True),
    ("Concatenate", "axis"): ParamFacts("int", "Axis along which inputs are joined."),
    ("Normalization", "axis"): _sizes("Axes with statistics of their own.", minimum=None,
                                      nullable=True),
    ("MultiHeadAttention", "output_shape"): _sizes(
        "Shape of the result; as the query when empty.", nullable=True, advanced=True),
    ("AlphaDropout", "seed"): PARAM_FACTS["seed"],
    ("Activation", "activation"): ParamFacts("activation", "The function.", suggestion="relu"),
    ("ELU", "alpha"): PARAM_FACTS["alpha"],
    ("AugMix", "alpha"): ParamFacts("float", "Strength of the blending.", 0.0, exclusive=True),
    ("MixUp", "alpha"): ParamFacts("float", "Strength of the blending.", 0.0, exclusive=True),
    ("Masking", "mask_value"): PARAM_FACTS["mask_value"],
    ("Hashing", "mask_value"): ParamFacts("json", "Value that means padding.", nullable=True),
    ("IntegerLookup", "mask_token"): ParamFacts("int", "Number that means padding.",
                                                nullable=True),
    ("IntegerLookup", "oov_token"): ParamFacts("int", "Number that means unknown."),
    ("Rescaling", "scale"): _range("Factor.", 1 / 255, low=None, high=None),
    ("RandomElasticTransform", "scale"): _range("Strength of the warp."),
    ("RandomPerspective", "scale"): _range("Strength of the tilt."),
    ("RandomErasing", "scale"): _range("Size of the rectangle as a share of the image."),
    ("RandomErasing", "fill_value"): ParamFacts(
        "float", "Value of the rectangle; noise when empty.", nullable=True),
    ("RandomPosterization", "factor"): ParamFacts("int", "Bits kept per channel.", 1, 8,
                                                  suggestion=4),
    ("RandomRotation", "factor"): _range("Largest turn, as a share of a full circle.", 0.1,
                                         low=-1.0),
    ("RandomSharpness", "factor"): _range("Strength, or the range it is drawn from.", 0.2),
    ("RandomGaussianBlur", "kernel_size"): _sizes("Size of the blur window.", 3),
    ("Resizing", "interpolation"): _choice("How values between pixels are made.",
                                           *_RESIZE_FILTERS),
    ("UpSampling2D", "interpolation"): _choice("How values between pixels are made.",
                                               *_RESIZE_FILTERS),
    ("Resizing", "fill_mode"): _choice("What fills empty borders.", "constant", advanced=True),
    ("STFTSpectrogram", "mode"): _choice("What is given.", "log", "magnitude", "psd", "real",
                                         "imag", "angle", "stft"),
    ("CategoryEncoding", "output_mode"): _choice("Form of the result.", "multi_hot", "one_hot",
                                                 "count"),
    ("HashedCrossing", "output_mode"): _choice("Form of the result.", "int", "one_hot"),
    ("Hashing", "output_mode"): _choice("Form of the result.", *_OUTPUT_MODES[:4]),
    ("Discretization", "output_mode"): _choice("Form of the result.", *_OUTPUT_MODES[:4]),
    ("Discretization", "epsilon"): _share("Error tolerated in quantiles.", advanced=True),
    ("TextVectorization", "output_mode"): _choice("Form of the result.", *_TEXT_MODES),
    ("Bidirectional", "layer"): ParamFacts("layer", "The recurrent layer inside.",
                                           choices=_RNN_LAYERS, suggestion=_LSTM_32),
    ("Bidirectional", "backward_layer"): ParamFacts(
        "layer", "Another layer for the way back; a copy when empty.", choices=_RNN_LAYERS,
        nullable=True, advanced=True),
    ("TimeDistributed", "layer"): ParamFacts("layer", "The layer applied to every step.",
                                             suggestion=_DENSE_32),
    ("SpectralNormalization", "layer"): ParamFacts(
        "layer", "The layer whose weights are held.", suggestion=_DENSE_32),
    ("RNN", "cell"): ParamFacts("layer", "The cell that computes one step.",
                                choices=(*_CELL_NAMES, "StackedRNNCells"), suggestion=_CELL_32),
    ("StackedRNNCells", "cells"): ParamFacts("layers", "The cells, first to last.",
                                             choices=_CELL_NAMES, suggestion=[_CELL_32]),
    ("Pipeline", "layers"): ParamFacts(
        "layers", "The layers, first to last.",
        suggestion=[{"layer": "RandomFlip", "params": {}}]),
}  # fmt: skip

DROPPED: dict[str, str] = {
    "name": "the node has a name",
    "trainable": "the node can be frozen",
    "weights": "arrays do not belong in a project file",
    "sparse": "sparse tensors do not pass through most layers",
    "ragged": "ragged tensors do not pass through most layers",
    "quantization_config": "an object that a project file cannot hold",
    "gptq_unpacked_column_size": "belongs to quantisation",
    "use_cudnn": "Keras chooses by itself",
    "vocabulary_dtype": "has one legal value",
    "batch_shape": "the input node has a shape without the batch axis",
    "input_tensor": "an object that a project file cannot hold",
    "optional": "a network here has all its inputs",
    "batch_size": "chosen for training, not for the network",
}
"""Constructor parameters that stay out of the catalog, with the reason."""

CALL_FACTS: dict[str, ParamFacts] = {
    "use_causal_mask": _flag("Let each position look at earlier ones only."),
    "return_attention_scores": _flag("Give the attention weights as a further output.",
                                     advanced=True),
    "reverse": _flag("Map vectors back to code scores."),
    "training": ParamFacts("bool", "Act as in training or not; as the run does when empty.",
                           nullable=True, advanced=True),
}  # fmt: skip
"""Call arguments that are values, not tensors."""
