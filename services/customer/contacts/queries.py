"""Every SELECT on contacts."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from libs.common.crypto import KekRing
from libs.common.db import peek
from libs.common.listing import Filter, Listing, Predicate, Source
from libs.common.words import asked
from libs.platform.access.actor import Actor
from libs.platform.access.collaborators import shared_ids
from libs.platform.access.predicate import owners_of
from libs.platform.access.scopes import Visible
from libs.platform.phones import blinded
from services.customer.accounts.queries import at_home
from services.customer.accounts.queries import home_of as account_home_of
from services.customer.accounts.queries import kin_of as account_kin_of
from services.customer.contacts.model import Contact
from services.customer.contacts.schemas import MOST_DUPLICATES, ContactRead
from services.customer.matching import email_key


def home_of(column: Any) -> ColumnElement[UUID | None]:
    """Return where the contact in a column lives on, as `account_home_of` does for accounts."""
    merged = aliased(Contact)
    is_away = select(merged.id).where(merged.id == column, merged.merged_into_id.is_not(None)).exists()
    return case((is_away, func.contact_home(column, type_=Uuid())), else_=column)


def kin_of(contact_id: Any) -> Select[Any]:
    """Select the contact and everybody who was merged with him, so that links to any of them are found."""
    return select(func.contact_kin(contact_id, type_=Uuid()))


def kindred() -> ColumnElement[Any]:
    """Return, as an SQL array, a contact of the outer statement and everybody who was merged with him.

    Merges are rare, and following them is slow: it is done only where somebody was merged into him.
    """
    merged = aliased(Contact)
    several = func.array(kin_of(Contact.id).correlate(Contact).scalar_subquery(), type_=ARRAY(Uuid()))
    is_home = exists().where(merged.merged_into_id == Contact.id).correlate(Contact)
    return case((is_home, several), else_=array([Contact.id]))


def is_present() -> Predicate:
    """Return whether a contact is there to be dealt with: not deleted, merged away or forgotten."""
    return and_(Contact.deleted_at.is_(None), Contact.merged_into_id.is_(None), Contact.erased_at.is_(None))


def _is_called(name: str) -> Predicate:
    """Return that every word of a name begins one of his, or that his Chinese name has these characters."""
    words = " & ".join(f"'{each}':*" for each in asked(name))
    found: Predicate = _NAMES.bool_op("@@")(cast(bindparam(None, words, type_=Text()), TSQUERY))
    return found


# What a rule may ask about a contact.
FACTS: dict[str, Any] = {
    "language": Contact.language,
    "title": Contact.title,
    "email": Contact.email,
    "email_domain": func.split_part(Contact.email_key, "@", 2),
    "phone": Contact.phone_mask,
    "owner_id": Contact.owner_id,
    "account_id": Contact.account_id,
    "created_at": Contact.created_at,
}
AT_HOME = at_home(Contact, Contact.account_id)
_NAMES = func.name_words(Contact.family_name, Contact.given_name, type_=TSVECTOR())
_COLUMNS: dict[str, Any] = {
    name: getattr(Contact, name) for name in ContactRead.model_fields if name not in {"phone", "account_id"}
}
LISTING = Listing(
    "contacts",
    columns=_COLUMNS | {"phone": Contact.phone_mask, "account_id": account_home_of(Contact.account_id)},
    filters={
        "id": Filter(Contact.id),
        "account_id": Filter(
            Contact.account_id, match=lambda value: Contact.account_id.in_(account_kin_of(value))
        ),
        "name": Filter(Contact.family_name, match=_is_called, of=("family_name", "given_name")),
        "family_name": Filter(Contact.family_name, text=True),
        "given_name": Filter(Contact.given_name, text=True),
        "email": Filter(Contact.email_key, match=lambda value: Contact.email_key == email_key(value)),
        "phone": Filter(Contact.phone_index, match=lambda value: Contact.phone_index == value),
        "phone_last4": Filter(
            Contact.phone_last4_index,
            match=lambda value: Contact.phone_last4_index == value,
            of=("phone",),
        ),
        "title": Filter(Contact.title, text=True),
        "language": Filter(Contact.language),
        "owner_id": Filter(Contact.owner_id),
        "merged_into_id": Filter(Contact.merged_into_id),
        "possible_duplicate_of_id": Filter(Contact.possible_duplicate_of_id),
        "external_system": Filter(Contact.external_system),
        "external_id": Filter(Contact.external_id),
        "created_at": Filter(Contact.created_at),
        "updated_at": Filter(Contact.updated_at),
        "deleted_at": Filter(Contact.deleted_at),
        "erased_at": Filter(Contact.erased_at),
    },
    sorts=("created_at", "updated_at", "family_name", "given_name", "email"),
    unless_filtered={
        "deleted_at": Contact.deleted_at.is_(None),
        "merged_into_id": Contact.merged_into_id.is_(None),
    },
)


async def listed(source: Source, parameters: Sequence[tuple[str, str]], actor: Actor, ring: KekRing) -> bytes:
    """Return a page of the contacts in the actor's scope, as JSON; phones are found by their blind index."""
    query = LISTING.parse(blinded(parameters, ring))
    return await LISTING.page(source, query, actor.sees("contact:read", Contact.owner_id))


async def read(source: Source, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one contact in the actor's scope."""
    return await LISTING.read(source, id, actor.sees("contact:read", Contact.owner_id))


async def shown(session: AsyncSession, contact: Contact) -> ContactRead:
    """Return a contact as the API shows him: at the account where his own lives on."""
    model = ContactRead.model_validate(contact)
    if contact.account_id is not None:
        model.account_id = (await session.execute(select(account_home_of(contact.account_id)))).scalar_one()
    return model


async def person(session: AsyncSession, id: UUID, *scope: ColumnElement[bool]) -> Contact | None:
    """Return a contact, in scope if one is given; he is not erased before this transaction has ended."""
    statement = select(Contact).where(Contact.id == id, *scope).with_for_update(read=True)
    return (await session.scalars(statement)).one_or_none()


async def is_person(session: AsyncSession, subject_id: UUID) -> bool:
    """Tell whether a subject is a contact's, and not one minted for a record without contact."""
    return (
        await session.execute(select(Contact.id).where(Contact.subject_id == subject_id))
    ).first() is not None


async def persons(session: AsyncSession, subjects: Iterable[UUID]) -> list[Contact]:
    """Return the contacts of these subjects and everybody merged with them, locked in order."""
    own = select(Contact.id).where(Contact.subject_id.in_(sorted(subjects))).subquery()
    kin = select(func.contact_kin(own.c.id, type_=Uuid()))
    statement = select(Contact).where(Contact.id.in_(kin)).order_by(Contact.id).with_for_update()
    return list((await session.scalars(statement)).all())


async def duplicates(
    session: AsyncSession, contact: Contact, visible: Visible, collaborator: UUID | None = None
) -> list[dict[str, Any]]:
    """Return contacts that look like this one: {id, reasons}, the likeliest first.

    They are of visible owners, or shared with a user.
    """
    if contact.email_key is None and contact.phone_index is None:
        return []
    within = (owners_of(visible), collaborator)
    values = (contact.email_key, contact.phone_index, contact.id, *within, MOST_DUPLICATES)
    return [{"id": UUID(str(row[0])), "reasons": row[1]} for row in await peek(session, _ALIKE, *values)]


_ALIKE = f"""
SELECT id, reasons FROM (
  SELECT id, array_remove(ARRAY[CASE WHEN email_key = $1::text THEN 'email' END,
                                CASE WHEN phone_index = $2::text THEN 'phone' END], NULL) AS reasons
  FROM contact
  WHERE (email_key = $1::text OR phone_index = $2::text) AND id <> $3::uuid
    AND ($4::uuid[] IS NULL OR owner_id = ANY($4::uuid[]) OR id = ANY({shared_ids("contact", "$5")}))
    AND deleted_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
) AS alike ORDER BY cardinality(reasons) DESC, id LIMIT $6::bigint
"""  # noqa: S608 - our own names
