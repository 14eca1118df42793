from uuid import UUID

import httpx
import pytest

from tests.api import slug
from tests.factories.directory import uid

type Headers = dict[str, str]
PERSON = {"email": "ada@example.org", "name": "Ada Lovelace", "password": "enchantress of numbers"}


async def made(client: httpx.AsyncClient, headers: Headers, **fields: object) -> httpx.Response:
    return await client.post("/users", json=PERSON | fields, headers=headers)


async def count(client: httpx.AsyncClient, headers: Headers) -> int:
    return int((await client.get("/users?limit=1", headers=headers)).json()["total"]["count"])


class TestServiceAccount:
    async def test_is_made_without_password_and_shown_apart(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        boss = (await made(client, administrator, email="boss@example.org")).json()["id"]

        answer = await client.post(
            "/users/service-accounts", json={"name": "ERP", "manager_id": boss}, headers=administrator
        )

        account = answer.json()
        people = await client.get("/users?name=ERP", headers=administrator)
        programs = await client.get("/users?is_service=true", headers=administrator)
        assert (answer.status_code, account["is_service"], account["manager_id"]) == (201, True, boss)
        assert [item["id"] for item in people.json()["items"]] == []
        assert [item["id"] for item in programs.json()["items"]] == [account["id"]]

    async def test_never_gets_what_people_sign_in_with(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        boss = (await made(client, administrator, email="chief@example.org")).json()["id"]
        asked = {"name": "Shop", "manager_id": boss}
        account = (await client.post("/users/service-accounts", json=asked, headers=administrator)).json()
        path, headers = f"/users/{account['id']}", administrator | {"If-Match": '"1"'}
        changes = [{"password": PERSON["password"]}, {"email": "shop@example.org"}, {"manager_id": None}]

        refusals = [await client.patch(path, json=each, headers=headers) for each in changes]
        orphan = await client.post(
            "/users/service-accounts", json=asked | {"manager_id": account["id"]}, headers=administrator
        )

        assert [slug(each) for each in (*refusals, orphan)] == ["service-account"] * 4
        assert (await client.get(path, headers=administrator)).json() == account


class TestCreate:
    async def test_answers_the_user_without_his_password(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        response = await made(client, administrator, email="one@example.org", time_zone="Asia/Shanghai")

        assert response.status_code == 201
        assert "password" not in response.text
        read = await client.get(f"/users/{response.json()['id']}", headers=administrator)
        assert (read.json(), read.headers["etag"]) == (response.json(), '"1"')

    @pytest.mark.parametrize(
        "fields",
        [
            {"email": "nobody"},
            {"email": "a\x00@b"},
            {"name": ""},
            {"password": "short"},
            {"locale": "xx"},
            {"time_zone": "Mars/Olympus"},
            {"time_zone": "../etc/passwd"},
            {"role_ids": ["x"]},
            {"role_ids": [str(UUID(int=1))] * 51},
            {"is_active": False},
            {"occurred_at": 5},
        ],
    )
    async def test_refuses_what_is_malformed(
        self, client: httpx.AsyncClient, administrator: Headers, fields: dict[str, object]
    ) -> None:
        before = await count(client, administrator)

        refused = await made(client, administrator, **fields)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await count(client, administrator) == before

    @pytest.mark.parametrize(
        ("password", "expected"),
        [("password1234", "password-too-common"), ("my lovelace 1815", "password-own-words")],
    )
    async def test_refuses_a_weak_password(
        self, client: httpx.AsyncClient, administrator: Headers, password: str, expected: str
    ) -> None:
        before = await count(client, administrator)

        refused = await made(client, administrator | {"Accept-Language": "zh"}, password=password)

        assert (refused.status_code, slug(refused)) == (400, expected)
        assert refused.json()["errors"][0]["pointer"] == "/password"
        assert "密码" in refused.json()["title"]
        assert await count(client, administrator) == before

    async def test_refuses_a_taken_address_and_names_its_user(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        first = await made(client, administrator, email="taken@example.org")

        refused = await made(client, administrator, email="Taken@Example.org")

        assert (refused.status_code, slug(refused)) == (409, "email-taken")
        assert refused.json()["id"] == first.json()["id"]

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, clerk: Headers) -> None:
        refused = await made(client, clerk)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_words_a_refusal_in_chinese(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        refused = await made(
            client, administrator | {"Accept-Language": "zh-CN"}, department_id=str(uid(404))
        )

        assert (slug(refused), refused.json()["title"]) == ("unknown-department", "部门不存在")


class TestBatch:
    async def test_answers_each_item(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        items = [PERSON | {"email": address} for address in ("b1@e.org", "b2@e.org", "b1@e.org")]

        response = await client.post("/users/batch", json={"items": items}, headers=administrator)

        assert [each["status"] for each in response.json()["results"]] == [201, 201, 409]

    async def test_can_be_repeated_by_external_id(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        items = [PERSON | {"email": "x@e.org", "external_id": {"system": "csv", "id": "agent-1"}}]
        first, again = [
            (await client.post("/users/batch", json={"items": items}, headers=administrator)).json()[
                "results"
            ]
            for _ in range(2)
        ]

        assert (first[0]["status"], again[0]["status"]) == (201, 409)
        assert again[0]["problem"]["type"].endswith("/external-id-taken")
        assert again[0]["problem"]["id"] == first[0]["id"]


class TestChange:
    async def test_changes_what_is_sent_alone(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        user = (await made(client, administrator, email="change@example.org")).json()

        response = await client.patch(
            f"/users/{user['id']}", json={"locale": "zh"}, headers=administrator | {"If-Match": '"1"'}
        )

        changed = response.json()
        assert (changed["locale"], changed["name"], changed["version"]) == ("zh", PERSON["name"], 2)

    @pytest.mark.parametrize("body", [{"name": ""}, {"password": ""}, {"email": ""}, {"is_active": False}])
    async def test_refuses_what_is_malformed(
        self, client: httpx.AsyncClient, administrator: Headers, body: dict[str, object]
    ) -> None:
        refused = await client.patch(
            f"/users/{uid(404)}", json=body, headers=administrator | {"If-Match": '"1"'}
        )

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_gives_nobody_another_password_of_his_own(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        body = {"password": PERSON["password"]}

        refused = await client.patch(
            f"/users/{uid(1)}", json=body, headers=administrator | {"If-Match": '"1"'}
        )

        assert (refused.status_code, slug(refused)) == (409, "own-account")


class TestDeactivate:
    async def test_is_undone_by_reactivate(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        user = (await made(client, administrator, email="off@example.org")).json()

        off = await client.post(f"/users/{user['id']}/deactivate", headers=administrator)
        again = await client.post(f"/users/{user['id']}/deactivate", headers=administrator)
        on = await client.post(f"/users/{user['id']}/reactivate", headers=administrator)

        assert (off.json()["is_active"], slug(again), on.json()["is_active"]) == (
            False,
            "already-inactive",
            True,
        )

    async def test_does_not_find_a_stranger(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        refused = await client.post(f"/users/{uid(404)}/deactivate", headers=administrator)

        assert (refused.status_code, slug(refused)) == (404, "not-found")


class TestRead:
    async def test_refuses_the_anonymous(self, client: httpx.AsyncClient) -> None:
        refused = await client.get(f"/users/{uid(1)}")

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")

    async def test_refuses_an_id_that_is_none(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        refused = await client.get("/users/x", headers=administrator)

        assert (refused.status_code, slug(refused)) == (404, "not-found")
