"""What integration tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from plexus_crm.event import Event
from plexus_crm.model import Model


class MessageState(Model):
    """A mail on its way; `about_type` and `about_id` name the aggregate that asked for it. `status` is queued, sent, failed or cancelled; `reason` says why it failed or was cancelled, and `reply_code` is the mail server's (550, …), when it gave one. Neither text nor address are told."""

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


class NotificationState(Model):
    """A notice for one user (`owner_id`): what kind, about which record, with a few public facts."""

    id: UUID
    owner_id: UUID
    kind: str
    about_type: str
    about_id: UUID
    facts: dict[str, str]
    read_at: datetime | None


class WebhookState(Model):
    """A subscription to events over HTTP; of its address only the host is told. `disabled_reason` is `failing` when it was turned off because the receiver did not answer for days."""

    id: UUID
    owner_id: UUID
    name: str
    host: str
    types: tuple[str, ...]
    is_active: bool
    disabled_reason: str | None
    secret_rotated_at: datetime | None
    deleted_at: datetime | None


class MessageCancelled(
    Event, type="integration.message.cancelled.v1", topic="crm.integration.message", key="mail_id"
):
    """The message did not leave: consent was withdrawn, or the person was forgotten."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    state: MessageState


class MessageFailed(
    Event, type="integration.message.failed.v1", topic="crm.integration.message", key="mail_id"
):
    """The message can't be delivered, or could not be in its time."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    state: MessageState


class MessageQueued(
    Event, type="integration.message.queued.v1", topic="crm.integration.message", key="mail_id"
):
    """A message waits to be sent."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    state: MessageState


class MessageSent(Event, type="integration.message.sent.v1", topic="crm.integration.message", key="mail_id"):
    """The receiving side took the message."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    state: MessageState


class NotificationCreated(
    Event,
    type="integration.notification.created.v1",
    topic="crm.integration.notification",
    key="notification_id",
):
    """A user has something to look at."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    notification_id: UUID
    state: NotificationState


class NotificationRead(
    Event,
    type="integration.notification.read.v1",
    topic="crm.integration.notification",
    key="notification_id",
):
    """A user has looked at it."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    notification_id: UUID
    state: NotificationState


class WebhookAssigned(
    Event, type="integration.webhook.assigned.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """A webhook has another owner, and so sees what he sees."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState
    from_owner_id: UUID


class WebhookDeleted(
    Event, type="integration.webhook.deleted.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """The subscription has ended."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState


class WebhookDisabled(
    Event, type="integration.webhook.disabled.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """Nothing is delivered any more, by choice or because the receiver failed for days."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState


class WebhookEnabled(
    Event, type="integration.webhook.enabled.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """Deliveries go on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState


class WebhookRevised(
    Event, type="integration.webhook.revised.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """A webhook's name, address, types or filter changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState


class WebhookSecretRotated(
    Event, type="integration.webhook.secret_rotated.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """A webhook signs with a new secret, and with the old one for a while."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState


class WebhookSubscribed(
    Event, type="integration.webhook.subscribed.v1", topic="crm.integration.webhook", key="webhook_id"
):
    """Events are delivered to an address from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    webhook_id: UUID
    state: WebhookState
