"""What customer does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.envelope import Envelope
from libs.common.handlers import Handlers, on
from libs.contracts.customer import ContactErased
from libs.contracts.marketing import CampaignMemberUnsubscribed
from libs.contracts.sales import LeadConverted
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.sealing import open_event, subjects_to_open
from services.customer.accounts.commands import take_in_account
from services.customer.activities.commands import erase_activities
from services.customer.consents.commands import erase_consents, take_in_withdrawal
from services.customer.contacts.commands import erase_subjects, link_contact, take_in_contact


async def take_in_converted_lead(session: AsyncSession, envelope: Envelope) -> None:
    """Create what the conversion says is new, under the ids that sales gave out."""
    sealed = cast("LeadConverted", envelope.event)
    ring: KekRing = session.info["ring"]
    event = open_event(sealed, await load_keys(session, ring, subjects_to_open(sealed)))
    if event.creates_account:
        await _take_in_account(session, event)
    if event.creates_contact:
        await _take_in_contact(session, event)
    else:
        await link_contact(session, event.contact_id, event.state.subject_id, session.info["now"])


async def erase_what_was_written(session: AsyncSession, envelope: Envelope) -> None:
    """Blank the free text about a person who was forgotten, and the proofs of what he agreed to."""
    event = cast("ContactErased", envelope.event)
    await erase_activities(session, event.contact_id, event.state.subject_id, session.info["now"])
    await erase_consents(session, event.contact_id, event.state.subject_id, session.info["now"])


async def withdraw_unsubscribed(session: AsyncSession, envelope: Envelope) -> None:
    """Write into the ledger what a recipient told marketing by its link."""
    event = cast("CampaignMemberUnsubscribed", envelope.event)
    told = event.state
    await take_in_withdrawal(
        session, told.contact_id, told.purpose, told.channel, source="unsubscribe", at=event.occurred_at
    )


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten, and what was written about him in the same breath."""
    now: datetime = session.info["now"]
    for person in await erase_subjects(session, subject_ids, now):
        await erase_activities(session, person.id, person.subject_id, now)
        await erase_consents(session, person.id, person.subject_id, now)


async def _take_in_account(session: AsyncSession, event: LeadConverted) -> None:
    lead = event.state
    # Account names are public, so a person's name never becomes one.
    name = lead.company_name or f"Lead {event.lead_id}"
    details = {"name": name, "source": lead.source, "owner_id": lead.owner_id}
    now: datetime = session.info["now"]
    await take_in_account(session, event.account_id, details, event.occurred_at, now)


async def _take_in_contact(session: AsyncSession, event: LeadConverted) -> None:
    lead = event.state
    details = {
        name: getattr(lead, name) for name in ("family_name", "given_name", "email", "title", "owner_id")
    }
    details["account_id"] = event.account_id
    await take_in_contact(
        session,
        event.contact_id,
        details,
        number=lead.phone,
        linked=lead.subject_id,
        occurred_at=event.occurred_at,
        now=session.info["now"],
    )


HANDLERS: Handlers = {
    LeadConverted: [on(take_in_converted_lead)],
    ContactErased: [on(erase_what_was_written)],
    CampaignMemberUnsubscribed: [on(withdraw_unsubscribed)],
}
