from typing import Any

import httpx
import pytest

from deploy.demo.client import Api
from deploy.demo.settle import Behind, measure, settle


def report(outbox: int = 0, position: int = 5, end: int = 5, parked: int = 0, due: int = 0) -> dict[str, Any]:
    place = {"group": "g", "topic": "t", "partition": 0, "position": position, "end": end}
    return {"outbox": outbox, "oldest_seconds": 0.0, "due": due, "parked": parked, "groups": [place]}


def api(reports: list[dict[str, Any]]) -> Api:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/sign-in"):
            return httpx.Response(200, json={"access_token": "a"})
        return httpx.Response(200, json=reports.pop(0) if len(reports) > 1 else reports[0])

    return Api("http://plexus", "a@example.com", "x", transport=httpx.MockTransport(answer))


class TestSettle:
    async def test_waits_for_outbox_and_position(self) -> None:
        reports = [report(outbox=3), report(), report(), report(position=4), report()]

        async with api(reports) as client:
            behind = await settle(client, services=["sales"], pause=0)

        assert behind.is_settled
        assert len(reports) == 1

    async def test_is_not_content_with_one_calm_look(self) -> None:
        moved = report(position=9, end=9)
        reports = [report(), report(), moved, moved, report(outbox=1), *[moved] * 3]

        async with api(reports) as client:
            await settle(client, services=["sales"], pause=0)

        assert len(reports) == 1

    async def test_waits_for_what_is_parked(self) -> None:
        reports = [report(), report(parked=1), *[report()] * 4]

        async with api(reports) as client:
            await settle(client, services=["sales"], pause=0)

        assert len(reports) == 1

    async def test_waits_for_what_is_due(self) -> None:
        reports = [report(), report(due=1), *[report()] * 4]

        async with api(reports) as client:
            await settle(client, services=["sales"], pause=0)

        assert len(reports) == 1

    async def test_says_what_is_missing_when_it_gives_up(self) -> None:
        async with api([report(outbox=2, position=1)]) as client:
            with pytest.raises(TimeoutError, match="2 in outboxes, 0 timers late, 4 not yet consumed"):
                await settle(client, services=["sales"], pause=0, timeout=0)


class TestMeasure:
    def test_adds_up_every_service(self) -> None:
        behind, ends = measure([report(outbox=1, position=2, due=2), report(parked=3, end=7)])

        assert behind == Behind(outbox=1, due=2, records=5, parked=3)
        assert ends == {"g/t/0": 7}
