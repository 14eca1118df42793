"""The event feed over HTTP: in pages, and as a stream."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.crypto import KekRing
from libs.common.edge import Door, Reading, Router, audit_alone, page
from libs.common.event_types import PATTERN, EventTypes
from libs.common.journal import AuditEntry
from libs.common.positions import LONGEST, decode, encode
from libs.common.problems import responses
from libs.common.stream import Page, Sent, Streams
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.analytics.event_log import queries
from services.analytics.event_log.schemas import Feed

router = Router("/events")
Reader = Annotated[Actor, Depends(Needs("event:read"))]
Cursor = Annotated[str | None, Query(max_length=LONGEST)]
Wanted = Annotated[str | None, Query(max_length=1000, pattern=PATTERN)]
_PUSHED = 100
_EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events as they come", "content": {"text/event-stream": {}}}
}


@router.get("", response_model=Feed)
async def list_events(
    request: Request,
    reading: Reading,
    actor: Reader,
    cursor: Cursor = None,
    types: Wanted = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Return events of records that the caller may read, in order per aggregate."""
    ring = request.app.state.door.keks
    scan = await queries.page(reading, actor, ring, cursor, EventTypes.read(types), limit)
    items = [each.body for each in scan.events]
    following = encode(scan.reached)
    return page(orjson.dumps({"items": items, "next_cursor": following, "has_more": scan.has_more}))


@router.get("/stream", response_class=Response, responses=_EVENT_STREAM | responses(429))
async def stream_events(
    request: Request,
    actor: Reader,
    cursor: Cursor = None,
    types: Wanted = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=LONGEST)] = None,
) -> Response:
    """Push the same events as they come, from Last-Event-ID or `cursor` on, or from now."""
    door: Door = request.app.state.door
    read = partial(_pushed, actor, door.keks, EventTypes.read(types))
    begin = await _begin(door, last_event_id or cursor)
    # Whoever listens reads in bulk: the trail keeps since when and of what, not each event.
    await audit_alone(door, request, AuditEntry("event.streamed", "feed", "events", None, {"types": types}))
    return Streams.of(request.app, "events", _news).respond(request, begin, read, partial(_may, actor))


async def _begin(door: Door, given: str | None) -> str:
    """Return the cursor to begin at: the one given, when it is one, or now."""
    if given is not None:
        decode(given, ())
        return given
    async with door.database.reading.connect() as connection:
        return encode(await queries.committed(connection))


async def _news(connection: AsyncConnection) -> int:
    """Return a number that grows with every event that can be shown."""
    return sum((await queries.committed(connection)).values())


def _may(actor: Actor) -> bool:
    return actor.stands() and bool(actor.visible("event:read"))


async def _pushed(
    actor: Actor, ring: KekRing, types: EventTypes, connection: AsyncConnection, cursor: str
) -> Page:
    """Return a page of the feed whose every event carries the cursor behind it."""
    scan = await queries.page(connection, actor, ring, cursor, types, _PUSHED)
    at = dict(decode(cursor, {place.topic for place in scan.reached}))
    events = []
    for each in scan.events:
        at[each.place] = each.offset + 1
        events.append(Sent(encode(at), each.body["type"], orjson.dumps(each.body).decode()))
    return Page(events, encode(scan.reached), scan.has_more, scan.is_held)
