"""Commands on SLA policies: what they write, and the events that tell of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from services.ticketing.sla_policies.commands import (
    adopt_sla_policy,
    delete_sla_policy,
    restore_sla_policy,
    revise_sla_policy,
)
from services.ticketing.sla_policies.queries import policy_for
from services.ticketing.sla_policies.schemas import SlaPolicyCreate, SlaPolicyUpdate
from tests.factories.ticketing import NOW, make_calendar, make_sla_policy, make_target
from tests.ticketing.acting import OWN, an_actor, equip, kept, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


class TestSlaPolicy:
    async def test_is_made_with_its_external_id_once(self, session: AsyncSession) -> None:
        calendar = await kept(session, make_calendar())
        named = {"name": "Standard", "external_id": {"system": "old", "id": "7"}}
        asked = SlaPolicyCreate.model_validate(
            {**named, "calendar_id": calendar.id, "targets": [make_target()]}
        )

        made = await adopt_sla_policy(session, asked, NOW)
        await session.flush()

        assert (kinds(session), made.external_id) == (["SlaPolicyAdopted"], "7")
        with pytest.raises(Conflict, match="external-id-taken"):
            await adopt_sla_policy(session, asked, NOW)

    async def test_is_changed_at_its_version(self, session: AsyncSession) -> None:
        found = await kept(session, make_sla_policy())
        change = SlaPolicyUpdate(name="Other")

        with pytest.raises(StaleVersion):
            await revise_sla_policy(session, found.id, 7, change, an_actor(), LATER)
        await revise_sla_policy(session, found.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert (kinds(session), found.name, found.version) == (["SlaPolicyRevised"], "Other", 2)

    async def test_goes_to_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        found = await kept(session, make_sla_policy())

        await delete_sla_policy(session, found.id, 1, an_actor(), LATER)
        await session.flush()
        await restore_sla_policy(session, found.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["SlaPolicyDeleted", "SlaPolicyRestored"]

    async def test_asks_for_the_permission(self, session: AsyncSession) -> None:
        found = await kept(session, make_sla_policy())

        with pytest.raises(Forbidden):
            await delete_sla_policy(session, found.id, 1, an_actor(OWN), LATER)
        with pytest.raises(NotFound):
            await delete_sla_policy(session, new_id(), 1, an_actor(), LATER)
        assert kinds(session) == []

    async def test_counts_by_a_calendar_that_is_there(self, session: AsyncSession) -> None:
        found = await kept(session, make_sla_policy())

        with pytest.raises(Conflict, match="unknown-reference"):
            await revise_sla_policy(
                session, found.id, 1, SlaPolicyUpdate(calendar_id=new_id()), an_actor(), LATER
            )
        assert kinds(session) == []


class TestPolicyFor:
    async def test_is_the_first_by_position_that_holds(self, session: AsyncSession) -> None:
        low = await kept(session, make_sla_policy(position=5, priorities=["low"]))
        await kept(session, make_sla_policy(position=9))
        gone = await kept(session, make_sla_policy(position=1))
        gone.delete(LATER)
        await session.flush()
        facts = {"priority": "low", "category": None, "channel": "chat", "tier": None}

        assert await policy_for(session, facts) is low
        assert (await policy_for(session, facts | {"priority": "high"})) is not low
