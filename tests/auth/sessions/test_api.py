import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from services.auth.departments.api import router as departments
from services.auth.roles.api import router as roles
from services.auth.sessions.api import router as sessions
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.api import router as users
from services.auth.users.commands import begin_administration
from tests.api import serving, slug
from tests.auth.stream import deliver, transactions_of

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
    async with serving(scratched.settings, [sessions, users, departments, roles]) as opened:
        yield opened


async def signed_in(client: httpx.AsyncClient, **changed: str) -> httpx.Response:
    return await client.post("/auth/sign-in", json=ADMIN | changed)


def held(tokens: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.json()['access_token']}"}


async def refreshed(client: httpx.AsyncClient, refresh_token: str) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": refresh_token})


class TestSignIn:
    async def test_gives_tokens_that_open_doors(self, client: httpx.AsyncClient) -> None:
        tokens = await signed_in(client)

        me = await client.get("/auth/me", headers=held(tokens))
        assert (tokens.status_code, tokens.headers["cache-control"]) == (200, "no-store")
        assert (me.json()["email"], me.json()["permissions"]) == (ADMIN["email"], {"*:*": ["all"]})

    async def test_takes_the_address_in_any_case(self, client: httpx.AsyncClient) -> None:
        assert (await signed_in(client, email=" Admin@Example.ORG ")).status_code == 200

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"email": "nobody@example.org"}])
    async def test_refuses_every_wrong_thing_alike(
        self, client: httpx.AsyncClient, wrong: dict[str, str]
    ) -> None:
        refused = await signed_in(client, **wrong)

        assert (refused.status_code, slug(refused)) == (401, "bad-credentials")

    async def test_leaves_an_audit_row_for_each_refusal(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        count = text("SELECT count(*) FROM audit WHERE action = 'session.refused'")
        async with database.reading.connect() as connection:
            before = (await connection.execute(count)).scalar_one()
            await signed_in(client, password="wrong")

            after = (await connection.execute(count)).scalar_one()

        assert after - before == 1

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"email": "a"},
            {"email": 1, "password": 2},
            ADMIN | {"x": 1},
            {"email": "\x00", "password": "x"},
        ],
    )
    async def test_refuses_a_malformed_body(self, client: httpx.AsyncClient, body: dict[str, object]) -> None:
        refused = await client.post("/auth/sign-in", json=body)

        assert (refused.status_code, slug(refused)) == (422, "malformed")


class TestRefresh:
    async def test_gives_the_next_tokens(self, client: httpx.AsyncClient) -> None:
        first = (await signed_in(client)).json()["refresh_token"]

        second = await refreshed(client, first)

        assert second.status_code == 200
        assert second.json()["refresh_token"] != first
        assert (await client.get("/auth/me", headers=held(second))).status_code == 200

    async def test_answers_a_repetition_with_the_same_successor(self, client: httpx.AsyncClient) -> None:
        first = (await signed_in(client)).json()["refresh_token"]

        second, again = [await refreshed(client, first) for _ in range(2)]

        assert second.json()["refresh_token"] == again.json()["refresh_token"]

    async def test_ends_the_family_when_an_old_token_comes_back(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        first = await signed_in(client)
        second = await refreshed(client, first.json()["refresh_token"])
        third = await refreshed(client, second.json()["refresh_token"])

        stolen = await refreshed(client, first.json()["refresh_token"])

        assert (stolen.status_code, slug(stolen)) == (401, "session-ended")
        assert (await refreshed(client, third.json()["refresh_token"])).status_code == 401
        await deliver(database)
        assert await eventually_refused(client, held(third))

    @pytest.mark.parametrize(
        "token", ["", "x", "1.2.3", f"{UUID(int=1).hex}.1.x", f"{UUID(int=1).hex}.-1.é", "9" * 200]
    )
    async def test_refuses_a_forged_token(self, client: httpx.AsyncClient, token: str) -> None:
        refused = await refreshed(client, token)

        assert (refused.status_code, slug(refused)) == (401, "session-ended")

    async def test_refuses_another_generation_under_the_same_proof(self, client: httpx.AsyncClient) -> None:
        tokens = await signed_in(client)
        family, _, proof = tokens.json()["refresh_token"].split(".")

        refused = await refreshed(client, f"{family}.2.{proof}")

        assert refused.status_code == 401
        assert (await refreshed(client, tokens.json()["refresh_token"])).status_code == 200


async def eventually_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    """Ask until the replica has looked again: at most two seconds."""
    for _ in range(40):
        if (await client.get("/auth/me", headers=headers)).status_code == 401:
            return True
        await asyncio.sleep(0.05)
    return False


class TestSignOut:
    async def test_ends_the_session_everywhere(self, client: httpx.AsyncClient, database: Database) -> None:
        tokens = await signed_in(client)

        response = await client.post("/auth/sign-out", headers=held(tokens))

        assert response.status_code == 204
        assert (await refreshed(client, tokens.json()["refresh_token"])).status_code == 401
        await deliver(database)
        assert await eventually_refused(client, held(tokens))

    async def test_leaves_other_sessions_open(self, client: httpx.AsyncClient, database: Database) -> None:
        one, other = await signed_in(client), await signed_in(client)

        await client.post("/auth/sign-out", headers=held(one))

        await deliver(database)
        assert await eventually_refused(client, held(one))
        assert (await client.get("/auth/me", headers=held(other))).status_code == 200


class TestKeys:
    async def test_are_public_halves_alone(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/auth/jwks")

        assert [sorted(key) for key in response.json()["keys"]] == [["crv", "kid", "kty", "x"]]


class TestDeactivate:
    async def test_ends_tokens_and_sessions(self, client: httpx.AsyncClient, database: Database) -> None:
        admin = held(await signed_in(client))
        person = {"email": "ada@example.org", "name": "Ada", "password": "enchantress of numbers"}
        made = await client.post("/users", json=person, headers=admin)
        await deliver(database)
        tokens = await signed_in(client, email=person["email"], password=person["password"])
        assert (await client.get("/auth/me", headers=held(tokens))).status_code == 200

        await client.post(f"/users/{made.json()['id']}/deactivate", headers=admin)

        await deliver(database)
        assert await eventually_refused(client, held(tokens))
        assert (await refreshed(client, tokens.json()["refresh_token"])).status_code == 401
        assert (
            await signed_in(client, email=person["email"], password=person["password"])
        ).status_code == 401


class TestNewUser:
    async def test_can_act_as_soon_as_the_directory_has_him(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        admin = held(await signed_in(client))
        person = {"email": "grace@example.org", "name": "Grace", "password": "first compiler 1952"}
        await client.post("/users", json=person, headers=admin)
        tokens = await signed_in(client, email=person["email"], password=person["password"])

        asked = asyncio.create_task(client.get("/auth/me", headers=held(tokens)))
        await deliver(database)

        assert (await asked).status_code == 200

    async def test_is_told_to_wait_while_the_directory_is_behind(self, client: httpx.AsyncClient) -> None:
        admin = held(await signed_in(client))
        person = {"email": "alan@example.org", "name": "Alan", "password": "bombe at the park"}
        await client.post("/users", json=person, headers=admin)
        tokens = await signed_in(client, email=person["email"], password=person["password"])

        refused = await client.get("/auth/me", headers=held(tokens))

        assert (refused.status_code, slug(refused)) == (503, "directory-behind")
        assert refused.headers["retry-after"] == "1"
