"""Numbers, sizes and times as people read them. The same words everywhere in the program."""

from __future__ import annotations

import math

_COUNT_UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_BYTE_UNITS = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def count(value: int) -> str:
    """Return a count in few characters: "320", "8,192", "12.3 k", "1.2 M".

    Args:
        value: How many; below 10,000 every digit is kept.
    """
    if abs(value) < 10_000:
        return f"{value:,}"
    return _scaled(value, _COUNT_UNITS)


def plural(value: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun: "1 layer", "3 layers".

    Args:
        value: How many.
        noun: The noun for one.
        nouns: The noun for several; `noun` with an s when empty.
    """
    return f"{count(value)} {noun if value == 1 else nouns or noun + 's'}"


def bytes_(value: int) -> str:
    """Return a size: "0 bytes", "812 bytes", "4.7 MB" (decimal units).

    Args:
        value: Number of bytes.
    """
    if abs(value) < 1000:
        return "1 byte" if value == 1 else f"{value} bytes"
    return _scaled(value, _BYTE_UNITS)


def _scaled(value: int, units: tuple[tuple[int, str], ...]) -> str:
    for size, (scale, unit) in enumerate(units):
        if abs(value) >= scale:
            text = _three_digits(value / scale)
            if text == "1000" and size:  # 999,999 reads 1 M, not 1000 k
                return f"1 {units[size - 1][1]}"
            return f"{text} {unit}"
    return str(value)


def _three_digits(value: float) -> str:
    decimals = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: float, digits: int = 4) -> str:
    """Return a measured value: "0.9737", "12.3", "1.2e-05", "not a number".

    Args:
        value: The value.
        digits: Significant digits kept.
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    return f"{value:.{digits}g}"


def duration(seconds: float) -> str:
    """Return a time span: "0.4 s", "12 s", "2 min 10 s", "1 h 5 min", "3 d 4 h".

    Args:
        seconds: The span; negative values count as zero.
    """
    if not math.isfinite(seconds):
        return "unknown"
    seconds = max(0.0, seconds)
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for large, unit, small, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"),
                                     (60, "min", 1, "s")):  # fmt: skip
        if whole >= large:
            rest = whole % large // small
            return f"{whole // large} {unit} {rest} {part}" if rest else f"{whole // large} {unit}"
    return f"{whole} s"


def listing(names: list[str], most: int = 4) -> str:
    """Return names as a sentence part: "a", "a and b", "a, b, c and 12 more".

    Args:
        names: The names.
        most: How many are written out.
    """
    shown = list(names[:most])
    left = len(names) - len(shown)
    if left:
        return f"{', '.join(shown)} and {left} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
