"""Every way in which the product asks PostgreSQL what a viewer may see: its own functions and tables."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert

from libs.common.bus import TopicPartition
from libs.common.crypto import KekRing
from libs.common.db import Aggregate, Database
from libs.common.envelope import Envelope
from libs.common.testing import scratch
from libs.platform.access.actor import Actor
from services.customer.accounts import queries as accounts
from services.customer.accounts.model import Account
from services.customer.contacts.model import Contact
from services.customer.contacts.schemas import MOST_DUPLICATES
from services.ticketing.queues.model import Queue
from services.ticketing.tickets import queries as tickets
from services.ticketing.tickets.model import Ticket
from tests.access import asking
from tests.access.asking import HUB
from tests.access.worlds import QUEUES, Record, owned, queued
from tests.analytics.conftest import Models, placed
from tests.factories.customer_facts import account, sealed
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import opened
from tests.factories.ticketing_facts import queue, ticket

# How many records are asked for one by one.
FEW = 3
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_ZEROS: dict[type, Any] = {str: "", int: 0, bool: False, datetime: NOW, date: NOW.date(), dict: {}, list: []}
_ZEROS[timedelta] = timedelta()

type Rows = dict[UUID, Record]


@dataclass(frozen=True)
class Door:
    """One way to look: `ask` returns the ids that it shows of `records`, or only how many they are."""

    name: str
    kind: str
    records: Mapping[UUID, Record]
    ask: Callable[[Actor], Awaitable[set[UUID] | int]]
    # How many it tells at most, where it only counts.
    most: int = 10_000
    action: str = "read"


@asynccontextmanager
async def doors() -> AsyncIterator[list[Door]]:
    """Lend the doors of three services, each over a database that is filled with records."""
    async with AsyncExitStack() as stack:
        found: list[Door] = []
        for opening in (_customer, _ticketing, _analytics):
            found += await stack.enter_async_context(opening())
        yield found


@asynccontextmanager
async def _customer() -> AsyncIterator[list[Door]]:
    companies, people = owned(1000), owned(2000)
    some = dict(list(companies.items())[:: len(companies) // FEW])
    async with scratch("customer") as lent:
        database = lent.database
        await _fill(database, Account, companies)
        await _fill(database, Contact, people)
        ring = KekRing.load(lent.settings.kek_file)
        listed_people = partial(asking.people, database, ring)
        listed = partial(accounts.listed, database.reads)
        yield [
            Door("condition of the ORM", "account", companies, partial(asking.by_condition, database)),
            Door("list, one pass", "account", companies, partial(asking.page, listed)),
            Door("list, page by page", "contact", people, partial(asking.pages, listed_people)),
            Door("list on a plain connection", "account", companies, partial(asking.plain, database)),
            Door("scope as a value", "contact", people, partial(asking.by_value, database), MOST_DUPLICATES),
            Door("read of one", "account", some, partial(asking.read, database, some)),
            Door("load for a change", "account", some, partial(asking.load, database, some)),
            Door("condition of an alias", "contact", people, partial(asking.by_alias, database)),
            *(
                Door(f"condition to {action}", "account", companies, ask, action=action)
                for action in ("update", "share")
                for ask in [partial(asking.by_condition, database, action=action)]
            ),
        ]


@asynccontextmanager
async def _ticketing() -> AsyncIterator[list[Door]]:
    waiting, queues = queued(3000)
    async with scratch("ticketing") as lent:
        database = lent.database
        await _fill(database, Queue, dict.fromkeys(map(uid, QUEUES), Record(None)), member_ids=_members)
        await _fill(database, Ticket, waiting, queue_id=queues.__getitem__, number=str)
        listed = partial(tickets.list_page, database.reads)
        yield [
            Door("tickets, one pass", "ticket", waiting, partial(asking.page, listed)),
            Door("tickets of surveys", "ticket", waiting, partial(asking.visible_tickets, database)),
        ]


@asynccontextmanager
async def _analytics() -> AsyncIterator[list[Door]]:
    companies, waiting = owned(1000), queued(3000)[0]
    chances = {id: each for id, each in owned(4000).items() if each.owner_id}
    async with scratch("analytics") as lent:
        models = Models(lent)
        await models.create()
        await _tell(models, await _told(models, companies, chances))
        database, ring = lent.database, models.ring
        asked: list[tuple[str, str, Rows, Any]] = [
            ("records", "account", companies, partial(asking.records, database, "account", companies)),
            ("records", "opportunity", chances, partial(asking.records, database, "opportunity", chances)),
            ("records", "ticket", waiting, partial(asking.records, database, "ticket", waiting)),
            ("feed", "account", companies, partial(asking.feed, database, ring, "customer.account.*")),
            ("feed", "ticket", waiting, partial(asking.feed, database, ring, "ticketing.ticket.*")),
            ("search", "account", companies, partial(asking.search, database, ring, "account")),
            ("search", "opportunity", chances, partial(asking.search, database, ring, "opportunity")),
            ("timeline", "opportunity", chances, partial(asking.timeline, database, ring)),
            ("figures", "ticket", _unshared(waiting), partial(asking.counted, database)),
        ]
        yield [Door(f"{name}: {kind}", kind, rows, ask) for name, kind, rows, ask in asked]


def _unshared(records: Rows) -> Rows:
    """Return the records as sums know them: what is seen only by sharing is not counted."""
    return {id: replace(each, collaborators=()) for id, each in records.items()}


async def _told(models: Models, companies: Rows, chances: Rows) -> list[Envelope]:
    """Return the event of each record, as its service would send it."""
    facts: list[Any] = [queue(number, *members) for number, members in QUEUES.items()]
    facts.append(account(HUB.int, owner_id=None, name="The one"))
    named: Any = {"name": "Namesake"}
    facts += [
        account(id.int, owner_id=each.owner_id, collaborators=each.told(), **named)
        for id, each in companies.items()
    ]
    facts += [
        opened(id.int, owner_id=each.owner_id, account_id=HUB, collaborators=each.told(), **named)
        for id, each in chances.items()
    ]
    key = await models.mint(1)
    waiting, queues = queued(3000)
    asked: list[Any] = [
        ticket(
            id.int,
            owner_id=each.owner_id,
            queue_id=queues[id],
            subject_id=uid(1),
            collaborators=each.told(),
        )
        for id, each in waiting.items()
    ]
    whole = [make_envelope(each, 1) for each in facts]
    return [*whole, *(make_envelope(each, 1, sealed(each, key)) for each in asked)]


async def _tell(models: Models, envelopes: Sequence[Envelope]) -> None:
    """Take the events in, one behind the other on their topics."""
    ends: Counter[str] = Counter()
    at_place = []
    for each in envelopes:
        at_place.append(placed(each, ends[each.record.topic]))
        ends[each.record.topic] += 1
    await models.take(at_place)
    for topic, end in ends.items():
        await models.reach(TopicPartition(topic, 0), end)


def _members(id: UUID) -> list[UUID]:
    return [uid(each) for each in QUEUES[id.int]]


async def _fill(
    database: Database, kind: type[Aggregate], records: Rows, **more: Callable[[UUID], Any]
) -> None:
    """Insert rows that hold what access asks for, and nothing of note in all other columns."""
    table: Table = vars(kind)["__table__"]
    needed = {each.name: _zero(each) for each in table.columns if not each.nullable}
    known = {"email_key": "same"} if "email_key" in table.columns else {}
    rows = [
        needed
        | known
        | {"id": id}
        | {name: given(id) for name, given in more.items()}
        | ({"owner_id": each.owner_id} if "owner_id" in table.columns else {})
        | ({"collaborators": each.told()} if "collaborators" in table.columns else {})
        for id, each in records.items()
    ]
    async with database.engine.begin() as connection:
        await connection.execute(insert(table), rows)


def _zero(column: Any) -> Any:
    made = column.type.python_type
    return uid(7) if made is UUID else _ZEROS[made]
