"""What can be done with an import: load, ask, done."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.journal import AuditEntry, audit
from libs.common.pieces import PIECE
from libs.common.problem_texts import Wording
from libs.common.problems import Conflict, Forbidden
from libs.common.sheets import Layout, Sample, look, spool
from libs.platform.access.actor import Actor, load
from services.customer.file_keys import CELLS, FACTS, FileKey
from services.customer.imports import queries
from services.customer.imports.model import Import
from services.customer.imports.schemas import SHOWN_ROWS, ImportUpdate
from services.customer.intake import worded
from services.customer.mapping import defaults, demand_complete, demand_fit, demand_permitted, guessed

MOST_IN_WORKBOOK = 20_000
_ABANDONED, _KEPT = timedelta(days=7), timedelta(days=30)
_MOST_CANCELLED = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent and looked at."""

    file: BinaryIO
    size: int
    name: str | None
    layout: Layout
    sample: Sample


async def upload_import(
    session: AsyncSession, upload: Upload, object: str, actor: Actor, now: datetime
) -> Import:
    """Take a table in: encrypted, with its columns guessed; nothing is made of it yet."""
    actor.demand(f"{object}:create")
    if actor.user_id is None:
        raise Forbidden
    mapping = guessed(object, upload.sample.header)
    details = {
        "object": object,
        "format": upload.layout.form,
        "size_bytes": upload.size,
        "mapping": mapping,
        "options": defaults(object, mapping),
    }
    made = Import.upload(actor.user_id, details, now)
    session.add(made)
    key, pieces = FileKey.mint(made.id), 0
    for pieces, piece in enumerate(_pieces(upload.file), 1):
        await queries.put_piece(session, made.id, pieces, key.seal_piece(pieces, piece))
    facts = {"filename": upload.name, **_facts(upload.layout, upload.sample)}
    source = {"pieces": pieces, "total": upload.sample.total, "wrapped": key.wrapped(_ring(session))}
    await queries.keep_source(session, made.id, facts=key.seal(FACTS, facts), **source)
    await queries.reset(session, made.id)
    return made


async def revise_import(
    session: AsyncSession, identity: UUID, version: int, asked: ImportUpdate, actor: Actor, now: datetime
) -> Import:
    """Say which column fills which field, and what happens to what is there already."""
    found = await _own(session, identity, actor, version)
    sent = asked.model_dump(mode="json", exclude_unset=True)
    object = sent.pop("object", found.object)
    actor.demand(f"{object}:create")
    mapping = sent.pop("mapping", None)
    options = found.options | sent
    facts = await queries.facts_of(session, identity, _ring(session))
    if options["sheet"] != found.options["sheet"]:
        facts |= await _look_again(session, found, facts, options["sheet"])
    if mapping is None:
        is_same = (object, options["sheet"]) == (found.object, found.options["sheet"])
        mapping = found.mapping if is_same else guessed(object, facts["header"])
    if object != found.object:
        options |= {"match_by": defaults(object, mapping)["match_by"]} | sent
    demand_fit(object, mapping, options, facts["header"])
    demand_permitted(object, mapping, options, actor)
    found.map({"object": object, "mapping": mapping, "options": options}, now)
    return found


async def start_check(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Import:
    """Begin a dry run."""
    found = await _own(session, identity, actor)
    actor.demand(f"{found.object}:create")
    demand_complete(found.object, found.mapping, found.options)
    demand_permitted(found.object, found.mapping, found.options, actor)
    found.start_check(_key_id(actor), now)
    await queries.reset(session, identity)
    return found


async def start_import(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Import:
    """Begin the import, or let it go on after a stop."""
    found = await _own(session, identity, actor)
    actor.demand(f"{found.object}:create")
    demand_complete(found.object, found.mapping, found.options)
    demand_permitted(found.object, found.mapping, found.options, actor)
    if found.start(_key_id(actor), now):
        await queries.reset(session, identity)
    else:
        await queries.resume(session, identity)
    return found


async def cancel_import(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Import:
    """End it for good; the chunks in flight are waited for, so that what is counted is what was done."""
    found = await load(session, Import, identity, actor, "import:create", for_update=True)
    await _cancel(session, found, now)
    return found


async def finish_import(session: AsyncSession, identity: UUID, now: datetime) -> None:
    """Note that the last row was dealt with."""
    found = await queries.locked(session, identity)
    found.finish(await queries.counts(session, identity), now)
    if found.finished_at is not None:
        await queries.forget_file(session, identity)


async def stop_import(session: AsyncSession, identity: UUID, reason: str, now: datetime) -> None:
    """Note why it cannot go on."""
    found = await queries.locked(session, identity)
    found.stop(reason, await queries.counts(session, identity), now)


async def clear_imports(session: AsyncSession, now: datetime) -> None:
    """Cancel what nobody came back to within a week; forget refused rows a month after the end."""
    for identity in await queries.abandoned(session, now - _ABANDONED, _MOST_CANCELLED):
        await _cancel(session, await queries.locked(session, identity), now)
    await queries.clear(session, now - _KEPT)


async def failures_of(
    session: AsyncSession, identity: UUID, after: int, actor: Actor, language: str
) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the workbook of refused rows behind a row, and audit that they were read."""
    found = await load(session, Import, identity, actor, "import:read")
    _demand_owner(found, actor)
    audit(session, AuditEntry("customer.import.exported", "import", str(identity), found.version))
    source = await queries.source(session, identity)
    if source is None:
        raise Conflict("import-over", id=identity)
    key = FileKey.unwrap(identity, source.wrapped, _ring(session))
    header = key.open(FACTS, source.facts)["header"]
    rows = [
        [
            *_padded(key.open(CELLS, each.cells, each.row), len(header)),
            str(each.row),
            worded(found.object, each.reasons, language),
        ]
        for each in await queries.failures(session, identity, after, MOST_IN_WORKBOOK)
    ]
    words = Wording("Row", "行号"), Wording("Reason", "原因")
    return [*header, *(each.in_language(language) for each in words)], rows


async def _cancel(session: AsyncSession, found: Import, now: datetime) -> None:
    await queries.fence(session, found.id)
    found.cancel(await queries.counts(session, found.id), now)
    await queries.forget_file(session, found.id)


async def _own(session: AsyncSession, identity: UUID, actor: Actor, version: int | None = None) -> Import:
    found = await load(session, Import, identity, actor, "import:create", for_update=True, version=version)
    _demand_owner(found, actor)
    return found


def _demand_owner(found: Import, actor: Actor) -> None:
    """Refuse everybody else: what runs does so with its owner's rights, and shows what only he has seen."""
    if found.owner_id != actor.user_id:
        raise Forbidden(detail="import:create")


async def _look_again(
    session: AsyncSession, found: Import, facts: Mapping[str, Any], sheet: int
) -> dict[str, Any]:
    """Look at another sheet of the file."""
    layout = queries.layout_of(found.format, facts)
    with spool() as file:
        key = await queries.fetch(session, found.id, _ring(session), file)
        sample = await asyncio.to_thread(look, file, layout, sheet, SHOWN_ROWS)
    seen = _facts(layout, sample)
    sealed = key.seal(FACTS, {**facts, **seen})
    await queries.keep_source(session, found.id, pieces=0, total=sample.total, wrapped="", facts=sealed)
    return seen


def _facts(layout: Layout, sample: Sample) -> dict[str, Any]:
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "sheets": layout.sheets,
        "header": sample.header,
        "sample": sample.rows,
    }


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _padded(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * width)[:width]


def _key_id(actor: Actor) -> UUID | None:
    return actor.key.id if actor.key else None


def _ring(session: AsyncSession) -> KekRing:
    ring: KekRing = session.info["ring"]
    return ring
