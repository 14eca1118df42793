"""External ids: a load that is run again finds what it made before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, func, select, tuple_
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
        systems, ids = (bindparam(None, list(each), type_=ARRAY(Text())) for each in zip(*named, strict=True))
        wanted = select(func.unnest(systems), func.unnest(ids))
        taken = select(kind.id, kind.version).where(  # type: ignore[attr-defined]
            tuple_(kind.external_system, kind.external_id).in_(wanted)
        )
        found = (await peek(session, taken)).first()
        if found is not None:
            raise Conflict("external-id-taken", id=str(found.id), version=found.version)
        if len(set(named)) < len(named):
            raise Conflict("external-id-taken")
    return [
        {} if each is None else {"external_system": each.system, "external_id": each.id} for each in given
    ]
