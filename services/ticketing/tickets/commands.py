"""What can be done with a ticket: load, ask, done."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.problems import Conflict, Forbidden
from libs.platform.access.actor import Actor, load
from libs.platform.directory.model import Directory
from libs.platform.references.replica import refer, subject_behind
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint, touch
from libs.platform.subjects.model import SubjectKey
from services.ticketing.business_time import BusinessTime
from services.ticketing.calendars.queries import business_time_of
from services.ticketing.clocks import Terms, arm
from services.ticketing.queues.queries import find_queue, last_turn, note_turn
from services.ticketing.sla_policies.queries import policy_for
from services.ticketing.tickets import queries
from services.ticketing.tickets.model import DETAILS, UNRESOLVED, Status, Ticket
from services.ticketing.tickets.schemas import History, TicketCreate, TicketUpdate


class Agreed(NamedTuple):
    """What holds for a ticket, and the time that it is counted in; both None without a policy."""

    terms: Terms | None = None
    business: BusinessTime | None = None


async def open_ticket(session: AsyncSession, asked: TicketCreate, actor: Actor, now: datetime) -> Ticket:
    """Take a request in, hand it out by its queue's rule, and walk it through its past when it has one."""
    opened_at = actor.instant(asked.occurred_at, now)
    if asked.history is not None:
        actor.demand("history:write")
        _demand_order(asked.history, opened_at)
    owner_id = asked.owner_id
    if asked.queue_id is None:
        owner_id = owner_id or actor.user_id
    else:
        await find_queue(session, asked.queue_id)
    if owner_id is not None:
        actor.demand_owner("ticket:create", owner_id)
    details = asked.model_dump(include={*DETAILS, "priority", "queue_id"}) | {"owner_id": owner_id}
    subject_id = await _demand_links(session, details, actor)
    details |= await external_columns(session, Ticket, asked.external_id)
    details |= {"subject_id": subject_id or mint(session), "number": await queries.next_number(session)}
    touch(session, subject_id)
    agreed = await _agree(session, details)
    ticket = Ticket.open(details, terms=agreed.terms, business=agreed.business, opened_at=opened_at, now=now)
    session.add(ticket)
    if asked.history is not None:
        _live_through(ticket, asked.history, agreed.business, now)
    ticket.catch_up(now)
    await _hand_out(session, ticket, actor.directory, now)
    await arm(session, ticket.id, ticket)
    return ticket


async def revise_ticket(
    session: AsyncSession, identity: UUID, version: int, asked: TicketUpdate, actor: Actor, now: datetime
) -> Ticket:
    """Change what was sent; another priority sets the targets anew."""
    found = await _load(session, identity, actor, "ticket:update", version)
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    subject_id = await _demand_links(session, details, actor, found)
    if subject_id is not None and subject_id != found.subject_id:
        await _hand_over(session, found, subject_id, now)
    found.revise(details, now)
    if "priority" in asked.model_fields_set:
        facts = {name: getattr(found, name) for name in ("category", "channel", "tier")}
        agreed = await _agree(session, facts | {"priority": asked.priority})
        business = await business_time_of(session, found.calendar_id)
        found.reprioritize(asked.priority, agreed.terms, before=business, after=agreed.business, now=now)
        await arm(session, found.id, found)
    return found


async def assign_ticket(
    session: AsyncSession, identity: UUID, owner_id: UUID | None, actor: Actor, now: datetime
) -> Ticket:
    """Give it to somebody; whoever may work on it may take it, to give it to others needs ticket:assign."""
    found = await _load(session, identity, actor, "ticket:update")
    await _demand_unshared(session, found, actor)
    if owner_id is None:
        actor.demand("ticket:assign")
    elif owner_id != actor.user_id:
        actor.demand_owner("ticket:assign", owner_id)
    found.assign(owner_id, now)
    return found


async def move_ticket(
    session: AsyncSession, identity: UUID, queue_id: UUID | None, actor: Actor, now: datetime
) -> Ticket:
    """Put it into another queue, whose rule says whose it is then."""
    found = await _load(session, identity, actor, "ticket:update")
    await _demand_unshared(session, found, actor)
    if queue_id is not None:
        await find_queue(session, queue_id)
    if queue_id != found.queue_id:
        found.queue(queue_id, now)
        if queue_id is not None:
            found.assign(None, now)
            await _hand_out(session, found, actor.directory, now)
    return found


async def pause_ticket(
    session: AsyncSession, identity: UUID, status: str, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Wait for somebody else."""
    found, business, when = await _moving(session, identity, at, actor, now)
    found.pause(Status(status), business, when, now)
    return found


async def resume_ticket(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Go on with it."""
    found, business, when = await _moving(session, identity, at, actor, now)
    found.resume(business, when, now)
    await arm(session, found.id, found)
    return found


async def escalate_ticket(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Hand it up."""
    found, _, when = await _moving(session, identity, at, actor, now)
    found.escalate(when, now)
    return found


async def resolve_ticket(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Say that it is solved."""
    found, business, when = await _moving(session, identity, at, actor, now)
    found.resolve(business, when, now)
    return found


async def close_ticket(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Be done with it."""
    found, business, when = await _moving(session, identity, at, actor, now)
    found.close(business, when, now)
    return found


async def reopen_ticket(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Ticket:
    """Work on it again."""
    found, business, when = await _moving(session, identity, at, actor, now)
    found.reopen(business, when, now)
    await arm(session, found.id, found)
    return found


async def follow_ticket(
    session: AsyncSession, identity: UUID, actor: Actor, now: datetime, *, follows: bool
) -> Ticket:
    """Let the caller hear of it from now on, or no more."""
    found = await _load(session, identity, actor, "ticket:read")
    if actor.user_id is not None:
        (found.follow if follows else found.unfollow)(actor.user_id, now)
    return found


async def delete_ticket(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Ticket:
    """Put it into the recycle bin."""
    found = await load(session, Ticket, identity, actor, "ticket:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_ticket(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Ticket:
    """Take it out of the recycle bin."""
    found = await load(session, Ticket, identity, actor, "ticket:delete", for_update=True)
    found.restore(now)
    return found


async def come_due(session: AsyncSession, kind: str, key: str, at: datetime) -> None:
    """Warn of a clock or find it breached; `key` names the clock and the ticket."""
    clock, _, identity = key.partition(":")
    found = await queries.find_ticket(session, UUID(identity))
    if found is not None:
        found.come_due(kind, clock, at, session.info["now"])


async def erase_tickets(session: AsyncSession, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Blank what was written about people who were forgotten."""
    for ticket in await queries.speaking_of(session, subject_ids):
        ticket.erase(now)


async def _load(
    session: AsyncSession, identity: UUID, actor: Actor, permission: str, version: int | None = None
) -> Ticket:
    also = queries.in_my_queues(actor)
    return await load(
        session, Ticket, identity, actor, permission, for_update=True, version=version, also=also
    )


async def _demand_unshared(session: AsyncSession, found: Ticket, actor: Actor) -> None:
    """Raise Forbidden for what is only shared with him: he works on it, and hands it to nobody."""
    owns = actor.may("ticket:update", found.owner_id)
    if not owns and not await queries.waits_for(session, found, actor):
        raise Forbidden(detail="ticket:assign")


async def _moving(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor, now: datetime
) -> tuple[Ticket, BusinessTime | None, datetime]:
    """Return the locked ticket, the time that it is counted in, and when it happens."""
    when = actor.instant(at, now)
    found = await _load(session, identity, actor, "ticket:update")
    return found, await business_time_of(session, found.calendar_id), when


async def _agree(session: AsyncSession, facts: Mapping[str, Any]) -> Agreed:
    """Return what the first policy that holds promises for a ticket of these facts."""
    policy = await policy_for(session, facts)
    if policy is None:
        return Agreed()
    target = policy.target(facts["priority"])
    terms = Terms(
        policy.id,
        policy.calendar_id,
        _minutes(target.first_response_minutes if target else None),
        _minutes(target.resolution_minutes if target else None),
        policy.warn_at_percent,
    )
    return Agreed(terms, await business_time_of(session, policy.calendar_id))


def _minutes(given: int | None) -> timedelta | None:
    return None if given is None else timedelta(minutes=given)


async def _hand_out(session: AsyncSession, ticket: Ticket, directory: Directory, now: datetime) -> None:
    """Give a ticket that nobody has to whom its queue's rule says."""
    if ticket.queue_id is None or ticket.owner_id is not None or ticket.status_category not in UNRESOLVED:
        return
    queue = await find_queue(session, ticket.queue_id)
    users = (directory.users.get(one) for one in queue.member_ids)
    active = {user.id for user in users if user is not None and user.is_active}
    last = await last_turn(session, queue.id)
    counts = queue.counts_desks()
    unresolved = await queries.unresolved_of(session, sorted(active)) if counts else {}
    chosen = queue.choose(active, last, unresolved)
    if chosen is not None:
        await note_turn(session, queue.id, chosen)
        ticket.assign(chosen, now, is_automatic=True)


async def _demand_links(
    session: AsyncSession, details: Mapping[str, Any], actor: Actor, ticket: Ticket | None = None
) -> UUID | None:
    """Return the subject of the contact, None without one; nobody erases him before this transaction ends.

    What a ticket names already, anybody who may change it may name again.
    """
    for kind in ("account", "contact"):
        named = details.get(f"{kind}_id")
        if ticket is None or named != getattr(ticket, f"{kind}_id"):
            await refer(session, kind, named, actor=actor)
    contact_id: UUID | None = details.get("contact_id")
    if contact_id is None:
        return None
    subject_id = await subject_behind(session, "contact", contact_id)
    if subject_id is not None:
        held = await load_keys(session, session.info["ring"], [subject_id], hold=True)
        if held.find(subject_id) is None:
            raise Conflict("erased", id=str(contact_id))
    return subject_id


async def _hand_over(session: AsyncSession, ticket: Ticket, subject_id: UUID, now: datetime) -> None:
    """Let the free text belong to its new contact; what it said before under a subject of its own, too."""
    own = await session.get(SubjectKey, ticket.subject_id, with_for_update=True)
    if own is not None:
        own.link(subject_id, now)
    ticket.belong_to(subject_id)


def _demand_order(history: History, opened_at: datetime) -> None:
    """Hold time's order; an answer may come after the solution, as some do."""
    resolved_at = history.resolved_at or opened_at
    instants = (history.first_responded_at, history.resolved_at, history.closed_at)
    if any(one is not None and one < opened_at for one in instants) or (
        history.closed_at is not None and history.closed_at < resolved_at
    ):
        raise Conflict("history-out-of-order")


def _live_through(ticket: Ticket, history: History, business: BusinessTime | None, now: datetime) -> None:
    """Take a ticket through its past; its first answer is judged by its own clock, even a late one."""
    latest = ticket.opened_at
    if history.first_responded_at is not None:
        ticket.respond(history.first_responded_at, now)
        latest = max(latest, history.first_responded_at)
    if history.resolved_at is not None:
        ticket.resolve(business, history.resolved_at, now)
    if history.closed_at is not None:
        ticket.close(business, history.closed_at, now)
    elif history.resolved_at is None and history.status == "escalated":
        ticket.escalate(latest, now)
    elif history.resolved_at is None and history.status is not None:
        ticket.pause(Status(history.status), business, latest, now)
    if history.csat_score is not None:
        ticket.rate(history.csat_score, history.closed_at or history.resolved_at or latest, now)
