"""What can be done with a delivery: prepare, claim, settle, and begin again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing, Unreadable
from libs.common.envelope import Envelope
from libs.common.events import aggregate_of
from libs.common.ids import new_id
from libs.common.positions import decode
from libs.common.problems import BadRequest, NotFound
from libs.platform.access.actor import Actor, load
from libs.platform.access.fields import restrictions
from libs.platform.directory.model import Directory
from libs.platform.records.kinds import topics
from libs.platform.records.showing import cut, shown, subjects_in
from libs.platform.records.visibility import Record, readable
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from services.integration.deliveries import queries
from services.integration.deliveries.model import (
    BREAKS_AT,
    DEAD,
    DELIVERED,
    HELD,
    PENDING,
    SCHEDULE,
    TEST,
    WITHHELD,
    delivery,
    kept_event,
    pause,
    rest,
)
from services.integration.deliveries.schemas import Redeliver, Redelivery
from services.integration.matching import holds, wants
from services.integration.posting import Limits, Outcome, Post
from services.integration.signing import open_secret
from services.integration.webhooks import queries as webhook_queries
from services.integration.webhooks.model import GONE, Webhook, webhook_health

_KEY_PAUSE = timedelta(seconds=1)
_ROWS = 500
_PURGED = 5000
_REDELIVERED = 10_000
_INSIDE = frozenset({"ce_causationid"})

type Row = sa.RowMapping


async def prepare(session: AsyncSession, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Keep the events that some webhook wants, with a delivery for each; nothing for the others."""
    directory: Directory = session.info["directory"]
    wanted = _wanted(await webhook_queries.subscriptions(session), envelopes, directory)
    events = {envelope.id: _event(envelope) for envelope, _ in wanted}
    rows = [_delivery(webhook, envelope, now) for envelope, webhook in wanted]
    await _insert(session, kept_event, list(events.values()))
    await _insert(session, delivery, rows)


async def claim_deliveries(
    session: AsyncSession, room: int, busy: Sequence[Post], limits: Limits, now: datetime
) -> list[Post]:
    """Return attempts to make now; a delivery whose owner may not read the record is withheld."""
    rows = await _ripe(session, room, busy, limits, now)
    if not rows:
        return []
    webhooks = await webhook_queries.by_ids(session, {row["webhook_id"] for row in rows})
    events = await queries.events(session, {row["event_id"] for row in rows})
    lost = [row["id"] for row in rows if row["event_id"] not in events]
    await _change(session, lost, status=DEAD, last_error="expired", finished_at=now)
    rows = [row for row in rows if row["id"] not in lost]
    seen = await _readable(session, rows, webhooks, events)
    hidden = [row["id"] for row in rows if row["id"] not in seen]
    await _change(session, hidden, status=WITHHELD, finished_at=now)
    ready = [row for row in rows if row["id"] in seen]
    subjects = {row["id"]: subjects_in(events[row["event_id"]]["value"]) for row in ready}
    keys = await load_keys(session, _ring(session), frozenset[UUID]().union(*subjects.values()))
    waiting = [id for id, needed in subjects.items() if not needed <= keys.keys.keys()]
    await _change(session, waiting, next_at=now + _KEY_PAUSE)
    ready = [row for row in ready if row["id"] not in waiting]
    until = now + limits.lease
    attempts = delivery.c.attempts + 1
    await _change(session, [row["id"] for row in ready], lease_until=until, attempts=attempts)
    secrets = {id: _secrets(webhook, until, _ring(session)) for id, webhook in webhooks.items()}
    directory: Directory = session.info["directory"]
    actor_of = {id: Actor(webhook.owner_id, directory) for id, webhook in webhooks.items()}
    return [
        _post(row, each, _body(events[row["event_id"]], keys, actor_of[each.id]), secrets[each.id], until)
        for row in ready
        for each in (webhooks[row["webhook_id"]],)
    ]


async def settle_deliveries(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down how attempts ended; one whose lease another process took over is his to tell."""
    rows = await queries.by_ids(session, [each.post.id for each in outcomes])
    ours = [
        each
        for each in outcomes
        if each.post.id in rows and rows[each.post.id]["lease_until"] == each.post.lease_until
    ]
    for each in ours:
        await _change(session, [each.post.id], **_settled(each, now))
    await _note_health(session, ours, now)
    gone = {each.post.webhook_id for each in ours if each.is_farewell}
    for webhook in await webhook_queries.active(session, gone):
        webhook.disable(GONE, now)


async def redeliver(
    session: AsyncSession, identity: UUID, asked: Redeliver, actor: Actor, now: datetime
) -> Redelivery:
    """Begin deliveries again, under the same ids, the oldest first; tell how many, and if there are more."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True)
    found.demand_active()
    chosen = sa.and_(delivery.c.webhook_id == identity, delivery.c.status != PENDING, _chosen(asked))
    if asked.statuses:
        chosen = sa.and_(chosen, delivery.c.status.in_(asked.statuses))
    again = {"status": PENDING, "attempts": 0, "next_at": now, "lease_until": None, "finished_at": None}
    oldest = delivery.c.id.in_(queries.oldest(chosen, _REDELIVERED))
    done = await session.execute(sa.update(delivery).where(oldest).values(again).returning(delivery.c.id))
    count = len(done.all())
    if asked.delivery_id is not None and not count:
        raise NotFound
    return Redelivery(count=count, has_more=count == _REDELIVERED)


async def deliver_test(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> UUID:
    """Send a webhook an event that means nothing; return the delivery's id."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True)
    found.demand_active()
    event = _test_event(identity, now)
    await _insert(session, kept_event, [event])
    row = {name: event[name] for name in ("topic", "partition", "offset")}
    row |= {"id": uuid5(identity, str(event["id"])), "webhook_id": identity, "event_id": event["id"]}
    row |= {"event_type": TEST, "event_time": now, "status": PENDING, "attempts": 0}
    await _insert(session, delivery, [row | {"next_at": now, "created_at": now}])
    done: UUID = row["id"]
    return done


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Forget deliveries and events that nobody can ask for any more, some at a time."""
    for table in (delivery, kept_event):
        old = queries.older(table, before, _PURGED)
        await session.execute(sa.delete(table).where(table.c.id.in_(old)))


def _wanted(
    subscriptions: Sequence[sa.Row[Any]], envelopes: Iterable[Envelope], directory: Directory
) -> list[tuple[Envelope, sa.Row[Any]]]:
    """Return each event with each webhook that wants it, and was there before it.

    A filter sees no more of an event than its webhook's owner.
    """
    by_type: dict[str, list[sa.Row[Any]]] = {}
    found = []
    for envelope in envelopes:
        if envelope.type not in by_type:
            by_type[envelope.type] = [each for each in subscriptions if wants(each.types, envelope.type)]
        takers = [each for each in by_type[envelope.type] if each.created_at <= envelope.time]
        data = orjson.loads(envelope.record.value) if any(each.filter for each in takers) else None
        found += [
            (envelope, each)
            for each in takers
            if holds(each.filter, data and cut(data, envelope.type, restrictions(directory, each.owner_id)))
        ]
    return found


def _event(envelope: Envelope) -> dict[str, Any]:
    record = envelope.record
    return {
        "id": envelope.id,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "type": envelope.type,
        "time": envelope.time,
        "key": envelope.key,
        "headers": {name: value.decode() for name, value in record.headers},
        "value": record.value,
    }


def _delivery(webhook: sa.Row[Any], envelope: Envelope, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid5(webhook.id, str(envelope.id)),
        "webhook_id": webhook.id,
        "event_id": envelope.id,
        "event_type": envelope.type,
        "event_time": envelope.time,
        "topic": envelope.record.topic,
        "partition": envelope.record.partition,
        "offset": envelope.record.offset,
        "status": PENDING if webhook.is_active else HELD,
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }


def _test_event(webhook_id: UUID, now: datetime) -> dict[str, Any]:
    """Return an event that was on no topic."""
    identity = new_id()
    headers = {"ce_specversion": "1.0", "ce_id": str(identity), "ce_type": TEST, "ce_source": "integration"}
    headers |= {"ce_time": now.isoformat(), "ce_subject": str(webhook_id), "ce_sequence": "0"}
    value = orjson.dumps({"webhook_id": str(webhook_id), "message": "The webhook works."})
    place = {"topic": "", "partition": 0, "offset": 0, "key": str(webhook_id)}
    return {"id": identity, "type": TEST, "time": now, "headers": headers, "value": value, **place}


async def _insert(session: AsyncSession, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert what is not there yet: an event that comes twice is one."""
    for begin in range(0, len(rows), _ROWS):
        await session.execute(insert(table).values(rows[begin : begin + _ROWS]).on_conflict_do_nothing())


async def _ripe(
    session: AsyncSession, room: int, busy: Sequence[Post], limits: Limits, now: datetime
) -> list[Row]:
    """Return what may be tried now: less for a webhook whose attempts still run, one where it fails."""
    running = Counter(each.webhook_id for each in busy)
    rooms: dict[UUID, int] = {}
    for taker in await queries.takers(session, now):
        most = 1 if taker.failures >= BREAKS_AT else limits.each
        rooms[taker.id] = most - running[taker.id]
    # Whoever has the least under way comes first, so that nobody waits behind a slow one.
    free = {id: rooms[id] for id in sorted(rooms, key=lambda each: running[each]) if rooms[id] > 0}
    ours = {each.id for each in busy}
    rows = await queries.ripe(session, free, room, now) if free else ()
    return [row for row in rows if row["id"] not in ours]


async def _readable(
    session: AsyncSession,
    rows: Sequence[Row],
    webhooks: Mapping[UUID, Webhook],
    events: Mapping[UUID, Row],
) -> set[UUID]:
    """Return the deliveries whose webhook's owner may read the record now; a test is about none."""
    directory: Directory = session.info["directory"]
    asked: defaultdict[UUID, dict[UUID, Record]] = defaultdict(dict)
    seen: set[UUID] = set()
    for row in rows:
        event = events[row["event_id"]]
        if event["topic"]:
            owner = webhooks[row["webhook_id"]].owner_id
            asked[owner][row["id"]] = (aggregate_of(event["topic"]), UUID(event["key"]))
        else:
            seen.add(row["id"])
    for owner, records in asked.items():
        found = await readable(session, Actor(owner, directory), records.values())
        seen |= {id for id, record in records.items() if record in found}
    return seen


def _post(row: Row, webhook: Webhook, body: bytes, secrets: tuple[bytes, ...], until: datetime) -> Post:
    """Return an attempt: what is sent, and the secrets that sign it."""
    return Post(row["id"], webhook.id, webhook.url, secrets, body, until, row["attempts"] + 1)


def _body(event: Row, keys: KeysAtHand, owner: Actor) -> bytes:
    """Return an event as a CloudEvent in structured mode, cut to what the webhook's owner may see now."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in event["headers"].items()
        if (name.startswith("ce_") and name not in _INSIDE) or name == "traceparent"
    }
    data = shown(event["value"], event["type"], keys, owner.restricted)
    return orjson.dumps(attributes | {"datacontenttype": "application/json", "data": data})


def _secrets(webhook: Webhook, until: datetime, ring: KekRing) -> tuple[bytes, ...]:
    """Return what signs now; nothing when the key-encryption key is gone, which must stop nobody else."""
    sealed = [webhook.secret]
    if webhook.previous_secret and webhook.previous_secret_until and webhook.previous_secret_until >= until:
        sealed.append(webhook.previous_secret)
    try:
        return tuple(open_secret(each, webhook.id, ring) for each in sealed)
    except Unreadable:
        return ()


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """Return what an attempt changes in its delivery's row."""
    told = {"lease_until": None, "last_status": outcome.status, "last_error": outcome.error}
    if outcome.is_well:
        return told | {"status": DELIVERED, "finished_at": now}
    attempts = outcome.post.attempts
    if outcome.is_farewell or attempts > len(SCHEDULE):
        return told | {"status": DEAD, "finished_at": now}
    return told | {"next_at": now + pause(attempts, outcome.retry_after)}


async def _note_health(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Count failures in a row, and leave a receiver alone that has too many."""
    ids = sorted({each.post.webhook_id for each in outcomes})
    known = await queries.health(session, ids)
    for id in ids:
        row = dict(known.get(id) or {"webhook_id": id, "failures": 0})
        for each in outcomes:
            if each.post.webhook_id == id:
                row |= _health(row, each, now)
        changed = {name: value for name, value in row.items() if name != "webhook_id"}
        upsert = insert(webhook_health).values(row)
        await session.execute(upsert.on_conflict_do_update(index_elements=["webhook_id"], set_=changed))


def _health(before: Mapping[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    told = {"last_status": outcome.status, "last_error": outcome.error}
    if outcome.is_well:
        return told | {"failures": 0, "failing_since": None, "resume_at": None, "last_success_at": now}
    failures = before["failures"] + 1
    resting = rest(failures)
    since = before.get("failing_since") or now
    return told | {
        "failures": failures,
        "failing_since": since,
        "resume_at": now + resting if resting else None,
        "last_failure_at": now,
    }


def _chosen(asked: Redeliver) -> sa.ColumnElement[bool]:
    """Return which deliveries are meant: those that meet all that was said; BadRequest when nothing was."""
    conditions = [
        delivery.c.id == asked.delivery_id if asked.delivery_id else None,
        delivery.c.event_time >= asked.from_ if asked.from_ else None,
        delivery.c.event_time < asked.to if asked.to else None,
        queries.behind(decode(asked.since, topics())) if asked.since is not None else None,
    ]
    given = [each for each in conditions if each is not None]
    if not given:
        raise BadRequest("redeliver-what")
    return sa.and_(*given)


async def _change(session: AsyncSession, ids: Collection[UUID], **values: Any) -> None:
    if ids:
        await session.execute(sa.update(delivery).where(delivery.c.id.in_(ids)).values(values))


def _ring(session: AsyncSession) -> KekRing:
    ring: KekRing = session.info["ring"]
    return ring
