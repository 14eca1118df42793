"""What ticketing does with what others tell; each event comes twice and counts once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.customer import ContactCreated, ContactState
from libs.contracts.integration import MessageCancelled, MessageFailed, MessageSent, MessageState
from libs.contracts.subjects import CustomerSubjectErased, SubjectKeyState
from libs.contracts.ticketing import TicketClosed
from libs.platform.references.people import PeopleApplier, people, person_at
from libs.platform.references.replica import subject_behind
from libs.platform.references.tables import reference
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import SubjectKeyApplier
from libs.platform.subjects.sealing import seal_model
from services.ticketing.handlers import HANDLERS, blank
from services.ticketing.surveys.queries import latest_of
from services.ticketing.tickets.model import Ticket
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.ticketing import NOW, make_message, make_survey, make_ticket
from tests.ticketing.acting import a_contact, equip, kept, kinds


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def handle(session: AsyncSession, event: Event) -> None:
    """Let the event come twice."""
    for _ in range(2):
        for each in HANDLERS[type(event)]:
            await each.function(session, make_envelope(event, 2))
        await session.flush()


async def a_ticket(session: AsyncSession, contact_id: UUID | None = None) -> Ticket:
    subject_id = new_id() if contact_id is None else await subject_behind(session, "contact", contact_id)
    ticket = make_ticket(contact_id=contact_id, subject_id=subject_id, number=f"T-{new_id()}")
    return await kept(session, ticket)


def ended(about_type: str, about_id: UUID, status: str) -> MessageState:
    return MessageState(
        id=new_id(),
        owner_id=None,
        about_type=about_type,
        about_id=about_id,
        contact_id=None,
        subject_id=new_id(),
        channel="email",
        purpose="service",
        message_id="<1@support.example>",
        status=status,
        attempts=1,
        reason=None if status == "sent" else "no such mailbox",
        reply_code=None,
        not_after=NOW,
        finished_at=NOW,
    )


class TestTicketClosed:
    async def test_asks_the_customer_once(self, session: AsyncSession) -> None:
        equip(session, survey_pause_days=0)
        ticket = await a_ticket(session, await a_contact(session))
        ticket.close(None, NOW, NOW)
        await session.flush()
        session.info["recorded"] = []

        closed = TicketClosed(ticket_id=ticket.id, occurred_at=NOW, state=ticket.state(), from_status="new")
        await handle(session, closed)

        assert kinds(session) == ["SurveyPrepared", "SurveyMailRequested"]
        assert await latest_of(session, ticket.id) is not None

    async def test_of_a_loaded_past_asks_nobody(self, session: AsyncSession) -> None:
        then = NOW - timedelta(days=90)
        ticket = await a_ticket(session, await a_contact(session))
        ticket.close(None, then, NOW)
        await session.flush()
        session.info["recorded"] = []

        closed = TicketClosed(ticket_id=ticket.id, occurred_at=then, state=ticket.state(), from_status="new")
        await handle(session, closed)

        assert kinds(session) == []


class TestMail:
    async def test_that_left_is_noted_on_its_message(self, session: AsyncSession) -> None:
        message = await kept(session, make_message(await a_ticket(session)))

        state = ended("ticket-message", message.id, "sent")
        await handle(session, MessageSent(mail_id=message.id, occurred_at=NOW, state=state))

        assert (kinds(session), message.mail_status) == (["TicketMessageDelivered"], "sent")

    @pytest.mark.parametrize(("fact", "status"), [(MessageFailed, "failed"), (MessageCancelled, "cancelled")])
    async def test_that_did_not_is_noted_on_its_survey(
        self, session: AsyncSession, fact: type[MessageFailed | MessageCancelled], status: str
    ) -> None:
        survey = await kept(session, make_survey(await a_ticket(session)))

        state = ended("survey", survey.id, status)
        await handle(session, fact(mail_id=survey.id, occurred_at=NOW, state=state))

        assert (kinds(session), survey.mail_status) == (["SurveyUndelivered"], status)

    async def test_of_others_is_none_of_ours(self, session: AsyncSession) -> None:
        state = ended("campaign-member", new_id(), "sent")

        await handle(session, MessageSent(mail_id=new_id(), occurred_at=NOW, state=state))

        assert kinds(session) == []


class TestBlank:
    async def forget(self, session: AsyncSession, subject_id: UUID) -> None:
        """Let customer's erasure come twice."""
        state = SubjectKeyState(subject_id=subject_id, wrapped=None, erased_at=NOW, linked=())
        event = CustomerSubjectErased(subject_id=subject_id, occurred_at=NOW, state=state)
        for _ in range(2):
            transaction = PostgresTransaction(session, "ticketing")
            await SubjectKeyApplier(blank).apply(transaction, [make_envelope(event, 3)])
            await session.flush()

    async def test_takes_all_that_was_said_of_the_person(self, session: AsyncSession) -> None:
        contact_id = await a_contact(session)
        ticket, other = await a_ticket(session, contact_id), await a_ticket(session)
        message = await kept(session, make_message(ticket))
        survey = make_survey(ticket)
        survey.answer(4, "I am Wei Li", NOW, NOW, low=2, owner_id=uid(1))
        await kept(session, survey)

        await self.forget(session, ticket.subject_id)

        assert kinds(session) == ["TicketErased", "TicketMessageErased", "SurveyErased"]
        assert [ticket.subject, message.body, survey.comment] == [ERASED] * 3
        assert (other.subject, survey.score) == ("It does not work", 4)
        assert await person_at(session, contact_id) is None
        row = (await session.execute(select(people).where(people.c.id == contact_id))).mappings().one()
        assert (row["email"], row["family_name"]) == (ERASED, ERASED)

    async def test_takes_a_ticket_whose_own_subject_was_linked(self, session: AsyncSession) -> None:
        contact_id, minted = await a_contact(session), mint(session)
        await session.flush()
        subject_id = await subject_behind(session, "contact", contact_id)
        assert subject_id is not None
        (await session.get_one(SubjectKey, minted)).link(subject_id, NOW)
        ticket = await kept(session, make_ticket(subject_id=minted))

        await self.forget(session, subject_id)

        assert ticket.subject == ERASED


class TestPeople:
    async def told(self, session: AsyncSession, version: int, **facts: str | None) -> UUID:
        """What customer says of a contact, on the wire; twice."""
        contact_id, subject_id = UUID(int=77), mint(session)
        await session.flush()
        named = {"family_name": "Li", "given_name": "Wei", "email": "wei@example.com", "language": "zh"}
        place = {"id": contact_id, "owner_id": uid(1), "created_at": NOW, "updated_at": NOW}
        state = ContactState.model_validate(place | named | facts | {"subject_id": subject_id})
        event = ContactCreated(contact_id=contact_id, occurred_at=NOW, state=state)
        keys = await load_keys(session, session.info["ring"], [subject_id])
        for _ in range(2):
            envelope = make_envelope(event, version, seal_model(event, keys))
            await PeopleApplier().apply(PostgresTransaction(session, "ticketing"), [envelope])
        return contact_id

    async def test_are_kept_with_their_addresses(self, session: AsyncSession) -> None:
        contact_id = await self.told(session, 1)

        person = await person_at(session, contact_id)

        assert person is not None
        assert (person["email"], person["language"], person["given_name"]) == ("wei@example.com", "zh", "Wei")
        known = select(reference.c.label).where(reference.c.id == contact_id)
        assert (await session.execute(known)).scalar_one() == "Wei Li"

    async def test_are_as_the_newest_event_says(self, session: AsyncSession) -> None:
        await self.told(session, 5, email="new@example.com")
        contact_id = await self.told(session, 4, email="old@example.com")

        person = await person_at(session, contact_id)

        assert person is not None
        assert person["email"] == "new@example.com"


def test_ticketing_reacts_to_nothing_else() -> None:
    assert set(HANDLERS) == {TicketClosed, MessageSent, MessageFailed, MessageCancelled}
