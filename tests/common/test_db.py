"""What aggregates record is collected at flush; a change that nobody tells of is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from libs.common.db import UnrecordedChangeError, collected, recorded
from libs.common.testing import Scratch, scratch
from tests.chaos.event_path.parcels import Parcel, ParcelPacked, make_table


@pytest.fixture(scope="module")
async def scratched() -> AsyncIterator[Scratch]:
    async with scratch() as lent:
        await make_table(lent.database)
        yield lent


def make_parcel(content: str = "tea") -> Parcel:
    parcel = Parcel(id=uuid4(), created_at=datetime.now(UTC))
    parcel.pack(content)
    return parcel


class TestRecord:
    async def test_counts_versions_and_keeps_the_order(self, session: AsyncSession) -> None:
        one, other = make_parcel(), make_parcel()
        one.pack("coffee")
        other.pack("milk")
        session.add_all([other, one])

        await session.flush()

        assert [each.sequence for each in collected(session)] == [1, 1, 2, 2]
        assert [each.aggregate for each in collected(session)] == [one, other, one, other]
        assert (one.version, other.version) == (2, 2)

    async def test_is_collected_once(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        await session.flush()
        await session.flush()
        parcel.pack("coffee")
        await session.flush()

        facts = recorded(session)
        assert [fact.state.content for fact in facts if isinstance(fact, ParcelPacked)] == ["tea", "coffee"]

    async def test_tells_what_changed(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        await session.flush()
        parcel.pack("coffee")
        await session.flush()

        assert collected(session)[-1].changes["content"] == ("tea", "coffee")


class TestUnitOfWork:
    async def test_keeps_what_is_new_until_it_is_to_be_written(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        session.add(parcel)
        kept = list(session.new)

        await session.flush()

        assert kept == [parcel]
        assert not session.new
        assert await session.get_one(Parcel, parcel.id) is parcel
        assert len(recorded(session)) == 1

    async def test_follows_what_was_loaded(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        await session.flush()
        session.expunge(parcel)

        session.add(parcel)
        parcel.pack("coffee")

        assert not session.new
        assert list(session.dirty) == [parcel]

    async def test_loses_nothing_that_is_committed(self, scratched: Scratch) -> None:
        parcel = make_parcel()
        async with scratched.database.session() as session:
            session.add(parcel)
            await session.commit()

        async with scratched.database.session() as session:
            assert (await session.get_one(Parcel, parcel.id)).content == "tea"

    async def test_forgets_everything_at_once(self, session: AsyncSession) -> None:
        session.add(make_parcel())

        session.expunge_all()
        await session.flush()

        assert recorded(session) == []


class TestFlush:
    async def test_refuses_a_change_without_an_event(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        await session.flush()

        parcel.content = "smuggled"

        with pytest.raises(UnrecordedChangeError, match="without an event"):
            await session.flush()

    async def test_refuses_a_change_behind_the_last_event(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        parcel.content = "smuggled"

        with pytest.raises(UnrecordedChangeError, match="after its last event"):
            await session.flush()

    async def test_refuses_a_version_that_somebody_else_has_moved(self, session: AsyncSession) -> None:
        parcel = make_parcel()
        session.add(parcel)
        await session.flush()
        await session.execute(text("UPDATE toy_parcel SET version = version + 1"))

        parcel.pack("coffee")

        with pytest.raises(StaleDataError):
            await session.flush()
