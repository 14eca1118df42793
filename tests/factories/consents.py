"""A consent, given by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.customer.consents.model import Consent

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVIDENCE = {"wording_version": "2026-01", "source": "web form", "proof": "He ticked the box."}


def make_consent(
    *,
    contact_id: UUID | None = None,
    subject_id: UUID | None = None,
    purpose: str = "marketing",
    channel: str = "email",
    at: datetime = NOW,
    **evidence: Any,
) -> Consent:
    consent = Consent.about(contact_id or new_id(), subject_id or new_id(), purpose, channel, NOW)
    consent.give(EVIDENCE | evidence, at, NOW)
    return consent
