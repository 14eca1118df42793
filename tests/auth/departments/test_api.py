from uuid import UUID

import httpx

from tests.api import slug

type Headers = dict[str, str]


async def made(client: httpx.AsyncClient, headers: Headers, name: str, **fields: object) -> dict[str, object]:
    response = await client.post("/departments", json={"name": name, **fields}, headers=headers)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def count(client: httpx.AsyncClient, headers: Headers) -> int:
    return int((await client.get("/departments?limit=1", headers=headers)).json()["total"]["count"])


class TestCreate:
    async def test_answers_the_new_department(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        root = await made(client, administrator, "Sales")

        child = await made(client, administrator, "East", parent_id=root["id"])

        read = await client.get(f"/departments/{child['id']}", headers=administrator)
        assert read.json()["parent_id"] == root["id"]
        assert (read.status_code, read.headers["etag"]) == (200, '"1"')

    async def test_refuses_an_unknown_parent(
        self, client: httpx.AsyncClient, administrator: Headers, stranger: UUID
    ) -> None:
        before = await count(client, administrator)

        refused = await client.post(
            "/departments", json={"name": "X", "parent_id": str(stranger)}, headers=administrator
        )

        assert (refused.status_code, slug(refused)) == (409, "unknown-department")
        assert await count(client, administrator) == before

    async def test_refuses_a_taken_external_id(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        reference = {"system": "csv", "id": "d-1"}
        first = await made(client, administrator, "First", external_id=reference)

        refused = await client.post(
            "/departments", json={"name": "Again", "external_id": reference}, headers=administrator
        )

        assert (refused.status_code, slug(refused)) == (409, "external-id-taken")
        assert refused.json()["id"] == first["id"]

    async def test_refuses_an_unknown_field(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        refused = await client.post("/departments", json={"name": "X", "boss": 1}, headers=administrator)

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_refuses_the_anonymous(self, client: httpx.AsyncClient) -> None:
        refused = await client.post("/departments", json={"name": "X"})

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, clerk: Headers) -> None:
        before = await count(client, clerk)

        refused = await client.post("/departments", json={"name": "X"}, headers=clerk)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert await count(client, clerk) == before

    async def test_does_once_what_is_repeated_under_a_key(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        keyed = administrator | {"Idempotency-Key": "once"}

        first, again = [
            await client.post("/departments", json={"name": "Once"}, headers=keyed) for _ in range(2)
        ]

        assert first.json() == again.json()


class TestBatch:
    async def test_answers_each_item(
        self, client: httpx.AsyncClient, administrator: Headers, stranger: UUID
    ) -> None:
        items = [{"name": "A"}, {"name": ""}, {"name": "B", "parent_id": str(stranger)}, {"name": "C"}]

        response = await client.post("/departments/batch", json={"items": items}, headers=administrator)

        assert [each["status"] for each in response.json()["results"]] == [201, 422, 409, 201]


class TestChange:
    async def test_renames_under_the_version_that_was_read(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        department = await made(client, administrator, "Nrth")

        response = await client.patch(
            f"/departments/{department['id']}",
            json={"name": "North"},
            headers=administrator | {"If-Match": '"1"'},
        )

        assert (response.status_code, response.json()["name"], response.headers["etag"]) == (
            200,
            "North",
            '"2"',
        )

    async def test_demands_a_version(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        department = await made(client, administrator, "South")

        refused = await client.patch(
            f"/departments/{department['id']}", json={"name": "X"}, headers=administrator
        )

        assert (refused.status_code, slug(refused)) == (428, "precondition-required")

    async def test_refuses_a_stale_version(self, client: httpx.AsyncClient, administrator: Headers) -> None:
        department = await made(client, administrator, "West")

        refused = await client.patch(
            f"/departments/{department['id']}",
            json={"name": "X"},
            headers=administrator | {"If-Match": '"7"'},
        )

        assert (refused.status_code, slug(refused)) == (412, "stale-version")
        read = await client.get(f"/departments/{department['id']}", headers=administrator)
        assert read.json()["name"] == "West"


class TestMove:
    async def test_refuses_to_stand_below_itself(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        root = await made(client, administrator, "Root")
        child = await made(client, administrator, "Child", parent_id=root["id"])

        refused = await client.post(
            f"/departments/{root['id']}/move", json={"parent_id": child["id"]}, headers=administrator
        )

        assert (refused.status_code, slug(refused)) == (409, "department-cycle")

    async def test_puts_it_under_another_parent(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        root, other = await made(client, administrator, "R"), await made(client, administrator, "O")

        moved = await client.post(
            f"/departments/{other['id']}/move", json={"parent_id": root["id"]}, headers=administrator
        )

        assert moved.json()["parent_id"] == root["id"]


class TestDelete:
    async def test_refuses_while_departments_stand_below(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        root = await made(client, administrator, "Full")
        await made(client, administrator, "Inside", parent_id=root["id"])

        refused = await client.delete(
            f"/departments/{root['id']}", headers=administrator | {"If-Match": '"1"'}
        )

        assert (refused.status_code, slug(refused)) == (409, "department-in-use")

    async def test_takes_an_empty_one_out_of_the_list(
        self, client: httpx.AsyncClient, administrator: Headers
    ) -> None:
        empty = await made(client, administrator, "Empty")

        await client.delete(f"/departments/{empty['id']}", headers=administrator | {"If-Match": '"1"'})

        listed = await client.get("/departments?name=Empty", headers=administrator)
        assert listed.json()["items"] == []
