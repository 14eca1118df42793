"""Encodings and delimiters of small files come out right."""

import csv
import io

import pytest

from libs.common.encodings import delimiter_of, encoding_of

PEOPLE = "姓名,手机\n张伟,13800138000\n李娜,13900139000\n欧阳晓燕,13700137000\n"
TRADITIONAL = "姓名,電話\n王小明,0912345678\n陳美麗,0923456789\n"
WESTERN = "Name;Straße\nJörg Müller;Königsallee 5\nFrançois Éluard;Rue de l'Église\nÑandú;Señal\n"


class TestEncodingOf:
    @pytest.mark.parametrize(
        ("text", "codec", "found"),
        [
            (PEOPLE, "utf-8", "utf-8"),
            (PEOPLE, "utf-8-sig", "utf-8-sig"),
            (PEOPLE, "utf-16", "utf-16"),
            (PEOPLE, "utf-16-le", "utf-16-le"),
            (PEOPLE, "utf-16-be", "utf-16-be"),
            (PEOPLE, "gbk", "gb18030"),
            (PEOPLE, "gb18030", "gb18030"),
            (TRADITIONAL, "gbk", "gb18030"),
            (TRADITIONAL, "big5", "big5hkscs"),
            (WESTERN, "cp1252", "cp1252"),
            (WESTERN, "latin-1", "cp1252"),
            ("a,b\n1,2\n", "ascii", "utf-8"),
            ("name\n王小明\n", "gbk", "gb18030"),
            ("name\n王小明\n", "big5", "big5hkscs"),
            ("name\nMüller\n", "cp1252", "cp1252"),
        ],
    )
    def test_reads_what_was_written(self, text: str, codec: str, found: str) -> None:
        written = io.BytesIO(text.encode(codec))

        assert encoding_of(written) == found
        assert written.getvalue().decode(found) == text

    def test_looks_at_the_end_too(self) -> None:
        late = b"name\n" + b"Smith\n" * 60_000 + "王小明\n".encode("gbk")

        assert encoding_of(io.BytesIO(late)) == "gb18030"

    def test_reads_anything_as_the_last_resort(self) -> None:
        assert encoding_of(io.BytesIO(b"caf\xe9 \x81\x8d\n")) == "latin-1"


class TestDelimiterOf:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_cuts_all_lines_alike(self, delimiter: str) -> None:
        rows = [["Name", "Note", "Sum"], ["Li, Wei", "a;b|c", "1,5"], ["Wang", "x\ty", "2"]]
        written = io.StringIO()
        csv.writer(written, delimiter=delimiter).writerows(rows)

        assert delimiter_of(written.getvalue()) == delimiter

    @pytest.mark.parametrize("head", ["Name\nLi\n", "", "\n"])
    def test_takes_a_comma_where_there_is_one_column(self, head: str) -> None:
        assert delimiter_of(head) == ","

    def test_believes_what_the_file_says(self) -> None:
        assert delimiter_of("sep=|\na,b|c,d\n") == "|"
