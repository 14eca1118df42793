"""A database is set back to a dump from before an erasure, and serves only when it has heard of it again."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.postgres import binaries
from libs.common import lineage
from libs.common.bus import Topic
from libs.common.clock import SystemClock
from libs.common.crypto import ERASED
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.kafka import KafkaBus
from libs.common.outbox import PostgresOutbox
from libs.common.relay import Relay
from libs.common.testing import Scratch, make_settings, scratch
from libs.platform.process import Platform
from libs.platform.restoring import replay, replay_if_restored
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import Blank, SubjectKeyApplier
from services.customer.contacts.commands import erase_subjects as erase_contacts
from services.customer.handlers import blank as blank_contacts
from services.sales.handlers import blank as blank_leads
from services.sales.leads.commands import erase_subjects as erase_leads
from tests.factories.activities import make_activity
from tests.factories.contacts import make_contact
from tests.factories.envelopes import NOW
from tests.factories.sales import make_lead

CAUSE = Cause("system", "test")


@asynccontextmanager
async def restored(lent: Scratch, service: str, dump: Path) -> AsyncIterator[Database]:
    """Load a dump into a database of its own, with PostgreSQL's programs."""
    name = f"plexus_test_restored_{uuid4().hex[:12]}"
    # The programs take the plain form of the address.
    url = make_url(lent.url.replace("+asyncpg", ""))
    server, fresh = (
        url.set(database=each).render_as_string(hide_password=False) for each in ("postgres", name)
    )
    run("psql", server, "-c", f"CREATE DATABASE {name}")
    database = Database.connect(make_settings(service, fresh))
    try:
        await asyncio.to_thread(run, "pg_restore", "--no-owner", f"--dbname={fresh}", str(dump))
        yield database
    finally:
        await database.close()
        run("psql", server, "-c", f"DROP DATABASE {name} WITH (FORCE)")


def run(program: str, *words: str) -> None:
    subprocess.run([str(binaries() / program), *words], check=True, capture_output=True, timeout=60)


async def relayed(lent: Scratch, bus: KafkaBus) -> None:
    """Send what is told of keys, by the relay."""
    await bus.ensure(
        [Topic(f"crm.{each}.subject-key") for each in ("auth", "customer", "sales", "ticketing")]
    )
    async with lent.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM outbox WHERE topic NOT LIKE '%.subject-key'"))
    stop = asyncio.Event()
    relay = Relay(PostgresOutbox(lent.url), bus, SystemClock(), 15.0)
    relaying = asyncio.create_task(relay.run(stop))
    async with asyncio.timeout(30):
        while (await told(lent.database, "SELECT count(*) FROM outbox"))[0][0]:
            await asyncio.sleep(0.05)
    stop.set()
    await relaying


async def told(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.reading.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


class World:
    """A service with one person who is forgotten after the backup, and one who stays."""

    def __init__(self, service: str, blank: Blank, plant: Callable[[AsyncSession], Awaitable[UUID]]) -> None:
        self.service, self.blank, self.plant = service, blank, plant


async def a_contact(session: AsyncSession) -> UUID:
    subject_id = mint(session)
    contact = make_contact(family_name="Marker", subject_id=subject_id)
    session.add(contact)
    session.add(make_activity(subject="Marker said", subject_id=subject_id, contact_id=contact.id))
    return subject_id


async def a_lead(session: AsyncSession) -> UUID:
    subject_id = mint(session)
    session.add(make_lead(family_name="Marker", subject_id=subject_id))
    return subject_id


CUSTOMER = World("customer", blank_contacts, a_contact)
SALES = World("sales", blank_leads, a_lead)
NAMES = {
    "customer": "SELECT family_name FROM contact UNION ALL SELECT subject FROM activity",
    "sales": "SELECT family_name FROM lead",
}


class TestRestore:
    @pytest.mark.parametrize("world", [CUSTOMER, SALES], ids=lambda world: world.service)
    async def test_keeps_forgotten_who_was_forgotten_since(
        self, world: World, bus: KafkaBus, tmp_path: Path
    ) -> None:
        dump, erase = tmp_path / "dump", erase_contacts if world is CUSTOMER else erase_leads
        async with scratch(world.service) as lent:
            before = Platform(lent.settings, lent.database).transactions
            person = await before.run(CAUSE, world.plant)
            stays = await before.run(CAUSE, world.plant)
            elsewhere = await before.run(CAUSE, world.plant)
            run("pg_dump", "--format=custom", f"--file={dump}", lent.url.replace("+asyncpg", ""))
            await before.run(CAUSE, lambda session: erase(session, [person], NOW))
            # A second person, whom the other service minted and forgot; here he is only linked.
            theirs = new_id()

            async def linked(session: AsyncSession) -> None:
                (await session.get_one(SubjectKey, elsewhere)).link(theirs, NOW)

            await before.run(CAUSE, linked)
            await before.run(CAUSE, lambda session: erase(session, [theirs], NOW))
            await relayed(lent, bus)

            async with restored(lent, world.service, dump) as database:
                platform = Platform(lent.settings, database)
                names = await told(database, NAMES[world.service])
                assert len([name for (name,) in names if "Marker" in str(name)]) == len(names) > 2
                async with database.reading.connect() as connection:
                    assert not await lineage.is_known(connection)
                # The door stays shut, and nothing but the replay opens it.
                waiting = asyncio.create_task(lineage.until_known(database))
                await asyncio.sleep(0)
                assert not waiting.done()

                await replay_if_restored(platform.transactions, bus, SubjectKeyApplier(world.blank))

                await asyncio.wait_for(waiting, 10)
                async with database.reading.connect() as connection:
                    keys = await load_keys(connection, platform.ring, [person, stays, elsewhere])
                    assert await lineage.is_known(connection)
                assert [keys.find(each) is None for each in (person, stays, elsewhere)] == [True, False, True]
                after = [name for (name,) in await told(database, NAMES[world.service])]
                assert sum("Marker" in str(name) for name in after) == len(after) / 3
                assert sum(name == ERASED for name in after) == len(after) * 2 / 3
                # Again it is nothing new, and a database that is known is left alone.
                assert await replay(platform.transactions, bus, SubjectKeyApplier(world.blank)) == 0
