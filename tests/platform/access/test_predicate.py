import random
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, Uuid, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.platform.access.predicate import owner_predicate
from libs.platform.access.scopes import Scope, may, visible_owners
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from tests.factories.directory import department, role, uid, user

PEOPLE, PLACES, ROLES, DIRECTORIES = 9, 5, 4, 100
RECORD = Table(
    "scoped_record",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid),
    prefixes=["TEMPORARY"],
)


def anywhere(chance: random.Random, highest: int) -> int | None:
    found: int | None = chance.choice([None, *range(1, highest + 2)])
    return found


def anyone(chance: random.Random, number: int) -> Entry:
    return user(
        number,
        department=anywhere(chance, PLACES),
        manager=anywhere(chance, PEOPLE),
        roles=chance.sample(range(101, 102 + ROLES), chance.randint(0, 3)),
        is_active=chance.random() > 0.1,
    )


def drawn(seed: int) -> Directory:
    """A directory with circles, dangling ids, several roles and inactive users."""
    chance = random.Random(seed)
    entries = [department(n, parent=anywhere(chance, PLACES)) for n in range(1, PLACES + 1)]
    entries += [role(101 + n, {"lead:read": chance.choice(list(Scope))}) for n in range(ROLES)]
    entries += [anyone(chance, number) for number in range(1, PEOPLE + 1)]
    built = Directory()
    built.apply(entries)
    return built


@pytest.fixture
async def owners(session: AsyncSession) -> dict[UUID, UUID | None]:
    """Two records of each owner, one owner nobody knows, and two of nobody."""
    connection = await session.connection()
    await connection.run_sync(RECORD.create)
    found: dict[UUID, UUID | None] = {uid(1): None, uid(2): None}
    found |= {uid(100 * n + copy): uid(n) for n in range(1, PEOPLE + 2) for copy in range(2)}
    await session.execute(insert(RECORD), [{"id": id, "owner_id": owner} for id, owner in found.items()])
    return found


class TestOwnerPredicate:
    async def test_selects_exactly_what_the_specification_allows(
        self, session: AsyncSession, owners: dict[UUID, UUID | None]
    ) -> None:
        cases = 0
        for seed in range(DIRECTORIES):
            directory = drawn(seed)
            for actor in map(uid, range(1, PEOPLE + 2)):
                scope = owner_predicate(RECORD.c.owner_id, visible_owners(directory, actor, "lead:read"))

                selected = set((await session.scalars(select(RECORD.c.id).where(scope))).all())

                allowed = {id for id, owner in owners.items() if may(directory, actor, "lead", "read", owner)}
                assert selected == allowed, (seed, actor)
                cases += len(owners)
        assert cases == DIRECTORIES * (PEOPLE + 1) * len(owners) > 20_000

    async def test_selects_nothing_for_nobody(
        self, session: AsyncSession, owners: dict[UUID, UUID | None]
    ) -> None:
        scope = owner_predicate(RECORD.c.owner_id, frozenset())

        assert (await session.scalars(select(RECORD.c.id).where(scope))).all() == []
