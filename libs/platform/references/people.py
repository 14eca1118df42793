"""What a service that writes to people knows of them: name, e-mail, title and language of every contact.

Plain, because a mail is made of it; an erasure blanks it. A service that wants it creates the table in a
migration (`create_people`), follows `crm.customer.contact` with `PeopleApplier`, and calls `blank_people`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.crypto import ERASED, KekRing
from libs.common.db import Base
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.contracts.customer import ContactFact
from libs.platform.references.replica import ReferenceApplier
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.sealing import open_event, subjects_to_open

people = sa.Table(
    "people",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False, index=True),
    sa.Column("family_name", sa.Text, nullable=False),
    sa.Column("given_name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("account_id", sa.Uuid),
    sa.Column("owner_id", sa.Uuid),
    sa.Column("merged_into_id", sa.Uuid),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Column("erased_at", sa.DateTime(timezone=True)),
)
_PERSONAL = ("family_name", "given_name", "email", "title")
_KEPT = [each.name for each in people.columns if each.name not in {"id", "epoch", "version"}]


def create_people(connection: sa.Connection) -> None:
    """Create the table in a new database."""
    Base.metadata.create_all(connection, tables=[people])


class PeopleApplier:
    """Keeps contacts as references, and beside that what a letter to them needs."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Keep the newest of each contact by (epoch, version); NotYetError when a key has not come."""
        await ReferenceApplier().apply(transaction, envelopes)
        session = transaction.session
        newest = {each.key: (each, each.event) for each in envelopes if isinstance(each.event, ContactFact)}
        ring: KekRing = session.info["ring"]
        subjects = frozenset[UUID]().union(*(subjects_to_open(event) for _, event in newest.values()))
        keys = await load_keys(session, ring, subjects, hold=True)
        rows = [_row(envelope, open_event(event, keys)) for envelope, event in newest.values()]
        if rows:
            await session.execute(_upsert(sorted(rows, key=lambda row: row["id"])))


async def person_at(session: AsyncSession | AsyncConnection, id: UUID) -> sa.RowMapping | None:
    """Return what is known of a contact, where he lives on; None for nobody, and for one who is gone."""
    home = sa.select(sa.func.reference_home("contact", id, type_=sa.Uuid())).scalar_subquery()
    found = sa.select(people).where(people.c.id == home)
    found = found.where(people.c.deleted_at.is_(None), people.c.erased_at.is_(None))
    return (await session.execute(found)).mappings().one_or_none()


async def blank_people(session: AsyncSession, subject_ids: Sequence[UUID]) -> None:
    """Forget names and addresses of erased subjects."""
    values: dict[str, Any] = {name: sa.case((people.c[name].is_not(None), ERASED)) for name in _PERSONAL}
    values["erased_at"] = sa.func.coalesce(people.c.erased_at, sa.func.clock_timestamp())
    await session.execute(sa.update(people).where(people.c.subject_id.in_(subject_ids)).values(values))


def _row(envelope: Envelope, opened: ContactFact) -> dict[str, Any]:
    row = {"id": opened.contact_id, "epoch": envelope.epoch, "version": envelope.sequence}
    return row | {name: getattr(opened.state, name) for name in _KEPT}


def _upsert(rows: list[dict[str, Any]]) -> sa.Insert:
    statement = insert(people).values(rows)
    known, new = people.c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: new[name] for name in ("epoch", "version", *_KEPT)},
        where=sa.tuple_(known.epoch, known.version) < sa.tuple_(new.epoch, new.version),
    )
