import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from deploy.demo.client import Api
from deploy.demo.wire import Refused, Unreachable, pauses

Json = dict[str, Any]
Answer = httpx.Response | Exception


class Server:
    """Signs everyone in and answers each further request with the next of its answers."""

    def __init__(self, *answers: Answer | Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []
        self.signed: list[str] = []
        self.refresh_works = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in {"/api/v1/auth/sign-in", "/api/v1/auth/refresh"}:
            return self._sign(request)
        self.seen.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def _sign(self, request: httpx.Request) -> httpx.Response:
        self.signed.append(request.url.path.rpartition("/")[2])
        if self.signed[-1] == "refresh" and not self.refresh_works:
            return problem(401, "unauthenticated")
        count = len(self.signed)
        tokens = {"access_token": f"a{count}", "refresh_token": f"r{count}", "user_id": "u"}
        return httpx.Response(200, json=tokens)


async def no_wait(_seconds: float) -> None:
    return None


def api(server: Server) -> Api:
    transport = httpx.MockTransport(server)
    return Api("http://plexus", "a@example.com", "x", transport=transport, sleep=no_wait, patience=2.0)


def problem(status: int, slug: str, **facts: object) -> httpx.Response:
    body = {"type": f"https://plexus-crm.org/problems/{slug}", "status": status, **facts}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


def ok(**body: object) -> httpx.Response:
    return httpx.Response(200, json=body)


class TestRequest:
    async def test_repeats_a_post_under_the_same_key_until_it_is_answered(self) -> None:
        server = Server(httpx.ReadError("gone"), problem(503, "unavailable"), ok(id="1"))

        async with api(server) as client:
            answer = await client.post("/leads", {})

        keys = {request.headers["Idempotency-Key"] for request in server.seen}
        assert answer == {"id": "1"}
        assert len(server.seen) == 3
        assert len(keys) == 1

    async def test_gives_every_post_a_key_of_its_own(self) -> None:
        server = Server(ok(), ok())

        async with api(server) as client:
            await client.post("/leads", {})
            await client.post("/leads", {})

        assert len({request.headers["Idempotency-Key"] for request in server.seen}) == 2

    async def test_waits_for_a_reference_to_arrive(self) -> None:
        server = Server(problem(409, "unknown-reference"), problem(409, "in-flight"), ok(id="1"))

        async with api(server) as client:
            assert await client.post("/leads", {}) == {"id": "1"}

    @pytest.mark.parametrize(("status", "slug"), [(409, "conflict"), (422, "malformed"), (404, "x")])
    async def test_takes_a_refusal_for_an_answer(self, status: int, slug: str) -> None:
        server = Server(problem(status, slug))

        async with api(server) as client:
            with pytest.raises(Refused) as refused:
                await client.post("/leads", {})

        assert (refused.value.status, refused.value.slug) == (status, slug)
        assert len(server.seen) == 1

    async def test_gives_up_when_nobody_answers(self) -> None:
        server = Server(*[httpx.ConnectError("down")] * 50)

        async with api(server) as client:
            with pytest.raises(Unreachable):
                await client.get("/leads")

        assert len(server.seen) == len(list(pauses(2.0)))

    async def test_leaves_out_what_is_not_asked(self) -> None:
        server = Server(ok(items=[]))

        async with api(server) as client:
            await client.get("/leads", owner_id=None, limit=5)

        assert str(server.seen[0].url) == "http://plexus/api/v1/leads?limit=5"


class TestTokens:
    async def test_are_renewed_when_refused(self) -> None:
        server = Server(problem(401, "unauthenticated"), ok(id="1"))

        async with api(server) as client:
            await client.get("/leads/1")

        assert server.signed == ["sign-in", "refresh"]
        assert [request.headers["Authorization"] for request in server.seen] == ["Bearer a1", "Bearer a2"]

    async def test_are_asked_for_anew_when_the_family_is_dead(self) -> None:
        server = Server(problem(401, "unauthenticated"), ok(id="1"))
        server.refresh_works = False

        async with api(server) as client:
            await client.get("/leads/1")

        assert server.signed == ["sign-in", "refresh", "sign-in"]


class TestCreateAll:
    async def test_sends_batches_and_keeps_the_order(self) -> None:
        server = Server(*[created] * 3)
        counts: list[int] = []

        async with api(server) as client:
            items = [{"n": n} for n in range(5)]
            outcomes = await client.create_all("/leads", items, size=2, done=counts.append)

        assert [outcome.id for outcome in outcomes] == ["id-0", "id-1", "id-2", "id-3", "id-4"]
        assert all(outcome.is_created for outcome in outcomes)
        assert sum(counts) == 5

    async def test_tells_what_is_there_already_from_what_is_refused(self) -> None:
        taken = {"index": 0, "status": 409, "problem": document(409, "external-id-taken", id="7")}
        refused = {"index": 1, "status": 422, "problem": document(422, "malformed")}
        server = Server(ok(results=[refused, taken]))

        async with api(server) as client:
            one, two = await client.create_batch("/leads", [{"n": 1}, {"n": 2}])

        assert (one.is_there_already, one.id) == (True, "7")
        assert (two.is_there_already, two.is_created) == (False, False)

    async def test_sends_only_the_items_again_that_may_pass(self) -> None:
        late = {"index": 0, "status": 409, "problem": document(409, "unknown-reference")}
        fine = {"index": 1, "status": 201, "id": "2", "version": 1}
        server = Server(ok(results=[late, fine]), created)

        async with api(server) as client:
            outcomes = await client.create_batch("/leads", [{"n": 1}, {"n": 2}])

        assert [outcome.id for outcome in outcomes] == ["id-1", "2"]
        assert json.loads(server.seen[1].content)["items"] == [{"n": 1}]


class TestPages:
    async def test_follow_the_cursor_to_the_end(self) -> None:
        server = Server(ok(items=[{"n": 1}], next_cursor="c"), ok(items=[{"n": 2}], next_cursor=None))

        async with api(server) as client:
            assert await client.all("/leads", sort="name") == [{"n": 1}, {"n": 2}]

        assert server.seen[1].url.params["cursor"] == "c"
        assert server.seen[1].url.params["sort"] == "name"


def created(request: httpx.Request) -> httpx.Response:
    items = json.loads(request.content)["items"]
    results = [{"index": i, "status": 201, "id": f"id-{x['n']}"} for i, x in enumerate(items)]
    return ok(results=results)


def document(status: int, slug: str, **facts: object) -> Json:
    return dict(problem(status, slug, **facts).json())
