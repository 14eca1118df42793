"""The directory's stream into a service's own database: ordered, newer wins, never parked."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.consumer import Group
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.contracts.auth import DIRECTORY_TOPIC, DirectoryFact
from libs.platform.directory.tables import HEAD, directory_entry

type Row = dict[str, Any]


def row_of(fact: DirectoryFact, dv: int, state: dict[str, Any]) -> Row:
    """Return the entry that a fact of version `dv` makes; `state` is its JSON, personal fields sealed."""
    deleted = fact.state.deleted_at is not None
    entry = {"kind": fact.kind, "id": str(fact.subject), "dv": dv, "type": fact.type}
    return entry | {"data": state, "deleted": deleted}


async def keep(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Upsert entries, the newest of each; older ones than what stands there change nothing."""
    newest: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda each: each["dv"]):
        newest[row["kind"], row["id"]] = row
    statement = insert(directory_entry).values([newest[key] for key in sorted(newest)])
    changed = {name: statement.excluded[name] for name in ("dv", "type", "data", "deleted")}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "id"],
            set_=changed,
            where=directory_entry.c.dv < statement.excluded.dv,
        )
    )


def head_of(dv: int) -> Row:
    """Return the row that says how far the stream has been read."""
    return {"kind": HEAD, "id": HEAD, "dv": dv, "type": HEAD, "data": {}, "deleted": False}


class DirectoryApplier:
    """Upserts what the stream tells; facts of unknown types move the version alone."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Keep the entries of these facts and how far they reach."""
        if envelopes:
            rows = list(_rows(envelopes))
            await keep(transaction.session, [*rows, head_of(max(each.sequence for each in envelopes))])


def _rows(envelopes: Iterable[Envelope]) -> Iterable[Row]:
    for each in envelopes:
        if isinstance(each.event, DirectoryFact):
            yield row_of(each.event, each.sequence, orjson.loads(each.record.value)["state"])


def directory_group(service: str) -> Group:
    """Return the group by which a service follows the directory from its beginning."""
    name = f"{service}-directory"
    return Group(name, (DIRECTORY_TOPIC,), DirectoryApplier(), batch=200, dedupe=False)


# Users only ever come to `collaboration`, so how many there are tells whether there are others.
IS_NEWER = "SELECT EXISTS (SELECT FROM directory_entry WHERE dv > $1), (SELECT count(*) FROM collaboration)"
COLLABORATORS = "SELECT kind, user_id FROM collaboration"


def newer_than(dv: int) -> sa.Select[Any]:
    """Return the entries above a version, in order; revocations of which no token is left are passed over."""
    entry = directory_entry.c
    forgotten = sa.cast(entry.data["forget_at"].astext, sa.DateTime(timezone=True)) < sa.func.now()
    gone = sa.and_(entry.kind == "session", forgotten)
    return sa.select(directory_entry).where(entry.dv > dv, sa.not_(gone)).order_by(entry.dv)
