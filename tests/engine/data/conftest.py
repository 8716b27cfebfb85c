import csv

import pytest

from workbench.data.source import open_table, sniff
from workbench.data.spec import ColumnSpec, DataSpec, SourceSpec, SplitSpec


@pytest.fixture
def write(tmp_path):
    """Write a file into the test's folder and return its path; text, bytes or rows of fields."""

    def write(content, name="table.csv", encoding="utf-8"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_bytes(content.encode(encoding))
        else:
            with path.open("w", newline="", encoding=encoding) as file:
                csv.writer(file).writerows(content)
        return path

    return write


@pytest.fixture
def table_of(write):
    """Write a CSV text and open it."""

    def table_of(content, **source):
        path = write(content)
        return open_table(SourceSpec(str(path), **source) if source else sniff(path), path.parent)

    return table_of


@pytest.fixture
def spec_for():
    """Make a data document: columns as `name=(role, kind, more settings)`."""

    def spec_for(path, split=None, **columns):
        return DataSpec(
            SourceSpec(str(path)),
            tuple(
                ColumnSpec(name, role, kind, **(more[0] if more else {}))
                for name, (role, kind, *more) in columns.items()
            ),
            split or SplitSpec(0.2, 0.2),
        )

    return spec_for
