"""The product's own ways to ask PostgreSQL what a viewer may see, each as ids or as how many they are."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.event_types import EventTypes
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor, load_all
from libs.platform.records.visibility import readable
from services.analytics.event_log import queries as feeds
from services.analytics.search import queries as searches
from services.analytics.tickets import queries as standings
from services.analytics.timeline import queries as timelines
from services.customer.accounts import queries as accounts
from services.customer.accounts.model import Account
from services.customer.contacts import queries as contacts
from services.customer.contacts.model import Contact
from services.ticketing.tickets import queries as tickets
from tests.factories.directory import uid

# The account that every opportunity belongs to; it is nobody's.
HUB = uid(5000)
LIMIT, SHORT = "200", "20"

type Listed = Callable[[Sequence[tuple[str, str]], Actor], Awaitable[bytes]]


async def by_condition(database: Database, actor: Actor, action: str = "read") -> set[UUID]:
    async with database.reading.connect() as connection:
        statement = select(Account.id).where(actor.sees(f"account:{action}", Account.owner_id))
        return set((await connection.scalars(statement)).all())


async def people(database: Database, ring: KekRing, given: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    return await contacts.listed(database.reads, given, actor, ring)


async def page(listed: Listed, actor: Actor) -> set[UUID]:
    page = orjson.loads(await listed([("limit", LIMIT)], actor))
    assert page["next_cursor"] is None
    return _shown(page)


async def pages(listed: Listed, actor: Actor) -> set[UUID]:
    """Follow the cursor; every page counts the same."""
    given = [("limit", SHORT), ("fields", "id")]
    page = orjson.loads(await listed(given, actor))
    found = [each["id"] for each in page["items"]]
    while page["next_cursor"] is not None:
        page = orjson.loads(await listed([*given, ("cursor", page["next_cursor"])], actor))
        found += [each["id"] for each in page["items"]]
    assert page["total"]["count"] == len(found) == len(set(found))
    return set(map(UUID, found))


async def plain(database: Database, actor: Actor) -> set[UUID]:
    async with database.reading.connect() as connection:
        return _shown(orjson.loads(await accounts.listed(connection, [("limit", LIMIT)], actor)))


def _shown(page: Mapping[str, Any]) -> set[UUID]:
    found = {UUID(each["id"]) for each in page["items"]}
    assert page["total"]["count"] == len(page["items"]) == len(found)
    return found


async def by_value(database: Database, actor: Actor) -> int:
    """Return how many look like somebody new: as many as he may see, up to what is told at most."""
    async with AsyncSession(database.engine) as session:
        stranger = Contact(id=uid(1), email_key="same", phone_index=None)
        return len(await contacts.duplicates(session, stranger, *actor.reach("contact")))


async def read(database: Database, some: Collection[UUID], actor: Actor) -> set[UUID]:
    found = set()
    for id in some:
        try:
            await accounts.read(database.reads, id, actor)
        except NotFound:
            continue
        found.add(id)
    return found


async def by_alias(database: Database, actor: Actor) -> set[UUID]:
    person = aliased(Contact)
    async with database.reading.connect() as connection:
        statement = select(person.id).where(actor.sees("contact:read", person.owner_id))
        return set((await connection.scalars(statement)).all())


async def load(database: Database, some: Collection[UUID], actor: Actor) -> set[UUID]:
    found = set()
    async with AsyncSession(database.engine) as session:
        for id in some:
            try:
                await load_all(session, Account, [id], actor, "account:read")
            except NotFound:
                continue
            found.add(id)
    return found


async def visible_tickets(database: Database, actor: Actor) -> set[UUID]:
    async with database.reading.connect() as connection:
        return set((await connection.scalars(tickets.visible_tickets(actor))).all())


async def records(database: Database, kind: str, known: Collection[UUID], actor: Actor) -> set[UUID]:
    async with database.reading.connect() as connection:
        return {id for _, id in await readable(connection, actor, [(kind, id) for id in known])}


async def feed(database: Database, ring: KekRing, types: str, actor: Actor) -> set[UUID]:
    async with database.reading.connect() as connection:
        scan = await feeds.page(connection, actor, ring, None, EventTypes.read(types), feeds.SCAN)
    return {UUID(each.body["subject"]) for each in scan.events} - {HUB}


async def search(database: Database, ring: KekRing, kind: str, actor: Actor) -> set[UUID]:
    async with database.reading.connect() as connection:
        rows = await searches.search(connection, actor, ring, "namesake", [kind], 1000)
    return {row["id"] for row in rows}


async def timeline(database: Database, ring: KekRing, actor: Actor) -> set[UUID]:
    types = EventTypes.read("sales.opportunity.*")
    async with database.reading.connect() as connection:
        shown = await timelines.page(connection, actor, ring, ("account", HUB), types, None, int(LIMIT))
    return {each.record_id for each in shown.items}


async def counted(database: Database, actor: Actor) -> int:
    async with database.reading.connect() as connection:
        rows = await standings.volumes(connection, standings.Cut(None, "UTC"), actor)
    return sum(row.opened for row in rows)
