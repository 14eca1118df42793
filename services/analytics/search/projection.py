"""What every record is called and found by; what is personal of it goes when the person is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import direct
from libs.common.crypto import ERASED, KekRing
from libs.common.envelope import Envelope
from libs.common.events import Event, FieldClass, State, aggregate_of
from libs.common.projection import arrays
from libs.common.sounds import words
from libs.platform.records.kinds import topics
from libs.platform.references.replica import label_of
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from libs.platform.subjects.marks import classes_of
from libs.platform.subjects.sealing import open_event, subjects_to_open
from libs.platform.subjects.waiting import unopenable

type Row = dict[str, Any]

# Digits of a phone number by whose hash a record is found: the last four, and enough to be a whole number.
SHORT_TAIL, LONG_TAIL = 4, 8


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that name a record, that tell it from its namesakes, and that it is found by as well."""

    title: tuple[str, ...] = ("name",)
    subtitle: str | None = None
    more: tuple[str, ...] = ()


_PERSON = ("family_name", "given_name")
_NAMED = Shape()
SHAPES = {
    "account": Shape(subtitle="industry", more=("website", "external_id", "country")),
    "contact": Shape(_PERSON, "email", ("title", "external_id")),
    "lead": Shape(_PERSON, "company_name", ("email", "title", "source")),
    "opportunity": _NAMED,
    "pipeline": _NAMED,
    "product": Shape(subtitle="code", more=("series",)),
    "segment": Shape(subtitle="kind"),
    "template": Shape(subtitle="subject"),
    "campaign": Shape(subtitle="status"),
    "ticket": Shape(("subject",), "number", ("category", "external_id")),
    "queue": _NAMED,
    "sla-policy": _NAMED,
    "calendar": _NAMED,
}
_COLUMNS = {
    **dict.fromkeys(("id", "subject_id", "owner_id"), "uuid"),
    **dict.fromkeys(("type", "title", "subtitle", "kept_title", "kept_subtitle"), "text"),
    "updated_at": "timestamptz",
    "is_hidden": "boolean",
}
# Arrays of arrays are flattened by unnest, so words travel as one text; none of them holds a space.
_WORDS = ("words", "kept_words")
_NAMES = (*_COLUMNS, *_WORDS)
_KEEP = text(f"""
INSERT INTO search_record ({", ".join(_NAMES)})
SELECT {", ".join(_COLUMNS)}, {", ".join(f"string_to_array({name}, ' ')" for name in _WORDS)}
FROM unnest({", ".join(f"CAST(:{name} AS {_COLUMNS.get(name, 'text')}[])" for name in _NAMES)})
  AS r({", ".join(_NAMES)})
ON CONFLICT (type, id) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in {"type", "id"})}
""")  # noqa: S608 - our own names
_VERSIONS = text("SELECT version FROM public.projection_version WHERE model = 'search'")


class Search:
    """The read model."""

    name = "search"
    topics = tuple(topic for topic in topics() if aggregate_of(topic) in SHAPES)
    tables = ("search_record",)
    ddl = """
    CREATE TABLE search_record (
      type text NOT NULL, id uuid NOT NULL, subject_id uuid, owner_id uuid, title text NOT NULL,
      subtitle text, kept_title text NOT NULL, kept_subtitle text, updated_at timestamptz NOT NULL,
      is_hidden boolean NOT NULL, words text[] NOT NULL, kept_words text[] NOT NULL, PRIMARY KEY (type, id)
    );
    CREATE INDEX ON search_record USING gin (words);
    CREATE INDEX ON search_record (subject_id) WHERE subject_id IS NOT NULL
    """

    async def late(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> Sequence[Envelope]:
        """Return the events of people whose key has not come."""
        records = [each for each in envelopes if each.event and _is_record(each.event)]
        return await unopenable(session, records, people=_people)

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Keep the newest name of each record; NotYetError when a key has not come."""
        known = (each for each in envelopes if each.event and _is_record(each.event))
        newest = {(each.record.topic, each.key): each for each in known}
        events = [each.event for each in newest.values() if each.event]
        ring: KekRing = session.info["ring"]
        people = frozenset[UUID]().union(*map(_people, events))
        keys = await load_keys(session, ring, people, hold=True)
        rows = [record(newest[key], ring, keys) for key in sorted(newest)]
        if rows:
            await direct.run(session, _KEEP, arrays(_NAMES, rows))


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _at: datetime) -> None:
    """Leave of erased subjects' records what is not personal, in every version of the model."""
    for version in (await session.scalars(_VERSIONS)).all():
        await session.execute(
            text(
                f"UPDATE search_v{int(version)}.search_record"  # noqa: S608 - a number of our own
                " SET title = kept_title, subtitle = kept_subtitle, words = kept_words"
                " WHERE subject_id = ANY(:ids)"
            ),
            {"ids": list(subject_ids)},
        )


def record(envelope: Envelope, ring: KekRing, keys: KeysAtHand) -> Row:
    """Return what is kept of a record; of an erased person's, only what is not personal."""
    event = envelope.event
    assert event is not None  # noqa: S101 - the fold leaves unknown types out
    name, opened = aggregate_of(event.topic), _state(open_event(event, keys))
    shape, subject = SHAPES[name], _subject(opened)
    kept = opened.model_copy(update=dict.fromkeys(classes_of(type(opened))))
    told = kept if subject and keys.find(subject) is None else opened
    kept_words = words(_texts(shape, kept))
    return {
        "type": name,
        "id": event.aggregate_id,
        "subject_id": subject,
        "owner_id": getattr(opened, "owner_id", None),
        "title": _title(shape, told),
        "subtitle": _subtitle(shape, told),
        "kept_title": _title(shape, kept),
        "kept_subtitle": _subtitle(shape, kept),
        "updated_at": getattr(opened, "updated_at", None) or envelope.time,
        "is_hidden": bool(getattr(opened, "deleted_at", None) or getattr(opened, "merged_into_id", None)),
        "words": " ".join(sorted({*words(_texts(shape, told)), *_tails(told, ring)})),
        "kept_words": " ".join(kept_words),
    }


def _is_record(event: Event) -> bool:
    return isinstance(dict(event).get("state"), State)


def tail(digits: str, length: int, ring: KekRing) -> str:
    """Return the token by which a phone number is found by so many of its last digits."""
    return f"#{ring.blind_index(f'search-{length}', digits[-length:])[:16]}"


def _tails(state: State, ring: KekRing) -> list[str]:
    phone = getattr(state, "phone", None)
    if not phone or classes_of(type(state)).get("phone") is not FieldClass.SENSITIVE:
        return []
    digits = "".join(each for each in phone if each.isdecimal())
    return [tail(digits, length, ring) for length in (SHORT_TAIL, LONG_TAIL) if len(digits) >= length]


def _title(shape: Shape, state: State) -> str:
    """Return what people call the record, in the order of a person's script."""
    named = label_of(state) if shape.title == _PERSON else getattr(state, shape.title[0], None)
    return named or ERASED


def _subtitle(shape: Shape, state: State) -> str | None:
    found = getattr(state, shape.subtitle, None) if shape.subtitle else None
    return None if found in {None, ERASED} else str(found)


def _texts(shape: Shape, state: State) -> list[str]:
    names = (*filter(None, (shape.subtitle,)), *shape.more)
    found = [_title(shape, state), *(getattr(state, name, None) for name in names)]
    return [str(each) for each in found if each is not None and each != ERASED]


def _state(event: Event) -> State:
    state: State = dict(event)["state"]
    return state


def _people(event: Event) -> frozenset[UUID]:
    """Return whose keys tell what is kept of a record."""
    subject = _subject(_state(event))
    return subjects_to_open(event) | ({subject} if subject else frozenset())


def _subject(state: State) -> UUID | None:
    subject: UUID | None = getattr(state, "subject_id", None)
    return subject
