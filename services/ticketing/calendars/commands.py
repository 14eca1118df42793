"""What can be done with a calendar."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.ticketing.calendars.model import Calendar
from services.ticketing.calendars.schemas import CalendarCreate, CalendarUpdate, in_minutes


async def add_calendar(session: AsyncSession, asked: CalendarCreate, now: datetime) -> Calendar:
    """Add a calendar."""
    named = await external_columns(session, Calendar, asked.external_id)
    made = Calendar.add(in_minutes(asked.model_dump(exclude={"external_id"})) | named, now)
    session.add(made)
    return made


async def change_calendar(
    session: AsyncSession, identity: UUID, version: int, asked: CalendarUpdate, actor: Actor, now: datetime
) -> Calendar:
    """Change what was sent."""
    found = await load(
        session, Calendar, identity, actor, "calendar:update", for_update=True, version=version
    )
    found.change(in_minutes(asked.model_dump(exclude_unset=True)), now)
    return found


async def delete_calendar(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Calendar:
    """Put it into the recycle bin."""
    found = await load(
        session, Calendar, identity, actor, "calendar:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_calendar(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Calendar:
    """Take it out of the recycle bin."""
    found = await load(session, Calendar, identity, actor, "calendar:delete", for_update=True)
    found.restore(now)
    return found
