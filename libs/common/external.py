"""External ids: a load that is run again finds what it made before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import External, peek
from libs.common.problems import Conflict
from libs.common.schemas import ExternalRef


async def external_columns(
    session: AsyncSession, kind: type[External], given: ExternalRef | None
) -> dict[str, Any]:
    """Return the two columns for a new record; Conflict `external-id-taken` when they stand."""
    return (await external_columns_of(session, kind, [given]))[0]


async def external_columns_of(
    session: AsyncSession, kind: type[External], given: Sequence[ExternalRef | None]
) -> list[dict[str, Any]]:
    """Return the two columns for each of several new records, asked for by one statement.

    Raises Conflict `external-id-taken` for one that stands already, or stands here twice.
    """
    named = [(each.system, each.id) for each in given if each is not None]
    if named:
        systems, ids = map(list, zip(*named, strict=True))
        found = await peek(session, _taken(kind), systems, ids)
        if found:
            raise Conflict("external-id-taken", id=str(found[0][0]), version=found[0][1])
        if len(set(named)) < len(named):
            raise Conflict("external-id-taken")
    return [
        {} if each is None else {"external_system": each.system, "external_id": each.id} for each in given
    ]


def _taken(kind: type[External]) -> str:
    table = kind.__tablename__  # type: ignore[attr-defined]
    return (
        f'SELECT t.id, t.version FROM "{table}" AS t JOIN unnest($1::text[], $2::text[]) AS asked(system, id)'
        " ON t.external_system = asked.system AND t.external_id = asked.id LIMIT 1"
    )
