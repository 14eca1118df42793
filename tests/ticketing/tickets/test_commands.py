"""Commands on tickets: what they write, the timers they set, and the events that tell of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from libs.contracts.ticketing import TicketAssigned, TicketSlaBreached
from libs.platform.access.collaborators import Access
from libs.platform.references.replica import subject_behind
from libs.platform.subjects.model import SubjectKey
from services.ticketing.tickets.commands import (
    assign_ticket,
    close_ticket,
    come_due,
    delete_ticket,
    erase_tickets,
    escalate_ticket,
    follow_ticket,
    move_ticket,
    open_ticket,
    pause_ticket,
    reopen_ticket,
    resolve_ticket,
    restore_ticket,
    resume_ticket,
    revise_ticket,
)
from services.ticketing.tickets.model import Ticket
from services.ticketing.tickets.schemas import TicketCreate, TicketUpdate
from tests.factories.directory import uid
from tests.factories.ticketing import (
    NINE_TO_FIVE,
    NOW,
    make_calendar,
    make_queue,
    make_sla_policy,
    make_target,
    make_ticket,
)
from tests.ticketing.acting import OWN, a_contact, an_actor, equip, kept, kinds, known, timers

LATER, THEN = NOW + timedelta(hours=1), NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(**fields: Any) -> TicketCreate:
    return TicketCreate.model_validate({"subject": "It does not work", "channel": "email", **fields})


async def a_policy(session: AsyncSession, **details: Any) -> UUID:
    calendar = await kept(session, make_calendar(hours=details.pop("hours", ())))
    return (await kept(session, make_sla_policy(calendar.id, **details))).id


async def opened(session: AsyncSession, **fields: Any) -> Ticket:
    """A ticket of user 1 that was opened now, its events forgotten."""
    ticket = await open_ticket(session, asked(**fields), an_actor(), NOW)
    await session.flush()
    session.info["recorded"] = []
    return ticket


class TestOpenTicket:
    async def test_records_ticket_opened_with_a_number(self, session: AsyncSession) -> None:
        one = await open_ticket(session, asked(), an_actor(), NOW)
        two = await open_ticket(session, asked(), an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["TicketOpened", "TicketOpened"]
        assert int(two.number.removeprefix("T-")) == int(one.number.removeprefix("T-")) + 1
        found = await session.get_one(Ticket, one.id, populate_existing=True)
        assert (found.owner_id, found.priority, found.status) == (uid(1), "medium", "new")

    async def test_sets_the_timers_of_its_policy(self, session: AsyncSession) -> None:
        policy_id = await a_policy(session)

        ticket = await open_ticket(session, asked(), an_actor(), NOW)

        assert ticket.sla_policy_id == policy_id
        assert await timers(session, ticket.id) == [
            ("warning", "first_response", NOW + timedelta(minutes=24)),
            ("breach", "first_response", NOW + timedelta(minutes=30)),
            ("warning", "resolution", NOW + timedelta(minutes=1152)),
            ("breach", "resolution", NOW + timedelta(hours=24)),
        ]

    async def test_takes_the_first_policy_by_position_that_holds(self, session: AsyncSession) -> None:
        await a_policy(session, position=3)
        refunds = await a_policy(session, position=2, categories=["Refund"])
        await a_policy(session, position=1, tiers=["gold"])

        ticket = await open_ticket(session, asked(category="Refund"), an_actor(), NOW)

        assert ticket.sla_policy_id == refunds

    async def test_takes_the_targets_of_its_priority(self, session: AsyncSession) -> None:
        await a_policy(session, targets=[make_target("any", 30), make_target("critical", 5, None)])

        ticket = await open_ticket(session, asked(priority="critical"), an_actor(), NOW)

        assert ticket.first_response_due_at == NOW + timedelta(minutes=5)
        assert ticket.resolution_due_at is None

    async def test_seals_its_words_for_the_contact(self, session: AsyncSession) -> None:
        contact_id = await a_contact(session)

        ticket = await open_ticket(session, asked(contact_id=contact_id), an_actor(), NOW)

        assert ticket.subject_id == await subject_behind(session, "contact", contact_id)

    async def test_mints_a_subject_where_there_is_no_contact(self, session: AsyncSession) -> None:
        ticket = await open_ticket(session, asked(), an_actor(), NOW)
        await session.flush()

        assert (await session.get_one(SubjectKey, ticket.subject_id)).wrapped is not None

    async def test_rejects_a_contact_who_was_forgotten(self, session: AsyncSession) -> None:
        contact_id = await a_contact(session)
        subject_id = await subject_behind(session, "contact", contact_id)
        await session.execute(
            text("UPDATE subject_key_replica SET erased_at = now(), wrapped = NULL WHERE id = :id"),
            {"id": subject_id},
        )

        with pytest.raises(Conflict, match="erased"):
            await open_ticket(session, asked(contact_id=contact_id), an_actor(), NOW)
        assert kinds(session) == []

    @pytest.mark.parametrize("field", ["account_id", "contact_id", "owner_id"])
    async def test_rejects_what_nobody_has_heard_of(self, session: AsyncSession, field: str) -> None:
        with pytest.raises(UnknownReference):
            await open_ticket(session, asked(**{field: new_id()}), an_actor(), NOW)
        assert kinds(session) == []

    async def test_rejects_a_queue_that_is_not_there(self, session: AsyncSession) -> None:
        with pytest.raises(Conflict, match="unknown-reference"):
            await open_ticket(session, asked(queue_id=new_id()), an_actor(), NOW)

    async def test_rejects_an_owner_out_of_scope(self, session: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await open_ticket(session, asked(owner_id=uid(2)), an_actor(OWN), NOW)

    async def test_rejects_an_external_id_twice(self, session: AsyncSession) -> None:
        named = asked(external_id={"system": "old", "id": "7"})
        await open_ticket(session, named, an_actor(), NOW)
        await session.flush()

        with pytest.raises(Conflict, match="external-id-taken"):
            await open_ticket(session, named, an_actor(), NOW)


class TestHandingOut:
    async def test_goes_round_the_active_members(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), uid(3), uid(4)))

        tickets = [await open_ticket(session, asked(queue_id=queue.id), an_actor(), NOW) for _ in range(4)]

        assert [ticket.owner_id for ticket in tickets] == [uid(2), uid(3), uid(2), uid(3)]

    async def test_says_that_it_was_automatic(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2)))

        await open_ticket(session, asked(queue_id=queue.id), an_actor(), NOW)
        await session.flush()

        assigned = recorded(session)[-1]
        assert isinstance(assigned, TicketAssigned)
        assert (assigned.is_automatic, assigned.from_owner_id) == (True, None)

    async def test_gives_to_who_has_the_fewest_unresolved(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), uid(3), assignment="least-open"))
        for number, resolved in ((2, False), (3, True), (3, True)):
            busy = make_ticket(owner_id=uid(number), number=f"T-{new_id()}")
            if resolved:
                busy.resolve(None, NOW, NOW)
            await kept(session, busy)

        tickets = [await open_ticket(session, asked(queue_id=queue.id), an_actor(), NOW) for _ in range(3)]

        assert [ticket.owner_id for ticket in tickets] == [uid(3), uid(2), uid(3)]

    async def test_leaves_it_in_a_queue_of_nobody(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(4)))

        ticket = await open_ticket(session, asked(queue_id=queue.id), an_actor(), NOW)

        assert (ticket.owner_id, ticket.queue_id) == (None, queue.id)

    async def test_respects_who_was_named(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2)))

        ticket = await open_ticket(session, asked(queue_id=queue.id, owner_id=uid(3)), an_actor(), NOW)

        assert ticket.owner_id == uid(3)

    async def test_happens_again_in_another_queue(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(3)))
        ticket = await opened(session)

        await move_ticket(session, ticket.id, queue.id, an_actor(), LATER)
        await session.flush()

        assert (ticket.queue_id, ticket.owner_id) == (queue.id, uid(3))
        assert kinds(session) == ["TicketQueued", "TicketAssigned", "TicketAssigned"]

    async def test_leaves_the_owner_of_a_ticket_that_is_in_no_queue_now(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(3)))
        ticket = await opened(session, queue_id=queue.id)

        await move_ticket(session, ticket.id, None, an_actor(), LATER)

        assert (ticket.queue_id, ticket.owner_id) == (None, uid(3))


class TestHistory:
    async def test_walks_a_ticket_through_its_past(self, session: AsyncSession) -> None:
        await a_policy(session)
        past = {
            "first_responded_at": THEN + timedelta(minutes=20),
            "resolved_at": THEN + timedelta(hours=30),
            "closed_at": THEN + timedelta(hours=40),
            "csat_score": 4,
        }

        ticket = await open_ticket(session, asked(occurred_at=THEN, history=past), an_actor(), NOW)
        await session.flush()

        assert kinds(session) == [
            "TicketOpened",
            "TicketFirstResponded",
            "TicketSlaBreached",
            "TicketResolved",
            "TicketClosed",
            "TicketRated",
        ]
        instants = [event.occurred_at - THEN for event in recorded(session)[-6:]]
        assert instants == [timedelta(hours=hours) for hours in (0, 1 / 3, 24, 30, 40, 40)]
        assert (ticket.first_response_breached, ticket.resolution_breached) == (False, True)
        assert (ticket.opened_at, ticket.csat_score, await timers(session, ticket.id)) == (THEN, 4, [])

    async def test_judges_a_late_answer_by_its_own_clock(self, session: AsyncSession) -> None:
        await a_policy(session)
        past = {
            "first_responded_at": THEN + timedelta(hours=3),
            "resolved_at": THEN + timedelta(minutes=10),
        }

        ticket = await open_ticket(session, asked(occurred_at=THEN, history=past), an_actor(), NOW)

        assert (ticket.first_response_breached, ticket.resolution_breached) == (True, False)

    async def test_finds_breached_what_is_still_unresolved(self, session: AsyncSession) -> None:
        await a_policy(session)
        past = {"first_responded_at": THEN, "status": "escalated"}

        ticket = await open_ticket(session, asked(occurred_at=THEN, history=past), an_actor(), NOW)
        await session.flush()

        breach = recorded(session)[-1]
        assert isinstance(breach, TicketSlaBreached)
        assert (breach.clock, breach.occurred_at) == ("resolution", THEN + timedelta(hours=24))
        assert (ticket.status, await timers(session, ticket.id)) == ("escalated", [])

    async def test_may_be_waiting(self, session: AsyncSession) -> None:
        past = {"status": "waiting-for-customer"}

        ticket = await open_ticket(session, asked(occurred_at=THEN, history=past), an_actor(), NOW)

        assert ticket.status_category == "waiting"

    @pytest.mark.parametrize(
        "past",
        [
            {"first_responded_at": THEN - timedelta(minutes=1)},
            {"resolved_at": THEN - timedelta(minutes=1)},
            {"resolved_at": LATER, "closed_at": NOW},
        ],
        ids=["answered-before", "resolved-before", "closed-before-resolved"],
    )
    async def test_keeps_times_order(self, session: AsyncSession, past: dict[str, datetime]) -> None:
        with pytest.raises(Conflict, match="history-out-of-order"):
            await open_ticket(session, asked(occurred_at=THEN, history=past), an_actor(), NOW)

    @pytest.mark.parametrize("field", ["occurred_at", "history"])
    async def test_asks_for_the_right_to_write_it(self, session: AsyncSession, field: str) -> None:
        given: dict[str, Any] = {"occurred_at": THEN, "history": {}}

        with pytest.raises(Forbidden):
            await open_ticket(session, asked(**{field: given[field]}), an_actor(OWN), NOW)


class TestReviseTicket:
    async def test_changes_what_was_sent(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        change = TicketUpdate(category="Refund")
        await revise_ticket(session, ticket.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert (kinds(session), ticket.category) == (["TicketRevised"], "Refund")

    async def test_sets_timers_for_another_priority(self, session: AsyncSession) -> None:
        await a_policy(session, targets=[make_target(), make_target("critical", 10, 60)])
        ticket = await opened(session)

        now = NOW + timedelta(minutes=4)
        await revise_ticket(session, ticket.id, 1, TicketUpdate(priority="critical"), an_actor(), now)

        assert ticket.first_response_due_at == NOW + timedelta(minutes=10)
        found = await timers(session, ticket.id)
        assert ("breach", "first_response", NOW + timedelta(minutes=10)) in found
        assert ("breach", "resolution", NOW + timedelta(minutes=60)) in found

    async def test_lets_its_words_belong_to_a_contact_who_is_set_later(self, session: AsyncSession) -> None:
        ticket, contact_id = await opened(session), await a_contact(session)
        minted = ticket.subject_id

        change = TicketUpdate(contact_id=contact_id)
        await revise_ticket(session, ticket.id, 1, change, an_actor(), LATER)
        await session.flush()

        subject_id = await subject_behind(session, "contact", contact_id)
        assert ticket.subject_id == subject_id
        assert (await session.get_one(SubjectKey, minted)).linked == [subject_id]

    async def test_rejects_a_stale_version(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        with pytest.raises(StaleVersion):
            await revise_ticket(session, ticket.id, 7, TicketUpdate(), an_actor(), LATER)


class TestMoves:
    async def test_live_from_wait_to_close(self, session: AsyncSession) -> None:
        await a_policy(session)
        ticket = await opened(session)
        identity, actor = ticket.id, an_actor()

        await pause_ticket(session, identity, "waiting-for-others", None, actor, LATER)
        await resume_ticket(session, identity, None, actor, LATER)
        await escalate_ticket(session, identity, None, actor, LATER)
        await resolve_ticket(session, identity, None, actor, LATER)
        await reopen_ticket(session, identity, None, actor, LATER)
        await close_ticket(session, identity, None, actor, LATER)
        await session.flush()

        assert kinds(session) == [
            "TicketSlaBreached",
            "TicketPaused",
            "TicketResumed",
            "TicketEscalated",
            "TicketResolved",
            "TicketReopened",
            "TicketResolved",
            "TicketClosed",
        ]

    async def test_sets_new_timers_on_going_on(self, session: AsyncSession) -> None:
        await a_policy(session, hours=NINE_TO_FIVE)
        ticket = await opened(session)
        pausing, resuming = NOW + timedelta(minutes=10), NOW + timedelta(days=1)

        await pause_ticket(session, ticket.id, "waiting-for-customer", None, an_actor(), pausing)
        await resume_ticket(session, ticket.id, None, an_actor(), resuming)

        due_at = resuming + timedelta(minutes=20)
        assert ticket.first_response_due_at == due_at
        assert ("breach", "first_response", due_at) in await timers(session, ticket.id)

    async def test_at_a_past_instant_ask_for_the_right(self, session: AsyncSession) -> None:
        ticket = await kept(session, make_ticket(owner_id=uid(1)))

        with pytest.raises(Forbidden):
            await resolve_ticket(session, ticket.id, THEN, an_actor(OWN), LATER)

    async def test_go_to_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        await delete_ticket(session, ticket.id, 1, an_actor(), LATER)
        await restore_ticket(session, ticket.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["TicketDeleted", "TicketRestored"]


class TestAssignTicket:
    async def test_gives_it_to_a_colleague(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        await assign_ticket(session, ticket.id, uid(2), an_actor(), LATER)
        await session.flush()

        assert (kinds(session), ticket.owner_id) == (["TicketAssigned"], uid(2))

    async def test_lets_a_member_of_the_queue_take_it(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), assignment="manual"))
        ticket = await opened(session, queue_id=queue.id)

        await assign_ticket(session, ticket.id, uid(2), an_actor(number=2), LATER)

        assert ticket.owner_id == uid(2)

    async def test_does_not_let_him_give_it_to_others(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), assignment="manual"))
        ticket = await opened(session, queue_id=queue.id)

        with pytest.raises(Forbidden):
            await assign_ticket(session, ticket.id, uid(3), an_actor(number=2), LATER)
        with pytest.raises(Forbidden):
            await assign_ticket(session, ticket.id, None, an_actor(number=2), LATER)
        assert ticket.owner_id is None

    async def test_hides_it_from_who_is_in_no_queue(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), assignment="manual"))
        ticket = await opened(session, queue_id=queue.id)

        with pytest.raises(NotFound):
            await assign_ticket(session, ticket.id, uid(3), an_actor(number=3), LATER)


class TestCollaborator:
    async def test_works_on_a_ticket_and_hands_it_to_nobody(self, session: AsyncSession) -> None:
        ticket, peer = await opened(session), an_actor({**OWN, "ticket:assign": "own"}, 2)
        ticket.share(uid(2), Access.WRITE, None, LATER)
        await session.flush()

        await pause_ticket(session, ticket.id, "waiting-for-others", None, peer, LATER)
        for handing in (assign_ticket, move_ticket):
            with pytest.raises(Forbidden):
                await handing(session, ticket.id, uid(2), peer, LATER)

        assert (ticket.status, ticket.owner_id) == ("waiting-for-others", uid(1))


class TestFollowTicket:
    async def test_notes_who_wants_to_hear(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        await follow_ticket(session, ticket.id, an_actor(), LATER, follows=True)
        await follow_ticket(session, ticket.id, an_actor(), LATER, follows=False)
        await session.flush()

        assert (kinds(session), ticket.follower_ids) == (["TicketFollowed", "TicketUnfollowed"], [])


class TestComeDue:
    async def test_breaches_by_its_timer(self, session: AsyncSession) -> None:
        await a_policy(session)
        ticket = await opened(session)

        for _ in range(2):
            await come_due(session, "breach", f"first_response:{ticket.id}", NOW + timedelta(minutes=30))
            await session.flush()

        assert (kinds(session), ticket.first_response_breached) == (["TicketSlaBreached"], True)

    async def test_passes_over_a_ticket_that_is_not_there(self, session: AsyncSession) -> None:
        await come_due(session, "breach", f"first_response:{new_id()}", NOW)

        assert kinds(session) == []


class TestEraseTickets:
    async def test_blanks_those_of_the_subject_alone(self, session: AsyncSession) -> None:
        one, other = await opened(session), await opened(session)

        await erase_tickets(session, [one.subject_id], LATER)
        await session.flush()

        assert kinds(session) == ["TicketErased"]
        assert (one.subject, other.subject) == (ERASED, "It does not work")


async def test_tickets_point_to_accounts_that_are_known(session: AsyncSession) -> None:
    account_id = await known(session, "account")

    assert (await opened(session, account_id=account_id)).account_id == account_id
