"""Every SELECT on leads."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.crypto import KekRing
from libs.common.listing import Filter, Listing, Predicate, Source
from libs.platform.access.actor import Actor
from libs.platform.phones import blinded
from libs.platform.references.replica import among_kin, home_of, resolve
from services.sales.leads.model import Lead, email_key
from services.sales.leads.schemas import MOST_DUPLICATES, CapturedLead, Converted, LeadRead

_COLUMNS: dict[str, Any] = {name: getattr(Lead, name) for name in LeadRead.model_fields}
LISTING = Listing(
    "leads",
    columns=_COLUMNS
    | {
        "phone": Lead.phone_mask,
        "account_id": home_of("account", Lead.account_id),
        "contact_id": home_of("contact", Lead.contact_id),
    },
    filters={
        "id": Filter(Lead.id),
        "family_name": Filter(Lead.family_name, text=True),
        "given_name": Filter(Lead.given_name, text=True),
        "company_name": Filter(Lead.company_name, text=True),
        "email": Filter(Lead.email_key, match=lambda value: Lead.email_key == email_key(value)),
        "phone": Filter(Lead.phone_index, match=lambda value: Lead.phone_index == value),
        "phone_last4": Filter(
            Lead.phone_last4_index, match=lambda value: Lead.phone_last4_index == value, of=("phone",)
        ),
        "title": Filter(Lead.title, text=True),
        "source": Filter(Lead.source),
        "owner_id": Filter(Lead.owner_id),
        "converted_at": Filter(Lead.converted_at),
        "account_id": Filter(
            Lead.account_id, match=lambda value: among_kin("account", Lead.account_id, value)
        ),
        "contact_id": Filter(
            Lead.contact_id, match=lambda value: among_kin("contact", Lead.contact_id, value)
        ),
        "opportunity_id": Filter(Lead.opportunity_id),
        "external_system": Filter(Lead.external_system),
        "external_id": Filter(Lead.external_id),
        "created_at": Filter(Lead.created_at),
        "updated_at": Filter(Lead.updated_at),
        "deleted_at": Filter(Lead.deleted_at),
        "erased_at": Filter(Lead.erased_at),
    },
    sorts=("created_at", "updated_at", "family_name", "company_name", "source", "converted_at"),
    unless_filtered={"deleted_at": Lead.deleted_at.is_(None)},
)


async def list_page(
    source: Source, parameters: Iterable[tuple[str, str]], actor: Actor, ring: KekRing
) -> bytes:
    """Return a page of the leads in the actor's scope, as JSON; phones are found by their blind index."""
    query = LISTING.parse(blinded(parameters, ring))
    return await LISTING.page(source, query, actor.sees("lead:read", Lead.owner_id))


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one lead in the actor's scope."""
    return await LISTING.read(source, identity, actor.sees("lead:read", Lead.owner_id))


async def duplicates(
    session: AsyncSession | AsyncConnection, lead: Lead, scope: Predicate
) -> list[dict[str, Any]]:
    """Return leads that look like this one within a scope: {id, reasons}, the likeliest first."""
    same_email = and_(Lead.email_key.is_not(None), Lead.email_key == lead.email_key)
    same_phone = and_(Lead.phone_index.is_not(None), Lead.phone_index == lead.phone_index)
    reasons = func.array_remove(array([case((same_email, "email")), case((same_phone, "phone"))]), None)
    statement = (
        select(Lead.id, reasons.label("reasons"))
        .where(or_(same_email, same_phone), Lead.id != lead.id, scope)
        .where(Lead.deleted_at.is_(None), Lead.erased_at.is_(None))
        .order_by(func.cardinality(reasons).desc(), Lead.id)
        .limit(MOST_DUPLICATES)
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]


async def speaking_of(session: AsyncSession, subject_ids: Sequence[UUID]) -> list[Lead]:
    """Return the leads of these subjects, whoever owns them, locked in order."""
    statement = select(Lead).where(Lead.subject_id.in_(subject_ids)).order_by(Lead.id).with_for_update()
    return list((await session.scalars(statement)).all())


async def shown(session: AsyncSession, lead: Lead) -> LeadRead:
    """Return a lead as the API shows it: what it became, where that lives on."""
    model = LeadRead.model_validate(lead)
    for kind in ("account", "contact"):
        if id := getattr(lead, f"{kind}_id"):
            setattr(model, f"{kind}_id", (await resolve(session, kind, [id]))[id])
    return model


def captured(lead: Lead, possible_duplicates: Sequence[UUID]) -> CapturedLead:
    """Return a new lead as the API shows it."""
    model = CapturedLead.model_validate(lead)
    model.possible_duplicates = list(possible_duplicates)
    return model


def converted(lead: Lead) -> Converted:
    """Return what a lead became, under the ids that were given out."""
    became = {name: getattr(lead, name) for name in ("account_id", "contact_id", "opportunity_id")}
    return Converted(lead_id=lead.id, **became)
