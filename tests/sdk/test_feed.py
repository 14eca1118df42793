"""The feed: asked for page by page, or pushed; begun again where it was left."""

import json

import httpx
import pytest
from plexus_crm import Forbidden
from plexus_crm.events import LeadCaptured
from plexus_crm.feed import Frames

from tests.sdk.acting import Served, each, problem
from tests.sdk.conftest import Open
from tests.sdk.test_events import document

LEAD = "sales.lead.captured.v1"


def page(names: list[str], following: str) -> httpx.Response:
    return httpx.Response(
        200, json={"items": [document(LEAD, id=name) for name in names], "next_cursor": following}
    )


def frame(name: str, cursor: str) -> str:
    return f"event: {LEAD}\nid: {cursor}\ndata: {json.dumps(document(LEAD, id=name))}\n\n"


def frames(*parts: str) -> httpx.Response:
    return httpx.Response(200, text="".join(parts), headers={"content-type": "text/event-stream"})


def queries(served: Served) -> list[dict[str, str]]:
    return [dict(one.url.params) for one in served.asked]


class TestFeed:
    async def test_reads_to_the_end(self, opened: Open) -> None:
        served = Served(page(["a", "b"], "two"), page(["c"], "three"), page([], "three"))
        feed = opened(served).feed([LeadCaptured], follow=False, limit=2)

        found = await each(feed)

        assert [one.envelope.id for one in found] == ["a", "b", "c"]
        assert queries(served) == [
            {"types": LEAD, "limit": "2"},
            {"types": LEAD, "limit": "2", "cursor": "two"},
            {"types": LEAD, "limit": "2", "cursor": "three"},
        ]
        assert feed.cursor == "three"

    async def test_reads_past_a_page_of_what_others_may_see(self, opened: Open) -> None:
        hidden = httpx.Response(200, json={"items": [], "next_cursor": "two", "has_more": True})
        last = page(["a"], "three").json() | {"has_more": False}
        served = Served(hidden, httpx.Response(200, json=last))

        found = await each(opened(served).feed(follow=False))

        assert [one.envelope.id for one in found] == ["a"]
        assert served.slept == []

    async def test_goes_on_asking(self, opened: Open) -> None:
        served = Served(page([], "one"), page([], "one"), page(["a"], "two"))

        found = await each(opened(served).feed(cursor="zero", wait=0.3), 1)

        assert [one.envelope.id for one in found] == ["a"]
        assert served.slept == [0.3, 0.3]
        assert queries(served)[0] == {"cursor": "zero", "limit": "100"}

    async def test_stays_before_a_page_that_was_not_finished(self, opened: Open) -> None:
        served = Served(page(["a", "b"], "two"))
        feed = opened(served).feed(cursor="one")

        await each(feed, 2)

        assert feed.cursor == "one"


class TestStream:
    async def test_yields_what_is_pushed(self, opened: Open) -> None:
        served = Served(frames(": hello\nid: zero\nretry: 2000\n\n", frame("a", "one"), frame("b", "two")))
        stream = opened(served).stream([LeadCaptured])

        found = await each(stream, 2)

        assert [(type(one), one.envelope.id) for one in found] == [(LeadCaptured, "a"), (LeadCaptured, "b")]
        assert queries(served) == [{"types": LEAD}]
        assert served.headers("Accept") == ["text/event-stream"]
        # The second may still be in work.
        assert stream.cursor == "one"

    async def test_goes_on_behind_what_was_handled(self, opened: Open) -> None:
        served = Served(frames(frame("a", "one")), httpx.ReadError("gone"), frames(frame("b", "two")))

        found = await each(opened(served).stream(cursor="zero"), 2)

        assert [one.envelope.id for one in found] == ["a", "b"]
        assert served.headers("Last-Event-ID") == ["zero", "one", "one"]
        assert served.slept == [0.25, 0.5]

    async def test_moves_past_what_it_was_not_shown(self, opened: Open) -> None:
        served = Served(frames("id: far\n\n"), frames(frame("a", "one")))

        await each(opened(served).stream(), 1)

        assert served.headers("Last-Event-ID") == [None, "far"]

    async def test_takes_nothing_of_a_frame_that_was_cut(self, opened: Open) -> None:
        served = Served(frames(frame("a", "one")[:-1]), frames(frame("a", "one")))

        found = await each(opened(served).stream(), 1)

        assert [one.envelope.id for one in found] == ["a"]
        assert len(served.asked) == 2

    async def test_comes_again_when_there_are_too_many(self, opened: Open) -> None:
        served = Served(problem(429, "too-many-streams"), problem(503), frames(frame("a", "one")))

        await each(opened(served).stream(), 1)

        assert len(served.slept) == 2

    async def test_raises_a_refusal(self, opened: Open) -> None:
        with pytest.raises(Forbidden):
            await each(opened(Served(problem(403, "forbidden"))).stream(), 1)

    async def test_signs_in_again(self, opened: Open) -> None:
        tokens = httpx.Response(200, json={"access_token": "one"})
        served = Served(tokens, problem(401), tokens, frames(frame("a", "one")))

        await each(opened(served, email="a@example.com", password="secret").stream(), 1)

        assert served.paths == ["/auth/sign-in", "/events/stream", "/auth/sign-in", "/events/stream"]


class TestFrames:
    def test_joins_lines_of_data(self) -> None:
        lines = json.dumps(document(LEAD), indent=1).splitlines()
        frames = Frames(None)

        found = [frames.feed(line) for line in (*(f"data: {line}" for line in lines), ":comment", "")]

        assert isinstance(found[-1], LeadCaptured)
        assert found[:-1] == [None] * (len(lines) + 1)
