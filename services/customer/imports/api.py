"""Imports over HTTP: a file is sent, mapped, tried, and then runs in the worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.edge import IfMatch, Reading, Router, Session, etagged, page
from libs.common.listing_schema import listed
from libs.common.problem_texts import preferred_language
from libs.common.problems import responses
from libs.common.sheets import look, recognise
from libs.common.uploads import Body, received, run_once, takes
from libs.common.workbooks import MEDIA_TYPE, write_workbook
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.headings import FIELDS, guess, label
from services.customer.imports import commands, queries
from services.customer.imports.commands import Upload
from services.customer.imports.schemas import (
    LARGEST_FILE,
    SHOWN_ROWS,
    ImportDetail,
    ImportRead,
    ImportUpdate,
    Object,
    unread,
)

router = Router("/imports")
Reader = Annotated[Actor, Depends(Needs("import:read"))]
Creator = Annotated[Actor, Depends(Needs("import:create"))]
Filename = Annotated[str | None, Query(max_length=255, pattern=r"^[^\x00-\x1f]+$")]
_CHANGE: dict[str, Any] = {"response_model": ImportDetail}
_TABLE = unread(
    "A table, whatever its Content-Type says: .csv (comma, semicolon, tab or | between the cells, in any "
    "usual encoding) or .xlsx (the first sheet, until another is chosen), up to 64 MiB."
)
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/octet-stream": _TABLE}}}
_WORKBOOK: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "An .xlsx workbook", "content": {MEDIA_TYPE: unread("A workbook.")}}},
}
# To look at a large table takes seconds, and memory: one at a time in a process.
_LOOKING = asyncio.Semaphore(1)
_SECONDS = 38.0


@router.get("", **listed(queries.LISTING, ImportRead))
async def list_imports(request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of the imports in scope."""
    return page(await queries.listed(reading, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE, openapi_extra=_BODY, responses=responses(400, 413, 415, 422))
@takes(bytes=LARGEST_FILE, seconds=_SECONDS)
async def upload_import(
    request: Request, actor: Creator, object: Object = "contact", filename: Filename = None
) -> Response:
    """Take in a table of contacts or accounts, .csv or .xlsx; nothing is made of it until it is started."""
    async with received(request) as body, _looked_at(body, filename) as upload:

        async def effect(session: AsyncSession) -> Response:
            made = await commands.upload_import(session, upload, object, actor, session.info["now"])
            return await _detail(session, actor, await queries.shown(session, made), 201)

        return await run_once(request, body.digest, effect)


@router.get("/template", **_WORKBOOK)
async def read_template(request: Request, _: Creator, object: Object = "contact") -> Response:
    """Return an empty workbook whose columns are recognised, in the caller's language."""
    language = preferred_language(request.headers.get("accept-language"))
    header = [label(object, field, language) for field in FIELDS[object]]
    return _workbook(f"{object}s.xlsx", await asyncio.to_thread(write_workbook, [(object, header, [])]))


@router.get("/{identity:uuid}", **_CHANGE)
async def read_import(identity: UUID, request: Request, reading: Reading, actor: Reader) -> Response:
    """Return one import: how far it has come, and to its owner what the file looks like."""
    ring = request.app.state.door.keks
    return await _detail(reading, actor, await queries.read(reading, identity, actor), ring=ring)


@router.patch("/{identity:uuid}", **_CHANGE)
async def update_import(
    identity: UUID, body: ImportUpdate, version: IfMatch, session: Session, actor: Creator
) -> Response:
    """Say which column fills which field, what finds a record again, and what happens to it then."""
    done = await commands.revise_import(session, identity, version, body, actor, session.info["now"])
    return await _detail(session, actor, await queries.shown(session, done))


@router.post("/{identity:uuid}/dry-run", status_code=202, **_CHANGE)
async def try_import(identity: UUID, session: Session, actor: Creator) -> Response:
    """Try every row in the background, and keep nothing but the counts and the refused rows."""
    done = await commands.start_check(session, identity, actor, session.info["now"])
    return await _detail(session, actor, await queries.shown(session, done), 202)


@router.post("/{identity:uuid}/start", status_code=202, **_CHANGE)
async def start_import(identity: UUID, session: Session, actor: Creator) -> Response:
    """Take the rows in, in the background; an import that was stopped goes on where it stands."""
    done = await commands.start_import(session, identity, actor, session.info["now"])
    return await _detail(session, actor, await queries.shown(session, done), 202)


@router.post("/{identity:uuid}/cancel", **_CHANGE)
async def cancel_import(identity: UUID, session: Session, actor: Creator) -> Response:
    """End an import for good; what was taken in stays."""
    done = await commands.cancel_import(session, identity, actor, session.info["now"])
    return await _detail(session, actor, await queries.shown(session, done))


@router.get("/{identity:uuid}/errors", **_WORKBOOK)
async def read_errors(
    identity: UUID,
    request: Request,
    session: Session,
    actor: Reader,
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Return up to 20,000 refused rows behind row `after` with the reason of each, as they were sent."""
    language = preferred_language(request.headers.get("accept-language"))
    header, rows = await commands.failures_of(session, identity, after, actor, language)
    made = await asyncio.to_thread(write_workbook, [("errors", header, rows)])
    return _workbook("errors.xlsx", made)


@asynccontextmanager
async def _looked_at(body: Body, name: str | None) -> AsyncIterator[Upload]:
    async with _LOOKING:
        layout = await asyncio.to_thread(recognise, body.file)
        sample = await asyncio.to_thread(look, body.file, layout, 0, SHOWN_ROWS)
    yield Upload(body.file, body.size, name, layout, sample)


async def _detail(
    connection: AsyncSession | AsyncConnection,
    actor: Actor,
    row: dict[str, Any],
    status: int = 200,
    ring: Any = None,
) -> Response:
    """Return an import with what its owner alone is shown."""
    facts: dict[str, Any] = {}
    if row["owner_id"] == actor.user_id:
        keks = ring or connection.info["ring"]
        facts = await queries.facts_of(connection, row["id"], keks)
    header = facts.get("header", [])
    found = guess(row["object"], header)
    shown = {
        "filename": facts.get("filename"),
        "sheets": facts.get("sheets", []),
        "columns": [
            {"number": number, "heading": heading, "guess": found.get(number)}
            for number, heading in enumerate(header)
        ],
        "sample": facts.get("sample", []),
    }
    response = etagged(row | shown)
    response.status_code = status
    return response


def _workbook(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
