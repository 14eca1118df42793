"""The loop that walks open campaigns, and the timer that begins one."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.platform.process import Platform
from services.marketing.campaigns.commands import launch_campaign
from services.marketing.campaigns.model import Campaign
from services.marketing.jobs import TIMERS, release
from tests.factories.marketing import make_campaign, make_template
from tests.marketing.acting import an_actor
from tests.marketing.audiences import know_contact, know_segment

CAUSE = Cause("system", "test")


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, scratched: Scratch) -> None:
    settings = scratched.settings
    monkeypatch.setenv("PLEXUS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PLEXUS_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("PLEXUS_KEK_FILE", str(settings.kek_file))


@pytest.fixture
async def platform(scratched: Scratch) -> Platform:
    return Platform(scratched.settings, scratched.database)


async def a_campaign(platform: Platform, people: int, **details: object) -> Campaign:
    async def body(session: AsyncSession) -> Campaign:
        segment = await know_segment(session)
        for number in range(people):
            await know_contact(session, segment_id=segment, email=f"{number}-{segment}@example.com")
        template = make_template()
        made = make_campaign(template_id=template.id, segment_id=segment, **details)  # type: ignore[arg-type]
        session.add_all([template, made])
        await session.flush()
        await launch_campaign(session, made.id, an_actor(), session.info["now"])
        return made

    return await platform.transactions.run(CAUSE, body)


async def statuses(database: Database, campaign: Campaign) -> dict[str, int]:
    sql = text("SELECT status, count(*) FROM campaign_member WHERE campaign_id = :id GROUP BY 1")
    async with database.reading.connect() as connection:
        return {row[0]: row[1] for row in await connection.execute(sql, {"id": campaign.id})}


async def until(platform: Platform, database: Database, campaign: Campaign, wanted: dict[str, int]) -> None:
    """Let the loop run until the campaign's members stand as wanted."""
    stop = asyncio.Event()
    running = asyncio.create_task(release(platform.transactions, stop))
    try:
        async with asyncio.timeout(60):
            while await statuses(database, campaign) != wanted:
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running


class TestRelease:
    async def test_walks_every_campaign(self, platform: Platform, database: Database) -> None:
        first, second = await a_campaign(platform, 3), await a_campaign(platform, 2)

        await until(platform, database, first, {"requested": 3})
        await until(platform, database, second, {"requested": 2})

    async def test_leaves_no_campaign_waiting_for_a_broken_one(
        self, platform: Platform, database: Database
    ) -> None:
        broken, whole = await a_campaign(platform, 1), await a_campaign(platform, 1)
        async with database.engine.begin() as connection:
            sql = text("UPDATE campaign_content SET html = '{{ broken' WHERE campaign_id = :id")
            await connection.execute(sql, {"id": broken.id})

        await until(platform, database, whole, {"requested": 1})

        assert await statuses(database, broken) in ({}, {"pending": 1})

    async def test_writes_once_with_two_at_work(self, platform: Platform, database: Database) -> None:
        campaign = await a_campaign(platform, 60)
        stop = asyncio.Event()
        other = asyncio.create_task(release(platform.transactions, stop))

        await until(platform, database, campaign, {"requested": 60})
        stop.set()
        await other

        sql = text("SELECT count(*), count(DISTINCT key) FROM outbox WHERE headers->>'ce_type' LIKE :type")
        async with database.reading.connect() as connection:
            rows = await connection.execute(sql, {"type": "%mail_requested%"})
            count, distinct = rows.one()
        assert count == distinct


class TestTimers:
    async def test_begin_a_campaign_at_its_hour(self, platform: Platform, database: Database) -> None:
        soon = datetime.now(UTC).replace(year=2199)
        campaign = await a_campaign(platform, 1, scheduled_at=soon)
        async with database.engine.begin() as connection:
            sql = text("UPDATE campaign SET scheduled_at = clock_timestamp() WHERE id = :id")
            await connection.execute(sql, {"id": campaign.id})

        (kind, timer), *_ = TIMERS.items()
        for _ in range(2):
            await platform.transactions.run(CAUSE, lambda session: timer(session, str(campaign.id), soon))

        async with database.reading.connect() as connection:
            found = await connection.execute(
                text("SELECT status FROM campaign WHERE id = :id"), {"id": campaign.id}
            )
            assert (kind, found.scalar_one()) == ("marketing.launch", "running")
