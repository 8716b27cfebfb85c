"""Frames between the window and an engine: length-prefixed msgpack, plain data and numpy arrays.

No pickle: a frame can only become plain data and numeric arrays, so reading one can never run
code. Everything is bounded: the size of a frame, the depth of its data, the dtypes and axes of its
arrays. A frame is 4 bytes of length (big endian) and as many bytes of msgpack.

An array is msgpack extension type 1: one byte dtype code, one byte number of axes, 8 bytes
(little endian) per axis, then the values in C order, little endian.
"""

from __future__ import annotations

import struct
from typing import Any, Protocol

import msgpack
import numpy as np

MAX_FRAME = 512 * 1024 * 1024
"""Largest frame in bytes."""
MAX_DEPTH = 64
"""Deepest nesting of lists and maps."""
MAX_AXES = 8
"""Most axes of an array."""

_LENGTH = struct.Struct(">I")
_ARRAY = 1
_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64",
)  # fmt: skip
_CODES = {np.dtype(name): code for code, name in enumerate(_DTYPES)}


class ProtocolError(Exception):
    """The bytes are not a frame of this protocol, or the data cannot become one."""


class Readable(Protocol):
    """A binary stream to read from."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to `size` bytes, b"" at the end."""


class Writable(Protocol):
    """A binary stream to write to."""

    def write(self, data: Any, /) -> Any:
        """Write the bytes."""

    def flush(self) -> Any:
        """Pass everything on."""


def encode(message: Any) -> bytes:
    """Return the frame of a message, length included.

    Args:
        message: Plain data; numpy arrays and numpy scalars may stand anywhere in it.

    Raises:
        ProtocolError: The message holds something else, is nested deeper than `MAX_DEPTH`, or is
            larger than `MAX_FRAME`.
    """
    _check_depth(message)
    try:
        body = msgpack.packb(message, use_bin_type=True, default=_pack_other)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ProtocolError(f"This message cannot be sent: {error}") from error
    if len(body) > MAX_FRAME:
        raise ProtocolError(f"A message of {len(body)} bytes is larger than {MAX_FRAME} bytes.")
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> Any:
    """Return the message of a frame's body (without the length).

    Raises:
        ProtocolError: The bytes are not a message of this protocol.
    """
    try:
        message = msgpack.unpackb(body, raw=False, strict_map_key=True, ext_hook=_unpack_array)
    except ProtocolError:
        raise
    except Exception as error:  # msgpack raises a family of unrelated types for bad bytes
        raise ProtocolError(f"This is not a message: {type(error).__name__}: {error}") from error
    _check_depth(message)
    return message


def read_frame(stream: Readable) -> Any | None:
    """Read one message.

    Args:
        stream: Binary stream; short reads are allowed.

    Returns:
        The message, or None when the stream ended before the first byte of a frame. (A message
        that is itself None is never sent.)

    Raises:
        ProtocolError: The stream ended inside a frame, or holds something else.
    """
    head = _read(stream, _LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise ProtocolError("The stream ended inside a frame.")
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise ProtocolError(f"A frame claims {length} bytes, more than {MAX_FRAME}.")
    body = _read(stream, length)
    if len(body) < length:
        raise ProtocolError("The stream ended inside a frame.")
    return decode(body)


def write_frame(stream: Writable, message: Any) -> None:
    """Write one message and flush.

    Raises:
        ProtocolError: The message cannot be sent; nothing has been written.
        OSError: The other side is gone.
    """
    stream.write(encode(message))
    stream.flush()


def _read(stream: Readable, size: int) -> bytes:
    # Read in pieces: a frame that only claims to be large must not allocate its claim.
    pieces: list[bytes] = []
    missing = size
    while missing:
        piece = stream.read(min(missing, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _pack_other(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return msgpack.ExtType(_ARRAY, _array_bytes(value))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not plain data")


def _array_bytes(array: np.ndarray[Any, Any]) -> bytes:
    dtype = array.dtype.newbyteorder("=")
    code = _CODES.get(dtype)
    if code is None:
        raise TypeError(f"arrays of {array.dtype} are not sent")
    if array.ndim > MAX_AXES:
        raise TypeError(f"an array with {array.ndim} axes is not sent")
    values = np.ascontiguousarray(array, dtype.newbyteorder("<"))
    head = struct.pack(f"<BB{array.ndim}Q", code, array.ndim, *array.shape)
    return head + values.tobytes()


def _unpack_array(code: int, data: bytes) -> Any:
    if code != _ARRAY:
        raise ProtocolError(f"Unknown extension type {code}.")
    if len(data) < 2 or data[0] >= len(_DTYPES) or data[1] > MAX_AXES:
        raise ProtocolError("An array has an unknown dtype or too many axes.")
    dtype, axes = np.dtype(_DTYPES[data[0]]).newbyteorder("<"), data[1]
    start = 2 + 8 * axes
    if len(data) < start:
        raise ProtocolError("An array is cut off.")
    shape = struct.unpack_from(f"<{axes}Q", data, 2)
    size = dtype.itemsize
    for length in shape:
        size *= length
    if size != len(data) - start:
        raise ProtocolError(f"An array of shape {shape} does not match its {len(data)} bytes.")
    try:
        values = np.frombuffer(data, dtype, offset=start).reshape(shape)
    except ValueError as error:
        raise ProtocolError(f"An array cannot be read: {error}") from error
    # A copy in native order: writable, aligned, and free of the frame it came in.
    return values.astype(dtype.newbyteorder("="), copy=True)


def _check_depth(message: Any) -> None:
    level: list[Any] = [message]
    for _ in range(MAX_DEPTH + 1):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise ProtocolError(f"A message is nested deeper than {MAX_DEPTH} levels.")


_NESTED = (dict, list, tuple, msgpack.Timestamp)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)
    elif isinstance(value, msgpack.Timestamp):
        raise ProtocolError("A point in time is not plain data.")
    else:
        return []
    return [child for child in inner if isinstance(child, _NESTED)]
