import gzip

import numpy as np
import pyarrow as pa
import pytest

from workbench.data.source import open_table, sniff
from workbench.data.spec import SourceSpec

ROWS = [["name", "größe", "price"], ["Zoë", "1.5", "3"], ["Łukasz", "2.25", "4"], ["Ana", "", "5"]]


def text_of(delimiter=",", decimal="."):
    return "".join(
        delimiter.join(f.replace(".", decimal) if r else f for f in row) + "\n"
        for r, row in enumerate(ROWS)
    )


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_unicode_encodings_are_recognised_and_read(write, encoding, expected):
    path = write(text_of(), encoding=encoding)
    source = sniff(path)
    assert (source.encoding, source.delimiter, source.header) == (expected, ",", True)
    table = open_table(source, path.parent)
    assert table.columns == ("name", "größe", "price")
    assert table.column("name").to_pylist() == ["Zoë", "Łukasz", "Ana"]
    assert table.column("größe").to_pylist() == [1.5, 2.25, None]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_western_encodings_are_recognised_and_read(write, encoding):
    path = write("größe;straße\n1;Köln\n2;Łódź\n".replace("Ł", "L").replace("ź", "z"),
                 encoding=encoding)  # fmt: skip
    table = open_table(sniff(path), path.parent)
    assert table.columns == ("größe", "straße")
    assert table.column("straße").to_pylist() == ["Köln", "Lódz"]


def test_a_foreign_letter_far_into_the_file_counts(write):
    path = write(("a,b\n" + "1,x\n" * 400_000).encode() + "2,é\n".encode("cp1252"))
    assert path.stat().st_size > 1 << 20
    source = sniff(path)
    assert source.encoding == "cp1252"
    assert open_table(source, path.parent).column("b")[-1].as_py() == "é"


def test_a_letter_cut_at_the_end_of_the_sample_is_not_an_encoding_error(write):
    body = "é" * 99 + "\n"
    path = write("word\n" + body * ((1 << 20) // len(body.encode()) + 2))
    assert sniff(path).encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_are_recognised(write, delimiter):
    source = sniff(write(text_of(delimiter)))
    assert (source.delimiter, source.decimal, source.header) == (delimiter, ".", True)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_decimal_comma_is_recognised(write, delimiter):
    path = write(text_of(delimiter, ","))
    source = sniff(path)
    assert (source.delimiter, source.decimal) == (delimiter, ",")
    assert open_table(source, path.parent).column("größe").to_pylist() == [1.5, 2.25, None]


def test_separators_inside_quotes_do_not_count(write):
    path = write('a;"b, c; d";e\n1;"x, y, z";2\n3;"p, q; r";4\n')
    source = sniff(path)
    assert source.delimiter == ";"
    table = open_table(source, path.parent)
    assert table.columns == ("a", "b, c; d", "e")
    assert table.column("b, c; d").to_pylist() == ["x, y, z", "p, q; r"]


def test_line_breaks_inside_quotes_do_not_count(write):
    path = write('a,b\n1,"x\ny"\n2,"p\n\nq"\n')
    table = open_table(sniff(path), path.parent)
    assert table.column("b").to_pylist() == ["x\ny", "p\n\nq"]


def test_first_line_that_declares_the_separator_is_no_row(write):
    path = write("sep=;\na;b\n1;2\n3;4\n")
    source = sniff(path)
    assert source.delimiter == ";"
    table = open_table(source, path.parent)
    assert (table.columns, table.rows) == (("a", "b"), 2)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,3.1,virginica\n", False),
        ("1,2\n3,4\n5,6\n", False),
        ("x1,x2,kind\n5.1,3.5,setosa\n4.9,3.0,setosa\n", True),
        (",a,b\n0,1,2\n1,3,4\n", True),
        ("name,town\nAna,Rome\nBo,Oslo\n", True),
    ],
)
def test_header_is_recognised(write, text, header):
    assert sniff(write(text)).header is header


def test_a_table_without_header_gets_names(write):
    path = write("5.1,setosa\n4.9,virginica\n")
    table = open_table(sniff(path), path.parent)
    assert (table.columns, table.rows) == (("column_1", "column_2"), 2)


def test_repeated_and_empty_names_become_unique(write):
    path = write("a,a,,a_2,a\n1,2,3,4,5\n6,7,8,9,10\n")
    table = open_table(sniff(path), path.parent)
    assert table.columns == ("a", "a_3", "column_3", "a_2", "a_4")
    assert [table.column(c)[0].as_py() for c in table.columns] == [1, 2, 3, 4, 5]


def test_missing_words_are_missing(write):
    path = write("a,b\n1,x\nNA,?\n,NULL\nnan,None\n#N/A,z\n")
    table = open_table(sniff(path), path.parent)
    assert table.column("a").to_pylist()[0] == 1
    assert table.column("a").null_count == 4
    assert table.column("b").to_pylist() == ["x", None, None, None, "z"]


def test_carriage_returns_alone_end_lines(write):
    path = write("a,b\r1,2\r3,4\r")
    assert open_table(sniff(path), path.parent).column("b").to_pylist() == [2, 4]


def test_gzip_is_read(write):
    path = write(gzip.compress(text_of(";").encode("cp1252", "replace")), "table.csv.gz")
    source = sniff(path)
    assert (source.encoding, source.delimiter) == ("cp1252", ";")
    assert open_table(source, path.parent).rows == 3


def test_window_and_columns(table_of):
    table = table_of("a,b,c\n" + "".join(f"{i},{i * i},x\n" for i in range(50)))
    window = table.read(10, 13, ["c", "b"])
    assert window.column_names == ["c", "b"]
    assert window.column("b").to_pylist() == [100, 121, 144]
    assert table.read(48, 60).num_rows == 2
    assert table.read(60, 70).num_rows == 0
    assert table.dtype("b") == pa.int64()


def test_the_same_file_is_read_once_until_it_changes(write):
    import os

    path = write("a,b\n1,2\n")
    source = SourceSpec("table.csv")
    first = open_table(source, path.parent)
    assert open_table(source, path.parent) is first
    path.write_text("a,b\n1,2\n3,4\n")
    os.utime(path, ns=(1, 1))
    assert open_table(source, path.parent).rows == 2


def test_a_line_longer_than_a_block_is_read(write):
    word = "x" * 20_000_000
    path = write(f"a,b\n1,{word}\n2,y\n")
    table = open_table(SourceSpec(str(path)), path.parent)
    assert len(table.column("b")[0].as_py()) == len(word)


def test_a_million_rows_load_in_seconds(write):
    import time

    import pyarrow.csv as pacsv

    rng = np.random.default_rng(0)
    data = pa.table({f"x{i}": rng.normal(size=1_000_000) for i in range(4)})
    path = write("")
    pacsv.write_csv(data, path)
    start = time.monotonic()
    table = open_table(sniff(path), path.parent)
    assert time.monotonic() - start < 10
    assert table.rows == 1_000_000
    np.testing.assert_array_equal(table.column("x3").to_numpy(), data.column("x3").to_numpy())
