"""Every SELECT on opportunities."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import peek
from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from libs.platform.references.replica import among_kin, home_of, label_in
from services.sales.opportunities.model import Opportunity
from services.sales.opportunities.schemas import OpportunityRead

_LINKS: dict[str, Any] = {
    "account_id": home_of("account", Opportunity.account_id),
    "contact_id": home_of("contact", Opportunity.contact_id),
    "account_name": label_in("account", Opportunity.account_id),
    "contact_name": label_in("contact", Opportunity.contact_id),
}

_COLUMNS = {name: getattr(Opportunity, name) for name in OpportunityRead.model_fields if name not in _LINKS}

LISTING = Listing(
    "opportunities",
    columns=_COLUMNS | _LINKS,
    filters={
        "id": Filter(Opportunity.id),
        "name": Filter(Opportunity.name, text=True),
        "pipeline_id": Filter(Opportunity.pipeline_id),
        "stage_id": Filter(Opportunity.stage_id),
        "stage_kind": Filter(Opportunity.stage_kind),
        "account_id": Filter(
            Opportunity.account_id, match=lambda value: among_kin("account", Opportunity.account_id, value)
        ),
        "contact_id": Filter(
            Opportunity.contact_id, match=lambda value: among_kin("contact", Opportunity.contact_id, value)
        ),
        "product_id": Filter(Opportunity.product_id),
        "lead_id": Filter(Opportunity.lead_id),
        "owner_id": Filter(Opportunity.owner_id),
        "amount_minor": Filter(Opportunity.amount_minor),
        "currency": Filter(Opportunity.currency),
        "expected_close_date": Filter(Opportunity.expected_close_date),
        "closed_at": Filter(Opportunity.closed_at),
        "created_at": Filter(Opportunity.created_at),
        "updated_at": Filter(Opportunity.updated_at),
        "deleted_at": Filter(Opportunity.deleted_at),
        "external_system": Filter(Opportunity.external_system),
        "external_id": Filter(Opportunity.external_id),
    },
    sorts=("created_at", "updated_at", "name", "amount_minor", "expected_close_date", "closed_at"),
    unless_filtered={"deleted_at": Opportunity.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the opportunities in the actor's scope, as JSON."""
    scope = actor.sees("opportunity:read", Opportunity.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one opportunity in the actor's scope, with the labels of what it points to."""
    return await LISTING.read(source, identity, actor.sees("opportunity:read", Opportunity.owner_id))


async def shown(session: AsyncSession, opportunity: Opportunity) -> OpportunityRead:
    """Return an opportunity as the API shows it: at the account and contact where these live on."""
    model = OpportunityRead.model_validate(opportunity)
    if opportunity.account_id is None and opportunity.contact_id is None:
        return model
    (row,) = await peek(session, _AT_HOME, opportunity.account_id, opportunity.contact_id)
    homes = [UUID(str(id)) if id else None for id in row[:2]]
    links = zip(_LINKS, [*homes, *row[2:]], strict=True)
    return model.model_copy(update=dict(links))


# The same as _LINKS, of a record that is yet to be written.
_AT_HOME = """
SELECT account_id, contact_id,
       (SELECT label FROM reference WHERE type = 'account' AND id = account_id) AS account_name,
       (SELECT label FROM reference WHERE type = 'contact' AND id = contact_id) AS contact_name
FROM (SELECT reference_home('account', $1::uuid) AS account_id,
             reference_home('contact', $2::uuid) AS contact_id) AS home
"""
