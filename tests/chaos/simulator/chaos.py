"""What goes wrong, when, and to whom: everything is drawn from one seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from libs.common.bus import Message
from libs.common.memory import Fate, Faults

LARGE = 16 * 1024


@dataclass(slots=True)
class Chaos(Faults):
    """The seed's dice. `calm` ends all faults; what hit something in flight is counted."""

    dice: random.Random
    calm: bool = False
    broker_is_down: bool = False
    hits: Counter[str] = field(default_factory=Counter)

    async def delay(self) -> None:
        """Wait a little, and now and then long enough for everybody else to overtake."""
        roll = self.dice.random()
        if self.calm or roll < 0.6:
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(
                self.dice.expovariate(1 / 0.01) if roll < 0.97 else self.dice.uniform(0.1, 1.5)
            )

    def strikes(self, name: str, odds: float) -> bool:
        """Decide whether a fault happens here."""
        struck = not self.calm and self.dice.random() < odds
        self.hits[name] += struck
        return struck

    async def reach(self, step: str) -> None:
        """Fail when the broker is gone."""
        if self.broker_is_down:
            await asyncio.sleep(0.2)
            raise ConnectionRefusedError("no broker")

    def fate(self, message: Message) -> Fate:
        """Store nearly everything; large messages are refused until the limit is raised."""
        if len(message.value) > LARGE and not self.calm:
            return Fate.REFUSED
        if self.strikes("acknowledgement lost", 0.02):
            return Fate.STORED_UNKNOWN
        return Fate.LOST if self.strikes("send lost", 0.02) else Fate.STORED


@dataclass(slots=True)
class Life:
    """One run of a process, from start to death; a dead one touches nothing any more."""

    name: str
    chaos: Chaos
    is_alive: bool = True
    paused_until: float = 0.0
    session: object = field(default_factory=object)
    producers: list[Any] = field(default_factory=list)
    readers: list[Any] = field(default_factory=list)

    async def step(self, name: str, odds: float = 0.0) -> None:
        """Stand before a step on the outside world; it may fail, and the process may be paused or dead."""
        await self.chaos.delay()
        while self.is_alive and (left := self.paused_until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)
        if not self.is_alive:
            raise asyncio.CancelledError
        if odds and self.chaos.strikes(name, odds):
            raise ConnectionResetError(name)


@dataclass(slots=True)
class Process:
    """Something that is killed at any await and started again."""

    name: str
    chaos: Chaos
    body: Callable[[Life], Awaitable[None]]
    bury: Callable[[Life], None]
    failures: list[BaseException] = field(default_factory=list)
    life: Life | None = None
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin a new life."""
        self.life = Life(self.name, self.chaos)
        self._task = asyncio.create_task(self._run(self.life), name=self.name)

    async def _run(self, life: Life) -> None:
        try:
            await self.body(life)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - a process that dies of itself fails the run
            self.failures.append(error)

    def kill(self) -> None:
        """End it with no chance to clean up."""
        if self.life and self._task:
            self.life.is_alive = False
            self.bury(self.life)
            self._task.cancel()

    def pause(self, seconds: float) -> None:
        """Stop it for a while, as SIGSTOP does; everything it holds stays held."""
        if self.life:
            self.life.paused_until = asyncio.get_running_loop().time() + seconds
