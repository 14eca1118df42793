"""What integration tells the world: messages that left, webhooks, notifications."""

from datetime import datetime
from uuid import UUID

from libs.common.events import Event, State


class MessageState(State):
    """A mail on its way; `about_type` and `about_id` name the aggregate that asked for it.

    `status` is queued, sent, failed or cancelled; `reason` says why it failed or was cancelled, and
    `reply_code` is the mail server's (550, …), when it gave one. Neither text nor address are told.
    """

    id: UUID
    owner_id: UUID | None
    about_type: str
    about_id: UUID
    contact_id: UUID | None
    subject_id: UUID
    channel: str
    purpose: str
    message_id: str
    status: str
    attempts: int
    reason: str | None
    reply_code: int | None
    not_after: datetime
    finished_at: datetime | None


class MessageFact(Event):
    """What every event of a message carries."""

    mail_id: UUID
    state: MessageState


class MessageQueued(MessageFact, type="integration.message.queued.v1", key="mail_id"):
    """A message waits to be sent."""


class MessageSent(MessageFact, type="integration.message.sent.v1", key="mail_id"):
    """The receiving side took the message."""


class MessageFailed(MessageFact, type="integration.message.failed.v1", key="mail_id"):
    """The message can't be delivered, or could not be in its time."""


class MessageCancelled(MessageFact, type="integration.message.cancelled.v1", key="mail_id"):
    """The message did not leave: consent was withdrawn, or the person was forgotten."""


class WebhookState(State):
    """A subscription to events over HTTP; of its address only the host is told.

    `disabled_reason` is `failing` when it was turned off because the receiver did not answer for days.
    """

    id: UUID
    owner_id: UUID
    name: str
    host: str
    types: tuple[str, ...]
    is_active: bool
    disabled_reason: str | None
    secret_rotated_at: datetime | None
    deleted_at: datetime | None


class WebhookFact(Event):
    """What every event of a webhook carries."""

    webhook_id: UUID
    state: WebhookState


class WebhookSubscribed(WebhookFact, type="integration.webhook.subscribed.v1", key="webhook_id"):
    """Events are delivered to an address from now on."""


class WebhookRevised(WebhookFact, type="integration.webhook.revised.v1", key="webhook_id"):
    """A webhook's name, address, types or filter changed."""


class WebhookAssigned(WebhookFact, type="integration.webhook.assigned.v1", key="webhook_id"):
    """A webhook has another owner, and so sees what he sees."""

    from_owner_id: UUID


class WebhookSecretRotated(WebhookFact, type="integration.webhook.secret_rotated.v1", key="webhook_id"):
    """A webhook signs with a new secret, and with the old one for a while."""


class WebhookDisabled(WebhookFact, type="integration.webhook.disabled.v1", key="webhook_id"):
    """Nothing is delivered any more, by choice or because the receiver failed for days."""


class WebhookEnabled(WebhookFact, type="integration.webhook.enabled.v1", key="webhook_id"):
    """Deliveries go on."""


class WebhookDeleted(WebhookFact, type="integration.webhook.deleted.v1", key="webhook_id"):
    """The subscription has ended."""


class NotificationState(State):
    """A notice for one user (`owner_id`): what kind, about which record, with a few public facts."""

    id: UUID
    owner_id: UUID
    kind: str
    about_type: str
    about_id: UUID
    facts: dict[str, str]
    read_at: datetime | None


class NotificationFact(Event):
    """What every event of a notification carries."""

    notification_id: UUID
    state: NotificationState


class NotificationCreated(
    NotificationFact, type="integration.notification.created.v1", key="notification_id"
):
    """A user has something to look at."""


class NotificationRead(NotificationFact, type="integration.notification.read.v1", key="notification_id"):
    """A user has looked at it."""
