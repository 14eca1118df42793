"""Every SELECT on templates, and on the contact whose mail is previewed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from libs.platform.references.people import people
from services.marketing.audience import RECIPIENT
from services.marketing.templates.model import Template
from services.marketing.templates.schemas import TemplateRead

_COLUMNS = {name: getattr(Template, name) for name in TemplateRead.model_fields}

LISTING = Listing(
    "templates",
    columns=_COLUMNS,
    filters={
        "id": Filter(Template.id),
        "name": Filter(Template.name, text=True),
        "language": Filter(Template.language),
        "owner_id": Filter(Template.owner_id),
        "created_at": Filter(Template.created_at),
        "updated_at": Filter(Template.updated_at),
        "deleted_at": Filter(Template.deleted_at),
        "external_system": Filter(Template.external_system),
        "external_id": Filter(Template.external_id),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Template.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the templates in the actor's scope, as JSON."""
    scope = actor.sees("template:read", Template.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one template in the actor's scope."""
    return await LISTING.read(source, identity, actor.sees("template:read", Template.owner_id))


async def recipient(session: AsyncSession, contact_id: UUID, actor: Actor) -> Any:
    """Return the columns of RECIPIENT, and the subject, of a contact in the actor's scope of contacts.

    Whom nobody has heard of and whom this actor may not see are refused alike.
    """
    statement = select(*RECIPIENT, people.c.subject_id).where(
        people.c.id == contact_id,
        people.c.deleted_at.is_(None),
        actor.sees("contact:read", people.c.owner_id),
    )
    row = (await session.execute(statement)).first()
    if row is None:
        raise UnknownReference(detail=f"contact {contact_id}")
    return row
