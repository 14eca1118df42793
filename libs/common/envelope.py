"""CloudEvents 1.0 in binary mode on Kafka (https://github.com/cloudevents/spec, Kafka protocol binding)."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from libs.common.bus import Headers, Record
from libs.common.events import Event

CONTENT_TYPE = "application/json"
_MOST_KEPT, _LARGEST_KEPT = 4096, 16 * 1024


class PoisonError(Exception):
    """The record is not a CloudEvent, or breaks the schema of a type that we know."""


class Envelope(NamedTuple):
    """One event with its attributes; `event` is None when its type is unknown here."""

    id: UUID
    type: str
    source: str
    time: datetime
    subject: str
    key: str
    sequence: int
    epoch: int
    actor: str | None
    correlation_id: str | None
    traceparent: str | None
    record: Record
    event: Event | None


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the producer knows beside the event's body."""

    id: UUID
    type: str
    source: str
    time: datetime
    subject: str
    sequence: int
    actor: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


def headers(attributes: Attributes) -> dict[str, str]:
    """Return the Kafka headers of an event; the journal adds `ce_epoch` from the database itself."""
    named = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_id": str(attributes.id),
        "ce_type": attributes.type,
        "ce_source": attributes.source,
        "ce_time": attributes.time.isoformat(),
        "ce_subject": attributes.subject,
        "ce_sequence": str(attributes.sequence),
        "ce_actor": attributes.actor,
        "ce_correlationid": attributes.correlation_id,
        "ce_causationid": attributes.causation_id,
        "traceparent": attributes.traceparent,
    }
    return {name: value for name, value in named.items() if value is not None}


def encode(fields: Mapping[str, Any]) -> bytes:
    """Return a body as JSON, the same that pydantic makes of the model whose fields these are.

    Fields that nobody had to touch may still hold models.
    """
    try:
        return orjson.dumps(fields, default=_plain, option=orjson.OPT_UTC_Z)
    except TypeError:
        # Keys that are no texts are rare, and to allow for them costs more than the rest.
        return orjson.dumps(fields, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return dict(value) if value.model_extra else vars(value)
    return str(value) if isinstance(value, UUID) else to_jsonable_python(value)


def wire(named: dict[str, str]) -> Headers:
    """Return headers as the broker wants them."""
    return tuple((name, value.encode()) for name, value in named.items())


# A fifth of what the class itself takes.
_uuid = TypeAdapter(UUID).validator.validate_python
_RECENT: OrderedDict[tuple[str, int, int], Envelope] = OrderedDict()


def decode(record: Record) -> Envelope:
    """Return the envelope of a record; raises PoisonError when it can never be read.

    The groups of a process read the same records one shortly after the other: each is decoded once.
    """
    place = (record.topic, record.partition, record.offset)
    known = _RECENT.get(place)
    if known is not None and known.record == record:
        return known
    made = decoded(record)
    if len(record.value) <= _LARGEST_KEPT:
        _RECENT[place] = made
        if len(_RECENT) > _MOST_KEPT:
            _RECENT.popitem(last=False)
    return made


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def decoded(record: Record) -> Envelope:
    """Do the same for a record that nobody else reads just now."""
    try:
        named = dict(record.headers)
        if named["ce_specversion"] != b"1.0":
            raise PoisonError("ce_specversion is not 1.0")
        type = named["ce_type"].decode()
        kind = Event.registry.get(type)
        # A million records a rebuild come by here: in the envelope's order, and no header that it lacks.
        return Envelope(
            _uuid(named["ce_id"].decode()),
            type,
            named["ce_source"].decode(),
            datetime.fromisoformat(named["ce_time"].decode()),
            named.get("ce_subject", b"").decode(),
            record.key.decode(),
            int(named["ce_sequence"]),
            int(named.get("ce_epoch", b"1")),
            _text(named.get("ce_actor")),
            _text(named.get("ce_correlationid")),
            _text(named.get("traceparent")),
            record,
            kind.model_validate_json(record.value) if kind else None,
        )
    except KeyError as error:
        raise PoisonError(f"no header {error.args[0]}") from error
    except UnicodeDecodeError as error:
        raise PoisonError("not UTF-8") from error
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"])) + ": " + each["type"] for each in error.errors())
        raise PoisonError(f"breaks its schema at {places}") from error
    except ValueError as error:
        raise PoisonError("a header is malformed") from error
