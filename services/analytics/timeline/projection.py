"""Which events concern which account and contact; what they say stays in the log.

Links are those of the newest state, so that a record that went to another account takes its past along.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import direct
from libs.common.bulk import copy
from libs.common.envelope import Envelope
from libs.common.events import Event, State, aggregate_of
from libs.common.projection import arrays, upsert
from libs.platform.records.kinds import kinds, states, topics
from libs.platform.records.replica import root_of

_LINKS = {"account_id", "contact_id"}
_ENTRY = {
    "event_id": "uuid",
    "at": "timestamptz",
    **dict.fromkeys(("type", "record_type"), "text"),
    "record_id": "uuid",
}
_LINK = {
    "type": "text",
    "id": "uuid",
    "root_type": "text",
    "root_id": "uuid",
    "account_id": "uuid",
    "contact_id": "uuid",
}
_KEEP_ENTRIES = upsert("timeline_entry", _ENTRY, ("event_id",))
_KEEP_LINKS = upsert("timeline_link", _LINK, ("type", "id"))


def concerned() -> frozenset[str]:
    """Return the aggregates that concern an account or a contact: by a link, or by their parent's."""
    linked = {name for name, state in states().items() if _LINKS & state.model_fields.keys()}
    linked |= {"account", "contact"}
    return frozenset(linked | {name for name, kind in kinds().items() if kind.parent in linked})


class Timeline:
    """The read model."""

    name = "timeline"
    topics = tuple(topic for topic in topics() if aggregate_of(topic) in concerned())
    tables = ("timeline_entry", "timeline_link")
    ddl = """
    CREATE TABLE timeline_entry (
      event_id uuid PRIMARY KEY, at timestamptz NOT NULL, type text NOT NULL, record_type text NOT NULL,
      record_id uuid NOT NULL
    );
    CREATE INDEX ON timeline_entry (record_type, record_id, at);
    CREATE TABLE timeline_link (
      type text NOT NULL, id uuid NOT NULL, root_type text NOT NULL, root_id uuid NOT NULL, account_id uuid,
      contact_id uuid, PRIMARY KEY (type, id)
    );
    CREATE INDEX ON timeline_link (account_id) WHERE account_id IS NOT NULL;
    CREATE INDEX ON timeline_link (contact_id) WHERE contact_id IS NOT NULL;
    CREATE INDEX ON timeline_link (root_type, root_id)
    """

    def in_memory(self) -> "TimelineFold":
        """Return the fold of a whole partition."""
        return TimelineFold()

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Note every event, and whom its record concerns now."""
        entries: list[dict[str, Any]] = []
        links: dict[tuple[str, UUID], dict[str, Any]] = {}
        for each in envelopes:
            event = each.event
            if event is not None and isinstance(getattr(event, "state", None), State):
                link = link_of(event)
                links[link["type"], link["id"]] = link
                entries.append(_entry(each, event))
        if entries:
            await direct.run(session, _KEEP_LINKS, arrays(_LINK, [links[key] for key in sorted(links)]))
            await direct.run(session, _KEEP_ENTRIES, arrays(_ENTRY, entries))


class TimelineFold:
    """A partition's events, and the newest of each of its records."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._entries: list[dict[str, Any]] = []
        self._newest: dict[UUID, Event] = {}

    def take(self, envelopes: Sequence[Envelope]) -> None:
        """Note every event of a record."""
        for each in envelopes:
            event = each.event
            if event is not None and isinstance(getattr(event, "state", None), State):
                self._newest[event.aggregate_id] = event
                self._entries.append(_entry(each, event))

    async def keep(self, session: AsyncSession) -> None:
        """Copy the events, and whom the records concern at the end."""
        await copy(
            session, "timeline_entry", tuple(_ENTRY), [tuple(map(each.get, _ENTRY)) for each in self._entries]
        )
        links = map(link_of, self._newest.values())
        await copy(session, "timeline_link", tuple(_LINK), [tuple(map(each.get, _LINK)) for each in links])


def link_of(event: Event) -> dict[str, Any]:
    """Return whom a record concerns: an account and a contact also themselves."""
    name, state = aggregate_of(event.topic), dict(event)["state"]
    root_type, root_id = root_of(name, event.aggregate_id, state)
    link = {field: getattr(state, field, None) for field in _LINKS}
    if f"{name}_id" in _LINKS:
        link[f"{name}_id"] = event.aggregate_id
    return link | {"type": name, "id": event.aggregate_id, "root_type": root_type, "root_id": root_id}


def _entry(envelope: Envelope, event: Event) -> dict[str, Any]:
    record = {"record_type": aggregate_of(event.topic), "record_id": event.aggregate_id}
    return record | {"event_id": envelope.id, "at": event.occurred_at, "type": envelope.type}
