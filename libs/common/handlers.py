"""A service's reactions: event type to functions, each with the offset that it begins at."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import TopicPartition
from libs.common.db import Database
from libs.common.envelope import Envelope
from libs.common.events import Event
from libs.common.inbox import InboxTransaction

type Reaction = Callable[[AsyncSession, Envelope], Awaitable[None]]


class Since(Enum):
    """Where a handler begins on a topic that is older than itself."""

    NOW = "now"
    BEGINNING = "beginning"


@dataclass(frozen=True, slots=True)
class On:
    """One reaction."""

    function: Reaction
    since: Since

    @property
    def name(self) -> str:
        """The name that its starting offsets are kept under."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


type Handlers = Mapping[type[Event], Sequence[On]]


def on(function: Reaction, since: Since = Since.NOW) -> On:
    """Declare a reaction; commands begin now, for nobody wants yesterday's mails sent today."""
    return On(function, since)


class HandlerApplier:
    """Applies each event to the handlers of its type, from their starting offsets on."""

    def __init__(self, handlers: Handlers, starts: Mapping[tuple[str, TopicPartition], int]) -> None:
        self._handlers, self._starts = handlers, starts

    def heeds(self, envelope: Envelope) -> bool:
        """Return whether an event has handlers."""
        return type(envelope.event) in self._handlers

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        """Run the handlers in order; an event that nobody handles only moves the position."""
        for envelope in envelopes:
            for each in self._handlers.get(type(envelope.event), ()) if envelope.event else ():
                if envelope.record.offset >= self._starts.get((each.name, envelope.record.place), 0):
                    await each.function(transaction.session, envelope)


async def starting_offsets(database: Database) -> dict[tuple[str, TopicPartition], int]:
    """Return the offsets that the migrate step wrote when it first saw each handler."""
    async with database.reading.connect() as connection:
        rows = await connection.execute(text("SELECT * FROM handler_start"))
        return {(row.handler, TopicPartition(row.topic, row.partition)): row.offset for row in rows}
