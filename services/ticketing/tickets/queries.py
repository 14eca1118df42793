"""Every SELECT on tickets."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from libs.platform.references.replica import among_kin, home_of, label_in
from services.ticketing.queues.queries import name_of_queue, queues_of
from services.ticketing.tickets.model import UNRESOLVED, Ticket
from services.ticketing.tickets.schemas import TicketRead

_HANDFUL = 10
_LINKS: dict[str, Any] = {
    "account_id": home_of("account", Ticket.account_id),
    "contact_id": home_of("contact", Ticket.contact_id),
    "account_name": label_in("account", Ticket.account_id),
    "contact_name": label_in("contact", Ticket.contact_id),
    "queue_name": name_of_queue(Ticket.queue_id),
}
_COLUMNS = {name: getattr(Ticket, name) for name in TicketRead.model_fields if name not in _LINKS}


def _is_breached(value: bool) -> ColumnElement[bool]:  # noqa: FBT001 - a filter is asked with its value
    either = or_(Ticket.first_response_breached.is_(True), Ticket.resolution_breached.is_(True))
    return either if value else not_(either)


LISTING = Listing(
    "tickets",
    columns=_COLUMNS | _LINKS,
    filters={
        "id": Filter(Ticket.id),
        "number": Filter(Ticket.number, text=True),
        "subject": Filter(Ticket.subject, text=True),
        "channel": Filter(Ticket.channel),
        "category": Filter(Ticket.category),
        "tier": Filter(Ticket.tier),
        "priority": Filter(Ticket.priority),
        "status": Filter(Ticket.status),
        "status_category": Filter(Ticket.status_category),
        "queue_id": Filter(Ticket.queue_id),
        "owner_id": Filter(Ticket.owner_id),
        "follower_id": Filter(
            Ticket.id, match=lambda value: Ticket.follower_ids.contains([value]), of=("follower_ids",)
        ),
        "account_id": Filter(
            Ticket.account_id, match=lambda value: among_kin("account", Ticket.account_id, value)
        ),
        "contact_id": Filter(
            Ticket.contact_id, match=lambda value: among_kin("contact", Ticket.contact_id, value)
        ),
        "sla_policy_id": Filter(Ticket.sla_policy_id),
        "breached": Filter(
            Ticket.resolution_breached,
            match=_is_breached,
            of=("first_response_breached", "resolution_breached"),
        ),
        "first_response_breached": Filter(Ticket.first_response_breached),
        "resolution_breached": Filter(Ticket.resolution_breached),
        "first_response_due_at": Filter(Ticket.first_response_due_at),
        "resolution_due_at": Filter(Ticket.resolution_due_at),
        "first_responded_at": Filter(Ticket.first_responded_at),
        "csat_score": Filter(Ticket.csat_score),
        "opened_at": Filter(Ticket.opened_at),
        "resolved_at": Filter(Ticket.resolved_at),
        "closed_at": Filter(Ticket.closed_at),
        "created_at": Filter(Ticket.created_at),
        "updated_at": Filter(Ticket.updated_at),
        "deleted_at": Filter(Ticket.deleted_at),
        "erased_at": Filter(Ticket.erased_at),
        "external_system": Filter(Ticket.external_system),
        "external_id": Filter(Ticket.external_id),
    },
    sorts=(
        "created_at",
        "updated_at",
        "opened_at",
        "resolved_at",
        "closed_at",
        "first_response_due_at",
        "resolution_due_at",
        "number",
        "priority",
        "status",
    ),
    unless_filtered={"deleted_at": Ticket.deleted_at.is_(None)},
)


def in_my_queues(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a ticket stands in a queue that the actor is a member of."""
    return Ticket.queue_id.in_(queues_of(actor.user_id))


async def waits_for(session: AsyncSession, ticket: Ticket, actor: Actor) -> bool:
    """Tell whether a ticket stands in a queue that the actor is a member of."""
    found = select(Ticket.id).where(Ticket.id == ticket.id, in_my_queues(actor))
    return await session.scalar(found) is not None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of what an actor may read: what is his by scope, and what is in his queues."""
    scope = actor.sees("ticket:read", Ticket.owner_id)
    allowed = bool(actor.visible("ticket:read"))
    return or_(scope, in_my_queues(actor)) if allowed and actor.user_id is not None else scope


def visible_tickets(actor: Actor) -> Select[Any]:
    """Select the tickets that an actor may read."""
    return select(Ticket.id).where(seen_by(actor))


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the tickets that the actor may read, as JSON."""
    return await LISTING.page(source, LISTING.parse(parameters), seen_by(actor))


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one ticket that the actor may read, with the labels of what it points to."""
    return await LISTING.read(source, identity, seen_by(actor))


async def shown(session: AsyncSession, ticket: Ticket) -> TicketRead:
    """Return a ticket as the API shows it: at the account and contact where these live on."""
    model = TicketRead.model_validate(ticket)
    if ticket.account_id is None and ticket.contact_id is None and ticket.queue_id is None:
        return model
    await session.flush()
    links = select(*(column.label(name) for name, column in _LINKS.items()))
    row = (await session.execute(links.where(Ticket.id == ticket.id))).mappings().one()
    return model.model_copy(update=dict(row))


async def next_number(session: AsyncSession) -> str:
    """Return the number of the next ticket; one that is not used leaves a gap.

    The first one of a transaction is asked for alone; a batch takes the others by the handful.
    """
    taken: list[int] | None = session.info.get("ticket-numbers")
    if not taken:
        wanted = select(func.nextval("ticket_number")).select_from(
            func.generate_series(1, 1 if taken is None else _HANDFUL)
        )
        taken = session.info["ticket-numbers"] = sorted((await session.scalars(wanted)).all(), reverse=True)
    return f"T-{taken.pop():06}"


async def unresolved_of(session: AsyncSession, users: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many unresolved tickets each of these users has."""
    await session.flush()
    # The same words as the index's, so that the planner takes it.
    mine = and_(
        Ticket.owner_id.in_(users), Ticket.status_category.in_(UNRESOLVED), Ticket.deleted_at.is_(None)
    )
    counted = select(Ticket.owner_id, func.count()).where(mine).group_by(Ticket.owner_id)
    return {row[0]: row[1] for row in await session.execute(counted) if row[0] is not None}


async def find_ticket(session: AsyncSession, identity: UUID) -> Ticket | None:
    """Return a ticket, whoever owns it, locked; for what was decided elsewhere."""
    return await session.get(Ticket, identity, with_for_update=True)


async def speaking_of(session: AsyncSession, subject_ids: Sequence[UUID]) -> list[Ticket]:
    """Return the tickets of these subjects, whoever owns them, locked in order."""
    statement = select(Ticket).where(Ticket.subject_id.in_(subject_ids))
    return list((await session.scalars(statement.order_by(Ticket.id).with_for_update())).all())
