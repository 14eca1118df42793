from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from services.auth.lockouts.model import RULES
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.api import router as users
from tests.api import bearer, colleague, seed, serving, slug
from tests.auth.stream import transactions_of

PASSWORD = "correct horse"
FREE = RULES["account"].free


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    transactions = transactions_of(scratched)
    await transactions.run(Cause("system", "test"), rotate_signing_keys)
    await seed(scratched.database, [*colleague(1, {"*:*": "all"}), *colleague(2, {"user:read": "all"})])
    async with serving(scratched.settings, [sessions, users]) as opened:
        yield opened


async def made(client: httpx.AsyncClient, email: str) -> UUID:
    body = {"email": email, "name": "Ada", "password": PASSWORD}
    return UUID((await client.post("/users", json=body, headers=bearer(1))).json()["id"])


async def tried(
    client: httpx.AsyncClient, email: str, password: str = "wrong", address: str = "192.0.2.1"
) -> httpx.Response:
    headers = {"X-Forwarded-For": address}
    return await client.post("/auth/sign-in", json={"email": email, "password": password}, headers=headers)


async def pass_time(database: Database, by: timedelta) -> None:
    """Let every lockout be as much older."""
    async with database.session() as session:
        await session.execute(
            text("UPDATE lockout SET locked_until = locked_until - CAST(:by AS interval)"), {"by": by}
        )
        await session.commit()


class TestAccount:
    @pytest.mark.parametrize("name", ["known", "unknown"])
    async def test_is_locked_known_or_not(self, client: httpx.AsyncClient, name: str) -> None:
        email = f"{name}@example.org"
        if name == "known":
            await made(client, email)
        answers = [await tried(client, email) for _ in range(FREE)]

        refused = await tried(client, email, PASSWORD)

        assert [slug(each) for each in answers] == ["bad-credentials"] * FREE
        assert (refused.status_code, slug(refused)) == (429, "locked-out")
        assert 0 < int(refused.headers["retry-after"]) <= 30

    async def test_opens_again_with_time(self, client: httpx.AsyncClient, database: Database) -> None:
        email = "patient@example.org"
        await made(client, email)
        for _ in range(FREE):
            await tried(client, email)

        await pass_time(database, timedelta(seconds=31))

        assert (await tried(client, email, PASSWORD)).status_code == 200

    async def test_counts_anew_after_a_success(self, client: httpx.AsyncClient) -> None:
        email = "forgetful@example.org"
        await made(client, email)

        for _ in range(2):
            for _ in range(FREE - 1):
                await tried(client, email)
            assert (await tried(client, email, PASSWORD)).status_code == 200

    async def test_is_unlocked_by_an_administrator_alone(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        email = "helped@example.org"
        user_id = await made(client, email)
        for _ in range(FREE):
            await tried(client, email)

        refused = await client.post(f"/users/{user_id}/unlock", headers=bearer(2))
        assert refused.status_code == 403
        assert (await tried(client, email, PASSWORD)).status_code == 429
        done = await client.post(f"/users/{user_id}/unlock", headers=bearer(1))

        assert done.status_code == 204
        assert (await tried(client, email, PASSWORD)).status_code == 200
        told = text("SELECT action FROM audit WHERE object_id = :id ORDER BY id")
        async with database.reading.connect() as connection:
            seen = (await connection.execute(told, {"id": str(user_id)})).scalars().all()
        assert "session.locked_out" in seen
        assert seen[-2:] == ["session.unlocked", "session.opened"]

    async def test_cannot_be_unlocked_where_there_is_none(self, client: httpx.AsyncClient) -> None:
        refused = await client.post(f"/users/{UUID(int=404)}/unlock", headers=bearer(1))

        assert (refused.status_code, slug(refused)) == (404, "not-found")


class TestAddress:
    async def test_is_locked_whatever_account_it_tries(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        await made(client, "bystander@example.org")
        await tried(client, "first@example.org", address="198.51.100.1")
        nearly = text("UPDATE lockout SET failures = :most WHERE kind = 'address' AND failures = 1")
        async with database.session() as session:
            await session.execute(nearly, {"most": RULES["address"].free - 1})
            await session.commit()
        # What a caller puts before the gateway's own word counts for nothing.
        await tried(client, "another@example.org", address="203.0.113.9, 198.51.100.1")

        refused = await tried(client, "bystander@example.org", PASSWORD, address="198.51.100.1")
        elsewhere = await tried(client, "bystander@example.org", PASSWORD, address="198.51.100.2")

        assert (refused.status_code, elsewhere.status_code) == (429, 200)


class TestWork:
    async def test_is_the_same_for_known_and_unknown(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await made(client, "work@example.org")
        await tried(client, "warm@example.org")
        done: list[str] = []
        verify: Callable[..., bool] = PasswordHasher.verify

        def counting(self: PasswordHasher, hashed: str, password: str) -> bool:
            done.append(hashed.rsplit("$", 2)[0])
            return verify(self, hashed, password)

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        for email in ("work@example.org", "nobody@example.org"):
            await tried(client, email)

        assert len(done) == 2
        assert done[0] == done[1]
