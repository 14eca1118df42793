"""The client: what it sends, what it repeats, what it raises."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from plexus_crm import (
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    Problem,
    StaleVersion,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)

from tests.sdk.acting import URL, Served, account, done, each, problem
from tests.sdk.conftest import Open

ID = "01930000-0000-7000-8000-000000000001"
TOKENS = {"refresh_token": "refresh", "expires_in": 600, "user_id": ID}


def read(**changed: Any) -> httpx.Response:
    return httpx.Response(200, json=account(**changed))


def tokens(access: str) -> httpx.Response:
    return httpx.Response(200, json={**TOKENS, "access_token": access})


def page(names: list[str], following: str | None) -> httpx.Response:
    total = {"count": 3, "capped": False}
    items = [account(name) for name in names]
    return httpx.Response(200, json={"items": items, "next_cursor": following, "total": total})


class TestCall:
    async def test_returns_a_typed_record_with_what_is_new_in_it(self, opened: Open) -> None:
        served = Served(read())

        found = await done(opened(served).accounts.get(ID))

        assert (found.id, found.name, found.of_a_later_day) == (UUID(ID), "Lantern", 1)
        assert served.paths == [f"/accounts/{ID}"]
        assert served.headers("Authorization") == ["Bearer plx_key"]

    async def test_sends_only_what_was_given(self, opened: Open) -> None:
        served = Served(httpx.Response(201, json={**account(), "possible_duplicates": []}))

        await done(opened(served).accounts.create(name="Lantern", owner_id=UUID(ID), industry=None))

        assert served.asked[0].content == f'{{"name":"Lantern","owner_id":"{ID}","industry":null}}'.encode()

    async def test_puts_a_post_under_a_key_of_its_own(self, opened: Open) -> None:
        served = Served(read())
        client = opened(served)

        await done(client.accounts.restore(ID))
        await done(client.accounts.restore(ID))
        await done(client.accounts.restore(ID, idempotency_key="mine"))

        first, second, third = served.headers("Idempotency-Key")
        assert first
        assert len({first, second, "mine"}) == 3
        assert third == "mine"

    async def test_names_the_version_that_a_change_saw(self, opened: Open) -> None:
        served = Served(read(version=4))

        found = await done(opened(served).accounts.update(ID, version=3, name="Other"))

        assert found.version == 4
        assert served.headers("If-Match") == ['"3"']
        assert served.headers("Idempotency-Key") == [None]

    async def test_returns_nothing_where_there_is_nothing(self, opened: Open) -> None:
        served = Served(httpx.Response(204))

        assert await done(opened(served).auth.sign_out()) is None

    async def test_asks_for_problems_in_a_language(self, opened: Open) -> None:
        served = Served(read())

        await done(opened(served, token="t", language="zh").accounts.get(ID))

        assert served.headers("Accept-Language") == ["zh"]


class TestList:
    async def test_fetches_its_pages_as_it_goes(self, opened: Open) -> None:
        served = Served(page(["a", "b"], "more"), page(["c"], None))

        found = await each(opened(served).accounts.list(country="DE", limit=2))

        assert [one.name for one in found] == ["a", "b", "c"]
        assert [dict(one.url.params) for one in served.asked] == [
            {"country": "DE", "limit": "2"},
            {"country": "DE", "limit": "2", "cursor": "more"},
        ]

    async def test_leaves_out_what_was_not_asked_for(self, opened: Open) -> None:
        sparse = httpx.Response(200, json={"items": [{"name": "a"}], "next_cursor": None})

        (found,) = await each(opened(Served(sparse)).accounts.list(fields=["name"]))

        assert (found.name, found.id) == ("a", None)

    async def test_asks_for_no_page_that_nobody_reads(self, opened: Open) -> None:
        served = Served(page(["a", "b"], "more"))

        await each(opened(served).accounts.list(), 2)

        assert len(served.asked) == 1

    async def test_says_operators_and_lists_as_the_api_does(self, opened: Open) -> None:
        served = Served(page([], None))

        query = {"name__contains": "灯", "id__in": [UUID(ID), ID], "deleted_at__null": True, "sort": "-name"}
        await each(opened(served).accounts.list(**query))

        assert dict(served.asked[0].url.params) == {
            "name[contains]": "灯",
            "id[in]": f"{ID},{ID}",
            "deleted_at[null]": "true",
            "sort": "-name",
        }

    async def test_says_a_word_of_python_by_its_own_name(self, opened: Open) -> None:
        served = Served(problem(403, "forbidden"))

        with pytest.raises(Forbidden):
            await done(opened(served).metrics.funnel(from_="2026-01-01"))

        assert dict(served.asked[0].url.params) == {"from": "2026-01-01"}

    async def test_tells_the_first_and_the_total_by_one_small_page(self, opened: Open) -> None:
        served = Served(page(["a"], "more"))
        found = opened(served).accounts.list(country="DE")

        first, total = await done(found.first()), await done(found.total())

        assert (first.name, total.count) == ("a", 3)
        assert [one.url.params["limit"] for one in served.asked] == ["1", "1"]

    async def test_has_no_first_where_there_is_none(self, opened: Open) -> None:
        assert await done(opened(Served(page([], None))).accounts.list().first()) is None


class TestRepeat:
    @pytest.mark.parametrize("status", [429, 503])
    async def test_waits_as_long_as_it_is_told(self, opened: Open, status: int) -> None:
        served = Served(problem(status, retry_after=7), read())

        found = await done(opened(served).accounts.update(ID, version=1, name="a"))

        assert found.name == "Lantern"
        assert served.slept == [7.0]

    async def test_waits_longer_each_time_without_being_told(self, opened: Open) -> None:
        served = Served(*[problem(503)] * 4, read())

        await done(opened(served).accounts.get(ID))

        assert len(served.slept) == 4
        assert served.slept[3] > served.slept[0]

    @pytest.mark.parametrize("lost", [None, 502, 504])
    async def test_sends_a_post_again_under_the_same_key(self, opened: Open, lost: int | None) -> None:
        served = Served(problem(lost) if lost else httpx.ReadTimeout("late"), read())

        await done(opened(served).accounts.restore(ID))

        first, second = served.headers("Idempotency-Key")
        assert first == second

    async def test_leaves_a_change_whose_answer_was_lost(self, opened: Open) -> None:
        served = Served(httpx.ReadTimeout("late"), read())

        with pytest.raises(Unreachable):
            await done(opened(served).accounts.update(ID, version=1, name="a"))

        assert len(served.asked) == 1

    async def test_waits_for_its_own_first_try(self, opened: Open) -> None:
        served = Served(problem(409, "in-flight"), read())

        await done(opened(served).accounts.restore(ID))

        assert len(served.asked) == 2

    async def test_ends_with_its_patience(self, opened: Open) -> None:
        served = Served(problem(503, "unavailable", retry_after=3))

        with pytest.raises(Unavailable) as refused:
            await done(opened(served, token="t", patience=10).accounts.get(ID))

        assert served.slept == [3.0, 3.0, 3.0]
        assert refused.value.retry_after == 3

    async def test_ends_with_its_patience_where_nobody_answers(self, opened: Open) -> None:
        served = Served(httpx.ConnectError("nobody"))

        with pytest.raises(Unreachable):
            await done(opened(served, token="t", patience=2).accounts.get(ID))

        assert len(served.asked) > 2


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, BadRequest),
            (401, Unauthorized),
            (403, Forbidden),
            (404, NotFound),
            (409, Conflict),
            (412, StaleVersion),
            (413, TooLarge),
            (422, Malformed),
            (428, Problem),
            (429, TooManyRequests),
            (500, Unavailable),
        ],
    )
    async def test_is_an_exception_by_its_status(
        self, opened: Open, status: int, kind: type[Problem]
    ) -> None:
        served = Served(problem(status, "some-slug", detail="why", id=ID, errors=[{"code": "missing"}]))

        with pytest.raises(kind) as refused:
            await done(opened(served, token="t", patience=0).accounts.get(ID))

        found = refused.value
        assert type(found) is kind
        assert (found.slug, found.status, found.detail, found.id) == ("some-slug", status, "why", ID)
        assert found.errors == [{"code": "missing"}]
        assert str(found) == f"{status} some-slug: why"

    async def test_that_is_no_document_says_what_came(self, opened: Open) -> None:
        served = Served(httpx.Response(404, text="<html>"))

        with pytest.raises(NotFound) as refused:
            await done(opened(served).accounts.get(ID))

        assert refused.value.detail == "<html>"


class TestSignIn:
    async def test_comes_before_the_first_request(self, opened: Open) -> None:
        served = Served(tokens("one"), read())

        await done(opened(served, email="a@example.com", password="secret").accounts.get(ID))

        assert served.paths == ["/auth/sign-in", f"/accounts/{ID}"]
        assert served.asked[0].content == b'{"email":"a@example.com","password":"secret"}'
        assert served.headers("Authorization") == [None, "Bearer one"]

    async def test_is_renewed_by_the_refresh_token(self, opened: Open) -> None:
        served = Served(tokens("one"), problem(401), tokens("two"), read())

        await done(opened(served, email="a@example.com", password="secret").accounts.get(ID))

        assert served.paths == ["/auth/sign-in", f"/accounts/{ID}", "/auth/refresh", f"/accounts/{ID}"]
        assert served.headers("Authorization")[-1] == "Bearer two"

    async def test_begins_anew_when_the_refresh_token_is_refused(self, opened: Open) -> None:
        served = Served(tokens("one"), problem(401), problem(401), tokens("two"), read())

        await done(opened(served, email="a@example.com", password="secret").accounts.get(ID))

        assert served.paths[2:4] == ["/auth/refresh", "/auth/sign-in"]

    async def test_that_is_refused_is_raised(self, opened: Open) -> None:
        served = Served(problem(401, "wrong-credentials"))

        with pytest.raises(Unauthorized, match="wrong-credentials"):
            await done(opened(served, email="a@example.com", password="wrong").accounts.get(ID))

        assert len(served.asked) == 1

    async def test_is_not_tried_with_a_key(self, opened: Open) -> None:
        served = Served(problem(401, "unauthorized"))

        with pytest.raises(Unauthorized):
            await done(opened(served).accounts.get(ID))

        assert len(served.asked) == 1


class TestLife:
    def test_closes_its_connections(self) -> None:
        with Served(read()).client(token="t") as client:
            client.accounts.get(ID)

        assert client.http.is_closed
        assert str(client.http.base_url) == URL

    async def test_closes_its_connections_for_asyncio(self) -> None:
        async with Served(read()).async_client(token="t") as client:
            await client.accounts.get(ID)

        assert client.http.is_closed
