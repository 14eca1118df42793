"""What can be done with an activity: load, ask, done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor, load
from libs.platform.subjects.minting import mint, touch
from libs.platform.subjects.model import SubjectKey
from services.customer.accounts.queries import refer as refer_to_accounts
from services.customer.activities import queries
from services.customer.activities.model import DETAILS, Activity
from services.customer.activities.schemas import ActivityCreate, ActivityUpdate
from services.customer.contacts.model import Contact
from services.customer.contacts.queries import is_person, person


async def create_activity(
    session: AsyncSession, asked: ActivityCreate, actor: Actor, now: datetime
) -> Activity:
    """Write an activity down; its free text belongs to the contact, or to a subject of its own."""
    if asked.occurred_at is not None:
        actor.demand("history:write")
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("activity:create", owner_id)
    details = asked.model_dump(include={*DETAILS, "done_at"}) | {"owner_id": owner_id}
    subject_id = await _demand_links(session, details, actor)
    details |= await external_columns(session, Activity, asked.external_id)
    touch(session, subject_id)
    details["subject_id"] = subject_id or mint(session)
    activity = Activity.create(new_id(), details, asked.occurred_at or asked.done_at or now, now)
    session.add(activity)
    return activity


async def revise_activity(
    session: AsyncSession, identity: UUID, version: int, asked: ActivityUpdate, actor: Actor, now: datetime
) -> Activity:
    """Change what was sent, and the owner when one was."""
    found = await load(
        session, Activity, identity, actor, "activity:update", for_update=True, version=version
    )
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    news = {name: value for name, value in details.items() if value != getattr(found, name)}
    subject_id = await _demand_links(session, news, actor)
    if subject_id is not None and subject_id != found.subject_id:
        await _hand_over(session, found, subject_id, now)
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("activity:assign", asked.owner_id)
        found.reassign(asked.owner_id, now)
    found.revise(details, now)
    return found


async def complete_activity(
    session: AsyncSession,
    identity: UUID,
    outcome: str | None,
    done_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Activity:
    """Mark it done."""
    found = await load(session, Activity, identity, actor, "activity:update", for_update=True)
    found.complete(outcome, done_at or now, now)
    return found


async def reopen_activity(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Activity:
    """Mark it as to be done after all."""
    found = await load(session, Activity, identity, actor, "activity:update", for_update=True)
    found.reopen(now)
    return found


async def delete_activity(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Activity:
    """Put it into the recycle bin."""
    found = await load(
        session, Activity, identity, actor, "activity:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_activity(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Activity:
    """Take it out of the recycle bin."""
    found = await load(session, Activity, identity, actor, "activity:delete", for_update=True)
    found.restore(now)
    return found


async def erase_activities(session: AsyncSession, contact_id: UUID, subject_id: UUID, now: datetime) -> None:
    """Blank what was written about a person who was forgotten."""
    for activity in await queries.about(session, contact_id, subject_id):
        activity.erase(now)


async def _demand_links(session: AsyncSession, details: dict[str, Any], actor: Actor) -> UUID | None:
    """Return the subject of the contact, None without one; UnknownReference for what the actor may not read.

    Whoever names a record out of his scope is told what he is told of one that is not there.
    """
    await refer_to_accounts(session, [details.get("account_id")], actor)
    contact_id = details.get("contact_id")
    if contact_id is None:
        return None
    contact = await person(session, contact_id, actor.sees("contact:read", Contact.owner_id))
    if contact is None:
        raise UnknownReference(detail=f"contact {contact_id}")
    if contact.erased_at is not None:
        raise Conflict("erased", id=str(contact_id))
    return contact.subject_id


async def _hand_over(session: AsyncSession, activity: Activity, subject_id: UUID, now: datetime) -> None:
    """Let the free text belong to its new contact; what it said before under a subject of its own, too."""
    if not await is_person(session, activity.subject_id):
        (await session.get_one(SubjectKey, activity.subject_id, with_for_update=True)).link(subject_id, now)
    activity.belong_to(subject_id)
