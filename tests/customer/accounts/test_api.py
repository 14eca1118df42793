"""Accounts over HTTP: what is answered, what is refused, and that a refusal changes nothing."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    """An account with a name of its own, so that tests do not see each other's."""
    return await post(client, headers, "/accounts", **{"name": f"Account {uuid4()}"} | fields)


async def unchanged(client: httpx.AsyncClient, headers: Headers, record: Record) -> None:
    now = await get(client, headers, f"/accounts/{record['id']}")
    assert {name: now[name] for name in now} == {name: record[name] for name in now}


class TestCreate:
    async def test_answers_the_account_with_its_version(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        fields = {"industry": "software", "annual_revenue_minor": 5, "currency": "EUR", "employees": 7}

        account = await made(client, manager, **fields)

        read = await client.get(f"/accounts/{account['id']}", headers=manager)
        assert (read.headers["etag"], read.json()["version"]) == ('"1"', 1)
        assert read.json().items() >= fields.items()
        assert account == read.json() | {"possible_duplicates": []}

    async def test_belongs_to_the_caller(self, client: httpx.AsyncClient, rep: Headers) -> None:
        assert (await made(client, rep))["owner_id"] == str(UUID(int=2))

    async def test_warns_of_duplicates_in_scope(
        self, client: httpx.AsyncClient, manager: Headers, rep: Headers
    ) -> None:
        known = await made(client, manager, name="Globex Corporation", phone="+86 138 0013 8000")

        same_name = await made(client, manager, name="GLOBEX, Inc.")
        same_phone = await made(client, manager, phone="13800138000", country="CN")
        out_of_scope = await made(client, rep, name="Globex Ltd")

        assert same_name["possible_duplicates"] == [known["id"]]
        assert same_phone["possible_duplicates"] == [known["id"]]
        assert out_of_scope["possible_duplicates"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": ""},
            {"name": None},
            {"name": 5},
            {"name": "a\0b"},
            {"name": "A", "colour": "red"},
            {"name": "A", "employees": "7"},
            {"name": "A", "employees": -1},
            {"name": "A", "founded_year": 10**40},
            {"name": "A", "parent_id": "seven"},
            {"name": "A", "annual_revenue_minor": 5},
            {"name": "A", "annual_revenue_minor": 5, "currency": "euro"},
            {"name": "A", "occurred_at": "0001-01-01T00:00:00+14:00"},
            {"name": "A", "external_id": {"system": "erp"}},
            [],
            "A",
        ],
    )
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: Any
    ) -> None:
        before = (await get(client, manager, "/accounts?limit=1"))["total"]

        refused = await client.post("/accounts", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert (await get(client, manager, "/accounts?limit=1"))["total"] == before

    async def test_refuses_a_taken_external_id(self, client: httpx.AsyncClient, manager: Headers) -> None:
        reference = {"system": "erp", "id": "7"}
        first = await made(client, manager, external_id=reference)

        refused = await client.post(
            "/accounts", json={"name": "B", "external_id": reference}, headers=manager
        )

        assert (refused.status_code, slug(refused)) == (409, "external-id-taken")
        assert refused.json()["id"] == first["id"]

    async def test_refuses_an_unknown_parent_and_owner(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        for field in ("parent_id", "owner_id"):
            refused = await client.post(
                "/accounts", json={"name": "A", field: str(stranger)}, headers=manager
            )

            assert (refused.status_code, slug(refused)) == (409, "unknown-reference")

    async def test_refuses_an_owner_out_of_scope(self, client: httpx.AsyncClient, rep: Headers) -> None:
        refused = await client.post(
            "/accounts", json={"name": "A", "owner_id": str(UUID(int=3))}, headers=rep
        )

        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_refuses_a_past_without_the_permission(
        self, client: httpx.AsyncClient, rep: Headers
    ) -> None:
        body = {"name": "A", "occurred_at": "2020-01-01T00:00:00Z"}

        assert slug(await client.post("/accounts", json=body, headers=rep)) == "forbidden"

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, reader: Headers
    ) -> None:
        assert slug(await client.post("/accounts", json={"name": "A"})) == "unauthenticated"
        assert slug(await client.post("/accounts", json={"name": "A"}, headers=reader)) == "forbidden"

    async def test_does_once_what_is_repeated_under_a_key(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        keyed = manager | {"Idempotency-Key": str(uuid4())}
        body = {"name": f"Once {uuid4()}"}

        first, again = [await client.post("/accounts", json=body, headers=keyed) for _ in range(2)]
        other = await client.post("/accounts", json=body | {"size": "L"}, headers=keyed)

        assert (again.status_code, again.content) == (201, first.content)
        assert slug(other) == "idempotency-key-reused"
        assert len(await ids(client, manager, f"/accounts?name={body['name']}")) == 1


class TestBatch:
    async def test_answers_each_item_by_itself(self, client: httpx.AsyncClient, manager: Headers) -> None:
        reference = {"system": "batch", "id": str(uuid4())}
        items = [
            {"name": "Good", "external_id": reference},
            {"name": 5},
            {"name": "Again", "external_id": reference},
            {"name": "Fine"},
        ]

        results = (await post(client, manager, "/accounts/batch", items=items))["results"]

        assert [result["status"] for result in results] == [201, 422, 409, 201]
        assert results[1]["problem"]["errors"][0]["pointer"] == "/name"
        assert results[2]["problem"]["id"] == results[0]["id"]
        assert (await get(client, manager, f"/accounts/{results[3]['id']}"))["name"] == "Fine"

    async def test_a_repeated_batch_does_nothing_twice(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        keyed = manager | {"Idempotency-Key": str(uuid4())}
        items = [{"name": f"Item {number}"} for number in range(3)]

        first, again = [await post(client, keyed, "/accounts/batch", items=items) for _ in range(2)]

        assert again == first


class TestList:
    async def test_shows_what_is_in_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mark = str(uuid4())
        mine = await made(client, rep, source=mark)
        theirs = await made(client, peer, source=mark)

        assert await ids(client, rep, f"/accounts?source={mark}") == {mine["id"]}
        assert await ids(client, reader, f"/accounts?source={mark}") == {mine["id"], theirs["id"]}
        assert (await client.get(f"/accounts/{theirs['id']}", headers=rep)).status_code == 404

    async def test_pages_and_counts_in_two_statements(
        self, client: httpx.AsyncClient, manager: Headers, query_count: Any
    ) -> None:
        mark = str(uuid4())
        for _ in range(3):
            await made(client, manager, source=mark)

        page = await get(client, manager, f"/accounts?source={mark}&limit=2&sort=name")
        rest = await get(
            client, manager, f"/accounts?source={mark}&limit=2&sort=name&cursor={page['next_cursor']}"
        )

        assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
        assert page["total"] == rest["total"] == {"count": 3, "capped": False}

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("colour=red", "unknown-parameter"),
            ("employees[gte]=many", "bad-filter"),
            ("sort=name_key", "bad-sort"),
            ("limit=201", "bad-limit"),
            ("cursor=x", "bad-cursor"),
            ("fields=name_key", "bad-fields"),
        ],
    )
    async def test_refuses_what_is_not_allowed(
        self, client: httpx.AsyncClient, manager: Headers, query: str, wanted: str
    ) -> None:
        refused = await client.get(f"/accounts?{query}", headers=manager)

        assert (refused.status_code, slug(refused)) == (400, wanted)

    async def test_refuses_in_chinese(self, client: httpx.AsyncClient, manager: Headers) -> None:
        refused = await client.get("/accounts?limit=0", headers=manager | {"Accept-Language": "zh-CN"})

        assert refused.json()["title"] == "每页条数超出范围"

    async def test_every_filter_and_sort_is_valid_sql(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        document = (await client.get("/../../openapi.json")).json()
        parameters = document["paths"]["/api/v1/accounts"]["get"]["parameters"]
        for name in (
            each["name"] for each in parameters if each["in"] == "query" and "[null]" in each["name"]
        ):
            await get(client, manager, f"/accounts?{name}=true&limit=1")


class TestRead:
    async def test_refuses_what_is_not_there(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        for id in (stranger, "seven"):
            refused = await client.get(f"/accounts/{id}", headers=manager)

            assert (refused.status_code, slug(refused)) == (404, "not-found")


class TestUpdate:
    async def test_changes_what_was_sent(self, client: httpx.AsyncClient, manager: Headers) -> None:
        account = await made(client, manager, industry="software", size="L")

        response = await client.patch(
            f"/accounts/{account['id']}",
            json={"industry": "food", "size": None},
            headers=manager | matching(account),
        )

        changed = response.json()
        assert (changed["industry"], changed["size"], changed["name"]) == ("food", None, account["name"])
        assert (changed["version"], response.headers["etag"]) == (2, '"2"')

    async def test_gives_it_to_another_owner(self, client: httpx.AsyncClient, manager: Headers) -> None:
        account = await made(client, manager)

        response = await client.patch(
            f"/accounts/{account['id']}",
            json={"owner_id": str(UUID(int=2)), "level": "A"},
            headers=manager | matching(account),
        )

        assert (response.json()["owner_id"], response.json()["version"]) == (str(UUID(int=2)), 3)

    @pytest.mark.parametrize(
        ("match", "status", "wanted"),
        [
            (None, 428, "precondition-required"),
            ('"7"', 412, "stale-version"),
            ("seven", 400, "bad-if-match"),
        ],
    )
    async def test_refuses_without_the_current_version(
        self, client: httpx.AsyncClient, manager: Headers, match: str | None, status: int, wanted: str
    ) -> None:
        account = await made(client, manager)
        headers = manager if match is None else manager | {"If-Match": match}

        refused = await client.patch(f"/accounts/{account['id']}", json={"size": "L"}, headers=headers)

        assert (refused.status_code, slug(refused)) == (status, wanted)
        await unchanged(client, manager, account)

    async def test_refuses_a_circle_of_parents(self, client: httpx.AsyncClient, manager: Headers) -> None:
        top = await made(client, manager)
        below = await made(client, manager, parent_id=top["id"])

        refused = await client.patch(
            f"/accounts/{top['id']}", json={"parent_id": below["id"]}, headers=manager | matching(top)
        )

        assert (refused.status_code, slug(refused)) == (409, "parent-cycle")
        await unchanged(client, manager, top)

    async def test_refuses_whoever_may_not(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        account = await made(client, rep)
        path, body = f"/accounts/{account['id']}", {"size": "L"}

        for headers, status in ((peer, 404), (reader, 403)):
            refused = await client.patch(path, json=body, headers=headers | matching(account))
            assert refused.status_code == status
        assigned = await client.patch(
            path, json={"owner_id": str(UUID(int=3))}, headers=rep | matching(account)
        )
        assert slug(assigned) == "forbidden"
        await unchanged(client, rep, account)

    @pytest.mark.parametrize("body", [{"name": None}, {"name": ""}, {"version": 7}, {"id": "x"}])
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: Any
    ) -> None:
        account = await made(client, manager)

        refused = await client.patch(
            f"/accounts/{account['id']}", json=body, headers=manager | matching(account)
        )

        assert (refused.status_code, slug(refused)) == (422, "malformed")


class TestDelete:
    async def test_goes_to_the_recycle_bin_and_comes_back(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        mark = str(uuid4())
        account = await made(client, manager, source=mark)
        path = f"/accounts/{account['id']}"

        gone = await client.delete(path, headers=manager | matching(account))

        assert (gone.status_code, gone.json()["version"]) == (200, 2)
        assert await ids(client, manager, f"/accounts?source={mark}") == set()
        assert await ids(client, manager, f"/accounts?source={mark}&deleted_at[null]=false") == {
            account["id"]
        }
        refused = await client.patch(path, json={"size": "L"}, headers=manager | matching(gone.json()))
        assert slug(refused) == "deleted"
        back = await post(client, manager, f"{path}/restore")
        assert back["deleted_at"] is None
        assert slug(await client.post(f"{path}/restore", json={}, headers=manager)) == "not-deleted"

    async def test_refuses_without_the_version(self, client: httpx.AsyncClient, manager: Headers) -> None:
        account = await made(client, manager)

        assert (
            slug(await client.delete(f"/accounts/{account['id']}", headers=manager))
            == "precondition-required"
        )
        await unchanged(client, manager, account)
