"""What can be done with a lead: load, ask, done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.ids import new_id
from libs.platform import phones
from libs.platform.access.actor import Actor, load
from libs.platform.access.revealing import reveal
from libs.platform.phones import Phone
from libs.platform.references.replica import introduce, label_of, refer, subject_behind
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import erase
from services.sales.leads import queries
from services.sales.leads.model import DETAILS, Lead
from services.sales.leads.schemas import Convert, LeadCreate, LeadUpdate
from services.sales.opportunities.model import Opportunity
from services.sales.opportunities.schemas import OpportunityFacts
from services.sales.pipelines.queries import find_pipeline
from services.sales.products.queries import demand_product

_TABLE = Lead.__tablename__


async def capture_lead(session: AsyncSession, asked: LeadCreate, actor: Actor, now: datetime) -> Lead:
    """Take a person in, with a key of his own; without an owner the caller owns the lead."""
    at = actor.instant(asked.occurred_at, now)
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("lead:create", owner_id)
    external = await external_columns(session, Lead, asked.external_id)
    identity, subject_id = new_id(), mint(session)
    details = asked.model_dump(include={*DETAILS}) | {"owner_id": owner_id, "subject_id": subject_id}
    phone = await _phone(session, identity, subject_id, asked.phone)
    lead = Lead.capture(identity, details | external, phone, at, now)
    session.add(lead)
    return lead


async def possible_duplicates(session: AsyncSession, lead: Lead, actor: Actor) -> list[UUID]:
    """Return the leads in the actor's scope that look like this one."""
    scope = actor.sees("lead:read", Lead.owner_id)
    return [each["id"] for each in await queries.duplicates(session, lead, scope)]


async def find_duplicates(session: AsyncSession, identity: UUID, actor: Actor) -> list[dict[str, Any]]:
    """Return the leads in scope that look like one in scope, and why."""
    lead = await load(session, Lead, identity, actor, "lead:read")
    return await queries.duplicates(session, lead, actor.sees("lead:read", Lead.owner_id))


async def revise_lead(
    session: AsyncSession, identity: UUID, version: int, asked: LeadUpdate, actor: Actor, now: datetime
) -> Lead:
    """Change what was sent, and the owner when one was."""
    found = await load(session, Lead, identity, actor, "lead:update", for_update=True, version=version)
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    if "phone" in asked.model_fields_set and found.erased_at is None:
        details["phone"] = await _phone(session, identity, found.subject_id, asked.phone)
    if "owner_id" in asked.model_fields_set:
        actor.demand_handover("lead", found.owner_id, asked.owner_id)
        found.assign(asked.owner_id, now)
    if details:
        found.revise(details, now)
    return found


async def convert_lead(
    session: AsyncSession, identity: UUID, asked: Convert, actor: Actor, now: datetime
) -> Lead:
    """Make account, contact and opportunity of a lead; customer hears of its part by the event."""
    at = actor.instant(asked.occurred_at, now)
    lead = await load(session, Lead, identity, actor, "lead:update", for_update=True)
    lead.ask_convertible(asked.account_id)
    _demand_creation(lead, asked, actor)
    await refer(session, "account", asked.account_id, actor=actor)
    await refer(session, "contact", asked.contact_id, actor=actor)
    minted, opportunity_id = (new_id(), new_id()), None if asked.opportunity is None else new_id()
    lead.convert(
        account_id=asked.account_id,
        contact_id=asked.contact_id,
        opportunity_id=opportunity_id,
        minted=minted,
        occurred_at=at,
        now=now,
    )
    await _introduce(session, lead, asked, now)
    if asked.opportunity is not None:
        await _open_opportunity(session, lead, asked.opportunity, at, now)
    return lead


async def delete_lead(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Lead:
    """Put it into the recycle bin."""
    found = await load(session, Lead, identity, actor, "lead:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_lead(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Lead:
    """Take it out of the recycle bin."""
    found = await load(session, Lead, identity, actor, "lead:delete", for_update=True)
    found.restore(now)
    return found


async def reveal_lead(session: AsyncSession, identity: UUID, field: str, actor: Actor) -> str | None:
    """Return a masked field in the clear, and leave an audit row about who saw it."""
    found = await reveal(session, Lead, _TABLE, identity, field, actor)
    kept: str | None = getattr(found, field)
    if field != phones.PHONE or kept is None:
        return kept
    return await phones.reveal_phone(session, kept, found.subject_id, _TABLE, identity)


async def erase_lead(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Lead:
    """Forget the person: his key is destroyed, and whatever is in the clear is blanked."""
    found = await load(session, Lead, identity, actor, "lead:erase", for_update=True)
    await erase_subjects(session, [found.subject_id], now)
    return found


async def erase_subjects(session: AsyncSession, subjects: Iterable[UUID], now: datetime) -> None:
    """Blank every lead of these subjects and of those linked to them."""
    affected = set[UUID]()
    for subject_id in sorted(subjects):
        affected |= await erase(session, subject_id, now)
    for lead in await queries.speaking_of(session, sorted(affected)):
        lead.erase(now)


async def _phone(session: AsyncSession, identity: UUID, subject_id: UUID, number: str | None) -> Phone | None:
    if number is None:
        return None
    return await phones.seal_phone(session, number, subject_id, _TABLE, identity)


def _demand_creation(lead: Lead, asked: Convert, actor: Actor) -> None:
    """Hold that a conversion makes nothing that its caller could not make by himself."""
    made = {"account": asked.account_id is None, "contact": asked.contact_id is None}
    made["opportunity"] = asked.opportunity is not None
    for kind in (name for name, is_new in made.items() if is_new):
        actor.demand_for(f"{kind}:create", lead.owner_id)


async def _introduce(session: AsyncSession, lead: Lead, asked: Convert, now: datetime) -> None:
    """Let the new ids be pointed to at once, and join the lead with a contact who is there already."""
    state = lead.state()
    if asked.account_id is None and state.account_id:
        label = state.company_name
        introduce(session, "account", state.account_id, label=label, subject_id=None, owner_id=lead.owner_id)
    if asked.contact_id is None and state.contact_id:
        # His name is about to stand in the clear: an erasure that comes meanwhile has to find it.
        await load_keys(session, session.info["ring"], [lead.subject_id], hold=True)
        label, subject_id = label_of(state), lead.subject_id
        introduce(
            session, "contact", state.contact_id, label=label, subject_id=subject_id, owner_id=lead.owner_id
        )
    elif asked.contact_id and (subject := await subject_behind(session, "contact", asked.contact_id)):
        key = await session.get_one(SubjectKey, lead.subject_id, with_for_update=True)
        key.link(subject, now)


async def _open_opportunity(
    session: AsyncSession, lead: Lead, asked: OpportunityFacts, at: datetime, now: datetime
) -> None:
    pipeline = await find_pipeline(session, asked.pipeline_id)
    await demand_product(session, asked.product_id)
    stage = pipeline.stage(asked.stage_id) if asked.stage_id else pipeline.first()
    details = asked.model_dump(exclude={"pipeline_id", "stage_id"})
    made = Opportunity.open(
        details | {name: getattr(lead, name) for name in ("account_id", "contact_id", "owner_id")},
        pipeline_id=pipeline.id,
        stage=stage,
        occurred_at=at,
        now=now,
        identity=lead.opportunity_id,
        lead_id=lead.id,
    )
    session.add(made)
