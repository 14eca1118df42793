"""What can be done with a message: take it in, send it, or keep it in the house."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from random import uniform
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.problems import Conflict
from libs.contracts.mail import LINK, LinkMailRequested, MailRequested
from libs.platform.access.actor import Actor, load
from libs.platform.links import sign
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from libs.platform.subjects.sealing import open_text, sealed_under
from services.integration.mailing import Fate, Mail, Result
from services.integration.messages import queries
from services.integration.messages.model import (
    BY_HAND,
    ERASED,
    MALFORMED,
    REFUSED,
    TOO_LATE,
    WITHDRAWN,
    Message,
    consent_withdrawal,
    mail_content,
)

# No longer than this does a sender own a mail; then another one may send it, with the same Message-ID.
LEASE = timedelta(seconds=20)
# Nothing leaves the house for an event that is older.
OLDEST = timedelta(hours=24)
_FIELDS = (
    "to",
    "subject_line",
    "text",
    "html",
    "from_name",
    "reply_to",
    "in_reply_to",
    "list_unsubscribe_url",
)
# What a link that only the reader sees is made of, as the mail leaves.
_LINK = frozenset(LinkMailRequested.model_fields) - frozenset(MailRequested.model_fields)
_PAUSE, _LONGEST_PAUSE = 4.0, 1800.0
_KEY_PAUSE = timedelta(seconds=1)
_AT_ONCE = 500

type Row = sa.RowMapping


async def queue_mail(
    session: AsyncSession, asked: MailRequested, about_type: str, asked_at: datetime, now: datetime
) -> None:
    """Take a mail in as it came, sealed; one that came before is the same one."""
    if await queries.is_known(session, asked.mail_id):
        return
    bounded = asked.model_copy(update={"not_after": min(asked.not_after, asked_at + OLDEST)})
    made = Message.queue(bounded, about_type, now)
    session.add(made)
    if made.not_after <= now:
        made.fail(TOO_LATE, now, attempts=0)
    elif await queries.has_withdrawn(session, asked.contact_id, asked.purpose):
        made.cancel(WITHDRAWN, now)
    else:
        await session.execute(insert(mail_content).values(_content(bounded, now)))


async def claim_mails(session: AsyncSession, room: int, busy: Sequence[Mail], now: datetime) -> list[Mail]:
    """Return mails to send now, in the clear; end those whose time is over or that were stopped."""
    rows = await queries.ripe(session, room, now, [each.id for each in busy])
    if not rows:
        return []
    ring: KekRing = session.info["ring"]
    keys = await load_keys(session, ring, {row["subject_id"] for row in rows})
    ends = {row["id"]: end for row in rows if (end := _end_of(row, keys, now))}
    await _end(session, ends, {row["id"]: row["attempts"] for row in rows}, now)
    ready = [row for row in rows if row["id"] not in ends]
    waiting = [row["id"] for row in ready if row["subject_id"] not in keys.keys]
    if waiting:
        await _change(session, waiting, next_at=now + _KEY_PAUSE)
    ready = [row for row in ready if row["subject_id"] in keys.keys]
    until = now + LEASE
    if ready:
        attempts = mail_content.c.attempts + 1
        await _change(session, [row["id"] for row in ready], lease_until=until, attempts=attempts)
    return [_mail(row, keys, until, ring) for row in ready]


async def settle_mails(session: AsyncSession, results: Sequence[Result], now: datetime) -> None:
    """Write down what became of attempts; one whose lease another sender took over is his to tell."""
    named = {each.mail.id: each for each in results}
    rows = await queries.contents(session, mail_content.c.id.in_(named))
    ours = {id: row for id, row in rows.items() if row["lease_until"] == named[id].mail.lease_until}
    messages = await queries.by_ids(session, ours)
    for id, row in ours.items():
        await _settle(session, messages[id], named[id], row, now)
    gone = [id for id in ours if messages[id].finished_at is not None]
    if gone:
        await session.execute(sa.delete(mail_content).where(mail_content.c.id.in_(gone)))


async def end_overdue(session: AsyncSession, now: datetime) -> None:
    """Fail what could not be sent in its time, also while there is no mail server at all."""
    content = mail_content.c
    idle = sa.or_(content.lease_until.is_(None), content.lease_until <= now)
    rows = await queries.contents(session, sa.and_(content.not_after <= now, idle), _AT_ONCE)
    ends = {id: row["stop_reason"] or TOO_LATE for id, row in rows.items()}
    await _end(session, ends, {id: row["attempts"] for id, row in rows.items()}, now)


async def withdraw(
    session: AsyncSession, contact_id: UUID, purpose: str, at: datetime, now: datetime
) -> None:
    """Send a contact nothing more for a purpose: what waits is cancelled, what comes later too."""
    row = {"contact_id": contact_id, "purpose": purpose, "withdrawn_at": at}
    await session.execute(insert(consent_withdrawal).values(row).on_conflict_do_nothing())
    content = mail_content.c
    waiting = await queries.contents(
        session, sa.and_(content.contact_id == contact_id, content.purpose == purpose)
    )
    await _stop(session, waiting.values(), WITHDRAWN, now)


async def allow(session: AsyncSession, contact_id: UUID, purpose: str) -> None:
    """Send a contact mails for a purpose again."""
    kept = consent_withdrawal.c
    given = sa.and_(kept.contact_id == contact_id, kept.purpose == purpose)
    await session.execute(sa.delete(consent_withdrawal).where(given))


async def forget(session: AsyncSession, subject_ids: Collection[UUID], now: datetime) -> None:
    """Keep nothing of what was to be written to erased people."""
    waiting = await queries.contents(session, mail_content.c.subject_id.in_(subject_ids))
    await _stop(session, waiting.values(), ERASED, now)


async def cancel_message(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Message:
    """Keep a waiting message in the house."""
    rows = await queries.contents(session, mail_content.c.id == identity)
    found = await load(session, Message, identity, actor, "message:cancel", for_update=True)
    if any(_is_leased(row, now) for row in rows.values()):
        raise Conflict("being-sent")
    attempts = rows[identity]["attempts"] if rows else found.attempts
    found.cancel(BY_HAND, now, attempts=attempts)
    await session.execute(sa.delete(mail_content).where(mail_content.c.id == identity))
    return found


def pause(attempts: int) -> timedelta:
    """Return how long to wait behind so many attempts: doubled each time, up to half an hour, jittered."""
    longest = min(_LONGEST_PAUSE, _PAUSE * 2.0 ** min(attempts, 12))
    return timedelta(seconds=uniform(longest / 2, longest))  # noqa: S311 - it only spreads the load


async def _settle(session: AsyncSession, message: Message, result: Result, row: Row, now: datetime) -> None:
    attempts = row["attempts"]
    match result.fate:
        case Fate.TAKEN:
            message.mark_sent(attempts, now)
        case Fate.REFUSED:
            message.fail(REFUSED, now, attempts=attempts, reply_code=result.code)
        case Fate.MALFORMED:
            message.fail(MALFORMED, now, attempts=attempts)
        case Fate.UNTRIED:
            await _change(session, [message.id], lease_until=None, attempts=attempts - 1)
        case Fate.UNCLEAR:
            next_at = now if row["stop_reason"] else min(now + pause(attempts), row["not_after"])
            await _change(session, [message.id], lease_until=None, next_at=next_at)


async def _stop(session: AsyncSession, rows: Iterable[Row], reason: str, now: datetime) -> None:
    """Cancel what waits; what a sender has right now ends when his attempt fails."""
    rows = list(rows)
    leased = [row["id"] for row in rows if _is_leased(row, now)]
    if leased:
        blank: dict[str, Any] = {"fields": {}} if reason == ERASED else {}
        await _change(session, leased, stop_reason=reason, **blank)
    ends = {row["id"]: reason for row in rows if row["id"] not in leased}
    await _end(session, ends, {row["id"]: row["attempts"] for row in rows}, now)


async def _end(
    session: AsyncSession, ends: dict[UUID, str], attempts: dict[UUID, int], now: datetime
) -> None:
    """Fail what came too late, cancel the rest, and forget what they said."""
    if not ends:
        return
    for id, message in (await queries.by_ids(session, ends)).items():
        if ends[id] == TOO_LATE:
            message.fail(TOO_LATE, now, attempts=attempts[id])
        else:
            message.cancel(ends[id], now, attempts=attempts[id])
    await session.execute(sa.delete(mail_content).where(mail_content.c.id.in_(ends)))


async def _change(session: AsyncSession, ids: Collection[UUID], **values: Any) -> None:
    await session.execute(sa.update(mail_content).where(mail_content.c.id.in_(ids)).values(values))


def _end_of(row: Row, keys: KeysAtHand, now: datetime) -> str | None:
    """Return why a mail must not be sent any more."""
    if row["stop_reason"]:
        return str(row["stop_reason"])
    if row["subject_id"] in keys.keys and keys.keys[row["subject_id"]] is None:
        return ERASED
    return TOO_LATE if row["not_after"] <= now else None


def _is_leased(row: Row, now: datetime) -> bool:
    return row["lease_until"] is not None and row["lease_until"] > now


def _content(asked: MailRequested, now: datetime) -> dict[str, Any]:
    return {
        "id": asked.mail_id,
        "subject_id": asked.subject_id,
        "contact_id": asked.contact_id,
        "purpose": asked.purpose,
        "message_id": asked.message_id,
        "event_type": asked.type,
        "event_key": asked.aggregate_id,
        "fields": asked.model_dump(mode="json", include={*_FIELDS, *_LINK}),
        "queued_at": now,
        "not_after": asked.not_after,
        "next_at": now,
        "attempts": 0,
    }


def _mail(row: Row, keys: KeysAtHand, until: datetime, ring: KekRing) -> Mail:
    # A sender's name and the links are public, and stand there as they are.
    fields = {
        name: open_text(value, row["event_type"], row["event_key"], (name,), keys)
        if value and sealed_under(value)
        else value
        for name, value in row["fields"].items()
        if name not in _LINK
    }
    if link := row["fields"].get("link_opens"):
        token = sign(ring, link, UUID(row["fields"]["link_id"]).bytes)
        fields["text"] = fields["text"].replace(LINK, row["fields"]["link_to"] + token)
    return Mail(row["id"], row["message_id"], fields, row["queued_at"], until, row["attempts"] + 1)
