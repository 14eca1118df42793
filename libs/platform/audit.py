"""The audit trail of a service over HTTP: searched and exported by whoever may, within his scope.

A scope reaches over who acted: `all` shows what the platform did by itself, too. Personal values are
ciphertext in the trail and stay sealed here; the record itself shows them to whoever may read it.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import ARRAY, Text, any_, bindparam

from libs.common.crypto import sealed_key_id
from libs.common.db import Database
from libs.common.edge import Reads, Router, Session, page
from libs.common.guard import Shape
from libs.common.inert import inert
from libs.common.journal import AuditEntry, audit
from libs.common.listing import Filter, Listing, ListQuery, Predicate
from libs.common.listing_schema import listed
from libs.common.problems import BadRequest, FieldError
from libs.common.tables import audit as trail
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.access.scopes import ALL

SEALED = "[sealed]"
# Rows that an export holds in memory.
_AT_ONCE = 1000
_WHOLE = ("limit", "cursor")

type Format = Literal["csv", "ndjson"]
type Rows = AsyncIterator[Sequence[dict[str, Any]]]


class AuditRead(BaseModel):
    """One row of the trail: who did what to which record, from where; `changes` holds before and after."""

    shows_in: ClassVar[tuple[str, str]] = ("object_type", "changes")

    id: int
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    version: int | None
    changes: dict[str, Any]
    correlation_id: str
    address: str | None


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with `[sealed]` in the place of each ciphertext."""
    return row | {"changes": _unsealed(row["changes"])} if "changes" in row else row


LISTING = Listing(
    "audit",
    columns={name: trail.c[name] for name in AuditRead.model_fields},
    filters={
        name: Filter(trail.c[name])
        for name in ("id", "at", "actor", "action", "object_type", "object_id", "correlation_id", "address")
    },
    sorts=("id",),
    default_sort="-id",
    shape=shown,
)
_SHAPE = Shape(kind_in=AuditRead.shows_in)
_PARAMETERS = [each for each in LISTING.parameters if each["name"] not in _WHOLE]
_FILE = {"schema": {"type": "string", "format": "binary"}}
_EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every row that matches, the newest first",
        "content": dict.fromkeys(("text/csv", "application/x-ndjson"), _FILE),
    }
}


def audit_trail(service: str) -> Router:
    """Return the router of one service's audit trail."""
    router = Router(f"/audit/{service}")

    @router.get("", **listed(LISTING, AuditRead))
    async def search_audit(
        request: Request, reads: Reads, actor: Annotated[Actor, Depends(Needs("audit:read"))]
    ) -> Response:
        """Return a page of what was done, the newest first."""
        query = LISTING.parse(request.query_params.multi_items())
        return page(await LISTING.page(reads, query, by(actor, "audit:read")))

    @router.get(
        "/export",
        response_class=Response,
        responses=_EXPORTED,
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def export_audit(
        request: Request,
        session: Session,
        actor: Annotated[Actor, Depends(Needs("audit:export"))],
        format: Annotated[Format, Query()] = "csv",
    ) -> Response:
        """Return all that matches as a table or a line of JSON each; the trail keeps who asked for it."""
        given = [each for each in request.query_params.multi_items() if each[0] != "format"]
        query = _whole(given)
        facts = {"format": format, "filters": sorted(name for name, _ in given)}
        audit(session, AuditEntry("audit.exported", "audit", service, None, facts))
        found = _found(request.app.state.door.database, query, actor)
        kind, write = _FORMATS[format]
        told = {"Content-Disposition": f'attachment; filename="audit-{service}.{format}"'}
        return StreamingResponse(write(query.fields, found), media_type=kind, headers=told)

    return router


def by(actor: Actor, permission: str) -> Predicate | None:
    """Return the condition that somebody in the actor's scope did it; None where he sees all."""
    visible = actor.visible(permission)
    return None if visible is ALL else _by(frozenset(visible))


@lru_cache(2_000)
def _by(users: frozenset[UUID]) -> Predicate:
    among = bindparam(None, sorted(f"user:{each}" for each in users), type_=ARRAY(Text()))
    condition: Predicate = trail.c.actor == any_(among)
    return condition


def _unsealed(value: Any) -> Any:
    match value:
        case str() if sealed_key_id(value) is not None:
            return SEALED
        case list():
            return [_unsealed(each) for each in value]
        case dict():
            return {name: _unsealed(each) for name, each in value.items()}
    return value


def _whole(given: Sequence[tuple[str, str]]) -> ListQuery:
    """Return what is asked for, in parts of what an export holds; it takes no page of its own."""
    paged = [name for name, _ in given if name in _WHOLE]
    if paged:
        raise BadRequest("unknown-parameter", errors=[FieldError("unknown-parameter", parameter=paged[0])])
    return replace(LISTING.parse(given), limit=_AT_ONCE)


async def _found(database: Database, query: ListQuery, actor: Actor) -> Rows:
    """Yield rows until there are no more; between two reads no connection is held."""
    width, scope, restricted = len(query.fields), by(actor, "audit:export"), actor.restricted
    while True:
        async with database.reading.connect() as connection:
            rows = (await connection.execute(LISTING.select_page(query, scope))).all()
        told = (shown(dict(zip(query.fields, row[:width], strict=True))) for row in rows[:_AT_ONCE])
        yield [_SHAPE.cut(each, restricted) for each in told] if restricted else list(told)
        if len(rows) <= _AT_ONCE:
            return
        query = replace(query, after=tuple(rows[_AT_ONCE - 1][width:]))


async def _csv(fields: Sequence[str], found: Rows) -> AsyncIterator[bytes]:
    yield _table([fields])
    async for rows in found:
        yield _table([[_cell(row[name]) for name in fields] for row in rows])


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        value = orjson.dumps(value).decode()
    return inert(value.isoformat() if isinstance(value, datetime) else str(value))


async def _ndjson(_: Sequence[str], found: Rows) -> AsyncIterator[bytes]:
    async for rows in found:
        yield b"".join(orjson.dumps(row, option=orjson.OPT_UTC_Z) + b"\n" for row in rows)


_FORMATS: dict[Format, tuple[str, Callable[[Sequence[str], Rows], AsyncIterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "ndjson": ("application/x-ndjson", _ndjson),
}
