"""What integration does when something happened elsewhere; each record comes twice and counts once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.customer import ConsentGiven, ConsentState, ConsentWithdrawn
from libs.contracts.integration import WebhookDisabled
from libs.contracts.mail import MailRequested
from libs.contracts.sales import LeadAssigned, LeadCaptured, OpportunityAssigned
from libs.contracts.subjects import CustomerSubjectErased, SubjectKeyState
from libs.contracts.ticketing import (
    SurveyLowScoreReceived,
    SurveyState,
    TicketAssigned,
    TicketSlaBreached,
    TicketSlaWarned,
    TicketState,
)
from libs.platform.records.tables import record_access
from libs.platform.subjects.replica import SubjectKeyApplier
from services.integration.deliveries.model import delivery
from services.integration.handlers import EVERYTHING, HANDLERS, blank, queue_requested_mail
from services.integration.messages.model import Message
from services.integration.notifications.model import Notification
from tests.factories.directory import uid
from tests.factories.envelopes import NOW, make_envelope
from tests.factories.integration import make_request, make_webhook
from tests.factories.sales import make_lead, make_opportunity, make_pipeline, make_product
from tests.integration.acting import equip, kept, requested

CONTACT = UUID(int=700)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session, now=NOW)


async def handle(session: AsyncSession, event: Event, **envelope: Any) -> None:
    """Let an event come twice: the second time the position has moved, so nothing happens."""
    came = make_envelope(event, 1)._replace(**envelope)
    for each in HANDLERS[type(event)]:
        await each.function(session, came)
    await session.flush()


async def notifications(session: AsyncSession) -> list[tuple[UUID, str, dict[str, str]]]:
    rows = await session.scalars(select(Notification).order_by(Notification.owner_id))
    return [(each.owner_id, each.kind, each.facts) for each in rows]


def fact(event: type[Event], aggregate: Any, key: str, at: datetime = NOW, **facts: Any) -> Event:
    named = {key: aggregate.id, "occurred_at": at, "state": aggregate.state(), **facts}
    return event.model_validate(named)


def ticket(**facts: Any) -> TicketState:
    given = {"id": new_id(), "number": "T-7", "subject_id": new_id(), "subject": "enc", "channel": "email"}
    given |= {"priority": "high", "status": "open", "status_category": "open", "opened_at": NOW}
    return TicketState.model_validate(given | {"created_at": NOW, "updated_at": NOW} | facts)


def consent(event: type[ConsentGiven | ConsentWithdrawn], channel: str = "email") -> Event:
    state = ConsentState(
        id=new_id(),
        contact_id=CONTACT,
        subject_id=new_id(),
        purpose="marketing",
        channel=channel,
        status="withdrawn",
        withdrawn_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    return event(consent_id=state.id, occurred_at=NOW, state=state)


class TestMails:
    def test_are_taken_from_every_contract_that_asks_for_one(self) -> None:
        asking = {
            event
            for event in Event.registry.values()
            if issubclass(event, MailRequested) and event.__module__.startswith("libs.contracts.")
        }

        assert asking
        assert asking <= HANDLERS.keys()

    async def test_are_queued_once_under_the_name_of_who_asked(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(not_after=NOW + timedelta(hours=1)))
        envelope = make_envelope(asked, 1)

        for _ in range(2):
            await queue_requested_mail(session, envelope)
            await session.flush()

        (message,) = await session.scalars(select(Message))
        assert (message.about_type, message.about_id, message.status) == (
            "letter",
            asked.aggregate_id,
            "queued",
        )

    async def test_stop_when_consent_is_withdrawn_on_their_channel(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(contact_id=CONTACT, not_after=NOW + timedelta(hours=1)))
        await queue_requested_mail(session, make_envelope(asked, 1))
        await session.flush()

        await handle(session, consent(ConsentWithdrawn, "sms"))
        (message,) = await session.scalars(select(Message))
        before = message.status
        await handle(session, consent(ConsentWithdrawn))
        await handle(session, consent(ConsentWithdrawn))

        assert (before, message.status, message.reason) == ("queued", "cancelled", "consent-withdrawn")

    async def test_go_again_after_a_new_yes(self, session: AsyncSession) -> None:
        await handle(session, consent(ConsentWithdrawn))
        await handle(session, consent(ConsentGiven))
        asked = await requested(session, make_request(contact_id=CONTACT, not_after=NOW + timedelta(hours=1)))

        await queue_requested_mail(session, make_envelope(asked, 1))
        await session.flush()

        assert [each.status for each in await session.scalars(select(Message))] == ["queued"]

    async def test_to_the_forgotten_are_forgotten(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(not_after=NOW + timedelta(hours=1)))
        await queue_requested_mail(session, make_envelope(asked, 1))
        await session.flush()
        state = SubjectKeyState(subject_id=asked.subject_id, wrapped=None, erased_at=NOW)
        event = CustomerSubjectErased(subject_id=asked.subject_id, occurred_at=NOW, state=state)

        for _ in range(2):
            transaction = PostgresTransaction(session, "integration")
            await SubjectKeyApplier(blank).apply(transaction, [make_envelope(event, 3)])
        await session.flush()

        (message,) = await session.scalars(select(Message))
        assert (message.status, message.reason) == ("cancelled", "erased")


class TestNewOwner:
    @pytest.mark.parametrize("actor", ["user:00000000-0000-0000-0000-000000000001", "system", None])
    async def test_hears_of_what_somebody_else_gave_him(
        self, session: AsyncSession, actor: str | None
    ) -> None:
        lead = make_lead(owner_id=uid(2))

        await handle(session, fact(LeadAssigned, lead, "lead_id", from_owner_id=uid(1)), actor=actor)

        assert await notifications(session) == [(uid(2), "lead-assigned", {})]

    @pytest.mark.parametrize("prefix", ["user:", "system:user:"])
    async def test_hears_nothing_of_what_he_did_himself(self, session: AsyncSession, prefix: str) -> None:
        lead = make_lead(owner_id=uid(2))

        await handle(session, fact(LeadCaptured, lead, "lead_id"), actor=f"{prefix}{uid(2)}")

        assert await notifications(session) == []

    async def test_hears_of_an_opportunity_and_a_ticket_too(self, session: AsyncSession) -> None:
        opportunity = make_opportunity(make_pipeline(), owner_id=uid(1))
        state = ticket(owner_id=uid(2))

        await handle(session, fact(OpportunityAssigned, opportunity, "opportunity_id", from_owner_id=uid(2)))
        await handle(
            session, TicketAssigned(ticket_id=state.id, occurred_at=NOW, state=state, from_owner_id=None)
        )

        assert await notifications(session) == [
            (uid(1), "opportunity-assigned", {}),
            (uid(2), "ticket-assigned", {"number": "T-7"}),
        ]

    @pytest.mark.parametrize("owner", [3, 99, None], ids=["inactive", "unknown", "nobody"])
    async def test_is_somebody_who_can_sign_in(self, session: AsyncSession, owner: int | None) -> None:
        state = ticket(owner_id=uid(owner) if owner else None)

        await handle(
            session, TicketAssigned(ticket_id=state.id, occurred_at=NOW, state=state, from_owner_id=None)
        )

        assert await notifications(session) == []

    @pytest.mark.parametrize("field", ["time", "occurred_at"])
    async def test_hears_nothing_of_history(self, session: AsyncSession, field: str) -> None:
        long_ago = NOW - timedelta(days=2)
        at = long_ago if field == "occurred_at" else NOW
        event = fact(LeadAssigned, make_lead(owner_id=uid(2)), "lead_id", at, from_owner_id=uid(1))

        await handle(session, event, time=long_ago if field == "time" else NOW)

        assert await notifications(session) == []


class TestTickets:
    @pytest.mark.parametrize(
        ("event", "kind"), [(TicketSlaWarned, "sla-warned"), (TicketSlaBreached, "sla-breached")]
    )
    async def test_that_are_late_are_told_to_assignee_and_followers(
        self, session: AsyncSession, event: type[TicketSlaWarned | TicketSlaBreached], kind: str
    ) -> None:
        state = ticket(owner_id=uid(1), follower_ids=(uid(2), uid(1)))

        await handle(
            session,
            event(ticket_id=state.id, occurred_at=NOW, state=state, clock="resolution", due_at=NOW),
        )

        facts = {"number": "T-7", "clock": "resolution", "due_at": NOW.isoformat()}
        assert await notifications(session) == [(uid(1), kind, facts), (uid(2), kind, facts)]

    async def test_that_were_rated_low_are_told_to_the_assignee(self, session: AsyncSession) -> None:
        state = SurveyState(
            id=new_id(),
            ticket_id=new_id(),
            subject_id=new_id(),
            channel="email",
            score=1,
            created_at=NOW,
            updated_at=NOW,
        )

        await handle(
            session,
            SurveyLowScoreReceived(
                survey_id=state.id, occurred_at=NOW, state=state, score=1, owner_id=uid(1)
            ),
        )

        assert await notifications(session) == [(uid(1), "low-score", {"score": "1"})]


class TestWebhooks:
    @pytest.mark.parametrize(("reason", "count"), [("failing", 1), ("gone", 1), ("by-choice", 0)])
    async def test_that_were_turned_off_are_told_to_their_owner(
        self, session: AsyncSession, reason: str, count: int
    ) -> None:
        webhook = make_webhook(owner_id=uid(1))
        webhook.disable(reason, NOW)

        await handle(session, fact(WebhookDisabled, webhook, "webhook_id"))

        assert len(await notifications(session)) == count


class TestEverything:
    def came(self, number: int) -> list[Envelope]:
        products = [make_product() for _ in range(number)]
        return [make_envelope(each.__dict__["_waiting"][0].event, 1) for each in products]

    async def test_keeps_records_and_deliveries_together(self, session: AsyncSession) -> None:
        await kept(session, make_webhook())
        envelopes = self.came(3)

        for _ in range(2):
            await EVERYTHING.applier.apply(PostgresTransaction(session, "integration"), envelopes)

        records = (await session.execute(select(record_access.c.id))).all()
        rows = (await session.execute(select(delivery.c.event_id))).all()
        assert {row.id for row in records} == {UUID(each.key) for each in envelopes}
        assert {row.event_id for row in rows} == {each.id for each in envelopes}

    def test_reads_every_topic_of_records(self) -> None:
        assert {"crm.sales.lead", "crm.ticketing.ticket", "crm.integration.webhook"} <= set(EVERYTHING.topics)
        assert not any(topic.endswith((".subject-key", ".dlq")) for topic in EVERYTHING.topics)
