"""Imports over HTTP: what is sent, shown, refused."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.common.db import Database
from libs.platform.process import Platform
from services.customer.headings import FIELDS, guess
from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post
from tests.customer.tables import (
    column,
    counts,
    csv_of,
    mapped,
    people,
    ran,
    read_workbook,
    uploaded,
    xlsx_of,
)

type Client = httpx.AsyncClient

ROW = ["1", "张伟", "z@example.com", "+8613800138000", "Plexus"]
MEBIBYTE = 1024 * 1024


async def unchanged(client: Client, headers: Headers, record: Record) -> None:
    assert await get(client, headers, f"/imports/{record['id']}") == record


class TestUpload:
    async def test_guesses_and_shows_the_beginning(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, csv_of(ROW), filename="联系人.csv")

        assert record == await get(client, rep, f"/imports/{record['id']}")
        assert (record["status"], record["format"], record["total"]) == ("uploaded", "csv", 1)
        assert (record["filename"], record["sample"]) == ("联系人.csv", [ROW])
        assert record["columns"][2] == {"number": 2, "heading": "E-mail", "guess": "email"}
        assert record["mapping"] == {
            "0": "external_id",
            "1": "full_name",
            "2": "email",
            "3": "phone",
            "4": "account_name",
        }
        assert (record["match_by"], record["on_match"], counts(record)) == ("external_id", "update", {})

    async def test_takes_a_workbook(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, xlsx_of(客户=[["公司"], ["甲"]]), "account")

        assert (record["format"], record["sheets"], record["mapping"]) == ("xlsx", ["客户"], {"0": "name"})

    async def test_is_one_for_one_key(self, client: Client, rep: Headers) -> None:
        keyed = rep | {"Idempotency-Key": str(uuid4())}

        first = await uploaded(client, keyed, csv_of(ROW))
        again = await uploaded(client, keyed, csv_of(ROW))
        other = await client.post("/imports", content=csv_of(ROW, ROW), headers=keyed)

        assert again == first
        assert (other.status_code, slug(other)) == (409, "idempotency-key-reused")

    @pytest.mark.parametrize(
        ("content", "kind", "refusal"),
        [
            (b"", "text/csv", (422, "table-empty")),
            (b"Name\n", "text/csv", (422, "table-empty")),
            (b"%PDF-1.7", "text/csv", (415, "not-a-table")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "text/csv", (415, "not-a-table")),
            (b"PK\x05\x06" + bytes(18), "application/octet-stream", (415, "not-a-table")),
            (
                b"--x\r\n\r\nName\n1",
                "multipart/form-data; boundary=x",
                (415, "unsupported-media-type"),
            ),
            (b"{}", "application/json", (415, "unsupported-media-type")),
        ],
    )
    async def test_refuses_what_is_no_table(
        self,
        client: Client,
        rep: Headers,
        database: Database,
        content: bytes,
        kind: str,
        refusal: tuple[int, str],
    ) -> None:
        before = await column(database, "SELECT count(*) FROM import")

        refused = await client.post("/imports", content=content, headers=rep | {"Content-Type": kind})

        assert (refused.status_code, slug(refused)) == refusal
        assert await column(database, "SELECT count(*) FROM import") == before

    @pytest.mark.parametrize("query", ["object=lead", "object=", "filename=", "filename=a%0Ab"])
    async def test_refuses_bad_parameters(self, client: Client, rep: Headers, query: str) -> None:
        refused = await client.post(f"/imports?{query}", content=csv_of(ROW), headers=rep)

        assert (refused.status_code, slug(refused)) == (400, "bad-parameter")

    async def test_takes_more_than_other_routes_and_not_everything(
        self, client: Client, rep: Headers
    ) -> None:
        large = csv_of(*(["1", "x" * 1000, "", "", ""] for _ in range(2000)))

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(65):
                yield b"x" * MEBIBYTE

        taken = await client.post("/imports", content=large, headers=rep)
        declared = await client.post(
            "/imports", content=b"", headers=rep | {"Content-Length": str(64 * MEBIBYTE + 1)}
        )
        counted = await client.post("/imports", content=endless(), headers=rep)
        elsewhere = await client.patch(f"/imports/{UUID(int=1)}", content=b"x" * MEBIBYTE * 2, headers=rep)

        assert taken.status_code == 201
        assert [slug(each) for each in (declared, counted, elsewhere)] == ["too-large"] * 3

    async def test_refuses_the_anonymous_and_whoever_may_not(self, client: Client, reader: Headers) -> None:
        assert slug(await client.post("/imports", content=csv_of(ROW))) == "unauthenticated"
        assert slug(await client.post("/imports", content=csv_of(ROW), headers=reader)) == "forbidden"


class TestRead:
    async def test_shows_the_file_to_its_owner_alone(
        self, client: Client, rep: Headers, reader: Headers, peer: Headers
    ) -> None:
        record = await uploaded(client, rep, csv_of(ROW), filename="a.csv")

        shown = await get(client, reader, f"/imports/{record['id']}")
        refused = await client.get(f"/imports/{record['id']}/errors", headers=reader)

        assert (shown["filename"], shown["columns"], shown["sample"]) == (None, [], [])
        assert shown["total"] == 1
        assert slug(refused) == "forbidden"
        assert (await client.get(f"/imports/{record['id']}", headers=peer)).status_code == 404

    async def test_lists_what_is_in_scope(
        self, client: Client, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mine, theirs = await uploaded(client, rep, csv_of(ROW)), await uploaded(client, peer, csv_of(ROW))

        path = "/imports?limit=200&fields=id,rows,total,match_by,sheet"
        assert mine["id"] in await ids(client, rep, path)
        assert theirs["id"] not in await ids(client, rep, path)
        assert {mine["id"], theirs["id"]} <= await ids(client, reader, "/imports?limit=200&status=uploaded")


class TestUpdate:
    async def test_says_what_fills_what(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, csv_of(ROW))

        done = await mapped(
            client, rep, record, mapping={"1": "family_name"}, match_by=None, on_match="create"
        )

        assert (done["mapping"], done["match_by"], done["version"]) == ({"1": "family_name"}, None, 2)

    async def test_guesses_anew_for_another_object(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, csv_of(ROW))

        done = await mapped(client, rep, record, object="account")

        assert done["mapping"] == {"0": "external_id", "3": "phone", "4": "name"}

    @pytest.mark.parametrize(
        ("fields", "refusal"),
        [
            ({"mapping": {"5": "email"}}, (409, "mapping-unfit")),
            ({"mapping": {"0": "industry"}}, (409, "mapping-unfit")),
            ({"match_by": "name"}, (409, "mapping-unfit")),
            ({"sheet": 1}, (409, "no-such-sheet")),
            ({"mapping": {"0": "email", "1": "email"}}, (422, "malformed")),
            ({"mapping": {"one": "email"}}, (422, "malformed")),
            ({"on_match": "replace"}, (422, "malformed")),
            ({"external_system": "A B"}, (422, "malformed")),
            ({"status": "finished"}, (422, "malformed")),
        ],
    )
    async def test_refuses_what_does_not_fit(
        self, client: Client, rep: Headers, fields: Any, refusal: tuple[int, str]
    ) -> None:
        record = await uploaded(client, rep, csv_of(ROW))

        refused = await client.patch(f"/imports/{record['id']}", json=fields, headers=rep | matching(record))

        assert (refused.status_code, slug(refused)) == refusal
        await unchanged(client, rep, record)

    async def test_refuses_a_sheet_that_is_not_there(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, xlsx_of(A=[["Name"], ["Li"]], B=[["Name"]]))
        path, headers = f"/imports/{record['id']}", rep | matching(record)

        missing = await client.patch(path, json={"sheet": 2}, headers=headers)
        empty = await client.patch(path, json={"sheet": 1}, headers=headers)

        assert (missing.status_code, slug(missing)) == (409, "no-such-sheet")
        assert (empty.status_code, slug(empty)) == (422, "table-empty")
        await unchanged(client, rep, record)

    async def test_refuses_a_stale_version_and_everybody_else(
        self, client: Client, rep: Headers, manager: Headers, peer: Headers
    ) -> None:
        record = await uploaded(client, rep, csv_of(ROW))
        path = f"/imports/{record['id']}"

        stale = await client.patch(path, json={}, headers=rep | {"If-Match": '"9"'})
        superior = await client.patch(path, json={}, headers=manager | matching(record))
        stranger = await client.patch(path, json={}, headers=peer | matching(record))
        started = await client.post(f"{path}/start", headers=manager)

        assert [slug(each) for each in (stale, superior, stranger, started)] == [
            "stale-version",
            "forbidden",
            "not-found",
            "forbidden",
        ]
        await unchanged(client, rep, record)


class TestStart:
    @pytest.mark.parametrize("verb", ["start", "dry-run"])
    @pytest.mark.parametrize(
        "fields",
        [
            {"mapping": {"2": "email"}, "match_by": None},
            {"mapping": {"2": "email"}, "on_match": "create"},
            {"mapping": {"1": "full_name"}, "match_by": "email"},
        ],
    )
    async def test_refuses_what_could_only_fail(
        self, client: Client, rep: Headers, verb: str, fields: Any
    ) -> None:
        record = await mapped(client, rep, await uploaded(client, rep, csv_of(ROW)), **fields)

        refused = await client.post(f"/imports/{record['id']}/{verb}", headers=rep)

        assert (refused.status_code, slug(refused)) == (409, "mapping-incomplete")
        await unchanged(client, rep, record)

    async def test_is_not_begun_twice(self, client: Client, rep: Headers) -> None:
        record = await uploaded(client, rep, csv_of(ROW))
        path = f"/imports/{record['id']}"
        begun = await post(client, rep, f"{path}/start")

        again = await client.post(f"{path}/start", headers=rep)
        tried = await client.post(f"{path}/dry-run", headers=rep)
        changed = await client.patch(path, json={"on_match": "skip"}, headers=rep | matching(begun))

        assert begun["status"] == "running"
        assert [slug(each) for each in (again, tried, changed)] == ["import-busy"] * 3
        await post(client, rep, f"{path}/cancel")


class TestCancel:
    async def test_is_for_good(self, client: Client, rep: Headers, database: Database) -> None:
        record = await uploaded(client, rep, csv_of(ROW))
        path = f"/imports/{record['id']}"

        cancelled = await post(client, rep, f"{path}/cancel")
        again = await client.post(f"{path}/cancel", headers=rep)
        started = await client.post(f"{path}/start", headers=rep)

        assert cancelled["status"] == "cancelled"
        assert [slug(each) for each in (again, started)] == ["import-over"] * 2
        assert await column(database, "SELECT n FROM import_file WHERE import_id = :id", **record) == []

    async def test_is_for_whoever_has_it_in_scope(
        self, client: Client, rep: Headers, peer: Headers, manager: Headers
    ) -> None:
        record = await uploaded(client, rep, csv_of(ROW))

        refused = await client.post(f"/imports/{record['id']}/cancel", headers=peer)
        done = await post(client, manager, f"/imports/{record['id']}/cancel")

        assert (refused.status_code, done["status"]) == (404, "cancelled")


class TestTemplate:
    @pytest.mark.parametrize("object", ["contact", "account"])
    @pytest.mark.parametrize("language", ["en", "zh"])
    async def test_is_recognised_when_it_comes_back(
        self, client: Client, rep: Headers, object: str, language: str
    ) -> None:
        answer = await client.get(
            f"/imports/template?object={object}", headers=rep | {"Accept-Language": language}
        )

        (header,) = read_workbook(answer.content)
        found = set(guess(object, header).values())
        # A template has the whole name and its parts, of which the parts are taken.
        assert found | {"full_name"} >= FIELDS[object].keys()
        assert ("姓名" in header or "客户名称" in header) == (language == "zh")
        assert "attachment" in answer.headers["content-disposition"]

    async def test_is_for_whoever_may_import(self, client: Client, reader: Headers) -> None:
        assert slug(await client.get("/imports/template", headers=reader)) == "forbidden"


class TestErrors:
    async def test_are_audited_as_they_are_read(
        self, client: Client, rep: Headers, platform: Platform, mark: str, database: Database
    ) -> None:
        table = csv_of(*people(1, mark), [f"{mark}-x", "Li", "nobody", "", ""])
        done = await ran(client, rep, platform, await uploaded(client, rep, table))

        book = await client.get(f"/imports/{done['id']}/errors", headers=rep)

        sql = "SELECT actor FROM audit WHERE action = 'customer.import.exported' AND object_id = :id"
        assert counts(done) == {"rows": 2, "created": 1, "failed": 1}
        assert len(read_workbook(book.content)) == 2
        assert await column(database, sql, **done) == [f"user:{UUID(int=2)}"]

    @pytest.mark.parametrize("after", ["-1", "x", "10000001"])
    async def test_refuse_a_row_that_is_none(self, client: Client, rep: Headers, after: str) -> None:
        record = await uploaded(client, rep, csv_of(ROW))

        refused = await client.get(f"/imports/{record['id']}/errors?after={after}", headers=rep)

        assert slug(refused) == "bad-parameter"
