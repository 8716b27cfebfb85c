"""What we say about each layer class: family, summary, headline, further search words.

Introspection finds the classes and their parameters; these facts are not in the code of Keras.
A class that is missing here still gets into the catalog, in the family "custom" without a
summary, so that a newer Keras loses nothing; a test asks for the facts of the pinned version.
"""

from __future__ import annotations

from typing import NamedTuple

from workbench.catalog.schema import Family


class LayerFacts(NamedTuple):
    """What introspection cannot find out.

    Attributes:
        family: Palette group.
        summary: One sentence, plain text.
        headline: Parameters that the node shows.
        keywords: Further search words.
    """

    family: Family
    summary: str
    headline: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def _dims(stem: str, sizes: str, family: Family, summary: str, headline: tuple[str, ...] = (),
          keywords: tuple[str, ...] = ()) -> dict[str, LayerFacts]:  # fmt: skip
    what = {"1D": "a sequence", "2D": "an image", "3D": "a volume"}
    return {
        stem.format(size): LayerFacts(family, summary.format(what[size]), headline, keywords)
        for size in sizes.split()
    }


_CONV = ("filters", "kernel_size", "strides", "activation")
_RECURRENT = ("units", "return_sequences")

LAYER_FACTS: dict[str, LayerFacts] = {
    # ---- input and dense -----------------------------------------------------------------
    "InputLayer": LayerFacts(
        "input", "Where data enters the network.", ("source", "shape"), ("feature", "data")
    ),
    "Dense": LayerFacts(
        "dense", "Connects every input value with every unit.", ("units", "activation"),
        ("linear", "fully connected", "fc", "output"),
    ),
    "EinsumDense": LayerFacts(
        "dense", "A dense layer over the axes that an Einstein sum names.",
        ("equation", "activation"), ("tensor",),
    ),
    "Embedding": LayerFacts(
        "dense", "Turns whole-number codes into learned vectors.", ("input_dim", "output_dim"),
        ("category", "token", "lookup"),
    ),
    "ReversibleEmbedding": LayerFacts(
        "dense", "An embedding that can also map vectors back to code scores.",
        ("input_dim", "output_dim"), ("token", "language model", "tied"),
    ),
    # ---- convolution ---------------------------------------------------------------------
    **_dims("Conv{}", "1D 2D 3D", "convolution",
            "Slides learned filters over {}.", _CONV, ("convolution", "filter")),
    **_dims("Conv{}Transpose", "1D 2D 3D", "convolution",
            "Slides learned filters that enlarge {}.", _CONV, ("deconvolution", "upsampling")),
    **_dims("DepthwiseConv{}", "1D 2D", "convolution",
            "Filters each channel of {} on its own.", ("kernel_size", "depth_multiplier"),
            ("mobile",)),
    **_dims("SeparableConv{}", "1D 2D", "convolution",
            "Filters {} channel by channel, then mixes the channels.", _CONV, ("mobile",)),
    # ---- pooling -------------------------------------------------------------------------
    **_dims("MaxPooling{}", "1D 2D 3D", "pooling",
            "Keeps the largest value of each window of {}.", ("pool_size", "strides"),
            ("downsample",)),
    **_dims("AveragePooling{}", "1D 2D 3D", "pooling",
            "Averages each window of {}.", ("pool_size", "strides"), ("mean", "downsample")),
    **_dims("GlobalAveragePooling{}", "1D 2D 3D", "pooling",
            "Averages {} to one value per channel.", (), ("gap", "mean", "flatten")),
    **_dims("GlobalMaxPooling{}", "1D 2D 3D", "pooling",
            "Keeps the largest value of each channel of {}.", (), ("flatten",)),
    **_dims("AdaptiveAveragePooling{}", "1D 2D 3D", "pooling",
            "Averages {} to a size that you give.", ("output_size",), ("mean", "resize")),
    **_dims("AdaptiveMaxPooling{}", "1D 2D 3D", "pooling",
            "Keeps the largest values of {} at a size that you give.", ("output_size",),
            ("resize",)),
    # ---- recurrent -----------------------------------------------------------------------
    "LSTM": LayerFacts(
        "recurrent", "Reads a sequence step by step with a long short-term memory.", _RECURRENT,
        ("sequence", "time series", "memory"),
    ),
    "GRU": LayerFacts(
        "recurrent", "Reads a sequence step by step with gated units.", _RECURRENT,
        ("sequence", "time series", "memory"),
    ),
    "SimpleRNN": LayerFacts(
        "recurrent", "Reads a sequence step by step, feeding its output back.", _RECURRENT,
        ("sequence", "time series"),
    ),
    "RNN": LayerFacts(
        "recurrent", "Reads a sequence with a cell that you choose.", ("cell", "return_sequences"),
        ("sequence", "custom cell"),
    ),
    "LSTMCell": LayerFacts("recurrent", "One step of an LSTM.", ("units",)),
    "GRUCell": LayerFacts("recurrent", "One step of a GRU.", ("units",)),
    "SimpleRNNCell": LayerFacts("recurrent", "One step of a simple recurrent layer.", ("units",)),
    "StackedRNNCells": LayerFacts("recurrent", "Several cells, one after the other.", ("cells",)),
    **_dims("ConvLSTM{}", "1D 2D 3D", "recurrent",
            "An LSTM whose steps are each {}, read by convolutions.", _CONV, ("video",)),
    "Bidirectional": LayerFacts(
        "recurrent", "Reads a sequence forwards and backwards with a recurrent layer.",
        ("layer", "merge_mode"), ("bilstm", "wrapper"),
    ),
    "TimeDistributed": LayerFacts(
        "recurrent", "Applies one layer to every step of a sequence.", ("layer",), ("wrapper",)
    ),
    # ---- attention -----------------------------------------------------------------------
    "MultiHeadAttention": LayerFacts(
        "attention", "Lets every position look at all others, with several heads.",
        ("num_heads", "key_dim"), ("transformer", "self-attention", "mha"),
    ),
    "GroupQueryAttention": LayerFacts(
        "attention", "Attention whose query heads share fewer key and value heads.",
        ("num_query_heads", "num_key_value_heads", "head_dim"), ("transformer", "gqa"),
    ),
    "Attention": LayerFacts(
        "attention", "Weighs values by the dot products of queries and keys.",
        ("score_mode",), ("luong", "dot product"),
    ),
    "AdditiveAttention": LayerFacts(
        "attention", "Weighs values by a learned sum of queries and keys.", (), ("bahdanau",)
    ),
    # ---- normalisation -------------------------------------------------------------------
    "BatchNormalization": LayerFacts(
        "normalisation", "Standardises each channel over the batch.", (), ("bn", "normalization")
    ),
    "LayerNormalization": LayerFacts(
        "normalisation", "Standardises each row over its own values.", ("axis",),
        ("ln", "normalization"),
    ),
    "GroupNormalization": LayerFacts(
        "normalisation", "Standardises groups of channels.", ("groups",), ("gn", "normalization")
    ),
    "RMSNormalization": LayerFacts(
        "normalisation", "Scales values by their root mean square.", (), ("normalization",)
    ),
    "UnitNormalization": LayerFacts(
        "normalisation", "Scales each row to length one.", (), ("l2", "normalization")
    ),
    "SpectralNormalization": LayerFacts(
        "normalisation", "Keeps the largest singular value of a layer's weights at one.",
        ("layer",), ("gan", "wrapper", "normalization"),
    ),
    # ---- regularisation ------------------------------------------------------------------
    "Dropout": LayerFacts(
        "regularisation", "Sets random values to zero while training.", ("rate",),
        ("overfitting", "regularization"),
    ),
    **_dims("SpatialDropout{}", "1D 2D 3D", "regularisation",
            "Drops whole channels of {} while training.", ("rate",), ("regularization",)),
    "AlphaDropout": LayerFacts(
        "regularisation", "Dropout that keeps mean and variance, for SELU networks.", ("rate",),
        ("selu", "regularization"),
    ),
    "GaussianDropout": LayerFacts(
        "regularisation", "Multiplies by random noise while training.", ("rate",),
        ("noise", "regularization"),
    ),
    "GaussianNoise": LayerFacts(
        "regularisation", "Adds random noise while training.", ("stddev",),
        ("augmentation", "regularization"),
    ),
    "ActivityRegularization": LayerFacts(
        "regularisation", "Adds a penalty on the values that pass through.", ("l1", "l2"),
        ("penalty", "regularization"),
    ),
    # ---- activation ----------------------------------------------------------------------
    "Activation": LayerFacts(
        "activation", "Applies an activation function.", ("activation",), ("nonlinearity",)
    ),
    "ReLU": LayerFacts("activation", "Sets negative values to zero.", ("max_value",)),
    "LeakyReLU": LayerFacts(
        "activation", "Shrinks negative values instead of removing them.", ("negative_slope",)
    ),
    "PReLU": LayerFacts("activation", "Shrinks negative values by a learned amount."),
    "ELU": LayerFacts("activation", "Bends negative values exponentially.", ("alpha",)),
    "Softmax": LayerFacts(
        "activation", "Turns scores into shares that sum to one.", ("axis",), ("probability",)
    ),
    # ---- merge ---------------------------------------------------------------------------
    "Add": LayerFacts("merge", "Adds inputs of equal shape.", (), ("residual", "skip", "sum", "+")),
    "Average": LayerFacts("merge", "Averages inputs of equal shape.", (), ("mean",)),
    "Concatenate": LayerFacts(
        "merge", "Joins inputs along one axis.", ("axis",), ("join", "stack", "skip")
    ),
    "Dot": LayerFacts("merge", "Dot product of two inputs.", ("axes",), ("similarity", "cosine")),
    "Maximum": LayerFacts("merge", "Keeps the largest of its inputs, value by value."),
    "Minimum": LayerFacts("merge", "Keeps the smallest of its inputs, value by value."),
    "Multiply": LayerFacts(
        "merge", "Multiplies inputs value by value.", (), ("gate", "product", "*", "×")
    ),
    "Subtract": LayerFacts(
        "merge", "Takes the second input from the first.", (), ("difference", "-")
    ),
    # ---- reshape -------------------------------------------------------------------------
    "Flatten": LayerFacts("reshape", "Lays all values of a row in one line.", (), ("vector",)),
    "Reshape": LayerFacts("reshape", "Gives a row another shape.", ("target_shape",)),
    "Permute": LayerFacts("reshape", "Puts the axes in another order.", ("dims",), ("transpose",)),
    "RepeatVector": LayerFacts("reshape", "Repeats a vector as a sequence.", ("n",), ("decoder",)),
    **_dims("Cropping{}", "1D 2D 3D", "reshape", "Cuts off the borders of {}.", ("cropping",)),
    **_dims("ZeroPadding{}", "1D 2D 3D", "reshape",
            "Adds a border of zeros around {}.", ("padding",)),
    **_dims("UpSampling{}", "1D 2D 3D", "reshape",
            "Enlarges {} by repeating or blending values.", ("size",), ("resize", "upscale")),
    "Identity": LayerFacts("operation", "Passes its input on unchanged.", (), ("nothing",)),
    "Masking": LayerFacts(
        "operation", "Hides the steps of a sequence that hold one value only.", ("mask_value",),
        ("padding", "sequence"),
    ),
}  # fmt: skip

_IMAGE: dict[str, tuple[str, tuple[str, ...]]] = {
    "AugMix": ("Blends chains of random changes of the image.", ("num_chains",)),
    "AutoContrast": ("Stretches the contrast to the full range.", ()),
    "CenterCrop": ("Cuts out the middle of the image.", ("height", "width")),
    "ContrastLimitedAdaptiveHistogramEqualization": (
        "Evens out local contrast, tile by tile.", ("clip_limit",)),
    "CutMix": ("Pastes random parts of other images of the batch.", ("factor",)),
    "MixUp": ("Blends random pairs of images of the batch.", ("alpha",)),
    "RandAugment": ("Applies a few random changes per image.", ("num_ops", "factor")),
    "RandomBrightness": ("Changes brightness at random.", ("factor",)),
    "RandomColorDegeneration": ("Moves colours towards grey at random.", ("factor",)),
    "RandomColorJitter": ("Changes brightness, contrast, saturation and hue at random.", ()),
    "RandomContrast": ("Changes contrast at random.", ("factor",)),
    "RandomCrop": ("Cuts out a random part of the image.", ("height", "width")),
    "RandomElasticTransform": ("Warps the image elastically at random.", ("factor",)),
    "RandomErasing": ("Blanks a random rectangle.", ("factor",)),
    "RandomFlip": ("Mirrors the image at random.", ("mode",)),
    "RandomGaussianBlur": ("Blurs the image at random.", ("kernel_size",)),
    "RandomGrayscale": ("Turns images grey at random.", ("factor",)),
    "RandomHue": ("Shifts hues at random.", ("factor",)),
    "RandomInvert": ("Inverts values at random.", ("factor",)),
    "RandomPerspective": ("Tilts the image in space at random.", ("factor",)),
    "RandomPosterization": ("Reduces the number of colour levels.", ("factor",)),
    "RandomRotation": ("Turns the image at random.", ("factor",)),
    "RandomSaturation": ("Changes saturation at random.", ("factor",)),
    "RandomSharpness": ("Changes sharpness at random.", ("factor",)),
    "RandomShear": ("Slants the image at random.", ("x_factor", "y_factor")),
    "RandomTranslation": ("Shifts the image at random.", ("height_factor", "width_factor")),
    "RandomZoom": ("Zooms the image at random.", ("height_factor",)),
    "Rescaling": ("Multiplies and shifts values, for example 0–255 to 0–1.", ("scale", "offset")),
    "Resizing": ("Resizes the image.", ("height", "width")),
    "Solarization": ("Inverts values above a threshold.", ("threshold_factor",)),
    "Pipeline": ("Applies preprocessing layers one after the other.", ("layers",)),
    "CategoryEncoding": ("Turns codes into one-hot, multi-hot or count vectors.",
                         ("num_tokens", "output_mode")),
    "Discretization": ("Sorts numbers into bins.", ("bin_boundaries", "num_bins")),
    "HashedCrossing": ("Combines two categories into hashed codes.", ("num_bins",)),
    "Hashing": ("Turns categories into hashed codes.", ("num_bins",)),
    "IntegerLookup": ("Turns whole numbers of a vocabulary into codes.", ("output_mode",)),
    "StringLookup": ("Turns words of a vocabulary into codes.", ("output_mode",)),
    "TextVectorization": ("Splits text into words and turns them into codes.",
                          ("max_tokens", "output_sequence_length")),
    "Normalization": ("Standardises numbers with a given mean and variance.", ("axis",)),
    "MelSpectrogram": ("Turns sound into a mel spectrogram.", ("num_mel_bins", "sampling_rate")),
    "STFTSpectrogram": ("Turns sound into a spectrogram.", ("frame_length", "mode")),
}  # fmt: skip

IMAGE_LAYERS = frozenset(
    key for key in _IMAGE
    if key.startswith("Random") or key in (
        "AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization",
        "CutMix", "MixUp", "RandAugment", "Resizing", "Solarization",
    )
)  # fmt: skip
"""Layers that need height × width × channels, without an `input_spec` that says so."""

LAYER_FACTS.update(
    {
        key: LayerFacts(
            "preprocessing",
            summary,
            headline,
            ("augmentation", "image") if key.startswith(("Rand", "Aug", "Mix", "Cut")) else (),
        )
        for key, (summary, headline) in _IMAGE.items()
    }
)

EXCLUDED: dict[str, str] = {
    "Layer": "abstract base class",
    "Wrapper": "abstract base class",
    "Lambda": "holds Python code, which a project file must not",
    "TFSMLayer": "loads a SavedModel, which can run code",
    "JaxLayer": "wraps a JAX function, which a project file cannot hold",
    "FlaxLayer": "wraps a Flax module, which a project file cannot hold",
    "TorchModuleWrapper": "wraps a PyTorch module, which a project file cannot hold",
    "Equalization": "gives its symbolic input back, so that Keras refuses the model as a cycle",
    "MaxNumBoundingBoxes": "works on bounding boxes, not on a tensor",
}
"""Classes of `keras.layers` that stay out of the catalog, with the reason. Aliases
(`Convolution2D`) are recognised by their class name and stay out too."""

CELLS = frozenset({"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"})
"""Classes that can only stand inside another layer."""
