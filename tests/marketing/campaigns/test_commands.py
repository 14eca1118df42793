"""What can be done with a campaign, against a real database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.common.schemas import ExternalRef
from libs.common.transaction import UnknownReference
from services.marketing.campaigns.commands import (
    LAUNCH,
    cancel_campaign,
    delete_campaign,
    draft_campaign,
    launch_campaign,
    launch_scheduled,
    pause_campaign,
    restore_campaign,
    resume_campaign,
    revise_campaign,
)
from services.marketing.campaigns.model import Campaign
from services.marketing.campaigns.schemas import CampaignCreate, CampaignUpdate
from tests.factories.directory import uid
from tests.factories.marketing import NOW, make_campaign, make_template
from tests.marketing.acting import an_actor, equip, kept, kinds, prepared
from tests.marketing.audiences import know_contact, know_segment

LATER = NOW + timedelta(hours=1)
VERBS = ("read", "create", "update", "delete", "launch")
OWN = {f"{kind}:{verb}": "own" for kind in ("campaign", "template", "segment") for verb in VERBS}


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def asked(session: AsyncSession, **fields: Any) -> CampaignCreate:
    template = await kept(session, make_template(owner_id=uid(1)))
    segment = await know_segment(session, uid(1))
    facts = {"name": "Spring", "from_name": "Acme", "template_id": template.id, "segment_id": segment}
    return CampaignCreate.model_validate(facts | fields)


async def timers(session: AsyncSession, campaign: Campaign) -> list[Any]:
    sql = text("SELECT at FROM due WHERE kind = :kind AND key = :key")
    rows = await session.execute(sql, {"kind": LAUNCH, "key": str(campaign.id)})
    return list(rows.scalars())


async def audience(session: AsyncSession, campaign: Campaign) -> set[Any]:
    sql = text("SELECT contact_id FROM audience WHERE campaign_id = :id")
    return set((await session.execute(sql, {"id": campaign.id})).scalars())


class TestDraftCampaign:
    async def test_belongs_to_the_caller(self, session: AsyncSession) -> None:
        made = await draft_campaign(session, await asked(session), an_actor(OWN), NOW)
        await session.flush()

        assert (made.owner_id, made.status, made.purpose, made.channel) == (
            uid(1),
            "draft",
            "marketing",
            "email",
        )
        assert kinds(session) == ["CampaignDrafted"]

    @pytest.mark.parametrize("kind", ["unknown", "foreign", "deleted"])
    async def test_refuses_a_template_that_the_caller_cannot_use(
        self, session: AsyncSession, kind: str
    ) -> None:
        template = await kept(session, make_template(owner_id=uid(2 if kind == "foreign" else 1)))
        if kind == "deleted":
            template.delete(NOW)
            await session.flush()
            session.info["recorded"] = []
        body = await asked(session, template_id=new_id() if kind == "unknown" else template.id)

        with pytest.raises(Conflict) as caught:
            await draft_campaign(session, body, an_actor(OWN), NOW)

        assert (caught.value.slug, kinds(session)) == ("unknown-reference", [])

    @pytest.mark.parametrize("kind", ["unknown", "foreign", "deleted"])
    async def test_refuses_a_segment_that_the_caller_cannot_use(
        self, session: AsyncSession, kind: str
    ) -> None:
        segment = await know_segment(session, uid(2 if kind == "foreign" else 1))
        if kind == "deleted":
            segment = await know_segment(session, uid(1), deleted_at=NOW)
        body = await asked(session, segment_id=new_id() if kind == "unknown" else segment)

        with pytest.raises(UnknownReference):
            await draft_campaign(session, body, an_actor(OWN), NOW)

    async def test_refuses_an_owner_out_of_scope(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await draft_campaign(session, await asked(session, owner_id=uid(2)), an_actor(OWN), NOW)

    async def test_refuses_an_external_id_that_is_taken(self, session: AsyncSession) -> None:
        body = await asked(session, external_id=ExternalRef(system="old", id="7"))
        await draft_campaign(session, body, an_actor(), NOW)
        await session.flush()

        with pytest.raises(Conflict) as caught:
            await draft_campaign(session, body, an_actor(), NOW)

        assert caught.value.slug == "external-id-taken"


class TestReviseCampaign:
    async def test_changes_facts_and_owner(self, session: AsyncSession) -> None:
        campaign = await prepared(session)
        change = CampaignUpdate(name="Autumn", owner_id=uid(2))

        await revise_campaign(session, campaign.id, 1, change, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["CampaignAssigned", "CampaignRevised"]
        assert (campaign.name, campaign.owner_id) == ("Autumn", uid(2))

    async def test_keeps_a_scheduled_one_to_its_new_hour(self, session: AsyncSession) -> None:
        campaign = await prepared(session, scheduled_at=LATER)
        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()
        other = LATER + timedelta(hours=1)

        change = CampaignUpdate(scheduled_at=other)
        await revise_campaign(session, campaign.id, campaign.version, change, an_actor(), NOW)
        assert await timers(session, campaign) == [other]
        await session.flush()
        change = CampaignUpdate(scheduled_at=None)
        await revise_campaign(session, campaign.id, campaign.version, change, an_actor(), NOW)

        assert (await timers(session, campaign), campaign.status) == ([], "draft")

    async def test_refuses_a_stale_version(self, session: AsyncSession) -> None:
        campaign = await prepared(session)

        with pytest.raises(StaleVersion):
            await revise_campaign(session, campaign.id, 9, CampaignUpdate(name="x"), an_actor(), NOW)


class TestLaunchCampaign:
    async def test_keeps_words_and_audience_of_this_moment(self, session: AsyncSession) -> None:
        segment = await know_segment(session)
        people = {await know_contact(session, segment_id=segment) for _ in range(3)}
        campaign = await prepared(session, segment)

        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()
        await know_contact(session, segment_id=segment)

        assert (campaign.status, kinds(session)) == ("running", ["CampaignLaunched"])
        assert await audience(session, campaign) == people
        sql = text("SELECT subject FROM campaign_content WHERE campaign_id = :id")
        words = (await session.execute(sql, {"id": campaign.id})).scalar_one()
        assert words == "Hello {{ contact.family_name }}"

    async def test_waits_for_its_hour(self, session: AsyncSession) -> None:
        campaign = await prepared(session, scheduled_at=LATER)

        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        assert (campaign.status, kinds(session)) == ("scheduled", ["CampaignScheduled"])
        assert await timers(session, campaign) == [LATER]

    async def test_needs_a_permission_of_its_own(self, session: AsyncSession) -> None:
        campaign = await prepared(session, owner_id=uid(1))

        with pytest.raises(NotFound):
            await launch_campaign(session, campaign.id, an_actor({"campaign:update": "own"}), NOW)

        assert campaign.status == "draft"

    async def test_refuses_a_second_time(self, session: AsyncSession) -> None:
        campaign = await prepared(session)
        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        with pytest.raises(Conflict) as caught:
            await launch_campaign(session, campaign.id, an_actor(), NOW)

        assert caught.value.slug == "illegal-transition"


class TestLaunchScheduled:
    async def test_begins_once_at_its_hour(self, session: AsyncSession) -> None:
        campaign = await prepared(session, scheduled_at=LATER)
        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        await launch_scheduled(session, campaign.id, NOW)
        assert campaign.status == "scheduled"
        for _ in range(2):
            await launch_scheduled(session, campaign.id, LATER)
            await session.flush()

        assert kinds(session) == ["CampaignScheduled", "CampaignLaunched"]

    async def test_leaves_alone_what_was_taken_back(self, session: AsyncSession) -> None:
        campaign = await prepared(session, scheduled_at=LATER)
        await launch_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()
        await cancel_campaign(session, campaign.id, an_actor(), NOW)
        await session.flush()

        await launch_scheduled(session, campaign.id, LATER)

        assert (campaign.status, await timers(session, campaign)) == ("cancelled", [])


class TestMoves:
    async def test_pause_resume_and_cancel(self, session: AsyncSession) -> None:
        campaign = await kept(session, make_campaign(status="running", owner_id=uid(1)))

        for move in (pause_campaign, resume_campaign, cancel_campaign):
            await move(session, campaign.id, an_actor(OWN), NOW)
            await session.flush()

        assert kinds(session) == ["CampaignPaused", "CampaignResumed", "CampaignCancelled"]

    async def test_find_nothing_out_of_scope(self, session: AsyncSession) -> None:
        campaign = await kept(session, make_campaign(status="running", owner_id=uid(2)))

        for move in (launch_campaign, pause_campaign, resume_campaign, cancel_campaign, restore_campaign):
            with pytest.raises(NotFound):
                await move(session, campaign.id, an_actor(OWN), NOW)

        assert kinds(session) == []

    async def test_into_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        campaign = await kept(session, make_campaign(owner_id=uid(1)))

        await delete_campaign(session, campaign.id, 1, an_actor(OWN), NOW)
        await restore_campaign(session, campaign.id, an_actor(OWN), NOW)
        await session.flush()

        assert kinds(session) == ["CampaignDeleted", "CampaignRestored"]
