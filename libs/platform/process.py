"""What both processes of a service have, and the worker; all that is personal is sealed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from libs.common.audit_sealing import seal_audit
from libs.common.consumer import Applier, Group
from libs.common.db import Database
from libs.common.envelope import Envelope
from libs.common.events import Event
from libs.common.group import UNHURRIED
from libs.common.heartbeat import Heartbeats
from libs.common.inbox import InboxTransaction
from libs.common.kafka import KafkaBus
from libs.common.kek_file import KekFile
from libs.common.metrics import Gauge, Samples
from libs.common.plan import Plan, heartbeat_topic, is_compacted
from libs.common.rewrapping import Rewrapping, rewrap_rows
from libs.common.settings import Settings
from libs.common.transaction import Transactions
from libs.common.worker import run_worker
from libs.contracts.auth import DIRECTORY_TOPIC
from libs.contracts.subjects import SubjectKeyFact
from libs.platform.directory.replica import DirectoryReplica
from libs.platform.directory.stream import DirectoryApplier
from libs.platform.references.replica import ReferenceApplier
from libs.platform.restoring import replay_if_restored
from libs.platform.subjects.dresser import PlatformDresser
from libs.platform.subjects.replica import Blank, SubjectKeyApplier
from libs.platform.subjects.rewrapping import PLACE, rewrap_subjects
from libs.platform.subjects.waiting import unopenable


class Platform:
    """What both processes of a service have: keys, the directory, and transactions that use them.

    Each session carries `ring`, `directory`, `service` and `settings` in its `info`, beside `now` and
    `cause`.
    """

    def __init__(self, settings: Settings, database: Database, plan: Plan | None = None) -> None:
        """Read the key ring; nothing is asked of the database yet. A worker gives its plan."""
        self._settings, self._plan = settings, plan
        self._keks = KekFile(settings.kek_file)
        self.ring = self._keks.ring
        self.replica = DirectoryReplica(database)
        directory = self.replica.directory
        self.transactions = Transactions(
            database,
            settings.service,
            PlatformDresser(self.ring, directory),
            patience=settings.reference_patience,
            carries={
                "ring": self.ring,
                "directory": directory,
                "service": settings.service,
                "settings": settings,
            },
        )

    async def begin(self) -> None:
        """Carry out what a restored database has not heard of, and read the directory once."""
        if self._plan is not None:
            bus = KafkaBus(self._settings)
            try:
                await replay_if_restored(self.transactions, bus, key_applier(self._plan))
            finally:
                await bus.close()
        await self.replica.look()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the directory and the key ring until `stop`."""
        await asyncio.gather(self.replica.run(stop), self._keks.follow(stop))

    async def read_metrics(self) -> dict[Gauge, Samples]:
        """Return how far the directory in memory is, for the page of metrics."""
        return self.replica.read_metrics()


def run(plan: Plan) -> None:
    """Run a service's worker until a signal; each also seals its audit trail, and wraps keys anew."""
    places = ((PLACE, rewrap_subjects), *((each, rewrap_rows) for each in plan.wrapped))
    run_worker(
        replace(plan, loops=(*plan.loops, seal_audit, Rewrapping(places))), partial(Platform, plan=plan)
    )


def key_applier(plan: Plan) -> SubjectKeyApplier:
    """Return what keeps the keys of a service's replicas, and blanks the erased."""
    routed = (each.applier for each in plan.replicas if isinstance(each.applier, ByTopic))
    appliers = (each for one in routed for each in one.appliers.values())
    return next(each for each in appliers if isinstance(each, SubjectKeyApplier))


@dataclass(frozen=True, slots=True)
class ByTopic:
    """Sends the records of the replicas' group to the replica that they are for."""

    appliers: Mapping[str, Applier]

    async def late(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> list[Envelope]:
        """Return references to people whose key has not come, and is not among these: keys go first."""
        facts = [each.event for each in envelopes]
        coming = frozenset(each.state.subject_id for each in facts if isinstance(each, SubjectKeyFact))
        told = [each for each in envelopes if isinstance(self.appliers[each.record.topic], ReferenceApplier)]
        return await unopenable(transaction.session, told, coming=coming)

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Give each replica the records of its topic, in their order."""
        by_topic: defaultdict[str, list[Envelope]] = defaultdict(list)
        for each in envelopes:
            by_topic[each.record.topic].append(each)
        for topic, told in by_topic.items():
            await self.appliers[topic].apply(transaction, told)


def replicas(
    settings: Settings,
    references: Iterable[type[Event]] = (),
    blank: Blank | None = None,
    *,
    directory: bool = True,
    appliers: Mapping[str, Applier] | None = None,
    pace: float = UNHURRIED,
) -> tuple[Group, ...]:
    """Return what a service follows from the beginning: the directory, subject keys, and references.

    `references` names one event of each aggregate of others that ids here point to; `blank` empties this
    service's personal columns of erased subjects; `appliers` are replicas of the service's own, by topic. The
    contracts of every minting service must be imported.
    """
    service = settings.service
    keys = {event.topic for event in Event.registry.values() if is_compacted(event.topic)}
    keys -= {f"crm.{service}.subject-key"}
    by_topic: dict[str, Applier] = {event.topic: ReferenceApplier() for event in references}
    by_topic |= dict.fromkeys(keys, SubjectKeyApplier(blank))
    by_topic |= appliers or {}
    if directory:
        by_topic[DIRECTORY_TOPIC] = DirectoryApplier()
    topics = tuple(sorted(by_topic))
    compacted = frozenset(filter(is_compacted, topics))
    name, urgent = f"{service}.replicas", frozenset(keys)
    group = Group(name, topics, ByTopic(by_topic), 500, dedupe=False, urgent=urgent, compacted=compacted)
    return (replace(group, pace=pace),)


def heartbeats(service: str) -> dict[str, Applier]:
    """Return what hears every service's heartbeats, this one's too; for `appliers` of `replicas`."""
    senders = {event.topic.split(".")[1] for event in Event.registry.values()} | {service}
    return dict.fromkeys(map(heartbeat_topic, sorted(senders)), Heartbeats())
