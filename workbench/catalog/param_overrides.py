"""Where a parameter means something else in one layer, and which ones stay out of the catalog."""

from __future__ import annotations

from workbench.catalog.param_facts import OUTPUT_MODES, PARAM_FACTS
from workbench.catalog.param_forms import (
    ParamFacts,
    choice_of,
    count_of,
    flag_of,
    range_of,
    share_of,
    sizes_of,
)
from workbench.plain import Plain

_TEXT_MODES = ("int", "multi_hot", "count", "tf_idf")
_RNN_LAYERS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_LSTM_32: Plain = {"layer": "LSTM", "params": {"units": 32}}
_DENSE_32: Plain = {"layer": "Dense", "params": {"units": 32}}
_CELL_32: Plain = {"layer": "LSTMCell", "params": {"units": 32}}
_CELL_NAMES = ("LSTMCell", "GRUCell", "SimpleRNNCell")
_RESIZE_FILTERS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
_CAUSAL = choice_of("What happens at the borders: causal pads the past only.",
                  "valid", "same", "causal")  # fmt: skip
_BORDER = sizes_of("Rows of zeros at each side.", minimum=0)

OVERRIDES: dict[tuple[str, str], ParamFacts] = {
    **{(key, "padding"): _BORDER for key in ("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")},
    # TensorFlow 2.21 kills the process (floating point exception) at an output size of 1.
    **{(f"AdaptiveMaxPooling{d}D", "output_size"): sizes_of(
        "Size of the result; for 1 use GlobalMaxPooling.", 2, minimum=2) for d in (1, 2, 3)},
    ("Conv1D", "padding"): _CAUSAL,
    ("SeparableConv1D", "padding"): _CAUSAL,
    ("DepthwiseConv1D", "padding"): _CAUSAL,
    ("GroupNormalization", "groups"): count_of("Number of groups; -1 for one per channel.",
                                             minimum=-1),
    ("BatchNormalization", "axis"): ParamFacts("int", "Channel axis, -1 for the last.",
                                               advanced=True),
    ("Concatenate", "axis"): ParamFacts("int", "Axis along which inputs are joined."),
    ("Normalization", "axis"): sizes_of("Axes with statistics of their own.", minimum=None,
                                      nullable=True),
    ("MultiHeadAttention", "output_shape"): sizes_of(
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
    ("IntegerLookup", "vocabulary"): ParamFacts("json", "The numbers, as a list.",
                                                suggestion=[0, 1]),
    ("IntegerLookup", "oov_token"): ParamFacts("int", "Number that means unknown."),
    ("Rescaling", "scale"): range_of("Factor.", 1 / 255, low=None, high=None),
    ("RandomElasticTransform", "scale"): range_of("Strength of the warp."),
    ("RandomPerspective", "scale"): range_of("Strength of the tilt."),
    ("RandomErasing", "scale"): range_of("Size of the rectangle as a share of the image."),
    ("RandomErasing", "fill_value"): ParamFacts(
        "float", "Value of the rectangle; noise when empty.", nullable=True),
    ("RandomPosterization", "factor"): ParamFacts("int", "Bits kept per channel.", 1, 8,
                                                  suggestion=4),
    ("RandomRotation", "factor"): range_of("Largest turn, as a share of a full circle.", 0.1,
                                         low=-1.0),
    ("RandomSharpness", "factor"): range_of("Strength, or the range it is drawn from.", 0.2),
    ("RandomGaussianBlur", "kernel_size"): sizes_of("Size of the blur window.", 3),
    ("Resizing", "interpolation"): choice_of("How values between pixels are made.",
                                           *_RESIZE_FILTERS),
    ("UpSampling2D", "interpolation"): choice_of("How values between pixels are made.",
                                               *_RESIZE_FILTERS),
    ("Resizing", "fill_mode"): choice_of("What fills empty borders.", "constant", advanced=True),
    ("STFTSpectrogram", "mode"): choice_of("What is given.", "log", "magnitude", "psd", "real",
                                         "imag", "angle", "stft"),
    ("CategoryEncoding", "output_mode"): choice_of("Form of the result.", "multi_hot", "one_hot",
                                                 "count"),
    ("HashedCrossing", "output_mode"): choice_of("Form of the result.", "int", "one_hot"),
    ("Hashing", "output_mode"): choice_of("Form of the result.", *OUTPUT_MODES[:4]),
    ("Discretization", "output_mode"): choice_of("Form of the result.", *OUTPUT_MODES[:4]),
    ("Discretization", "epsilon"): share_of("Error tolerated in quantiles.", advanced=True),
    ("TextVectorization", "output_mode"): choice_of("Form of the result.", *_TEXT_MODES),
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

REQUIRED = frozenset(
    {("CategoryEncoding", "num_tokens"), ("Discretization", "bin_boundaries"),
     ("IntegerLookup", "vocabulary"), ("StringLookup", "vocabulary"),
     ("TextVectorization", "vocabulary")}
)  # fmt: skip
"""Parameters that have a default in Keras, with which the layer does not work by itself."""

CALL_FACTS: dict[str, ParamFacts] = {
    "use_causal_mask": flag_of("Let each position look at earlier ones only."),
    "return_attention_scores": flag_of("Give the attention weights as a further output.",
                                     advanced=True),
    "reverse": flag_of("Map vectors back to code scores."),
    "training": ParamFacts("bool", "Act as in training or not; as the run does when empty.",
                           nullable=True, advanced=True),
}  # fmt: skip
"""Call arguments that are values, not tensors."""
