"""Parked keys: apply what waits, or discard it with a reason; always under the key's lock."""

from libs.common.bus import Record
from libs.common.envelope import decode
from libs.common.group import Group, fresh
from libs.common.inbox import Inbox, InboxTransaction
from libs.common.journal import AuditEntry, Cause, audit


async def redrive(inbox: Inbox, group: Group, topic: str, key: str) -> int:
    """Apply a parked key's events in order, a transaction each, and free the key; return their number.

    Raises what the first failing event raises (PoisonError, GapError, NotYetError, a rule's Problem): it and
    the events behind it stay parked.
    """
    applied = 0
    while True:
        step = await inbox.run(
            Cause("system", f"redrive-{key}"), lambda tx: _redrive_one(tx, group, topic, key)
        )
        if step is None:
            return applied
        applied += step


async def discard_first(
    transaction: InboxTransaction, group: str, topic: str, key: str, reason: str, offset: int | None = None
) -> bool:
    """Drop the event that holds a parked key back and audit it; False when nothing is parked.

    With `offset` only when it is that one, so that a repeated order drops no second event. The key stays
    parked until a redrive has applied what came behind.
    """
    record = await _first(transaction, group, topic, key)
    if record is None or offset not in {None, record.offset}:
        return False
    sequence = _sequence(record)
    seen = await transaction.seen(group, topic, [key])
    # An event that came twice is behind the last one already; going back would open a gap.
    if sequence is not None and sequence > seen.get(key, (0, 0)):
        await transaction.mark(group, {(topic, key): sequence})
    await transaction.unpark(group, record)
    changes = {"group": group, "topic": topic, "offset": record.offset, "reason": reason}
    audit(transaction.session, AuditEntry("event.discarded", "event", key, None, changes))
    return True


async def _redrive_one(transaction: InboxTransaction, group: Group, topic: str, key: str) -> int | None:
    """Apply the next parked event under the key's lock; None when the key is free."""
    record = await _first(transaction, group.name, topic, key)
    if record is None:
        await transaction.free(group.name, topic, key)
        return None
    new = [decode(record)]
    if group.dedupe:
        found = await transaction.seen(group.name, topic, [key])
        seen = {(topic, name): last for name, last in found.items()}
        starts = {record.place: await transaction.start(group.name, record.place)}
        new, newest = fresh(new, seen, starts)
        if new:
            await transaction.mark(group.name, newest)
    if new:
        await group.applier.apply(transaction, new)
    await transaction.unpark(group.name, record)
    return len(new)


async def _first(transaction: InboxTransaction, group: str, topic: str, key: str) -> Record | None:
    """Lock the key and return the parked record that is to be applied next."""
    if key not in await transaction.parked(group, topic, [key]):
        return None
    records = await transaction.oldest_parked(group, topic, key)
    return min(records, key=lambda each: (_sequence(each) or (0, 0), each.offset), default=None)


def _sequence(record: Record) -> tuple[int, int] | None:
    """Return (epoch, sequence) of a record, even of one whose body cannot be read; None for no CloudEvent."""
    try:
        return int(record.header("ce_epoch") or "1"), int(record.header("ce_sequence") or "")
    except ValueError:
        return None
