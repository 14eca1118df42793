"""Rows in one statement are the rows that SQLAlchemy's unit of work would have written."""

import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import pytest
from sqlalchemy import ARRAY, Text, Uuid, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from libs.common.db import Aggregate, Base
from libs.common.events import Event, State
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.testing import Scratch, scratch
from libs.common.transaction import Transactions

CAUSE = Cause("tester", "test")
THEN = datetime(2026, 3, 1, 9, 0, 0, 123456, UTC)
TEXTS = ("", "plain", 'a "quoted" \\ one', "{a,b}", "王芳\n\t", "null", "\U0001f600 '; DROP", "%s $1 {0}")


class CrateState(State):
    label: str


class CrateMade(Event, type="toy.crate.made.v1", key="crate_id"):
    """A crate was made, or made anew."""

    crate_id: UUID
    state: CrateState


class Crate(Aggregate, Base):
    """Has a column of every type that an aggregate of the product has."""

    __tablename__ = "toy_crate"

    label: Mapped[str]
    note: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    is_open: Mapped[bool | None]
    amount: Mapped[int | None]
    due_date: Mapped[date | None]
    lasts: Mapped[timedelta | None]
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    links: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    @classmethod
    def make(cls, values: dict[str, Any]) -> Self:
        crate = cls(id=new_id(), created_at=THEN, updated_at=THEN, **values)
        crate.tell()
        return crate

    def tell(self) -> None:
        self.record(CrateMade(crate_id=self.id, occurred_at=THEN, state=self.state()))

    def state(self) -> CrateState:
        return CrateState(label=self.label)


COLUMNS = [name for name in Crate.__table__.c.keys() if name not in {"id", "version"}]  # noqa: SIM118 - columns


def some_values(chance: random.Random) -> dict[str, Any]:
    pick, number = chance.choice, chance.randint
    span = timedelta(days=number(-3, 3), seconds=number(0, 86_399), microseconds=number(0, 999_999))
    values = {
        "note": pick(TEXTS),
        "owner_id": new_id(),
        "is_open": pick((True, False)),
        "amount": number(-(2**62), 2**62),
        "due_date": date(2026, 1, 1) + timedelta(days=number(0, 400)),
        "lasts": span,
        "links": [new_id() for _ in range(number(0, 3))],
        "facts": {pick(TEXTS): [pick(TEXTS), number(0, 9), None, {"at": str(new_id())}]},
    }
    kept = {name: value for name, value in values.items() if chance.random() < 0.7}
    kept |= {"label": pick(TEXTS), "words": [pick(TEXTS) for _ in range(number(0, 3))]}
    return kept | {"lines": [{"n": number(0, 9), "text": pick(TEXTS)}]}


@pytest.fixture(scope="module")
async def scratched() -> AsyncIterator[Scratch]:
    async with scratch() as lent:
        async with lent.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.tables["toy_crate"].create)
        yield lent


@pytest.fixture
def transactions(scratched: Scratch) -> Transactions:
    return Transactions(scratched.database, "toy")


async def stored(scratched: Scratch, crates: list[Crate]) -> list[tuple[Any, ...]]:
    names = ", ".join(COLUMNS)
    sql = text(f"SELECT version, {names} FROM toy_crate WHERE id = ANY(:ids) ORDER BY id")
    async with scratched.database.reading.connect() as connection:
        return [tuple(row) for row in await connection.execute(sql, {"ids": [each.id for each in crates]})]


async def made(
    transactions: Transactions, values: list[dict[str, Any]], *, unit_of_work: bool
) -> list[Crate]:
    async def body(session: AsyncSession) -> list[Crate]:
        crates = [Crate.make(each) for each in values]
        session.add_all(crates)
        if unit_of_work:
            await session.flush()
        return crates

    return await transactions.run(CAUSE, body)


async def changed(
    transactions: Transactions, crates: list[Crate], values: list[dict[str, Any]], *, unit_of_work: bool
) -> None:
    async def body(session: AsyncSession) -> None:
        for crate, change in zip(crates, values, strict=True):
            found = await session.get_one(Crate, crate.id)
            for name, value in change.items():
                setattr(found, name, value)
            found.tell()
        if unit_of_work:
            await session.flush()

    await transactions.run(CAUSE, body)


class TestRows:
    async def test_are_what_the_unit_of_work_writes(
        self, scratched: Scratch, transactions: Transactions
    ) -> None:
        chance = random.Random(5)
        values = [some_values(chance) for _ in range(60)]

        one = await made(transactions, values, unit_of_work=True)
        other = await made(transactions, values, unit_of_work=False)

        assert await stored(scratched, other) == await stored(scratched, one)
        assert len(await stored(scratched, other)) == 60

    async def test_change_as_the_unit_of_work_changes_them(
        self, scratched: Scratch, transactions: Transactions
    ) -> None:
        chance = random.Random(6)
        values, after = ([some_values(chance) for _ in range(30)] for _ in range(2))
        sides = [await made(transactions, values, unit_of_work=False) for _ in range(2)]

        for crates, unit_of_work in zip(sides, (True, False), strict=True):
            await changed(transactions, crates, after, unit_of_work=unit_of_work)

        one, other = [await stored(scratched, crates) for crates in sides]
        assert one == other
        assert {row[0] for row in one} == {2}

    async def test_go_as_one_statement(
        self, transactions: Transactions, query_count: Callable[[], Any]
    ) -> None:
        crates = await made(
            transactions, [some_values(random.Random(7)) for _ in range(20)], unit_of_work=False
        )

        async def body(session: AsyncSession) -> None:
            found = await session.scalars(select(Crate).where(Crate.id.in_([each.id for each in crates])))
            for crate in found:
                crate.label = "changed"
                crate.tell()
            session.add(Crate.make(some_values(random.Random(8))))

        with query_count() as counted:
            await transactions.run(CAUSE, body)

        assert [each.split()[0] for each in counted.statements] == ["SELECT", "WITH"]

    async def test_are_all_left_alone_when_one_has_moved(
        self, scratched: Scratch, transactions: Transactions
    ) -> None:
        crates = await made(
            transactions, [some_values(random.Random(9)) for _ in range(3)], unit_of_work=False
        )
        before = await stored(scratched, crates)

        async def body(session: AsyncSession) -> None:
            found = [await session.get_one(Crate, crate.id) for crate in crates]
            await session.execute(
                text("UPDATE toy_crate SET version = 9 WHERE id = :id"), {"id": crates[1].id}
            )
            for each in found:
                each.label = "lost"
                each.tell()

        with pytest.raises(StaleDataError):
            await transactions.run(CAUSE, body)

        assert await stored(scratched, crates) == before
        sql = text("SELECT count(*) FROM outbox WHERE key = ANY(:keys) AND headers->>'ce_sequence' <> '1'")
        async with scratched.database.reading.connect() as connection:
            sent = await connection.execute(sql, {"keys": [str(each.id) for each in crates]})
            assert sent.scalar_one() == 0


class TestAggregate:
    def test_refuses_a_column_that_is_none(self) -> None:
        with pytest.raises(TypeError, match="has no lable"):
            Crate(id=new_id(), lable="typo")
