"""Commands on messages: what is said, what the ticket makes of it, and whether a mail goes out."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound
from libs.contracts.ticketing import TicketMessageMailRequested
from services.ticketing.ticket_messages.commands import end_mail, erase_messages, post_message
from services.ticketing.ticket_messages.model import TicketMessage
from services.ticketing.ticket_messages.schemas import TicketMessageCreate
from services.ticketing.tickets.commands import open_ticket
from services.ticketing.tickets.model import Status, Ticket
from services.ticketing.tickets.schemas import TicketCreate
from tests.factories.directory import uid
from tests.factories.ticketing import NOW, make_message, make_queue, make_ticket
from tests.ticketing.acting import OWN, a_contact, an_actor, equip, kept, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session, support_address="help@support.example")


def said(kind: str = "reply", **fields: Any) -> TicketMessageCreate:
    return TicketMessageCreate.model_validate({"kind": kind, "body": "Try it again.", **fields})


async def opened(session: AsyncSession, **fields: Any) -> Ticket:
    asked = TicketCreate.model_validate({"subject": "It does not work", "channel": "email", **fields})
    ticket = await open_ticket(session, asked, an_actor(), NOW)
    await session.flush()
    session.info["recorded"] = []
    return ticket


async def posted(session: AsyncSession, ticket: Ticket, **fields: Any) -> TicketMessage:
    message = await post_message(session, ticket.id, said(**fields), an_actor(), LATER)
    await session.flush()
    return message


class TestReply:
    async def test_is_the_first_answer_once(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        await posted(session, ticket)
        await posted(session, ticket)

        assert kinds(session) == ["TicketMessagePosted", "TicketFirstResponded", "TicketMessagePosted"]
        assert (ticket.first_responded_at, ticket.status) == (LATER, "in-progress")

    async def test_goes_to_the_contact_as_a_mail(self, session: AsyncSession) -> None:
        ticket = await opened(session, contact_id=await a_contact(session))

        message = await posted(session, ticket)

        mail = next(one for one in recorded(session) if isinstance(one, TicketMessageMailRequested))
        assert (mail.to, mail.text, mail.purpose) == ("wei@example.com", "Try it again.", "service")
        assert mail.subject_line == f"[{ticket.number}] It does not work"
        assert (mail.message_id, mail.reply_to) == (f"<{message.id}@support.example>", "help@support.example")
        assert (mail.in_reply_to, mail.not_after) == (None, LATER + timedelta(hours=24))
        assert (mail.contact_id, mail.subject_id) == (ticket.contact_id, ticket.subject_id)

    async def test_answers_the_mail_before(self, session: AsyncSession) -> None:
        ticket = await opened(session, contact_id=await a_contact(session))
        first = await posted(session, ticket)

        await posted(session, ticket)

        mails = [one for one in recorded(session) if isinstance(one, TicketMessageMailRequested)]
        assert mails[-1].in_reply_to == first.message_id

    async def test_makes_no_mail_for_who_has_no_address(self, session: AsyncSession) -> None:
        ticket = await opened(session, contact_id=await a_contact(session, email=None))

        message = await posted(session, ticket)

        assert (message.mail_status, "TicketMessageMailRequested" in kinds(session)) == (None, False)

    async def test_makes_no_mail_for_who_is_gone(self, session: AsyncSession) -> None:
        ticket = await opened(session, contact_id=await a_contact(session, deleted_at=NOW))

        assert (await posted(session, ticket)).mail_status is None

    async def test_of_the_past_was_sent_long_ago(self, session: AsyncSession) -> None:
        contact_id, then = await a_contact(session), NOW - timedelta(days=3)
        ticket = await opened(session, contact_id=contact_id, occurred_at=then)

        message = await posted(session, ticket, occurred_at=then + timedelta(hours=1))

        assert (message.mail_status, message.posted_at) == (None, then + timedelta(hours=1))
        assert ticket.first_responded_at == message.posted_at


class TestNote:
    async def test_is_no_answer_and_no_mail(self, session: AsyncSession) -> None:
        ticket = await opened(session, contact_id=await a_contact(session))

        note = await posted(session, ticket, kind="note")

        assert (kinds(session), ticket.first_responded_at) == (["TicketMessagePosted"], None)
        assert (note.author_id, note.mail_status) == (uid(1), None)


class TestInbound:
    async def test_wakes_a_ticket_that_waits(self, session: AsyncSession) -> None:
        ticket = await opened(session)
        ticket.pause(Status.WAITING_FOR_CUSTOMER, None, NOW, NOW)
        await session.flush()

        message = await posted(session, ticket, kind="inbound")

        assert kinds(session)[1:] == ["TicketMessagePosted", "TicketResumed"]
        assert (message.author_id, ticket.status_category) == (None, "open")

    async def test_opens_a_resolved_one_again(self, session: AsyncSession) -> None:
        ticket = await opened(session)
        ticket.resolve(None, NOW, NOW)
        await session.flush()

        await posted(session, ticket, kind="inbound")

        assert (kinds(session)[-1], ticket.reopened_count) == ("TicketReopened", 1)

    async def test_leaves_an_open_one_as_it_is(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        await posted(session, ticket, kind="inbound")

        assert (kinds(session), ticket.first_responded_at) == (["TicketMessagePosted"], None)


class TestPostMessage:
    async def test_is_open_to_the_queues_members(self, session: AsyncSession) -> None:
        queue = await kept(session, make_queue(uid(2), assignment="manual"))
        ticket = await opened(session, queue_id=queue.id)

        await post_message(session, ticket.id, said(), an_actor(number=2), LATER)

        with pytest.raises(NotFound):
            await post_message(session, ticket.id, said(), an_actor(number=3), LATER)

    async def test_rejects_words_about_who_was_forgotten(self, session: AsyncSession) -> None:
        ticket = await opened(session)
        ticket.erase(NOW)
        await session.flush()

        with pytest.raises(Conflict, match="erased"):
            await post_message(session, ticket.id, said(), an_actor(), LATER)

    async def test_rejects_what_was_said_before_it_was_opened(self, session: AsyncSession) -> None:
        ticket = await opened(session)
        early = said(occurred_at=NOW - timedelta(hours=1))

        with pytest.raises(Conflict, match="history-out-of-order"):
            await post_message(session, ticket.id, early, an_actor(), LATER)

    async def test_asks_for_the_right_to_write_the_past(self, session: AsyncSession) -> None:
        ticket = await opened(session)

        with pytest.raises(Forbidden):
            await post_message(session, ticket.id, said(occurred_at=NOW), an_actor(OWN), LATER)


class TestEndMail:
    async def test_keeps_what_became_of_it(self, session: AsyncSession) -> None:
        message = await kept(session, make_message(make_ticket()))

        await end_mail(session, message.id, "sent", None)
        await end_mail(session, new_id(), "sent", None)
        await session.flush()

        assert (kinds(session), message.mail_status) == (["TicketMessageDelivered"], "sent")


class TestEraseMessages:
    async def test_blanks_those_of_the_subject_alone(self, session: AsyncSession) -> None:
        one = await kept(session, make_message(make_ticket()))
        other = await kept(session, make_message(make_ticket()))

        await erase_messages(session, [one.subject_id], LATER)

        assert (one.body, other.body) == (ERASED, "Try it again.")
