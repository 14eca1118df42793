"""What a service's worker does, declared as data: the migrate step and the worker read the same plan."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Topic
from libs.common.consumer import Group
from libs.common.due import Timers
from libs.common.events import Event
from libs.common.handlers import Handlers
from libs.common.projection import Projection
from libs.common.settings import Settings
from libs.common.transaction import Transactions

type Work = Callable[[AsyncSession], Awaitable[object]]
# Work that waits on something outside, such as a mail server, and so opens its own transactions.
type Loop = Callable[[Transactions, asyncio.Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A column whose texts are keys under a KEK; the data key's name is `prefix` and the row's `key`."""

    table: str
    column: str
    key: str = "id"
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Due work: run every `every` seconds in a transaction of its own, in one process at a time."""

    name: str
    every: float
    work: Work


@dataclass(frozen=True, slots=True)
class Plan:
    """A service's worker: reactions, jobs, timers, read models; `replicas` read from the beginning."""

    settings: Settings
    package: str
    handlers: Handlers = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    projections: Sequence[Projection] = ()
    replicas: Sequence[Group] = ()
    own_topics: tuple[str, ...] = ()
    timers: Timers = field(default_factory=dict)
    loops: Sequence[Loop] = ()
    # Loops that compute for long: they run in a process of their own, beside the worker's.
    heavy: Sequence[Loop] = ()
    # What this service keeps under a KEK beside its subjects' keys; a rotation wraps it anew.
    wrapped: Sequence[Wrapped] = ()
    # How many events the reactions may share a transaction over; a batch that fails is halved.
    batch: int = 1

    @property
    def commands_group(self) -> str:
        """The group of the reactions."""
        return f"{self.settings.service}.commands"

    @property
    def command_topics(self) -> tuple[str, ...]:
        """The topics of the reactions."""
        return tuple(sorted({event.topic for event in self.handlers}))


# Key topics keep one record per subject, heartbeats one per service; the directory is one ordered stream.
_COMPACTED, _SINGLE = (".subject-key", ".heartbeat"), (".directory", ".heartbeat", ".audit-anchor")


def is_compacted(topic: str) -> bool:
    """Return whether a topic keeps only the newest record of each key."""
    return topic.endswith(_COMPACTED)


def heartbeat_topic(service: str) -> str:
    """Return where a service's heartbeats go (libs/common/heartbeat.py)."""
    return f"crm.{service}.heartbeat"


def anchor_topic(service: str) -> str:
    """Return where the heads of a service's audit trail are kept (libs/common/audit_sealing.py)."""
    return f"crm.{service}.audit-anchor"


def topics_of(plan: Plan) -> list[Topic]:
    """Return every topic that the service writes or reads, as it is to be created."""
    own = f"crm.{plan.settings.service}."
    names = {event.topic for event in Event.registry.values() if event.topic.startswith(own)}
    names |= {f"{own}dlq", *plan.own_topics, *plan.command_topics}
    names |= {each(plan.settings.service) for each in (heartbeat_topic, anchor_topic)}
    names |= {topic for each in plan.projections for topic in each.topics}
    names |= {topic for each in plan.replicas for topic in each.topics}
    return [Topic(name, 1 if name.endswith(_SINGLE) else 12, is_compacted(name)) for name in sorted(names)]
