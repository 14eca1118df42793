"""One masked value of one record in the clear: by a permission of its own, and on record."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Aggregate
from libs.common.journal import AuditEntry, audit
from libs.common.problems import BadRequest, FieldError
from libs.platform.access.actor import Actor, load
from libs.platform.access.fields import is_known, is_maskable

# Which field is meant; each request shows one, so that the trail has a row for each.
Masked = Annotated[str, StringConstraints(max_length=60, pattern="^[a-z][a-z0-9_]*$")]

REVEALED: dict[str, Any] = {"additionalProperties": {"type": ["string", "null"]}}


class Revealed(BaseModel):
    """The field that was asked for, in the clear, under its own name and alone."""

    model_config = ConfigDict(extra="allow", json_schema_extra=REVEALED)

    phone: str | None = None


async def reveal[A: Aggregate](
    session: AsyncSession, kind: type[A], name: str, identity: UUID, field: str, actor: Actor
) -> A:
    """Return a record of which the actor may see a masked field in the clear, and put that on record.

    `name` is the aggregate's, as in the permission. Raises BadRequest for a field that has no mask, Forbidden
    `field-unreadable` for one that is hidden from him, NotFound out of the permission's scope.
    """
    if not is_known(f"{name}.{field}") or not is_maskable(f"{name}.{field}"):
        raise BadRequest("bad-parameter", errors=[FieldError("not-readable", parameter="field")])
    actor.fields(name).demand_shown(name, (field,), parameter="field")
    found = await load(session, kind, identity, actor, f"{name}:reveal")
    service = session.info["service"]
    changes: dict[str, Any] = {"field": field}
    entry = AuditEntry(f"{service}.{name}.revealed", name, str(identity), found.version, changes)
    audit(session, entry)
    return found
