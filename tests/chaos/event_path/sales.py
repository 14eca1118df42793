"""The real aggregate under load: opportunities of sales, written by many at once through its commands."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

from libs.common.bus import Bus, Topic
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.problems import Conflict
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.platform.access.actor import Actor
from libs.platform.process import Platform
from services.sales.opportunities.commands import advance_opportunity, open_opportunity
from services.sales.opportunities.schemas import OpportunityCreate, StageEntry
from services.sales.pipelines.commands import open_pipeline
from services.sales.pipelines.schemas import PipelineCreate
from tests.api import colleague, seed
from tests.factories.directory import uid
from tests.factories.sales import stages_in

TOPIC = "crm.sales.opportunity"
_TOPICS = (TOPIC, "crm.sales.pipeline")


_dice = random.Random(7)


@contextmanager
def slow_commits() -> Iterator[None]:
    """Let some transactions stand between their outbox row and their COMMIT while others overtake them."""

    def stand(_: Session) -> None:
        if _dice.random() < 0.03:
            await_only(asyncio.sleep(0.06))

    event.listen(Session, "before_commit", stand)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", stand)


@dataclass(slots=True)
class Sales:
    """Writers of one scratch database."""

    scratch: Scratch
    transactions: Transactions
    actor: Actor
    pipeline_id: UUID
    stages: list[UUID]
    acknowledged: Counter[UUID] = field(default_factory=Counter)
    events: int = 0

    @classmethod
    async def begin(cls, scratch: Scratch, bus: Bus) -> "Sales":
        """Seed a director and a pipeline, and make the topics."""
        await bus.ensure([Topic(name) for name in _TOPICS])
        await seed(scratch.database, colleague(1, {"*:*": "all"}))
        platform = Platform(scratch.settings, scratch.database)
        await platform.begin()
        actor = Actor(uid(1), platform.replica.directory)
        asked = PipelineCreate(name="Direct", stages=stages_in("prospecting", "engaging", "won", "lost"))

        async def body(session: AsyncSession) -> list[UUID]:
            made = await open_pipeline(session, asked, datetime.now(UTC))
            return [made.id, *(stage.id for stage in made.state().stages)]

        pipeline_id, *stages = await platform.transactions.run(Cause("tester", "begin"), body)
        return cls(scratch, platform.transactions, actor, pipeline_id, stages)

    async def write(self, events: int, writers: int) -> None:
        """Let `writers` at once record at least `events` events on some aggregates that they share."""
        goal = self.events + events
        await asyncio.gather(*(self._writer(number, goal) for number in range(writers)))

    async def _writer(self, number: int, goal: int) -> None:
        dice = random.Random(number)
        while self.events < goal:
            known = list(self.acknowledged)
            if len(known) < 50 or dice.random() < 0.35:
                await self._open(dice.randint(2, 14))
            else:
                await self._advance(dice.choice(known), dice)

    async def _open(self, steps: int) -> None:
        """Open one with a past: as many events as steps in one transaction."""
        stages = (self.stages[step % 2] for step in range(steps))
        past = [StageEntry(stage_id=stage, occurred_at=datetime.now(UTC)) for stage in stages]
        asked = OpportunityCreate(name="Acme", pipeline_id=self.pipeline_id, currency="USD", history=past)

        async def body(session: AsyncSession) -> tuple[UUID, int]:
            made = await open_opportunity(session, asked, self.actor, datetime.now(UTC))
            return made.id, made.version

        self._note(*await self.transactions.run(Cause("tester", str(new_id())), body))

    async def _advance(self, identity: UUID, dice: random.Random) -> None:
        """Move one on or back; some find that somebody was faster, and their transaction never happened."""

        async def body(session: AsyncSession) -> tuple[UUID, int]:
            stage, now = dice.choice(self.stages[:2]), datetime.now(UTC)
            moved = await advance_opportunity(session, identity, stage, None, self.actor, now)
            return moved.id, moved.version

        try:
            self._note(*await self.transactions.run(Cause("tester", str(new_id())), body))
        except Conflict:
            return

    def _note(self, identity: UUID, version: int) -> None:
        """Note what was acknowledged: it must be there for ever."""
        self.events += version if identity not in self.acknowledged else 1
        self.acknowledged[identity] = max(version, self.acknowledged[identity])

    async def versions(self) -> dict[str, int]:
        """Return every opportunity's version in the database."""
        async with self.scratch.database.reading.connect() as connection:
            rows = await connection.execute(text("SELECT id::text, version FROM opportunity"))
            return {row.id: row.version for row in rows}

    async def outbox(self) -> int:
        """Return how many rows wait."""
        async with self.scratch.database.reading.connect() as connection:
            return int(await connection.scalar(text("SELECT count(*) FROM outbox")) or 0)

    async def drained(self, seconds: float = 120.0) -> bool:
        """Wait until the outbox is empty; False when that takes too long."""
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if await self.outbox() == 0:
                return True
            await asyncio.sleep(0.1)
        return False
