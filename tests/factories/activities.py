"""An activity, valid by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.customer.activities.model import Activity

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def make_activity(
    *, id: UUID | None = None, kind: str = "call", subject: str = "Ask about the offer", **details: Any
) -> Activity:
    details = {"subject_id": new_id(), "owner_id": None, **details}
    return Activity.create(id or new_id(), {"kind": kind, "subject": subject, **details}, NOW, NOW)
