"""The record replica: one generic applier for every aggregate, newest state wins."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.common import direct
from libs.common.consumer import Group
from libs.common.db import dumps
from libs.common.envelope import Envelope
from libs.common.events import State, aggregate_of
from libs.common.inbox import InboxTransaction
from libs.common.projection import arrays
from libs.platform.records.kinds import topics

# What records wait in before somebody owns them; its members see them.
_GROUPS = ("queue_id", "pool_id")
_BATCH = 500
# Arrays of arrays are flattened by unnest, so members travel as text, and so does what is JSON.
_COLUMNS = {
    **dict.fromkeys(("type", "root_type", "members", "collaborators"), "text"),
    **dict.fromkeys(("id", "root_id", "owner_id", "group_id", "merged_into_id"), "uuid"),
    **dict.fromkeys(("epoch", "version"), "bigint"),
    "deleted_at": "timestamptz",
}
_TEXTS = {"members": "uuid[]", "collaborators": "jsonb"}
_READ = ", ".join(f"CAST({name} AS {_TEXTS[name]})" if name in _TEXTS else name for name in _COLUMNS)
_KEEP = text(f"""
INSERT INTO record_access AS known ({", ".join(_COLUMNS)})
SELECT {_READ} FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())})
  AS given({", ".join(_COLUMNS)})
ON CONFLICT (type, id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
""")  # noqa: S608 - our own names


def records_name(service: str) -> str:
    """Return the name of the group by which a service follows all records."""
    return f"{service}.records"


def records_group(service: str) -> Group:
    """Return the group for a worker's plan: it reads every topic of records from the beginning."""
    return Group(records_name(service), topics(), RecordApplier(), batch=_BATCH, dedupe=False)


class RecordApplier:
    """Upserts whose each record is, as its newest state says."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Keep the newest of each record by (epoch, version)."""
        newest: dict[tuple[str, UUID], dict[str, Any]] = {}
        for each in envelopes:
            row = row_of(each)
            if row is not None:
                newest[row["type"], row["id"]] = row
        if newest:
            rows = [newest[key] for key in sorted(newest)]
            await direct.run(transaction.session, _KEEP, arrays(_COLUMNS, rows))


def row_of(envelope: Envelope) -> dict[str, Any] | None:
    """Return what a record's event says of its readers; None for an event without state."""
    event = envelope.event
    state = getattr(event, "state", None)
    if event is None or not isinstance(state, State):
        return None
    name = aggregate_of(event.topic)
    root_type, root_id = root_of(name, event.aggregate_id, state)
    groups = (getattr(state, field, None) for field in _GROUPS)
    members = getattr(state, "member_ids", None)
    shared = getattr(state, "collaborators", None)
    return {
        "type": name,
        "id": event.aggregate_id,
        "epoch": envelope.epoch,
        "version": envelope.sequence,
        "root_type": root_type,
        "root_id": root_id,
        "owner_id": getattr(state, "owner_id", None),
        "group_id": next(filter(None, groups), None),
        "members": None if members is None else f"{{{','.join(map(str, sorted(members)))}}}",
        "collaborators": dumps([each.model_dump() for each in shared]) if shared else None,
        "merged_into_id": getattr(state, "merged_into_id", None),
        "deleted_at": getattr(state, "deleted_at", None),
    }


def root_of(name: str, id: UUID, state: State) -> tuple[str, UUID]:
    """Return the record whose readers may read this one: the parent that its state names, or itself."""
    if state.read_with is not None:
        parent, field = state.read_with
        parent_id: UUID | None = getattr(state, field)
        if parent_id is not None:
            return parent, parent_id
    return name, id
