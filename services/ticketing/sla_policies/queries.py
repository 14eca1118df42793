"""Every SELECT on SLA policies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from services.ticketing.sla_policies.model import SlaPolicy
from services.ticketing.sla_policies.schemas import SlaPolicyRead

_COLUMNS = {name: getattr(SlaPolicy, name) for name in SlaPolicyRead.model_fields}

LISTING = Listing(
    "sla-policies",
    columns=_COLUMNS,
    filters={
        "id": Filter(SlaPolicy.id),
        "name": Filter(SlaPolicy.name, text=True),
        "calendar_id": Filter(SlaPolicy.calendar_id),
        "external_system": Filter(SlaPolicy.external_system),
        "external_id": Filter(SlaPolicy.external_id),
        "created_at": Filter(SlaPolicy.created_at),
        "updated_at": Filter(SlaPolicy.updated_at),
        "deleted_at": Filter(SlaPolicy.deleted_at),
    },
    sorts=("position", "created_at", "updated_at", "name"),
    default_sort="position",
    unless_filtered={"deleted_at": SlaPolicy.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of policies as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one policy."""
    return await LISTING.read(source, identity)


def shown(policy: SlaPolicy) -> SlaPolicyRead:
    """Return a policy as the API shows it."""
    return SlaPolicyRead.model_validate(policy)


async def policy_for(session: AsyncSession, facts: Mapping[str, str | None]) -> SlaPolicy | None:
    """Return the first policy by position that holds for a ticket; None where none does.

    They are few, and read once in a transaction.
    """
    found: Sequence[SlaPolicy] | None = session.info.get("sla-policies")
    if found is None:
        in_order = select(SlaPolicy).where(SlaPolicy.deleted_at.is_(None))
        in_order = in_order.order_by(SlaPolicy.position, SlaPolicy.created_at, SlaPolicy.id)
        found = session.info["sla-policies"] = (await session.scalars(in_order)).all()
    return next((policy for policy in found if policy.holds_for(facts)), None)
