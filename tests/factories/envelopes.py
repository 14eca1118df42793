"""Envelopes as a consumer hands them to an applier."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from libs.common.bus import Record
from libs.common.envelope import Attributes, Envelope, decode, headers, wire
from libs.common.events import Event
from libs.common.ids import new_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def make_envelope(
    event: Event, sequence: int, body: dict[str, Any] | None = None, epoch: int = 1
) -> Envelope:
    """An event on the wire and back; `body` replaces its JSON, as sealing does."""
    attributes = Attributes(
        id=new_id(),
        type=event.type,
        source="test",
        time=NOW,
        subject=str(event.subject),
        sequence=sequence,
        actor="system",
        correlation_id="test",
    )
    named = headers(attributes) | {"ce_epoch": str(epoch)}
    value = orjson.dumps(body or event.model_dump(mode="json"))
    return decode(Record(event.topic, 0, sequence, NOW, str(event.aggregate_id).encode(), value, wire(named)))


def make_unknown(topic: str, key: UUID, sequence: int) -> Envelope:
    """An event of a type that this release has not heard of."""
    attributes = Attributes(
        new_id(), "auth.directory.team_formed.v1", "test", NOW, "x", sequence, "system", "t"
    )
    named = headers(attributes) | {"ce_epoch": "1"}
    return decode(Record(topic, 0, sequence, NOW, str(key).encode(), b"{}", wire(named)))
