"""A session as integration's commands see it, who acts, and what has come in from elsewhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import Clock
from libs.common.crypto import DataKey, KekRing
from libs.common.db import Aggregate, Database, recorded
from libs.common.events import Event
from libs.common.testing import kek_file
from libs.common.transaction import Transactions
from libs.contracts.mail import MailRequested
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from libs.platform.records.tables import record_access
from libs.platform.subjects.dresser import PlatformDresser
from libs.platform.subjects.keyring import KeysAtHand
from libs.platform.subjects.replica import subject_key_replica
from libs.platform.subjects.sealing import seal_model
from tests.factories.directory import role, uid, user
from tests.factories.integration import NOW

RING = KekRing.load(kek_file())
EVERYTHING = {"*:*": "all"}


def a_directory(permissions: dict[str, str] | None = None) -> Directory:
    """User 1, who may do everything unless `permissions` says less, beside user 2 who may nothing."""
    directory = Directory()
    directory.apply(
        [role(9, permissions or EVERYTHING), user(1, roles=[9]), user(2), user(3, is_active=False)]
    )
    return directory


def an_actor(permissions: dict[str, str] | None = None, number: int = 1) -> Actor:
    return Actor(uid(number), a_directory(permissions))


def equip(session: AsyncSession, directory: Directory | None = None, now: datetime = NOW) -> AsyncSession:
    """Give a test's session what the edge gives to every session."""
    session.info.update(ring=RING, service="integration", directory=directory or a_directory(), now=now)
    return session


def transacting(database: Database, clock: Clock, directory: Directory | None = None) -> Transactions:
    """Transactions as the worker runs them."""
    directory = directory or a_directory()
    carries = {"ring": RING, "directory": directory, "service": "integration"}
    return Transactions(database, "integration", PlatformDresser(RING, directory), clock, carries=carries)


async def kept[A: Aggregate](session: AsyncSession, aggregate: A) -> A:
    """Keep an aggregate as if it had been there before, its events forgotten."""
    session.add(aggregate)
    await session.flush()
    session.info["recorded"] = []
    return aggregate


def kinds(session: AsyncSession) -> list[str]:
    """Name the events recorded since, in order."""
    return [type(event).__name__ for event in recorded(session)]


async def sealed[E: Event](session: AsyncSession, event: E, subject_id: UUID) -> E:
    """Return an event as it comes from the bus, the key of its subject come before it."""
    key = DataKey.mint(str(subject_id))
    await mint_elsewhere(session, subject_id, RING.wrap(key))
    return type(event).model_validate(seal_model(event, KeysAtHand({subject_id: key})))


async def requested(session: AsyncSession, asked: MailRequested) -> MailRequested:
    return await sealed(session, asked, asked.subject_id)


async def mint_elsewhere(session: AsyncSession, subject_id: UUID, wrapped: str | None) -> None:
    row: dict[str, Any] = {"id": subject_id, "epoch": 1, "version": 1, "wrapped": wrapped, "linked": []}
    row["erased_at"] = None if wrapped else NOW
    await session.execute(insert(subject_key_replica).values(row))


async def known(session: AsyncSession, kind: str, id: UUID, owner_id: UUID | None) -> None:
    """A record whose owner integration has heard of."""
    row = {"type": kind, "id": id, "epoch": 1, "version": 1, "root_type": kind, "root_id": id}
    await session.execute(insert(record_access).values(row | {"owner_id": owner_id}))
