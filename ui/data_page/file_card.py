"""Which file is open and how it is read; a change of that reads it again at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.data_page.option_field import OptionBox
from ui.data_page.words import DECIMALS, SEPARATORS, TEXT_ENCODINGS, with_value
from ui.widgets import ElidedText, FormRow, IconButton, Section, Symbol, as_tip, identify
from workbench.data.spec import SourceSpec
from workbench.data.table import Table
from workbench.wording import bytes_

_LABEL = 72


class FileCard(QFrame):
    """The file, its size, and how it is read.

    Args:
        parent: Parent widget.

    Attributes:
        source_chosen: Emitted with the `SourceSpec` that a person wants it read with.
        again_wanted: Emitted when the file is to be read again.
    """

    source_chosen = Signal(object)
    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.file", "File")
        self._source = SourceSpec()
        self._name = ElidedText("", name="data.file_name", mode=Qt.TextElideMode.ElideMiddle)
        self._size = ElidedText("", "secondary", name="data.file_size")
        self._how = ElidedText("", "secondary", name="data.file_how")
        self._reading = Section("How it is read", opened=False, name="data.reading")
        self._encoding = OptionBox("data.encoding", "Encoding")
        self._separator = OptionBox("data.separator", "Separator")
        self._decimal = OptionBox("data.decimal", "Decimal mark")
        self._header = QCheckBox("First line holds the names")
        identify(self._header, "data.header", "First line holds the names")
        for label, box in (("Encoding", self._encoding), ("Separator", self._separator),
                           ("Decimals", self._decimal)):  # fmt: skip
            self._reading.content.addWidget(FormRow(label, box, label_width=_LABEL))
        self._reading.content.addWidget(self._header)
        self._reading.content.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Symbol("table", "text_secondary", 20), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._size)
        words.addWidget(self._how)
        head.addLayout(words, 1)
        head.addWidget(
            IconButton("refresh", "Read the file again", self.again_wanted.emit,
                       name="data.read_again", size=16)
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._reading)
        self._encoding.chosen.connect(self._encoding_chosen)
        self._separator.chosen.connect(self._separator_chosen)
        self._decimal.chosen.connect(self._decimal_chosen)
        self._header.clicked.connect(self._header_chosen)

    def show_source(self, source: SourceSpec, table: Table | None, folder: Path) -> None:
        """Show a file.

        Args:
            source: Where it is and how it is read.
            table: The table; None while it is not open.
            folder: The project folder.
        """
        self._source = source
        path = folder / source.path
        self._name.setText(path.name)
        tip = _tip(path)
        self._name.setToolTip(tip)
        self._size.setText(_size(table))
        self._how.setText(_how(source, path))
        self._size.setToolTip(tip)
        self._how.setToolTip(tip)
        self.setAccessibleDescription(f"{path.name}, {self._size.text()}, {self._how.text()}")
        self._reading.setVisible(source.format == "csv")
        self._encoding.show_options(with_value(TEXT_ENCODINGS, source.encoding), source.encoding)
        self._separator.show_options(with_value(SEPARATORS, source.delimiter), source.delimiter)
        self._decimal.show_options(with_value(DECIMALS, source.decimal), source.decimal)
        self._header.setChecked(source.header)

    def open_reading(self) -> None:
        """Show how the file is read."""
        self._reading.set_opened(True)

    @Slot(str)
    def _encoding_chosen(self, value: str) -> None:
        self._choose(replace(self._source, encoding=value))

    @Slot(str)
    def _separator_chosen(self, value: str) -> None:
        self._choose(replace(self._source, delimiter=value))

    @Slot(str)
    def _decimal_chosen(self, value: str) -> None:
        self._choose(replace(self._source, decimal=value))

    @Slot(bool)
    def _header_chosen(self, value: bool) -> None:
        self._choose(replace(self._source, header=value))

    def _choose(self, source: SourceSpec) -> None:
        if source != self._source:
            self.source_chosen.emit(source)


def _size(table: Table | None) -> str:
    if table is None:
        return "Not read yet"
    columns = "1 column" if len(table.columns) == 1 else f"{len(table.columns):,} columns"
    return f"{'1 row' if table.rows == 1 else f'{table.rows:,} rows'} × {columns}"


def _how(source: SourceSpec, path: Path) -> str:
    if not path.is_file():
        return "The file is not there"
    if source.format == "parquet":
        return f"Parquet · {bytes_(path.stat().st_size)}"
    return " · ".join(
        option.title.split("  ")[0]
        for options, value in ((TEXT_ENCODINGS, source.encoding), (SEPARATORS, source.delimiter))
        for option in with_value(options, value)
        if option.value == value
    )


def _tip(path: Path) -> str:
    size = f"\n{bytes_(path.stat().st_size)}" if path.is_file() else ""
    return as_tip(f"{path}{size}")
