"""What an .xlsx file would unpack to, looked at before anything else unpacks it.

Declared sizes are believed only after the bytes were counted: a reader that trusts them can be made to fill
the memory by a file of a few kilobytes. So can a sheet of two cells that stand a billion cells apart.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from libs.common.problems import Malformed, TooLarge

MOST_UNPACKED = 512 * 1024 * 1024
MOST_FILES = 2_000
MOST_CELLS = 2_500_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
_BLOCK = 256 * 1024
_LONGEST_ROW = 16 * 1024 * 1024
_LOCAL_HEADER = struct.Struct("<26xHH")
_ENCRYPTED = 0x1
_SHEETS = "xl/worksheets/"
# Cells that hold something; what is only formatted closes itself and takes no memory.
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>/]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^>/]*>""")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")


def is_workbook(file: BinaryIO) -> bool:
    """Tell an .xlsx file from every other kind of zip archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def check_workbook(file: BinaryIO) -> None:
    """Count what every part unpacks to, and how large each sheet would be in memory.

    Raises TooLarge `table-too-large`, Malformed `table-damaged`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            for part in parts:
                _check_part(file, part)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError) as error:
        raise Malformed("table-damaged") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooLarge("table-too-large")
    if len({part.filename for part in parts}) < len(parts) or any(
        part.flag_bits & _ENCRYPTED or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        for part in parts
    ):
        raise Malformed("table-damaged")


def _check_part(file: BinaryIO, part: zipfile.ZipInfo) -> None:
    extent, size = _Extent(), 0
    is_sheet = part.filename.startswith(_SHEETS) and part.filename.endswith(".xml")
    for block in _unpacked(file, part):
        size += len(block)
        if size > part.file_size:
            raise Malformed("table-damaged")
        if is_sheet:
            extent.look(block)
    if is_sheet:
        extent.end()


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a part, in blocks of bounded size, whatever its header says of their number."""
    file.seek(part.header_offset)
    name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name + extra, 1)
    left, inflater = part.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (raw := file.read(min(left, _BLOCK))):
        left -= len(raw)
        if part.compress_type == zipfile.ZIP_STORED:
            yield raw
            continue
        while raw:
            yield inflater.decompress(raw, _BLOCK)
            raw = inflater.unconsumed_tail


@dataclass
class _Extent:
    """How far a sheet reaches: readers keep all cells of the rectangle around those that hold something."""

    columns: int = 0
    rows: int = 0
    named_rows: int = 0
    rest: bytes = b""
    names: set[bytes] = field(default_factory=set)

    def look(self, block: bytes) -> None:
        """Take in a block; a row that it cuts waits for the next one."""
        rows = _ROW.split(self.rest + block)
        self.rest = rows.pop()
        if len(self.rest) > _LONGEST_ROW:
            raise TooLarge("table-too-large")
        for row in rows:
            self._row(row)

    def end(self) -> None:
        """Judge the whole sheet."""
        self._row(self.rest)
        columns = max([self.columns, *map(_number, self.names)])
        rows = max(self.rows, self.named_rows)
        if columns > MOST_COLUMNS or rows > MOST_ROWS or rows * columns > MOST_CELLS:
            raise TooLarge("table-too-large")

    def _row(self, row: bytes) -> None:
        found = _CELL.findall(row)
        if found:
            self.named_rows = max(self.named_rows, int(found[-1][1]))
            self.names.update(name for name, _ in found)
        else:
            # A cell without a reference stands beside the one before it.
            self.columns = max(self.columns, len(_ANY_CELL.findall(row)))
        self.rows += 1


def _number(column: bytes) -> int:
    """Return the number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number
