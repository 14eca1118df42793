"""Clients and the service's commands: each under an idempotency key, repeated until it has an answer."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from libs.common.bus import Message
from libs.common.clock import Clock
from libs.common.idempotency import Answer, claim, once
from libs.common.problems import Conflict
from tests.chaos import toy
from tests.chaos.simulator.chaos import LARGE, Chaos, Life
from tests.chaos.simulator.world import SimulatedIdempotency, Transaction, World, outbox_row, transact

KEYS = [str(UUID(int=number)) for number in range(1, 11)]
POISON = b"{"

type Planned = tuple[str, str | None]


@dataclass(slots=True)
class Writer:
    """One client; a client never dies, its requests do."""

    name: str
    world: World
    chaos: Chaos
    clock: Clock
    idempotency: Callable[..., SimulatedIdempotency]
    counts_every_event: bool
    answers: dict[str, set[bytes]] = field(default_factory=dict)

    @property
    def dice(self) -> random.Random:
        """The seed's dice."""
        return self.chaos.dice

    async def run(self) -> None:
        """Send a dozen commands, some of them twice at once."""
        for number in range(self.dice.randint(12, 20)):
            command = f"{self.name}-{number}"
            # Others wait for the first key, so somebody must begin with it.
            key = self.dice.choice(KEYS) if number else KEYS[0]
            plan = [self._plan(key) for _ in range(self.dice.choice([1, 1, 2]))]
            times = 2 if self.dice.random() < 0.3 else 1
            await asyncio.gather(*(self._insist(command, key, plan) for _ in range(times)))
            await asyncio.sleep(self.dice.expovariate(1.5))

    def _plan(self, key: str) -> Planned:
        """Choose what to record; the first key never holds anything back, for others need it."""
        roll = self.dice.random()
        if key != KEYS[0] and roll < 0.04:
            return "poison", None
        if key != KEYS[0] and roll < 0.16:
            return "event", KEYS[0]
        return ("large" if roll < 0.19 else "event"), None

    async def _insist(self, command: str, key: str, plan: list[Planned]) -> None:
        """Repeat a command until it is answered, as a client does that never heard of its first try."""
        life = Life(self.name, self.chaos)
        while True:
            try:
                answer = await transact(self.world, life, lambda tx: self._once(tx, command, key, plan))
            except (OSError, Conflict):
                await asyncio.sleep(self.dice.uniform(0.05, 0.5))
            else:
                self.answers.setdefault(command, set()).add(answer.body)
                return

    async def _once(self, transaction: Transaction, command: str, key: str, plan: list[Planned]) -> Answer:
        store = self.idempotency(transaction, self.clock.now)

        async def effect() -> Answer:
            await self._record(transaction, key, plan)
            transaction.write(lambda: self.world.done.update({command: self.world.done[command] + 1}))
            return Answer(201, {}, f"{command} {self.dice.random()}".encode())

        return await once(store, self.clock, claim("someone", "/things", command, command.encode()), effect)

    async def _record(self, transaction: Transaction, key: str, plan: list[Planned]) -> None:
        """Lock the aggregate, count its version, take outbox ids; others may commit higher ids before."""
        await transaction.lock(("aggregate", key))
        version = self.world.versions.get(key, 0) + 1 - self.counts_every_event
        for kind, needs in plan:
            version += self.counts_every_event
            self._enqueue(transaction, key, version, _message(key, version, kind, needs))
            await transaction.life.step("recorded", 0.01)
        transaction.write(lambda: self.world.versions.update({key: version}))
        transaction.write(lambda: self.world.recorded.update({key: self.world.recorded[key] + len(plan)}))

    def _enqueue(self, transaction: Transaction, key: str, version: int, message: Message) -> None:
        row = outbox_row(self.world, message)
        transaction.write(lambda: self.world.outbox.update({row.id: row}))
        if message.value == POISON:
            transaction.write(lambda: self.world.poison[key].add(version))


def _message(key: str, sequence: int, kind: str, needs: str | None) -> Message:
    value = POISON if kind == "poison" else toy.body(UUID(key), sequence, needs)
    return toy.message(UUID(key), sequence, value + b" " * LARGE if kind == "large" else value)
