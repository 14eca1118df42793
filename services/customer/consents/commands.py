"""What can be done with a consent: an entry follows another; nothing is taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.problems import Conflict
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from libs.platform.subjects.minting import touch
from services.customer.consents import queries
from services.customer.consents.model import Consent, ConsentEntry, consent_id
from services.customer.consents.schemas import ConsentGive, ConsentWithdraw
from services.customer.contacts.model import Contact

_EVIDENCE = ("wording_version", "source", "proof")


async def give_consent(session: AsyncSession, asked: ConsentGive, actor: Actor, now: datetime) -> Consent:
    """Note that a contact agreed; a past instant needs history:write."""
    at = actor.instant(asked.occurred_at, now)
    contact = await _contact(session, asked.contact_id, actor, "consent:create")
    if contact.erased_at is not None:
        raise Conflict("erased", id=contact.id)
    if contact.deleted_at is not None:
        raise Conflict("deleted", id=contact.id)
    if contact.merged_into_id is not None:
        raise Conflict("merged", id=contact.merged_into_id)
    consent = await _page(session, contact, asked.purpose, asked.channel, now)
    if consent.give(asked.model_dump(include={*_EVIDENCE}), at, now):
        _note(session, consent, at, now)
    return consent


async def withdraw_consent(
    session: AsyncSession, asked: ConsentWithdraw, actor: Actor, now: datetime
) -> Consent:
    """Note that a contact objects; it is heard for deleted and merged contacts, too."""
    at = actor.instant(asked.occurred_at, now)
    contact = await _contact(session, asked.contact_id, actor, "consent:withdraw")
    if contact.erased_at is not None:
        raise Conflict("erased", id=contact.id)
    first, *others = await queries.with_home(session, contact)
    consent = await _page(session, first, asked.purpose, asked.channel, now)
    if consent.withdraw(asked.source, asked.reason, at, now):
        _note(session, consent, at, now)
    for home in others:
        await _object(session, home, consent, at, now)
    return consent


async def take_in_withdrawal(
    session: AsyncSession, contact_id: UUID, purpose: str, channel: str, *, source: str, at: datetime
) -> None:
    """Withdraw what a contact took back elsewhere, unless he is forgotten or agreed again since."""
    now: datetime = session.info["now"]
    contact = await queries.find_contact(session, contact_id, Contact.id == contact_id)
    if contact is None or contact.erased_at is not None:
        return
    for each in await queries.with_home(session, contact):
        consent = await _page(session, each, purpose, channel, now)
        said = min(at, now)
        if not consent.is_later_than(said) and consent.withdraw(source, None, said, now):
            _note(session, consent, said, now)


async def erase_consents(session: AsyncSession, contact_id: UUID, subject_id: UUID, now: datetime) -> None:
    """Blank proofs and reasons of a person who was forgotten; what he said, and when, stays."""
    found = await queries.about(session, contact_id, subject_id)
    for consent in found:
        consent.erase(now)
    for entry in await queries.entries(session, found):
        entry.erase()


async def _object(session: AsyncSession, home: Contact, model: Consent, at: datetime, now: datetime) -> None:
    """Let the objection of somebody merged count for whom he lives on in."""
    consent = await _page(session, home, model.purpose, model.channel, now)
    if not consent.is_later_than(at) and consent.withdraw(model.source or "", model.reason, at, now):
        _note(session, consent, at, now)


async def _contact(session: AsyncSession, contact_id: UUID, actor: Actor, permission: str) -> Contact:
    """Return a contact in the actor's scope; UnknownReference for anybody else."""
    scope = actor.sees(permission, Contact.owner_id)
    contact = await queries.find_contact(session, contact_id, scope)
    if contact is None:
        raise UnknownReference(detail=f"contact {contact_id}")
    return contact


async def _page(
    session: AsyncSession, contact: Contact, purpose: str, channel: str, now: datetime
) -> Consent:
    """Return the contact's page of the ledger, a fresh one when he never said anything."""
    touch(session, contact.subject_id)
    found = await queries.find(session, consent_id(contact.id, purpose, channel))
    return found or Consent.about(contact.id, contact.subject_id, purpose, channel, now)


def _note(session: AsyncSession, consent: Consent, at: datetime, now: datetime) -> None:
    cause: Cause = session.info["cause"]
    session.add_all([consent, ConsentEntry.of(consent, cause.actor, at, now)])
