"""What a campaign's members go through, against a real database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.contracts.marketing import CampaignMemberClicked, CampaignMemberMailRequested
from libs.platform.links import opened
from libs.platform.references.people import people as humans
from services.marketing.audience import address_index, consents
from services.marketing.campaign_members.commands import (
    CLICK,
    LEAVE,
    OPEN,
    advance,
    note_click,
    note_open,
    unsubscribe,
)
from services.marketing.campaign_members.model import CampaignMember, member_id
from services.marketing.campaigns.commands import (
    cancel_campaign,
    launch_campaign,
    pause_campaign,
    resume_campaign,
)
from services.marketing.campaigns.model import Campaign
from services.marketing.suppressions.model import Suppression
from tests.factories.marketing import NOW, make_member, make_suppression
from tests.marketing.acting import URL, an_actor, equip, fill_up, kept, kinds, launched, members, prepared
from tests.marketing.audiences import know_contact, know_segment

READER = "Mozilla/5.0 (X11; Linux x86_64)"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def walked(session: AsyncSession, campaign: Campaign, now: datetime = NOW) -> bool:
    more = await advance(session, campaign.id, URL, now)
    await session.flush()
    return more


def mails(session: AsyncSession) -> list[CampaignMemberMailRequested]:
    return [each for each in recorded(session) if isinstance(each, CampaignMemberMailRequested)]


async def crowd(session: AsyncSession, count: int) -> tuple[UUID, list[UUID]]:
    """A segment of so many people with addresses of their own."""
    segment = await know_segment(session)
    people = [
        await know_contact(session, segment_id=segment, email=f"{number}@example.com")
        for number in range(count)
    ]
    return segment, people


async def reasons(session: AsyncSession, campaign: Campaign) -> set[str | None]:
    return {each.reason for each in await members(session, campaign) if each.status == "skipped"}


class TestAdvance:
    async def test_takes_everybody_in_and_can_be_broken_off(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 3)
        campaign = await prepared(session, segment)
        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        await walked(session, campaign)

        assert {each.contact_id for each in await members(session, campaign)} == set(people)
        assert kinds(session) == ["CampaignLaunched", *["CampaignMemberAdded"] * 3]
        left = text("SELECT count(*) FROM audience WHERE campaign_id = :id")
        assert (await session.execute(left, {"id": campaign.id})).scalar_one() == 0

    async def test_writes_to_everybody_who_agreed(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 3)
        campaign = await launched(session, segment)

        await walked(session, campaign)

        asked = mails(session)
        assert {each.contact_id for each in asked} == set(people)
        assert {each.mail_id for each in asked} == {member_id(campaign.id, one) for one in people}
        assert {each.message_id for each in asked} == {
            f"<{each.mail_id.hex}@crm.example.com>" for each in asked
        }
        assert {each.state.status for each in asked} == {"requested"}

    async def test_writes_the_mail_of_each(self, session: AsyncSession) -> None:
        segment = await know_segment(session)
        await know_contact(session, segment_id=segment, family_name="王", given_name="伟")
        campaign = await launched(session, segment)

        await walked(session, campaign)

        (mail,) = mails(session)
        assert (mail.to, mail.subject_line, mail.from_name) == ("li.wei@example.com", "Hello 王", "Acme")
        assert mail.html is not None
        assert "Dear 伟" in mail.html
        assert mail.not_after - mail.occurred_at == timedelta(hours=24)
        assert (mail.purpose, mail.list_unsubscribe_url is None) == ("marketing", False)

    async def test_signs_what_its_links_open(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 1)
        campaign = await launched(session, segment)

        await walked(session, campaign)

        (mail,), ring = mails(session), session.info["ring"]
        own = member_id(campaign.id, people[0]).bytes
        assert mail.html is not None
        tokens = {place: mail.html.partition(f"{URL}/l/{place}/")[2].partition('"')[0] for place in "ocu"}
        assert opened(ring, OPEN, tokens["o"]) == own
        assert opened(ring, LEAVE, tokens["u"]) == own
        assert opened(ring, CLICK, tokens["c"]) == own + b"https://shop.example.com/offer?id=7"
        assert mail.list_unsubscribe_url == f"{URL}/l/u/{tokens['u']}"

    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({"agrees": False}, "no-consent"),
            ({"email": None}, "no-address"),
            ({"email": "nobody"}, "bad-address"),
            ({"email": "a@b@example.com"}, "bad-address"),
            ({"email": "a@example.com\r\nBcc: b@example.com"}, "bad-address"),
            ({"deleted_at": NOW}, "contact-deleted"),
            ({"merged_into_id": UUID(int=7)}, "contact-merged"),
            ({"erased_at": NOW}, "contact-erased"),
            ({"is_erased": True}, "contact-erased"),
            ({"given_name": "你" * 60_000}, "mail-too-long"),
        ],
        ids=[
            *("consent", "none", "word", "two", "lines", "deleted", "merged", "erased", "keyless", "long"),
        ],
    )
    async def test_skips_whoever_may_have_no_mail(
        self, session: AsyncSession, facts: dict[str, Any], reason: str
    ) -> None:
        segment = await know_segment(session)
        await know_contact(session, segment_id=segment, **facts)
        campaign = await launched(session, segment)

        await walked(session, campaign)

        assert (mails(session), await reasons(session, campaign)) == ([], {reason})
        assert kinds(session) == ["CampaignMemberSkipped"]

    async def test_skips_who_agreed_to_something_else(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 1)
        campaign = await launched(session, segment, purpose="newsletter")

        await walked(session, campaign)

        assert await reasons(session, campaign) == {"no-consent"}

    async def test_skips_who_withdrew_after_the_launch(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 2)
        campaign = await launched(session, segment)
        withdrawn = update(consents).where(consents.c.contact_id == people[0])
        await session.execute(withdrawn.values(is_given=False))

        await walked(session, campaign)

        assert {each.contact_id for each in mails(session)} == {people[1]}

    @pytest.mark.parametrize("by", ["contact", "address", "all purposes"])
    async def test_skips_who_is_suppressed(self, session: AsyncSession, by: str) -> None:
        segment, people = await crowd(session, 2)
        index = address_index(session.info["ring"], "0@EXAMPLE.com ")
        purpose = None if by == "all purposes" else "marketing"
        named = {"contact_id": None, "address_index": index} if by == "address" else {"contact_id": people[0]}
        await kept(session, make_suppression(purpose=purpose, **named))
        campaign = await launched(session, segment)

        await walked(session, campaign)

        assert {each.contact_id for each in mails(session)} == {people[1]}
        assert await reasons(session, campaign) == {"suppressed"}

    async def test_heeds_no_suppression_of_another_purpose_or_taken_back(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 1)
        await kept(session, make_suppression(contact_id=people[0], purpose="newsletter"))
        gone = await kept(session, make_suppression(contact_id=people[0]))
        gone.delete(NOW)
        await session.flush()
        campaign = await launched(session, segment)

        await walked(session, campaign)

        assert len(mails(session)) == 1

    async def test_writes_once_to_one_address(self, session: AsyncSession) -> None:
        segment = await know_segment(session)
        for email in ("li@example.com", "LI@example.com ", "li@example.com"):
            await know_contact(session, segment_id=segment, email=email.strip())
        campaign = await launched(session, segment, throttle_per_second=1)

        for _ in range(3):
            await fill_up(session, campaign, 1.0)
            await walked(session, campaign)

        assert (len(mails(session)), await reasons(session, campaign)) == (1, {"duplicate-address"})

    async def test_skips_whom_nobody_has_heard_of(self, session: AsyncSession) -> None:
        segment, people = await crowd(session, 1)
        campaign = await launched(session, segment)
        await session.execute(humans.delete().where(humans.c.id == people[0]))

        await walked(session, campaign)

        assert await reasons(session, campaign) == {"contact-unknown"}


class TestPace:
    async def test_keeps_to_the_throttle(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 6)
        campaign = await launched(session, segment, throttle_per_second=2)
        await fill_up(session, campaign, 0.0)

        asked = []
        for seconds in (0.0, 0.5, 0.5, 1.0):
            await walked(session, campaign, NOW + timedelta(seconds=seconds))
            asked.append(len(mails(session)))

        assert asked == [0, 1, 1, 2]

    async def test_saves_up_no_more_than_a_second(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 6)
        campaign = await launched(session, segment, throttle_per_second=2)

        await walked(session, campaign, LATER)

        assert len(mails(session)) == 2

    async def test_has_no_more_on_the_way_than_two_seconds_worth(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 6)
        campaign = await launched(session, segment, throttle_per_second=2)

        for hours in range(1, 4):
            await walked(session, campaign, NOW + timedelta(hours=hours))
        assert len(mails(session)) == 4
        (first, *_) = [each for each in await members(session, campaign) if each.status == "requested"]
        first.sent(NOW, NOW)
        await session.flush()
        await walked(session, campaign, NOW + timedelta(hours=4))

        assert len(mails(session)) == 5

    async def test_stands_still_while_paused(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 2)
        campaign = await launched(session, segment)

        await pause_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()
        assert await walked(session, campaign) is False
        assert mails(session) == []
        await resume_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()
        await walked(session, campaign)

        assert len(mails(session)) == 2

    async def test_ends_when_every_answer_is_there(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 1)
        campaign = await launched(session, segment)
        await walked(session, campaign)
        await fill_up(session, campaign)

        await walked(session, campaign)
        assert campaign.status == "running"
        (member,) = await members(session, campaign)
        member.sent(NOW, NOW)
        await session.flush()
        for _ in range(2):
            assert await walked(session, campaign) is False

        assert (campaign.status, kinds(session).count("CampaignFinished")) == ("finished", 1)

    async def test_ends_at_once_without_anybody(self, session: AsyncSession) -> None:
        campaign = await launched(session, await know_segment(session))

        await walked(session, campaign)

        assert campaign.status == "finished"

    async def test_lets_everybody_go_who_waits_in_a_cancelled_one(self, session: AsyncSession) -> None:
        segment, _ = await crowd(session, 3)
        campaign = await launched(session, segment)
        await cancel_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        while await walked(session, campaign):
            pass

        assert (mails(session), await reasons(session, campaign)) == ([], {"campaign-cancelled"})


class TestNoteOpen:
    async def test_tells_of_the_first_and_counts_them_all(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="sent"))

        for _ in range(3):
            assert await note_open(session, member.id, READER, LATER)
            await session.flush()

        assert (kinds(session), member.opened_at) == (["CampaignMemberOpened"], LATER)
        counted = text("SELECT opens FROM engagement WHERE campaign_member_id = :id")
        assert (await session.execute(counted, {"id": member.id})).scalar_one() == 3

    async def test_tells_machines_from_people(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="sent"))

        await note_open(session, member.id, "SomeBot/1.0", LATER)
        await session.flush()

        assert (member.opened_at, member.machine_opened_at) == (None, LATER)

    async def test_knows_no_strangers(self, session: AsyncSession) -> None:
        assert not await note_open(session, new_id(), READER, LATER)


class TestNoteClick:
    async def test_tells_of_each(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="sent"))

        for target in ("https://a.example.com", "https://b.example.com"):
            assert await note_click(session, member.id, target, READER, LATER)
            await session.flush()

        assert kinds(session) == ["CampaignMemberOpened", *["CampaignMemberClicked"] * 2]
        assert (member.opened_at, member.clicked_at) == (LATER, LATER)

    async def test_tells_no_more_of_a_loop(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="sent"))

        for _ in range(103):
            await note_click(session, member.id, "https://a.example.com", READER, LATER)
        await session.flush()

        clicks = [each for each in recorded(session) if isinstance(each, CampaignMemberClicked)]
        counted = text("SELECT clicks FROM engagement WHERE campaign_member_id = :id")
        assert (len(clicks), (await session.execute(counted, {"id": member.id})).scalar_one()) == (100, 103)

    async def test_knows_no_strangers(self, session: AsyncSession) -> None:
        assert not await note_click(session, new_id(), "https://a.example.com", READER, LATER)


class TestUnsubscribe:
    async def test_suppresses_him_and_his_address_once(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="sent", address_index="hash"))

        for _ in range(2):
            assert await unsubscribe(session, member.id, LATER)
            await session.flush()

        assert kinds(session) == ["CampaignMemberUnsubscribed", "SuppressionAdded"]
        made = (await session.scalars(select(Suppression))).one()
        assert (made.contact_id, made.address_index) == (member.contact_id, "hash")
        assert (made.reason, made.purpose, made.campaign_id) == (
            "unsubscribe",
            "marketing",
            member.campaign_id,
        )

    async def test_knows_no_strangers(self, session: AsyncSession) -> None:
        assert not await unsubscribe(session, new_id(), LATER)
        assert (await session.scalars(select(CampaignMember))).all() == []
