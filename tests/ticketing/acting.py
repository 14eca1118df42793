"""A session as a command sees it, who acts, and what is there already."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Aggregate, recorded
from libs.common.ids import new_id
from libs.common.testing import kek_file
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from libs.platform.references.people import people
from libs.platform.references.tables import reference
from libs.platform.subjects.minting import mint
from libs.platform.subjects.replica import subject_key_replica
from services.ticketing.settings import Settings
from tests.factories.directory import role, uid, user
from tests.factories.ticketing import NOW

OWN = {f"ticket:{verb}": "own" for verb in ("read", "create", "update", "delete")}


def settings(**options: Any) -> Settings:
    given = {"database_url": "postgresql://nobody", "kafka_bootstrap": "nowhere:1", "kek_file": kek_file()}
    return Settings.model_validate({**given, "public_url": "https://support.example", **options})


def equip(session: AsyncSession, **options: Any) -> AsyncSession:
    """Give a test's session what the edge gives to every session."""
    ring, given = KekRing.load(kek_file()), settings(**options)
    session.info.update(ring=ring, service="ticketing", settings=given, now=NOW, directory=a_directory())
    return session


def a_directory(permissions: dict[str, str] | None = None) -> Directory:
    """Users 1 to 4, of whom the fourth has left; the first may do everything, or what is said."""
    directory = Directory()
    directory.apply(
        [
            role(9, permissions or {"*:*": "all"}),
            role(8, OWN),
            user(1, roles=[9]),
            user(2, roles=[8]),
            user(3, roles=[8]),
            user(4, roles=[8], is_active=False),
        ]
    )
    return directory


def an_actor(permissions: dict[str, str] | None = None, number: int = 1) -> Actor:
    return Actor(uid(number), a_directory(permissions))


async def kept[A: Aggregate](session: AsyncSession, aggregate: A) -> A:
    """Keep an aggregate as if it had been there before, its events forgotten."""
    session.add(aggregate)
    await session.flush()
    session.info["recorded"] = []
    return aggregate


async def known(session: AsyncSession, kind: str, id: UUID | None = None, **facts: Any) -> UUID:
    """A record of another service that ticketing has heard of."""
    row = {"type": kind, "id": id or new_id(), "epoch": 1, "version": 1, "label": f"Some {kind}", **facts}
    await session.execute(insert(reference).values(row))
    found: UUID = row["id"]
    return found


async def a_contact(session: AsyncSession, email: str | None = "wei@example.com", **facts: Any) -> UUID:
    """A contact of customer's, with a key of customer's and an address."""
    subject_id, ring = new_id(), session.info["ring"]
    minted = mint(session)
    await session.flush()
    # A key of another service looks like ours, but for the table that it stands in.
    wrapped = (
        await session.execute(text("SELECT wrapped FROM subject_key WHERE id = :id"), {"id": minted})
    ).scalar_one()
    key = ring.wrap(type(ring.unwrap(str(minted), wrapped))(str(subject_id), bytes(range(32))))
    row = {"id": subject_id, "epoch": 1, "version": 1, "wrapped": key, "linked": []}
    await session.execute(insert(subject_key_replica).values(row))
    contact_id = await known(session, "contact", subject_id=subject_id, label="Wei Li")
    named = {"family_name": "Li", "given_name": "Wei", "email": email, "language": "en"}
    place = {"id": contact_id, "epoch": 1, "version": 1, "subject_id": subject_id}
    await session.execute(insert(people).values(place | named | facts))
    session.info["recorded"] = []
    return contact_id


async def timers(session: AsyncSession, ticket_id: UUID) -> list[tuple[str, str, datetime]]:
    """The timers that were set for a ticket: kind, clock, instant."""
    rows = await session.execute(
        text("SELECT kind, key, at FROM due WHERE key LIKE '%' || :id ORDER BY at, kind"),
        {"id": str(ticket_id)},
    )
    return [(row.kind.rpartition("-")[2], row.key.partition(":")[0], row.at) for row in rows]


def kinds(session: AsyncSession) -> list[str]:
    """Name the events recorded since, in order; keys of subjects left out."""
    names = (type(event).__name__ for event in recorded(session))
    return [name for name in names if "SubjectKey" not in name]
