"""Guesses how to read a data file: format, encoding, separator, decimal mark, header.

The guess is only a start: the data page shows it and lets a person correct it.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from pathlib import Path

from workbench.data.spec import SourceSpec
from workbench.errors import DataError, Place

DELIMITERS = (",", ";", "\t", "|")
"""Separators that are guessed; any other single character can be chosen by hand."""

ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "mac-roman", "cp437")
"""Encodings that the data page offers."""

_SAMPLE_BYTES = 1 << 20
_SCAN_BYTES = 256 << 20
_SAMPLE_RECORDS = 500

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_KNOWN = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "Save the sheet as CSV first."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV first."),
    (b"SQLite format 3\x00", "an SQLite database", "Export one table as CSV first."),
    (b"\x89HDF", "an HDF5 file", "Export the table as CSV or Parquet first."),
    (b"\x93NUMPY", "a NumPy array", "Save it as CSV or Parquet first."),
    (b"ARROW1", "a Feather (Arrow) file", "Save it as Parquet first."),
    (b"\x89PNG", "a picture", "Choose a CSV or Parquet file."),
    (b"\xff\xd8\xff", "a picture", "Choose a CSV or Parquet file."),
    (b"%PDF", "a PDF document", "Choose a CSV or Parquet file."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it first."),
)


def sniff(path: Path | str) -> SourceSpec:
    """Guess how to read a data file.

    Args:
        path: The file: delimited text, the same compressed with gzip, or Parquet.

    Returns:
        A source with the path as it was given.

    Raises:
        DataError: The file does not exist, cannot be read, is empty or is no table.
    """
    path = Path(path)
    head = _first_bytes(path)
    place = Place("file", str(path))
    if head[:4] == b"PAR1" or path.suffix.lower() in (".parquet", ".pq"):
        return SourceSpec(path=str(path), format="parquet")
    for magic, what, remedy in _KNOWN:
        if head.startswith(magic):
            raise DataError(
                f"{path.name} is {what}, not a table that can be read here.",
                expected="a CSV or Parquet file",
                remedy=remedy,
                place=place,
            )
    if is_gzip(head):
        head = _unpacked_head(path)
    if not head.strip(b"\x00 \t\r\n"):
        raise empty_file(path)
    encoding = guess_encoding(head, path)
    text = decode_sample(head, encoding)
    delimiter, decimal, header = guess_dialect(text)
    return SourceSpec(
        path=str(path), encoding=encoding, delimiter=delimiter, decimal=decimal, header=header
    )


def is_gzip(head: bytes) -> bool:
    """Return whether a file that starts with these bytes is compressed with gzip."""
    return head.startswith(b"\x1f\x8b")


def empty_file(path: Path) -> DataError:
    """Return the error for a file without a single value."""
    return DataError(
        f"{path.name} is empty.",
        expected="a table with a header line and rows",
        remedy="Choose another file.",
        place=Place("file", str(path)),
    )


def unreadable_file(path: Path, error: OSError) -> DataError:
    """Return the error for a file that the operating system does not let us read."""
    place = Place("file", str(path))
    if isinstance(error, FileNotFoundError):
        return DataError(
            f"The file {path.name} does not exist.",
            received=str(path),
            remedy="It may have been moved or deleted: choose the file again.",
            place=place,
        )
    if isinstance(error, IsADirectoryError):
        return DataError(
            f"{path.name} is a folder.",
            expected="a CSV or Parquet file",
            remedy="Choose a file inside it.",
            place=place,
        )
    if isinstance(error, PermissionError):
        return DataError(
            f"The file {path.name} may not be read.",
            remedy="Change its permissions, or copy it to a folder of yours.",
            place=place,
        )
    return DataError(
        f"The file {path.name} cannot be read.",
        received=error.strerror or type(error).__name__,
        place=place,
    )


def guess_encoding(head: bytes, path: Path | None = None) -> str:
    """Guess the encoding of text from its first bytes.

    Args:
        head: The first bytes of the text.
        path: Its file (not compressed), to look at up to 256 MB of it: a text whose first
            foreign letter comes late is no rarity.

    Raises:
        DataError: It is no text.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    wide = _utf16_without_bom(head)
    if wide:
        return wide
    if _looks_binary(head):
        name = path.name if path else "The file"
        raise DataError(
            f"{name} is not a text file.",
            expected="a CSV or Parquet file",
            received="binary data",
            remedy="Choose another file, or export the table as CSV.",
            place=Place("file", str(path or "")),
        )
    if _is_utf8(head, path):
        return "utf-8"
    return "latin-1" if any(byte in head for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"


def decode_sample(head: bytes, encoding: str) -> str:
    """Decode the first bytes of a text; a letter cut in two at the end is left out.

    Raises:
        UnicodeDecodeError: The bytes are not in this encoding.
        LookupError: There is no such encoding.
    """
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    return text.removeprefix("\ufeff")


def guess_dialect(text: str) -> tuple[str, str, bool]:
    """Guess separator, decimal mark and header from the first lines of a text.

    Returns:
        Separator, decimal mark, whether the first line holds names.
    """
    declared = declared_separator(text)
    if declared:
        delimiter = declared
        text = text.split("\n", 1)[1] if "\n" in text else ""
    else:
        delimiter = _guess_delimiter(text)
    records = sample_records(text, delimiter)
    decimal = _guess_decimal(records, delimiter)
    return delimiter, decimal, _guess_header(records, decimal)


def declared_separator(text: str) -> str:
    """Return the separator that a first line `sep=;` (as Excel writes it) declares, or ""."""
    first = text.split("\n", 1)[0].strip('\r\ufeff"')
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else ""


def sample_records(text: str, delimiter: str, most: int = _SAMPLE_RECORDS) -> list[list[str]]:
    """Return the first records of a text; the last one of a long sample may be cut off."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    records: list[list[str]] = []
    try:
        for record in reader:
            if record:
                records.append(record)
            if len(records) == most:
                break
    except csv.Error:  # a NUL or a field beyond 128 KB: what was read so far is enough to guess
        pass
    if len(records) > 2 and len(text) >= _SAMPLE_BYTES // 4 and len(records) < most:
        records.pop()
    return records


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE_BYTES)
    except OSError as error:
        raise unreadable_file(path, error) from error
    if not head:
        raise empty_file(path)
    return head


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged_gzip(path) from error


def damaged_gzip(path: Path) -> DataError:
    """Return the error for a gzip file that cannot be unpacked to its end."""
    return DataError(
        f"The compressed file {path.name} is cut off or damaged.",
        expected="a complete gzip file",
        remedy="Copy or download it again.",
        place=Place("file", str(path)),
    )


def _utf16_without_bom(head: bytes) -> str:
    sample = head[: 4096 - len(head[:4096]) % 2]
    if len(sample) < 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _looks_binary(head: bytes) -> bool:
    if b"\x00" in head:
        return True
    control = sum(head.count(bytes([byte])) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return control > max(2, 0.002 * len(head))


def _is_utf8(head: bytes, path: Path | None) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        if path is None or len(head) < _SAMPLE_BYTES or is_gzip_file(path):
            decoder.decode(head, final=False)
            return True
        scanned = 0
        with path.open("rb") as file:
            while scanned < _SCAN_BYTES and (chunk := file.read(4 << 20)):
                scanned += len(chunk)
                # An incremental decoder that holds no half letter has nothing to do with ASCII.
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def is_gzip_file(path: Path) -> bool:
    """Return whether a file is compressed with gzip."""
    with path.open("rb") as file:
        return is_gzip(file.read(2))


def _guess_delimiter(text: str) -> str:
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        records = sample_records(text, delimiter, 100)
        if not records:
            continue
        widths = Counter(len(record) for record in records)
        width, agreeing = widths.most_common(1)[0]
        if width < 2:
            continue
        # All rows as wide as each other counts most; among those, more columns are likelier.
        score = (agreeing / len(records)) ** 4 + min(width, 50) / 1000
        if len(records[0]) != width:
            score -= 0.5
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _guess_decimal(records: list[list[str]], delimiter: str) -> str:
    if delimiter == ",":
        return "."
    body = [field.strip() for record in records[1:] for field in record if field.strip()]
    with_comma = sum("," in field and is_number(field, ",") for field in body)
    with_point = sum("." in field and is_number(field, ".") for field in body)
    return "," if with_comma > with_point else "."


def _guess_header(records: list[list[str]], decimal: str) -> bool:
    if not records:
        return True
    first, rest = records[0], records[1:]
    named = [field.strip() for field in first if field.strip()]
    if not named or all(is_number(field, decimal) for field in named):
        return False
    if not any(is_number(field, decimal) for field in named):
        # Only words: a header, unless a column that is numeric below has a word missing mark.
        return True
    for column, field in enumerate(first):
        below = [r[column] for r in rest if column < len(r) and r[column].strip()]
        numeric_below = below and all(is_number(value, decimal) for value in below)
        if numeric_below and field.strip() and not is_number(field, decimal):
            return True
    return False


def is_number(text: str, decimal: str = ".") -> bool:
    """Return whether a text is a number with this decimal mark."""
    text = text.strip()
    if decimal == ",":
        if "." in text:
            return False
        text = text.replace(",", ".")
    if not text or text[-1] not in "0123456789.":
        return False
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
