"""Commands on members: by hand, by snapshot, and who comes back."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from services.customer.contacts.model import Contact
from services.customer.segment_checks.queries import begin_filling, postpone, take_marks
from services.customer.segment_members.commands import (
    add_members,
    check_changed,
    enter_copied,
    fill_segment,
    remove_member,
    remove_members,
    take_snapshot,
)
from services.customer.segment_members.model import SegmentMember, member_id
from services.customer.segment_members.schemas import Changed, Snapshot
from services.customer.segments.model import Segment
from services.customer.segments.queries import shown
from tests.customer.acting import NOW, an_actor, equip
from tests.factories.contacts import make_contact
from tests.factories.directory import uid
from tests.factories.segments import make_segment


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


@pytest.fixture
async def segment(session: AsyncSession) -> Segment:
    return await a_segment(session, "static")


async def a_segment(session: AsyncSession, kind: str) -> Segment:
    segment = make_segment(kind=kind, owner_id=uid(1))
    session.add(segment)
    await session.flush()
    return segment


async def contacts(session: AsyncSession, number: int, **details: object) -> list[Contact]:
    made = [make_contact(owner_id=uid(1), **details) for _ in range(number)]  # type: ignore[arg-type]
    session.add_all(made)
    await session.flush()
    return made


async def add(session: AsyncSession, segment: Segment, people: Sequence[Contact]) -> Changed:
    return await add_members(session, segment.id, [each.id for each in people], an_actor(), NOW)


async def told(session: AsyncSession) -> list[tuple[str, str]]:
    """What members told since the last time: (event, reason)."""
    await session.flush()
    facts = [each for each in recorded(session) if type(each).__name__.startswith("SegmentMember")]
    session.info["recorded"] = []
    return [(type(each).__name__.removeprefix("SegmentMember"), each.state.reason) for each in facts]  # type: ignore[attr-defined]


async def counted(session: AsyncSession, segment: Segment) -> int:
    return (await shown(session, segment)).member_count


class TestAddMembers:
    async def test_lets_each_enter_once(self, session: AsyncSession, segment: Segment) -> None:
        people = await contacts(session, 3)
        await add(session, segment, people[:1])
        assert await told(session) == [("Entered", "added")]

        changed = await add(session, segment, [*people, people[2]])

        assert (changed.changed, changed.unchanged) == (2, 1)
        assert await told(session) == [("Entered", "added")] * 2
        assert await counted(session, segment) == 3

    async def test_refuses_all_when_one_is_unknown_or_out_of_scope(
        self, session: AsyncSession, segment: Segment
    ) -> None:
        (mine,) = await contacts(session, 1)
        theirs = make_contact(owner_id=uid(2))
        session.add(theirs)
        await session.flush()
        owner = an_actor({"segment:update": "own", "contact:read": "own"})

        for other in (theirs.id, new_id()):
            with pytest.raises(UnknownReference):
                await add_members(session, segment.id, [mine.id, other], owner, NOW)

        assert await told(session) == []

    async def test_refuses_who_is_gone(self, session: AsyncSession, segment: Segment) -> None:
        people = await contacts(session, 4)
        people[0].delete(NOW)
        people[1].erase(NOW)
        people[2].merge(people[3], NOW)
        await session.flush()

        for each, slug in zip(people, ("deleted", "erased", "merged"), strict=False):
            with pytest.raises(Conflict, match=slug):
                await add(session, segment, [each])

        assert await told(session) == []

    async def test_refuses_a_segment_with_a_rule(self, session: AsyncSession) -> None:
        dynamic = await a_segment(session, "dynamic")

        with pytest.raises(Conflict, match="segment-dynamic"):
            await add(session, dynamic, await contacts(session, 1))

        assert await told(session) == []


class TestRemoveMembers:
    async def test_lets_each_leave_once(self, session: AsyncSession, segment: Segment) -> None:
        people = await contacts(session, 3)
        await add(session, segment, people[:2])
        await told(session)

        ids = [each.id for each in people]
        changed = await remove_members(session, segment.id, ids, an_actor(), NOW)

        assert (changed.changed, changed.unchanged) == (2, 1)
        assert await told(session) == [("Left", "removed")] * 2
        assert await counted(session, segment) == 0

    async def test_of_one_demands_his_version(self, session: AsyncSession, segment: Segment) -> None:
        one, other = await contacts(session, 2)
        await add(session, segment, [one])
        await told(session)

        with pytest.raises(StaleVersion):
            await remove_member(session, segment.id, one.id, 2, an_actor(), NOW)
        with pytest.raises(NotFound):
            await remove_member(session, segment.id, other.id, 1, an_actor(), NOW)
        assert await told(session) == []

        await remove_member(session, segment.id, one.id, 1, an_actor(), NOW)
        assert await told(session) == [("Left", "removed")]


class TestStaticMembers:
    async def test_leave_when_they_are_gone_and_return_when_they_are_back(
        self, session: AsyncSession, segment: Segment
    ) -> None:
        (one,) = await contacts(session, 1)
        await add(session, segment, [one])
        await told(session)

        one.delete(NOW)
        await session.flush()
        await check_changed(session, 500, NOW)
        assert await told(session) == [("Left", "deleted")]

        one.restore(NOW)
        await session.flush()
        await check_changed(session, 500, NOW)
        assert await told(session) == [("Entered", "returned")]
        assert await counted(session, segment) == 1

    async def test_who_were_taken_out_by_hand_stay_out(self, session: AsyncSession, segment: Segment) -> None:
        (one,) = await contacts(session, 1)
        await add(session, segment, [one])
        await session.flush()
        await remove_member(session, segment.id, one.id, 1, an_actor(), NOW)
        await told(session)

        one.revise({"language": "zh"}, NOW)
        await session.flush()
        await check_changed(session, 500, NOW)

        assert await told(session) == []


class TestTakeSnapshot:
    async def test_keeps_who_is_in_now(self, session: AsyncSession) -> None:
        people = await contacts(session, 3, language="zh")
        dynamic = await a_segment(session, "dynamic")
        await check_changed(session, 500, NOW)
        await told(session)
        assert await counted(session, dynamic) == 3

        kept = await take_snapshot(session, dynamic.id, Snapshot(name="Today"), an_actor(), NOW)
        people[0].revise({"language": "en"}, NOW)
        people[1].delete(NOW)
        await session.flush()
        assert (await shown(session, kept)).is_filling
        await check_changed(session, 500, NOW)
        await told(session)
        for _ in range(2):
            await enter_copied(session, 2, NOW)

        assert await told(session) == [("Entered", "copied")] * 2
        assert ((await shown(session, kept)).is_filling, kept.kind) == (False, "static")
        member = await session.get(SegmentMember, member_id(kept.id, people[1].id))
        assert (await counted(session, kept), member) == (2, None)

    async def test_waits_until_the_segment_is_filled(self, session: AsyncSession) -> None:
        dynamic = await a_segment(session, "dynamic")
        await begin_filling(session, dynamic.id, dynamic.version)

        with pytest.raises(Conflict, match="segment-filling"):
            await take_snapshot(session, dynamic.id, Snapshot(name="Today"), an_actor(), NOW)

        assert not session.new


class TestFillSegment:
    async def test_goes_through_everybody_in_steps(self, session: AsyncSession) -> None:
        await contacts(session, 5, language="zh")
        dynamic = await a_segment(session, "dynamic")
        await begin_filling(session, dynamic.id, dynamic.version)

        steps = []
        for _ in range(4):
            await fill_segment(session, 2, NOW)
            steps.append(len(await told(session)))

        assert steps == [2, 2, 1, 0]
        assert not (await shown(session, dynamic)).is_filling

    async def test_forgets_a_segment_that_was_deleted(self, session: AsyncSession) -> None:
        await contacts(session, 1, language="zh")
        dynamic = await a_segment(session, "dynamic")
        await begin_filling(session, dynamic.id, dynamic.version)
        dynamic.delete(NOW)
        await session.flush()

        await fill_segment(session, 2, NOW)

        assert await told(session) == []
        assert not (await shown(session, dynamic)).is_filling


class TestMarks:
    async def test_are_put_behind_the_others_when_they_cannot_be_followed(
        self, session: AsyncSession
    ) -> None:
        await session.execute(text("DELETE FROM segment_check"))
        first, second = await contacts(session, 2)
        (oldest,) = await take_marks(session, 1)
        await session.execute(
            text("INSERT INTO segment_check (source, record_id) VALUES ('contact', :id)"),
            {"id": oldest.record_id},
        )

        await postpone(session)

        assert {oldest.record_id} < {first.id, second.id}
        assert [each.record_id for each in await take_marks(session, 5)][-1] != oldest.record_id
