"""External ids: a load that is run again finds what it made before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import External
from libs.common.problems import Conflict
from libs.common.schemas import ExternalRef


async def external_columns(
    session: AsyncSession, kind: type[External], given: ExternalRef | None
) -> dict[str, Any]:
    """Return the two columns for a new record; Conflict `external-id-taken` when they stand."""
    if given is None:
        return {}
    taken = select(kind.id, kind.version).where(  # type: ignore[attr-defined]
        kind.external_system == given.system, kind.external_id == given.id
    )
    found = (await session.execute(taken)).first()
    if found is not None:
        raise Conflict("external-id-taken", id=str(found.id), version=found.version)
    return {"external_system": given.system, "external_id": given.id}
