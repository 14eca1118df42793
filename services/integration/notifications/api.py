"""Notifications over HTTP: in pages, and as a stream."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Header, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.edge import Reading, Reads, Router, Session, page, respond
from libs.common.listing_schema import listed
from libs.common.problem_texts import preferred_language
from libs.common.problems import BadRequest, responses
from libs.common.stream import Page, Read, Sent, Streams
from libs.platform.access.actor import Actor
from libs.platform.access.edge import SignedIn
from services.integration.notifications import commands, queries
from services.integration.notifications.schemas import NotificationRead, Unread

router = Router("/notifications")
User = Annotated[Actor, Depends(SignedIn())]
Cursor = Annotated[str | None, Query(max_length=40)]
_EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Notifications as they come", "content": {"text/event-stream": {}}}
}
_GROUP = "integration.commands"
_PUSHED = 100
# A transaction that began so long ago may still commit; what was sent already is known by its id.
_OVERLAP = timedelta(seconds=20)


def _language(
    accept_language: Annotated[str | None, Header(alias="Accept-Language", max_length=200)] = None,
) -> str:
    return preferred_language(accept_language)


Language = Annotated[str, Depends(_language)]


@router.get("", **listed(queries.LISTING, NotificationRead))
async def list_notifications(request: Request, reads: Reads, actor: User, language: Language) -> Response:
    """Return a page of one's own notifications."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor, language))


@router.get("/unread-count")
async def count_unread(reading: Reading, actor: User) -> Unread:
    """Return how many of one's own notifications are unread."""
    return Unread(count=await queries.count_unread(reading, actor))


@router.post("/read-all")
async def read_all(session: Session, actor: User) -> Unread:
    """Note that one has looked at everything; the answer says how many are left for another call."""
    return Unread(count=await commands.read_all(session, actor, session.info["now"]))


@router.get("/stream", response_class=Response, responses=_EVENT_STREAM | responses(429))
async def stream_notifications(
    request: Request,
    actor: User,
    language: Language,
    cursor: Cursor = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
) -> Response:
    """Push `notification` and `unread` (a count) as they change; one around Last-Event-ID may come twice."""
    given = last_event_id or cursor
    begin = _instant(given or request.app.state.door.transactions.clock.now().isoformat())
    streams = Streams.of(request.app, "notifications", partial(queries.news, group=_GROUP))
    read = _reader(actor, language, resumes=given is not None)
    return streams.respond(request, begin.isoformat(), read, actor.stands)


# Only an id is one: another method on a verb, such as read-all, is not allowed instead of not found.
@router.get("/{identity:uuid}", response_model=NotificationRead)
async def read_notification(identity: UUID, reading: Reading, actor: User, language: Language) -> Response:
    """Return one of one's own notifications."""
    found = await queries.shown(reading, identity, actor, language)
    return Response(found.model_dump_json(), media_type="application/json")


@router.post("/{identity}/read", response_model=NotificationRead)
async def mark_read(identity: UUID, session: Session, actor: User, language: Language) -> Response:
    """Note that one has looked at it."""
    done = await commands.read_notification(session, identity, actor, session.info["now"])
    await session.flush()
    return respond(await queries.shown(session, identity, actor, language), done)


def _reader(actor: Actor, language: str, *, resumes: bool) -> Read:
    """Return what reads one stream's pages; it remembers what it sent lately.

    A stream that begins now leaves out what was there already, and yet finds what commits late.
    """
    sent: dict[UUID, datetime] = {}
    told: list[int] = []

    async def read(connection: AsyncConnection, cursor: str) -> Page:
        begin = datetime.fromisoformat(cursor)
        for id in [id for id, at in sent.items() if at < begin - _OVERLAP]:
            del sent[id]
        rows = await queries.since(connection, actor, language, begin - _OVERLAP, sent, _PUSHED)
        sent.update({row["id"]: row["created_at"] for row in rows})
        shown = rows if resumes or told else [row for row in rows if row["created_at"] >= begin]
        reached = max([begin, *(row["created_at"] for row in shown)]).isoformat()
        events = [Sent(reached, "notification", _json(row)) for row in shown]
        count = await queries.count_unread(connection, actor)
        if told != [count]:
            told[:] = [count]
            events.append(Sent(reached, "unread", _json({"count": count})))
        return Page(events, reached, has_more=len(rows) == _PUSHED)

    return read


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z).decode()


def _instant(given: str) -> datetime:
    """Return the instant of a cursor; raises BadRequest `bad-cursor`."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise BadRequest("bad-cursor") from error
    if found.tzinfo is None or not 1900 <= found.year < 2200:  # noqa: PLR2004 - what can be stored
        raise BadRequest("bad-cursor")
    return found
