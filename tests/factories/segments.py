"""A segment and a member, valid by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.customer.segment_members.model import Reason, SegmentMember
from services.customer.segments.model import Segment

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHINESE = {"field": "contact.language", "op": "eq", "value": "zh"}


def make_segment(*, kind: str = "dynamic", name: str = "Speaks Chinese", **details: Any) -> Segment:
    rule = {"filter": CHINESE if kind == "dynamic" else None, "description": None, "owner_id": None}
    return Segment.define({"name": name, "kind": kind} | rule | details, NOW, NOW)


def make_member(
    *, segment_id: UUID | None = None, contact_id: UUID | None = None, reason: Reason = Reason.ADDED
) -> SegmentMember:
    return SegmentMember.create(segment_id or new_id(), contact_id or new_id(), reason, NOW)
