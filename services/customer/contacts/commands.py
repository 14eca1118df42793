"""What can be done with a contact: load, ask, done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.external import external_columns
from libs.common.ids import new_id
from libs.common.journal import AuditEntry, audit
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor, load
from libs.platform.phones import Phone, reveal_phone, seal_phone
from libs.platform.subjects.minting import mint, touch
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import erase
from services.customer.accounts.queries import exists as account_exists
from services.customer.contacts import queries
from services.customer.contacts.model import DETAILS, Contact
from services.customer.contacts.schemas import ContactCreate, ContactUpdate


async def create_contact(session: AsyncSession, asked: ContactCreate, actor: Actor, now: datetime) -> Contact:
    """Take a person in, with a key of his own; without an owner the caller owns him."""
    if asked.occurred_at is not None:
        actor.demand("history:write")
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("contact:create", owner_id)
    await _demand_account(session, asked.account_id)
    external = await external_columns(session, Contact, asked.external_id)
    identity, subject_id = new_id(), mint(session)
    details = (
        asked.model_dump(include={*DETAILS}) | {"owner_id": owner_id, "subject_id": subject_id} | external
    )
    phone = await _phone(session, identity, subject_id, asked.phone)
    contact = Contact.create(identity, details, phone, asked.occurred_at or now, now)
    session.add(contact)
    return contact


async def possible_duplicates(session: AsyncSession, contact: Contact, actor: Actor) -> list[UUID]:
    """Return the contacts in the actor's scope that look like this one."""
    scope = actor.sees("contact:read", Contact.owner_id)
    return [each["id"] for each in await queries.duplicates(session, contact, scope)]


async def find_duplicates(session: AsyncSession, identity: UUID, actor: Actor) -> list[dict[str, Any]]:
    """Return the contacts in scope that look like one in scope, and why."""
    contact = await load(session, Contact, identity, actor, "contact:read")
    return await queries.duplicates(session, contact, actor.sees("contact:read", Contact.owner_id))


async def revise_contact(
    session: AsyncSession, identity: UUID, version: int, asked: ContactUpdate, actor: Actor, now: datetime
) -> Contact:
    """Change what was sent, and the owner when one was."""
    found = await load(session, Contact, identity, actor, "contact:update", for_update=True, version=version)
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    await _demand_account(session, details.get("account_id"))
    if "phone" in asked.model_fields_set and found.erased_at is None:
        details["phone"] = await _phone(session, identity, found.subject_id, asked.phone)
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("contact:assign", asked.owner_id)
        found.reassign(asked.owner_id, now)
    found.revise(details, now)
    return found


async def delete_contact(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Contact:
    """Put him into the recycle bin."""
    found = await load(session, Contact, identity, actor, "contact:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_contact(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Contact:
    """Take him out of the recycle bin."""
    found = await load(session, Contact, identity, actor, "contact:delete", for_update=True)
    found.restore(now)
    return found


async def merge_contact(
    session: AsyncSession, identity: UUID, into_id: UUID, actor: Actor, now: datetime
) -> Contact:
    """Let him live on in another contact."""
    # Both are locked in order, so that no two merges wait for each other.
    found = {
        each: await load(session, Contact, each, actor, "contact:merge", for_update=True)
        for each in sorted({identity, into_id})
    }
    found[identity].merge(found[into_id], now)
    return found[identity]


async def unmerge_contact(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Contact:
    """Undo a merge."""
    found = await load(session, Contact, identity, actor, "contact:merge", for_update=True)
    found.unmerge(now)
    return found


async def reveal_contact(session: AsyncSession, identity: UUID, actor: Actor) -> str | None:
    """Return the number in the clear, and leave an audit row about who saw it."""
    found = await load(session, Contact, identity, actor, "contact:reveal")
    touch(session, found.subject_id)
    audit(session, AuditEntry("customer.contact.revealed", "contact", str(identity), found.version))
    if found.phone is None:
        return None
    return await reveal_phone(session, found.phone, found.subject_id, Contact.__tablename__, identity)


async def erase_contact(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Contact:
    """Forget the person: his key is destroyed, and whatever is in the clear is blanked."""
    found = await load(session, Contact, identity, actor, "contact:erase", for_update=True)
    await erase_subjects(session, [found.subject_id], now)
    return found


async def erase_subjects(session: AsyncSession, subjects: Iterable[UUID], now: datetime) -> None:
    """Blank every contact of these subjects, of those linked to them, and of those merged with them.

    Merges are looked up here and not linked for ever: after an unmerge the other person stays.
    """
    wave, done = set(subjects), set[UUID]()
    while wave:
        for subject_id in sorted(wave):
            done |= await erase(session, subject_id, now)
        persons = await queries.persons(session, done)
        for person in persons:
            person.erase(now)
        wave = {person.subject_id for person in persons} - done


async def take_in_contact(
    session: AsyncSession,
    identity: UUID,
    details: dict[str, Any],
    *,
    number: str | None,
    linked: UUID,
    occurred_at: datetime,
    now: datetime,
) -> None:
    """Create the contact that another service decided on; if one like him is there, propose the merge.

    `linked` is that service's subject: the same person, so that an erasure on either side takes both.
    """
    if await queries.person(session, identity) is not None:
        return
    subject_id = mint(session)
    phone = await _phone(session, identity, subject_id, number)
    await session.flush()
    (await session.get_one(SubjectKey, subject_id)).link(linked, now)
    contact = Contact.create(identity, details | {"subject_id": subject_id}, phone, occurred_at, now)
    session.add(contact)
    if contact.family_name == ERASED:
        # Forgotten between the conversion and its arrival here.
        await session.flush()
        await erase_subjects(session, [subject_id], now)
        return
    for each in (await queries.duplicates(session, contact, Contact.id != identity))[:1]:
        contact.propose_merge(each["id"], now)


async def link_contact(session: AsyncSession, identity: UUID, linked: UUID, now: datetime) -> None:
    """Note that a contact is the same person as another service's subject, unless he is forgotten already."""
    contact = await queries.person(session, identity)
    if contact is not None and contact.erased_at is None:
        (await session.get_one(SubjectKey, contact.subject_id, with_for_update=True)).link(linked, now)


async def _demand_account(session: AsyncSession, account_id: UUID | None) -> None:
    if account_id is not None and not await account_exists(session, account_id):
        raise UnknownReference(detail=f"account {account_id}")


async def _phone(session: AsyncSession, identity: UUID, subject_id: UUID, number: str | None) -> Phone | None:
    return await seal_phone(session, number, subject_id, Contact.__tablename__, identity) if number else None
