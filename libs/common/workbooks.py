"""Workbooks that people download: written row by row in bounded memory, and inert.

Every cell is a text that no program takes for a formula or a link, here or after it was saved as .csv.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from libs.common.inert import inert

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Return an .xlsx file with one sheet for each (name, header, rows); blocks, so run it in a thread."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        with Workbook(str(path), options) as workbook:
            plain = workbook.add_format({"num_format": "@"})
            bold = workbook.add_format({"bold": True, "num_format": "@"})
            for name, header, found in sheets:
                sheet = workbook.add_worksheet(name)
                sheet.freeze_panes(1, 0)
                for column, cell in enumerate(header):
                    sheet.set_column(column, column, min(max(len(cell) * 2, 12), _WIDEST), plain)
                _write(sheet, 0, header, bold)
                for number, cells in enumerate(found, 1):
                    _write(sheet, number, cells, plain)
        return path.read_bytes()


def _write(sheet: Worksheet, number: int, cells: Sequence[str], style: object) -> None:
    for column, cell in enumerate(cells):
        if cell:
            sheet.write_string(number, column, inert(cell), style)
