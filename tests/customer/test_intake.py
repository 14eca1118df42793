"""From a row of texts to the API's own payloads."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.common.crypto import KekRing
from libs.common.problems import Malformed
from libs.common.testing import kek_file
from services.customer.intake import Intent, Plan, change, new_record, read, reasons_of, worded

RING = KekRing.load(kek_file())
OPTIONS = {"match_by": None, "on_match": "update", "external_system": "erp", "default_owner_id": None}


def plan(object: str, *fields: str | None, **options: Any) -> Plan:
    return Plan(object, fields, OPTIONS | options, ZoneInfo("Asia/Shanghai"))


def intent(made: Plan, *cells: str) -> Intent:
    return read(made, RING, 2, list(cells))


class TestRead:
    def test_leaves_out_what_is_empty_or_not_mapped(self) -> None:
        made = plan("contact", "family_name", None, "title")

        assert intent(made, " Li ", "ignored", "  ").payload == {"family_name": "Li"}
        assert intent(made, "Li").payload == {"family_name": "Li"}

    def test_splits_a_full_name_unless_its_parts_are_given(self) -> None:
        both = plan("contact", "full_name", "given_name")

        assert intent(both, "欧阳修", "").payload == {"family_name": "欧阳", "given_name": "修"}
        assert intent(both, "欧阳修", "永叔").payload == {"given_name": "永叔", "family_name": "欧阳"}

    def test_takes_back_what_a_download_quoted(self) -> None:
        assert intent(plan("contact", "family_name"), "'=Li").payload == {"family_name": "=Li"}

    def test_refuses_more_cells_than_headings(self) -> None:
        made = plan("contact", "family_name")

        assert intent(made, "Li", " ").refused is None
        assert intent(made, "Li", "x").refused == [{"slug": "row-too-long"}]

    @pytest.mark.parametrize(
        ("object", "by", "field", "cell", "key"),
        [
            ("contact", "email", "email", "Li@Example.COM", "li@example.com"),
            ("contact", "external_id", "external_id", "A-7", "A-7"),
            ("account", "name", "name", "Plexus (Shanghai) Co., Ltd.", "plexus shanghai"),
            ("account", "phone", "phone", "+86 21 6123 4567", "+862161234567"),
        ],
    )
    def test_knows_by_what_a_record_is_found(
        self, object: str, by: str, field: str, cell: str, key: str
    ) -> None:
        assert intent(plan(object, field, match_by=by), cell).key == key
        assert intent(plan(object, field, match_by=by, on_match="create"), cell).key is None
        assert intent(plan(object, None, match_by=by), cell).key is None

    def test_shows_no_number_in_a_key(self) -> None:
        key = intent(plan("contact", "phone", match_by="phone"), "+86 138 0013 8000").key

        assert key == intent(plan("contact", "phone", match_by="phone"), "+8613800138000").key
        assert key is not None
        assert len(key) == 64


class TestNewRecord:
    def test_is_what_the_api_would_be_sent(self) -> None:
        fields = ("full_name", "email", "external_id", "occurred_at")
        row = intent(plan("contact", *fields), "John Smith", "j@example.com", "7", "2020/3/1")

        made = new_record(plan("contact", *fields), row)

        assert (made.family_name, made.given_name, made.email) == ("Smith", "John", "j@example.com")
        assert (made.external_id.system, made.external_id.id) == ("erp", "7")
        assert made.occurred_at.isoformat() == "2020-02-29T16:00:00+00:00"

    def test_reads_numbers_and_money_as_people_write_them(self) -> None:
        fields = ("name", "employees", "annual_revenue", "currency", "founded_year")

        euro = intent(plan("account", *fields), "A", "1,200", "1,234.50", "eur", "1999")
        yen = intent(plan("account", *fields), "A", "", "5000", "JPY", "")

        made = new_record(plan("account", *fields), euro)
        assert (made.employees, made.annual_revenue_minor, made.currency) == (1200, 123450, "EUR")
        assert made.founded_year == 1999
        assert new_record(plan("account", *fields), yen).annual_revenue_minor == 5000

    @pytest.mark.parametrize(
        ("object", "fields", "cells", "reasons"),
        [
            ("contact", ("email",), ("j@example.com",), [("missing", "family_name")]),
            ("contact", ("family_name", "email"), ("Li", "nobody"), [("bad-format", "email")]),
            ("contact", ("family_name",), ("x" * 300,), [("too-long", "family_name")]),
            ("contact", ("family_name", "account_id"), ("Li", "7"), [("wrong-type", "account_id")]),
            ("account", ("name", "employees"), ("A", "many"), [("wrong-type", "employees")]),
            ("account", ("name", "annual_revenue"), ("A", "1.234"), [("wrong-type", "annual_revenue_minor")]),
            ("account", ("name", "founded_year"), ("A", "99"), [("out-of-range", "founded_year")]),
            ("contact", ("family_name", "occurred_at"), ("Li", "soon"), [("not-valid", "occurred_at")]),
        ],
    )
    def test_refuses_what_the_api_refuses(
        self, object: str, fields: tuple[str, ...], cells: tuple[str, ...], reasons: list[tuple[str, str]]
    ) -> None:
        made = plan(object, *fields)

        with pytest.raises(Malformed) as refused:
            new_record(made, intent(made, *cells))

        found = reasons_of(refused.value)
        assert [(each["code"], each["field"]) for each in found] == reasons
        assert not [cell for cell in cells if len(cell) > 1 and cell in str(found)]

    def test_gives_it_to_the_owner_of_all(self) -> None:
        made = plan("contact", "family_name", default_owner_id="00000000-0000-0000-0000-000000000002")

        assert new_record(made, intent(made, "Li")).owner_id.int == 2


class TestChange:
    def test_leaves_what_is_not_in_the_row(self) -> None:
        made = plan("contact", "email", "title", "external_id", match_by="email")

        sent = change(made, intent(made, "j@example.com", "", "7"))

        assert sent.model_dump(exclude_unset=True) == {"email": "j@example.com"}


class TestWorded:
    def test_speaks_both_languages(self) -> None:
        reasons = [{"code": "missing", "field": "family_name"}, {"slug": "forbidden"}]

        assert worded("contact", reasons, "en") == "Family name: is required; This is not allowed"
        assert worded("contact", reasons, "zh") == "姓：为必填项; 没有权限"
        assert worded("account", [{"code": "odd", "field": "nothing"}], "en") == "is not valid"
