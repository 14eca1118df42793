"""What a ticket allows, what its clocks decide, and what it tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    TicketAssigned,
    TicketClosed,
    TicketDeleted,
    TicketErased,
    TicketEscalated,
    TicketFirstResponded,
    TicketFollowed,
    TicketOpened,
    TicketPaused,
    TicketQueued,
    TicketRated,
    TicketReopened,
    TicketReprioritized,
    TicketResolved,
    TicketRestored,
    TicketResumed,
    TicketRevised,
    TicketSlaBreached,
    TicketSlaWarned,
    TicketUnfollowed,
)
from services.ticketing.clocks import BREACH, FIRST_RESPONSE, RESOLUTION, WARNING
from services.ticketing.tickets.model import Status, Ticket
from tests.factories.records import told
from tests.factories.ticketing import ALWAYS, NOW, OFFICE, make_terms, make_ticket

LATER = NOW + timedelta(hours=1)


def after(**time: float) -> datetime:
    return NOW + timedelta(**time)


def pause(ticket: Ticket, at: datetime) -> None:
    ticket.pause(Status.WAITING_FOR_CUSTOMER, ALWAYS, at, at)


def types(ticket: Ticket) -> list[str]:
    return [type(event).__name__.removeprefix("Ticket") for event in told(ticket)]


def assert_refused(ticket: Ticket, slug: str, act: Callable[[], Any]) -> None:
    before, events = ticket.state(), told(ticket)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (ticket.state(), told(ticket)) == (before, events)


class TestOpen:
    def test_records_ticket_opened(self) -> None:
        ticket = make_ticket()

        (opened,) = told(ticket)
        assert opened == TicketOpened(ticket_id=ticket.id, occurred_at=NOW, state=ticket.state())
        assert (opened.state.status, opened.state.status_category) == ("new", "open")
        assert (opened.state.opened_at, opened.state.reopened_count) == (NOW, 0)

    def test_says_when_it_is_due(self) -> None:
        ticket = make_ticket(make_terms())

        assert ticket.first_response_due_at == after(minutes=30)
        assert ticket.resolution_due_at == after(hours=24)
        assert (ticket.first_response_breached, ticket.resolution_breached) == (None, None)

    def test_counts_in_the_policys_time(self) -> None:
        friday = datetime(2026, 3, 6, 16, 45, tzinfo=UTC)

        ticket = make_ticket(make_terms(), OFFICE, opened_at=friday)

        assert ticket.first_response_due_at == datetime(2026, 3, 9, 9, 15, tzinfo=UTC)

    def test_is_due_never_without_a_policy(self) -> None:
        ticket = make_ticket()

        assert (ticket.first_response_due_at, list(ticket.timers())) == (None, [])

    def test_sets_a_timer_for_each_warning_and_each_breach(self) -> None:
        assert sorted(make_ticket(make_terms()).timers()) == [
            (BREACH, FIRST_RESPONSE, after(minutes=30)),
            (BREACH, RESOLUTION, after(hours=24)),
            (WARNING, FIRST_RESPONSE, after(minutes=24)),
            (WARNING, RESOLUTION, after(minutes=0.8 * 1440)),
        ]

    def test_warns_of_nothing_that_is_not_asked_for(self) -> None:
        kinds = {kind for kind, _, _ in make_ticket(make_terms(warn_at_percent=None)).timers()}

        assert kinds == {BREACH}


class TestRespond:
    def test_meets_its_target_at_the_last_moment(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.respond(after(minutes=30), LATER)

        responded = told(ticket)[-1]
        assert isinstance(responded, TicketFirstResponded)
        assert (responded.occurred_at, responded.state.first_responded_at) == (after(minutes=30),) * 2
        assert (responded.state.first_response_breached, responded.state.status) == (False, "in-progress")

    def test_records_the_breach_before_an_answer_that_comes_late(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.respond(after(minutes=30, microseconds=1), LATER)

        assert types(ticket) == ["Opened", "SlaBreached", "FirstResponded"]
        breach = told(ticket)[1]
        assert isinstance(breach, TicketSlaBreached)
        assert (breach.clock, breach.due_at, breach.occurred_at) == (
            FIRST_RESPONSE,
            after(minutes=30),
            after(minutes=30),
        )
        assert ticket.first_response_breached is True

    def test_leaves_the_other_clock_running(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.respond(after(minutes=5), LATER)

        assert sorted(kind for kind, _, _ in ticket.timers()) == [BREACH, WARNING]
        assert {clock for _, clock, _ in ticket.timers()} == {RESOLUTION}

    def test_decides_nothing_that_was_not_promised(self) -> None:
        ticket = make_ticket(make_terms(response=None))

        ticket.respond(after(minutes=5), LATER)

        assert ticket.first_response_breached is None

    def test_keeps_an_escalated_ticket_escalated(self) -> None:
        ticket = make_ticket()
        ticket.escalate(LATER, LATER)

        ticket.respond(LATER, LATER)

        assert ticket.status == "escalated"

    def test_rejects_a_second_first_answer(self) -> None:
        ticket = make_ticket()
        ticket.respond(LATER, LATER)

        assert_refused(ticket, "already-responded", lambda: ticket.respond(LATER, LATER))


class TestPause:
    def test_records_what_it_was_before(self) -> None:
        ticket = make_ticket()

        ticket.pause(Status.WAITING_FOR_OTHERS, None, LATER, LATER)

        paused = told(ticket)[-1]
        assert isinstance(paused, TicketPaused)
        assert (paused.from_status, paused.state.status) == ("new", "waiting-for-others")
        assert paused.state.status_category == "waiting"

    def test_is_due_at_no_instant_meanwhile(self) -> None:
        ticket = make_ticket(make_terms())

        pause(ticket, after(minutes=10))

        assert (ticket.first_response_due_at, ticket.resolution_due_at) == (None, None)
        assert (ticket.clock_used, list(ticket.timers())) == (timedelta(minutes=10), [])

    def test_records_what_was_due_before(self) -> None:
        ticket = make_ticket(make_terms())

        pause(ticket, after(minutes=40))

        assert types(ticket) == ["Opened", "SlaBreached", "Paused"]
        assert ticket.first_response_due_at == after(minutes=30)

    @pytest.mark.parametrize(
        ("act", "slug"),
        [
            (lambda one: pause(one, LATER), "ticket-not-open"),
            (lambda one: one.resolve(None, LATER, LATER), "ticket-not-open"),
        ],
        ids=["waiting", "resolved"],
    )
    def test_rejects_what_is_not_open(self, act: Any, slug: str) -> None:
        ticket = make_ticket()
        act(ticket)

        assert_refused(ticket, slug, lambda: pause(ticket, LATER))


class TestResume:
    def test_goes_on_with_the_business_time_that_was_left(self) -> None:
        ticket = make_ticket(make_terms())
        pause(ticket, after(minutes=10))

        ticket.resume(ALWAYS, after(hours=50), after(hours=50))

        assert ticket.first_response_due_at == after(hours=50, minutes=20)
        assert ticket.resolution_due_at == after(hours=50 + 24, minutes=-10)
        resumed = told(ticket)[-1]
        assert isinstance(resumed, TicketResumed)
        assert (resumed.from_status, resumed.state.status) == ("waiting-for-customer", "in-progress")

    def test_counts_office_hours_alone(self) -> None:
        ticket = make_ticket(make_terms(response=None, resolution=16 * 60), OFFICE)
        ticket.pause(Status.WAITING_FOR_CUSTOMER, OFFICE, after(hours=4), after(hours=4))
        tuesday_evening = datetime(2026, 3, 3, 20, tzinfo=UTC)

        ticket.resume(OFFICE, tuesday_evening, tuesday_evening)

        # Four hours of Monday are used; Wednesday takes eight of the twelve that are left.
        assert ticket.resolution_due_at == datetime(2026, 3, 5, 13, tzinfo=UTC)

    def test_leaves_decided_clocks_alone(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.respond(after(minutes=5), LATER)
        due_at = ticket.first_response_due_at
        pause(ticket, after(minutes=10))

        ticket.resume(ALWAYS, LATER, LATER)

        assert (ticket.first_response_due_at, ticket.first_response_breached) == (due_at, False)

    def test_adds_up_over_several_pauses(self) -> None:
        ticket = make_ticket(make_terms(resolution=100), ALWAYS)
        instant = NOW
        for _ in range(4):
            instant += timedelta(minutes=20)
            pause(ticket, instant)
            instant += timedelta(days=1)
            ticket.resume(ALWAYS, instant, instant)

        assert ticket.clock_used == timedelta(minutes=80)
        assert ticket.resolution_due_at == instant + timedelta(minutes=20)

    def test_rejects_what_does_not_wait(self) -> None:
        ticket = make_ticket()

        assert_refused(ticket, "not-waiting", lambda: ticket.resume(None, LATER, LATER))


class TestComeDue:
    def test_warns_once(self) -> None:
        ticket, at = make_ticket(make_terms()), after(minutes=24)

        for _ in range(2):
            ticket.come_due(WARNING, FIRST_RESPONSE, at, at)

        assert types(ticket) == ["Opened", "SlaWarned"]
        warned = told(ticket)[-1]
        assert isinstance(warned, TicketSlaWarned)
        assert (warned.clock, warned.due_at) == (FIRST_RESPONSE, after(minutes=30))

    def test_breaches_once(self) -> None:
        ticket, at = make_ticket(make_terms()), after(minutes=30)

        for _ in range(2):
            ticket.come_due(BREACH, FIRST_RESPONSE, at, at)

        assert types(ticket) == ["Opened", "SlaBreached"]
        assert (ticket.first_response_breached, ticket.resolution_breached) == (True, None)

    def test_does_not_warn_again_after_a_pause(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.come_due(WARNING, RESOLUTION, after(minutes=1152), LATER)
        pause(ticket, after(minutes=1160))

        ticket.resume(ALWAYS, after(days=2), after(days=2))

        assert [kind for kind, clock, _ in ticket.timers() if clock == RESOLUTION] == [BREACH]

    def test_warns_at_once_when_the_share_is_used_on_resuming(self) -> None:
        ticket = make_ticket(make_terms())
        pause(ticket, after(minutes=28))

        ticket.resume(ALWAYS, LATER, LATER)

        assert (WARNING, FIRST_RESPONSE, LATER) in ticket.timers()

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: one.respond(after(minutes=5), LATER),
            lambda one: pause(one, after(minutes=5)),
            lambda one: one.resolve(ALWAYS, after(minutes=5), LATER),
            lambda one: one.close(ALWAYS, after(minutes=5), LATER),
            lambda one: one.delete(after(minutes=5)),
        ],
        ids=["answered", "waiting", "resolved", "closed", "deleted"],
    )
    def test_passes_over_an_instant_that_does_not_stand_any_more(self, change: Any) -> None:
        ticket = make_ticket(make_terms())
        change(ticket)
        before = told(ticket)

        ticket.come_due(BREACH, FIRST_RESPONSE, after(minutes=30), after(minutes=30))
        ticket.come_due(WARNING, FIRST_RESPONSE, after(minutes=24), after(minutes=24))

        assert told(ticket) == before


class TestCatchUp:
    def test_decides_what_was_due_in_the_past(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.catch_up(after(days=400))

        assert types(ticket) == ["Opened", "SlaBreached", "SlaBreached"]
        assert [event.occurred_at for event in told(ticket)[1:]] == [after(minutes=30), after(hours=24)]
        assert list(ticket.timers()) == []


class TestResolve:
    def test_meets_its_target(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.resolve(ALWAYS, after(hours=24), after(hours=24))

        resolved = told(ticket)[-1]
        assert isinstance(resolved, TicketResolved)
        assert (resolved.state.resolved_at, resolved.state.resolution_breached) == (after(hours=24), False)
        assert list(ticket.timers()) == []

    def test_records_the_breach_that_no_timer_has_yet(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.resolve(ALWAYS, after(hours=25), after(hours=25))

        assert types(ticket) == ["Opened", "SlaBreached", "SlaBreached", "Resolved"]
        assert (ticket.first_response_breached, ticket.resolution_breached) == (True, True)

    def test_ends_a_wait_too(self) -> None:
        ticket = make_ticket(make_terms())
        pause(ticket, LATER)

        ticket.resolve(ALWAYS, after(days=9), after(days=9))

        assert (ticket.status_category, ticket.resolution_breached) == ("resolved", False)

    @pytest.mark.parametrize("end", ["resolve", "close"])
    def test_rejects_what_is_resolved(self, end: str) -> None:
        ticket = make_ticket()
        getattr(ticket, end)(None, LATER, LATER)

        assert_refused(ticket, "already-resolved", lambda: ticket.resolve(None, LATER, LATER))


class TestClose:
    def test_resolves_what_was_not(self) -> None:
        ticket = make_ticket()

        ticket.close(None, LATER, LATER)

        assert types(ticket) == ["Opened", "Resolved", "Closed"]
        assert (ticket.resolved_at, ticket.closed_at) == (LATER, LATER)

    def test_keeps_when_it_was_resolved(self) -> None:
        ticket = make_ticket()
        ticket.resolve(None, LATER, LATER)

        ticket.close(None, after(days=3), after(days=3))

        closed = told(ticket)[-1]
        assert isinstance(closed, TicketClosed)
        assert (closed.from_status, closed.state.resolved_at) == ("resolved", LATER)

    def test_rejects_what_is_closed(self) -> None:
        ticket = make_ticket()
        ticket.close(None, LATER, LATER)

        assert_refused(ticket, "already-resolved", lambda: ticket.close(None, LATER, LATER))


class TestReopen:
    @pytest.mark.parametrize("end", ["resolve", "close"])
    def test_records_ticket_reopened(self, end: str) -> None:
        ticket = make_ticket()
        getattr(ticket, end)(None, LATER, LATER)

        ticket.reopen(None, after(days=1), after(days=1))

        reopened = told(ticket)[-1]
        assert isinstance(reopened, TicketReopened)
        assert (reopened.state.status, reopened.state.reopened_count) == ("in-progress", 1)
        assert (reopened.state.resolved_at, reopened.state.closed_at) == (None, None)

    def test_has_the_business_time_that_was_left(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.resolve(ALWAYS, after(hours=20), after(hours=20))

        ticket.reopen(ALWAYS, after(days=9), after(days=9))

        assert (ticket.resolution_breached, ticket.resolution_due_at) == (None, after(days=9, hours=4))

    def test_stays_breached_where_it_was(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.resolve(ALWAYS, after(hours=30), after(hours=30))

        ticket.reopen(ALWAYS, after(days=9), after(days=9))

        assert ticket.resolution_breached is True

    @pytest.mark.parametrize("waits", [True, False], ids=["waiting", "open"])
    def test_rejects_what_is_unresolved(self, *, waits: bool) -> None:
        ticket = make_ticket()
        if waits:
            pause(ticket, LATER)

        assert_refused(ticket, "not-resolved", lambda: ticket.reopen(None, LATER, LATER))


class TestReprioritize:
    def test_sets_targets_anew_less_the_time_used(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.reprioritize(
            "critical", make_terms(15, 240), before=ALWAYS, after=ALWAYS, now=after(minutes=10)
        )

        reprioritized = told(ticket)[-1]
        assert isinstance(reprioritized, TicketReprioritized)
        assert (reprioritized.from_priority, reprioritized.state.priority) == ("medium", "critical")
        assert reprioritized.state.first_response_due_at == after(minutes=15)
        assert reprioritized.state.resolution_due_at == after(minutes=240)

    def test_is_due_at_once_when_more_is_used_than_allowed(self) -> None:
        ticket = make_ticket(make_terms())
        now = after(minutes=25)

        ticket.reprioritize("critical", make_terms(15, 240), before=ALWAYS, after=ALWAYS, now=now)

        assert (BREACH, FIRST_RESPONSE, now) in ticket.timers()

    def test_runs_on_only_where_it_ran(self) -> None:
        ticket = make_ticket(make_terms())
        pause(ticket, after(minutes=10))

        ticket.reprioritize("low", make_terms(60, 2880), before=ALWAYS, after=ALWAYS, now=after(hours=5))
        assert list(ticket.timers()) == []
        ticket.resume(ALWAYS, after(hours=6), after(hours=6))

        assert ticket.first_response_due_at == after(hours=6, minutes=50)

    def test_promises_nothing_where_no_policy_holds(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.reprioritize("low", None, before=ALWAYS, after=None, now=after(minutes=5))

        assert (ticket.first_response_due_at, ticket.sla_policy_id, list(ticket.timers())) == (None, None, [])

    def test_leaves_what_is_decided(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.respond(after(minutes=40), LATER)

        ticket.reprioritize("low", make_terms(60, 2880), before=ALWAYS, after=ALWAYS, now=LATER)

        assert ticket.first_response_breached is True

    def test_says_nothing_of_the_same_priority(self) -> None:
        ticket = make_ticket()

        ticket.reprioritize("medium", make_terms(), before=None, after=ALWAYS, now=LATER)

        assert types(ticket) == ["Opened"]

    def test_rejects_what_is_resolved(self) -> None:
        ticket = make_ticket()
        ticket.resolve(None, LATER, LATER)

        assert_refused(
            ticket,
            "already-resolved",
            lambda: ticket.reprioritize("low", None, before=None, after=None, now=LATER),
        )


class TestAssign:
    def test_records_the_owner_before(self) -> None:
        before, later = new_id(), new_id()
        ticket = make_ticket(owner_id=before)

        ticket.assign(later, LATER, is_automatic=True)

        assigned = told(ticket)[-1]
        assert isinstance(assigned, TicketAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id, assigned.is_automatic) == (
            before,
            later,
            True,
        )

    def test_says_nothing_of_the_same_owner(self) -> None:
        ticket = make_ticket()

        ticket.assign(ticket.owner_id, LATER)

        assert types(ticket) == ["Opened"]


class TestQueue:
    def test_records_the_queue_before(self) -> None:
        queue_id = new_id()
        ticket = make_ticket()

        ticket.queue(queue_id, LATER)
        ticket.queue(queue_id, LATER)

        (_, queued) = told(ticket)
        assert isinstance(queued, TicketQueued)
        assert (queued.from_queue_id, queued.state.queue_id) == (None, queue_id)


class TestEscalate:
    def test_stays_open(self) -> None:
        ticket = make_ticket(make_terms())

        ticket.escalate(LATER, LATER)
        ticket.escalate(LATER, LATER)

        (_, escalated) = told(ticket)
        assert isinstance(escalated, TicketEscalated)
        assert (escalated.state.status, escalated.state.status_category) == ("escalated", "open")

    def test_rejects_what_waits(self) -> None:
        ticket = make_ticket()
        pause(ticket, LATER)

        assert_refused(ticket, "ticket-not-open", lambda: ticket.escalate(LATER, LATER))


class TestRevise:
    def test_records_which_facts_changed(self) -> None:
        ticket = make_ticket()

        ticket.revise({"category": "Refund", "channel": "email"}, LATER)

        revised = told(ticket)[-1]
        assert isinstance(revised, TicketRevised)
        assert (revised.changed, revised.state.category) == (("category",), "Refund")

    def test_says_nothing_when_nothing_changes(self) -> None:
        ticket = make_ticket()

        ticket.revise({"channel": "email"}, LATER)

        assert (types(ticket), ticket.updated_at) == (["Opened"], NOW)


class TestFollow:
    def test_is_told_once_each_way(self) -> None:
        ticket, user_id = make_ticket(), new_id()

        for _ in range(2):
            ticket.follow(user_id, LATER)
        assert ticket.state().follower_ids == (user_id,)
        for _ in range(2):
            ticket.unfollow(user_id, LATER)

        assert [type(event) for event in told(ticket)[1:]] == [TicketFollowed, TicketUnfollowed]
        assert ticket.state().follower_ids == ()


class TestRate:
    def test_keeps_the_latest_word(self) -> None:
        ticket = make_ticket()

        for score in (2, 2, 5):
            ticket.rate(score, LATER, LATER)

        rated = [event.score for event in told(ticket) if isinstance(event, TicketRated)]
        assert (rated, ticket.csat_score) == ([2, 5], 5)


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        ticket = make_ticket()

        ticket.delete(LATER)
        ticket.restore(LATER)

        assert [type(event) for event in told(ticket)[1:]] == [TicketDeleted, TicketRestored]

    def test_decides_on_its_return_what_came_due_meanwhile(self) -> None:
        ticket = make_ticket(make_terms())
        ticket.delete(LATER)

        ticket.restore(after(days=2))

        assert types(ticket) == ["Opened", "Deleted", "Restored", "SlaBreached", "SlaBreached"]

    @pytest.mark.parametrize(
        "act",
        [
            lambda gone: gone.assign(new_id(), LATER),
            lambda gone: gone.queue(new_id(), LATER),
            lambda gone: gone.respond(LATER, LATER),
            lambda gone: pause(gone, LATER),
            lambda gone: gone.resume(None, LATER, LATER),
            lambda gone: gone.escalate(LATER, LATER),
            lambda gone: gone.resolve(None, LATER, LATER),
            lambda gone: gone.close(None, LATER, LATER),
            lambda gone: gone.reopen(None, LATER, LATER),
            lambda gone: gone.revise({"subject": "x"}, LATER),
            lambda gone: gone.belong_to(new_id()),
            lambda gone: gone.follow(new_id(), LATER),
            lambda gone: gone.unfollow(new_id(), LATER),
            lambda gone: gone.reprioritize("low", None, before=None, after=None, now=LATER),
            lambda gone: gone.delete(LATER),
        ],
        ids=[
            "assign",
            "queue",
            "respond",
            "pause",
            "resume",
            "escalate",
            "resolve",
            "close",
            "reopen",
            "revise",
            "belong",
            "follow",
            "unfollow",
            "reprioritize",
            "delete",
        ],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        ticket = make_ticket()
        ticket.delete(NOW)

        assert_refused(ticket, "deleted", lambda: act(ticket))

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        ticket = make_ticket()

        assert_refused(ticket, "not-deleted", lambda: ticket.restore(LATER))


class TestErase:
    def test_blanks_the_text_and_goes_on(self) -> None:
        ticket = make_ticket(description="I am Wei Li")

        ticket.erase(LATER)
        ticket.erase(LATER)
        ticket.resolve(None, LATER, LATER)

        assert [type(event) for event in told(ticket)[1:]] == [TicketErased, TicketResolved]
        assert (ticket.subject, ticket.description, ticket.erased_at) == (ERASED, ERASED, LATER)

    def test_keeps_nothing_where_nothing_was(self) -> None:
        ticket = make_ticket()

        ticket.erase(LATER)

        assert ticket.description is None

    @pytest.mark.parametrize(
        "act",
        [lambda one: one.revise({"subject": "x"}, LATER), lambda one: one.belong_to(new_id())],
        ids=["revise", "belong"],
    )
    def test_takes_no_more_words(self, act: Any) -> None:
        ticket = make_ticket()
        ticket.erase(NOW)

        assert_refused(ticket, "erased", lambda: act(ticket))
