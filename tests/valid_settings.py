"""A network for each operation of the catalog with which it works: what leads in, what is set.

Used by the tests of the engine and of the window alike. An operation that is not named here gets
a vector of six numbers at each required port, and the values that a fresh node starts with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.catalog import Catalog, LayerSpec
from workbench.graph import Connect, Edge, Endpoint, Graph
from workbench.graph.edits import add_layer
from workbench.graph.ports import output_ports

VECTOR = ((6,), "float32")
MATRIX = ((4, 4), "float32")
IMAGE = ((8, 8, 3), "float32")
WHOLE = ((6,), "int32")
YES_NO = ((6,), "bool")
SEQUENCE = ((16, 4), "float32")


@dataclass(frozen=True)
class Case:
    """Settings beside the suggestions, and shape (of a row) and number format at each port."""

    inputs: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)


def _each(names: str, case: Case) -> dict[str, Case]:
    return dict.fromkeys(names.split(), case)


_XY_WHOLE = Case({"x": WHOLE, "y": WHOLE})
_KERNEL_2D = {"inputs": ((8, 8, 3), "float32")}
_WAVE = ((64,), "float32")
_SPECTRUM = {"real": ((7, 5), "float32"), "imag": ((7, 5), "float32")}
_PIXELS = [[[[0.1] * 4] * 3] * 2] * 2

CASES: dict[str, Case] = {
    **_each("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift "
            "right_shift", _XY_WHOLE),
    **_each("bitwise_invert bincount one_hot", Case({"x": WHOLE})),
    **_each("cholesky cholesky_inverse det inv logdet eigh pinv matrix_rank qr "
            "svd trace diagonal tril triu transpose swapaxes moveaxis",
            Case({"x": MATRIX})),
    "norm": Case({"x": MATRIX}),
    "solve": Case({"a": MATRIX, "b": ((4, 2), "float32")}),
    "solve_triangular": Case({"a": MATRIX, "b": ((4, 2), "float32")}, {"lower": True}),
    "rot90": Case({"array": IMAGE}),
    "stop_gradient": Case({"variable": VECTOR}),
    "trapezoid": Case({"y": VECTOR}),
    "diff": Case({"a": VECTOR}),
    "matmul": Case({"x1": MATRIX, "x2": MATRIX}),
    "cdist": Case({"x": ((4, 3), "float32"), "y": ((5, 3), "float32")}),
    "dot": Case({"x1": VECTOR}, {"x2": [[0.5, 1.0]] * 6}),
    "inner": Case({"x1": VECTOR}, {"x2": [[0.5] * 6, [1.5] * 6]}),
    "vdot": Case({"x1": VECTOR}, {"x2": [[0.5] * 6] * 2}),
    "tensordot": Case({"x1": ((3, 4), "float32")}, {"x2": [[0.5] * 2] * 4, "axes": 1}),
    "einsum": Case({"operands": MATRIX}, {"subscripts": "bij->bji"}),
    "cross": Case({"x1": ((3,), "float32"), "x2": ((3,), "float32")}),
    "heaviside": Case({"x1": VECTOR}, {"x2": 0.5}),
    "ldexp": Case({"x1": VECTOR, "x2": WHOLE}),
    "searchsorted": Case({"values": ((), "float32")}, {"sorted_sequence": [0.2, 0.4, 0.8]}),
    "take": Case({"x": VECTOR}, {"indices": [0, 2, 4]}),
    "take_along_axis": Case({"x": VECTOR, "indices": ((2,), "int32")}),
    "where": Case({"condition": YES_NO, "x1": VECTOR}, {"x2": 0.0}),
    "select": Case({"condlist": YES_NO, "choicelist": VECTOR}),
    "expand_dims": Case({"x": VECTOR}, {"axis": -1}),
    "squeeze": Case({"x": ((6, 1), "float32")}, {"axis": -1}),
    "reshape": Case({"x": VECTOR}, {"newshape": [-1, 3, 2]}),
    "broadcast_to": Case({"x": ((1,), "float32")}, {"shape": [2, 6]}),
    "slice": Case({"inputs": VECTOR}, {"start_indices": [0, 1], "shape": [2, 3]}),
    "slice_update": Case({"inputs": VECTOR}, {"start_indices": [0, 1], "updates": [[0.5, 0.5]]}),
    "scatter": Case({"values": ((), "float32")}, {"indices": [[0], [2]], "shape": [4]}),
    "scatter_update": Case({"inputs": VECTOR}, {"indices": [[0, 1]], "updates": [0.5]}),
    "unstack": Case({"x": ((3, 2), "float32")}, {"num": 3, "axis": 1}),
    "tile": Case({"x": VECTOR}, {"repeats": [1, 2]}),
    "dsplit": Case({"x": ((3, 4), "float32")}),
    "hsplit": Case({"x": VECTOR}, {"indices_or_sections": [2, 5]}),
    "array_split": Case({"x": VECTOR}, {"indices_or_sections": 4}),
    "diagflat": Case({"x": VECTOR}),
    "vander": Case({"x": ((), "float32")}, {"N": 3}),
    "cast": Case({"x": VECTOR}, {"dtype": "int32"}),
    "view_as_real": Case({"x": VECTOR}),
    "batch_normalization": Case({"x": VECTOR}, {"mean": [0.5] * 6, "variance": [2.0] * 6}),
    "binary_crossentropy": Case({"target": VECTOR, "output": VECTOR}),
    "categorical_crossentropy": Case({"target": VECTOR, "output": VECTOR}),
    "sparse_categorical_crossentropy": Case({"target": ((), "int32"), "output": VECTOR}),
    "ctc_loss": Case({"target": ((3,), "int32"), "output": ((8, 5), "float32"),
                      "target_length": ((), "int32"), "output_length": ((), "int32")}),
    "ctc_decode": Case({"inputs": ((8, 5), "float32"), "sequence_lengths": ((), "int32")}),
    "in_top_k": Case({"targets": ((), "int32"), "predictions": VECTOR}),
    **_each("segment_max segment_min segment_prod segment_sum",
            Case({"data": VECTOR, "segment_ids": ((), "int32")})),
    **_each("average_pool max_pool", Case({"inputs": IMAGE})),
    "conv": Case(_KERNEL_2D, {"kernel": _PIXELS}),
    "depthwise_conv": Case(_KERNEL_2D, {"kernel": [[[[0.1] * 2] * 3] * 2] * 2}),
    "separable_conv": Case(_KERNEL_2D, {"depthwise_kernel": [[[[0.1] * 2] * 3] * 2] * 2,
                                        "pointwise_kernel": [[[[0.1] * 4] * 6]]}),
    **_each("depth_to_space", Case({"x": ((4, 4, 8), "float32")})),
    "space_to_depth": Case({"x": ((4, 4, 2), "float32")}),
    "fold": Case({"x": ((12, 9), "float32")}),
    "dot_product_attention": Case(dict.fromkeys(("query", "key", "value"), ((4, 2, 8), "float32"))),
    "extract_sequences": Case({"x": _WAVE}),
    **_each("stft", Case({"x": _WAVE})),
    "istft": Case(_SPECTRUM),
    "irfft": Case(_SPECTRUM),
    **_each("fft", Case({"real": VECTOR, "imag": VECTOR})),
    **_each("fft2 ifft2", Case({"real": MATRIX, "imag": MATRIX})),
    **_each("image.affine_transform", Case({"images": IMAGE, "transform": ((8,), "float32")})),
    "image.crop_images": Case({"images": IMAGE}, {"top_cropping": 1, "left_cropping": 1,
                                                  "target_height": 4, "target_width": 4}),
    "image.pad_images": Case({"images": IMAGE}, {"top_padding": 1, "left_padding": 1,
                                                 "bottom_padding": 1, "right_padding": 1}),
    "image.elastic_transform": Case({"images": IMAGE}, {"seed": 1}),
    "image.extract_patches_3d": Case({"volumes": ((4, 4, 4, 2), "float32")}),
    "image.perspective_transform": Case(
        {"images": IMAGE, "start_points": ((4, 2), "float32"),
         "end_points": ((4, 2), "float32")}),
    "image.scale_and_translate": Case(
        {"images": IMAGE}, {"scale": [1.0, 1.0], "translation": [0.0, 0.0],
                            "output_shape": [2, 8, 8, 3]}),
    "image.ssim": Case({"image1": ((12, 12, 3), "float32"), "image2": ((12, 12, 3), "float32")}),
    **_each("image.resize image.hsv_to_rgb image.rgb_to_hsv image.rgb_to_grayscale "
            "image.gaussian_blur image.sobel_edges image.extract_patches", Case({"images": IMAGE})),
}  # fmt: skip


def case_of(spec: LayerSpec) -> Case:
    """Return the case of an operation, with a vector at each required port that it leaves out."""
    case = CASES.get(spec.name, Case())
    params = dict(case.params)
    inputs = dict(case.inputs)
    for port in spec.inputs:
        if port.required and port.id not in inputs and port.id not in params:
            inputs[port.id] = VECTOR
    return Case(inputs, params)


def network_of(catalog: Catalog, spec: LayerSpec) -> tuple[Graph, str, dict[str, Any]]:
    """Return a network with the operation alone, its node, and the inputs by their source.

    Further results lead to an Identity each, so that the model gives them too.
    """
    case = case_of(spec)
    graph = Graph()

    def add(key: str, params: dict[str, Any]) -> str:
        change, node = add_layer(graph, catalog, key, (0.0, 0.0), params)
        graph.apply(change)
        return node

    node = add(spec.key, case.params)
    offered: dict[str, Any] = {}
    for port, (shape, dtype) in case.inputs.items():
        source = port if offered else "features"
        offered[source] = (shape, dtype)
        entry = add("InputLayer", {"shape": list(shape), "dtype": dtype, "source": source})
        graph.apply(Connect(Edge(Endpoint(entry, "output"), Endpoint(node, port))))
    results = output_ports(graph, catalog, graph.node(node))
    for port in results if len(results) > 1 else ():
        end = add("Identity", {})
        graph.apply(Connect(Edge(Endpoint(node, port.id), Endpoint(end, "input"))))
    return graph, node, offered


def values_of(shape: tuple[int, ...], dtype: str, rows: int = 2) -> Any:
    """Return rows of legal values: between 0 and 1, whole numbers 1 or 2, definite matrices."""
    import numpy as np

    random = np.random.default_rng(len(shape))
    if dtype == "bool":
        return random.integers(0, 2, (rows, *shape)).astype(bool)
    if dtype == "int32":
        return random.integers(1, 3, (rows, *shape)).astype(dtype)
    values = random.uniform(0.1, 0.9, (rows, *shape)).astype(dtype)
    if shape == MATRIX[0]:
        return values @ values.swapaxes(1, 2) + np.eye(4, dtype=dtype)
    return values
