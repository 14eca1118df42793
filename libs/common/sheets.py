"""Tables that people upload: .csv and .xlsx, as rows of texts, in bounded memory.

Nothing in them is evaluated: of a formula its kept result is read, and links to other files are not followed.
"""

import csv
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Literal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from libs.common.archives import MOST_COLUMNS, MOST_ROWS, check_workbook, is_workbook
from libs.common.encodings import delimiter_of, encoding_of
from libs.common.problem_texts import Wording, register
from libs.common.problems import Malformed, Problem, TooLarge

register(
    {
        "no-such-sheet": ("The workbook has no such sheet", "工作簿中没有该工作表"),
        "not-a-table": ("The file is neither .csv nor .xlsx", "文件不是 .csv 或 .xlsx 表格"),
        "table-damaged": ("The table cannot be read", "表格文件已损坏或格式有误"),
        "table-empty": ("The table has no rows below its header", "表格在标题行之下没有数据"),
        "table-too-large": ("The table is too large", "表格过大"),
    }
)

type Form = Literal["csv", "xlsx"]
type Row = tuple[int, list[str]]

_HEAD = 64 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD = Wording(
    "This is an old or a protected workbook: save it as .xlsx, without a password.",
    "这是旧版或受密码保护的工作簿：请另存为无密码的 .xlsx 文件。",
)
_NO_TEXT = frozenset(map(chr, {*range(32)} - {9, 10, 11, 12, 13, 26}))
# What programs read that is no table: web pages, XML, JSON, PDF, PostScript, rich text.
_OTHER = ("<", "{", "%PDF", "%!PS")
_WHOLE = 10**15


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read; `sheets` are the names of a workbook's sheets."""

    form: Form
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The header, the first rows below it, and how many rows there are below it."""

    header: list[str]
    rows: list[list[str]]
    total: int


def spool() -> BinaryIO:
    """Return a file without a name, which is gone with its last descriptor."""
    return tempfile.TemporaryFile()


def recognise(file: BinaryIO) -> Layout:
    """Return how to read a file that `spool` made.

    Raises Problem `not-a-table` (415) for another kind of file, TooLarge `table-too-large`, Malformed
    `table-damaged`.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(_OLD_OFFICE):
        raise Problem("not-a-table", status=415, detail=_OLD)
    if head.startswith(b"PK"):
        if not is_workbook(file):
            raise Problem("not-a-table", status=415)
        check_workbook(file)
        return Layout("xlsx", sheets=tuple(_workbook(file).sheet_names))
    encoding = encoding_of(file)
    text = head.decode(encoding, "ignore")
    if not text.strip("\ufeff \r\n\t"):
        raise Malformed("table-empty")
    if _NO_TEXT & set(text) or text.lstrip("\ufeff \r\n\t").startswith(_OTHER):
        raise Problem("not-a-table", status=415)
    return Layout("csv", encoding, delimiter_of(text))


def look(file: BinaryIO, layout: Layout, sheet: int, shown: int) -> Sample:
    """Read a whole table once: header, the first `shown` rows and the number of rows.

    Raises Malformed `table-empty` or `table-damaged`, TooLarge `table-too-large`, Problem `no-such-sheet`.
    """
    found = rows(file, layout, sheet)
    header = next(found, (0, []))[1]
    while header and not header[-1].strip():
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise TooLarge("table-too-large")
    sample, total = [], 0
    for _, cells in found:
        total += 1
        if total <= shown:
            sample.append(cells[: len(header)])
    if total == 0:
        raise Malformed("table-empty")
    return Sample([each.strip() for each in header], sample, total)


def rows(file: BinaryIO, layout: Layout, sheet: int = 0) -> Iterator[Row]:
    """Yield the rows that hold something as (number, texts), counted from 1; the first one is the header.

    Raises what `look` raises, when it comes to the place.
    """
    if layout.form == "csv" and sheet != 0:
        raise Problem("no-such-sheet", status=409)
    found = _of_workbook(file, sheet) if layout.form == "xlsx" else _of_text(file, layout)
    for number, cells in enumerate(found, 1):
        if number > MOST_ROWS + 1:
            raise TooLarge("table-too-large")
        if any(map(str.strip, cells)):
            yield number, cells


def _of_text(file: BinaryIO, layout: Layout) -> Iterator[list[str]]:
    file.seek(0)
    with open(os.dup(file.fileno()), encoding=layout.encoding, newline="") as text:  # noqa: PTH123 - a descriptor
        lines = csv.reader(text, delimiter=layout.delimiter)
        try:
            for number, cells in enumerate(lines):
                if number == 0 and cells and cells[0][:4].lower() == "sep=":
                    yield []
                else:
                    yield cells
        except (csv.Error, UnicodeDecodeError) as error:
            raise Malformed("table-damaged", detail=_at(lines.line_num)) from error


def _of_workbook(file: BinaryIO, sheet: int) -> Iterator[list[str]]:
    found = _sheet(_workbook(file), sheet)
    if found.start is None:
        return
    before = [""] * found.start[1]
    for cells in found.iter_rows():
        yield before + [each if type(each) is str else _text(each) for each in cells]


def _workbook(file: BinaryIO) -> CalamineWorkbook:
    file.flush()
    return _guarded(lambda: CalamineWorkbook.from_path(f"/dev/fd/{file.fileno()}"))


def _sheet(workbook: CalamineWorkbook, sheet: int) -> CalamineSheet:
    if not 0 <= sheet < len(workbook.sheet_names):
        raise Problem("no-such-sheet", status=409)
    return _guarded(lambda: workbook.get_sheet_by_index(sheet))


def _guarded[T](read: Callable[[], T]) -> T:
    """Name what the reader refuses; it reports some broken files by a panic, which is no Exception."""
    try:
        return read()
    except (CalamineError, OSError, ValueError) as error:
        raise Malformed("table-damaged") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Malformed("table-damaged") from None


def _text(value: Any) -> str:
    """Return a cell as a person would type it: no fraction where there is none, days without midnight."""
    with suppress(OverflowError, ValueError):
        if isinstance(value, float) and value == int(value) and abs(value) < _WHOLE:
            return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | timedelta) else ""


def _at(line: int) -> Wording:
    return Wording(f"The text breaks at line {line}.", f"文本在第 {line} 行出错。")
