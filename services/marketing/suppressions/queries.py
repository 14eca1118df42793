"""Every SELECT on suppressions."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.listing import Filter, Listing, Source
from libs.common.listing_values import read_text
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from libs.platform.references.people import people
from services.marketing.audience import address_index
from services.marketing.suppressions.model import Suppression
from services.marketing.suppressions.schemas import SuppressionRead

_DERIVED = {"has_address": Suppression.address_index.is_not(None)}
_COLUMNS: dict[str, Any] = {
    name: _DERIVED[name] if name in _DERIVED else getattr(Suppression, name)
    for name in SuppressionRead.model_fields
}
_EMAIL = "email"

LISTING = Listing(
    "suppressions",
    columns=_COLUMNS,
    filters={
        "id": Filter(Suppression.id),
        "contact_id": Filter(Suppression.contact_id),
        "email": Filter(Suppression.address_index, match=lambda value: Suppression.address_index == value),
        "reason": Filter(Suppression.reason),
        "purpose": Filter(Suppression.purpose),
        "campaign_id": Filter(Suppression.campaign_id),
        "created_at": Filter(Suppression.created_at),
        "updated_at": Filter(Suppression.updated_at),
        "deleted_at": Filter(Suppression.deleted_at),
    },
    sorts=("created_at", "updated_at", "reason"),
    unless_filtered={"deleted_at": Suppression.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], ring: KekRing) -> bytes:
    """Return a page of suppressions as JSON; an address is found by its hash. They belong to nobody."""
    query = LISTING.parse([(name, _hashed(name, text, ring)) for name, text in parameters])
    return await LISTING.page(source, query)


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one suppression."""
    return await LISTING.read(source, identity)


async def demand_contact(session: AsyncSession, contact_id: UUID, actor: Actor) -> None:
    """Raise UnknownReference for a contact who is unknown, or out of this actor's scope."""
    known = select(people.c.id).where(
        people.c.id == contact_id, actor.sees("contact:read", people.c.owner_id)
    )
    if (await session.execute(known)).first() is None:
        raise UnknownReference(detail=f"contact {contact_id}")


async def standing(
    session: AsyncSession, contact_id: UUID | None, index: str | None, purpose: str | None
) -> Suppression | None:
    """Return the suppression that says just this already."""
    same = (
        Suppression.contact_id.is_not_distinct_from(contact_id),
        Suppression.address_index.is_not_distinct_from(index),
        Suppression.purpose.is_not_distinct_from(purpose),
        Suppression.deleted_at.is_(None),
    )
    return (await session.execute(select(Suppression).where(*same))).scalar_one_or_none()


async def suppressed(
    session: AsyncSession, purpose: str, contact_ids: Collection[UUID], indexes: Collection[str]
) -> tuple[set[UUID], set[str]]:
    """Return which of these contacts and hashed addresses get no mail of a purpose."""
    held = select(Suppression.contact_id, Suppression.address_index).where(
        Suppression.deleted_at.is_(None),
        or_(Suppression.purpose.is_(None), Suppression.purpose == purpose),
        or_(Suppression.contact_id.in_(contact_ids), Suppression.address_index.in_(indexes)),
    )
    rows = (await session.execute(held)).all()
    held_contacts = {row.contact_id for row in rows if row.contact_id is not None}
    return held_contacts, {row.address_index for row in rows if row.address_index is not None}


def _hashed(name: str, text: str, ring: KekRing) -> str:
    field, _, operator = name.partition("[")
    if field != _EMAIL or operator not in {"", "in]"}:
        return text
    try:
        return ",".join(address_index(ring, read_text(each)) for each in text.split(","))
    except ValueError:
        # As it is, the list refuses it.
        return text
