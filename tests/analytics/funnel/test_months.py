"""Sums by month: they follow the days, and any range of days adds up to what the days alone would say."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module

import httpx
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.engine import Connection

from libs.common.db import Database
from tests.analytics.conftest import Models
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import FIRST, SECOND, deleted, moved, opened, pipeline, won

BEGAN, DAYS, OPENED = date(2025, 11, 3), 150, 120
DAY_SUMS = """
SELECT owner_id, owner_path, pipeline_id, stage_id, date_trunc('month', CAST(day AS timestamp))::date,
  currency, sum(entered), sum(amount), sum(moved_on), sum(current), sum(current_amount), sum(won), sum(lost)
FROM funnel_day GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""
MONTH_SUMS = "SELECT * FROM funnel_month ORDER BY 1, 2, 3, 4, 5, 6"
BEFORE = """
DROP VIEW funnel_month;
DROP TABLE funnel_v1.funnel_month;
DROP FUNCTION funnel_v1.add_days CASCADE;
DROP FUNCTION funnel_v1.change_days CASCADE
"""


@pytest.fixture(scope="module")
async def entries(models: Models) -> list[tuple[date, date | None]]:
    """Opportunities of five months, some moved on; the days on which they entered each stage."""
    dice, found = random.Random(7), []
    await models.take([make_envelope(pipeline(), 1)])
    for number in range(1, OPENED + 1):
        at = datetime.combine(BEGAN + timedelta(days=dice.randrange(DAYS)), time(9), UTC)
        later = at + timedelta(days=dice.randrange(40)) if dice.random() < 0.5 else None
        facts = [opened(number, at), *([moved(number, at=later)] if later else [])]
        await models.take([make_envelope(fact, place) for place, fact in enumerate(facts, 1)])
        found.append((at.date(), later.date() if later else None))
    return found


async def sums(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.reading.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def test_any_range_counts_who_entered_in_it(
    entries: list[tuple[date, date | None]], client: httpx.AsyncClient, head: dict[str, str]
) -> None:
    dice = random.Random(11)
    firsts = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1)]
    for _ in range(120):
        begin, end = (
            dice.choice([None, dice.choice(firsts), BEGAN + timedelta(days=dice.randrange(-9, DAYS + 50))])
            for _ in range(2)
        )
        asked = {name: day.isoformat() for name, day in (("from", begin), ("to", end)) if day}
        response = await client.get("/metrics/funnel", params=asked, headers=head)

        expected = Counter(
            stage
            for opened_on, moved_on in entries
            for stage, day in ((FIRST, opened_on), (SECOND, moved_on))
            if day and (begin is None or day >= begin) and (end is None or day < end)
        )
        found = {each["stage_id"]: each["entered"] for each in response.json()["stages"]}
        assert (found[str(FIRST)], found[str(SECOND)]) == (expected[FIRST], expected[SECOND]), asked


async def test_months_follow_every_change_of_days(models: Models, database: Database) -> None:
    facts = [
        *((opened(501), 1), (won(501, amount_minor=9), 2), (opened(502, currency="CNY"), 1)),
        *((opened(503), 1), (deleted(503), 2)),
    ]
    for fact, place in facts:
        await models.take([make_envelope(fact, place)])

    assert await sums(database, MONTH_SUMS) == await sums(database, DAY_SUMS)
    assert len(await sums(database, MONTH_SUMS)) > 2
    assert not await sums(database, "SELECT 1 FROM funnel_month WHERE entered <= 0")


async def test_a_version_from_before_gets_its_months(models: Models, database: Database) -> None:
    await models.take([make_envelope(opened(601), 1)])
    before = await sums(database, MONTH_SUMS)
    migration = import_module("services.analytics.migrations.versions.0004_funnel_months")

    def upgrade(connection: Connection) -> None:
        for statement in BEFORE.split(";"):
            connection.execute(text(statement))
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()

    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
    assert await sums(database, MONTH_SUMS) == before

    await models.take([make_envelope(opened(602), 1)])

    assert await sums(database, MONTH_SUMS) == await sums(database, DAY_SUMS) != before
