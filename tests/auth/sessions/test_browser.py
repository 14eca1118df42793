"""Signing in and out by a browser; what its cookie is worth is the exchange's matter."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from services.auth.origins import NAME
from services.auth.sessions.api import router as sessions
from services.auth.sessions.model import cookie_hash
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.commands import begin_administration
from tests.api import seed, serving, slug, token
from tests.auth.stream import deliver, transactions_of
from tests.factories.directory import user

ADMIN = {"email": "admin@example.org", "password": "correct horse"}


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    transactions = transactions_of(scratched)
    await transactions.run(Cause("system", "test"), rotate_signing_keys)
    await transactions.run(
        Cause("system", "test"),
        lambda session: begin_administration(session, ADMIN["email"], ADMIN["password"]),
    )
    await deliver(scratched.database)
    await seed(scratched.database, [user(1, dv=100)])
    async with serving(scratched.settings, [sessions]) as opened:
        yield opened


async def signed_in(client: httpx.AsyncClient, **changed: str) -> httpx.Response:
    return await client.post("/auth/web/sign-in", json=ADMIN | changed)


async def rows(database: Database, table: str) -> list[str]:
    async with database.reading.connect() as connection:
        return list((await connection.execute(text(f'SELECT "{table}"::text FROM "{table}"'))).scalars())


class TestSignIn:
    async def test_answers_with_a_cookie_that_no_script_can_read(self, client: httpx.AsyncClient) -> None:
        answer = await signed_in(client)

        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.json().keys() == {"user_id", "expires_at"}
        name, _, rest = answer.headers["set-cookie"].partition("=")
        value, *attributes = rest.split("; ")
        assert (name, len(value)) == (NAME, 43)
        assert {each.lower() for each in attributes} == {
            "httponly",
            "secure",
            "samesite=lax",
            "path=/",
            "max-age=2592000",
        }

    async def test_stores_its_hash_alone(self, client: httpx.AsyncClient, database: Database) -> None:
        value = (await signed_in(client)).cookies[NAME]

        stored = await rows(database, "cookie")
        assert any(cookie_hash(value) in row for row in stored)
        assert not any(value in row for row in stored)

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"email": "nobody@example.org"}])
    async def test_refuses_every_wrong_thing_alike(
        self, client: httpx.AsyncClient, database: Database, wrong: dict[str, str]
    ) -> None:
        before = len(await rows(database, "session"))

        refused = await signed_in(client, **wrong)

        assert (refused.status_code, slug(refused)) == (401, "bad-credentials")
        assert "set-cookie" not in refused.headers
        assert len(await rows(database, "session")) == before

    async def test_refuses_another_sites_page(self, client: httpx.AsyncClient, database: Database) -> None:
        before = len(await rows(database, "session"))

        refused = await client.post(
            "/auth/web/sign-in", json=ADMIN, headers={"Origin": "https://evil.example"}
        )

        assert (refused.status_code, slug(refused)) == (403, "foreign-origin")
        assert len(await rows(database, "session")) == before

    async def test_refuses_a_malformed_body(self, client: httpx.AsyncClient) -> None:
        refused = await client.post("/auth/web/sign-in", json={"email": 1})

        assert (refused.status_code, slug(refused)) == (422, "malformed")


class TestSignOut:
    async def test_ends_the_session_and_takes_the_cookie(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        await signed_in(client)
        async with database.reading.connect() as connection:
            newest = text("SELECT id FROM session ORDER BY created_at DESC LIMIT 1")
            session_id = (await connection.execute(newest)).scalar_one()
        headers = {"Authorization": f"Bearer {token(1, session=session_id)}"}

        answer = await client.post("/auth/web/sign-out", headers=headers)

        assert answer.status_code == 204
        assert answer.headers["set-cookie"].startswith(f'{NAME}=""; HttpOnly; Max-Age=0')
        assert any(str(session_id) in row for row in await rows(database, "revocation"))

    async def test_is_closed_to_strangers(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/auth/web/sign-out")).status_code == 401
