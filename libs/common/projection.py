"""Read models that can be rebuilt from the log at any time, version beside version.

Each version has tables in a schema of its own and is a consumer group of its own; readers see the
active version through views. A rebuild fills a new version, compares, and swaps the views.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common import direct
from libs.common.consumer import Group
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.common.reads import Asked, ReadPool

_BATCH = 1000
_OF_A_PROJECTION = """
SELECT set_config('search_path', $1, true), set_config('synchronous_commit', 'off', true)"""

REGISTRY = """
CREATE TABLE projection_version (
  model text NOT NULL,
  version integer NOT NULL,
  is_active boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (model, version)
)
"""


class Projection(Protocol):
    """A read model: its name, what it reads, its tables, and the fold."""

    @property
    def name(self) -> str:
        """The model's name, and the beginning of its schemas'."""
        ...

    @property
    def topics(self) -> tuple[str, ...]:
        """What it reads."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that readers see."""
        ...

    @property
    def ddl(self) -> str:
        """The statements that create its tables, each but the last with a semicolon at a line's end."""
        ...

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Take events in, in order per key; unqualified table names are this version's own."""
        ...


@runtime_checkable
class Needing(Projection, Protocol):
    """A read model that needs more than its events, and can tell for which of them that has not arrived."""

    async def late(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> Collection[Envelope]:
        """Return those of the events that `fold` would raise NotYetError for."""
        ...


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model."""

    service: str
    projection: Projection
    number: int

    @property
    def schema(self) -> str:
        """The schema that holds its tables."""
        return f"{self.projection.name}_v{self.number}"

    @property
    def group(self) -> Group:
        """The consumer group that fills it."""
        name = f"{self.service}.{self.projection.name}.v{self.number}"
        return Group(name, self.projection.topics, self, batch=_BATCH)

    async def late(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> Collection[Envelope]:
        """Return what the fold could not take yet."""
        needing = self.projection if isinstance(self.projection, Needing) else None
        return await needing.late(transaction.session, envelopes) if needing else ()

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        """Fold into this version's own tables."""
        if envelopes:
            # What is lost with the server's last moments is read again: its position is lost with it.
            await direct.rows(transaction.session, _OF_A_PROJECTION, f"{self.schema}, public")
            await self.projection.fold(transaction.session, envelopes)

    async def create(self, connection: AsyncConnection) -> None:
        """Make the schema and its tables; nobody fills or reads them yet."""
        await connection.execute(text(f"CREATE SCHEMA {self.schema}"))
        await connection.execute(text(f"SET LOCAL search_path TO {self.schema}, public"))
        for statement in filter(str.strip, self.projection.ddl.split(";\n")):
            await connection.execute(text(statement))

    async def note(self, connection: AsyncConnection) -> None:
        """Let the workers keep the version up from here on; does not show it to readers."""
        await connection.execute(
            text("INSERT INTO public.projection_version (model, version) VALUES (:model, :version)"),
            {"model": self.projection.name, "version": self.number},
        )

    async def show(self, connection: AsyncConnection) -> None:
        """Point the views at this version, in the caller's transaction."""
        for table in self.projection.tables:
            await connection.execute(text(f"DROP VIEW IF EXISTS public.{table}"))
            await connection.execute(
                text(f"CREATE VIEW public.{table} AS SELECT * FROM {self.schema}.{table}")
            )
        await connection.execute(
            text(
                "UPDATE public.projection_version SET is_active = (version = :version) WHERE model = :model"
            ),
            {"model": self.projection.name, "version": self.number},
        )

    async def drop(self, connection: AsyncConnection) -> None:
        """Forget the version with all it has; a worker may be keeping it up still."""
        # Whoever moves a position wants the tables next: taken the other way round, each waits for the other.
        await connection.execute(text("LOCK TABLE public.consumer_offset IN SHARE ROW EXCLUSIVE MODE"))
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))
        for table in ("consumer_offset", "seen", "parked_key", "parked_event"):
            await connection.execute(
                text(f'DELETE FROM public.{table} WHERE "group" = :group'), {"group": self.group.name}
            )
        await connection.execute(
            text("DELETE FROM public.projection_version WHERE model = :model AND version = :version"),
            {"model": self.projection.name, "version": self.number},
        )

    async def fingerprint(self, connection: AsyncConnection) -> dict[str, tuple[int, str]]:
        """Return {table: (rows, order-free hash)}: two versions at one position must agree."""
        found = {}
        for table in self.projection.tables:
            sql = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {self.schema}.{table} t"  # noqa: E501
            count, total = (await connection.execute(text(sql))).one()
            found[table] = (count, total)
        return found


def upsert(table: str, columns: Mapping[str, str], key: Sequence[str]) -> TextClause:
    """Return the statement that puts whole rows in, by `key`; give it `arrays` of what `columns` types.

    One `unnest` however many rows; the same key must not come twice.
    """
    given = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    changed = [name for name in columns if name not in key]
    kept = f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changed)}"
    return text(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({given})"
        f" ON CONFLICT ({', '.join(key)}) {kept if changed else 'DO NOTHING'}"
    )


def arrays(columns: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the rows as one array per column, missing ones as nulls."""
    return {name: [row.get(name) for row in rows] for name in columns}


async def versions(
    connection: AsyncConnection, service: str, projections: Sequence[Projection]
) -> list[Version]:
    """Return every version that is to be kept up, oldest first."""
    named = {each.name: each for each in projections}
    rows = await connection.execute(
        text("SELECT model, version FROM projection_version ORDER BY model, version")
    )
    return [Version(service, named[row.model], row.version) for row in rows if row.model in named]


_AS_OF = """
SELECT max(o.last_time) FROM projection_version v
JOIN consumer_offset o ON o."group" = concat(CAST({0} AS text), '.', v.model, '.v', v.version)
WHERE v.model = CAST({1} AS text) AND v.is_active
"""


async def active(connection: AsyncConnection, model: str) -> int | None:
    """Return the number of the version that readers see."""
    sql = text("SELECT version FROM projection_version WHERE model = :model AND is_active")
    return (await connection.execute(sql, {"model": model})).scalar_one_or_none()


async def as_of(source: AsyncConnection | ReadPool, service: str, model: str) -> datetime | None:
    """Return when the newest event that readers see in a model was written, or None before the first."""
    found: datetime | None
    if isinstance(source, ReadPool):
        ((found,),) = await source.rows(Asked(_AS_OF.format("$1", "$2"), [service, model]))
    else:
        asked = text(_AS_OF.format(":service", ":model"))
        found = (await source.execute(asked, {"service": service, "model": model})).scalar_one()
    return found
