"""Engines, the base of every aggregate, and the listener that collects what aggregates record."""

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
from sqlalchemy import DateTime, Text, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import BigInteger

from libs.common.events import Event, State
from libs.common.settings import Settings

_order = itertools.count()


class UnrecordedChangeError(Exception):
    """A column changed and no event tells of it: a programming error, found at flush."""


class Base(DeclarativeBase):
    """The registry of a service's mapped classes; every instant is UTC, every int 64 bits."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        str: Text,
    }


@dataclass(slots=True)
class Recorded:
    """An event on its way into the journal; `changes` is {column: (before, after)}."""

    event: Event
    aggregate: "Aggregate"
    sequence: int
    order: int
    changes: dict[str, tuple[Any, Any]]


class Aggregate:
    """Mixed into a mapped class: identity, version, and the events of its own methods."""

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(sort_order=-9)
    created_at: Mapped[datetime] = mapped_column(sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(sort_order=91)
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=92)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let SQLAlchemy compare the version that `record` counts in every UPDATE."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # type: ignore[attr-defined]

    def state(self) -> State:
        """Return the public read shape; every aggregate says its own."""
        raise NotImplementedError

    def record(self, fact: Event, sequence: int | None = None) -> None:
        """Take the next version for `fact` and keep it for the journal.

        `sequence` is given where the fact belongs to a stream that several aggregates share.
        """
        self.version = (self.version or 0) + 1
        waiting: list[Recorded] = self.__dict__.setdefault("_waiting", [])
        waiting.append(Recorded(fact, self, sequence or self.version, next(_order), {}))


class External:
    """Mixed into an aggregate that loads and migrations may name by their own id."""

    external_system: Mapped[str | None] = mapped_column(sort_order=80)
    external_id: Mapped[str | None] = mapped_column(sort_order=81)


def recorded(session: AsyncSession | Session) -> list[Event]:
    """Return the events that this session's flushes collected so far, in the order recorded."""
    return [each.event for each in collected(session)]


def collected(session: AsyncSession | Session) -> list[Recorded]:
    """Return what the flushes collected, in the order recorded."""
    entries: list[Recorded] = session.info.setdefault("recorded", [])
    entries.sort(key=lambda each: each.order)
    return entries


@event.listens_for(Session, "before_flush")
def _collect(session: Session, *_: object) -> None:
    """Move each changed aggregate's events into the session, or refuse a change without one."""
    for each in {*session.new, *session.dirty}:
        if isinstance(each, Aggregate) and (each in session.new or session.is_modified(each)):
            waiting: list[Recorded] = each.__dict__.pop("_waiting", [])
            _check(each, waiting)
            waiting[-1].changes = _changes(each)
            session.info.setdefault("recorded", []).extend(waiting)


def _check(aggregate: Aggregate, waiting: list[Recorded]) -> None:
    """Hold the rule that a changed column has an event whose `state` shows it."""
    if not waiting:
        message = f"{type(aggregate).__name__} {aggregate.id} changed without an event"
        raise UnrecordedChangeError(message)
    told = getattr(waiting[-1].event, "state", None)
    if told is not None and told != aggregate.state():
        message = f"{type(aggregate).__name__} {aggregate.id} changed after its last event was recorded"
        raise UnrecordedChangeError(message)


def _changes(aggregate: Aggregate) -> dict[str, tuple[Any, Any]]:
    """Return the changed columns with their values before and after this flush."""
    found = {}
    state = inspect(aggregate)
    # It is made anew for all columns each time that it is asked for.
    attributes = state.attrs
    for attribute in state.mapper.column_attrs:
        history = attributes[attribute.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            found[attribute.key] = (before, history.added[0] if history.added else None)
    return found


def dumps(value: Any) -> str:
    """Return JSON text of plain values, UUIDs, dates and datetimes."""
    return orjson.dumps(value, default=str).decode()


@dataclass(frozen=True, slots=True)
class Database:
    """One service's database: sessions for commands, an autocommit engine for reads."""

    engine: AsyncEngine
    reading: AsyncEngine

    @classmethod
    def connect(cls, settings: Settings) -> Self:
        """Open the pools of `settings.database_url`; nothing connects until it is used."""
        engine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the URL itself: SQLAlchemy would refuse libpq's options, such as sslmode.
            connect_args={"dsn": settings.database_url},
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=2,
            json_serializer=dumps,
            json_deserializer=orjson.loads,
        )
        return cls(engine, engine.execution_options(isolation_level="AUTOCOMMIT"))

    def session(self) -> AsyncSession:
        """Return a session that flushes only when told and keeps its objects after commit."""
        return AsyncSession(self.engine, autoflush=False, expire_on_commit=False)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
