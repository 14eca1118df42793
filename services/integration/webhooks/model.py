"""A webhook: a subscription to events that are posted to somebody's address, signed."""

from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.integration import (
    WebhookAssigned,
    WebhookDeleted,
    WebhookDisabled,
    WebhookEnabled,
    WebhookFact,
    WebhookRevised,
    WebhookSecretRotated,
    WebhookState,
    WebhookSubscribed,
)

register(
    {
        "webhook-disabled": ("The webhook is turned off", "该 Webhook 已停用"),
        "webhook-address-refused": (
            "Nothing may be sent to this address",
            "不允许向该地址发送",
        ),
    }
)

BY_CHOICE, FAILING, GONE = "by-choice", "failing", "gone"
DETAILS = ("name", "description", "url", "types", "filter")

_INSTANT = sa.DateTime(timezone=True)

# How a webhook's receiver fares. While failures are many, `resume_at` says when it is asked again.
webhook_health = sa.Table(
    "webhook_health",
    Base.metadata,
    sa.Column("webhook_id", sa.Uuid, primary_key=True),
    sa.Column("failures", sa.BigInteger, nullable=False),
    sa.Column("failing_since", _INSTANT),
    sa.Column("resume_at", _INSTANT),
    sa.Column("last_success_at", _INSTANT),
    sa.Column("last_failure_at", _INSTANT),
    sa.Column("last_status", sa.BigInteger),
    sa.Column("last_error", sa.Text),
)


class Webhook(Aggregate, External, Base):
    """The owner's subscription: it carries what he may read, and the secrets are sealed."""

    __tablename__ = "webhook"

    owner_id: Mapped[UUID]
    name: Mapped[str]
    description: Mapped[str | None]
    url: Mapped[str]
    host: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    filter: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    is_active: Mapped[bool]
    disabled_reason: Mapped[str | None]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_secret_until: Mapped[datetime | None]
    secret_rotated_at: Mapped[datetime | None]

    @classmethod
    def subscribe(cls, identity: UUID | None, details: dict[str, Any], secret: str, now: datetime) -> Self:
        """Subscribe; `details` holds DETAILS, owner_id, is_active and the external id, `secret` is sealed."""
        made = cls(
            id=identity or new_id(),
            host=_host(details["url"]),
            secret=secret,
            disabled_reason=None if details["is_active"] else BY_CHOICE,
            created_at=now,
            updated_at=now,
            **details,
        )
        made._tell(WebhookSubscribed, now)
        return made

    def revise(self, details: dict[str, Any], now: datetime) -> None:
        """Change name, address, types or filter."""
        self._demand_present()
        changed = {name: value for name, value in details.items() if value != getattr(self, name)}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.host, self.updated_at = _host(self.url), now
            self._tell(WebhookRevised, now)

    def assign(self, owner_id: UUID, now: datetime) -> None:
        """Give it to another owner: from now on it carries what he may read."""
        self._demand_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(WebhookAssigned, now, from_owner_id=before)

    def rotate_secret(self, secret: str, overlap: timedelta, now: datetime) -> None:
        """Sign with a new (sealed) secret, and with the old one as well until the overlap is over."""
        self._demand_present()
        self.previous_secret, self.previous_secret_until = self.secret, now + overlap
        self.secret, self.secret_rotated_at, self.updated_at = secret, now, now
        self._tell(WebhookSecretRotated, now)

    def disable(self, reason: str, now: datetime) -> None:
        """Deliver nothing any more; what matches meanwhile is held. Twice is once."""
        self._demand_present()
        if self.is_active:
            self.is_active, self.disabled_reason, self.updated_at = False, reason, now
            self._tell(WebhookDisabled, now)

    def enable(self, now: datetime) -> None:
        """Deliver again what comes from now on. Twice is once."""
        self._demand_present()
        if not self.is_active:
            self.is_active, self.disabled_reason, self.updated_at = True, None, now
            self._tell(WebhookEnabled, now)

    def delete(self, now: datetime) -> None:
        """End the subscription; its secrets are gone for good."""
        self._demand_present()
        self.deleted_at = self.updated_at = now
        self.is_active, self.disabled_reason = False, BY_CHOICE
        self.secret, self.previous_secret, self.previous_secret_until = "", None, None
        self._tell(WebhookDeleted, now)

    def demand_active(self) -> None:
        """Raise Conflict unless deliveries are made."""
        self._demand_present()
        if not self.is_active:
            raise Conflict("webhook-disabled")

    def state(self) -> WebhookState:
        """Return the public read shape; the address may hold a token, so only its host is told."""
        return WebhookState.model_validate(self, from_attributes=True)

    def _demand_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted")

    def _tell(self, kind: type[WebhookFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(kind(webhook_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
