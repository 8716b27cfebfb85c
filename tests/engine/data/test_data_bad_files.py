import gzip
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.data import csv_table, parquet_table
from workbench.data.source import open_table, sniff
from workbench.data.spec import SourceSpec
from workbench.errors import DataError


def refused(path, **source):
    """Return the error of opening a file as the data page does: guess, then read."""
    with pytest.raises(DataError) as caught:
        spec = SourceSpec(str(path), **source) if source else sniff(path)
        open_table(spec, path.parent)
    error = caught.value
    assert error.message
    assert error.remedy
    assert error.place.kind == "file"
    assert "Traceback" not in error.describe()
    return error


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b"\x00" * 64])
def test_empty(write, content):
    assert "is empty" in refused(write(content)).message


def test_header_without_rows(write):
    assert "no rows" in refused(write("a,b\n")).message


def test_file_that_does_not_exist(tmp_path):
    error = refused(tmp_path / "gone.csv")
    assert error.message == "The file gone.csv does not exist."
    assert "does not exist" in refused(tmp_path / "gone.csv", delimiter=",").message
    assert "does not exist" in refused(tmp_path / "gone.parquet", format="parquet").message


def test_folder(tmp_path):
    assert "is a folder" in refused(tmp_path).message


def test_file_that_may_not_be_read(write, monkeypatch):
    path = write("a,b\n1,2\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")  # root, who runs the tests, may read all

    monkeypatch.setattr(type(path), "open", refuse)
    assert "may not be read" in refused(path).message


def test_no_file_chosen(tmp_path):
    with pytest.raises(DataError, match="No data file"):
        open_table(SourceSpec(), tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes(range(256)) * 40, "not a text file"),
        (b"PK\x03\x04" + b"\x00" * 100, "Excel"),
        (b"SQLite format 3\x00" + b"\x01" * 100, "SQLite"),
        (b"%PDF-1.7\n" + b"\xb5" * 100, "PDF"),
        (b"\x89HDF\r\n\x1a\n" + b"\x00" * 100, "HDF5"),
    ],
)
def test_binary(write, content, said):
    assert said in refused(write(content)).message


def test_binary_named_parquet(write):
    error = refused(write(bytes(range(256)) * 40, "table.parquet"))
    assert error.message == "table.parquet is cut off or not a Parquet file."


def test_truncated_csv(write):
    whole = "a,b,c\n" + "".join(f"{i},{i},{i}\n" for i in range(100))
    error = refused(write(whole[:-4]))
    assert error.message == "table.csv seems to be cut off: its last row has 2 fields."
    assert error.expected == "3 fields, as in the first line"


def test_truncated_inside_quotes(write):
    error = refused(write('a,b\n1,"x"\n2,"unfin'))
    assert "is not closed" in error.message
    assert "is not closed" in refused(write('a,b\n1,"'), delimiter=",").message


def test_closed_quotes_and_inches_are_fine(write):
    for text in ('a,b\n1,"x"', 'a,b\n1,"x"\n', 'a,b\n1,5" disk\n', 'a,b\n"x",1\n', '"a"\n1\n'):
        path = write(text)
        assert open_table(SourceSpec(str(path)), path.parent).rows == 1


def test_ragged_row_is_named(write):
    error = refused(write("a,b\n1,2\n3,4,5\n6,7\n"))
    assert error.message == "Row 3 of table.csv has 3 fields."
    assert error.place.part == "3"


def test_wrong_encoding_in_a_value(write):
    path = write("name,size\nZoë,1\nAna,2\n", encoding="cp1252")
    error = refused(path, encoding="utf-8")
    assert error.message == "table.csv is not written in utf-8 (column name)."
    assert error.place.part == "encoding"


def test_wrong_encoding_in_a_name(write):
    path = write("größe,n\n1,2\n", encoding="latin-1")
    assert "is not written in utf-8" in refused(path, encoding="utf-8").message


def test_wrong_wide_encodings(write):
    path = write("abc,d\n1,2\n", encoding="utf-16-le")
    assert "is not written in utf-8" in refused(path, encoding="utf-8").message
    path = write("abc,d\n1,2\n3")
    refused(path, encoding="utf-16")
    assert "There is no encoding" in refused(path, encoding="klingon").message


def test_utf8_cut_inside_a_letter(write):
    refused(write("a,b\n1,x\n2,é".encode()[:-1]), encoding="utf-8")


def parquet(path, rows=1000, **more):
    rng = np.random.default_rng(0)
    pq.write_table(pa.table({"x": rng.normal(size=rows), "s": ["word"] * rows}), path, **more)
    return path


def test_empty_parquet(tmp_path, write):
    assert "is empty" in refused(write(b"", "table.parquet")).message
    assert "no rows" in refused(parquet(tmp_path / "t.parquet", rows=0)).message


def test_truncated_parquet(tmp_path):
    path = parquet(tmp_path / "t.parquet")
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(path).message == "t.parquet is cut off or not a Parquet file."


def test_parquet_damaged_in_the_middle_is_told_when_it_is_read(tmp_path):
    path = parquet(tmp_path / "t.parquet", compression="gzip")
    content = bytearray(path.read_bytes())
    content[60:3000] = b"\xff" * 2940
    path.write_bytes(content)
    table = open_table(sniff(path), path.parent)
    with pytest.raises(DataError, match="cut off or not a Parquet"):
        table.read(0, 10)
    with pytest.raises(DataError, match="cut off or not a Parquet"):
        table.column("x")


def test_truncated_and_damaged_gzip(write):
    whole = gzip.compress(("a,b\n" + "1,2\n" * 1000).encode())
    assert "cut off or damaged" in refused(write(whole[:-20], "t.csv.gz")).message
    assert "cut off or damaged" in refused(write(b"\x1f\x8bnothing like it", "t.csv.gz")).message


def test_gzip_bomb_is_refused_before_it_fills_the_memory(write, monkeypatch):
    monkeypatch.setattr(csv_table, "memory_for_data", lambda: 90_000_000)
    packer = zlib.compressobj(9, wbits=31)
    block = b"1,2\n" * 250_000
    bomb = packer.compress(b"a,b\n") + b"".join(packer.compress(block) for _ in range(100))
    path = write(bomb + packer.flush(), "bomb.csv.gz")
    assert path.stat().st_size < 200_000
    error = refused(path)
    assert error.message == "bomb.csv.gz is too large to be read into memory."
    assert error.received.startswith("more than 3")


def test_csv_larger_than_memory_is_refused(write, monkeypatch):
    monkeypatch.setattr(csv_table, "memory_for_data", lambda: 3000)
    error = refused(write("a,b\n" + "1,2\n" * 1000))
    assert (error.expected, error.received) == ("at most 1 kB of text on this machine now",
                                                "4 kB")  # fmt: skip


def test_parquet_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"x": np.zeros(5_000_000), "y": np.zeros(5_000_000)}), path)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(parquet_table, "memory_for_data", lambda: 30_000_000)
    table = open_table(sniff(path), tmp_path)
    with pytest.raises(DataError, match="The column x is too large") as caught:
        table.column("x")
    assert caught.value.received == "about 40 MB"


def test_repeated_text_in_parquet_stays_small(tmp_path):
    path = tmp_path / "text.parquet"
    long = "x" * 100_000
    pq.write_table(pa.table({"s": pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(200_000, np.int32)), pa.array([long]))}).cast(
            pa.schema({"s": pa.dictionary(pa.int32(), pa.string())})), path)  # fmt: skip
    table = open_table(sniff(path), tmp_path)  # 20 GB, if it were unfolded
    assert table.column("s").nbytes < 3_000_000
    assert table.read(100_000, 100_002).column("s").to_pylist() == [long, long]


def test_ten_thousand_columns(write):
    rng = np.random.default_rng(0)
    names = [f"c{i}" for i in range(10_000)]
    path = write([names, *rng.normal(size=(30, 10_000)).round(3).tolist()])
    table = open_table(sniff(path), path.parent)
    assert (len(table.columns), table.rows) == (10_000, 30)
    assert table.read(3, 5, ["c9999"]).num_rows == 2


def test_too_many_columns(write):
    path = write(",".join(f"c{i}" for i in range(100_001)) + "\n" + "," * 100_000 + "\n")
    assert "has 100,001 columns" in refused(path).message
