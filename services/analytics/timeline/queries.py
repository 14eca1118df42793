"""What happened to an account or a contact, of what the viewer may read."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    RowMapping,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.crypto import KekRing
from libs.common.event_types import EventTypes
from libs.common.listing_cursor import SortKey, after, decode, encode
from libs.common.listing_values import kind_of
from libs.platform.access.actor import Actor
from libs.platform.directory.names import user_names
from libs.platform.records.showing import shown, subjects_in
from libs.platform.records.visibility import visible_records
from libs.platform.references.replica import label_of_names
from libs.platform.subjects.keyring import load_keys
from services.analytics.timeline.schemas import Entry, Timeline

_ENTRY = table(
    "timeline_entry",
    column("event_id", Uuid()),
    column("at", TIMESTAMP(timezone=True)),
    column("type", Text()),
    column("record_type", Text()),
    column("record_id", Uuid()),
)
_LINK = table(
    "timeline_link",
    *(column("type", Text()), column("id", Uuid()), column("root_type", Text()), column("root_id", Uuid())),
    *(column("account_id", Uuid()), column("contact_id", Uuid())),
)
_LOG = table("event_log", column("id", Uuid()), column("headers"), column("value"))
_KEYS = tuple(
    SortKey(name, _ENTRY.c[name], kind_of(_ENTRY.c[name].type), nullable=False, descending=True)
    for name in ("at", "event_id")
)
# What every event has, and what of a mail is for its receiver.
_ENVELOPE = {"state", "occurred_at", "owner_path"}
_MAIL = {"html", "text", "to", "reply_to", "from_name", "list_unsubscribe_url", "message_id", "mail_id"}
_OF_STATE = (
    *("kind", "channel", "purpose", "status", "priority", "amount_minor", "currency", "stage_kind"),
    *("outcome", "reason", "score", "due_at", "number", "body"),
)
_LONGEST = 280
_TITLES = ("name", "subject", "number")


async def page(
    connection: AsyncConnection,
    actor: Actor,
    ring: KekRing,
    about: tuple[str, UUID],
    types: EventTypes,
    cursor: str | None,
    limit: int,
) -> Timeline:
    """Return what happened to ("account" or "contact", id) and everything merged with it, newest first."""
    context = repr((about, types.patterns))
    records = _of_contact(about[1]) if about[0] == "contact" else _of_account(about[1])
    statement = _select(records, actor, types).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(after(_KEYS, decode(cursor, context, _KEYS)))
    rows = (await connection.execute(statement)).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode([last["at"], last["event_id"]], context) if last else None
    return Timeline(items=await _entries(connection, actor, ring, rows[:limit]), next_cursor=following)


def _select(records: CTE, actor: Actor, types: EventTypes) -> Select[Any]:
    """Return the events of these records that the viewer may read."""
    same = (_ENTRY.c.record_type == records.c.type) & (_ENTRY.c.record_id == records.c.id)
    wanted = _ENTRY.c.type.like(any_(bindparam(None, types.like(), type_=ARRAY(Text()))))
    return (
        select(_ENTRY, _LOG.c.headers, _LOG.c.value)
        .select_from(records.join(_ENTRY, same).join(_LOG, _LOG.c.id == _ENTRY.c.event_id))
        .where(wanted, visible_records(actor, _ENTRY.c.record_type, _ENTRY.c.record_id))
        .order_by(_ENTRY.c.at.desc(), _ENTRY.c.event_id.desc())
    )


def _of_contact(id: UUID) -> CTE:
    """Return the records that concern a contact, or anybody merged with him."""
    return _with_children(_LINK.c.contact_id.in_(_kin("contact", id)))


def _of_account(id: UUID) -> CTE:
    """Return the records that concern an account: its own, and those of its contacts."""
    kin = select(_kin("account", id).subquery("kin").c[0]).cte("accounts")
    of_kin = _LINK.c.account_id.in_(select(kin))
    people = select(_LINK.c.id).where(_LINK.c.type == "contact", of_kin).cte("people")
    return _with_children(of_kin | _LINK.c.contact_id.in_(select(people)))


def _kin(kind: str, id: UUID) -> Select[Any]:
    return select(func.reference_kin(kind, literal(id, Uuid()), type_=Uuid()).label("id"))


def _with_children(condition: ColumnElement[bool]) -> CTE:
    """Return the records that a condition names, and those that are read with them."""
    direct = select(_LINK.c.type, _LINK.c.id).where(condition).cte("direct")
    child = _LINK.alias("child")
    below = (child.c.root_type == direct.c.type) & (child.c.root_id == direct.c.id)
    children = select(child.c.type, child.c.id).select_from(direct.join(child, below))
    return select(direct).union(children).cte("records")


async def _entries(
    connection: AsyncConnection, actor: Actor, ring: KekRing, rows: Sequence[RowMapping]
) -> list[Entry]:
    """Return the rows as they are shown, personal facts opened."""
    subjects = frozenset[UUID]().union(*(subjects_in(row["value"]) for row in rows))
    keys = await load_keys(connection, ring, subjects)
    users = {user for row in rows if (user := _user(row["headers"].get("ce_actor"))) is not None}
    names = await user_names(connection, ring, actor.directory, sorted(users))
    restricted = actor.restricted
    return [_entry(row, shown(row["value"], row["type"], keys, restricted), names) for row in rows]


def _entry(row: RowMapping, body: Mapping[str, Any], names: Mapping[UUID, str]) -> Entry:
    acting = row["headers"].get("ce_actor")
    user = _user(acting)
    return Entry(
        event_id=row["event_id"],
        type=row["type"],
        kind=".".join(row["type"].split(".")[1:3]),
        time=row["at"],
        actor=acting,
        actor_name=names.get(user) if user else None,
        record_type=row["record_type"],
        record_id=row["record_id"],
        title=_title(body.get("state") or {}),
        facts=_facts(body, row["record_type"]),
    )


def _facts(body: Mapping[str, Any], record_type: str) -> dict[str, Any]:
    """Return the verb's own facts, and a few of the record after it; long texts are cut."""
    key = f"{record_type.replace('-', '_')}_id"
    own = {name: fact for name, fact in body.items() if name not in _ENVELOPE | _MAIL | {key}}
    state = body.get("state") or {}
    of_state = {name: state[name] for name in _OF_STATE if state.get(name) is not None}
    return {name: _short(fact) for name, fact in (of_state | own).items()}


def _short(fact: Any) -> Any:
    return f"{fact[:_LONGEST]}…" if isinstance(fact, str) and len(fact) > _LONGEST else fact


def _title(state: Mapping[str, Any]) -> str | None:
    person = label_of_names(state.get("family_name"), state.get("given_name"))
    return person or next((state[name] for name in _TITLES if state.get(name)), None)


def _user(acting: str | None) -> UUID | None:
    """Return the user who acted, himself or through the system."""
    last = (acting or "").rsplit(":", 1)[-1]
    try:
        return UUID(last)
    except ValueError:
        return None
