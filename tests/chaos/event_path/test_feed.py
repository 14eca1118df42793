"""The feed's cursor under four writers and two consumers that log what they wrote: every event once."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.bus import Topic
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer
from libs.common.crypto import KekRing
from libs.common.envelope import Envelope
from libs.common.event_types import EventTypes
from libs.common.inbox_postgres import PostgresInbox
from libs.common.kafka import KafkaBus
from libs.common.kafka_reader import KafkaReader
from libs.common.migrate import begin
from libs.common.positions import encode
from libs.common.projection import Version
from libs.common.testing import Scratch, kek_file, make_settings, scratch
from libs.common.transaction import Transactions
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.analytics.event_log.projection import EventLog
from services.analytics.event_log.queries import page
from tests.chaos import toy
from tests.chaos.event_path.log import read_topic
from tests.figures import Figures, budget

EACH = 400

type Turn = Callable[[AsyncConnection, str | None], Awaitable[tuple[list[tuple[str, int]], str]]]


class OwnGroups(KafkaBus):
    """Gives every group a name of this test's own."""

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> KafkaReader:
        return await super().reader(f"{group}-{id(self)}", topics, slot)


class SlowLog(EventLog):
    """Stays between its INSERT and COMMIT for a while, so that two consumers' rows interleave for sure."""

    def __init__(self) -> None:
        self.dice = random.Random(1)

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        await super().fold(session, envelopes)
        await asyncio.sleep(self.dice.uniform(0, 0.02))


@dataclass(slots=True)
class Feed:
    """Four writers, the log's consumers, and somebody who reads page after page meanwhile."""

    lent: Scratch
    bus: KafkaBus
    topic: str
    heard: list[tuple[str, int]] = field(default_factory=list)

    async def write(self, writers: int) -> None:
        await asyncio.gather(*(self._writer() for _ in range(writers)))

    async def _writer(self) -> None:
        producer, keys = await self.bus.producer(), [uuid4() for _ in range(5)]
        for number in range(EACH // 5):
            messages = [replace(toy.message(key, number + 1), topic=self.topic) for key in keys]
            await asyncio.gather(*[await producer.send(each) for each in messages])
        await producer.close()

    async def listen(self, turn: Turn, done: asyncio.Event) -> None:
        """Read page after page; the last look is behind the end of all writing."""
        cursor: str | None = None
        async with self.lent.database.reading.connect() as connection:
            while True:
                last = done.is_set()
                items, cursor = await turn(connection, cursor)
                self.heard += items
                if last and not items:
                    return
                await asyncio.sleep(0.002)

    async def position(self) -> int:
        async with self.lent.database.reading.connect() as connection:
            return int(await connection.scalar(text("SELECT sum(position) FROM consumer_offset")) or 0)


@asynccontextmanager
async def feeding(turn: Turn) -> AsyncIterator[Feed]:
    """Write, log and listen at once until everything written is logged."""
    async with scratch("analytics") as lent:
        bus, topic = OwnGroups(make_settings("analytics", lent.url)), f"crm.toy.fed-{uuid4().hex[:8]}"
        await bus.ensure([Topic(topic, 4)])
        version = Version("analytics", SlowLog(), 1)
        async with lent.database.engine.begin() as connection:
            await version.create(connection)
            await version.note(connection)
            await version.show(connection)
            await connection.execute(text(_ROW_ID))
            await begin(connection, version.group.name, dict.fromkeys(await bus.ends([topic]), 0), "any")
        feed = Feed(lent, bus, topic)
        await _run(feed, replace(version.group, topics=(topic,), batch=7), turn)
        yield feed
        await bus.close()


_ABOVE = """
SELECT n, key, headers->>'ce_sequence' AS at FROM event_log_v1.event_log WHERE n > :n ORDER BY n LIMIT 50
"""
_ROW_ID = "ALTER TABLE event_log_v1.event_log ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY"


async def _run(feed: Feed, group: object, turn: Turn) -> None:
    inbox = PostgresInbox(Transactions(feed.lent.database, "analytics"))
    members = [Consumer(group, feed.bus, inbox, SystemClock(), slot) for slot in ("one", "two")]  # type: ignore[arg-type]
    stop, done = asyncio.Event(), asyncio.Event()
    running = [asyncio.create_task(member.run(stop)) for member in members]
    listening = asyncio.create_task(feed.listen(turn, done))
    writers = budget("event-path")["feed_writers"]
    async with asyncio.timeout(60):
        while not all(member._tracks for member in members):  # noqa: SLF001 - both must have a share
            await asyncio.sleep(0.05)
    await feed.write(writers)
    async with asyncio.timeout(60):
        while await feed.position() < writers * EACH:
            await asyncio.sleep(0.05)
    done.set()
    await listening
    stop.set()
    await asyncio.gather(*running)


async def by_offsets(connection: AsyncConnection, cursor: str | None) -> tuple[list[tuple[str, int]], str]:
    """Turn a page as shipped."""
    actor, ring = Actor(None, Directory()), KekRing.load(kek_file())
    found = await page(connection, actor, ring, cursor, EventTypes.read(None), 50)
    bodies = [each.body for each in found.events]
    return [(str(body["data"]["thing_id"]), int(body["sequence"])) for body in bodies], encode(found.reached)


async def by_row_id(connection: AsyncConnection, cursor: str | None) -> tuple[list[tuple[str, int]], str]:
    """Planted: turn a page by row id; what commits later with a lower one is never shown."""
    rows = list(await connection.execute(text(_ABOVE), {"n": int(cursor or 0)}))
    return [(row.key, int(row.at)) for row in rows], str(rows[-1].n) if rows else cursor or "0"


class TestCursor:
    async def test_shows_every_event_once_and_in_order(self) -> None:
        async with feeding(by_offsets) as feed:
            written = [
                (record.key.decode(), int(record.header("ce_sequence") or 0))
                for record in await read_topic(feed.bus, feed.topic)
            ]

        figures = Figures("event-path")
        writers = budget("event-path")["feed_writers"]
        figures.sample("feed_writers", writers)
        figures.exactly("feed: events", len(feed.heard), writers * EACH)
        figures.exactly("feed: events missed", len(set(written) - set(feed.heard)), 0)
        figures.exactly("feed: events shown twice", len(feed.heard) - len(set(feed.heard)), 0)
        figures.exactly("feed: keys out of order", _disordered(feed.heard), 0)
        assert figures.done(part=True), figures.failures()

    async def test_planted_cursor_by_row_id_is_found(self) -> None:
        async with feeding(by_row_id) as feed:
            missed = budget("event-path")["feed_writers"] * EACH - len(set(feed.heard))

        assert feed.heard
        assert missed > 0


def _disordered(heard: list[tuple[str, int]]) -> int:
    """Return how many keys did not come as 1, 2, 3…"""
    found: dict[str, list[int]] = {}
    for key, sequence in heard:
        found.setdefault(key, []).append(sequence)
    return sum(own != list(range(1, len(own) + 1)) for own in found.values())
