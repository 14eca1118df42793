"""What a message tells, and what becomes of its mail."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.contracts.ticketing import (
    TicketMessageDelivered,
    TicketMessageErased,
    TicketMessageMailRequested,
    TicketMessagePosted,
    TicketMessageUndelivered,
)
from tests.factories.records import told
from tests.factories.ticketing import NOW, make_message, make_ticket

LATER = NOW + timedelta(hours=1)
MAIL: dict[str, Any] = {
    "message_id": "<1@support.example>",
    "contact_id": new_id(),
    "purpose": "service",
    "to": "wei@example.com",
    "subject_line": "[T-000001] Help",
    "text": "Try it again.",
    "not_after": LATER,
}


class TestPost:
    def test_records_what_was_said(self) -> None:
        ticket = make_ticket()

        message = make_message(ticket, kind="note", body="He is angry.")

        (posted,) = told(message)
        assert posted == TicketMessagePosted(
            ticket_message_id=message.id, occurred_at=NOW, state=message.state()
        )
        assert (posted.state.ticket_id, posted.state.kind) == (ticket.id, "note")
        assert (posted.state.subject_id, posted.state.mail_status) == (ticket.subject_id, None)


class TestAskMail:
    def test_records_the_mail_that_is_to_go(self) -> None:
        message = make_message(make_ticket())

        message.ask_mail(MAIL, LATER)

        mail = told(message)[-1]
        assert isinstance(mail, TicketMessageMailRequested)
        assert (mail.mail_id, mail.to, mail.text) == (message.id, "wei@example.com", "Try it again.")
        assert (mail.state.mail_status, mail.state.message_id) == ("queued", "<1@support.example>")
        assert mail.subject_id == message.subject_id


class TestMailEnded:
    def test_records_that_it_left(self) -> None:
        message = make_message(make_ticket())
        message.ask_mail(MAIL, NOW)

        for _ in range(2):
            message.mail_ended("sent", None, LATER)

        assert [type(event) for event in told(message)[2:]] == [TicketMessageDelivered]
        assert message.mail_status == "sent"

    @pytest.mark.parametrize(
        ("status", "reason", "told_reason"),
        [("failed", "550", "550"), ("cancelled", None, "cancelled")],
        ids=["failed", "cancelled"],
    )
    def test_records_why_it_did_not(self, status: str, reason: str | None, told_reason: str) -> None:
        message = make_message(make_ticket())

        message.mail_ended(status, reason, LATER)

        undelivered = told(message)[-1]
        assert isinstance(undelivered, TicketMessageUndelivered)
        assert (undelivered.reason, undelivered.state.mail_status) == (told_reason, status)


class TestErase:
    def test_blanks_what_was_said_once(self) -> None:
        message = make_message(make_ticket())

        for _ in range(2):
            message.erase(LATER)

        assert [type(event) for event in told(message)[1:]] == [TicketMessageErased]
        assert (message.body, message.erased_at) == (ERASED, LATER)
