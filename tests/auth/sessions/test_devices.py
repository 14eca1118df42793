"""One's own devices and password, which no program may touch."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.platform.directory.entries import Entry
from services.auth.lockouts.model import RULES
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.commands import begin_administration
from tests.api import seed, serving, slug, through_key
from tests.auth.stream import deliver, transactions_of
from tests.factories.directory import uid, user

ADMIN = {"email": "admin@example.org", "password": "correct horse"}
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PROGRAM, KEY = 7, 70
NEW = "battery staple"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    transactions = transactions_of(scratched)
    await transactions.run(Cause("system", "test"), rotate_signing_keys)
    await transactions.run(
        Cause("system", "test"),
        lambda session: begin_administration(session, ADMIN["email"], ADMIN["password"]),
    )
    await deliver(scratched.database)
    key = {"user_id": str(uid(PROGRAM)), "scopes": ["*:*"], "expires_at": None}
    await seed(scratched.database, [user(PROGRAM, dv=100), Entry("api-key", str(uid(KEY)), 100, key)])
    async with serving(scratched.settings, [sessions]) as opened:
        yield opened


async def signed_in(client: httpx.AsyncClient, password: str = ADMIN["password"]) -> dict[str, str]:
    headers = {"User-Agent": CHROME, "X-Forwarded-For": "203.0.113.7"}
    answer = await client.post("/auth/sign-in", json=ADMIN | {"password": password}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def devices(client: httpx.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await client.get("/auth/sessions", headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["devices"])


async def changed(
    client: httpx.AsyncClient, headers: dict[str, str], current: str, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "password": new}
    return await client.post("/auth/password", json=body, headers=headers)


class TestList:
    async def test_names_device_and_network_and_no_address(self, client: httpx.AsyncClient) -> None:
        await signed_in(client)
        here = await signed_in(client)

        found = await devices(client, here)

        current = [each for each in found if each["is_current"]]
        assert (len(found), len(current)) == (2, 1)
        assert (current[0]["device"], current[0]["address"]) == ("Chrome, Windows", "203.0.*.*")


class TestRevoke:
    async def test_ends_one_of_ones_own(self, client: httpx.AsyncClient, database: Database) -> None:
        here = await signed_in(client)
        other = next(each for each in await devices(client, here) if not each["is_current"])

        done = await client.post(f"/auth/sessions/{other['id']}/revoke", headers=here)
        again = await client.post(f"/auth/sessions/{other['id']}/revoke", headers=here)

        assert (done.status_code, again.status_code) == (204, 404)
        assert other["id"] not in {each["id"] for each in await devices(client, here)}
        await deliver(database)

    async def test_does_not_know_another_users(self, client: httpx.AsyncClient, database: Database) -> None:
        here = await signed_in(client)
        foreign = UUID(int=5)
        given = text(
            "INSERT INTO session (id, user_id, secret, generation, rotated_at, created_at, expires_at)"
            " VALUES (:id, :id, 'x', 1, now(), now(), now() + interval '1 day')"
        )
        async with database.session() as session:
            await session.execute(given, {"id": foreign})
            await session.commit()

        refused = await client.post(f"/auth/sessions/{foreign}/revoke", headers=here)

        assert (refused.status_code, slug(refused)) == (404, "not-found")
        left = text("SELECT revoked_at FROM session WHERE id = :id")
        async with database.reading.connect() as connection:
            assert (await connection.execute(left, {"id": foreign})).scalar_one() is None

    async def test_ends_all_others(self, client: httpx.AsyncClient) -> None:
        await signed_in(client)
        here = await signed_in(client)

        done = await client.post("/auth/sessions/revoke-others", headers=here)

        assert done.status_code == 204
        assert [each["is_current"] for each in await devices(client, here)] == [True]


class TestPassword:
    async def test_refuses_a_wrong_one_and_counts_it(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        here = await signed_in(client)

        refused = [await changed(client, here, "wrong") for _ in range(RULES["account"].free + 1)]

        assert [slug(each) for each in refused[-2:]] == ["wrong-password", "locked-out"]
        async with database.session() as session:
            await session.execute(text("DELETE FROM lockout"))
            await session.commit()
        assert await signed_in(client)

    async def test_is_changed_and_ends_every_session(self, client: httpx.AsyncClient) -> None:
        here = await signed_in(client)
        refused = [await changed(client, here, ADMIN["password"], each) for each in ("short", "password1234")]

        done = await changed(client, here, ADMIN["password"])

        assert [each.status_code for each in (*refused, done)] == [422, 400, 204]
        there = await signed_in(client, NEW)
        assert [each["is_current"] for each in await devices(client, there)] == [True]
        await changed(client, there, NEW, ADMIN["password"])


class TestProgram:
    @pytest.mark.parametrize("path", ["sessions/revoke-others", f"sessions/{UUID(int=1)}/revoke"])
    async def test_ends_no_session(self, client: httpx.AsyncClient, path: str) -> None:
        refused = await client.post(f"/auth/{path}", headers=through_key(PROGRAM, KEY))

        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_sees_no_devices(self, client: httpx.AsyncClient) -> None:
        refused = await client.get("/auth/sessions", headers=through_key(PROGRAM, KEY))

        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_changes_no_password(self, client: httpx.AsyncClient) -> None:
        refused = await changed(client, through_key(PROGRAM, KEY), "x")

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
