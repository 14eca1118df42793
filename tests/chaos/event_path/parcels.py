"""A toy aggregate that is really written: its events go through the journal and the outbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, Database
from libs.common.events import Event, State
from libs.common.journal import Cause
from libs.common.testing import make_settings
from libs.common.transaction import Transactions


class ParcelState(State):
    content: str


class ParcelPacked(Event, type="toy.parcel.packed.v1", key="parcel_id"):
    """Something was put into a parcel."""

    parcel_id: UUID
    state: ParcelState


TOPIC = ParcelPacked.topic


class Parcel(Aggregate, Base):
    """Holds a text as long as one likes."""

    __tablename__ = "toy_parcel"

    content: Mapped[str]

    def pack(self, content: str) -> None:
        self.content, self.updated_at = content, datetime.now(UTC)
        self.record(ParcelPacked(parcel_id=self.id, occurred_at=self.updated_at, state=self.state()))

    def state(self) -> ParcelState:
        return ParcelState(content=self.content)


class CarelessParcel(Parcel):
    """Planted: two events of one transaction share a version."""

    def record(self, fact: Event, sequence: int | None = None) -> None:
        super().record(fact, sequence)
        waiting = self.__dict__["_waiting"]
        if len(waiting) > 1:
            self.version -= 1
            waiting[-1].sequence = self.version


async def make_table(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables["toy_parcel"].create)


async def pack(
    database: Database, *contents: str, parcel: UUID | None = None, kind: type[Parcel] = Parcel
) -> UUID:
    """Pack a new or a known parcel, all contents in one transaction."""

    async def body(session: AsyncSession) -> UUID:
        found: Any = await session.get(Parcel, parcel) if parcel else None
        if found is None:
            found = kind(id=uuid4(), created_at=datetime.now(UTC))
            session.add(found)
        for content in contents:
            found.pack(content)
        identity: UUID = found.id
        return identity

    return await Transactions(database, "toy").run(Cause("tester", "pack"), body)


async def limit_topic(limit: int) -> None:
    """Create the parcels' topic if need be, and set the size of what it takes."""
    admin = AIOKafkaAdminClient(bootstrap_servers=make_settings("toy", "postgresql://n").kafka_bootstrap)
    await admin.start()
    try:
        if TOPIC not in await admin.list_topics():
            await admin.create_topics([NewTopic(TOPIC, 4, 1)])
        resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC, configs={"max.message.bytes": str(limit)})
        await admin.alter_configs([resource])
    finally:
        await admin.close()
