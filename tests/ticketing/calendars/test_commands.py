"""Commands on calendars: what they write, and the events that tell of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from services.ticketing.calendars.commands import (
    add_calendar,
    change_calendar,
    delete_calendar,
    restore_calendar,
)
from services.ticketing.calendars.queries import shown
from services.ticketing.calendars.schemas import CalendarCreate, CalendarUpdate
from tests.factories.ticketing import NOW, make_calendar
from tests.ticketing.acting import OWN, an_actor, equip, kept, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


class TestCalendar:
    async def test_is_made_with_its_external_id_once(self, session: AsyncSession) -> None:
        asked = CalendarCreate.model_validate(
            {"name": "Always", "time_zone": "UTC", "external_id": {"system": "old", "id": "7"}}
        )

        made = await add_calendar(session, asked, NOW)
        await session.flush()

        assert (kinds(session), made.external_id) == (["CalendarAdded"], "7")
        with pytest.raises(Conflict, match="external-id-taken"):
            await add_calendar(session, asked, NOW)

    async def test_is_changed_at_its_version(self, session: AsyncSession) -> None:
        found = await kept(session, make_calendar())
        change = CalendarUpdate(name="Other")

        with pytest.raises(StaleVersion):
            await change_calendar(session, found.id, 7, change, an_actor(), LATER)
        await change_calendar(session, found.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert (kinds(session), found.name, found.version) == (["CalendarChanged"], "Other", 2)

    async def test_goes_to_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        found = await kept(session, make_calendar())

        await delete_calendar(session, found.id, 1, an_actor(), LATER)
        await session.flush()
        await restore_calendar(session, found.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["CalendarDeleted", "CalendarRestored"]

    async def test_asks_for_the_permission(self, session: AsyncSession) -> None:
        found = await kept(session, make_calendar())

        with pytest.raises(Forbidden):
            await delete_calendar(session, found.id, 1, an_actor(OWN), LATER)
        with pytest.raises(NotFound):
            await delete_calendar(session, new_id(), 1, an_actor(), LATER)
        assert kinds(session) == []

    async def test_keeps_hours_as_minutes(self, session: AsyncSession) -> None:
        hours = [{"weekday": 0, "begins": "09:30", "ends": "24:00"}]
        asked = CalendarCreate.model_validate({"name": "Office", "time_zone": "UTC", "hours": hours})

        made = await add_calendar(session, asked, NOW)

        assert made.hours == [{"weekday": 0, "begins": 570, "ends": 1440}]
        assert shown(made).model_dump()["hours"] == hours
