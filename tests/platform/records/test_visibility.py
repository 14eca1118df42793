"""Who may read which record, against the scopes' own specification."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.db import Database
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.sales import OpportunityDeleted, OpportunityOpened
from libs.platform.access.actor import Actor
from libs.platform.access.scopes import Scope
from libs.platform.access.specification import may
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from libs.platform.records.replica import RecordApplier, records_group
from libs.platform.records.tables import record_access
from libs.platform.records.visibility import known_records, may_read, readable
from tests.factories.directory import department, role, uid, user
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import JANUARY, assigned, make_state, opened
from tests.factories.ticketing_facts import queue

ME, MINE, BESIDE, BELOW, FAR, HEAD = 1, 2, 3, 4, 5, 6
OWNERS = (ME, MINE, BESIDE, BELOW, FAR, None)


def directory(permissions: dict[str, str], me: Iterable[Entry] = ()) -> Directory:
    """Me in the middle department, with one who reports to me, one beside, one below and one far away."""
    made = Directory()
    places = [department(10), department(11, parent=10), department(12, parent=11), department(19)]
    people = [
        user(ME, department=11, roles=[100]),
        user(MINE, department=19, manager=ME),
        user(BESIDE, department=11),
        user(BELOW, department=12),
        user(FAR, department=19),
        user(HEAD, department=10, roles=[101]),
    ]
    roles = [role(100, permissions), role(101, {"*:*": "all"})]
    made.apply([*places, *people, *roles, *me])
    return made


def row(kind: str, number: int, **facts: Any) -> dict[str, Any]:
    given = {"type": kind, "id": uid(number), "epoch": 1, "version": 1}
    empty = dict.fromkeys(("owner_id", "group_id", "members", "merged_into_id", "deleted_at"))
    return given | empty | {"root_type": kind, "root_id": uid(number)} | facts


def numbered(owner: int | None) -> int:
    return 500 + (owner or 0)


@pytest.fixture(scope="module", autouse=True)
async def records(scratched: Any) -> None:
    """One ticket and one lead per owner, a product, a queue of mine, and children of tickets."""
    rows = [
        row(kind, numbered(owner), owner_id=uid(owner) if owner else None)
        for kind in ("ticket", "lead")
        for owner in OWNERS
    ]
    rows += [row("product", 700), row("queue", 800, members=[uid(ME)]), row("queue", 801, members=[uid(FAR)])]
    rows += [row("ticket", 600, group_id=uid(800)), row("ticket", 601, group_id=uid(801))]
    rows += [
        row("ticket-message", 900 + owner, root_type="ticket", root_id=uid(numbered(owner)))
        for owner in (ME, FAR)
    ]
    rows += [row("ticket-message", 999, root_type="ticket", root_id=uid(404))]
    async with scratched.database.engine.begin() as connection:
        await connection.execute(insert(record_access).values(rows))


@pytest.fixture
async def connection(database: Database) -> Any:
    async with database.reading.connect() as opened_connection:
        yield opened_connection


def actor(permissions: dict[str, str], number: int = ME) -> Actor:
    return Actor(uid(number), directory(permissions))


class TestOwned:
    @pytest.mark.parametrize("scope", [each.value for each in Scope])
    async def test_agrees_with_the_scopes(self, connection: AsyncConnection, scope: str) -> None:
        me = actor({"ticket:read": scope})
        asked = {owner: ("ticket", uid(numbered(owner))) for owner in OWNERS}

        found = await readable(connection, me, asked.values())

        expected = {
            asked[owner]
            for owner in OWNERS
            if may(me.directory, uid(ME), "ticket", "read", uid(owner) if owner else None)
        }
        assert expected
        assert found == expected

    async def test_shows_nothing_without_the_permission(self, connection: AsyncConnection) -> None:
        me = actor({"lead:read": "own"})

        assert not await may_read(connection, me, "ticket", uid(numbered(ME)))
        assert await may_read(connection, me, "lead", uid(numbered(ME)))

    async def test_shows_everything_to_the_system(self, connection: AsyncConnection) -> None:
        assert await may_read(connection, Actor(None, directory({})), "ticket", uid(12345))

    async def test_follows_the_owner_to_another_department(self, connection: AsyncConnection) -> None:
        me = actor({"ticket:read": "department"})
        assert not await may_read(connection, me, "ticket", uid(numbered(FAR)))

        me.directory.apply([user(FAR, department=11, dv=9)])

        assert await may_read(connection, me, "ticket", uid(numbered(FAR)))


class TestOthers:
    async def test_opens_what_belongs_to_nobody_to_every_reader(self, connection: AsyncConnection) -> None:
        assert await may_read(connection, actor({"product:read": "own"}), "product", uid(700))
        assert not await may_read(connection, actor({"ticket:read": "own"}), "product", uid(700))

    async def test_shows_a_queue_to_its_members(self, connection: AsyncConnection) -> None:
        me = actor({"ticket:read": "own"})

        found = await readable(connection, me, [("ticket", uid(600)), ("ticket", uid(601))])

        assert found == {("ticket", uid(600))}
        assert not await may_read(connection, actor({"lead:read": "all"}), "ticket", uid(600))

    async def test_shows_children_with_their_parent(self, connection: AsyncConnection) -> None:
        asked = [("ticket-message", uid(900 + owner)) for owner in (ME, FAR)]

        assert await readable(connection, actor({"ticket:read": "own"}), asked) == {asked[0]}
        assert await readable(connection, actor({"ticket:read": "all"}), asked) == set(asked)
        assert await readable(connection, actor({"ticket-message:read": "all"}), asked) == set()

    async def test_waits_for_a_parent(self, connection: AsyncConnection) -> None:
        orphan = ("ticket-message", uid(999))

        assert not await may_read(connection, actor({"ticket:read": "all"}), *orphan)
        assert await may_read(connection, actor({}, HEAD), *orphan)
        product = ("product", uid(700))
        known = select(known_records(*map(literal, orphan)), known_records(*map(literal, product)))
        assert (await connection.execute(known)).one() == (False, True)


class TestReplica:
    async def test_reads_every_topic_of_records(self) -> None:
        group = records_group("analytics")

        assert group.name == "analytics.records"
        assert OpportunityOpened.topic in group.topics
        assert not group.dedupe

    async def test_keeps_the_newest(self, session: AsyncSession) -> None:
        first, second = opened(1), assigned(1, 9)
        transaction = PostgresTransaction(session, "analytics")

        for envelopes in ([make_envelope(second, 2)], [make_envelope(first, 1)], [make_envelope(second, 2)]):
            await RecordApplier().apply(transaction, envelopes)

        mine = record_access.c.id == uid(1)
        kept = (await session.execute(select(record_access).where(mine))).mappings().one()
        assert (kept["owner_id"], kept["version"], kept["root_type"]) == (uid(9), 2, "opportunity")

    async def test_keeps_the_members_of_a_queue(self, session: AsyncSession) -> None:
        for fact, sequence in ((queue(7, ME, FAR), 1), (queue(7), 2)):
            envelope = make_envelope(fact, sequence)
            await RecordApplier().apply(PostgresTransaction(session, "analytics"), [envelope])

            members = select(record_access.c.members).where(record_access.c.id == uid(7))
            kept = (await session.execute(members)).scalar_one()
            assert kept == list(fact.state.member_ids)

    async def test_notes_that_a_record_is_deleted(self, session: AsyncSession) -> None:
        gone = OpportunityDeleted(
            opportunity_id=uid(2), occurred_at=JANUARY, state=make_state(2, deleted_at=JANUARY)
        )

        await RecordApplier().apply(PostgresTransaction(session, "analytics"), [make_envelope(gone, 1)])

        mine = select(record_access.c.deleted_at).where(record_access.c.id == uid(2))
        assert (await session.execute(mine)).scalar_one() == JANUARY
