"""Members follow every kind of change: of the contact, his account, what was done with him, his consent."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Aggregate, recorded
from libs.contracts.customer import SegmentMemberFact
from services.customer.segment_checks.queries import begin_filling
from services.customer.segment_members.commands import check_changed, check_due, fill_segment
from services.customer.segment_members.model import SegmentMember, member_id
from services.customer.segments.model import Segment
from tests.customer.acting import NOW, equip
from tests.factories.accounts import make_account
from tests.factories.activities import make_activity
from tests.factories.consents import make_consent
from tests.factories.contacts import make_contact
from tests.factories.segments import make_segment

DAY = timedelta(days=1)
CONSENT = {"field": "consent.status", "purpose": "marketing", "channel": "email"}


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def keep[A: Aggregate](session: AsyncSession, *made: A) -> A:
    session.add_all(made)
    await session.flush()
    return made[0]


async def a_segment(session: AsyncSession, rule: dict[str, Any]) -> Segment:
    segment = await keep(session, make_segment(filter=rule))
    await begin_filling(session, segment.id, segment.version)
    await catch_up(session)
    return segment


async def catch_up(session: AsyncSession, now: datetime = NOW) -> list[tuple[str, str]]:
    """Do all the work that waits, and return who entered and left: (event, reason)."""
    await session.flush()
    session.info["recorded"] = []
    for step in (check_changed, check_due, fill_segment):
        await step(session, 500, now)
        await session.flush()
    facts = [each for each in recorded(session) if isinstance(each, SegmentMemberFact)]
    return [(type(each).__name__.removeprefix("SegmentMember"), each.state.reason) for each in facts]


async def is_member(session: AsyncSession, segment: Segment, contact_id: UUID) -> bool:
    found = await session.get(SegmentMember, member_id(segment.id, contact_id), populate_existing=True)
    return found is not None and found.is_member


class TestContact:
    async def test_enters_and_leaves_as_he_changes(self, session: AsyncSession) -> None:
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        contact = await keep(session, make_contact(language="en"))
        assert await catch_up(session) == []

        contact.revise({"language": "zh"}, NOW)
        assert await catch_up(session) == [("Entered", "matched")]
        assert await is_member(session, segment, contact.id)

        contact.revise({"language": "en"}, NOW)
        assert await catch_up(session) == [("Left", "unmatched")]
        assert not await is_member(session, segment, contact.id)

    async def test_goes_on_with_his_versions(self, session: AsyncSession) -> None:
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        contact = await keep(session, make_contact(language="zh"))
        for language in ("zh", "en", "zh"):
            contact.revise({"language": language}, NOW)
            await catch_up(session)

        member = await session.get_one(SegmentMember, member_id(segment.id, contact.id))

        assert (member.version, member.is_member, member.left_at) == (3, True, None)

    @pytest.mark.parametrize("verb", ["delete", "erase"])
    async def test_leaves_when_he_is_gone(self, session: AsyncSession, verb: str) -> None:
        segment = await a_segment(session, {"field": "contact.email", "op": "is_set", "value": True})
        contact = await keep(session, make_contact())
        await catch_up(session)

        getattr(contact, verb)(NOW)

        assert await catch_up(session) == [("Left", f"{verb.rstrip('e')}ed")]
        assert not await is_member(session, segment, contact.id)

    async def test_leaves_when_he_is_merged_and_returns_when_that_is_undone(
        self, session: AsyncSession
    ) -> None:
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        gone, home = make_contact(language="zh"), make_contact(language="en")
        await keep(session, gone, home)
        await catch_up(session)

        gone.merge(home, NOW)
        assert await catch_up(session) == [("Left", "merged")]

        gone.unmerge(NOW)
        assert await catch_up(session) == [("Entered", "matched")]
        assert await is_member(session, segment, gone.id)


class TestAccount:
    @pytest.fixture
    async def segment(self, session: AsyncSession) -> Segment:
        rule = {"field": "account.industry", "op": "in", "value": ["software", "games"]}
        return await a_segment(session, rule)

    async def test_takes_its_contacts_along(self, session: AsyncSession, segment: Segment) -> None:
        account = await keep(session, make_account(industry="mining"))
        contact = await keep(session, make_contact(account_id=account.id))
        assert await catch_up(session) == []

        account.revise({"industry": "games"}, NOW)
        assert await catch_up(session) == [("Entered", "matched")]
        assert await is_member(session, segment, contact.id)

        account.delete(NOW)
        assert await catch_up(session) == [("Left", "unmatched")]

    async def test_counts_where_it_lives_on(self, session: AsyncSession, segment: Segment) -> None:
        small, big = make_account(industry="mining"), make_account(industry="games")
        await keep(session, small, big)
        contact = await keep(session, make_contact(account_id=small.id))
        await catch_up(session)

        small.merge(big, NOW)
        assert await catch_up(session) == [("Entered", "matched")]
        assert await is_member(session, segment, contact.id)

        big.revise({"industry": "mining"}, NOW)
        assert await catch_up(session) == [("Left", "unmatched")]

        big.revise({"industry": "games"}, NOW)
        await catch_up(session)
        small.unmerge(NOW)
        assert await catch_up(session) == [("Left", "unmatched")]

    async def test_of_many_contacts_is_followed_in_steps(
        self, session: AsyncSession, segment: Segment
    ) -> None:
        account, other = make_account(industry="mining"), make_account(industry="mining")
        await keep(session, account, other)
        contacts = [make_contact(account_id=account.id) for _ in range(7)]
        await keep(session, *contacts, make_contact(account_id=other.id))
        await catch_up(session)
        for each in (account, other):
            each.revise({"industry": "games"}, NOW)
        await session.flush()

        steps = []
        for _ in range(4):
            session.info["recorded"] = []
            await check_changed(session, 3, NOW)
            await session.flush()
            steps.append(len(recorded(session)))

        assert (steps, sum(steps)) == ([3, 3, 2, 0], 8)


class TestActivity:
    async def test_done_is_followed_and_so_is_the_time_that_goes_by(self, session: AsyncSession) -> None:
        rule = {"field": "activity.last_done_at", "kind": "call", "op": "within_days", "value": 30}
        segment = await a_segment(session, rule)
        contact = await keep(session, make_contact())
        activity = await keep(session, make_activity(contact_id=contact.id))
        assert await catch_up(session) == []

        activity.complete("Wants a quote", NOW, NOW)
        assert await catch_up(session) == [("Entered", "matched")]
        assert await catch_up(session, NOW + 29 * DAY) == []
        assert await is_member(session, segment, contact.id)

        assert await catch_up(session, NOW + 30 * DAY) == [("Left", "unmatched")]
        assert not await is_member(session, segment, contact.id)

    async def test_none_for_days_begins_by_itself(self, session: AsyncSession) -> None:
        rule = {"field": "activity.last_done_at", "op": "not_within_days", "value": 10}
        await a_segment(session, rule)
        contact = await keep(session, make_contact())
        await keep(session, make_activity(contact_id=contact.id, done_at=NOW - DAY))
        assert await catch_up(session) == []

        assert await catch_up(session, NOW + 9 * DAY) == [("Entered", "matched")]

    async def test_that_lies_in_the_future_counts_from_then_on(self, session: AsyncSession) -> None:
        await a_segment(session, {"field": "activity.count", "op": "gte", "value": 1, "days": 5})
        contact = await keep(session, make_contact())
        await keep(session, make_activity(contact_id=contact.id, done_at=NOW + DAY))
        assert await catch_up(session) == []

        assert await catch_up(session, NOW + DAY) == [("Entered", "matched")]
        assert await catch_up(session, NOW + 6 * DAY) == [("Left", "unmatched")]

    async def test_moved_to_another_contact_changes_both(self, session: AsyncSession) -> None:
        await a_segment(session, {"field": "activity.planned", "op": "is_set", "value": True})
        one, two = make_contact(), make_contact()
        await keep(session, one, two)
        activity = await keep(session, make_activity(contact_id=one.id))
        assert await catch_up(session) == [("Entered", "matched")]

        activity.revise({"contact_id": two.id}, NOW)

        assert sorted(await catch_up(session)) == [("Entered", "matched"), ("Left", "unmatched")]

    async def test_of_whom_was_merged_counts_for_his_home(self, session: AsyncSession) -> None:
        segment = await a_segment(session, {"field": "activity.planned", "op": "is_set", "value": True})
        gone, home = make_contact(), make_contact()
        await keep(session, gone, home)
        await keep(session, make_activity(contact_id=gone.id))
        await catch_up(session)

        gone.merge(home, NOW)

        assert sorted(await catch_up(session)) == [("Entered", "matched"), ("Left", "merged")]
        assert await is_member(session, segment, home.id)


class TestConsent:
    async def test_given_and_withdrawn_is_followed(self, session: AsyncSession) -> None:
        segment = await a_segment(session, CONSENT | {"op": "eq", "value": "given"})
        contact = await keep(session, make_contact())
        assert await catch_up(session) == []

        consent = await keep(session, make_consent(contact_id=contact.id))
        assert await catch_up(session) == [("Entered", "matched")]

        consent.withdraw("by hand", None, NOW, NOW)
        assert await catch_up(session) == [("Left", "unmatched")]
        assert not await is_member(session, segment, contact.id)


class TestRule:
    async def test_that_changes_is_asked_about_everybody(self, session: AsyncSession) -> None:
        zh, en = make_contact(language="zh"), make_contact(language="en")
        await keep(session, zh, en)
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        assert await is_member(session, segment, zh.id)

        segment.redefine({"field": "contact.language", "op": "eq", "value": "en"}, NOW)
        await begin_filling(session, segment.id, segment.version)

        assert sorted(await catch_up(session)) == [("Entered", "matched"), ("Left", "unmatched")]
        assert await is_member(session, segment, en.id)
        assert not await is_member(session, segment, zh.id)

    async def test_of_a_deleted_segment_is_not_asked(self, session: AsyncSession) -> None:
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        segment.delete(NOW)
        await keep(session, make_contact(language="zh"))

        assert await catch_up(session) == []


class TestMarks:
    async def test_are_left_even_by_what_goes_past_the_commands(self, session: AsyncSession) -> None:
        segment = await a_segment(session, {"field": "contact.language", "op": "eq", "value": "zh"})
        contact = await keep(session, make_contact())
        await catch_up(session)

        await session.execute(text("UPDATE contact SET language = 'zh' WHERE id = :id"), {"id": contact.id})

        assert await catch_up(session) == [("Entered", "matched")]
        assert await is_member(session, segment, contact.id)
