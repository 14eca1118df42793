"""Every SELECT on imports, on what stands beside them, and on the records that their rows may match."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    delete,
    func,
    null,
    select,
    table,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import dumps
from libs.common.listing import Filter, Listing
from libs.common.problems import Conflict, NotFound
from libs.common.sheets import Layout
from libs.platform.access.actor import Actor
from services.customer.accounts.model import Account
from services.customer.contacts.model import Contact
from services.customer.file_keys import FACTS, FileKey
from services.customer.imports.model import BUSY, OVER, Import
from services.customer.imports.schemas import ImportRead

COUNTS = ("rows", "created", "updated", "unchanged", "skipped", "failed")
OPTIONS = ("sheet", "match_by", "on_match", "external_system", "missing_account", "default_owner_id")
LANES = 2

type Connection = AsyncConnection | AsyncSession

_source = table("import_source", *(column(name) for name in ("import_id", "total")))
_file = table("import_file", column("import_id"))
_failure = table("import_failure", column("import_id"))
_LANE: dict[str, Any] = dict.fromkeys(("lane", "position", *COUNTS), BigInteger)
_LANE |= {"import_id": Uuid, "fenced": Boolean}
_progress = table("import_progress", *(column(name, kind) for name, kind in _LANE.items()))


def _fencing(id: UUID, *, fenced: bool) -> Any:
    return update(_progress).where(_progress.c.import_id == id).values(fenced=fenced)


def _counted(name: str) -> ColumnElement[int]:
    total = func.coalesce(func.sum(_progress.c[name]), 0).cast(BigInteger)
    return select(total).where(_progress.c.import_id == Import.id).scalar_subquery()


def _option(name: str) -> Any:
    found: Any = Import.options[name]
    return found.as_integer() if name == "sheet" else found.as_string()


_total = select(_source.c.total).where(_source.c.import_id == Import.id).scalar_subquery()
_DERIVED: dict[str, Any] = {
    **{name: _counted(name) for name in COUNTS},
    **{name: _option(name) for name in OPTIONS},
    "total": func.coalesce(_total, 0),
}
LISTING = Listing(
    "imports",
    columns={
        name: _DERIVED[name] if name in _DERIVED else getattr(Import, name)
        for name in ImportRead.model_fields
    },
    filters={
        "id": Filter(Import.id),
        "object": Filter(Import.object),
        "format": Filter(Import.format),
        "status": Filter(Import.status),
        "owner_id": Filter(Import.owner_id),
        "created_at": Filter(Import.created_at),
        "updated_at": Filter(Import.updated_at),
        "finished_at": Filter(Import.finished_at),
        "deleted_at": Filter(Import.deleted_at),
    },
    sorts=("created_at", "updated_at"),
    unless_filtered={"deleted_at": Import.deleted_at.is_(None)},
)

_KEEP_SOURCE = text("""
INSERT INTO import_source (import_id, pieces, total, wrapped, facts)
VALUES (:id, :pieces, :total, :wrapped, :facts)
ON CONFLICT (import_id) DO UPDATE SET total = excluded.total, facts = excluded.facts
""")
_SOURCE = text("SELECT pieces, total, wrapped, facts FROM import_source WHERE import_id = :id")
_PUT = text("INSERT INTO import_file (import_id, n, bytes) VALUES (:id, :n, :bytes)")
_PIECE = text("SELECT bytes FROM import_file WHERE import_id = :id AND n = :n")
_RESET = text(f"""
INSERT INTO import_progress (import_id, lane) SELECT :id, lane FROM generate_series(0, {LANES - 1}) AS lane
ON CONFLICT (import_id, lane) DO UPDATE SET position = 0, fenced = false, {", ".join(f"{name} = 0" for name in COUNTS)}
""")  # noqa: S608, E501 - our own names
_HELD = text("""
SELECT 1 FROM import_progress
WHERE import_id = :id AND lane = :lane AND position = :position AND NOT fenced FOR UPDATE
""")
_LANES = text("SELECT lane, position FROM import_progress WHERE import_id = :id")
_COUNTS = text(
    f"SELECT {', '.join(f'coalesce(sum({name}), 0)::bigint AS {name}' for name in COUNTS)}"  # noqa: S608 - our own names
    " FROM import_progress WHERE import_id = :id"
)
_FAIL = text("""
INSERT INTO import_failure (import_id, row, reasons, cells)
SELECT :id, f.row, f.reasons::jsonb, f.cells FROM unnest(:numbers, :reasons, :cells) AS f(row, reasons, cells)
""").bindparams(
    bindparam("numbers", type_=ARRAY(BigInteger)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("cells", type_=ARRAY(Text)),
)
_FAILURES = text("""
SELECT row, reasons, cells FROM import_failure WHERE import_id = :id AND row > :after ORDER BY row LIMIT :most
""")
_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 7305))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 7305))")


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a row may mean; `problem` says why it cannot be changed."""

    id: UUID
    version: int
    problem: str | None


async def listed(reading: AsyncConnection, parameters: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the imports in the actor's scope, as JSON."""
    return await LISTING.page(reading, LISTING.parse(parameters), actor.sees("import:read", Import.owner_id))


async def read(connection: Connection, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one import in the actor's scope."""
    statement = select(*(each.label(name) for name, each in LISTING.columns.items())).where(
        Import.id == id, actor.sees("import:read", Import.owner_id)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


async def shown(session: AsyncSession, found: Import) -> dict[str, Any]:
    """Return an import as the API shows it after a change, which this sends to the database."""
    await session.flush()
    statement = select(*(each.label(name) for name, each in LISTING.columns.items()))
    return dict((await session.execute(statement.where(Import.id == found.id))).mappings().one())


async def locked(session: AsyncSession, id: UUID) -> Import:
    """Return an import, whoever owns it, for a change."""
    return (await session.scalars(select(Import).where(Import.id == id).with_for_update())).one()


async def waiting(connection: Connection) -> list[UUID]:
    """Return the imports that are to run, the oldest first."""
    statement = select(Import.id).where(Import.status.in_(sorted(BUSY))).order_by(Import.updated_at)
    return list((await connection.execute(statement)).scalars())


async def abandoned(session: AsyncSession, before: datetime, most: int) -> list[UUID]:
    """Return imports that nobody came back to, though their files are still here."""
    idle = Import.status.not_in(sorted(BUSY | OVER))
    statement = select(Import.id).where(idle, Import.updated_at < before).order_by(Import.id).limit(most)
    return list((await session.scalars(statement)).all())


async def begin(connection: Connection, id: UUID) -> dict[str, Any] | None:
    """Return what a worker must know to run an import; None when it is not to run."""
    facts = (Import.object, Import.format, Import.mapping, Import.options)
    columns = (Import.status, *facts, Import.owner_id, Import.key_id)
    statement = select(*columns).where(Import.id == id, Import.status.in_(sorted(BUSY)))
    row = (await connection.execute(statement)).mappings().first()
    return dict(row) if row is not None else None


async def lock(connection: AsyncConnection, id: UUID) -> bool:
    """Take an import for as long as this connection lives; False when another worker has it."""
    return bool((await connection.execute(_LOCK, {"name": f"import {id}"})).scalar_one())


async def unlock(connection: AsyncConnection, id: UUID) -> None:
    """Give an import back."""
    await connection.execute(_UNLOCK, {"name": f"import {id}"})


async def keep_source(session: AsyncSession, id: UUID, **columns: Any) -> None:
    """Keep a file's wrapped key and what it looks like, or look at it differently."""
    await session.execute(_KEEP_SOURCE, {"id": id} | columns)


async def source(connection: Connection, id: UUID) -> Any:
    """Return pieces, total, wrapped and facts of a file; None once they are forgotten."""
    return (await connection.execute(_SOURCE, {"id": id})).one_or_none()


async def put_piece(session: AsyncSession, id: UUID, n: int, sealed: bytes) -> None:
    await session.execute(_PUT, {"id": id, "n": n, "bytes": sealed})


async def piece(connection: Connection, id: UUID, n: int) -> bytes | None:
    found: bytes | None = (await connection.execute(_PIECE, {"id": id, "n": n})).scalar_one_or_none()
    return found


async def facts_of(connection: Connection, id: UUID, ring: KekRing) -> dict[str, Any]:
    """Return what a file looks like: filename, sheets, header, sample, and how it is read; {} afterwards."""
    found = await source(connection, id)
    return FileKey.unwrap(id, found.wrapped, ring).open(FACTS, found.facts) if found is not None else {}


def layout_of(form: Any, facts: Mapping[str, Any]) -> Layout:
    """Return how a file is read."""
    return Layout(form, facts["encoding"], facts["delimiter"], tuple(facts["sheets"]))


async def fetch(connection: Connection, id: UUID, ring: KekRing, file: BinaryIO) -> FileKey:
    """Write an import's file in the clear into one that `spool` made; return its key."""
    found = await source(connection, id)
    key = FileKey.unwrap(id, found.wrapped, ring)
    for n in range(1, found.pieces + 1):
        sealed = await piece(connection, id, n)
        if sealed is None:
            raise Conflict("import-over", id=id)
        file.write(key.open_piece(n, sealed))
    file.flush()
    return key


async def forget_file(session: AsyncSession, id: UUID) -> None:
    await session.execute(delete(_file).where(_file.c.import_id == id))


async def reset(session: AsyncSession, id: UUID) -> None:
    """Let an import begin at the first row, with nothing counted and nothing refused."""
    await session.execute(_RESET, {"id": id})
    await session.execute(delete(_failure).where(_failure.c.import_id == id))


async def resume(session: AsyncSession, id: UUID) -> None:
    """Let an import go on where it stands."""
    await session.execute(_fencing(id, fenced=False))


async def fence(session: AsyncSession, id: UUID) -> None:
    """Wait for the chunks in flight, and let none come after them."""
    await session.execute(_fencing(id, fenced=True))


async def lanes(connection: Connection, id: UUID) -> dict[int, int]:
    """Return the last row that each lane has dealt with."""
    return {row.lane: row.position for row in await connection.execute(_LANES, {"id": id})}


async def hold(session: AsyncSession, id: UUID, lane: int, position: int) -> bool:
    """Keep others off a lane until the transaction ends; False when it stands elsewhere, or is fenced."""
    given = {"id": id, "lane": lane, "position": position}
    return (await session.execute(_HELD, given)).first() is not None


async def advance(
    session: AsyncSession, id: UUID, lane: int, step: tuple[int, int], counts: Mapping[str, int]
) -> None:
    """Move a lane that this transaction holds, from one row to another."""
    position, to = step
    lane_row = and_(_progress.c.import_id == id, _progress.c.lane == lane, _progress.c.position == position)
    added = {name: _progress.c[name] + counts.get(name, 0) for name in COUNTS}
    await session.execute(update(_progress).where(lane_row).values(position=to, **added))


async def counts(connection: Connection, id: UUID) -> dict[str, int]:
    return dict((await connection.execute(_COUNTS, {"id": id})).mappings().one())


async def keep_failures(session: AsyncSession, id: UUID, found: Sequence[tuple[int, Any, str]]) -> None:
    """Keep refused rows: (number, reasons, sealed cells)."""
    if found:
        numbers, reasons, cells = (list(each) for each in zip(*found, strict=True))
        given = {"id": id, "numbers": numbers, "reasons": [dumps(each) for each in reasons], "cells": cells}
        await session.execute(_FAIL, given)


async def failures(connection: Connection, id: UUID, after: int, most: int) -> Sequence[Any]:
    """Return refused rows behind a row: (row, reasons, cells)."""
    return (await connection.execute(_FAILURES, {"id": id, "after": after, "most": most})).all()


async def clear(session: AsyncSession, before: datetime) -> None:
    """Forget what is left of the files of imports that were over before an instant."""
    over = select(Import.id).where(Import.status.in_(sorted(OVER)), Import.updated_at < before)
    for each in (_failure, _source):
        await session.execute(delete(each).where(each.c.import_id.in_(over)))


async def matches(
    session: AsyncSession, object: str, by: str, keys: Iterable[str], system: str, actor: Actor
) -> dict[str, list[Match]]:
    """Return the records that these keys mean, by key, in one statement.

    An external id is one record's, whoever sees it; by everything else only records are found that the actor
    may read and that are there to be dealt with.
    """
    kind: Any = Contact if object == "contact" else Account
    found = _key_column(kind, by)
    readable = actor.sees(f"{object}:read", kind.owner_id)
    editable = actor.sees(f"{object}:update", kind.owner_id)
    erased = Contact.erased_at if object == "contact" else null()
    state = (kind.deleted_at, kind.merged_into_id, erased)
    columns = (found.label("key"), kind.id, kind.version, *state, readable.label("readable"))
    statement = select(*columns, editable.label("editable")).where(found == any_(_texts(keys)))
    if by == "external_id":
        statement = statement.where(kind.external_system == system)
    else:
        statement = statement.where(readable, *(each.is_(None) for each in state))
    result: dict[str, list[Match]] = {}
    for key, id, version, deleted, merged, gone, is_readable, is_editable in await session.execute(statement):
        problem = _problem(is_readable, gone, deleted, merged) or (None if is_editable else "forbidden")
        result.setdefault(key, []).append(Match(id, version, problem))
    return result


async def named_accounts(session: AsyncSession, keys: Iterable[str], actor: Actor) -> dict[str, UUID]:
    """Return the oldest account of each of these folded names that the actor may read."""
    present = (Account.deleted_at.is_(None), Account.merged_into_id.is_(None))
    statement = (
        select(Account.name_key, Account.id)
        .where(Account.name_key == any_(_texts(keys)), *present)
        .where(actor.sees("account:read", Account.owner_id))
        .order_by(Account.id.desc())
    )
    return {key: id for key, id in await session.execute(statement)}  # noqa: C416 - a row is no pair to mypy


async def known_accounts(session: AsyncSession, ids: Iterable[UUID], actor: Actor) -> set[UUID]:
    """Return which of these accounts there are that the actor may read."""
    given = bindparam(None, sorted(ids), type_=ARRAY(Uuid()))
    seen = select(Account.id).where(Account.id == any_(given), actor.sees("account:read", Account.owner_id))
    return set((await session.scalars(seen)).all())


def _key_column(kind: Any, by: str) -> Any:
    columns = {
        "external_id": kind.external_id,
        "email": Contact.email_key,
        "name": Account.name_key,
        "phone": Contact.phone_index if kind is Contact else Account.phone_key,
    }
    return columns[by]


def _problem(is_readable: bool, erased: Any, deleted: Any, merged: Any) -> str | None:  # noqa: FBT001 - columns
    if not is_readable:
        return "external-id-taken"
    if erased is not None:
        return "erased"
    return "deleted" if deleted is not None else "merged" if merged is not None else None


def _texts(values: Iterable[str]) -> Any:
    return bindparam(None, sorted(values), type_=ARRAY(Text()))
