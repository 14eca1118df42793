"""Every SELECT on consents and their ledger."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from libs.common.listing import Filter, Listing, Predicate, Source
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from libs.platform.access.scopes import ALL
from services.customer.consents.model import Consent, ConsentEntry
from services.customer.consents.schemas import ConsentEntryRead, ConsentRead
from services.customer.contacts.model import Contact
from services.customer.contacts.queries import kin_of, kindred

LISTING = Listing(
    "consents",
    columns={name: getattr(Consent, name) for name in ConsentRead.model_fields},
    filters={
        "id": Filter(Consent.id),
        "contact_id": Filter(Consent.contact_id, match=lambda value: Consent.contact_id.in_(kin_of(value))),
        "purpose": Filter(Consent.purpose),
        "channel": Filter(Consent.channel),
        "status": Filter(Consent.status),
        "wording_version": Filter(Consent.wording_version),
        "source": Filter(Consent.source),
        "given_at": Filter(Consent.given_at),
        "withdrawn_at": Filter(Consent.withdrawn_at),
        "created_at": Filter(Consent.created_at),
        "updated_at": Filter(Consent.updated_at),
        "erased_at": Filter(Consent.erased_at),
    },
    sorts=("created_at", "updated_at", "given_at", "withdrawn_at"),
)
HISTORY = Listing(
    "consent entries",
    columns={name: getattr(ConsentEntry, name) for name in ConsentEntryRead.model_fields},
    filters={
        "purpose": Filter(ConsentEntry.purpose),
        "channel": Filter(ConsentEntry.channel),
        "kind": Filter(ConsentEntry.kind),
        "occurred_at": Filter(ConsentEntry.occurred_at),
        "recorded_at": Filter(ConsentEntry.recorded_at),
    },
    sorts=("occurred_at", "recorded_at"),
    default_sort="-occurred_at",
)


async def listed(source: Source, parameters: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the consents of the contacts in the actor's scope, as JSON."""
    return await LISTING.page(source, LISTING.parse(parameters), _scope(Consent.contact_id, actor))


async def history(
    reading: AsyncConnection, contact_id: UUID, parameters: Sequence[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of what one contact, and everybody merged with him, ever said; newest first."""
    query = HISTORY.parse(parameters)
    known = select(Contact.id).where(Contact.id == contact_id, actor.sees("consent:read", Contact.owner_id))
    if (await reading.execute(known)).first() is None:
        raise NotFound
    own = ConsentEntry.contact_id.in_(kin_of(contact_id))
    return await HISTORY.page(reading, query, own & _scope(ConsentEntry.contact_id, actor))


async def read(source: Source, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one consent of a contact in the actor's scope."""
    return await LISTING.read(source, id, _scope(Consent.contact_id, actor))


async def find(session: AsyncSession, id: UUID) -> Consent | None:
    """Return a consent, locked."""
    statement = select(Consent).where(Consent.id == id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def find_contact(session: AsyncSession, id: UUID, scope: Predicate) -> Contact | None:
    """Return a contact within a scope; he is not erased or merged before this transaction has ended."""
    statement = select(Contact).where(Contact.id == id, scope).with_for_update(read=True)
    return (await session.scalars(statement)).one_or_none()


async def with_home(session: AsyncSession, contact: Contact) -> list[Contact]:
    """Return a contact and, when he was merged, the one he lives on in."""
    if contact.merged_into_id is None:
        return [contact]
    home = select(Contact).where(Contact.id == func.contact_home(contact.id)).with_for_update(read=True)
    return [contact, *(await session.scalars(home)).all()]


async def about(session: AsyncSession, contact_id: UUID, subject_id: UUID) -> list[Consent]:
    """Return the consents of a person, locked in order."""
    statement = (
        select(Consent)
        .where(or_(Consent.contact_id == contact_id, Consent.subject_id == subject_id))
        .order_by(Consent.id)
        .with_for_update()
    )
    return list((await session.scalars(statement)).all())


async def entries(session: AsyncSession, consents: Sequence[Consent]) -> list[ConsentEntry]:
    """Return the ledger's lines of these consents."""
    own = ConsentEntry.consent_id.in_([each.id for each in consents])
    return list((await session.scalars(select(ConsentEntry).where(own))).all())


def standing(purpose: str, channel: str) -> ColumnElement[Any]:
    """Return what a contact of the outer statement said last: given, withdrawn, or none.

    Whoever was merged into him is the same person, so the newest word of any of them counts.
    """
    newest = func.greatest(Consent.given_at, Consent.withdrawn_at)
    said = select(Consent.status).where(
        Consent.contact_id == any_(kindred()), Consent.purpose == purpose, Consent.channel == channel
    )
    return func.coalesce(said.order_by(newest.desc(), Consent.id).limit(1).scalar_subquery(), "none")


def _scope(column: InstrumentedAttribute[UUID], actor: Actor) -> Predicate:
    """Return that the contact in a column is one whom the actor may see the consents of."""
    if actor.visible("consent:read") is ALL:
        return true()
    seen = actor.sees("consent:read", Contact.owner_id)
    return exists().where(Contact.id == column, seen)
