"""A toy aggregate's events: what the event path carries when no service is under test."""

from datetime import UTC, datetime
from uuid import UUID

from libs.common.bus import Message
from libs.common.envelope import Attributes, headers, wire
from libs.common.events import Event
from libs.common.ids import new_id

TOPIC = "crm.toy.thing"


class ThingHappened(Event, type="toy.thing.happened.v1", key="thing_id"):
    """Step `step` of one thing; `needs` names a thing that must be known first."""

    thing_id: UUID
    step: int
    needs: str | None = None


def wire_headers(sequence: int, *, epoch: int = 1, kind: str = ThingHappened.type) -> dict[str, str]:
    attributes = Attributes(
        id=new_id(),
        type=kind,
        source="toy",
        time=datetime.now(UTC),
        subject="thing",
        sequence=sequence,
        actor="tester",
        correlation_id="test",
    )
    return headers(attributes) | {"ce_epoch": str(epoch)}


def body(key: UUID, step: int, needs: str | None = None) -> bytes:
    fact = ThingHappened(thing_id=key, step=step, needs=needs, occurred_at=datetime.now(UTC))
    return fact.model_dump_json().encode()


def message(key: UUID, sequence: int, value: bytes | None = None, **options: object) -> Message:
    """An event of a thing as the relay would send it; `value` replaces the body."""
    named = wire_headers(sequence, **options)  # type: ignore[arg-type]
    return Message(TOPIC, str(key).encode(), value if value is not None else body(key, sequence), wire(named))
