"""Whom marketing may write to, as customer tells it: who is in which segment, who agreed to what.

What is known of the people themselves stands in the platform's table of people.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Base
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.contracts.customer import ConsentFact, SegmentMemberFact
from libs.platform.references.people import people
from libs.platform.references.replica import label_in, label_of

GIVEN = "given"
# One person's address as a mail server takes it: what looks otherwise is not tried.
_ADDRESS = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@(?:[\w-]+\.)+[\w-]{2,}")
_LONGEST_ADDRESS = 254
_NAMED = ("family_name", "given_name", "title", "email", "language")

segment_members = sa.Table(
    "segment_member_replica",
    Base.metadata,
    sa.Column("segment_id", sa.Uuid, primary_key=True),
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("is_member", sa.Boolean, nullable=False),
)
consents = sa.Table(
    "consent_replica",
    Base.metadata,
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("is_given", sa.Boolean, nullable=False),
)
# What a template may say of a contact.
RECIPIENT = (
    *(people.c[name] for name in _NAMED),
    label_in("account", people.c.account_id).label("account_name"),
)

type _Row = dict[str, Any]


class StateApplier:
    """Keeps one row for each aggregate, made of its state by `row`."""

    def __init__(self, table: sa.Table, kind: type, row: Callable[[Any], _Row]) -> None:
        """Take the table, the events' common class, and what a state becomes."""
        self._table, self._kind, self._row = table, kind, row

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Upsert the newest of each."""
        newest = _newest(envelopes, self._kind)
        rows = [_versioned(each) | self._row(_fact(each).state) for each in newest]
        await _upsert(transaction.session, self._table, rows)


def membership(state: Any) -> _Row:
    """Return the row of a segment's member."""
    return {name: getattr(state, name) for name in ("segment_id", "contact_id", "is_member")}


def consent(state: Any) -> _Row:
    """Return the row of a consent; what is neither given nor withdrawn yet allows nothing."""
    named = {name: getattr(state, name) for name in ("contact_id", "purpose", "channel")}
    return named | {"is_given": state.status == GIVEN}


SEGMENT_MEMBERS = StateApplier(segment_members, SegmentMemberFact, membership)
CONSENTS = StateApplier(consents, ConsentFact, consent)


def variables(row: Any, campaign: str) -> dict[str, Any]:
    """Return a template's variables, of a row with the columns of RECIPIENT; what is unknown is empty."""
    contact = {name: getattr(row, name) or "" for name in _NAMED}
    contact["full_name"] = label_of(row) or ""
    named = {"account": {"name": row.account_name or ""}, "campaign": {"name": campaign}}
    return {"contact": contact, **named}


def is_address(email: str | None) -> bool:
    """Tell whether a mail could go there at all."""
    return email is not None and len(email) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(email) is not None


def address_index(ring: KekRing, email: str) -> str:
    """Return the hash by which an address is found again, however it was written, and cannot be read."""
    return ring.blind_index("email", unicodedata.normalize("NFKC", email).strip().casefold())


def _newest(envelopes: Iterable[Envelope], kind: type) -> list[Envelope]:
    return list({each.key: each for each in envelopes if isinstance(each.event, kind)}.values())


def _fact(envelope: Envelope) -> Any:
    return cast("Any", envelope.event)


def _versioned(envelope: Envelope) -> _Row:
    return {"epoch": envelope.epoch, "version": envelope.sequence}


async def _upsert(session: AsyncSession, table: sa.Table, rows: list[_Row]) -> None:
    """Write in the order of the keys, so that no two of us wait for each other; newer wins."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(sorted(rows, key=lambda row: [str(row[key]) for key in keys]))
    known, new = table.c, statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={column.name: new[column.name] for column in known if column.name not in keys},
            where=sa.tuple_(known.epoch, known.version) < sa.tuple_(new.epoch, new.version),
        )
    )
