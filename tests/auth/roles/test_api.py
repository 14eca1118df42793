import httpx
import pytest

from tests.api import slug

type Headers = dict[str, str]


async def made(client: httpx.AsyncClient, headers: Headers, permissions: object) -> httpx.Response:
    return await client.post("/roles", json={"name": "Role", "permissions": permissions}, headers=headers)


class TestCreate:
    async def test_answers_the_new_role(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        response = await made(client, administrator, {"opportunity:read": "tree", "*:*": "own"})

        assert response.status_code == 201
        read = await client.get(f"/roles/{response.json()['id']}", headers=administrator)
        assert read.json() == response.json()

    @pytest.mark.parametrize(
        "permissions",
        [
            {"opportunity:read": "everything"},
            {"opportunity": "own"},
            {"Opportunity:read": "own"},
            {"*:read": "own"},
            {"a:b\n": "own"},
            ["opportunity:read"],
            {"a:b": None},
        ],
    )
    async def test_refuses_what_is_no_permission(
        self, client: httpx.AsyncClient, administrator: Headers, permissions: object
    ) -> None:
        refused = await made(client, administrator, permissions)

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, clerk: Headers) -> None:
        refused = await made(client, clerk, {})

        assert (refused.status_code, slug(refused)) == (403, "forbidden")


class TestChange:
    async def test_replaces_the_permissions(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        role = (await made(client, administrator, {"lead:read": "all"})).json()

        response = await client.patch(
            f"/roles/{role['id']}",
            json={"permissions": {"lead:read": "own"}},
            headers=administrator | {"If-Match": '"1"'},
        )

        assert (response.json()["permissions"], response.json()["version"]) == ({"lead:read": "own"}, 2)


class TestDelete:
    async def test_hides_the_role(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        role = (await made(client, administrator, {})).json()

        response = await client.delete(f"/roles/{role['id']}", headers=administrator | {"If-Match": '"1"'})

        listed = await client.get("/roles?limit=200", headers=administrator)
        assert response.status_code == 200
        assert role["id"] not in [each["id"] for each in listed.json()["items"]]


class TestList:
    async def test_refuses_the_anonymous(self, client: httpx.AsyncClient) -> None:
        refused = await client.get("/roles")

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")
