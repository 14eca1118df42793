"""What can be done with a contact: load, ask, done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.external import external_columns_of
from libs.common.ids import new_id
from libs.platform.access.actor import Actor, load, load_all
from libs.platform.access.revealing import reveal
from libs.platform.access.scopes import ALL
from libs.platform.phones import PHONE, Phone, is_same_phone, reveal_phone, seal_phone, sealed_phone
from libs.platform.subjects.minting import keys_of, mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import erase
from services.customer.accounts.queries import refer as refer_to_accounts
from services.customer.contacts import queries
from services.customer.contacts.model import DETAILS, Contact
from services.customer.contacts.schemas import ContactCreate, ContactUpdate

_DETAILS = {*DETAILS}


async def create_contact(session: AsyncSession, asked: ContactCreate, actor: Actor, now: datetime) -> Contact:
    """Take a person in, with a key of his own; without an owner the caller owns him."""
    return (await create_contacts(session, [asked], actor, now))[0]


async def create_contacts(
    session: AsyncSession, asked: Sequence[ContactCreate], actor: Actor, now: datetime
) -> list[Contact]:
    """Take persons in, all or none, with one statement for their accounts and one for their external ids."""
    for each in asked:
        if each.occurred_at is not None:
            actor.demand("history:write")
        actor.demand_owner("contact:create", each.owner_id or actor.user_id)
    await refer_to_accounts(session, (each.account_id for each in asked), actor)
    external = await external_columns_of(session, Contact, [each.external_id for each in asked])
    subjects = [mint(session) for _ in asked]
    keys, ring = await keys_of(session, subjects), session.info["ring"]
    made = []
    for each, subject_id, columns in zip(asked, subjects, external, strict=True):
        identity = new_id()
        details = each.model_dump(include=_DETAILS) | columns
        details |= {"owner_id": each.owner_id or actor.user_id, "subject_id": subject_id}
        place = (Contact.__tablename__, identity)
        phone = sealed_phone(each.phone, subject_id, keys, ring, place) if each.phone else None
        made.append(Contact.create(identity, details, phone, each.occurred_at or now, now))
    session.add_all(made)
    return made


async def possible_duplicates(session: AsyncSession, contact: Contact, actor: Actor) -> list[UUID]:
    """Return the contacts in the actor's scope that look like this one."""
    return [each["id"] for each in await queries.duplicates(session, contact, *actor.reach("contact"))]


async def find_duplicates(session: AsyncSession, identity: UUID, actor: Actor) -> list[dict[str, Any]]:
    """Return the contacts in scope that look like one in scope, and why."""
    contact = await load(session, Contact, identity, actor, "contact:read")
    return await queries.duplicates(session, contact, *actor.reach("contact"))


async def revise_contact(
    session: AsyncSession, identity: UUID, version: int, asked: ContactUpdate, actor: Actor, now: datetime
) -> Contact:
    """Change what was sent, and the owner when one was."""
    found = await load(session, Contact, identity, actor, "contact:update", for_update=True, version=version)
    await _demand_accounts(session, [found], {identity: asked}, actor)
    await _revise(session, found, asked, actor, now)
    return found


async def revise_contacts(
    session: AsyncSession, asked: Mapping[UUID, ContactUpdate], actor: Actor, now: datetime
) -> list[Contact]:
    """Do the same to several contacts, to all or none; return those of whom something changed."""
    found = await load_all(session, Contact, asked, actor, "contact:update")
    await _demand_accounts(session, found, asked, actor)
    before = {each.id: each.version for each in found}
    for each in found:
        await _revise(session, each, asked[each.id], actor, now)
    return [each for each in found if each.version > before[each.id]]


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


async def reveal_contact(session: AsyncSession, identity: UUID, field: str, actor: Actor) -> str | None:
    """Return a masked field in the clear, and leave an audit row about who saw it."""
    found = await reveal(session, Contact, "contact", identity, field, actor)
    kept: str | None = getattr(found, field)
    if field != PHONE or kept is None:
        return kept
    return await reveal_phone(session, kept, found.subject_id, Contact.__tablename__, identity)


async def erase_contact(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Contact:
    """Forget the person: his key is destroyed, and whatever is in the clear is blanked."""
    found = await load(session, Contact, identity, actor, "contact:erase", for_update=True)
    await erase_subjects(session, [found.subject_id], now)
    return found


async def erase_subjects(session: AsyncSession, subjects: Iterable[UUID], now: datetime) -> list[Contact]:
    """Blank and return every contact of these subjects, of those linked to or merged with them.

    Merges are looked up here and not linked for ever: after an unmerge the other person stays.
    """
    wave, done, blanked = set(subjects), set[UUID](), dict[UUID, Contact]()
    while wave:
        for subject_id in sorted(wave):
            done |= await erase(session, subject_id, now)
        persons = await queries.persons(session, done)
        for person in persons:
            person.erase(now)
            blanked[person.id] = person
        wave = {person.subject_id for person in persons} - done
    return list(blanked.values())


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
    for each in (await queries.duplicates(session, contact, ALL))[:1]:
        contact.propose_merge(each["id"], now)


async def link_contact(session: AsyncSession, identity: UUID, linked: UUID, now: datetime) -> None:
    """Note that a contact is the same person as another service's subject, unless he is forgotten already."""
    contact = await queries.person(session, identity)
    if contact is not None and contact.erased_at is None:
        (await session.get_one(SubjectKey, contact.subject_id, with_for_update=True)).link(linked, now)


async def _revise(
    session: AsyncSession, found: Contact, asked: ContactUpdate, actor: Actor, now: datetime
) -> None:
    details = asked.model_dump(include=_DETAILS, exclude_unset=True)
    is_new = "phone" in asked.model_fields_set and not is_same_phone(session, asked.phone, found.phone_index)
    if is_new and found.erased_at is None:
        details["phone"] = await _phone(session, found.id, found.subject_id, asked.phone)
    if "owner_id" in asked.model_fields_set:
        actor.demand_handover("contact", found.owner_id, asked.owner_id)
        found.reassign(asked.owner_id, now)
    found.revise(details, now)


async def _demand_accounts(
    session: AsyncSession, found: Iterable[Contact], asked: Mapping[UUID, ContactUpdate], actor: Actor
) -> None:
    """Raise UnknownReference for another account than a contact's that the actor may not read."""
    named = ((each.account_id, asked[each.id].account_id) for each in found)
    await refer_to_accounts(session, (new for old, new in named if new != old), actor)


async def _phone(session: AsyncSession, identity: UUID, subject_id: UUID, number: str | None) -> Phone | None:
    return await seal_phone(session, number, subject_id, Contact.__tablename__, identity) if number else None
