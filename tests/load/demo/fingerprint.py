"""What a run of the demo may not change a second time: the rows of every table, the end of every topic."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.services import NAMES
from tests.e2e.remains import database
from tests.e2e.stack import Stack

# Signing in is allowed to leave its traces.
ALLOWED_TABLES = {"session", "audit", "audit_seal"}
ALLOWED_TOPICS = "crm.auth."
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


async def fingerprint(stack: Stack) -> dict[str, int]:
    """Rows of each table and end offset of each partition, by name."""
    return {**await rows(stack), **await ends(stack)}


async def rows(stack: Stack) -> dict[str, int]:
    counts: dict[str, int] = {}
    for service in NAMES:
        async with database(stack, service) as connection:
            for table in {row["tablename"] for row in await connection.fetch(TABLES)} - ALLOWED_TABLES:
                count = await connection.fetchval(f'SELECT count(*) FROM "{table}"')
                counts[f"{service}.{table}"] = count
    return counts


async def ends(stack: Stack) -> dict[str, int]:
    bootstrap = stack.environment("auth-worker")["PLEXUS_KAFKA_BOOTSTRAP"]
    places = await _places(bootstrap)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        found = await consumer.end_offsets(places)
    return {f"{place.topic}/{place.partition}": end for place, end in found.items()}


async def _places(bootstrap: str) -> list[TopicPartition]:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        names = [name for name in await client.list_topics() if name.startswith("crm.")]
        topics = await client.describe_topics([n for n in names if not n.startswith(ALLOWED_TOPICS)])
    finally:
        await client.close()
    return [
        TopicPartition(each["topic"], part["partition"]) for each in topics for part in each["partitions"]
    ]
