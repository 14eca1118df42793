"""Every SELECT on opportunities."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from libs.common.listing import Filter, Listing, Predicate
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from libs.platform.references.tables import reference
from services.sales.opportunities.model import Opportunity

_SHOWN = (
    *("id", "version", "name", "pipeline_id", "stage_id", "stage_kind", "stage_entered_at"),
    *("account_id", "contact_id", "product_id", "lead_id", "amount_minor", "currency"),
    *("expected_close_date", "closed_at", "lost_reason", "owner_id"),
    *("created_at", "updated_at", "deleted_at"),
)


def _linked(kind: str, column: InstrumentedAttribute[Any]) -> Callable[[UUID], Predicate]:
    """Match links to a record, and to those that were merged into it."""

    def match(value: UUID) -> Predicate:
        merged = select(reference.c.id).where(reference.c.type == kind, reference.c.merged_into_id == value)
        return or_(column == value, column.in_(merged))

    return match


LISTING = Listing(
    "opportunities",
    columns={name: getattr(Opportunity, name) for name in (*_SHOWN, "external_system", "external_id")},
    filters={
        "id": Filter(Opportunity.id),
        "name": Filter(Opportunity.name, text=True),
        "pipeline_id": Filter(Opportunity.pipeline_id),
        "stage_id": Filter(Opportunity.stage_id),
        "stage_kind": Filter(Opportunity.stage_kind),
        "account_id": Filter(Opportunity.account_id, match=_linked("account", Opportunity.account_id)),
        "contact_id": Filter(Opportunity.contact_id, match=_linked("contact", Opportunity.contact_id)),
        "product_id": Filter(Opportunity.product_id),
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


async def list_page(
    connection: AsyncConnection, parameters: Iterable[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of the opportunities in the actor's scope, as JSON."""
    scope = actor.sees("opportunity:read", Opportunity.owner_id)
    return await LISTING.page(connection, LISTING.parse(parameters), scope)


async def read(connection: AsyncConnection, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one opportunity in the actor's scope, with the labels of what it points to."""
    account, contact = reference.alias(), reference.alias()
    statement = (
        select(
            *(getattr(Opportunity, name) for name in _SHOWN),
            account.c.label.label("account_name"),
            contact.c.label.label("contact_name"),
        )
        .outerjoin(account, (account.c.id == Opportunity.account_id) & (account.c.type == "account"))
        .outerjoin(contact, (contact.c.id == Opportunity.contact_id) & (contact.c.type == "contact"))
        .where(Opportunity.id == bindparam("identity", type_=Uuid()))
        .where(actor.sees("opportunity:read", Opportunity.owner_id))
    )
    row = (await connection.execute(statement, {"identity": identity})).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)
