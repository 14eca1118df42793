"""The audit trail over HTTP: searched, exported, within scope; personal values stay sealed."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text

from libs.common.crypto import DataKey, aad_of, seal
from libs.common.db import Database
from libs.common.testing import Scratch
from libs.platform import audit as trail
from tests.api import bearer, colleague, seed, serving, slug
from tests.factories.directory import uid, user

AUDITOR, SELF, READER, SELLER, LEAVER = 1, 2, 3, 4, 5
CIPHERTEXT = seal("Ann", DataKey("0192", bytes(32)), aad_of("toy"))
_ROWS = """
INSERT INTO audit (actor, action, object_type, object_id, version, changes, correlation_id, address)
VALUES (:actor, :action, 'lead', :object_id, 1, :changes, 'trace', '192.0.2.7')"""


@pytest.fixture(scope="module")
def service() -> str:
    return "sales"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    everything = {"audit:read": "all", "audit:export": "all"}
    entries = [
        *colleague(AUDITOR, everything),
        *colleague(SELF, {"audit:read": "own", "audit:export": "own"}),
        *colleague(READER, {"audit:read": "all"}),
        *colleague(SELLER, {"lead:read": "all"}),
        user(LEAVER, is_active=False),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, []) as opened:
        yield opened


@pytest.fixture(autouse=True)
async def rows(database: Database) -> None:
    """Five rows: two of the one who sees only his own, two of somebody else, one of the platform."""
    actors = [f"user:{uid(SELF)}", f"user:{uid(SELLER)}"] * 2 + ["system"]
    changes = orjson.dumps({"name": [None, CIPHERTEXT], "source": ["", "=1+1"]}).decode()
    async with database.engine.begin() as connection:
        await connection.execute(text("TRUNCATE audit RESTART IDENTITY"))
        for number, actor in enumerate(actors, 1):
            row = {"actor": actor, "action": f"sales.lead.{number}", "object_id": str(UUID(int=number))}
            await connection.execute(text(_ROWS), row | {"changes": changes})


async def search(client: httpx.AsyncClient, caller: int, **asked: object) -> list[int]:
    response = await client.get("/audit/sales", params=asked, headers=bearer(caller))  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.json()["items"]]


async def export(client: httpx.AsyncClient, caller: int, kind: str, **asked: object) -> str:
    given = {"format": kind} | asked
    response = await client.get("/audit/sales/export", params=given, headers=bearer(caller))  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    return response.text


async def actions(database: Database) -> Sequence[object]:
    async with database.reading.connect() as connection:
        rows = "SELECT action FROM audit WHERE id > 5 ORDER BY id"
        return (await connection.execute(text(rows))).scalars().all()


class TestSearch:
    async def test_shows_what_was_done_and_nothing_personal(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/audit/sales", params={"id": 1}, headers=bearer(AUDITOR))

        (row,) = response.json()["items"]
        assert row.pop("at").endswith("Z")
        assert row == {
            "id": 1,
            "actor": f"user:{uid(SELF)}",
            "action": "sales.lead.1",
            "object_type": "lead",
            "object_id": str(UUID(int=1)),
            "version": 1,
            "changes": {"name": [None, "[sealed]"], "source": ["", "=1+1"]},
            "correlation_id": "trace",
            "address": "192.0.2.7",
        }

    async def test_reaches_as_far_as_the_scope_over_who_acted(self, client: httpx.AsyncClient) -> None:
        assert await search(client, AUDITOR) == [5, 4, 3, 2, 1]
        assert await search(client, SELF) == [3, 1]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"actor": "system"}, [5]),
            ({"action[in]": "sales.lead.2,sales.lead.4"}, [4, 2]),
            ({"object_id": str(UUID(int=3)), "object_type": "lead"}, [3]),
            ({"id[gt]": 1, "id[lte]": 3, "sort": "id"}, [2, 3]),
            ({"at[gt]": "2200-01-01T00:00:00Z"}, []),
        ],
    )
    async def test_filters(
        self, client: httpx.AsyncClient, asked: dict[str, object], found: list[int]
    ) -> None:
        assert await search(client, AUDITOR, **asked) == found

    async def test_pages_by_key(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/audit/sales", params={"limit": 2}, headers=bearer(AUDITOR))
        cursor = response.json()["next_cursor"]

        assert [each["id"] for each in response.json()["items"]] == [5, 4]
        assert await search(client, AUDITOR, limit=2, cursor=cursor) == [3, 2]

    async def test_refuses_who_may_not_look(self, client: httpx.AsyncClient, database: Database) -> None:
        response = await client.get("/audit/sales", headers=bearer(SELLER))

        assert (response.status_code, slug(response)) == (403, "forbidden")
        assert await actions(database) == ["access.refused"]

    async def test_refuses_strangers(self, client: httpx.AsyncClient, database: Database) -> None:
        response = await client.get("/audit/sales")

        assert (response.status_code, slug(response)) == (401, "unauthenticated")
        assert await actions(database) == []

    async def test_notes_a_refusal_of_who_is_known(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        response = await client.get("/audit/sales", headers=bearer(LEAVER))

        assert (response.status_code, slug(response)) == (401, "unauthenticated")
        async with database.reading.connect() as connection:
            told = "SELECT actor, action, changes->>'problem' AS problem FROM audit WHERE id > 5"
            row = (await connection.execute(text(told))).one()
        assert tuple(row) == (f"user:{uid(LEAVER)}", "access.refused", "unauthenticated")


class TestExport:
    async def test_is_a_table_that_no_spreadsheet_calculates(
        self, client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trail, "_AT_ONCE", 2)

        table = list(csv.DictReader(io.StringIO(await export(client, AUDITOR, "csv", **{"id[lte]": 5}))))

        assert [row["id"] for row in table] == ["5", "4", "3", "2", "1"]
        assert json.loads(table[0]["changes"]) == {"name": [None, "[sealed]"], "source": ["", "=1+1"]}
        assert await actions(database) == ["audit.exported"]

    async def test_is_a_line_of_json_each_within_the_scope(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        asked = {"fields": "id,actor", "id[lt]": 3}

        lines = (await export(client, SELF, "ndjson", **asked)).splitlines()

        assert [json.loads(line) for line in lines] == [{"id": 1, "actor": f"user:{uid(SELF)}"}]
        async with database.reading.connect() as connection:
            told = "SELECT actor, changes FROM audit WHERE action = 'audit.exported'"
            row = (await connection.execute(text(told))).one()
        assert row.actor == f"user:{uid(SELF)}"
        assert row.changes == {"format": "ndjson", "filters": ["fields", "id[lt]"]}

    async def test_never_begins_a_cell_like_a_formula(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        async with database.engine.begin() as connection:
            await connection.execute(text("UPDATE audit SET action = '=HYPERLINK(1)' WHERE id = 1"))

        table = list(csv.DictReader(io.StringIO(await export(client, AUDITOR, "csv", id=1))))

        assert table[0]["action"] == "'=HYPERLINK(1)"

    @pytest.mark.parametrize(
        ("caller", "asked", "status", "problem"),
        [
            (READER, {}, 403, "forbidden"),
            (AUDITOR, {"limit": 5}, 400, "unknown-parameter"),
            (AUDITOR, {"format": "xml"}, 400, None),
            (AUDITOR, {"changes": "x"}, 400, "unknown-parameter"),
        ],
    )
    async def test_refuses(
        self,
        client: httpx.AsyncClient,
        database: Database,
        caller: int,
        asked: dict[str, str],
        status: int,
        problem: str | None,
    ) -> None:
        response = await client.get("/audit/sales/export", params=asked, headers=bearer(caller))

        assert (response.status_code, slug(response)) == (status, problem or slug(response))
        assert "audit.exported" not in await actions(database)
