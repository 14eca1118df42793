"""Engines, the base of every aggregate, and the listener that collects what aggregates record."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
from sqlalchemy import DateTime, Text, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, PassiveFlag, Session, declared_attr, mapped_column
from sqlalchemy.orm.attributes import instance_state, manager_of_class
from sqlalchemy.types import BigInteger

from libs.common.events import Event, State
from libs.common.hints import Hints
from libs.common.metrics_pool import CountedPool
from libs.common.reads import Asked, ReadPool, Row
from libs.common.settings import Settings

_order = itertools.count()
_blanks: dict[type[Any], dict[str, Any]] = {}


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
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


class Aggregate:
    """Mixed into a mapped class: identity, version, and the events of its own methods.

    A new one holds every column from the beginning, None where nothing was given.
    """

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

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Put `__init__` back, which mapping wraps in events that nobody hears and that cost more than it."""
        super().__init_subclass__(**keywords)
        cls.__init__ = Aggregate.__init__  # type: ignore[method-assign]

    def __init__(self, **values: Any) -> None:
        """Take the values of columns by name; TypeError for one that is no column.

        They go past SQLAlchemy's attribute events, which watch what changes after an object was loaded and
        cost more than all the rest of making one.
        """
        manager_of_class(type(self)).setup_instance(self)
        blank = blank_of(type(self))
        if not values.keys() <= blank.keys():
            message = f"{type(self).__name__} has no {', '.join(sorted(values.keys() - blank.keys()))}"
            raise TypeError(message)
        self.__dict__.update(blank | values)

    def state(self) -> State:
        """Return the public read shape; every aggregate says its own."""
        raise NotImplementedError

    def shaped[S: State](self, kind: type[S]) -> S:
        """Return the columns as a read shape that names some of them."""
        return kind.model_validate(self.__dict__)

    def record(self, fact: Event, sequence: int | None = None) -> None:
        """Take the next version for `fact` and keep it for the journal.

        `sequence` is given where the fact belongs to a stream that several aggregates share.
        """
        held = self.__dict__
        version = (self.version or 0) + 1
        if is_new(self):
            # Nobody compares what it was before.
            held["version"] = version
        else:
            self.version = version
        held.setdefault("_waiting", []).append(Recorded(fact, self, sequence or version, next(_order)))


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


def gather(session: Session) -> list[Aggregate]:
    """Move the events of each changed aggregate into the session, and return those aggregates.

    Raises UnrecordedChangeError for a change without an event. What an aggregate's last event holds as
    `changes` is what is to be written.
    """
    found = list(fresh(session).values())
    found += [each for each in session.new if isinstance(each, Aggregate)]
    changes = [_added(each) for each in found]
    for each in session.dirty:
        if isinstance(each, Aggregate) and (changed := _changed(each)):
            found.append(each)
            changes.append(changed)
    entries: list[Recorded] = session.info.setdefault("recorded", [])
    for each, changed in zip(found, changes, strict=True):
        waiting: list[Recorded] = each.__dict__.pop("_waiting", [])
        _check(each, waiting)
        waiting[-1].changes = changed
        entries.extend(waiting)
    return found


def is_new(aggregate: Aggregate) -> bool:
    """Tell whether an aggregate stands in no table yet."""
    return instance_state(aggregate).key is None


def fresh(session: AsyncSession | Session) -> dict[int, Aggregate]:
    """Return the new aggregates that a UnitOfWork keeps, each by its identity in memory."""
    kept: dict[int, Aggregate] = session.info.setdefault("fresh", {})
    return kept


def also(session: AsyncSession, change: str, *values: Any) -> None:
    """Let the transaction's last statement do this too; a flush does it at once.

    `{0}`, `{1}`, … in its SQL stand for the numbers of `values` among the statement's parameters.
    """
    session.info.setdefault("also", []).append((change, values))


def take_also(session: AsyncSession) -> list[tuple[str, tuple[Any, ...]]]:
    """Return and clear what was asked of `also`."""
    asked: list[tuple[str, tuple[Any, ...]]] = session.info.pop("also", [])
    return asked


class UnitOfWork(AsyncSession):
    """A session that flushes only when told, and keeps new aggregates beside it until then.

    Nobody looks for them before, the last statement of the transaction writes them, and SQLAlchemy takes as
    long to follow one as that statement takes to write it.
    """

    @property
    def new(self) -> Any:
        """Everything that was added and is not written yet."""
        return (*fresh(self).values(), *super().new)

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """Keep a new aggregate; follow everything else."""
        if isinstance(instance, Aggregate) and is_new(instance):
            fresh(self)[id(instance)] = instance
        else:
            super().add(instance, _warn=_warn)

    def add_all(self, instances: Iterable[object]) -> None:
        """Do the same to each."""
        for each in instances:
            self.add(each)

    def expunge_all(self) -> None:
        """Forget everything that is kept and followed."""
        fresh(self).clear()
        super().expunge_all()

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what changed so far, so that the transaction's own statements find it."""
        super().add_all(self.info.pop("fresh", {}).values())
        await super().flush(objects)
        for change, values in take_also(self):
            connection = await self.connection()
            await connection.exec_driver_sql(change.format(*range(1, len(values) + 1)), values)

    async def commit(self) -> None:
        """Write what is kept, and commit."""
        if fresh(self) or "also" in self.info:
            await self.flush()
        await super().commit()


@event.listens_for(Session, "before_flush")
def _collect(session: Session, *_: object) -> None:
    """Hold the rule wherever a command has its changes written before the end."""
    gather(session)


@event.listens_for(Session, "after_begin")
def _begun(session: Session, *_: object) -> None:
    session.info["begun"] = True


def has_begun(session: AsyncSession) -> bool:
    """Tell whether the session asked its database for anything, and so has a transaction open there."""
    return "begun" in session.info


async def peek(session: AsyncSession, text: str, *values: Any) -> Sequence[Row]:
    """Return the rows of a SELECT that needs no lock, with `$1`, `$2`, … in its text.

    It runs in the session's transaction once that is open, and before that beside it, so that a transaction
    which writes at its end alone is one statement. Each statement sees what was committed when it began, in a
    transaction or not (READ COMMITTED). Ids may come as texts.
    """
    beside: ReadPool | None = session.info.get("reads")
    if beside is None or has_begun(session):
        connection = await session.connection()
        return (await connection.exec_driver_sql(text, values)).all()
    return await beside.rows(Asked(text, values))


def blank_of(kind: type[Any]) -> dict[str, Any]:
    """Return every mapped column of a kind by its attribute's name, in the table's order, with None."""
    if kind not in _blanks:
        _blanks[kind] = dict.fromkeys(attribute.key for attribute in inspect(kind).column_attrs)
    return _blanks[kind]


def _check(aggregate: Aggregate, waiting: list[Recorded]) -> None:
    """Hold the rule that a changed column has an event whose `state` shows it."""
    if not waiting:
        message = f"{type(aggregate).__name__} {aggregate.id} changed without an event"
        raise UnrecordedChangeError(message)
    told: State | None = getattr(waiting[-1].event, "state", None)
    if told is not None and not _shows(told, aggregate) and told != aggregate.state():
        message = f"{type(aggregate).__name__} {aggregate.id} changed after its last event was recorded"
        raise UnrecordedChangeError(message)


def _shows(told: State, aggregate: Aggregate) -> bool:
    """Tell at little cost whether a state is that of an aggregate whose every field is a column."""
    return vars(told).items() <= aggregate.__dict__.items()


def _added(aggregate: Aggregate) -> dict[str, tuple[Any, Any]]:
    """Return the columns of a new aggregate that hold something, as changes."""
    names, held = blank_of(type(aggregate)), aggregate.__dict__
    return {name: (None, value) for name in names if (value := held[name]) is not None}


def _changed(aggregate: Aggregate) -> dict[str, tuple[Any, Any]]:
    """Return the changed columns of a loaded aggregate with their values before and after this flush."""
    found = {}
    state = inspect(aggregate)
    names = state.committed_state.keys() & blank_of(type(aggregate)).keys()
    for name in sorted(names):
        history = state.get_history(name, PassiveFlag.PASSIVE_OFF)
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            found[name] = (before, history.added[0] if history.added else None)
    return found


def dumps(value: Any) -> str:
    """Return JSON text of plain values, UUIDs, dates and datetimes."""
    return orjson.dumps(value, default=str).decode()


@dataclass(frozen=True, slots=True)
class Database:
    """One service's database: sessions for commands, an autocommit engine for reads, a pool for hot ones."""

    engine: AsyncEngine
    reading: AsyncEngine
    reads: ReadPool
    hints: Hints

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
            poolclass=CountedPool if settings.telemetry else None,
            # A statement's values are somebody's data, and errors are logged.
            hide_parameters=True,
            json_serializer=dumps,
            json_deserializer=orjson.loads,
        )
        reads = ReadPool(settings.database_url, settings.pool_size)
        hints = Hints(reads, settings.database_url)
        return cls(engine, engine.execution_options(isolation_level="AUTOCOMMIT"), reads, hints)

    def session(self) -> AsyncSession:
        """Return a session that flushes only when told and keeps its objects after commit."""
        return UnitOfWork(self.engine, autoflush=False, expire_on_commit=False)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.hints.close()
        await self.reads.close()
        await self.engine.dispose()
