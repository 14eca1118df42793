from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.testing import Scratch
from services.auth.api_keys.api import router as api_keys
from services.auth.sessions.api import router as sessions
from tests.api import bearer, colleague, seed, serving, slug, through_key
from tests.factories.auth import make_user
from tests.factories.directory import api_key, uid

ADMINISTRATOR, CLERK, NOBODY = 1, 2, 3
OWN = {"api-key:create": "own", "api-key:read": "own", "api-key:revoke": "own", "lead:read": "own"}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
KEY, EXPIRED, REVOKED, OTHERS, WIDE = 51, 52, 53, 54, 55


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    entries = [
        *colleague(ADMINISTRATOR, {"*:*": "all"}),
        *colleague(CLERK, OWN),
        *colleague(NOBODY, {}),
        api_key(KEY, ADMINISTRATOR, ["api-key:read"], expires_at=TOMORROW),
        api_key(WIDE, CLERK, ["*:*"]),
        api_key(EXPIRED, ADMINISTRATOR, ["api-key:read"], expires_at=YESTERDAY),
        api_key(REVOKED, ADMINISTRATOR, ["api-key:read"], deleted=True),
        api_key(OTHERS, CLERK, ["api-key:read"]),
    ]
    await seed(scratched.database, entries)
    async with scratched.database.session() as session:
        for number in (ADMINISTRATOR, CLERK):
            session.add(make_user(user_id=uid(number), email=f"{number}@example.org"))
        await session.commit()
    async with serving(scratched.settings, [api_keys, sessions]) as opened:
        yield opened


async def made(client: httpx.AsyncClient, number: int = CLERK, **changed: Any) -> httpx.Response:
    body = {"name": "Reports", "scopes": ["lead:read"]} | changed
    return await client.post("/api-keys", json=body, headers=bearer(number))


async def count(client: httpx.AsyncClient) -> int:
    answer = await client.get("/api-keys", headers=bearer(ADMINISTRATOR))
    return int(answer.json()["total"]["count"])


class TestCreate:
    async def test_shows_the_secret_this_once(self, client: httpx.AsyncClient) -> None:
        answer = await made(client, expires_at=TOMORROW, requests_per_minute=30)

        body = answer.json()
        assert (answer.status_code, body["scopes"], body["requests_per_minute"]) == (201, ["lead:read"], 30)
        assert body["secret"].startswith(f"plx_{body['prefix']}_")
        again = await client.get(f"/api-keys/{body['id']}", headers=bearer(CLERK))
        assert again.json() == {name: value for name, value in body.items() if name != "secret"}

    async def test_needs_the_permission(self, client: httpx.AsyncClient) -> None:
        before = await count(client)

        refused = await made(client, NOBODY)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert await count(client) == before

    async def test_gives_no_more_than_one_has(self, client: httpx.AsyncClient) -> None:
        before = await count(client)

        refused = await made(client, scopes=["lead:read", "lead:update"])

        assert (refused.status_code, refused.json()["detail"]) == (403, "lead:update")
        assert await count(client) == before

    async def test_refuses_one_that_has_expired(self, client: httpx.AsyncClient) -> None:
        refused = await made(client, expires_at=YESTERDAY)

        assert (refused.status_code, slug(refused)) == (400, "already-expired")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"scopes": []},
            {"scopes": ["everything"]},
            {"requests_per_minute": 0},
            {"user_id": str(UUID(int=ADMINISTRATOR))},
            {"expires_at": "tomorrow"},
            {"name": ""},
        ],
        ids=["no scope", "no permission", "no requests", "for another", "no time", "no name"],
    )
    async def test_refuses_a_malformed_body(self, client: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
        refused = await made(client, **wrong)

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_is_closed_to_strangers(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/api-keys", json={})).status_code == 401


class TestList:
    async def test_shows_each_his_own(self, client: httpx.AsyncClient) -> None:
        mine = (await made(client)).json()["id"]
        theirs = (await made(client, ADMINISTRATOR)).json()["id"]

        own = await client.get("/api-keys?limit=200", headers=bearer(CLERK))
        every = await client.get("/api-keys?limit=200", headers=bearer(ADMINISTRATOR))

        seen, all_of_them = ({item["id"] for item in page.json()["items"]} for page in (own, every))
        assert mine in seen
        assert theirs not in seen
        assert {mine, theirs} <= all_of_them
        assert not any("secret" in name for item in every.json()["items"] for name in item)

    async def test_hides_anothers_key(self, client: httpx.AsyncClient) -> None:
        theirs = (await made(client, ADMINISTRATOR)).json()["id"]

        refused = await client.get(f"/api-keys/{theirs}", headers=bearer(CLERK))

        assert (refused.status_code, slug(refused)) == (404, "not-found")


class TestRotate:
    async def test_shows_both_keys_and_one_secret(self, client: httpx.AsyncClient) -> None:
        old = (await made(client)).json()

        answer = await client.post(
            f"/api-keys/{old['id']}/rotate", json={"overlap_seconds": 60}, headers=bearer(CLERK)
        )

        new = answer.json()
        page = await client.get("/api-keys?limit=200", headers=bearer(CLERK))
        ends = {item["id"]: bool(item["expires_at"]) for item in page.json()["items"]}
        assert answer.status_code == 201
        assert new["secret"] != old["secret"]
        assert (ends[old["id"]], ends[new["id"]], new["replaces_id"]) == (True, False, old["id"])

    @pytest.mark.parametrize("seconds", [-1, 604_801, "day"])
    async def test_refuses_another_overlap(self, client: httpx.AsyncClient, seconds: object) -> None:
        old = (await made(client)).json()

        refused = await client.post(
            f"/api-keys/{old['id']}/rotate", json={"overlap_seconds": seconds}, headers=bearer(CLERK)
        )

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_is_closed_to_others(self, client: httpx.AsyncClient) -> None:
        path = f"/api-keys/{(await made(client, ADMINISTRATOR)).json()['id']}/rotate"

        assert (await client.post(path, json={})).status_code == 401
        assert (await client.post(path, json={}, headers=bearer(NOBODY))).status_code == 403
        assert (await client.post(path, json={}, headers=bearer(CLERK))).status_code == 404


class TestRevoke:
    async def test_ends_a_key_once(self, client: httpx.AsyncClient) -> None:
        identity = (await made(client)).json()["id"]

        first = await client.post(f"/api-keys/{identity}/revoke", headers=bearer(CLERK))
        second = await client.post(f"/api-keys/{identity}/revoke", headers=bearer(CLERK))

        assert first.json()["deleted_at"]
        assert (second.status_code, slug(second)) == (409, "already-revoked")

    async def test_hides_anothers_key(self, client: httpx.AsyncClient) -> None:
        identity = (await made(client, ADMINISTRATOR)).json()["id"]

        refused = await client.post(f"/api-keys/{identity}/revoke", headers=bearer(CLERK))

        assert refused.status_code == 404
        kept = await client.get(f"/api-keys/{identity}", headers=bearer(ADMINISTRATOR))
        assert kept.json()["deleted_at"] is None


class TestActingThroughAKey:
    async def test_may_what_its_scopes_name_alone(self, client: httpx.AsyncClient) -> None:
        headers = through_key(ADMINISTRATOR, KEY)

        assert (await client.get("/api-keys", headers=headers)).status_code == 200
        refused = await client.post("/api-keys", json={"name": "x", "scopes": ["lead:read"]}, headers=headers)
        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_sees_what_it_may_do(self, client: httpx.AsyncClient) -> None:
        narrow = await client.get("/auth/me", headers=through_key(ADMINISTRATOR, KEY))
        wide = await client.get("/auth/me", headers=through_key(CLERK, WIDE))
        himself = await client.get("/auth/me", headers=bearer(CLERK))

        assert narrow.json()["permissions"] == {"api-key:read": ["all"]}
        assert (
            wide.json()["permissions"] == himself.json()["permissions"] == {n: ["own"] for n in sorted(OWN)}
        )

    @pytest.mark.parametrize(
        "key", [EXPIRED, REVOKED, OTHERS, 404], ids=["expired", "revoked", "of another user", "unknown"]
    )
    async def test_is_nobody_through_a_key_that_is_not_good(
        self, client: httpx.AsyncClient, key: int
    ) -> None:
        refused = await client.get("/api-keys", headers=through_key(ADMINISTRATOR, key))

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")
