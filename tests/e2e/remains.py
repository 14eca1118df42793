"""What is left of a text anywhere in a running stack: tables, topics, caches, log files."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import redis.asyncio as valkey
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.services import NAMES
from tests.e2e.stack import Stack

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@asynccontextmanager
async def database(stack: Stack, service: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(stack.environment(f"{service}-worker")["PLEXUS_DATABASE_URL"])
    try:
        yield connection
    finally:
        await connection.close()


async def in_tables(stack: Stack, texts: Sequence[str]) -> tuple[list[str], int]:
    """Return `service.table` of each table with a row that holds one of the texts, and how many were read."""
    # A bytea column reads as hexadecimal digits.
    patterns = [f"%{form}%" for text in texts for form in (text, text.encode().hex())]
    found, tables = [], 0
    for service in NAMES:
        async with database(stack, service) as connection:
            for table in [row["tablename"] for row in await connection.fetch(_TABLES)]:
                tables += 1
                query = f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE ANY($1)'
                if await connection.fetchval(query, patterns):
                    found.append(f"{service}.{table}")
    return found, tables


async def in_topics(stack: Stack, texts: Sequence[str]) -> tuple[list[str], int, int]:
    """Return the topics with a record that holds one of the texts, the records, and the sealed ones."""
    wanted = [text.encode().lower() for text in texts]
    found, records, sealed = set(), 0, 0
    async for topic, content in _records(stack):
        records += 1
        sealed += b"enc.v1." in content
        if any(each in content.lower() for each in wanted):
            found.add(topic)
    return sorted(found), records, sealed


async def _records(stack: Stack) -> AsyncIterator[tuple[str, bytes]]:
    """Yield each record of each topic as all of its bytes."""
    bootstrap = stack.environment("auth-worker")["PLEXUS_KAFKA_BOOTSTRAP"]
    places = await _partitions(bootstrap)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for each in batch:
                    headers = b"".join(name.encode() + value for name, value in each.headers)
                    yield each.topic, (each.key or b"") + (each.value or b"") + headers


async def _partitions(bootstrap: str) -> list[TopicPartition]:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        names = [name for name in await client.list_topics() if name.startswith("crm.")]
        topics = await client.describe_topics(names)
    finally:
        await client.close()
    return [
        TopicPartition(each["topic"], part["partition"]) for each in topics for part in each["partitions"]
    ]


async def in_caches(stack: Stack, texts: Sequence[str]) -> list[str]:
    """Return the keys of Valkey that hold one of the texts, in name or content."""
    wanted = [text.encode().lower() for text in texts]
    url = stack.environment("auth-worker")["PLEXUS_REDIS_URL"]
    async with valkey.from_url(url) as client:
        contents = {key: await client.dump(key) or b"" async for key in client.scan_iter()}
    held = (key for key, content in contents.items() if any(one in (key + content).lower() for one in wanted))
    return [key.decode(errors="replace") for key in held]


def in_logs(stack: Stack, texts: Sequence[str]) -> tuple[list[str], int]:
    """Return the log files that hold one of the texts, and the bytes read."""
    wanted = [text.encode().lower() for text in texts]
    contents = {path: path.read_bytes().lower() for path in stack.state.logs.rglob("*") if path.is_file()}
    found = [path.name for path, content in contents.items() if any(each in content for each in wanted)]
    return found, sum(map(len, contents.values()))


async def keys_left(stack: Stack, subjects: Sequence[str]) -> tuple[int, int]:
    """Return how many wrapped keys of these subjects stand in any database, and how many erasures."""
    wrapped, erased = 0, 0
    for service in NAMES:
        async with database(stack, service) as connection:
            for table in ("subject_key", "subject_key_replica"):
                query = f"SELECT wrapped, erased_at FROM {table} WHERE id::text = ANY($1)"
                rows = await connection.fetch(query, list(subjects))
                wrapped += sum(row["wrapped"] is not None for row in rows)
                erased += sum(row["erased_at"] is not None for row in rows)
    return wrapped, erased
