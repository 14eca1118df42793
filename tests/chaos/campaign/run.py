"""One campaign under kills: from the segment to the last mail."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.journal import Cause
from libs.common.kafka import KafkaBus
from libs.common.testing import Scratch, scratch
from libs.platform.access.actor import Actor
from libs.platform.process import Platform
from services.marketing.campaigns.commands import draft_campaign, launch_campaign
from services.marketing.campaigns.schemas import CampaignCreate
from services.marketing.templates.commands import add_template
from services.marketing.templates.schemas import TemplateCreate
from tests.api import colleague, seed
from tests.chaos.campaign.judging import Judgement, judge, latest_behind
from tests.chaos.campaign.people import Crowd
from tests.chaos.campaign.post_office import PostOffice, post_office
from tests.chaos.campaign.processes import Worker, environment, migrate, running
from tests.chaos.event_path.own_broker import own_broker
from tests.factories.directory import uid
from tests.factories.marketing import HTML

PUBLIC_URL = "https://crm.example.com"
CAUSE = Cause("tester", "campaign")
_POLL = 0.1


@dataclass(slots=True)
class Stage:
    """marketing and integration on databases of their own, one broker, one mail server."""

    marketing: Scratch
    crowd: Crowd
    office: PostOffice
    workers: dict[str, Worker]
    platform: Platform

    async def asked(self, sql: str, **given: Any) -> Any:
        async with self.marketing.database.reading.connect() as connection:
            return (await connection.execute(text(sql), given)).scalar_one()

    async def launch(self, throttle: int) -> UUID:
        """Write the template and launch a campaign to everybody, as its API would."""
        actor = Actor(uid(1), self.platform.replica.directory)

        async def body(session: AsyncSession) -> UUID:
            now = session.info["now"]
            template = await add_template(
                session,
                TemplateCreate(name="Spring", subject="Hello {{ contact.given_name }}", html=HTML),
                actor,
                now,
            )
            await session.flush()
            asked = CampaignCreate(
                name="Spring",
                template_id=template.id,
                segment_id=self.crowd.segment_id,
                from_name="Acme",
                throttle_per_second=throttle,
            )
            campaign = await draft_campaign(session, asked, actor, now)
            await session.flush()
            await launch_campaign(session, campaign.id, actor, now)
            return campaign.id

        return await self.platform.transactions.run(CAUSE, body)

    async def until(self, reached: Callable[[], Awaitable[bool]], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not await reached():
            if time.monotonic() > deadline:
                raise TimeoutError(await self._where_it_stands())
            await asyncio.sleep(_POLL)

    async def heard_of_everybody(self) -> bool:
        tables = ("people", "consent_replica", "segment_member_replica")
        counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        counts += " + (SELECT count(*) FROM reference WHERE type = 'segment')"
        return int(await self.asked(f"SELECT {counts}")) == 3 * len(self.crowd.people) + 1

    async def is_over(self, campaign_id: UUID) -> bool:
        status = await self.asked("SELECT status FROM campaign WHERE id = :id", id=campaign_id)
        return str(status) == "finished"

    async def _where_it_stands(self) -> str:
        counted = "SELECT status, count(*) AS n FROM campaign_member GROUP BY 1"
        sql = f"SELECT json_object_agg(status, n)::text FROM ({counted}) AS counted"
        logs = {name: each.log.read_text("utf-8")[-1500:] for name, each in self.workers.items()}
        return f"{await self.asked(sql)}, {len(self.office.taken)} mails, {logs}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a campaign whose senders were killed."""

    judgement: Judgement
    kills: int
    in_flight_at_kills: int
    seconds: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What came of a campaign in which some took their consent back."""

    withdrawn: int
    unsent: int
    latest: float
    without_mail: int


@asynccontextmanager
async def stage(people: int) -> AsyncIterator[Stage]:
    """Set everything up, and wait until marketing has heard of everybody."""
    async with AsyncExitStack() as held:
        broker = await held.enter_async_context(own_broker())
        marketing, integration = [
            await held.enter_async_context(scratch(name, kafka_bootstrap=broker.bootstrap))
            for name in ("marketing", "integration")
        ]
        office, url = await held.enter_async_context(post_office())
        folder = Path(held.enter_context(TemporaryDirectory()))
        given = {
            "marketing": environment(marketing.settings, PLEXUS_PUBLIC_URL=PUBLIC_URL),
            "integration": environment(integration.settings, PLEXUS_SMTP_URL=url),
        }
        for name, variables in given.items():
            await asyncio.to_thread(migrate, name, variables)
        await seed(marketing.database, colleague(1, {"*:*": "all"}))
        platform = Platform(marketing.settings, marketing.database)
        await platform.begin()
        bus = KafkaBus(marketing.settings)
        held.push_async_callback(bus.close)
        crowd = Crowd(bus, KekRing.load(marketing.settings.kek_file), uid(1))
        workers = {name: Worker(name, variables, folder / name) for name, variables in given.items()}
        held.enter_context(running(*workers.values()))
        made = Stage(marketing, crowd, office, workers, platform)
        await crowd.gather(people)
        await made.until(made.heard_of_everybody, 300)
        yield made


async def send(on: Stage, *, kills: int, throttle: int, patience: float) -> Outcome:
    """Send a campaign, and kill both workers in turn at even distances."""
    began = time.monotonic()
    campaign_id = await on.launch(throttle)
    in_flight = await _kill(on, kills)
    await on.until(lambda: on.is_over(campaign_id), patience)
    return Outcome(
        judgement=judge(
            on.office.taken, [each.email for each in on.crowd.people], on.workers["integration"].kills
        ),
        kills=sum(len(each.kills) for each in on.workers.values()),
        in_flight_at_kills=in_flight,
        seconds=time.monotonic() - began,
        counts=await _counts(on, campaign_id),
    )


async def send_to_some_who_leave(
    on: Stage, *, withdrawals: int, throttle: int, patience: float
) -> Withdrawal:
    """Send a campaign once more, and let some take their consent back when a third of the mails is out."""
    before = len(on.office.taken)
    campaign_id = await on.launch(throttle)
    third = before + len(on.crowd.people) // 3
    await on.until(lambda: _counted(on, third), patience)
    leaving = on.crowd.people[:: max(1, len(on.crowd.people) // withdrawals)][:withdrawals]
    await on.crowd.withdraw(leaving)
    now = time.monotonic()
    await on.until(lambda: on.is_over(campaign_id), patience)
    taken = on.office.taken[before:]
    got, withdrawn = {each.recipient for each in taken}, {each.email: now for each in leaving}
    return Withdrawal(
        withdrawn=len(withdrawn),
        unsent=len(withdrawn.keys() - got),
        latest=latest_behind(taken, withdrawn),
        without_mail=len({each.email for each in on.crowd.people} - got - withdrawn.keys()),
    )


async def _kill(on: Stage, kills: int) -> int:
    """Kill when a share of the mails has gone out; the sender only while it is sending."""
    in_flight = 0
    for number in range(kills):
        share = len(on.crowd.people) * (number + 1) // (kills + 1)
        await on.until(partial(_taken, on, share), 300)
        name = ("integration", "marketing")[number % 2]
        if name == "integration":
            await on.until(lambda: _sending(on), 60)
            in_flight += on.office.open
        on.workers[name].kill()
    return in_flight


async def _taken(on: Stage, count: int) -> bool:
    return len({each.recipient for each in on.office.taken}) >= count


async def _counted(on: Stage, count: int) -> bool:
    return len(on.office.taken) >= count


async def _sending(on: Stage) -> bool:
    return on.office.open > 0


async def _counts(on: Stage, campaign_id: UUID) -> dict[str, int]:
    async with on.marketing.database.reading.connect() as connection:
        sql = text("SELECT status, count(*) FROM campaign_member WHERE campaign_id = :id GROUP BY 1")
        return {row[0]: row[1] for row in await connection.execute(sql, {"id": campaign_id})}
