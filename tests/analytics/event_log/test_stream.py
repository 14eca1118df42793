"""The feed as a stream: every event once, whoever writes and however often its reader comes again."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text

from libs.common.bus import TopicPartition
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.testing import Scratch
from libs.contracts.sales import OpportunityOpened
from libs.platform.app import create_app
from libs.platform.directory.entries import Entry
from libs.platform.records.replica import RecordApplier
from tests.analytics.conftest import HEAD, PEOPLE, ROUTERS, SELLER, Models, placed
from tests.api import SESSION, bearer, colleague, seed, slug, token
from tests.factories.directory import uid, user
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import opened, won
from tests.served import Reader, Received, listening

TOPIC = OpportunityOpened.topic
WRITERS, BATCHES, SIZE = 4, 25, 3


def revoked(number: int) -> Entry:
    """A session of this number that was revoked."""
    data = {"user_id": str(uid(number)), "forget_at": "2999-01-01T00:00:00Z"}
    return Entry("session", str(uid(number)), 22, data)


@pytest.fixture(scope="module")
async def client(scratched: Scratch, models: Models) -> AsyncIterator[httpx.AsyncClient]:
    readers = [entry for number in (4, 5, 6) for entry in colleague(number, {"event:read": "own"})]
    await seed(scratched.database, [*PEOPLE, *readers])
    del models
    app = create_app(scratched.settings, "services.analytics", ROUTERS)
    async with listening(app) as opened_client:
        yield opened_client


def stream(client: httpx.AsyncClient, number: int, **query: str) -> Any:
    headers = bearer(number)
    if "last" in query:
        headers["Last-Event-ID"] = query.pop("last")
    return client.stream("GET", "/events/stream", params=query, headers=headers)


async def write(models: Models, partition: int, numbers: range) -> None:
    """Log events of one partition in batches, each committed after a while with its position."""
    dice = random.Random(partition)
    for at in range(0, len(numbers), SIZE):
        facts = [
            opened(number, owner_id=uid(SELLER if number % 2 else 9)) for number in numbers[at : at + SIZE]
        ]
        batch = [placed(make_envelope(fact, 1), at + n, partition) for n, fact in enumerate(facts)]
        async with models.session() as session:
            transaction = PostgresTransaction(session, "analytics")
            await models.versions[0].apply(transaction, batch)
            await RecordApplier().apply(transaction, batch)
            await asyncio.sleep(dice.random() * 0.02)
            await session.commit()
        await models.reach(TopicPartition(TOPIC, partition), at + len(batch))


async def follow(client: httpx.AsyncClient, number: int, count: int) -> list[Received]:
    """Read so many events, hanging up and coming again by the last id after every few."""
    dice, last = random.Random(7), ""
    found: list[Received] = []
    while len(found) < count:
        query = {"last": last} if last else {"cursor": "AQ"}
        async with stream(client, number, types="sales.*", **query) as response:
            reader = Reader(response)
            for event in await reader.take(min(dice.randint(1, 30), count - len(found))):
                found.append(event)
                last = event.id or ""
    return found


class TestStream:
    async def test_sends_every_event_once_through_writers_and_reconnects(
        self, client: httpx.AsyncClient, models: Models
    ) -> None:
        total = WRITERS * BATCHES * SIZE
        spans = [range(100 + w * BATCHES * SIZE, 100 + (w + 1) * BATCHES * SIZE) for w in range(WRITERS)]
        expected = {number for span in spans for number in span}

        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for partition, span in enumerate(spans):
                group.create_task(write(models, partition, span))
            everything = group.create_task(follow(client, HEAD, total))
            mine = group.create_task(follow(client, SELLER, total // 2))

        assert sorted(map(_number, everything.result())) == sorted(expected)
        assert sorted(map(_number, mine.result())) == sorted(each for each in expected if each % 2)
        by_partition = defaultdict(list)
        for number in map(_number, everything.result()):
            by_partition[(number - 100) // (BATCHES * SIZE)].append(number)
        assert all(numbers == sorted(numbers) for numbers in by_partition.values())

    async def test_begins_now(self, client: httpx.AsyncClient, models: Models) -> None:
        place = TopicPartition(TOPIC, 9)
        async with stream(client, SELLER) as response:
            reader = Reader(response)
            first = await reader.next()
            facts = [opened(1), won(1)]
            await models.take([placed(make_envelope(fact, at + 1), at, 9) for at, fact in enumerate(facts)])
            await models.reach(place, 2)
            async with asyncio.timeout(60):
                found = await reader.take(2)

        assert first.id
        assert first.data is None
        assert [each.event for each in found] == ["sales.opportunity.opened.v1", "sales.opportunity.won.v1"]
        assert orjson.loads(found[1].data or "")["data"]["amount_minor"] == 1500

    async def test_is_noted_in_the_audit_trail(self, client: httpx.AsyncClient, scratched: Scratch) -> None:
        async with stream(client, SELLER, types="sales.lead.*") as response:
            await Reader(response).next()

        async with scratched.database.reading.connect() as connection:
            told = "SELECT actor, changes FROM audit WHERE action = 'event.streamed' ORDER BY id DESC LIMIT 1"
            row = (await connection.execute(text(told))).one()
        assert tuple(row) == (f"user:{uid(SELLER)}", {"types": "sales.lead.*"})

    async def test_filters_by_type(self, client: httpx.AsyncClient, models: Models) -> None:
        place = TopicPartition(TOPIC, 10)
        async with stream(client, SELLER, types="sales.opportunity.won*") as response:
            reader = Reader(response)
            await reader.next()
            facts = [opened(2), won(2)]
            await models.take([placed(make_envelope(fact, at + 1), at, 10) for at, fact in enumerate(facts)])
            await models.reach(place, 2)
            async with asyncio.timeout(60):
                (found,) = await reader.take(1)

        assert found.event == "sales.opportunity.won.v1"

    @pytest.mark.parametrize(
        "entry",
        [user(4, roles=[1004], is_active=False, dv=20), user(5, dv=21), revoked(6)],
        ids=["disabled", "without-the-role", "session-revoked"],
    )
    async def test_ends_when_its_reader_may_not_any_more(
        self, client: httpx.AsyncClient, scratched: Scratch, entry: Entry
    ) -> None:
        number, session = (6, uid(6)) if entry.kind == "session" else (UUID(entry.id).int, SESSION)
        headers = {"Authorization": f"Bearer {token(number, session=session)}"}
        async with client.stream("GET", "/events/stream", headers=headers) as response:
            reader = Reader(response)
            assert response.status_code == 200
            await reader.next()
            await seed(scratched.database, [entry])
            async with asyncio.timeout(2):
                await reader.end()

        assert (await client.get("/events/stream", headers=headers)).status_code in {401, 403}

    async def test_refuses_a_cursor_that_was_never_given(self, client: httpx.AsyncClient) -> None:
        headers = bearer(HEAD) | {"Last-Event-ID": "nonsense"}

        response = await client.get("/events/stream", headers=headers)

        assert (response.status_code, slug(response)) == (400, "bad-cursor")

    async def test_needs_the_permission(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/events/stream", headers=bearer(3))).status_code == 403
        assert (await client.get("/events/stream")).status_code == 401


def _number(event: Received) -> int:
    return UUID(orjson.loads(event.data or "")["subject"]).int
