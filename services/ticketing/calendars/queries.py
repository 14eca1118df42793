"""Every SELECT on calendars."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.problems import Conflict
from services.ticketing.business_time import BusinessTime
from services.ticketing.calendars.model import Calendar
from services.ticketing.calendars.schemas import CalendarRead, as_shown

_COLUMNS = {name: getattr(Calendar, name) for name in CalendarRead.model_fields}

LISTING = Listing(
    "calendars",
    columns=_COLUMNS,
    filters={
        "id": Filter(Calendar.id),
        "name": Filter(Calendar.name, text=True),
        "time_zone": Filter(Calendar.time_zone),
        "external_system": Filter(Calendar.external_system),
        "external_id": Filter(Calendar.external_id),
        "created_at": Filter(Calendar.created_at),
        "updated_at": Filter(Calendar.updated_at),
        "deleted_at": Filter(Calendar.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Calendar.deleted_at.is_(None)},
    shape=as_shown,
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of calendars as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one calendar."""
    return await LISTING.read(source, identity)


def shown(calendar: Calendar) -> CalendarRead:
    """Return a calendar as the API shows it."""
    return CalendarRead.model_validate(as_shown({name: getattr(calendar, name) for name in _COLUMNS}))


async def demand_calendar(session: AsyncSession, identity: UUID) -> None:
    """Raise unknown-reference for a calendar that is not there."""
    found = await session.get(Calendar, identity)
    if found is None or found.deleted_at is not None:
        raise Conflict("unknown-reference", detail=f"calendar {identity}")


async def business_time_of(session: AsyncSession, identity: UUID | None) -> BusinessTime | None:
    """Return what a calendar says, in the recycle bin too; None for no calendar."""
    found = None if identity is None else await session.get(Calendar, identity)
    return None if found is None else found.business_time()
