"""The rules of a message."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.common.problems import Conflict
from libs.contracts.integration import MessageCancelled, MessageFailed, MessageQueued, MessageSent
from services.integration.messages.model import Message
from tests.factories.integration import NOW, make_message

LATER = NOW + timedelta(minutes=1)


def told(message: Message) -> list[type]:
    return [type(each.event) for each in message.__dict__["_waiting"]]


class TestMessage:
    def test_belongs_to_whoever_owns_what_asked_for_it(self) -> None:
        message = make_message(owner_id=UUID(int=5))

        assert (message.owner_id, message.status, told(message)) == (UUID(int=5), "queued", [MessageQueued])

    def test_tells_neither_text_nor_address(self) -> None:
        (waiting,) = make_message(to="li.wei@example.com", text="Secret").__dict__["_waiting"]

        body = waiting.event.model_dump_json()
        assert "li.wei" not in body
        assert "Secret" not in body

    def test_is_sent(self) -> None:
        message = make_message()

        message.mark_sent(2, LATER)

        assert (message.status, message.attempts, message.finished_at) == ("sent", 2, LATER)
        assert told(message)[-1] is MessageSent

    def test_fails_with_the_servers_code(self) -> None:
        message = make_message()

        message.fail("refused", LATER, attempts=1, reply_code=550)

        assert (message.status, message.reason, message.reply_code) == ("failed", "refused", 550)
        assert told(message)[-1] is MessageFailed

    def test_is_cancelled_while_it_waits(self) -> None:
        message = make_message()

        message.cancel("consent-withdrawn", LATER)

        assert (message.status, message.reason) == ("cancelled", "consent-withdrawn")
        assert told(message)[-1] is MessageCancelled
        with pytest.raises(Conflict, match="not-queued"):
            message.cancel("erased", LATER)
