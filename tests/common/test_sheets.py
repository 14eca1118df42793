"""Tables that people send: what is read, and what is refused."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

import pytest
import xlsxwriter

from libs.common import archives
from libs.common.inert import inert, unquoted
from libs.common.problems import Problem
from libs.common.sheets import Layout, look, recognise, rows, spool
from libs.common.workbooks import write_workbook

type Spooled = Callable[[bytes], BinaryIO]


@pytest.fixture
def spooled() -> Iterator[Spooled]:
    opened: list[BinaryIO] = []

    def put(content: bytes) -> BinaryIO:
        file = spool()
        file.write(content)
        file.flush()
        opened.append(file)
        return file

    yield put
    for file in opened:
        file.close()


def workbook(fill: Callable[[Any], None]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as made:
        fill(made)
    return written.getvalue()


def rebuilt(content: bytes, **parts: bytes) -> bytes:
    """Put other parts into an archive."""
    changed = {name.replace("__", "/"): value for name, value in parts.items()}
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", 8) as new:
        for part in old.infolist():
            new.writestr(part.filename, changed.pop(part.filename, b"") or old.read(part))
        for name, value in changed.items():
            new.writestr(name, value)
    return written.getvalue()


def simple(made: Any) -> None:
    sheet = made.add_worksheet("People")
    sheet.write_row(2, 1, ["Name", "Phone", "Since", "Ratio", "Active"])
    sheet.write_row(3, 1, ["张伟", 13800138000])
    sheet.write_datetime(3, 3, datetime(2020, 1, 2), made.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
    sheet.write_number(3, 4, 0.5)
    sheet.write_boolean(3, 5, True)  # noqa: FBT003 - the library's own
    sheet.write_formula(5, 1, '=HYPERLINK("http://x")', None, "kept")
    made.add_worksheet("Empty")


class TestRows:
    def test_reads_a_workbook_as_people_would_type_it(self, spooled: Spooled) -> None:
        file = spooled(workbook(simple))
        layout = recognise(file)

        found = list(rows(file, layout))

        assert layout.sheets == ("People", "Empty")
        assert [(number, cells[1:]) for number, cells in found] == [
            (3, ["Name", "Phone", "Since", "Ratio", "Active"]),
            (4, ["张伟", "13800138000", "2020-01-02", "0.5", "true"]),
            (6, ["kept", "", "", "", ""]),
        ]

    def test_reads_text_with_breaks_inside_of_cells(self, spooled: Spooled) -> None:
        file = spooled('sep=;\nName;Note\n"Li";"two\nlines; ""quoted"""\n\n;\nWang;\n'.encode("utf-8-sig"))

        found = list(rows(file, recognise(file)))

        assert found == [(2, ["Name", "Note"]), (3, ["Li", 'two\nlines; "quoted"']), (6, ["Wang", ""])]

    def test_names_the_line_where_a_text_breaks(self, spooled: Spooled) -> None:
        file = spooled(b"Name\nLi\n" + b'"' + b"x" * 200_000)

        with pytest.raises(Problem, match="table-damaged") as refused:
            list(rows(file, Layout("csv", "utf-8", ",")))

        assert "第" in refused.value.document("zh")["detail"]

    def test_refuses_a_sheet_that_is_not_there(self, spooled: Spooled) -> None:
        file = spooled(workbook(simple))

        with pytest.raises(Problem, match="no-such-sheet"):
            list(rows(file, recognise(file), 2))


class TestLook:
    def test_shows_the_beginning_and_counts_the_rest(self, spooled: Spooled) -> None:
        file = spooled(b"Name,Phone,,\n" + b"Li,1\n" * 1000)

        sample = look(file, recognise(file), 0, 2)

        assert (sample.header, sample.rows, sample.total) == (["Name", "Phone"], [["Li", "1"]] * 2, 1000)

    @pytest.mark.parametrize("content", [b"Name\n", b"Name\n\n , \n"])
    def test_refuses_a_header_alone(self, spooled: Spooled, content: bytes) -> None:
        file = spooled(content)

        with pytest.raises(Problem, match="table-empty"):
            look(file, recognise(file), 0, 2)

    def test_refuses_too_many_columns(self, spooled: Spooled) -> None:
        file = spooled(b",".join([b"x"] * 201) + b"\n1\n")

        with pytest.raises(Problem, match="table-too-large"):
            look(file, recognise(file), 0, 2)

    def test_refuses_an_empty_sheet(self, spooled: Spooled) -> None:
        file = spooled(workbook(simple))

        with pytest.raises(Problem, match="table-empty"):
            look(file, recognise(file), 1, 2)


class TestRecognise:
    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n%\xe2\xe3\n",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"PK\x03\x04nothing",
            b'{"a": 1}',
            b"<!doctype html><table>",
        ],
    )
    def test_refuses_what_is_no_table(self, spooled: Spooled, content: bytes) -> None:
        with pytest.raises(Problem, match="not-a-table") as refused:
            recognise(spooled(content))

        assert refused.value.status == 415

    def test_refuses_another_kind_of_archive(self, spooled: Spooled) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as made:
            made.writestr("word/document.xml", "<w/>")

        with pytest.raises(Problem, match="not-a-table"):
            recognise(spooled(written.getvalue()))

    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf \r\n"])
    def test_refuses_nothing(self, spooled: Spooled, content: bytes) -> None:
        with pytest.raises(Problem, match="table-empty"):
            recognise(spooled(content))

    def test_refuses_a_workbook_that_is_cut_off(self, spooled: Spooled) -> None:
        whole = workbook(simple)

        for end in (100, len(whole) // 2, len(whole) - 30):
            with pytest.raises(Problem, match=r"table-damaged|not-a-table"):
                recognise(spooled(whole[:end]))

    def test_refuses_parts_that_are_no_xml(self, spooled: Spooled) -> None:
        file = spooled(rebuilt(workbook(simple), **{"xl__workbook.xml": b"<workbook"}))

        with pytest.raises(Problem, match="table-damaged"):
            list(rows(file, Layout("xlsx")))


class TestBombs:
    def test_refuses_what_declares_to_unpack_to_too_much(
        self, spooled: Spooled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "MOST_UNPACKED", 4 * 1024 * 1024)
        content = rebuilt(workbook(simple), xl__media__zeros=bytes(5 * 1024 * 1024))

        assert len(content) < 20_000
        with pytest.raises(Problem, match="table-too-large"):
            recognise(spooled(content))

    def test_refuses_what_unpacks_to_more_than_it_declares(self, spooled: Spooled) -> None:
        content = rebuilt(workbook(simple), xl__media__zeros=bytes(5 * 1024 * 1024))
        declared, lied = struct.pack("<I", 5 * 1024 * 1024), struct.pack("<I", 1024)
        forged = content.replace(declared, lied)

        assert forged != content
        with pytest.raises(Problem, match="table-damaged"):
            recognise(spooled(forged))

    @pytest.mark.parametrize(
        "cells",
        [
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            b'<row r="1"><c r="GS1"><v>1</v></c></row>',
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1000002"><c r="A1000002"><v>1</v></c></row>',
            b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row>",
            b"<x:row>" + b"<x:c><x:v>1</x:v></x:c>" * 201 + b"</x:row>",
        ],
    )
    def test_refuses_cells_that_stand_far_apart(self, spooled: Spooled, cells: bytes) -> None:
        sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
        content = rebuilt(workbook(simple), **{"xl__worksheets__sheet1.xml": sheet})

        with pytest.raises(Problem, match="table-too-large"):
            recognise(spooled(content))

    def test_takes_a_sheet_that_is_only_formatted_to_its_end(self, spooled: Spooled) -> None:
        def fill(made: Any) -> None:
            sheet, bold = made.add_worksheet(), made.add_format({"bold": True})
            sheet.write_row(0, 0, ["Name"])
            sheet.write_row(1, 0, ["Li"])
            sheet.write_blank(1_048_575, 16_383, None, bold)

        file = spooled(workbook(fill))

        assert look(file, recognise(file), 0, 2).total == 1

    @pytest.mark.parametrize("change", ["twice", "encrypted"])
    def test_refuses_archives_that_readers_understand_differently(
        self, spooled: Spooled, change: str
    ) -> None:
        written = io.BytesIO(workbook(simple))
        with zipfile.ZipFile(written, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("xl/workbook.xml", "<workbook/>")
        content = written.getvalue()
        if change == "encrypted":
            content = workbook(simple)
            at = content.index(b"PK\x01\x02")
            content = content[: at + 8] + b"\x01" + content[at + 9 :]

        with pytest.raises(Problem, match="table-damaged"):
            recognise(spooled(content))

    def test_reads_blocks_of_bounded_size(self, spooled: Spooled) -> None:
        file = spooled(rebuilt(workbook(simple), xl__media__zeros=bytes(5 * 1024 * 1024)))
        with zipfile.ZipFile(file) as archive:
            part = archive.getinfo("xl/media/zeros")

            sizes = [len(block) for block in archives._unpacked(file, part)]  # noqa: SLF001 - the bound itself

        assert (sum(sizes), max(sizes) <= 256 * 1024) == (5 * 1024 * 1024, True)


class TestWriteWorkbook:
    DANGEROUS = (
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=HYPERLINK(1)",
        "%0A=1",
    )

    def test_writes_what_it_is_given(self, spooled: Spooled) -> None:
        made = write_workbook([("A", ["Name", "Phone"], [["张伟", "+86 138 0013 8000"], ["", "-1"]])])
        file = spooled(made)

        found = [cells for _, cells in rows(file, recognise(file))]

        assert found == [["Name", "Phone"], ["张伟", "+86 138 0013 8000"], ["", "-1"]]

    def test_holds_no_formula_whatever_it_is_given(self, spooled: Spooled) -> None:
        made = write_workbook([("A", self.DANGEROUS, [self.DANGEROUS])])

        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml")
        file = spooled(made)
        cells = [cell for _, row in rows(file, recognise(file)) for cell in row]
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert [cell[0] for cell in cells] == ["'"] * 16

    def test_comes_back_as_it_was(self) -> None:
        texts = [*self.DANGEROUS, "+86 138", "-5", "'quoted'", "o'clock", "plain"]

        assert [unquoted(inert(each)) for each in texts] == texts

    def test_leaves_out_what_no_workbook_can_hold(self) -> None:
        assert inert("a\x00b\ud800c") == "abc"
        assert len(inert("x" * 40_000)) == 32_766
