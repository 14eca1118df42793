"""Messages, webhooks, notifications and what they are made of, valid by default."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.events import State
from libs.common.ids import new_id
from libs.contracts.mail import LinkMailRequested
from services.integration.messages.model import Message
from services.integration.notifications.model import Notification
from services.integration.webhooks.model import Webhook

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class LetterState(State):
    """What a toy producer tells of a letter."""

    id: UUID
    owner_id: UUID | None = None


class LetterMailRequested(LinkMailRequested, type="toy.letter.mail_requested.v1", key="letter_id"):
    """A toy producer wants a mail to be sent."""

    letter_id: UUID
    state: LetterState


def make_request(*, owner_id: UUID | None = None, **details: Any) -> LetterMailRequested:
    letter_id = new_id()
    facts = {
        "mail_id": new_id(),
        "message_id": f"<{letter_id}@plexus.example>",
        "subject_id": new_id(),
        "contact_id": new_id(),
        "purpose": "marketing",
        "to": "li.wei@example.com",
        "subject_line": "Spring offer",
        "text": "Dear Li Wei",
        "html": "<p>Dear Li Wei</p>",
        "from_name": "Acme",
        "list_unsubscribe_url": "https://crm.example/l/u/token",
        "not_after": NOW + timedelta(hours=12),
        **details,
    }
    state = LetterState(id=letter_id, owner_id=owner_id)
    return LetterMailRequested(letter_id=letter_id, occurred_at=NOW, state=state, **facts)


def make_message(**details: Any) -> Message:
    return Message.queue(make_request(**details), "letter", NOW)


def make_webhook(*, id: UUID | None = None, secret: str = "sealed", **details: Any) -> Webhook:
    facts = {
        "name": "Warehouse",
        "description": None,
        "url": "https://receiver.example/hook",
        "types": ["sales.*"],
        "filter": None,
        "is_active": True,
        "owner_id": UUID(int=1),
        **details,
    }
    return Webhook.subscribe(id, facts, secret, NOW)


def make_notification(
    *, owner_id: UUID | None = None, kind: str = "lead-assigned", at: datetime = NOW
) -> Notification:
    return Notification.create(new_id(), owner_id or UUID(int=1), kind, ("lead", new_id()), {}, at)
