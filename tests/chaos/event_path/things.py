"""A consumer's side in small: a topic of its own, a service's database, a ledger that counts every effect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text

from libs.common.bus import Bus, Message, Topic, TopicPartition
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.common.inbox_postgres import PostgresInbox
from libs.common.journal import Cause
from libs.common.migrate import begin
from libs.common.testing import Scratch, scratch
from libs.common.transaction import Transactions
from tests.chaos import toy

_LEDGER = """
CREATE TABLE effect (n bigint GENERATED ALWAYS AS IDENTITY, key text, sequence bigint);
CREATE TABLE moved (n bigint GENERATED ALWAYS AS IDENTITY, partition int, position bigint);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO moved (partition, position) VALUES (new.partition, new.position); RETURN new; END $$;
CREATE TRIGGER noted AFTER UPDATE ON consumer_offset FOR EACH ROW EXECUTE FUNCTION note_move();
"""

type Hook = Callable[[Envelope], Awaitable[None]]


async def nothing(_: Envelope) -> None:
    """Do nothing beside the effect."""


@dataclass(slots=True)
class Ledger:
    """The applier: one row for each effect; `before` may wait or refuse."""

    before: Hook = nothing

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        for each in envelopes:
            await self.before(each)
            values = {"key": each.key, "sequence": each.sequence}
            sql = text("INSERT INTO effect (key, sequence) VALUES (:key, :sequence)")
            await transaction.session.execute(sql, values)


@dataclass(slots=True)
class Things:
    """One topic and one consuming service."""

    bus: Bus
    lent: Scratch
    topic: str
    group: Group
    ledger: Ledger
    keys: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(8)])
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    members: list[Consumer] = field(default_factory=list)

    def inbox(self, kind: type[PostgresInbox] = PostgresInbox) -> PostgresInbox:
        """Return the inbox of the service's database."""
        return kind(Transactions(self.lent.database, "toy"))

    def consume(
        self, slot: str = "one", kind: type[Consumer] = Consumer, inbox: PostgresInbox | None = None
    ) -> Consumer:
        """Start a member of the group."""
        consumer = kind(self.group, self.bus, inbox or self.inbox(), SystemClock(), slot)
        self.members.append(consumer)
        self.tasks.append(asyncio.create_task(consumer.run(asyncio.Event())))
        return consumer

    async def send(self, *messages: Message) -> None:
        """Put messages onto the topic, whatever topic they name."""
        producer = await self.bus.producer()
        sent = [
            await producer.send(Message(self.topic, each.key, each.value, each.headers)) for each in messages
        ]
        await asyncio.gather(*sent)
        await producer.close()

    async def send_range(self, first: int, last: int) -> None:
        """Send events first..last of every key."""
        await self.send(*(toy.message(key, n) for n in range(first, last + 1) for key in self.keys))

    async def rows(self, sql: str) -> list[Any]:
        """Read from the service's database."""
        async with self.lent.database.reading.connect() as connection:
            return list(await connection.execute(text(sql)))

    async def effects(self) -> dict[str, list[int]]:
        """Return the sequences applied per key, in the order of their effects."""
        found: dict[str, list[int]] = {}
        for key, sequence in await self.rows("SELECT key, sequence FROM effect ORDER BY n"):
            found.setdefault(key, []).append(sequence)
        return found

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> bool:
        """Wait for a condition; False when it does not come true in time."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await condition():
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    async def caught_up(self) -> bool:
        """Tell whether every position is at its end."""
        ends = await self.bus.ends([self.topic])
        rows = await self.rows("SELECT topic, partition, position FROM consumer_offset")
        return all(ends[TopicPartition(topic, part)] == position for topic, part, position in rows)

    async def goes_back(self) -> int:
        """Return how often a position moved backwards or stood still."""
        sql = (
            "SELECT count(*) FROM (SELECT position - lag(position) OVER"
            " (PARTITION BY partition ORDER BY n) AS step FROM moved) AS m WHERE step <= 0"
        )
        return int((await self.rows(sql))[0][0])


@asynccontextmanager
async def things(
    bus: Bus, *, partitions: int = 2, batch: int = 1, start: bool = True
) -> AsyncIterator[Things]:
    """Lend a topic with a consuming service behind it."""
    topic, ledger = f"crm.toy.thing-{uuid4().hex[:8]}", Ledger()
    await bus.ensure([Topic(topic, partitions)])
    async with scratch("toy") as lent:
        group = Group(f"group-{topic}", (topic,), ledger, batch=batch)
        script = await asyncpg.connect(lent.url)
        await script.execute(_LEDGER)
        await script.close()
        async with lent.database.engine.begin() as connection:
            if start:
                zero = dict.fromkeys(await bus.ends([topic]), 0)
                await begin(connection, group.name, zero, await bus.cluster_id())
        made = Things(bus, lent, topic, group, ledger)
        try:
            yield made
        finally:
            for task in made.tasks:
                task.cancel()
            await asyncio.gather(*made.tasks, return_exceptions=True)
            await asyncio.gather(*(member.close() for member in made.members))


def cause() -> Cause:
    return Cause("tester", "test")
