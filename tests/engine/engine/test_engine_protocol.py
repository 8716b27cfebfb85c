"""Frames: everything plain comes back as it was, everything else is refused."""

from __future__ import annotations

import contextlib
import io
import struct

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.engine import protocol
from workbench.engine.protocol import ProtocolError, decode, encode, read_frame, write_frame

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20)
)
_PLAIN = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)
_ARRAYS = st.sampled_from(protocol._DTYPES).flatmap(
    lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=4, max_side=4))
)


def _body(message):
    return encode(message)[4:]


@settings(deadline=None, max_examples=150)
@given(_PLAIN)
def test_plain_data_comes_back(message):
    assert decode(_body(message)) == message


@settings(deadline=None, max_examples=150)
@given(_ARRAYS)
def test_arrays_come_back(array):
    back = decode(_body({"a": [array]}))["a"][0]
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


def test_arrays_in_other_layouts_come_back():
    base = np.arange(24, dtype=">f4").reshape(2, 3, 4)
    for array in (base, base.T, base[::2, ::-1], np.asfortranarray(base.astype("<i8"))):
        assert np.array_equal(decode(_body(array)), array)


def test_numpy_scalars_and_tuples_become_plain():
    assert decode(_body((np.float32(0.5), np.int64(3), np.bool_(True)))) == [0.5, 3, True]


@pytest.mark.parametrize(
    "value",
    [
        object(), {1, 2}, 2**70, np.array(["text"]), np.array([object()]), np.array([1 + 2j]),
        np.zeros((1,) * 9), np.array(["2020-01-01"], "datetime64[D]"), lambda: None,
    ],
)  # fmt: skip
def test_anything_else_is_not_sent(value):
    with pytest.raises(ProtocolError):
        encode({"value": value})


def test_depth_is_bounded_both_ways():
    deep = [0]
    for _ in range(protocol.MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(ProtocolError, match="deeper"):
        encode(deep)
    with pytest.raises(ProtocolError, match="deeper"):
        decode(msgpack.packb(deep))


def test_a_claimed_size_is_not_believed():
    stream = io.BytesIO(struct.pack(">I", protocol.MAX_FRAME + 1) + b"x")
    with pytest.raises(ProtocolError, match="claims"):
        read_frame(stream)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_cut_stream_is_noticed(data):
    frame = encode({"x": np.arange(5), "y": "text"})
    cut = data.draw(st.integers(1, len(frame) - 1))
    with pytest.raises(ProtocolError, match="ended inside"):
        read_frame(io.BytesIO(frame[:cut]))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_garbage_never_does_more_than_fail(body):
    with contextlib.suppress(ProtocolError):
        decode(body)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00", bytes([99, 0]), bytes([10, 9]), bytes([10, 1]) + b"\x00" * 7,
        bytes([10, 1]) + struct.pack("<Q", 2**62) + b"abcd",
        bytes([10, 2]) + struct.pack("<QQ", 2**40, 2**40),
        bytes([10, 1]) + struct.pack("<Q", 2) + b"\x00" * 7,
    ],
)  # fmt: skip
def test_broken_arrays_are_refused(data):
    with pytest.raises(ProtocolError):
        decode(msgpack.packb(msgpack.ExtType(1, data)))


def test_unknown_extensions_are_refused():
    with pytest.raises(ProtocolError):
        decode(msgpack.packb(msgpack.ExtType(5, b"x")))
    with pytest.raises(ProtocolError):
        decode(msgpack.packb(msgpack.Timestamp(1, 0)))


def test_frames_follow_each_other_and_short_reads_are_joined():
    class Dribble(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    stream = io.BytesIO()
    for message in ({"a": 1}, {"b": np.ones(3)}):
        write_frame(stream, message)
    slow = Dribble(stream.getvalue())
    assert read_frame(slow) == {"a": 1}
    assert np.array_equal(read_frame(slow)["b"], np.ones(3))
    assert read_frame(slow) is None
