"""One seed: writers, two relays, two groups of two consumers, an operator; a storm of faults, then calm."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from libs.common.bus import Bus, Topic, TopicPartition
from libs.common.clock import Clock
from libs.common.consumer import Consumer, Group, NotYetError, redrive
from libs.common.envelope import Envelope
from libs.common.inbox import Inbox, InboxTransaction, Placement
from libs.common.journal import Cause
from libs.common.memory import MemoryBroker
from libs.common.outbox import OutboxStore
from libs.common.redrive import discard_first
from libs.common.relay import Relay
from tests.chaos import toy
from tests.chaos.simulator.chaos import Chaos, Life, Process
from tests.chaos.simulator.ports import LivingBus
from tests.chaos.simulator.virtual import VirtualClock
from tests.chaos.simulator.world import (
    TRANSACTION_TIMEOUT,
    SimulatedIdempotency,
    SimulatedInbox,
    SimulatedOutbox,
    SimulatedTransaction,
    World,
)
from tests.chaos.simulator.writers import POISON, Writer

STORM, REST = 16.0, 120.0
GROUPS = ("first", "late")
PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Shipped:
    """The code under test; a planted bug replaces one part."""

    relay: Callable[[OutboxStore, Bus, Clock, float], Relay] = Relay
    consumer: Callable[..., Consumer] = Consumer
    outbox: Callable[[World, Life], SimulatedOutbox] = SimulatedOutbox
    inbox: Callable[[World, Life], SimulatedInbox] = SimulatedInbox
    idempotency: Callable[..., SimulatedIdempotency] = SimulatedIdempotency
    counts_every_event: bool = True


@dataclass(slots=True)
class Effect:
    """The applier: counts each event once, and refuses one whose needs are not met."""

    world: World
    group: str

    async def late(self, _: InboxTransaction, envelopes: list[Envelope]) -> list[Envelope]:
        """Foresee some of what is refused; the others are met when they are applied."""
        return [each for each in envelopes if self._lacks(each) and each.sequence % 2]

    def _lacks(self, envelope: Envelope) -> bool:
        assert isinstance(envelope.event, toy.ThingHappened)
        needs, known = envelope.event.needs, self.world.known[self.group]
        return self.group == "first" and needs is not None and needs not in known

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        assert isinstance(transaction, SimulatedTransaction)
        for each in envelopes:
            assert isinstance(each.event, toy.ThingHappened)
            if self._lacks(each):
                raise NotYetError("thing", each.event.needs)
            await transaction.life.step("effect", 0.01)
            transaction.effect(self.group, each.key, each.sequence)


@dataclass(slots=True)
class Simulation:
    """Everything of one seed."""

    seed: int
    shipped: Shipped = field(default_factory=Shipped)
    clock: VirtualClock = field(default_factory=VirtualClock)
    world: World = field(default_factory=World)
    writers: list[Writer] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    dice: random.Random = field(init=False)
    chaos: Chaos = field(init=False)
    broker: MemoryBroker = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.chaos = Chaos(self.dice)
        self.broker = MemoryBroker(self.clock, self.chaos)

    async def run(self) -> "Simulation":
        """Storm, calm, quiesce."""
        await self.broker.ensure([Topic(toy.TOPIC, PARTITIONS)])
        self._begin("first")
        self._start()
        self.writers = [self._writer(number) for number in range(4)]
        writing = [asyncio.create_task(writer.run()) for writer in self.writers]
        await self._storm()
        self.chaos.calm, self.chaos.broker_is_down = True, False
        for process in self.processes:
            self._heal(process)
        await asyncio.gather(*writing)
        await self._quiesce()
        return self

    def _writer(self, number: int) -> Writer:
        shipped = self.shipped
        name = f"writer-{number}"
        return Writer(
            name, self.world, self.chaos, self.clock, shipped.idempotency, shipped.counts_every_event
        )

    def _begin(self, group: str) -> None:
        """Do what the migrate step does: a group begins at the end offsets of the moment."""
        for number in range(PARTITIONS):
            place = TopicPartition(toy.TOPIC, number)
            end = self.broker.log(place).end
            self.world.offsets[group, place] = Placement(end, end, "memory")
            self.world.starts[group, place] = end

    def _start(self) -> None:
        bodies: dict[str, Callable[[Life], Awaitable[None]]] = {
            "relay-0": self._relay,
            "relay-1": self._relay,
            "first-0": partial(self._consume, "first"),
            "first-1": partial(self._consume, "first"),
            "operator": self._operate,
        }
        for name, body in bodies.items():
            self._add(name, body)

    def _add(self, name: str, body: Callable[[Life], Awaitable[None]]) -> None:
        process = Process(name, self.chaos, body, self._bury)
        self.processes.append(process)
        process.start()

    def _bury(self, life: Life) -> None:
        self.world.bury(life)
        for producer in life.producers:
            producer.die()

    def _heal(self, process: Process) -> None:
        """A paused process wakes up; one that is a zombie finds out."""
        assert process.life is not None
        process.life.paused_until = 0.0
        for reader in process.life.readers:
            reader.deaf = False

    async def _relay(self, life: Life) -> None:
        store = self.shipped.outbox(self.world, life)
        relay = self.shipped.relay(store, LivingBus(self.broker, life), self.clock, TRANSACTION_TIMEOUT)
        await relay.run(asyncio.Event())

    def group(self, name: str) -> Group:
        batch = 5 if name == "late" else 1
        return Group(name, (toy.TOPIC,), Effect(self.world, name), batch=batch)

    async def _consume(self, name: str, life: Life) -> None:
        inbox = self.shipped.inbox(self.world, life)
        bus, slot = LivingBus(self.broker, life), life.name
        consumer = self.shipped.consumer(self.group(name), bus, inbox, self.clock, slot)
        await consumer.run(asyncio.Event())

    async def _operate(self, life: Life) -> None:
        """Unblock what was blocked, discard what can never be read, redrive what is parked."""
        inbox = self.shipped.inbox(self.world, life)
        while True:
            await asyncio.sleep(self.dice.uniform(0.1, 0.8))
            for blocked in sorted(self.world.blocked):
                self.world.blocked.discard(blocked)
            for group, topic, key in list(self.world.parked_keys):
                try:
                    await self._release(inbox, self.group(group), topic, key)
                except Exception:  # noqa: BLE001, S112 - it stays parked, and the operator looks again later
                    continue

    async def _release(self, inbox: Inbox, group: Group, topic: str, key: str) -> None:
        for record in list(self.world.parked_events[group.name, topic, key]):
            if record.value == POISON:
                await self._discard(inbox, group.name, topic, key, record.offset)
        await redrive(inbox, group, topic, key)

    async def _discard(self, inbox: Inbox, group: str, topic: str, key: str, offset: int) -> None:
        await inbox.run(
            Cause("operator", "discard"),
            lambda tx: discard_first(tx, group, topic, key, "not a thing", offset),
        )

    async def _storm(self) -> None:
        """Kill, pause, partition; and let a second group begin behind the start."""
        late_at = self.dice.uniform(3, 9)
        while self.clock.monotonic() < STORM:
            await asyncio.sleep(self.dice.uniform(0.05, 0.8))
            if self.clock.monotonic() > late_at and len(self.processes) == 5:
                self._begin("late")
                for number in range(2):
                    self._add(f"late-{number}", partial(self._consume, "late"))
            await self._disturb(self.dice.choice(self.processes))

    async def _disturb(self, process: Process) -> None:
        roll = self.dice.random()
        if roll < 0.45:
            process.kill()
            await asyncio.sleep(self.dice.choice([0.0, 0.1, 0.3, 0.3, 6.0]))
            process.start()
        elif roll < 0.6:
            process.pause(self.dice.uniform(0.5, 8))
        elif roll < 0.7:
            # The database ends the leader's session behind its back.
            self.world.leader = None
        elif roll < 0.85:
            for reader in process.life.readers if process.life else ():
                reader.deaf = True
        else:
            self.chaos.broker_is_down = True
            await asyncio.sleep(self.dice.uniform(0.1, 4))
            self.chaos.broker_is_down = False

    async def _quiesce(self) -> None:
        """Wait until nothing is on its way; the checker says what is left when that never comes."""
        while self.clock.monotonic() < STORM + REST and not self.is_quiet():
            await asyncio.sleep(1.0)

    def is_quiet(self) -> bool:
        """Return whether outbox and parking are empty and every group stands at the end."""
        return (
            not self.world.outbox
            and not self.world.parked_keys
            and all(
                row.position == self.broker.log(place).end for (_, place), row in self.world.offsets.items()
            )
        )
