"""auth's outbox, carried into its own replica by hand: the relay and the broker have tests of their own."""

from datetime import UTC, datetime

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Record
from libs.common.db import Database
from libs.common.envelope import Envelope, decode, wire
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.contracts.auth import DIRECTORY_TOPIC
from libs.platform.directory.stream import DirectoryApplier
from libs.platform.process import Platform


def transactions_of(scratched: Scratch) -> Transactions:
    """What the service's worker would run jobs in."""
    return Platform(scratched.settings, scratched.database).transactions


async def published(database: Database, topic: str = DIRECTORY_TOPIC) -> list[Envelope]:
    """Decode what waits in the outbox for a topic, in order."""
    query = text(
        "SELECT id, key, value, headers::text AS headers FROM outbox WHERE topic = :topic ORDER BY id"
    )
    async with database.reading.connect() as connection:
        rows = (await connection.execute(query, {"topic": topic})).all()
    return [
        decode(
            Record(
                topic,
                0,
                row.id,
                datetime.now(UTC),
                row.key.encode(),
                row.value,
                wire(orjson.loads(row.headers)),
            )
        )
        for row in rows
    ]


async def deliver(database: Database) -> None:
    """Apply the directory's stream to the replica; what was applied before changes nothing."""
    envelopes = await published(database)
    async with AsyncSession(database.engine) as session:
        await DirectoryApplier().apply(PostgresTransaction(session, "auth"), envelopes)
        await session.commit()
