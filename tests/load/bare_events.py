"""The reference of the events' way: the same events sent and folded without a product around them.

aiokafka, orjson and asyncpg: a pipelined idempotent producer, and a consumer that keeps each key's newest
state by one statement a batch. It may not change with the product.
"""

import asyncio
import time
from collections.abc import Iterable

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

PARTITIONS, IN_FLIGHT, BATCH, SETTLING = 12, 5_000, 1_000, 2.0
TABLE = """CREATE TABLE IF NOT EXISTS fold (id uuid PRIMARY KEY, stage_id uuid, amount_minor bigint,
owner_id uuid, entered_at timestamptz)"""
KEEP = """INSERT INTO fold SELECT DISTINCT ON (id) * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[],
$4::uuid[], $5::text[]::timestamptz[]) AS f(id, stage_id, amount_minor, owner_id, entered_at)
ORDER BY id, entered_at DESC ON CONFLICT (id) DO UPDATE SET stage_id = excluded.stage_id,
amount_minor = excluded.amount_minor, owner_id = excluded.owner_id, entered_at = excluded.entered_at"""
FIELDS = ("id", "stage_id", "amount_minor", "owner_id", "stage_entered_at")
type Sent = tuple[bytes, bytes, list[tuple[str, bytes]]]


async def send(bootstrap: str, topic: str, events: Iterable[Sent]) -> float:
    """Send events to a new topic; return how many a second were acknowledged."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=2)
    await producer.start()
    # The partitions of a new topic have no leader at once.
    await asyncio.sleep(SETTLING)
    waiting, count, began = [], 0, time.monotonic()
    for key, value, headers in events:
        waiting.append(await producer.send(topic, value=value, key=key, headers=headers))
        if len(waiting) == IN_FLIGHT:
            await asyncio.gather(*waiting)
            count, waiting = count + IN_FLIGHT, []
    await asyncio.gather(*waiting)
    seconds = time.monotonic() - began
    await producer.stop()
    return (count + len(waiting)) / seconds


async def fold(bootstrap: str, topic: str, url: str, count: int) -> float:
    """Read a topic from its beginning and keep the newest state of each key; return events a second."""
    db, consumer = await asyncpg.connect(url), AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await db.execute(TABLE)
    await consumer.start()
    consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
    await consumer.seek_to_beginning()
    read, began = 0, time.monotonic()
    while read < count:
        for records in (await consumer.getmany(timeout_ms=1000, max_records=BATCH)).values():
            states = [orjson.loads(record.value)["state"] for record in records]
            await db.execute(KEEP, *([state[name] for state in states] for name in FIELDS))
            read += len(records)
    seconds = time.monotonic() - began
    await consumer.stop()
    await db.close()
    return read / seconds
