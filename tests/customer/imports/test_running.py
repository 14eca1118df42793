"""Imports as the worker runs them: each row by the API's own way, once."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.platform.process import Platform
from tests.customer.calls import Headers, Record, get, ids, post
from tests.customer.tables import (
    HEADER,
    column,
    counts,
    csv_of,
    mapped,
    people,
    ran,
    read_workbook,
    taken_in,
    uploaded,
    xlsx_of,
)

type Client = httpx.AsyncClient


async def the_one(client: Client, headers: Headers, mark: str) -> Record:
    (found,) = (await get(client, headers, f"/contacts?external_id={mark}"))["items"]
    return dict(found)


class TestRun:
    async def test_takes_each_row_by_the_api_s_own_way(
        self, client: Client, rep: Headers, platform: Platform, mark: str, database: Database
    ) -> None:
        row = [f"{mark}", "欧阳晓燕", f"{mark}@example.com", "+86 138 0013 8000", f"Company {mark}"]

        done = await taken_in(client, rep, platform, csv_of(row))

        found = await the_one(client, rep, mark)
        account = await get(client, rep, f"/accounts/{found['account_id']}")
        audited = (
            "SELECT action FROM audit WHERE object_id = :id AND actor = :actor AND correlation_id = :import"
        )
        given = {"id": found["id"], "actor": f"user:{UUID(int=2)}", "import": UUID(done["id"]).hex}
        assert (done["status"], counts(done)) == ("finished", {"rows": 1, "created": 1})
        assert (found["family_name"], found["given_name"], found["phone"]) == (
            "欧阳",
            "晓燕",
            "+86138****8000",
        )
        assert (found["external_system"], found["owner_id"]) == ("test", str(UUID(int=2)))
        assert (account["name"], account["owner_id"]) == (f"Company {mark}", str(UUID(int=2)))
        assert await column(database, audited, **given) == ["customer.contact.created.v1"]

    async def test_twice_makes_nobody_new(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        rows = people(7, mark)
        first = await taken_in(client, manager, platform, csv_of(*rows))
        changed = [[rows[0][0], "李娜", *rows[0][2:]], *rows[1:]]

        again = await taken_in(client, manager, platform, xlsx_of(People=[HEADER, *changed]))

        assert counts(first) == {"rows": 7, "created": 7}
        assert counts(again) == {"rows": 7, "updated": 1, "unchanged": 6}
        assert (await the_one(client, manager, rows[0][0]))["family_name"] == "李"
        assert (await the_one(client, manager, rows[1][0]))["version"] == 1

    @pytest.mark.parametrize(("by", "place"), [("email", 2), ("phone", 3)])
    async def test_finds_by_other_keys(
        self, client: Client, manager: Headers, platform: Platform, mark: str, by: str, place: int
    ) -> None:
        rows = people(3, mark)
        for number, row in enumerate(rows):
            row[3] = f"+86139{int(mark[:6], 16) % 10**6:06}{number:02}"
        await taken_in(client, manager, platform, csv_of(*rows))
        others = [["", "李娜", "", "", ""] for _ in rows]
        for row, other in zip(rows, others, strict=True):
            other[place] = row[place]

        done = await taken_in(client, manager, platform, csv_of(*others), match_by=by)

        assert counts(done) == {"rows": 3, "updated": 3}
        assert (await the_one(client, manager, rows[0][0]))["family_name"] == "李"

    async def test_skips_or_doubles_when_told(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        rows = people(3, mark)
        await taken_in(client, manager, platform, csv_of(*rows))
        anonymous = csv_of(*(["", *row[1:]] for row in rows))

        skipped = await taken_in(client, manager, platform, csv_of(*rows), on_match="skip")
        doubled = await taken_in(client, manager, platform, anonymous, on_match="create")
        taken = await taken_in(client, manager, platform, csv_of(*rows), on_match="create")
        unclear = await taken_in(client, manager, platform, anonymous, match_by="email")

        assert counts(skipped) == {"rows": 3, "skipped": 3}
        assert counts(doubled) == {"rows": 3, "created": 3}
        assert counts(taken) == {"rows": 3, "failed": 3}
        assert counts(unclear) == {"rows": 3, "failed": 3}

    async def test_finds_in_later_rows_what_earlier_ones_made(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        rows = [[mark, f"Name {n}", "", "", ""] for n in range(4)]

        tried = await mapped(client, manager, await uploaded(client, manager, csv_of(*rows)))
        tried = await ran(client, manager, platform, tried, "dry-run")
        done = await ran(client, manager, platform, tried)

        assert counts(tried) == {"rows": 4, "created": 1, "updated": 3}
        assert counts(done) == {"rows": 4, "created": 1, "updated": 3}

    async def test_of_accounts(self, client: Client, manager: Headers, platform: Platform, mark: str) -> None:
        header = ("客户名称", "行业", "年营业额", "币种", "员工人数")
        table = csv_of([f"{mark}有限公司", "IT", "12.5", "cny", "30"], header=header)
        record = await uploaded(client, manager, table, "account")

        first = await ran(client, manager, platform, record)
        same = csv_of([mark, "IT", "12.5", "cny", "31"], header=header)
        again = await ran(client, manager, platform, await uploaded(client, manager, same, "account"))

        (found,) = (await get(client, manager, f"/accounts?name={mark}"))["items"]
        assert (counts(first), counts(again)) == ({"rows": 1, "created": 1}, {"rows": 1, "updated": 1})
        assert (found["annual_revenue_minor"], found["currency"], found["employees"]) == (1250, "CNY", 31)

    async def test_tries_without_an_effect(
        self, client: Client, manager: Headers, platform: Platform, mark: str, database: Database
    ) -> None:
        rows = [*people(3, mark), ["", "", "nobody", "", ""]]
        before = await column(database, "SELECT count(*) FROM outbox UNION ALL SELECT count(*) FROM contact")
        record = await mapped(client, manager, await uploaded(client, manager, csv_of(*rows)))

        tried = await ran(client, manager, platform, record, "dry-run")

        after = await column(database, "SELECT count(*) FROM outbox UNION ALL SELECT count(*) FROM contact")
        assert (tried["status"], counts(tried)) == ("checked", {"rows": 4, "created": 3, "failed": 1})
        assert after[1] == before[1]
        # Uploaded, begun and tried: events of the import alone.
        assert after[0] - before[0] == 3
        done = await ran(client, manager, platform, tried)
        assert counts(done) == counts(tried)

    async def test_reads_gbk(self, client: Client, manager: Headers, platform: Platform, mark: str) -> None:
        table = f"姓名;外部编号\n张伟;{mark}\n".encode("gbk")

        await ran(client, manager, platform, await uploaded(client, manager, table))

        assert (await the_one(client, manager, mark))["family_name"] == "张"

    async def test_reads_the_sheet_that_is_chosen(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        book = xlsx_of(Notes=[["Note"], ["x"]], People=[["Name", "External id"], ["Li Wei", mark]])
        record = await uploaded(client, manager, book)

        chosen = await mapped(client, manager, record, sheet=1, match_by="external_id")
        done = await ran(client, manager, platform, chosen)

        assert (record["sheets"], record["mapping"]) == (["Notes", "People"], {})
        assert (chosen["mapping"], chosen["sample"]) == (
            {"0": "full_name", "1": "external_id"},
            [["Li Wei", mark]],
        )
        assert counts(done) == {"rows": 1, "created": 1}

    @pytest.mark.parametrize(
        ("option", "expected"), [("refuse", {"rows": 1, "failed": 1}), ("leave", {"rows": 1, "created": 1})]
    )
    async def test_makes_no_account_when_told(
        self, client: Client, manager: Headers, platform: Platform, mark: str, option: str, expected: Any
    ) -> None:
        done = await taken_in(client, manager, platform, csv_of(*people(1, mark)), missing_account=option)

        assert counts(done) == expected
        assert await ids(client, manager, f"/accounts?name=Company {mark}") == set()


class TestRefusedRows:
    async def test_come_back_with_their_reasons(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        rows = [*people(1, mark), ["=1+1", "", "nobody", "call me", ""], ["7", "Li", "", "", "", "more"]]
        done = await taken_in(client, manager, platform, csv_of(*rows))

        path = f"/imports/{done['id']}/errors"
        english = await client.get(path, headers=manager)
        chinese = await client.get(path, headers=manager | {"Accept-Language": "zh"})
        later = await client.get(f"{path}?after=3", headers=manager)

        book = read_workbook(english.content)
        assert book[0] == [*HEADER, "Row", "Reason"]
        assert book[1][:6] == ["'=1+1", "", "nobody", "call me", "", "3"]
        assert "E-mail: has the wrong format" in book[1][6]
        assert "Family name: is required" in book[1][6]
        assert book[2][5:] == ["4", "The row has more cells than the header"]
        assert read_workbook(chinese.content)[0][5:] == ["行号", "原因"]
        assert "邮箱：格式不正确" in read_workbook(chinese.content)[1][6]
        assert len(read_workbook(later.content)) == 2

    async def test_can_be_corrected_and_sent_again(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        done = await taken_in(client, manager, platform, csv_of([mark, "Li", "nobody", "", ""]))
        errors = await client.get(f"/imports/{done['id']}/errors", headers=manager)
        book = [row[:5] for row in read_workbook(errors.content)]
        book[1][2] = f"{mark}@example.com"

        again = await taken_in(client, manager, platform, xlsx_of(errors=book))

        assert counts(again) == {"rows": 1, "created": 1}

    async def test_one_bad_row_takes_no_other_with_it(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        # The same external id in two rows that are found by their addresses: only the database sees it.
        rows = people(20, mark)
        rows[13][0] = rows[4][0]

        done = await taken_in(client, manager, platform, csv_of(*rows), match_by="email")

        assert counts(done) == {"rows": 20, "created": 19, "failed": 1}

    async def test_names_a_record_that_is_gone(
        self, client: Client, manager: Headers, platform: Platform, mark: str
    ) -> None:
        rows = people(3, mark)
        await taken_in(client, manager, platform, csv_of(*rows))
        found = [await the_one(client, manager, row[0]) for row in rows]
        await client.delete(f"/contacts/{found[0]['id']}", headers=manager | {"If-Match": '"1"'})
        await post(client, manager, f"/contacts/{found[1]['id']}/erase")

        done = await taken_in(client, manager, platform, csv_of(*rows))

        errors = await client.get(f"/imports/{done['id']}/errors", headers=manager)
        reasons = [row[6] for row in read_workbook(errors.content)[1:]]
        assert counts(done) == {"rows": 3, "unchanged": 1, "failed": 2}
        assert reasons == ["The record is deleted", "The person was forgotten on request"]
        erased = await get(client, manager, f"/contacts/{found[1]['id']}")
        assert (erased["family_name"], erased["email"]) == ("[erased]", "[erased]")
