"""Commands on segments: what they write, and the work that they leave."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict, Forbidden, Malformed, NotFound, StaleVersion
from services.customer.segments.commands import (
    create_segment,
    delete_segment,
    restore_segment,
    revise_segment,
)
from services.customer.segments.model import Segment
from services.customer.segments.schemas import SegmentCreate, SegmentUpdate
from tests.customer.acting import NOW, an_actor, equip
from tests.factories.directory import uid
from tests.factories.segments import CHINESE, make_segment

ENGLISH = CHINESE | {"value": "en"}


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def standing(session: AsyncSession, kind: str = "dynamic") -> Segment:
    """A segment of user 1 that was there before."""
    segment = make_segment(kind=kind, owner_id=uid(1))
    session.add(segment)
    await session.flush()
    session.info["recorded"] = []
    return segment


async def kinds(session: AsyncSession) -> list[str]:
    await session.flush()
    return [type(event).__name__ for event in recorded(session)]


async def filling(session: AsyncSession, segment: Segment) -> int | None:
    """The version of the segment whose rule is to be asked about everybody."""
    sql = text("SELECT definition FROM segment_filling WHERE segment_id = :id AND after IS NULL")
    found: int | None = (await session.execute(sql, {"id": segment.id})).scalar_one_or_none()
    return found


def asked(**fields: object) -> SegmentCreate:
    return SegmentCreate.model_validate({"name": "A", "kind": "dynamic", "filter": CHINESE} | fields)


class TestCreateSegment:
    async def test_has_its_rule_asked_about_everybody(self, session: AsyncSession) -> None:
        made = await create_segment(session, asked(), an_actor(), NOW)

        assert await kinds(session) == ["SegmentDefined"]
        assert (made.owner_id, await filling(session, made)) == (uid(1), 1)

    async def test_without_a_rule_asks_nobody(self, session: AsyncSession) -> None:
        made = await create_segment(session, asked(kind="static", filter=None), an_actor(), NOW)

        assert await filling(session, made) is None

    async def test_rejects_a_bad_rule(self, session: AsyncSession) -> None:
        with pytest.raises(Malformed):
            await create_segment(session, asked(filter={"and": []}), an_actor(), NOW)

        assert not session.new

    async def test_rejects_an_owner_out_of_scope(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await create_segment(session, asked(owner_id=uid(2)), an_actor({"segment:create": "own"}), NOW)

        assert not session.new


class TestReviseSegment:
    async def test_asks_another_rule_about_everybody(self, session: AsyncSession) -> None:
        segment = await standing(session)

        change = SegmentUpdate(name="English", filter=ENGLISH)
        await revise_segment(session, segment.id, 1, change, an_actor(), NOW)

        assert await kinds(session) == ["SegmentRenamed", "SegmentRedefined"]
        assert await filling(session, segment) == 3

    async def test_asks_nobody_when_the_rule_is_the_same(self, session: AsyncSession) -> None:
        segment = await standing(session)

        change = SegmentUpdate(name="English", filter=CHINESE)
        await revise_segment(session, segment.id, 1, change, an_actor(), NOW)

        assert await filling(session, segment) is None

    async def test_begins_again_when_the_rule_changes_meanwhile(self, session: AsyncSession) -> None:
        segment = await standing(session)
        await revise_segment(session, segment.id, 1, SegmentUpdate(filter=ENGLISH), an_actor(), NOW)
        await session.flush()
        await session.execute(text("UPDATE segment_filling SET after = :id"), {"id": segment.id})

        await revise_segment(session, segment.id, 2, SegmentUpdate(filter=CHINESE), an_actor(), NOW)

        assert await filling(session, segment) == 3

    async def test_rejects_a_rule_for_a_static_segment(self, session: AsyncSession) -> None:
        segment = await standing(session, "static")

        with pytest.raises(Conflict, match="segment-static"):
            await revise_segment(session, segment.id, 1, SegmentUpdate(filter=CHINESE), an_actor(), NOW)

        assert await kinds(session) == []

    async def test_rejects_another_version_and_another_scope(self, session: AsyncSession) -> None:
        segment = await standing(session)
        segment_id, change = segment.id, SegmentUpdate(name="English")

        with pytest.raises(StaleVersion):
            await revise_segment(session, segment_id, 2, change, an_actor(), NOW)
        with pytest.raises(NotFound):
            await revise_segment(session, segment_id, 1, change, an_actor({"segment:read": "all"}), NOW)

        assert await kinds(session) == []

    async def test_needs_the_right_to_give_it_away(self, session: AsyncSession) -> None:
        segment = await standing(session)
        owner = an_actor({"segment:update": "own"})

        with pytest.raises(Forbidden):
            await revise_segment(session, segment.id, 1, SegmentUpdate(owner_id=uid(2)), owner, NOW)

        assert await kinds(session) == []


class TestRestoreSegment:
    async def test_catches_up_with_what_it_missed(self, session: AsyncSession) -> None:
        segment = await standing(session)
        await delete_segment(session, segment.id, 1, an_actor(), NOW)

        await restore_segment(session, segment.id, an_actor(), NOW)

        assert await kinds(session) == ["SegmentDeleted", "SegmentRestored"]
        assert await filling(session, segment) == 3
